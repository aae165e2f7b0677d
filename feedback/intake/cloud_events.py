"""CloudEvents 1.0 as Kept's events: structured, batched, or with the attributes in HTTP headers.

The shapes are those of the CloudEvents specification (JSON event format, HTTP protocol binding), version 1.0.2.
"""

import base64
import binascii
import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from core.errors import Fault, Invalid
from feedback.intake.event import LONGEST_SHORT_TEXT, IncomingEvent
from feedback.intake.read_events import plain_json, refuse_reserved, renamed
from surveys.structure_faults import structure_faults

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
HEADER = "ce-"  # before the name of an attribute
VERSION = "1.0"
REQUIRED = {
    "specversion": VERSION,
    "id": "the sender's own id of this event",
    "source": "what sends it, such as /shop or https://shop.example",
    "type": "what happened, such as order.delivered",
}
OPTIONAL = ("time", "subject", "datacontenttype", "dataschema")
DATA = ("data", "data_base64")
ATTRIBUTE = re.compile("[a-z0-9]+")
JSON = "application/json"
LONGEST_SHOWN = 60

# Where a fault of the event that was made stands in the one that was sent.
PLACES = {
    "key": "id",
    "name": "type",
    "occurred_at": "time",
    "contact.id": "subject",
    "contact": "data.contact",
    "properties": "data",
}


def cloud_events_in(body: bytes, content_type: str, headers: Mapping[str, str]) -> list[IncomingEvent]:
    """The events of one request, none of an empty batch. Raises Invalid with every fault and its place.

    `headers` are those of the request, their names in small letters.
    """
    media = content_type.partition(";")[0].strip().lower()
    if media == BATCH:
        said = plain_json(body)
        if not isinstance(said, list):
            raise Invalid(Fault("body", f"a batch is a list of events; send a single one as {STRUCTURED}"))
        return _events({f"[{at}]": one for at, one in enumerate(said)})
    if media == STRUCTURED:
        return _events({"": plain_json(body)})
    if f"{HEADER}specversion" in headers or f"{HEADER}id" in headers:
        return _events({"": _in_headers(body, media, headers)})
    ways = f"{STRUCTURED}, {BATCH}, or JSON with the attributes in headers such as {HEADER}id"
    raise Invalid(Fault("content-type", f"this is no CloudEvent; send {ways}"))


def key_of(source: str, event: str) -> str:
    """One key for each source and id of an event, as the two together are what tells events apart.

    A colon in the id is encoded, so that no other source and id have the same key.
    """
    key = f"ce:{source}:{event.replace('%', '%25').replace(':', '%3A')}"
    if len(key) <= LONGEST_SHORT_TEXT:
        return key
    return f"ce:sha256:{hashlib.sha256(key.encode(errors='replace')).hexdigest()}"


def _events(said: Mapping[str, object]) -> list[IncomingEvent]:
    """By their places in the body."""
    events, faults = [], []
    for place, one in said.items():
        try:
            events.append(_event(one))
        except Invalid as invalid:
            faults += [Fault(_inside(place, fault.field) or "body", fault.message) for fault in invalid.faults]
    if faults:
        raise Invalid(*faults)
    refuse_reserved(events, PLACES)
    return events


def _inside(place: str, field: str) -> str:
    return ".".join(filter(None, [place, field]))


def _event(said: object) -> IncomingEvent:
    """Raises Invalid with the places inside the event."""
    if not isinstance(said, dict):
        raise Invalid(Fault("", f"a CloudEvent is a mapping with {', '.join(REQUIRED)}"))
    faults = list(_attribute_faults(said))
    if faults:
        raise Invalid(*faults)
    plain = _plain_event(said, _data_of(said))
    if "id" not in plain["contact"]:
        raise Invalid(Fault("subject", "say who it happened to: send the contact's id here, or as data.contact.id"))
    faults = [renamed(fault, PLACES) for fault in structure_faults(plain, IncomingEvent)]
    if faults:
        raise Invalid(*faults)
    return msgspec.convert(plain, IncomingEvent)


def _attribute_faults(said: Mapping[str, object]) -> Iterator[Fault]:
    known = [*REQUIRED, *OPTIONAL, *DATA]
    for name, value in said.items():
        if name not in known and not ATTRIBUTE.fullmatch(name):
            near = difflib.get_close_matches(name.lower()[:LONGEST_SHOWN], known, n=1)
            words = f"did you mean {near[0]}?" if near else "attributes are named in small letters and digits"
            yield Fault(name[:LONGEST_SHOWN], f"there can be no such attribute; {words}")
        elif name not in DATA and isinstance(value, dict | list | float):
            words = "an attribute is a text, a whole number, true or false; put the rest into data"
            yield Fault(name[:LONGEST_SHOWN], words)
    for name, words in REQUIRED.items():
        value = said.get(name)
        if value is None:
            yield Fault(name, f"this is missing; write {words}")
        elif not isinstance(value, str) or not value:
            yield Fault(name, f"this is empty or no text; write {words}")
        elif name == "specversion" and value != VERSION:
            yield Fault(name, f"only version {VERSION} is taken; write {VERSION}")


def _plain_event(said: Mapping[str, Any], data: object) -> dict[str, Any]:
    """The event in Kept's own shape, as plain data. What `data` says goes before an extension of the same name."""
    inside: dict[str, Any] = data if isinstance(data, dict) else {} if data is None else {"data": data}
    contact = inside["contact"] if isinstance(inside.get("contact"), dict) else {}
    properties = {name: value for name, value in inside.items() if name != "contact" or not contact}
    subject = {} if said.get("subject") in (None, "") else {"id": said["subject"]}
    kept = (*REQUIRED, *OPTIONAL, *DATA)
    extensions = {name: value for name, value in said.items() if name not in kept and value is not None}
    event = {
        "key": key_of(said["source"], said["id"]),
        "name": said["type"],
        "contact": {**subject, **contact},
        "properties": {**extensions, **properties},
    }
    return event if said.get("time") is None else {**event, "occurred_at": said["time"]}


def _data_of(said: Mapping[str, Any]) -> object:
    """Raises Invalid."""
    if said.get("data_base64") is None:
        return said.get("data")
    if said.get("data") is not None:
        raise Invalid(Fault("data_base64", "data stands there too; send one of the two"))
    if not _is_json(said.get("datacontenttype") or JSON):
        raise Invalid(Fault("datacontenttype", "only JSON is taken as data_base64; send other data as a text in data"))
    try:
        raw = base64.b64decode(said["data_base64"], validate=True)
    except (binascii.Error, TypeError, ValueError) as fault:
        raise Invalid(Fault("data_base64", "this is not base64 (RFC 4648)")) from fault
    return plain_json(raw, "data_base64")


def _in_headers(body: bytes, media: str, headers: Mapping[str, str]) -> dict[str, object]:
    """The event whose attributes stand in headers, percent-encoded where they go beyond ASCII."""
    if body and not _is_json(media):
        raise Invalid(Fault("content-type", f"only JSON is taken as data; send {JSON}"))
    attributes: dict[str, object] = {
        name.removeprefix(HEADER): _header_text(value) for name, value in headers.items() if name.startswith(HEADER)
    }
    for name in DATA:
        attributes.pop(name, None)  # data is the body, and never a header
    return {**attributes, "data": plain_json(body)} if body.strip() else attributes


def _header_text(value: str) -> str:
    is_quoted = len(value) > 1 and value.startswith('"') and value.endswith('"')
    return unquote(value[1:-1] if is_quoted else value)


def _is_json(media: object) -> bool:
    return str(media).partition(";")[0].strip().lower().endswith(("/json", "+json"))
