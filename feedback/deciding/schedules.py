"""Keep schedules: every contact is asked anew when a trigger's time has passed, each at a moment of their own."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from core.database import fetch, transaction
from feedback.contacts.contacts import VISITORS
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.own_events import take_own_events

BATCH = 500  # contacts that are looked at in one transaction
SLICES = 24  # of a round: so often all contacts are gone through
LONGEST_SLICE = timedelta(days=1)
# After a longer rest than this, of the worker or of the trigger, nobody is asked about the time that was missed: all
# whose moment fell into it would be asked at once. Their next round comes.
LONGEST_CATCH_UP = timedelta(days=7)
_BITS = 32


class Schedule(Struct, frozen=True):
    """A trigger that asks every contact when `every` has passed; `event` is the one it listens to."""

    trigger: int
    event: str
    every: timedelta


class Turn(Struct, frozen=True):
    """A contact's moment, and when the round began that it belongs to."""

    round_start: datetime
    at: datetime


class _Run(Struct, frozen=True):
    """The slice of time that is under way, and the contact it has come to."""

    id: int
    workspace: int
    trigger: int
    event: str
    every: timedelta
    looked_until: datetime
    last_contact: int


class _Seen(Struct, frozen=True):
    id: int
    external_id: str


async def keep_schedules(now: datetime) -> int:
    """One batch of one schedule; returns how many contacts were looked at, at least 1 where there was work.

    A contact's events and the place in the run are written in one transaction, whose lock keeps other workers off: one
    that is killed leaves the batch as it was.
    """
    await fetch(_BEGIN, now)
    async with transaction():
        rows = await fetch(_CLAIM, now, LONGEST_SLICE, SLICES, LONGEST_CATCH_UP)
        if not rows:
            return 0
        run = _Run(**rows[0])
        contacts = [_Seen(**row) for row in await fetch(_CONTACTS, run.workspace, run.last_contact, BATCH)]
        schedule = Schedule(run.trigger, run.event, run.every)
        end = run.looked_until + slice_of(run.every)
        named = [contact for contact in contacts if not contact.external_id.startswith(VISITORS)]
        await take_own_events(run.workspace, _events(schedule, named, run.looked_until, end), now)
        if len(contacts) == BATCH:
            await fetch(_GO_ON, run.id, run.looked_until, contacts[-1].id)
        else:
            await fetch(_GO_ON, run.id, end, 0)
    return max(1, len(contacts))


def slice_of(every: timedelta) -> timedelta:
    """How long moments are gathered before all contacts are gone through: nobody is asked later than that."""
    return min(every / SLICES, LONGEST_SLICE)


def turn_in(schedule: Schedule, contact: int, start: datetime, end: datetime) -> Turn | None:
    """The contact's moment from `start` up to `end`, which lie no further apart than a round; None where it has none.

    Rounds are counted from 1970, so that the moments of a contact lie a round apart whatever became of the workers.
    """
    digest = hashlib.sha256(f"{schedule.trigger}/{contact}".encode()).digest()
    own = schedule.every * (int.from_bytes(digest[: _BITS // 8]) / 2**_BITS)
    rounds = (end - own - _EPOCH) // schedule.every
    round_start = _EPOCH + rounds * schedule.every
    if round_start + own == end:
        round_start -= schedule.every
    at = round_start + own
    return Turn(round_start, at) if at >= start else None


def _events(schedule: Schedule, contacts: Sequence[_Seen], start: datetime, end: datetime) -> list[IncomingEvent]:
    turns = [(contact, turn_in(schedule, contact.id, start, end)) for contact in contacts]
    return [event_at(schedule, contact.id, contact.external_id, turn) for contact, turn in turns if turn]


def event_at(schedule: Schedule, contact: int, external_id: str, turn: Turn) -> IncomingEvent:
    """Its key is the round's, so that a contact is asked once a round whatever is done twice."""
    return IncomingEvent(
        key=f"schedule:{schedule.trigger}:{turn.round_start:%Y-%m-%dT%H%M%S}:{contact}",
        name=schedule.event,
        contact=EventContact(external_id),
        occurred_at=turn.at,
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_BEGIN = """
INSERT INTO schedule_run (trigger, looked_until, last_contact)
SELECT g.id, $1, 0 FROM trigger g
WHERE g.is_active AND g.rule ? 'every' AND NOT EXISTS (SELECT FROM schedule_run r WHERE r.trigger = g.id)
ON CONFLICT (trigger) DO NOTHING
"""

_CLAIM = """
SELECT r.id, g.workspace, g.id AS trigger, g.event, (g.rule ->> 'every')::interval AS every,
    CASE WHEN r.last_contact = 0 THEN greatest(r.looked_until, $1::timestamptz - $4::interval)
         ELSE r.looked_until END AS looked_until, r.last_contact
FROM schedule_run r JOIN trigger g ON g.id = r.trigger
WHERE g.is_active AND g.rule ? 'every'
    AND r.looked_until + least((g.rule ->> 'every')::interval / $3::int, $2::interval) <= $1::timestamptz
ORDER BY r.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED
"""

_CONTACTS = """
SELECT id, external_id FROM contact WHERE workspace = $1 AND id > $2 ORDER BY id LIMIT $3
"""

_GO_ON = "UPDATE schedule_run SET looked_until = $2, last_contact = $3 WHERE id = $1"
