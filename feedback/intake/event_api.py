"""The API that takes events in: Kept's own shape, CloudEvents and Segment's on their own paths, into one intake."""

import zlib
from datetime import datetime
from functools import partial
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition
from msgspec import Struct

from accounts.api_keys import ApiCaller, Scope
from core.errors import Fault, Invalid
from core.site import Site
from feedback.contacts.keep_contacts import upsert_contacts
from feedback.delivery.invitation_mail import answer_link
from feedback.intake.cloud_events import PLACES, cloud_events_in
from feedback.intake.event import EventReceipt
from feedback.intake.event_faults import contact_faults, event_faults
from feedback.intake.read_events import events_in, renamed
from feedback.intake.segment import Call, SegmentCalls, read_batch, read_call
from feedback.intake.take_events import take_events

AnyRequest = Request[Any, Any, Any]

LARGEST_UNPACKED = 16 * 1024 * 1024  # bytes: a thousand events, each with all the properties that it may have
GZIP = 31  # what zlib calls it


def _operation_id(_: HTTPRouteHandler, method: Method, path: list[str | PathParameterDefinition]) -> str:
    """Of one handler with two paths, each has its own."""
    return "".join([method.title(), *(str(part).title() for part in path)])


# Segment's libraries send their key as the user name of Basic, and take nothing but 200 for a success.
SEGMENT: dict[str, Any] = {
    "opt": {"scope": Scope.EVENTS, "takes_basic": True},
    "status_code": 200,
    "operation_id": _operation_id,
}


class SegmentReceipt(Struct, frozen=True):
    """What became of Segment's messages; `left_out` counts by type those that mean nothing here."""

    success: bool
    events: list[EventReceipt]
    contacts: int
    left_out: dict[str, int]


@post("/events", opt={"scope": Scope.EVENTS}, status_code=202)
async def post_events(
    request: AnyRequest,
    caller: NamedDependency[ApiCaller],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> list[EventReceipt]:
    """Take one event or a batch of up to 1,000. All are stored, or, where one is at fault, none."""
    return await take_events(
        caller.workspace, events_in(await _body_of(request)), now, links=partial(answer_link, site)
    )


@post("/events/cloudevents", opt={"scope": Scope.EVENTS}, status_code=202)
async def post_cloud_events(
    request: AnyRequest,
    caller: NamedDependency[ApiCaller],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> list[EventReceipt]:
    """Take CloudEvents 1.0: one, structured or with its attributes in headers, or a batch of up to 1,000."""
    body, headers = await _body_of(request), request.headers
    events = cloud_events_in(body, headers.get("content-type", ""), dict(headers.items()))
    if not events:
        return []  # an empty batch is one
    try:
        return await take_events(caller.workspace, events, now, links=partial(answer_link, site))
    except Invalid as invalid:
        raise Invalid(*(renamed(fault, PLACES) for fault in invalid.faults)) from invalid


@post(["/segment/track", "/segment/v1/track"], **SEGMENT)
async def post_segment_track(
    request: AnyRequest,
    caller: NamedDependency[ApiCaller],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> SegmentReceipt:
    """Take what somebody did, as Segment's libraries say it."""
    return await _take_calls(site, caller.workspace, read_call(await _body_of(request), Call.TRACK), now)


@post(["/segment/identify", "/segment/v1/identify"], **SEGMENT)
async def post_segment_identify(
    request: AnyRequest,
    caller: NamedDependency[ApiCaller],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> SegmentReceipt:
    """Keep what is said of somebody; nothing is decided."""
    return await _take_calls(site, caller.workspace, read_call(await _body_of(request), Call.IDENTIFY), now)


@post(["/segment/batch", "/segment/v1/batch"], **SEGMENT)
async def post_segment_batch(
    request: AnyRequest,
    caller: NamedDependency[ApiCaller],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> SegmentReceipt:
    """Take up to 1,000 messages of Segment's: first what is said of people, then what they did."""
    return await _take_calls(site, caller.workspace, read_batch(await _body_of(request)), now)


async def _take_calls(site: Site, workspace: int, calls: SegmentCalls, now: datetime) -> SegmentReceipt:
    """Raises Invalid with every fault; then nothing was stored.

    People and events are kept one after the other, so all is looked at before. A repeated request changes nothing.
    """
    faults = [one.fault(found) for one in calls.contacts for found in contact_faults(one.contact, (), now)]
    for place, event in calls.events.items():
        faults += [calls.event_fault(place, found) for found in event_faults(event, (), {}, now)]
    if faults:
        raise Invalid(*faults)
    contacts = [one.contact for one in calls.contacts]
    if contacts:
        await upsert_contacts(workspace, contacts, now)
    links = partial(answer_link, site)
    receipts = await take_events(workspace, list(calls.events.values()), now, links=links) if calls.events else []
    return SegmentReceipt(True, receipts, len({contact.id for contact in contacts}), calls.left_out)


async def _body_of(request: AnyRequest) -> bytes:
    """The body, unpacked where it was sent packed. Raises Invalid."""
    body = await request.body()
    if request.headers.get("content-encoding", "").strip().lower() != "gzip":
        return body
    packed = zlib.decompressobj(wbits=GZIP)
    try:
        unpacked = packed.decompress(body, LARGEST_UNPACKED)
    except zlib.error as fault:
        raise Invalid(Fault("body", "this is not gzip, as its content-encoding says")) from fault
    if not packed.eof:
        raise Invalid(Fault("body", f"it ends too early, or unpacks to more than {LARGEST_UNPACKED >> 20} MiB"))
    return unpacked


API = [post_events, post_cloud_events, post_segment_track, post_segment_identify, post_segment_batch]
