"""Take events in: keep each once, decide on it, and put the invitations in the queue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import UNSET

from core.database import fetch, transaction
from core.errors import Fault, Invalid
from feedback.contacts.keep_contacts import lock_contacts, update_contacts
from feedback.deciding.decide_events import KnownEvent, TouchpointNames, decide_events
from feedback.deciding.deciding import Happening, PageState
from feedback.intake.event import DecisionReceipt, EventReceipt, IncomingEvent
from feedback.intake.event_faults import event_faults
from surveys.journeys import persona_ids, touchpoints_by_name

LARGEST_BATCH = 1_000

Links = Callable[[int], str]


async def take_events(
    workspace: int,
    events: Sequence[IncomingEvent],
    now: datetime,
    page: PageState = PageState.NONE,
    links: Links | None = None,
) -> list[EventReceipt]:
    """One receipt an event, in order. Raises Invalid with every fault of the batch; then nothing was stored.

    `page` is the one in which the events happen; what programs send happens in none. `links` makes the address of an
    invitation's survey: a program that hands links out finds them in the receipts.
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
        fresh = {known.happening.key for known in new}
        said = [event.contact for event in unknown if event.key in fresh]
        await update_contacts(workspace, said, contacts, now)
        await decide_events(workspace, new, touchpoints, page, now)
    decisions = await _decisions_by_key(workspace, {event.key for event in events}, touchpoints, links)
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
) -> list[KnownEvent]:
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
        KnownEvent(
            row["id"],
            row["contact"],
            row["touchpoint"],
            Happening(event.key, event.name, row["occurred_at"], event.properties),
        )
        for event in events
        if (row := found.get(event.key))
    ]


async def _decisions_by_key(
    workspace: int, keys: Iterable[str], touchpoints: TouchpointNames, links: Links | None
) -> dict[str, tuple[DecisionReceipt, ...]]:
    rows = await fetch(_DECISIONS_BY_KEY, workspace, list(keys))
    found: dict[str, tuple[DecisionReceipt, ...]] = {}
    for row in rows:
        is_ambiguous = len(touchpoints.get(row["touchpoint"], ())) > 1
        name = f"{row['journey']}/{row['touchpoint']}" if is_ambiguous else row["touchpoint"]
        link = links(row["to_link"]) if links and row["to_link"] is not None else None
        receipt = DecisionReceipt(name, row["outcome"], row["reason"], row["deferred_until"], link)
        found[row["key"]] = (*found.get(row["key"], ()), receipt)
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

# A link is given back to the program that sent the event, as often as it asks.
_DECISIONS_BY_KEY = """
SELECT e.key, t.key AS touchpoint, j.key AS journey, d.outcome, d.reason, d.deferred_until, i.id AS to_link
FROM event e JOIN decision d ON d.event = e.id LEFT JOIN touchpoint t ON t.id = d.touchpoint
LEFT JOIN journey j ON j.id = t.journey LEFT JOIN invitation i ON i.decision = d.id AND i.channel = 'link'
WHERE e.workspace = $1 AND e.key = ANY($2) ORDER BY d.id
"""
