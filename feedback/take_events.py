"""Take events in: keep each once, decide on it, and put the invitations in the queue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from core.database import Row, fetch, transaction
from core.errors import Fault, Invalid
from feedback.deciding import NOT_USED, ContactFacts, PageState, Verdict, decide
from feedback.event import DecisionReceipt, EventReceipt, IncomingEvent
from feedback.event_faults import event_faults
from feedback.keep_contacts import lock_contacts, update_contacts
from feedback.opting_out import HAS_OPTED_OUT
from feedback.tables import InvitationState, Outcome
from surveys.journey_file import AskChannel
from surveys.journeys import TriggerView, active_triggers, persona_ids, touchpoints_by_name

LARGEST_BATCH = 1_000

TouchpointNames = Mapping[str, tuple[int, ...]]


class _Known(Struct):
    """An event that has its row, with what deciding on it needs."""

    id: int
    contact: int
    touchpoint: int | None
    incoming: IncomingEvent
    occurred_at: datetime


async def take_events(
    workspace: int, events: Sequence[IncomingEvent], now: datetime, page: PageState = PageState.NONE
) -> list[EventReceipt]:
    """One receipt an event, in order. Raises Invalid with every fault of the batch; then nothing was stored.

    `page` is the one in which the events happen; what programs send happens in none.
    """
    if not 1 <= len(events) <= LARGEST_BATCH:
        raise Invalid(Fault("body", f"send 1 to {LARGEST_BATCH} events at once"))
    personas = await persona_ids(workspace)
    touchpoints = await touchpoints_by_name(workspace)
    faults = [
        Fault(f"[{at}].{fault.field}".rstrip("."), fault.message)
        for at, event in enumerate(events)
        for fault in event_faults(event, personas, touchpoints, now)
    ]
    if faults:
        raise Invalid(*faults)
    async with transaction():
        unknown = await _unknown(workspace, events)
        contacts = await lock_contacts(workspace, {event.contact.id for event in unknown}, now)
        new = await _insert_events(workspace, unknown, contacts, touchpoints, now)
        await update_contacts([known.incoming.contact for known in new], contacts, personas)
        await _decide_all(workspace, new, now, page)
    decisions = await _decisions_by_key(workspace, {event.key for event in events}, touchpoints)
    fresh = {known.incoming.key for known in new}
    return [_receipt(event.key, fresh, decisions) for event in events]


def _receipt(key: str, fresh: set[str], decisions: dict[str, tuple[DecisionReceipt, ...]]) -> EventReceipt:
    is_new = key in fresh
    fresh.discard(key)  # a key that stands twice in one batch is new once
    return EventReceipt(key, is_new, decisions.get(key, ()))


async def _unknown(workspace: int, events: Sequence[IncomingEvent]) -> list[IncomingEvent]:
    """The first event of each key that is not known. What a repeated one says is old, and must change nothing."""
    keys = [event.key for event in events]
    rows = await fetch("SELECT key FROM event WHERE workspace = $1 AND key = ANY($2)", workspace, keys)
    seen = {row["key"] for row in rows}
    unknown = []
    for event in events:
        if event.key not in seen:
            seen.add(event.key)
            unknown.append(event)
    return unknown


async def _insert_events(
    workspace: int,
    events: Sequence[IncomingEvent],
    contacts: Mapping[str, int],
    touchpoints: TouchpointNames,
    now: datetime,
) -> list[_Known]:
    """The events in order, without those that another request has taken meanwhile."""
    records = [
        {
            "key": event.key,
            "name": event.name,
            "contact": contacts[event.contact.id],
            "touchpoint": None if event.touchpoint is UNSET else touchpoints[event.touchpoint][0],
            "occurred_at": now if event.occurred_at is UNSET else event.occurred_at,
            "properties": event.properties,
        }
        for event in events
    ]
    rows = await fetch(_INSERT_EVENTS, msgspec.json.encode(records).decode(), workspace, now)
    found = {row["key"]: row for row in rows}
    return [
        _Known(row["id"], row["contact"], row["touchpoint"], event, row["occurred_at"])
        for event in events
        if (row := found.get(event.key))
    ]


async def _decide_all(workspace: int, events: Sequence[_Known], now: datetime, page: PageState) -> None:
    """Decide on each event and trigger in the order of occurrence, then store decisions and invitations."""
    triggers = await active_triggers(workspace, {known.incoming.name for known in events})
    facts = await fetch(_CONTACT_FACTS, [known.contact for known in events])
    contacts = {row["id"]: row for row in facts}
    asked = await _asked(events)
    records = []
    for known in sorted(events, key=lambda known: known.occurred_at):
        listening = [trigger for trigger in triggers if _listens(trigger, known)]
        if not listening:
            records.append(_record(known, None, NOT_USED))
        free = page
        for trigger in listening:
            here = asked.setdefault((known.contact, trigger.touchpoint), [])
            contact = _facts_of(contacts[known.contact], known.occurred_at, here, free)
            verdict = decide(known.occurred_at, trigger, contact, now)
            if verdict.outcome is Outcome.ASKED:
                here.append(known.occurred_at)
                free = PageState.TAKEN if trigger.channel is AskChannel.WIDGET else free
            records.append(_record(known, trigger, verdict))
    await fetch(_INSERT_DECISIONS, msgspec.json.encode(records).decode(), workspace, now)


def _listens(trigger: TriggerView, known: _Known) -> bool:
    return trigger.event == known.incoming.name and known.touchpoint in (None, trigger.touchpoint)


def _facts_of(contact: Row, occurred_at: datetime, asked_here: Iterable[datetime], page: PageState) -> ContactFacts:
    nearest = min(asked_here, key=lambda asked: abs(asked - occurred_at), default=None)
    return ContactFacts(bool(contact["email"]), contact["has_opted_out"], page, nearest)


def _record(known: _Known, trigger: TriggerView | None, verdict: Verdict) -> dict[str, Any]:
    return {
        "event": known.id,
        "contact": known.contact,
        "trigger": trigger.id if trigger else None,
        "touchpoint": trigger.touchpoint if trigger else None,
        "survey_version": trigger.survey_version if trigger else None,
        "channel": trigger.channel if trigger else None,
        # The page that asks shows the survey at once: nothing is left for a worker to send.
        "state": InvitationState.SENT if trigger and trigger.channel is AskChannel.WIDGET else InvitationState.DUE,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "facts": verdict.facts,
        "occurred_at": known.occurred_at,
        "due_at": verdict.due_at,
        "expires_at": verdict.expires_at,
    }


async def _asked(events: Sequence[_Known]) -> dict[tuple[int, int], list[datetime]]:
    """By contact and touchpoint, what somebody was or will be asked about: a mail that was given up asked nobody."""
    rows = await fetch(_ASKED, [known.contact for known in events], [InvitationState.DUE, InvitationState.SENT])
    return {(row["contact"], row["touchpoint"]): row["occurrences"] for row in rows}


async def _decisions_by_key(
    workspace: int, keys: Iterable[str], touchpoints: TouchpointNames
) -> dict[str, tuple[DecisionReceipt, ...]]:
    rows = await fetch(_DECISIONS_BY_KEY, workspace, list(keys))
    found: dict[str, tuple[DecisionReceipt, ...]] = {}
    for row in rows:
        is_ambiguous = len(touchpoints.get(row["touchpoint"], ())) > 1
        name = f"{row['journey']}/{row['touchpoint']}" if is_ambiguous else row["touchpoint"]
        found[row["key"]] = (*found.get(row["key"], ()), DecisionReceipt(name, row["outcome"], row["reason"]))
    return found


# Sorted by key, so that two batches with the same keys wait for the same event first and never for each other.
_INSERT_EVENTS = """
INSERT INTO event (workspace, key, name, contact, touchpoint, occurred_at, received_at, properties)
SELECT $2::int, r.key, r.name, r.contact, r.touchpoint, r.occurred_at, $3::timestamptz, r.properties
FROM jsonb_to_recordset($1::jsonb)
    AS r(key text, name text, contact bigint, touchpoint int, occurred_at timestamptz, properties jsonb)
ORDER BY r.key
ON CONFLICT (workspace, key) DO NOTHING
RETURNING id, key, contact, touchpoint, occurred_at
"""

_CONTACT_FACTS = f"SELECT c.id, c.email, {HAS_OPTED_OUT} AS has_opted_out FROM contact c WHERE c.id = ANY($1)"

_ASKED = """
SELECT contact, touchpoint, array_agg(occurred_at) AS occurrences FROM invitation
WHERE contact = ANY($1) AND state = ANY($2) GROUP BY contact, touchpoint
"""

_INSERT_DECISIONS = """
WITH record AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(event bigint, contact bigint, trigger int, touchpoint int,
        survey_version int, channel text, state text, outcome text, reason text, facts jsonb, occurred_at timestamptz,
        due_at timestamptz, expires_at timestamptz)
), decided AS (
    INSERT INTO decision (workspace, event, contact, trigger, touchpoint, outcome, reason, facts, decided_at)
    SELECT $2::int, event, contact, trigger, touchpoint, outcome, reason, facts, $3::timestamptz FROM record
    RETURNING id, event, trigger
)
INSERT INTO invitation (workspace, decision, contact, touchpoint, survey_version, channel, occurred_at, due_at,
                        expires_at, state, sent_at, attempts, last_error)
SELECT $2::int, d.id, r.contact, r.touchpoint, r.survey_version, r.channel, r.occurred_at, r.due_at,
       r.expires_at, r.state, CASE WHEN r.state = 'sent' THEN $3::timestamptz END, 0, ''
FROM decided d JOIN record r ON r.event = d.event AND r.trigger = d.trigger
WHERE r.outcome = 'asked'
"""

_DECISIONS_BY_KEY = """
SELECT e.key, t.key AS touchpoint, j.key AS journey, d.outcome, d.reason
FROM event e JOIN decision d ON d.event = e.id LEFT JOIN touchpoint t ON t.id = d.touchpoint
LEFT JOIN journey j ON j.id = t.journey
WHERE e.workspace = $1 AND e.key = ANY($2) ORDER BY d.id
"""
