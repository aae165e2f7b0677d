"""A survey that somebody may answer, as their link finds it: by an invitation, or in a visit to a short link."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zlib import crc32

import msgspec
from msgspec import Struct

from core.database import Row, fetch
from core.errors import NotFound
from core.site import Site
from feedback.contacts.opting_out import HAS_OPTED_OUT
from surveys.branching import Attributes
from surveys.choice_order import LARGEST_SEED
from surveys.definition import SurveyDefinition
from surveys.given_answer import GivenAnswer

CHANGE_FOR = timedelta(days=1)  # after the first answer, somebody may still change their mind
# Many people use one tablet: what somebody has left half-way is not for the next one to read. Since the latest answer,
# and longer than the page waits, as somebody may be writing.
KIOSK_WAITS = timedelta(minutes=5)
VISIT_LASTS = timedelta(days=1)  # the address of a visit to a short link
VISIT_PREFIX = "v."  # before its token


class AskingState(StrEnum):
    """What the page shows."""

    OPEN = "open"
    ANSWERED = "answered"
    EARLY = "early"
    CLOSED = "closed"


class AskingChannel(StrEnum):
    """Where a survey is answered."""

    MAIL = "mail"
    WIDGET = "widget"
    LINK = "link"
    KIOSK = "kiosk"


class Visit(Struct, frozen=True, array_like=True):
    """What the address of a visit carries, signed: one opening of a short link. Nothing is stored before an answer."""

    link: int
    survey_version: int
    nonce: str  # tells this visit from all others
    channel: AskingChannel
    begun_at: int  # seconds since 1970
    hidden: dict[str, str] = {}
    language: str = ""  # that the link's address asked for, whatever the person has chosen since


class StoredResponse(Struct, frozen=True):
    """What was answered so far."""

    id: int
    is_complete: bool
    submitted_at: datetime
    seed: int | None
    hidden: dict[str, str]
    answers: tuple[GivenAnswer, ...]
    touched_at: datetime | None = None  # the latest answer


class SaidPromise(Struct, frozen=True):
    """A promise in its own words, and where it was made."""

    claim: str
    source: str


class Asking(Struct, frozen=True, kw_only=True):
    """Who is asked what, where and until when; `contact` is None before somebody who came by a link has answered."""

    workspace: int
    workspace_name: str
    invitation: int | None = None
    visit: str | None = None
    code: str = ""  # of the short link
    link_language: str = ""  # that its address asked for
    contact: int | None = None
    contact_name: str = ""
    contact_kind: str = ""
    persona: str | None = None
    has_address: bool = False
    locale: str = ""
    is_unsubscribed: bool = False
    touchpoint: int
    survey: int
    survey_version: int
    definition: SurveyDefinition
    channel: AskingChannel
    occurred_at: datetime
    expires_at: datetime | None = None
    properties: dict[str, Any] = {}
    hidden: dict[str, str] = {}
    promise: SaidPromise | None = None
    response: StoredResponse | None = None

    @property
    def answers(self) -> dict[str, GivenAnswer]:
        return {answer.question: answer for answer in self.response.answers} if self.response else {}

    @property
    def attributes(self) -> Attributes:
        """What conditions may ask about, by name; the language is the page's to add."""
        kind = self.contact_kind or None  # of a passer-by nothing is known
        known = {"channel": self.channel.value, "contact.kind": kind, "contact.persona": self.persona}
        events = {f"event.{name}": value for name, value in self.properties.items()}
        return {**events, **{f"hidden.{name}": value for name, value in self.hidden_now.items()}, **known}

    @property
    def hidden_now(self) -> dict[str, str]:
        """What the declared hidden fields hold, fixed with the first answer."""
        found = self.response.hidden if self.response else self.hidden
        return {name: value for name, value in found.items() if name in self.definition.hidden}

    @property
    def seed(self) -> int:
        """Of the order of choices: the recorded one; before that, one that stays the same for the same address."""
        if self.response is not None and self.response.seed is not None:
            return self.response.seed
        return crc32(f"{self.invitation}:{self.visit}".encode()) & LARGEST_SEED

    def state(self, now: datetime) -> AskingState:
        if self.response is not None and self.response.is_complete:
            return AskingState.ANSWERED
        opens, closes = self.definition.opens_at, self.definition.closes_at
        if opens is not None and now < opens:
            return AskingState.EARLY
        ends = [end for end in (closes, self.expires_at, self._waits_until) if end is not None]
        return AskingState.CLOSED if ends and now >= min(ends) else AskingState.OPEN

    def may_change(self, now: datetime) -> bool:
        """Whether a whole response may still be changed; at a kiosk the next person stands there already."""
        if self.channel is AskingChannel.KIOSK:
            return False
        closes = self.definition.closes_at
        is_over = closes is not None and now >= closes
        return self.response is not None and not is_over and now < self.response.submitted_at + CHANGE_FOR

    @property
    def _waits_until(self) -> datetime | None:
        """When a tablet takes whoever was answering for gone."""
        if self.channel is not AskingChannel.KIOSK or self.response is None:
            return None
        return (self.response.touched_at or self.response.submitted_at) + KIOSK_WAITS


async def find_asking(site: Site, token: str) -> Asking:
    """Raises NotFound where the token is not ours, or what it means does not exist any more."""
    if token.startswith(VISIT_PREFIX):
        return await find_visit(site.visit_links.read(token.removeprefix(VISIT_PREFIX), Visit))
    return await find_invitation(site.invitation_links.read(token, int))


async def find_invitation(invitation: int) -> Asking:
    rows = await fetch(_INVITATION, invitation)
    if not rows:
        raise NotFound("This survey does not exist any more.")
    asking = _asking(rows[0])
    return msgspec.structs.replace(asking, hidden={name: str(value) for name, value in asking.properties.items()})


async def find_visit(visit: Visit) -> Asking:
    begun_at = datetime.fromtimestamp(visit.begun_at, UTC)
    rows = await fetch(_VISIT, visit.link, visit.survey_version, visit.nonce, begun_at.date())
    if not rows:
        raise NotFound("This survey does not exist any more.")
    ends = [begun_at + VISIT_LASTS, rows[0].pop("closed_at")]
    begun = {"visit": visit.nonce, "channel": visit.channel, "occurred_at": begun_at, "link_language": visit.language}
    found = _asking({**rows[0], **begun})
    expires_at = min(end for end in ends if end is not None)
    return msgspec.structs.replace(found, hidden=visit.hidden, expires_at=expires_at)


def _asking(row: Row) -> Asking:
    decoded = {
        "definition": msgspec.json.decode(row["definition"], type=SurveyDefinition),
        "channel": AskingChannel(row["channel"]),
        "properties": msgspec.json.decode(row["properties"]) if row.get("properties") else {},
        "promise": msgspec.json.decode(row["promise"], type=SaidPromise) if row["promise"] else None,
        "response": msgspec.json.decode(row["response"], type=StoredResponse) if row["response"] else None,
    }
    return Asking(**{**row, **decoded})


# The promise in force on a day; a journey has one at most (surveys/journey_file.py).
PROMISE = """(
    SELECT json_build_object('claim', p.claim, 'source', p.source) FROM promise p
    WHERE p.touchpoint = {touchpoint} AND {day} BETWEEN p.valid_from AND coalesce(p.valid_to, 'infinity')
    ORDER BY p.id LIMIT 1
)"""

# A change that the worker has not put in its place yet is what counts; one that holds nothing takes the answer back.
_RESPONSE = """(
    SELECT json_build_object('id', r.id, 'is_complete', r.is_complete, 'submitted_at', r.submitted_at,
        'touched_at', r.touched_at, 'seed', r.seed, 'hidden', r.hidden, 'answers', ARRAY(SELECT row_to_json(g) FROM (
            SELECT a.question, a.instrument, a.value, a.picks, a.text, a.strength, a.other FROM answer a
            WHERE a.response = r.id AND NOT EXISTS (
                SELECT FROM answer_change c WHERE c.response = r.id AND c.question = a.question)
            UNION ALL
            SELECT c.question, c.instrument, c.value, c.picks, c.text, c.strength, c.other FROM answer_change c
            WHERE c.response = r.id AND (c.value IS NOT NULL OR c.picks IS NOT NULL OR c.text IS NOT NULL)
        ) g))
    FROM response r WHERE {which}
)"""

_INVITATION = f"""
SELECT i.workspace, w.name AS workspace_name, i.id AS invitation, i.contact, c.name AS contact_name,
       c.kind AS contact_kind, p.key AS persona, c.email IS NOT NULL AS has_address, c.locale,
       {HAS_OPTED_OUT} AS is_unsubscribed, i.touchpoint, v.survey, v.id AS survey_version, v.definition, i.channel,
       i.occurred_at, i.expires_at, e.properties,
       {PROMISE.format(touchpoint="i.touchpoint", day="(i.occurred_at AT TIME ZONE 'UTC')::date")} AS promise,
       {_RESPONSE.format(which="r.invitation = i.id")} AS response
FROM invitation i JOIN workspace w ON w.id = i.workspace JOIN survey_version v ON v.id = i.survey_version
JOIN contact c ON c.id = i.contact LEFT JOIN persona p ON p.id = c.persona
JOIN decision d ON d.id = i.decision JOIN event e ON e.id = d.event WHERE i.id = $1
"""

_VISIT = f"""
SELECT l.workspace, w.name AS workspace_name, l.code, l.touchpoint, l.closed_at, v.survey, v.id AS survey_version,
       v.definition,
       {PROMISE.format(touchpoint="l.touchpoint", day="$4::date")} AS promise,
       {_RESPONSE.format(which="r.visit = $3")} AS response
FROM survey_link l JOIN workspace w ON w.id = l.workspace JOIN survey_version v ON v.survey = l.survey AND v.id = $2
WHERE l.id = $1
"""
