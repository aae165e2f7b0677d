"""The API that takes events in."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency

from accounts.api_keys import ApiCaller, Scope
from core.errors import Fault, Invalid
from feedback.event import EventReceipt, IncomingEvent
from feedback.take_events import take_events
from surveys.structure_faults import structure_faults


@post("/events", opt={"scope": Scope.EVENTS}, status_code=202)
async def post_events(
    request: Request[Any, Any, Any], caller: NamedDependency[ApiCaller], now: NamedDependency[datetime]
) -> list[EventReceipt]:
    """Take one event or a batch of up to 1,000. All are stored, or, where one is at fault, none."""
    return await take_events(caller.workspace, events_in(await request.body()), now)


def events_in(body: bytes) -> list[IncomingEvent]:
    """One event or a list of them. Raises Invalid with every fault and its place, such as `[3].contact.id`."""
    try:
        return _decode(body)
    except RecursionError as fault:
        raise Invalid(Fault("body", "lists and objects are nested too deep in it")) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Invalid(Fault("body", f"this is not JSON: {fault}")) from fault


def _decode(body: bytes) -> list[IncomingEvent]:
    try:
        found = msgspec.json.decode(body, type=IncomingEvent | list[IncomingEvent])
    except msgspec.ValidationError as fault:
        raise Invalid(*_faults_in(body, fault)) from fault
    return found if isinstance(found, list) else [found]


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


API = [post_events]
