"""Follow up on answers: a whole response to a survey is an event, where a trigger listens to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct

from core.database import fetch, transaction
from feedback.contacts.contacts import VISITORS
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.own_events import take_own_events
from surveys.trigger_rule import ANSWERED, answered_event

BATCH = 200
IS_OVER_AFTER = timedelta(days=1)  # nobody goes on with a survey that they left a day ago


class _Given(Struct, frozen=True):
    """An answer; `has_text` where there are words, which stay here."""

    question: str
    value: int | None
    picks: tuple[str, ...] | None
    has_text: bool


class WholeResponse(Struct, frozen=True):
    """A response to follow up; `survey` and `touchpoint` are keys, `contact` the external id."""

    id: int
    workspace: int
    contact: str
    contact_number: int
    survey: str
    touchpoint: str
    touched_at: datetime
    answers: str
    is_followed: bool = True  # a trigger listens, and somebody with a name answered


class Answered(Struct, frozen=True):
    """The latest responses with the events that they make, and how many responses there are."""

    events: list[tuple[WholeResponse, IncomingEvent]]
    total: int


async def follow_up(now: datetime) -> int:
    """One batch of responses; returns how many were looked at. A worker that is killed has done nothing of its batch.

    The contacts are locked before all else, as everywhere; those of another worker's batch are passed over.
    """
    async with transaction():
        rows = await fetch(_CLAIM, now - IS_OVER_AFTER, BATCH, ANSWERED, VISITORS)
        whole = [WholeResponse(**row) for row in rows]
        for workspace, responses in groupby(whole, key=lambda response: response.workspace):
            events = [event_of(response) for response in responses if response.is_followed]
            await take_own_events(workspace, events, now)
        await fetch("UPDATE response SET followed_up_at = $1 WHERE id = ANY($2)", now, [one.id for one in whole])
    return len(whole)


async def answered_since(workspace: int, survey: str, since: datetime, most: int) -> Answered:
    """Whole responses of people with names to a survey, a key, whether a trigger listens or not."""
    rows = await fetch(_SINCE, workspace, survey, since, VISITORS, most)
    counted = await fetch(_COUNT_SINCE, workspace, survey, since, VISITORS)
    whole = [WholeResponse(**row) for row in rows]
    return Answered([(response, event_of(response)) for response in whole], counted[0]["n"])


def event_of(response: WholeResponse) -> IncomingEvent:
    """What is said of it: each answer by the key of its question, as a value or a list of picks, and never its words.

    `survey` and `touchpoint` stand beside them, and `has_comment` where somebody wrote one.
    """
    given = msgspec.json.decode(response.answers, type=tuple[_Given, ...])
    return IncomingEvent(
        key=f"{ANSWERED}{response.id}",
        name=answered_event(response.survey),
        contact=EventContact(response.contact),
        occurred_at=response.touched_at,
        properties={**_properties(given), "survey": response.survey, "touchpoint": response.touchpoint},
    )


def _properties(given: Sequence[_Given]) -> dict[str, Any]:
    said: dict[str, Any] = {"has_comment": True} if any(answer.has_text for answer in given) else {}
    for answer in given:
        if answer.picks is not None:
            said[answer.question] = list(answer.picks)
        elif answer.value is not None:
            said[answer.question] = answer.value
    return said


_SAID = """
r.id, r.workspace, c.external_id AS contact, c.id AS contact_number, y.key AS survey, t.key AS touchpoint,
    coalesce(r.touched_at, r.submitted_at) AS touched_at,
    (SELECT coalesce(json_agg(json_build_object('question', a.question, 'value', a.value, 'picks', a.picks,
        'has_text', coalesce(a.text, '') <> '') ORDER BY a.question), '[]')
     FROM answer a WHERE a.response = r.id) AS answers
"""

_PLACES = """
JOIN survey_version v ON v.id = r.survey_version JOIN survey y ON y.id = v.survey
JOIN touchpoint t ON t.id = r.touchpoint
"""

# Contacts in the order in which everybody locks them.
_CLAIM = f"""
WITH next AS MATERIALIZED (
    SELECT r.id, r.contact FROM response r
    WHERE r.followed_up_at IS NULL AND (r.is_complete OR coalesce(r.touched_at, r.submitted_at) <= $1)
    ORDER BY r.id LIMIT $2
), held AS MATERIALIZED (
    SELECT o.id, o.external_id FROM contact o WHERE o.id IN (SELECT contact FROM next)
    ORDER BY o.external_id FOR NO KEY UPDATE SKIP LOCKED
)
SELECT {_SAID}, NOT c.external_id ^@ ANY($4) AND EXISTS (
    SELECT FROM trigger g WHERE g.workspace = r.workspace AND g.event = $3 || y.key AND g.is_active) AS is_followed
FROM next JOIN response r ON r.id = next.id JOIN held c ON c.id = r.contact {_PLACES}
ORDER BY r.workspace, r.id
"""

_OF_SURVEY = f"""
FROM response r JOIN contact c ON c.id = r.contact {_PLACES}
WHERE r.workspace = $1 AND y.workspace = $1 AND y.key = $2 AND r.is_complete
    AND coalesce(r.touched_at, r.submitted_at) > $3 AND NOT c.external_id ^@ ANY($4)
"""

_SINCE = f"SELECT {_SAID} {_OF_SURVEY} ORDER BY r.id DESC LIMIT $5"

_COUNT_SINCE = f"SELECT count(*) AS n {_OF_SURVEY}"
