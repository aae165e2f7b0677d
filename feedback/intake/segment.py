"""The Segment shape: `track` is an event, `identify` and `group` say something of a contact, the rest is left out.

The fields are those of the Segment spec; its libraries send many more, which mean nothing here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from core.errors import Fault, Invalid
from feedback.intake.event import EventContact, IncomingEvent, Locale
from feedback.intake.event_faults import is_time_zone
from feedback.intake.read_events import plain_json, refuse_reserved, renamed
from surveys.structure_faults import structure_faults

Made = TypeVar("Made", IncomingEvent, EventContact)

LARGEST_BATCH = 1_000


class Call(StrEnum):
    """What a message is, as its `type` says in a batch."""

    TRACK = "track"
    IDENTIFY = "identify"
    GROUP = "group"
    PAGE = "page"
    SCREEN = "screen"
    ALIAS = "alias"


NOT_USED = (Call.PAGE, Call.SCREEN, Call.ALIAS)

# Where a fault of the event or the contact that was made stands in the message.
CONTACT_PLACES = {
    "id": "userId",
    "email": "traits.email",
    "name": "traits.name",
    "account.id": "traits.company.id",
    "account.name": "traits.company.name",
    "account": "traits.company",
    "time_zone": "context.timezone",
    "locale": "context.locale",
    "attributes": "traits",
}
GROUP_PLACES = {"id": "userId", "account.id": "groupId", "account": "traits"}
TRACK_PLACES = {
    "key": "messageId",
    "name": "event",
    "occurred_at": "timestamp",
    # What is known of the person stands in the context there.
    **{
        f"contact.{ours}": f"context.{theirs}" if theirs.startswith("traits") else theirs
        for ours, theirs in CONTACT_PLACES.items()
    },
}


class SaidOfContact(Struct, frozen=True):
    """A contact, where in the body it stands, and how its fields are called there."""

    place: str
    contact: EventContact
    places: Mapping[str, str]

    def fault(self, found: Fault) -> Fault:
        """A fault of the contact in the words of the message."""
        return _at(self.place, renamed(found, self.places))


class SegmentCalls(Struct, frozen=True):
    """What one request said: events by their places in the body; `left_out` counts by type what means nothing here."""

    events: dict[str, IncomingEvent]
    contacts: list[SaidOfContact]
    left_out: dict[str, int]

    def event_fault(self, place: str, found: Fault) -> Fault:
        """A fault of the event at `place` in the words of its message."""
        return _at(place, renamed(found, TRACK_PLACES))


def read_call(body: bytes, call: Call) -> SegmentCalls:
    """One message. Raises Invalid with every fault and its place."""
    return _read({"": plain_json(body)}, call)


def read_batch(body: bytes) -> SegmentCalls:
    """Up to 1,000 messages, each with its `type`. Raises Invalid with every fault, such as `batch[3].userId`."""
    said = plain_json(body)
    batch = said.get("batch") if isinstance(said, dict) else None
    if not isinstance(batch, list):
        raise Invalid(Fault("batch", 'this is missing; write {"batch": [...]} with a list of messages'))
    if not 1 <= len(batch) <= LARGEST_BATCH:
        raise Invalid(Fault("batch", f"send 1 to {LARGEST_BATCH} messages at once"))
    return _read({f"batch[{at}]": message for at, message in enumerate(batch)}, None)


def _read(messages: Mapping[str, object], call: Call | None) -> SegmentCalls:
    calls, faults = SegmentCalls({}, [], {}), []
    for place, message in messages.items():
        try:
            _take(calls, place, message, call)
        except Invalid as invalid:
            faults += [_at(place, fault) for fault in invalid.faults]
    if faults:
        raise Invalid(*faults)
    return calls


def _take(calls: SegmentCalls, place: str, message: object, call: Call | None) -> None:
    """Put what `message` says where it belongs. Raises Invalid with the places inside the message."""
    if not isinstance(message, dict):
        raise Invalid(Fault("", "a message is a mapping such as that of a track call"))
    kind = call or _kind_of(message)
    if kind in NOT_USED:
        calls.left_out[kind] = calls.left_out.get(kind, 0) + 1
    elif kind is Call.TRACK:
        calls.events[place] = _event(message)
    else:
        places = GROUP_PLACES if kind is Call.GROUP else CONTACT_PLACES
        said = _group(message) if kind is Call.GROUP else _contact(message, _mapping(message, "traits"))
        calls.contacts.append(SaidOfContact(place, _made(said, EventContact, places), places))


def _kind_of(message: Mapping[str, Any]) -> Call:
    try:
        return Call(message.get("type", ""))
    except ValueError as fault:
        raise Invalid(Fault("type", f"this is no call; write one of {', '.join(Call)}")) from fault


def _event(message: Mapping[str, Any]) -> IncomingEvent:
    context = _mapping(message, "context")
    said = {
        "key": message.get("messageId"),
        "name": message.get("event"),
        "contact": _contact(message, _mapping(context, "traits", "context.")),
        "properties": _mapping(message, "properties"),
        "occurred_at": message.get("timestamp"),
    }
    event = _made({name: value for name, value in said.items() if value is not None}, IncomingEvent, TRACK_PLACES)
    try:
        refuse_reserved([event], {})
    except Invalid as invalid:
        raise Invalid(Fault("event", invalid.faults[0].message)) from invalid
    return event


def _contact(message: Mapping[str, Any], traits: Mapping[str, Any]) -> dict[str, Any]:
    """The contact as plain data: the traits that have a place of their own, the others as attributes."""
    others = dict(traits)
    names = [others.pop(part, None) for part in ("firstName", "lastName")] if "name" not in traits else []
    name = others.pop("name", None) or " ".join(part for part in names if isinstance(part, str) and part)
    email, company = others.pop("email", None), others.pop("company", None)
    said = {
        "email": email,
        "name": name or None,
        "account": _account(company),
        "attributes": others or None,
        **_surroundings(_mapping(message, "context")),
    }
    return {"id": _person(message), **{field: value for field, value in said.items() if value is not None}}


def _account(company: object) -> object:
    """A company by its id, or by its name where it has none; what is neither is for the types to refuse."""
    if isinstance(company, str):
        return {"id": company} if company else None
    if not isinstance(company, dict):
        return company
    number, name = company.get("id"), company.get("name")
    if number is None and name is None:
        return None
    account = {"id": _as_text(name if number is None else number)}
    return account if name is None else {**account, "name": name}


def _group(message: Mapping[str, Any]) -> dict[str, Any]:
    company = {"id": message.get("groupId"), "name": _mapping(message, "traits").get("name")}
    if company["id"] is None:
        raise Invalid(Fault("groupId", "this is missing; write your own id of the company"))
    return {"id": _person(message), "account": _account(company)}


def _surroundings(context: Mapping[str, Any]) -> dict[str, Any]:
    """Locale and time zone, which a library has found out by itself: what is none is left out, and refuses nothing."""
    locale, zone = context.get("locale"), context.get("timezone")
    has_locale = isinstance(locale, str) and not list(structure_faults(locale, Locale))
    has_zone = isinstance(zone, str) and is_time_zone(zone)
    return {**({"locale": locale} if has_locale else {}), **({"time_zone": zone} if has_zone else {})}


def _person(message: Mapping[str, Any]) -> object:
    for name in ("userId", "anonymousId"):
        if message.get(name) not in (None, ""):
            return _as_text(message[name])
    raise Invalid(Fault("userId", "this is missing; say who it is with userId or anonymousId"))


def _as_text(number: object) -> object:
    """An id as text: some libraries hand numbers on as they are."""
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else number


def _mapping(said: Mapping[str, Any], name: str, place: str = "") -> dict[str, Any]:
    found = said.get(name)
    if found is not None and not isinstance(found, dict):
        raise Invalid(Fault(f"{place}{name}", "write a mapping of names to values, or leave it out"))
    return found or {}


def _made(said: dict[str, Any], kind: type[Made], places: Mapping[str, str]) -> Made:
    faults = [renamed(fault, places) for fault in structure_faults(said, kind)]
    if faults:
        raise Invalid(*faults)
    return msgspec.convert(said, kind)


def _at(place: str, fault: Fault) -> Fault:
    return Fault(".".join(filter(None, [place, fault.field])) or "body", fault.message)
