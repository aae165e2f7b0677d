"""Events out of JSON, in Kept's own shape; other shapes read the JSON here and make events of it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.errors import Fault, Invalid
from feedback.intake.event import IncomingEvent
from feedback.intake.event_faults import reserved_faults
from surveys.structure_faults import structure_faults

NO_JSON = "this is not JSON"
TOO_DEEP = "lists and objects are nested too deep in it"
_DECODER: msgspec.json.Decoder[IncomingEvent | list[IncomingEvent]] = msgspec.json.Decoder(
    IncomingEvent | list[IncomingEvent]
)


def events_in(body: bytes) -> list[IncomingEvent]:
    """One event or a list of them. Raises Invalid with every fault and its place, such as `[3].contact.id`."""
    found = _decoded(body)
    events = found if isinstance(found, list) else [found]
    refuse_reserved(events, {})
    return events


def event_in(line: bytes) -> IncomingEvent:
    """The one event in `line`. Raises Invalid with every fault and its place."""
    event = _decoded(line)
    if isinstance(event, list):
        raise Invalid(Fault("body", "this is a list; write one event a line"))
    faults = list(reserved_faults(event))
    if faults:
        raise Invalid(*faults)
    return event


def refuse_reserved(events: list[IncomingEvent], places: Mapping[str, str]) -> None:
    """Raises Invalid where a program sends what only Kept says; `places` as for `renamed`."""
    faults = [
        renamed(Fault(f"[{at}].{fault.field}", fault.message), places)
        for at, event in enumerate(events)
        for fault in reserved_faults(event)
    ]
    if faults:
        raise Invalid(*faults)


def plain_json(body: bytes, place: str = "body") -> Any:
    """What the JSON in `body` says. Raises Invalid at `place`."""
    try:
        return msgspec.json.decode(body)
    except RecursionError as fault:
        raise Invalid(Fault(place, TOO_DEEP)) from fault
    except msgspec.ValidationError as fault:  # such as a number that no type can hold
        raise Invalid(Fault(place, str(fault))) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Invalid(Fault(place, f"{NO_JSON}: {fault}")) from fault


def renamed(fault: Fault, places: Mapping[str, str]) -> Fault:
    """A fault of an event in the words of the shape in which it was sent: `places` maps the beginnings of paths.

    `[3].contact.id` is `[3].userId` where `places` says that `contact.id` is `userId`.
    """
    index, inside = "", fault.field
    if inside.startswith("["):
        index, _, inside = inside.partition(".")
    for ours, theirs in places.items():
        if inside == ours or inside.startswith((f"{ours}.", f"{ours}[")):
            inside = f"{theirs}{inside.removeprefix(ours)}"
            break
    return Fault(".".join(filter(None, [index, inside])), fault.message)


def _decoded(body: bytes) -> IncomingEvent | list[IncomingEvent]:
    """Raises Invalid."""
    try:
        return _converted(body)
    except RecursionError as fault:
        raise Invalid(Fault("body", TOO_DEEP)) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Invalid(Fault("body", f"{NO_JSON}: {fault}")) from fault


def _converted(body: bytes) -> IncomingEvent | list[IncomingEvent]:
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError as fault:
        raise Invalid(*_faults_in(body, fault)) from fault


def _faults_in(body: bytes, first: msgspec.ValidationError) -> list[Fault]:
    """All faults of the structure; only the `first` where a number is in the way that no type can hold."""
    try:
        plain = msgspec.json.decode(body)
    except msgspec.ValidationError:
        words, _, place = str(first).partition(" - at `$")
        return [Fault(place.split("[...]")[0].strip(".`") or "body", words)]
    parts = {f"[{at}]": part for at, part in enumerate(plain)} if isinstance(plain, list) else {"": plain}
    faults = [found for place, part in parts.items() for found in structure_faults(part, IncomingEvent, place)]
    return [Fault(found.field or "body", found.message) for found in faults]
