"""What the types alone can't see of an event: unknown names, an impossible time, data that can't be kept."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET

from core.errors import Fault, Invalid
from core.mail import address_of
from feedback.event import IncomingEvent

LARGEST_PROPERTIES = 16_384  # bytes of JSON
DEEPEST_PROPERTIES = 32  # far more than data has, far less than the program that walks through it can bear
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # before it, a clock was never set
FURTHEST_AHEAD = timedelta(days=1)  # a clock may be off by a time zone, not by more


def event_faults(
    event: IncomingEvent, personas: Collection[str], touchpoints: Mapping[str, Collection[int]], now: datetime
) -> Iterator[Fault]:
    """The fields are paths inside the event; `touchpoints` holds the ids that a name may mean."""
    if event.touchpoint is not UNSET:
        yield from touchpoint_faults(event.touchpoint, touchpoints)
    if event.contact.persona is not UNSET and event.contact.persona not in personas:
        yield Fault("contact.persona", f"there is no persona {event.contact.persona}")
    if event.contact.email:
        try:
            address_of(event.contact.email)
        except Invalid as fault:
            yield Fault("contact.email", fault.faults[0].message)
    if event.occurred_at is not UNSET and event.occurred_at > now + FURTHEST_AHEAD:
        yield Fault("occurred_at", "this is more than a day ahead of our clock")
    if event.occurred_at is not UNSET and event.occurred_at < EARLIEST:
        yield Fault("occurred_at", f"this is before {EARLIEST.year}")
    yield from _data_faults(event)


def touchpoint_faults(name: str, touchpoints: Mapping[str, Collection[int]]) -> Iterator[Fault]:
    """Whether a name means one touchpoint."""
    meant = touchpoints.get(name, ())
    if not meant:
        yield Fault("touchpoint", f"no journey has a touchpoint {name}")
    if len(meant) > 1:
        whole = sorted(known for known in touchpoints if known.endswith(f"/{name}"))
        yield Fault("touchpoint", f"several journeys have a touchpoint {name}; write {' or '.join(whole)}")


def _data_faults(event: IncomingEvent) -> Iterator[Fault]:
    if _is_deeper_than(DEEPEST_PROPERTIES, event.properties):
        # Nothing else may walk through them.
        yield Fault("properties", f"nest lists and objects at most {DEEPEST_PROPERTIES} deep")
        return
    if len(msgspec.json.encode(event.properties)) > LARGEST_PROPERTIES:
        yield Fault("properties", f"keep the properties under {LARGEST_PROPERTIES} bytes")
    # PostgreSQL can't store NUL, neither in text nor in JSON.
    if any("\0" in text for text in _texts(msgspec.to_builtins(event))):
        yield Fault("", "text may not hold a NUL character")


def _is_deeper_than(levels: int, value: Any) -> bool:
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper_than(levels - 1, part) for part in parts)


def _texts(value: Any) -> Iterator[str]:
    """All the text in plain data, names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
