"""Whose click it was: what marks one as a scanner's, and which clicks beside it are rejected with it.

Mail gateways, link previews and browsers that load ahead open links that no person has touched. Nothing here decides
what an answer is: that takes a person's tap. It tells provisional clicks from rejected ones.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct


class ClickReason(StrEnum):
    """Why a click is rejected."""

    HONEYPOT = "honeypot"  # the link that no person sees or hears
    SEVERAL_SCORES = "several_scores"  # of one question, faster than a person changes their mind
    TOO_FAST = "too_fast"  # before anybody can have read the mail
    PREFETCH = "prefetch"  # the browser says that it loads ahead
    BOT = "bot"  # the program says its name
    BESIDE_A_SCANNER = "beside_a_scanner"  # nothing against this one but its neighbour in time


class RequestFacts(Struct, frozen=True):
    """What a request says of itself; `purposes` are the headers in which a browser announces that it loads ahead."""

    user_agent: str
    purposes: tuple[str, ...] = ()


class SeenClick(Struct, frozen=True):
    """One click of an invitation; `question` is empty for the unseen link, `said` what its request said of itself."""

    question: str
    value: int | None
    clicked_at: datetime
    said: ClickReason | None = None


# People do mistap and tap again, and each tap opens a page first: two scores in a minute are a person's, three are not,
# nor are two within the time that the first page takes to show.
SCORES_AT_ONCE, AT_ONCE = 2, timedelta(seconds=2)
SCORES_IN_A_ROW, IN_A_ROW = 3, timedelta(minutes=1)
# Delivery alone takes longer, and then the mail is to be found, read and understood. A longer time would reject people
# whose phone shows a mail at once.
SOONEST = timedelta(seconds=2)
# Scanners follow all links of a mail in one go, some of them slowly and from several addresses. Longer than that, and a
# person who reads the mail right after its delivery would be taken for the scanner before them.
HOLDS_FOR = timedelta(minutes=10)
# A browser that loads ahead says so of one request, and the person in front of it may tap a moment later.
_SAYS_NOTHING_OF_OTHERS = (None, ClickReason.PREFETCH)

_LOADING_AHEAD = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
# Previews of messengers, proxies and gateways of mail, crawlers, and the libraries that programs are written with.
# "CUBOT" is a maker of phones.
_NAMES_ITSELF = re.compile(
    r"(?<!cu)bot(?![a-z])|crawl|spider|preview|headless|scanner|facebookexternalhit|whatsapp|slack-|googleimageproxy"
    r"|yahoomailproxy|barracuda|proofpoint|mimecast|safelinks|symantec|fireeye|trendmicro|sophos|forcepoint|ironport"
    r"|cloudmark|existence discovery|microsoft office|python-|aiohttp|curl/|wget|go-http-client|okhttp|libwww|java/"
    r"|apache-httpclient|node-fetch|axios|phantomjs",
    re.IGNORECASE,
)


def said_by(facts: RequestFacts) -> ClickReason | None:
    """What a request says of itself. One without a user agent comes from no browser."""
    if any(_LOADING_AHEAD.search(purpose) for purpose in facts.purposes):
        return ClickReason.PREFETCH
    if not facts.user_agent.strip() or _NAMES_ITSELF.search(facts.user_agent):
        return ClickReason.BOT
    return None


def reasons_of(clicks: Sequence[SeenClick], sent_at: datetime | None) -> list[ClickReason | None]:
    """For each click of one invitation why it is rejected, None where nothing speaks against it.

    `sent_at` is the moment the mail was handed over; None while it is not known to be.
    """
    own = [next(_marks(click, clicks, sent_at), None) for click in clicks]
    marked_at = [
        click.clicked_at for click, reason in zip(clicks, own, strict=True) if reason not in _SAYS_NOTHING_OF_OTHERS
    ]
    return [
        reason or (ClickReason.BESIDE_A_SCANNER if _is_near(click.clicked_at, marked_at) else None)
        for click, reason in zip(clicks, own, strict=True)
    ]


def _marks(click: SeenClick, clicks: Sequence[SeenClick], sent_at: datetime | None) -> Iterator[ClickReason]:
    """What speaks against a click itself, the plainest first."""
    if not click.question:
        yield ClickReason.HONEYPOT
    if click.said is ClickReason.BOT:
        yield ClickReason.BOT
    if click.said is ClickReason.PREFETCH:
        # It is no score that somebody chose, so that it says nothing of how fast.
        yield ClickReason.PREFETCH
        return
    if _is_one_of_several(click, clicks):
        yield ClickReason.SEVERAL_SCORES
    if sent_at is None or click.clicked_at < sent_at + SOONEST:
        yield ClickReason.TOO_FAST


def _is_one_of_several(click: SeenClick, clicks: Sequence[SeenClick]) -> bool:
    same = [one for one in clicks if one.question == click.question and one.said is not ClickReason.PREFETCH]
    return _spans(click, same, SCORES_AT_ONCE, AT_ONCE) or _spans(click, same, SCORES_IN_A_ROW, IN_A_ROW)


def _spans(click: SeenClick, same: Sequence[SeenClick], n: int, within: timedelta) -> bool:
    """Whether a stretch of this length holds the click and as many different scores."""
    starts = [one.clicked_at for one in same if one.clicked_at <= click.clicked_at <= one.clicked_at + within]
    stretches = ({one.value for one in same if start <= one.clicked_at <= start + within} for start in starts)
    return any(len(scores) >= n for scores in stretches)


def _is_near(moment: datetime, others: Sequence[datetime]) -> bool:
    return any(abs(moment - other) <= HOLDS_FOR for other in others)
