"""The owner's pages of senders: whom mail is from, how it leaves, and how that is going."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Conflict, Fault, Invalid
from core.site import Site
from feedback.delivery.hook_api import SUBSCRIBE_URLS
from feedback.delivery.provider_hooks import Provider
from feedback.delivery.sender_form import SenderForm, domain_in
from feedback.delivery.sender_pauses import list_paused_domains, try_domain_again
from feedback.delivery.senders import (
    SenderView,
    delete_sender,
    dkim_dns,
    list_senders,
    load_sender,
    make_default,
    pause_sender,
    resume_sender,
    save_sender,
)
from feedback.delivery.try_sender import check_sender, send_test

AnyRequest = Request[Any, Any, Any]
ROUTE: dict[str, Any] = {"opt": {"role": Role.OWNER}, "include_in_schema": False}


class TestMailForm(Struct, frozen=True):
    """Whom the test goes to; empty: who is signed in."""

    to: str = ""


class DeletionForm(Struct, frozen=True):
    """Whether it is meant."""

    is_sure: str = ""  # anything: yes


@get("/senders", **ROUTE)
async def senders_page(
    member: NamedDependency[Member], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Template:
    return await _list_page(member, site, now)


@get("/senders/new", **ROUTE)
async def new_sender_page() -> Template:
    return _form_page(SenderForm(), None)


@post("/senders", **ROUTE)
async def add_sender(
    data: URLEncodedBody[SenderForm],
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """On to the new sender's page; a form with faults comes back as it was, without its secrets."""
    try:
        sender = await save_sender(site.settings, member.workspace, data, now)
    except Invalid as fault:
        return _form_page(data, None, fault.faults)
    return _to(member, sender)


@get("/senders/{sender:int}", **ROUTE)
async def sender_page(
    sender: FromPath[int],
    request: AnyRequest,
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Template:
    return await _sender_page(request, member, site, sender, now)


@get("/senders/{sender:int}/edit", **ROUTE)
async def edit_sender_page(
    sender: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Template:
    found = await load_sender(member.workspace, sender, now)
    return _form_page(_form_of(found), found)


@post("/senders/{sender:int}", **ROUTE)
async def change_sender(
    sender: FromPath[int],
    data: URLEncodedBody[SenderForm],
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Response[Any]:
    found = await load_sender(member.workspace, sender, now)
    try:
        await save_sender(site.settings, member.workspace, data, now, sender)
    except Invalid as fault:
        return _form_page(data, found, fault.faults)
    return _to(member, sender)


@post("/senders/{sender:int}/default", **ROUTE)
async def make_sender_default(sender: FromPath[int], member: NamedDependency[Member]) -> Response[Any]:
    await make_default(member.workspace, sender)
    return _to(member, sender)


@post("/senders/{sender:int}/pause", **ROUTE)
async def pause_one_sender(
    sender: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await pause_sender(member.workspace, sender, now)
    return _to(member, sender)


@post("/senders/{sender:int}/resume", **ROUTE)
async def resume_one_sender(sender: FromPath[int], member: NamedDependency[Member]) -> Response[Any]:
    await resume_sender(member.workspace, sender)
    return _to(member, sender)


@post("/senders/{sender:int}/check", **{**ROUTE, "status_code": 200})
async def check_one_sender(
    sender: FromPath[int],
    request: AnyRequest,
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Template:
    said = await check_sender(site, member.workspace, sender)
    return await _sender_page(request, member, site, sender, now, said=said)


@post("/senders/{sender:int}/test", **{**ROUTE, "status_code": 200})
async def send_test_mail(
    sender: FromPath[int],
    data: URLEncodedBody[TestMailForm],
    request: AnyRequest,
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Template:
    to = data.to.strip() or member.email
    try:
        said = await send_test(site, member.workspace, sender, to, now)
    except Invalid as fault:
        return await _sender_page(request, member, site, sender, now, faults=fault.faults, to=to)
    return await _sender_page(request, member, site, sender, now, said=said, to=to)


@post("/senders/{sender:int}/delete", **ROUTE)
async def delete_one_sender(
    sender: FromPath[int],
    data: URLEncodedBody[DeletionForm],
    request: AnyRequest,
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Response[Any]:
    await load_sender(member.workspace, sender, now)
    if not data.is_sure:
        return _to(member, sender)
    try:
        await delete_sender(member.workspace, sender)
    except Conflict as conflict:
        return await _sender_page(request, member, site, sender, now, faults=(Fault("sender", str(conflict)),))
    return Redirect(f"/w/{member.workspace_key}/senders", status_code=303)


@post("/senders/domains/{pause:int}/try", **ROUTE)
async def try_domain(
    pause: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await try_domain_again(member.workspace, pause, now)
    return Redirect(f"/w/{member.workspace_key}/senders", status_code=303)


async def _list_page(member: Member, site: Site, now: datetime) -> Template:
    context = {
        "senders": await list_senders(member.workspace, now),
        "paused_domains": await list_paused_domains(member.workspace, now),
        "transport": site.settings.mail_transport,
        "mail_from": site.settings.mail_from,
    }
    return Template("feedback/senders.html", context=context)


async def _sender_page(
    request: AnyRequest,
    member: Member,
    site: Site,
    sender: int,
    now: datetime,
    *,
    said: str = "",
    faults: Sequence[Fault] = (),
    to: str = "",
) -> Template:
    found = await load_sender(member.workspace, sender, now)
    context = {
        "sender": found,
        "domain": domain_in(found.address),
        "bounce_domain": found.bounce_address.rpartition("@")[2] or domain_in(found.address),
        "dns": await dkim_dns(site.settings, found),
        "hook": f"{site.settings.base_url}/hooks/mail/{found.hook_token}",
        "providers": list(Provider),
        "subscribe_url": request.app.state.get(SUBSCRIBE_URLS, {}).get(found.id),
        "said": said,
        "faults": faults,
        "to": to or member.email,
    }
    return Template("feedback/sender.html", context=context, status_code=422 if faults else 200)


def _form_page(form: SenderForm, sender: SenderView | None, faults: Sequence[Fault] = ()) -> Template:
    """Secrets never come back."""
    context = {"form": form, "sender": sender, "faults": {fault.field: fault.message for fault in faults}}
    return Template("feedback/sender_form.html", context=context, status_code=422 if faults else 200)


def _form_of(sender: SenderView) -> SenderForm:
    def words(value: object) -> str:
        return "" if value is None else str(value)

    names = set(SenderForm.__struct_fields__) & set(SenderView.__struct_fields__)
    return SenderForm(**{name: words(getattr(sender, name)) for name in names})


def _to(member: Member, sender: int) -> Response[Any]:
    return Redirect(f"/w/{member.workspace_key}/senders/{sender}", status_code=303)


STAFF = [
    senders_page,
    new_sender_page,
    add_sender,
    sender_page,
    edit_sender_page,
    change_sender,
    make_sender_default,
    pause_one_sender,
    resume_one_sender,
    check_one_sender,
    send_test_mail,
    delete_one_sender,
    try_domain,
]
