"""Take events in: keep each once, decide on it, and put the invitations in the queue."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from core.database import Row, fetch, transaction
from core.errors import Fault, Invalid
from core.mail import address_of
from feedback.deciding import NOT_USED, ContactFacts, Verdict, decide
from feedback.event import DecisionReceipt, EventReceipt, IncomingEvent
from feedback.tables import InvitationState, Outcome
from surveys.journeys import TriggerView, active_triggers, persona_ids, touchpoint_keys

LARGEST_BATCH = 1_000
LARGEST_PROPERTIES = 16_384  # bytes of JSON
Given = TypeVar("Given")

FURTHEST_AHEAD = timedelta(days=1)  # a clock may be off by a time zone, not by more


class _Known(Struct):
    """An event that has its row, with what deciding on it needs."""

    id: int
    contact: int
    incoming: IncomingEvent
    occurred_at: datetime


async def take_events(workspace: int, events: Sequence[IncomingEvent], now: datetime) -> list[EventReceipt]:
    """One receipt an event, in order. Raises Invalid with every fault of the batch; then nothing was stored."""
    if not 1 <= len(events) <= LARGEST_BATCH:
        raise Invalid(Fault("body", f"send 1 to {LARGEST_BATCH} events at once"))
    personas = await persona_ids(workspace)
    touchpoints = await touchpoint_keys(workspace)
    faults = [fault for at, event in enumerate(events) for fault in _faults_of(at, event, personas, touchpoints, now)]
    if faults:
        raise Invalid(*faults)
    first_of_key = {event.key: event for event in reversed(events)}
    async with transaction():
        contacts = await _upsert_contacts(workspace, list(first_of_key.values()), personas, now)
        new = await _insert_events(workspace, list(first_of_key.values()), contacts, now)
        await _decide_all(workspace, new, now)
    decisions = await _decisions_by_key(workspace, list(first_of_key))
    fresh = {known.incoming.key for known in new}
    return [_receipt(event.key, fresh, decisions) for event in events]


def _receipt(key: str, fresh: set[str], decisions: dict[str, tuple[DecisionReceipt, ...]]) -> EventReceipt:
    is_new = key in fresh
    fresh.discard(key)  # a key that stands twice in one batch is new once
    return EventReceipt(key, is_new, decisions.get(key, ()))


def _faults_of(
    at: int, event: IncomingEvent, personas: dict[str, int], touchpoints: set[str], now: datetime
) -> list[Fault]:
    faults = []
    if event.touchpoint is not UNSET and event.touchpoint not in touchpoints:
        faults.append(Fault(f"[{at}].touchpoint", f"no journey has a touchpoint {event.touchpoint}"))
    if event.contact.persona is not UNSET and event.contact.persona not in personas:
        faults.append(Fault(f"[{at}].contact.persona", f"there is no persona {event.contact.persona}"))
    if event.contact.email:
        try:
            address_of(event.contact.email)
        except Invalid as fault:
            faults.append(Fault(f"[{at}].contact.email", fault.faults[0].message))
    if event.occurred_at is not UNSET and event.occurred_at > now + FURTHEST_AHEAD:
        faults.append(Fault(f"[{at}].occurred_at", "this is more than a day ahead of our clock"))
    if len(msgspec.json.encode(event.properties)) > LARGEST_PROPERTIES:
        faults.append(Fault(f"[{at}].properties", f"keep the properties under {LARGEST_PROPERTIES} bytes"))
    if _has_nul(msgspec.to_builtins(event)):
        faults.append(Fault(f"[{at}]", "text may not hold a NUL character"))
    return faults


def _has_nul(value: Any) -> bool:
    """PostgreSQL can't store NUL, neither in text nor in JSON."""
    return "\\u0000" in msgspec.json.encode(value).decode()


async def _upsert_contacts(
    workspace: int, events: Sequence[IncomingEvent], personas: dict[str, int], now: datetime
) -> dict[str, int]:
    """The contact numbers by external id. The rows stay locked, so decisions on one contact fall one by one."""
    latest = {event.contact.id: event.contact for event in events}
    records = [
        {
            "external_id": contact.id,
            "email": _given(contact.email),
            "name": _given(contact.name),
            "kind": _given(contact.kind),
            "locale": _given(contact.locale),
            "persona": None if contact.persona is UNSET else personas[contact.persona],
        }
        for contact in latest.values()
    ]
    rows = await fetch(_UPSERT_CONTACTS, msgspec.json.encode(records).decode(), workspace, now)
    return {row["external_id"]: row["id"] for row in rows}


def _given(value: Given | UnsetType) -> Given | None:
    return None if isinstance(value, UnsetType) else value


async def _insert_events(
    workspace: int, events: Sequence[IncomingEvent], contacts: dict[str, int], now: datetime
) -> list[_Known]:
    """The events that were not known yet."""
    by_key = {event.key: event for event in events}
    records = [
        {
            "key": event.key,
            "name": event.name,
            "contact": contacts[event.contact.id],
            "occurred_at": now if event.occurred_at is UNSET else event.occurred_at,
            "properties": event.properties,
        }
        for event in events
    ]
    rows = await fetch(_INSERT_EVENTS, msgspec.json.encode(records).decode(), workspace, now)
    return [_Known(row["id"], row["contact"], by_key[row["key"]], row["occurred_at"]) for row in rows]


async def _decide_all(workspace: int, events: Sequence[_Known], now: datetime) -> None:
    """Decide on each event and trigger in the order of occurrence, then store decisions and invitations."""
    triggers = await active_triggers(workspace, {known.incoming.name for known in events})
    facts = await fetch(_CONTACT_FACTS, [known.contact for known in events])
    contacts = {row["id"]: row for row in facts}
    asked = {(row["contact"], row["touchpoint"]): row["occurred_at"] for row in await _last_asked(events)}
    records = []
    for known in sorted(events, key=lambda known: (known.occurred_at, known.id)):
        listening = [trigger for trigger in triggers if _listens(trigger, known.incoming)]
        if not listening:
            records.append(_record(known, None, NOT_USED))
        for trigger in listening:
            here = (known.contact, trigger.touchpoint)
            verdict = decide(known.occurred_at, trigger, _facts_of(contacts[known.contact], asked.get(here)), now)
            if verdict.outcome is Outcome.ASKED:
                asked[here] = known.occurred_at
            records.append(_record(known, trigger, verdict))
    await fetch(_INSERT_DECISIONS, msgspec.json.encode(records).decode(), workspace, now, InvitationState.DUE.value)


def _listens(trigger: TriggerView, event: IncomingEvent) -> bool:
    return trigger.event == event.name and event.touchpoint in (UNSET, trigger.touchpoint_key)


def _facts_of(contact: Row, last_asked_here: datetime | None) -> ContactFacts:
    return ContactFacts(bool(contact["email"]), contact["unsubscribed_at"] is not None, last_asked_here)


def _record(known: _Known, trigger: TriggerView | None, verdict: Verdict) -> dict[str, Any]:
    return {
        "event": known.id,
        "contact": known.contact,
        "trigger": trigger.id if trigger else None,
        "touchpoint": trigger.touchpoint if trigger else None,
        "survey_version": trigger.survey_version if trigger else None,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "facts": verdict.facts,
        "occurred_at": known.occurred_at,
        "due_at": verdict.due_at,
        "expires_at": verdict.expires_at,
    }


async def _last_asked(events: Sequence[_Known]) -> list[Row]:
    return await fetch(
        "SELECT contact, touchpoint, max(occurred_at) AS occurred_at FROM invitation "
        "WHERE contact = ANY($1) GROUP BY contact, touchpoint",
        [known.contact for known in events],
    )


async def _decisions_by_key(workspace: int, keys: list[str]) -> dict[str, tuple[DecisionReceipt, ...]]:
    rows = await fetch(_DECISIONS_BY_KEY, workspace, keys)
    found: dict[str, tuple[DecisionReceipt, ...]] = {}
    for row in rows:
        receipt = DecisionReceipt(row["touchpoint"], row["outcome"], row["reason"])
        found[row["key"]] = (*found.get(row["key"], ()), receipt)
    return found


# Sorted by external id, so that two batches lock the same contacts in the same order and never wait for each other.
_UPSERT_CONTACTS = """
INSERT INTO contact AS c (workspace, external_id, email, name, kind, locale, persona, created_at)
SELECT $2::int, r.external_id, r.email, coalesce(r.name, ''), coalesce(r.kind, 'customer'), coalesce(r.locale, ''),
       r.persona, $3::timestamptz
FROM jsonb_to_recordset($1::jsonb) AS r(external_id text, email text, name text, kind text, locale text, persona int)
ORDER BY r.external_id
ON CONFLICT (workspace, external_id) DO UPDATE SET email = coalesce(excluded.email, c.email),
    name = CASE WHEN excluded.name = '' THEN c.name ELSE excluded.name END,
    locale = CASE WHEN excluded.locale = '' THEN c.locale ELSE excluded.locale END,
    persona = coalesce(excluded.persona, c.persona)
RETURNING c.id, c.external_id
"""

_INSERT_EVENTS = """
INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
SELECT $2::int, r.key, r.name, r.contact, r.occurred_at, $3::timestamptz, r.properties
FROM jsonb_to_recordset($1::jsonb) AS r(key text, name text, contact bigint, occurred_at timestamptz, properties jsonb)
ON CONFLICT (workspace, key) DO NOTHING
RETURNING id, key, contact, occurred_at
"""

_CONTACT_FACTS = "SELECT id, email, unsubscribed_at FROM contact WHERE id = ANY($1)"

_INSERT_DECISIONS = """
WITH record AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(event bigint, contact bigint, trigger int, touchpoint int,
        survey_version int, outcome text, reason text, facts jsonb, occurred_at timestamptz, due_at timestamptz,
        expires_at timestamptz)
), decided AS (
    INSERT INTO decision (workspace, event, contact, trigger, touchpoint, outcome, reason, facts, decided_at)
    SELECT $2::int, event, contact, trigger, touchpoint, outcome, reason, facts, $3::timestamptz FROM record
    RETURNING id, event, trigger
)
INSERT INTO invitation (workspace, decision, contact, touchpoint, survey_version, channel, occurred_at, due_at,
                        expires_at, state, attempts, last_error)
SELECT $2::int, d.id, r.contact, r.touchpoint, r.survey_version, 'mail', r.occurred_at, r.due_at,
       r.expires_at, $4::text, 0, ''
FROM decided d JOIN record r ON r.event = d.event AND r.trigger = d.trigger
WHERE r.outcome = 'asked'
"""

_DECISIONS_BY_KEY = """
SELECT e.key, t.key AS touchpoint, d.outcome, d.reason
FROM event e JOIN decision d ON d.event = e.id LEFT JOIN touchpoint t ON t.id = d.touchpoint
WHERE e.workspace = $1 AND e.key = ANY($2) ORDER BY d.id
"""
