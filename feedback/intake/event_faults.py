"""What the types alone can't see of an event: unknown names, an impossible time, data that can't be kept."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from unicodedata import category
from zoneinfo import available_timezones

import msgspec
from msgspec import UNSET

from core.errors import Fault
from feedback.intake.address_faults import address_faults
from feedback.intake.event import EventContact, IncomingEvent
from surveys.trigger_rule import ANSWERED, SCHEDULED

LARGEST_PROPERTIES = 16_384  # bytes of JSON; of attributes, too
DEEPEST_PROPERTIES = 32  # far more than data has, far less than the program that walks through it can bear
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # before it, a clock was never set
FURTHEST_AHEAD = timedelta(days=366)  # an appointment is known a year ahead, and leap years are years
CLOCK_IS_OFF = timedelta(days=1)  # by a time zone, not by more


def event_faults(
    event: IncomingEvent, personas: Collection[str], touchpoints: Mapping[str, Collection[int]], now: datetime
) -> Iterator[Fault]:
    """The fields are paths inside the event; `touchpoints` holds the ids that a name may mean.

    However late an event is, it is kept; one that lies ahead asks after it has happened.
    """
    yield from _line_faults("key", event.key)
    yield from _line_faults("name", event.name)
    if event.touchpoint is not UNSET:
        yield from touchpoint_faults(event.touchpoint, touchpoints)
    for fault in contact_faults(event.contact, personas, now):
        yield Fault(f"contact.{fault.field}", fault.message)
    if event.occurred_at is not UNSET and event.occurred_at > now + FURTHEST_AHEAD:
        ahead = FURTHEST_AHEAD.days
        yield Fault("occurred_at", f"this is more than {ahead} days ahead of our clock; send it nearer to its day")
    if event.occurred_at is not UNSET and event.occurred_at < EARLIEST:
        yield Fault("occurred_at", f"this is before {EARLIEST.year}; send the time at which it happened")
    yield from data_faults("properties", event.properties)


def contact_faults(contact: EventContact, personas: Collection[str], now: datetime) -> Iterator[Fault]:
    """The fields are paths inside the contact; `personas` holds the keys of the workspace's."""
    yield from _line_faults("id", contact.id)
    if contact.email:
        yield from (Fault("email", words) for words in address_faults(contact.email))
    if contact.name is not UNSET:
        yield from _line_faults("name", contact.name)
    if contact.persona is not UNSET and contact.persona not in personas:
        yield Fault("persona", _unknown(f"there is no persona {contact.persona}", contact.persona, personas))
    if contact.account is not UNSET:
        yield from _line_faults("account.id", contact.account.id)
        yield from _line_faults("account.name", contact.account.name or "")
    if contact.time_zone:
        yield from time_zone_faults("time_zone", contact.time_zone)
    if contact.attributes is not UNSET:
        yield from data_faults("attributes", contact.attributes)
    if contact.consent is not UNSET:
        yield from _line_faults("consent.source", contact.consent.source)
        at = contact.consent.at
        if at is not UNSET and not EARLIEST <= at <= now + CLOCK_IS_OFF:
            yield Fault("consent.at", f"this is before {EARLIEST.year} or ahead of our clock; send when they said so")


def touchpoint_faults(name: str, touchpoints: Mapping[str, Collection[int]]) -> Iterator[Fault]:
    """Whether a name means one touchpoint."""
    meant = touchpoints.get(name, ())
    if not meant:
        yield Fault("touchpoint", f"no journey has a touchpoint {name}")
    if len(meant) > 1:
        whole = sorted(known for known in touchpoints if known.endswith(f"/{name}"))
        yield Fault("touchpoint", f"several journeys have a touchpoint {name}; write {' or '.join(whole)}")


def reserved_faults(event: IncomingEvent) -> Iterator[Fault]:
    """Names that only Kept gives. A program that sent them would answer and ask in other people's names."""
    if event.name.startswith((ANSWERED, SCHEDULED)):
        yield Fault("name", f"names that begin with {ANSWERED} or {SCHEDULED} are Kept's own; choose another")
    if event.key.startswith((ANSWERED, SCHEDULED)):  # a key is taken once: whoever came first would silence ours
        yield Fault("key", f"keys that begin with {ANSWERED} or {SCHEDULED} are Kept's own; choose another")


def time_zone_faults(field: str, name: str) -> Iterator[Fault]:
    """Whether a time zone is called this, capitals and all."""
    if not is_time_zone(name):
        near = _time_zones().get(_plain_zone(name), "Europe/Vienna")
        yield Fault(field, f"there is no time zone {name}; write its IANA name, such as {near}")


def is_time_zone(name: str) -> bool:
    return _time_zones().get(_plain_zone(name)) == name


def data_faults(field: str, data: Mapping[str, Any]) -> Iterator[Fault]:
    """Whether properties or attributes can be kept."""
    if _is_deeper_than(DEEPEST_PROPERTIES, data):
        # Nothing else may walk through them.
        yield Fault(field, f"nest lists and objects at most {DEEPEST_PROPERTIES} deep")
        return
    if len(msgspec.json.encode(data)) > LARGEST_PROPERTIES:
        yield Fault(field, f"keep them under {LARGEST_PROPERTIES} bytes: leave out what no survey asks about")
    # PostgreSQL can't store NUL, neither in text nor in JSON.
    if any("\0" in text for text in _texts(data)):
        yield Fault(field, "text may not hold a NUL character; take it out")


def _line_faults(field: str, text: str) -> Iterator[Fault]:
    """A line break in a name or an id would be one in the head of a mail."""
    if not text.isprintable() and any(category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        yield Fault(field, "this stands on one line; take out line breaks, NUL and other control characters")


@cache
def _time_zones() -> dict[str, str]:
    """The names by themselves in small letters."""
    return {_plain_zone(name): name for name in available_timezones()}


def _plain_zone(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _unknown(words: str, name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{words}; did you mean {near[0]}?" if near else words


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
