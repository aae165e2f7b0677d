"""The staff's page of the addresses that nothing writes to, and the same for programs."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Redirect, Template
from msgspec import Meta, Struct

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from accounts.tables import Role
from core.errors import Fault, Invalid
from feedback.answering.read_form import read_form
from feedback.contacts.suppressions import (
    PAGE_LENGTH,
    SuppressedAddress,
    lift_suppression,
    list_suppressions,
    suppress,
)
from feedback.tables import Suppressed

LARGEST_FORM = 10_000  # bytes
LONGEST_SEARCH = 254
LONGEST_ID = 20  # digits
REASON_WORDS = {
    Suppressed.UNSUBSCRIBED: "unsubscribed",
    Suppressed.BOUNCED: "mail came back",
    Suppressed.COMPLAINED: "complained of spam",
    Suppressed.ERASED: "erased",
    Suppressed.BY_HAND: "put here by hand",
}

AnyRequest = Request[Any, Any, Any]


class NewSuppression(Struct, frozen=True, forbid_unknown_fields=True):
    """An address that a program wants on the list, with what it knows of the reason."""

    address: Annotated[str, Meta(min_length=1, max_length=254)]
    reason: Literal["unsubscribed", "bounced", "complained", "by_hand"] = "by_hand"
    source: Annotated[str, Meta(max_length=200)] = "API"


@get("/suppressions", opt={"role": Role.EDITOR}, include_in_schema=False)
async def suppressions_page(member: NamedDependency[Member], before: FromQuery[int | None] = None) -> Template:
    return await _page(member, before=before)


@post("/suppressions", opt={"role": Role.EDITOR}, include_in_schema=False, request_max_body_size=LARGEST_FORM)
async def add_by_hand(
    request: AnyRequest, member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    """Put one address on the list; it comes back where it is none."""
    address = (await _form(request)).get("address", "")
    try:
        await suppress(member.workspace, address, Suppressed.BY_HAND, member.name or member.email, now)
    except Invalid as fault:
        return await _page(member, address=address, faults=fault.faults)
    return Redirect(f"/w/{member.workspace_key}/suppressions", status_code=303)


@post("/suppressions/search", opt={"role": Role.EDITOR}, include_in_schema=False, request_max_body_size=LARGEST_FORM)
async def search_suppressions(request: AnyRequest, member: NamedDependency[Member]) -> Template:
    """A search is posted: an address in a link would stand in logs and histories."""
    form = await _form(request)
    before = form.get("before", "")[:LONGEST_ID]
    at = int(before) if before.isascii() and before.isdecimal() else None
    return await _page(member, q=form.get("q", "")[:LONGEST_SEARCH], before=at)


@post("/suppressions/{suppression:int}/lift", opt={"role": Role.EDITOR}, include_in_schema=False)
async def lift(suppression: FromPath[int], member: NamedDependency[Member]) -> Response[Any]:
    await lift_suppression(member.workspace, suppression)
    return Redirect(f"/w/{member.workspace_key}/suppressions", status_code=303)


@get("/suppressions", opt={"scope": Scope.CONTACTS})
async def get_suppressions(
    caller: NamedDependency[ApiCaller], before: FromQuery[int | None] = None
) -> list[SuppressedAddress]:
    """Fifty entries, the newest first; the next fifty come `before` the id of the last. `address` is null of somebody
    who was erased."""
    return await list_suppressions(caller.workspace, before)


@post("/suppressions", opt={"scope": Scope.CONTACTS}, status_code=204)
async def post_suppression(
    caller: NamedDependency[ApiCaller], data: JSONBody[NewSuppression], now: NamedDependency[datetime]
) -> None:
    """Never write to this address again. A weaker reason leaves a stronger one as it is, so this may be repeated."""
    await suppress(caller.workspace, data.address, Suppressed(data.reason), data.source, now)


async def _page(
    member: Member, *, q: str = "", before: int | None = None, address: str = "", faults: tuple[Fault, ...] = ()
) -> Template:
    entries = await list_suppressions(member.workspace, before, q)
    context = {
        "entries": entries,
        "words": REASON_WORDS,
        "q": q,
        "before": before,
        "has_more": len(entries) == PAGE_LENGTH,
        "address": address,
        "fault": faults[0].message if faults else "",
    }
    return Template("feedback/suppressions.html", context=context, status_code=422 if faults else 200)


async def _form(request: AnyRequest) -> dict[str, str]:
    values, _ = await read_form(request)
    return {name: given[0].replace("\0", "") for name, given in values.items() if given}


STAFF = [suppressions_page, add_by_hand, search_suppressions, lift]
API = [get_suppressions, post_suppression]
