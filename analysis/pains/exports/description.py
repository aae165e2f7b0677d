"""A pain point in the words of a ticket: what hurts, what people say, how much it costs, and how sure that is."""

from collections.abc import Callable

from analysis.finding import VERDICT_WORDS
from analysis.pains.exports.address import Address
from analysis.pains.exports.markup import Block, Bullets, Heading, Link, Paragraph, Quote
from analysis.pains.pain_list import PainList
from analysis.pains.pain_point import PainPoint
from analysis.pains.pain_words import EVIDENCE_WORDS, STATUS_WORDS, is_hypothesis
from analysis.report import Verdict
from core.templating import day_words, percent, signed

_PROMISE_WORDS = {True: "breaks its promise", False: "may fall short of its promise; more answers will tell"}
LONGEST_TITLE = 120  # characters; a board shows little more, and the trackers refuse more than about 255


def short_title(pain: PainPoint) -> str:
    """On one line, cut after a whole word."""
    line = " ".join(pain.title.split())
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[: LONGEST_TITLE - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def description(pain: PainPoint, pains: PainList, address: Address) -> list[Block]:
    """Everything but the title; what is not known is left out, or said to be unknown where that matters."""
    return [
        Paragraph(summary(pain)),
        *_quotes(pain),
        Heading("Figures"),
        Bullets(tuple(f"{name}: {words}" for name, words in figures(pain))),
        Paragraph(
            f"{pains.name}, {day_words(pains.since)} to {day_words(pains.until)}. Pain point {pain.pain_id}, "
            f"method {pain.method_version}, data {pain.data_hash[:12]}."
        ),
        Link("This pain point in Kept", address.of_pain(pain.pain_id, pains)),
    ]


def summary(pain: PainPoint) -> str:
    """Where it hurts and how many say so, in a sentence or two."""
    if is_hypothesis(pain):
        return f"A hypothesis of a workshop about {_place(pain)}. No answers speak for it or against it yet."
    if pain.suppressed_reason:
        return f"{pain.suppressed_reason.rstrip('.')}. ({_place(pain)})"
    if not pain.theme:
        return f"{_place(pain)} {_PROMISE_WORDS[pain.verdict is Verdict.BROKEN]}."
    share = "" if pain.share is None else f" ({percent(pain.share)})"
    return f"{pain.n_mentions} of {pain.n_contacts} people{share} who answered at {_place(pain)} mention it."


def figures(pain: PainPoint) -> list[tuple[str, str]]:
    """What is known, each with its name and its bounds."""
    lines = [
        ("Answers of", ", ".join(filter(None, (pain.persona, pain.segment)))),
        ("Loss a month", _loss(pain)),
        ("Mentioned by", _share(pain)),
        ("Experience here", _experience(pain)),
        ("Contacts a month", _reach(pain)),
        ("Promise", _promise(pain)),
        ("Mentioned from", _seen(pain)),
        ("Evidence", EVIDENCE_WORDS.get(pain.evidence_level, "")),
        ("Status", STATUS_WORDS[pain.status]),
        ("Owner", pain.owner),
        ("Action", _action(pain)),
    ]
    return [(name, words) for name, words in lines if words]


def _place(pain: PainPoint) -> str:
    return f"{pain.touchpoint} ({pain.phase})" if pain.phase else pain.touchpoint


def _bounds(lo: float | None, hi: float | None, words: Callable[[float], str], level: int) -> str:
    """Such as " (80 %: 1.2 to 3.4)", or nothing."""
    return "" if lo is None or hi is None else f" ({level} %: {words(lo)} to {words(hi)})"


def _quotes(pain: PainPoint) -> list[Block]:
    quotes = [quote for quote in (pain.quote_1, pain.quote_2, pain.quote_3) if quote]
    shown: list[Block] = []
    if quotes:
        heading = "What people say" + (f" ({pain.quotes_shown})" if pain.quotes_shown else "")
        shown = [Heading(heading), *map(Quote, quotes)]
    if pain.counter_quote:
        shown += [Heading("Others say"), Quote(pain.counter_quote)]
    return shown


def _loss(pain: PainPoint) -> str:
    if pain.loss_month is None:
        return ""
    words = f"{pain.loss_month:,.1f} points of experience"
    words += _bounds(pain.loss_lo, pain.loss_hi, lambda bound: f"{bound:,.1f}", 80)
    if pain.rank is not None:
        words += f"; rank {pain.rank} by the lower bound"
    if pain.p_top3 is not None:
        words += f", among the first three with probability {pain.p_top3:.2f}"
    return words


def _share(pain: PainPoint) -> str:
    if pain.share is None or not pain.theme:
        return ""
    words = f"{pain.n_mentions} of {pain.n_contacts} contacts, {percent(pain.share, 1)}"
    return words + _bounds(pain.share_lo, pain.share_hi, lambda bound: percent(bound, 1), 80)


def _experience(pain: PainPoint) -> str:
    if pain.mean_x is None:
        return ""
    words = f"{signed(pain.mean_x)} on −1 to +1" + _bounds(pain.ci_lo, pain.ci_hi, signed, 95)
    if pain.drop is not None and pain.x_without is not None:
        words += (
            f"; {signed(pain.x_without)} among those who don't mention it, and {pain.drop:.2f} lower among those who do"
        )
    return words


def _reach(pain: PainPoint) -> str:
    if pain.reach_month is None:
        return "unknown, so the loss is too"
    return f"{pain.reach_month:,.0f}, counted from events"


def _promise(pain: PainPoint) -> str:
    if pain.verdict is Verdict.NO_PROMISE or not pain.promise_text:
        return ""
    source = f" ({pain.promise_source})" if pain.promise_source else ""
    parts = [f"“{pain.promise_text}”{source}: {VERDICT_WORDS[pain.verdict]}"]
    if pain.promise_level is not None:
        parts.append(f"level {signed(pain.promise_level)}")
    if pain.gap is not None:
        parts.append(f"gap {signed(pain.gap)}")
    return ", ".join(parts)


def _seen(pain: PainPoint) -> str:
    if pain.first_seen is None or pain.last_seen is None:
        return ""
    return f"{day_words(pain.first_seen)} to {day_words(pain.last_seen)}"


def _action(pain: PainPoint) -> str:
    if not pain.action:
        return ""
    day = f" ({day_words(pain.action_date)})" if pain.action_date else ""
    return f"{pain.action}{day}" + (f": {pain.before_after}" if pain.before_after else "")
