"""The owner's page of messengers: programs that hand survey links on over channels of the company's own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Conflict, Fault, Invalid
from core.mail import NotDelivered
from core.site import Site
from feedback.delivery.messengers import (
    add_messenger,
    delete_messenger,
    list_messengers,
    load_target,
    pause_messenger,
    resume_messenger,
    rotate_secret,
)
from feedback.delivery.post_to_messenger import MessengerPayload, post_to_messenger

ROUTE: dict[str, Any] = {"opt": {"role": Role.OWNER}, "include_in_schema": False}
SHOWS: dict[str, Any] = {**ROUTE, "status_code": 200}  # posts that answer with the page itself
TEST_LASTS = timedelta(days=1)


class MessengerForm(Struct, frozen=True):
    key: str = ""
    url: str = ""


class RemovalForm(Struct, frozen=True):
    """Whether it is meant."""

    is_sure: str = ""  # anything: yes


@get("/messengers", **ROUTE)
async def messengers_page(member: NamedDependency[Member]) -> Template:
    return await _page(member)


@post("/messengers", **SHOWS)
async def make_messenger(
    data: URLEncodedBody[MessengerForm],
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Template:
    """The page with the new secret on it, shown this once; a form with faults comes back as it was."""
    try:
        secret = await add_messenger(site.settings, member.workspace, data.key, data.url, now)
    except Invalid as fault:
        return await _page(member, form=data, faults=fault.faults)
    except Conflict as conflict:
        return await _page(member, form=data, faults=(Fault("key", str(conflict)),))
    return await _page(member, secret=secret)


@post("/messengers/{messenger:int}/secret", **SHOWS)
async def make_new_secret(
    messenger: FromPath[int], member: NamedDependency[Member], site: NamedDependency[Site]
) -> Template:
    return await _page(member, secret=await rotate_secret(site.settings, member.workspace, messenger))


@post("/messengers/{messenger:int}/pause", **ROUTE)
async def pause_one_messenger(
    messenger: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await pause_messenger(member.workspace, messenger, now)
    return _back(member)


@post("/messengers/{messenger:int}/resume", **ROUTE)
async def resume_one_messenger(messenger: FromPath[int], member: NamedDependency[Member]) -> Response[Any]:
    await resume_messenger(member.workspace, messenger)
    return _back(member)


@post("/messengers/{messenger:int}/test", **SHOWS)
async def try_messenger(
    messenger: FromPath[int],
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Template:
    """Post something that says it is a test, and show what came of it."""
    target = await load_target(site.settings, member.workspace, messenger)
    payload = MessengerPayload(
        invitation=0,
        contact="test",
        survey="test",
        title="This is a test",
        link=f"{site.settings.base_url}/",
        expires_at=now + TEST_LASTS,
        event="test",
        is_test=True,
    )
    try:
        await post_to_messenger(site, target, payload)
    except NotDelivered as fault:
        return await _page(member, said=f"The messenger did not take it: {fault}.")
    return await _page(member, said="The messenger took the test.")


@post("/messengers/{messenger:int}/delete", **ROUTE)
async def drop_messenger(
    messenger: FromPath[int],
    data: URLEncodedBody[RemovalForm],
    member: NamedDependency[Member],
    site: NamedDependency[Site],
) -> Response[Any]:
    await load_target(site.settings, member.workspace, messenger)
    if not data.is_sure:
        return _back(member)
    try:
        await delete_messenger(member.workspace, messenger)
    except Conflict as conflict:
        return await _page(member, faults=(Fault("messenger", str(conflict)),))
    return _back(member)


async def _page(
    member: Member,
    *,
    secret: str = "",
    said: str = "",
    form: MessengerForm | None = None,
    faults: Sequence[Fault] = (),
) -> Template:
    context = {
        "messengers": await list_messengers(member.workspace),
        "new_secret": secret,
        "said": said,
        "form": form or MessengerForm(),
        "faults": faults,
    }
    return Template("feedback/messengers.html", context=context, status_code=422 if faults else 200)


def _back(member: Member) -> Response[Any]:
    return Redirect(f"/w/{member.workspace_key}/messengers", status_code=303)


STAFF = [
    messengers_page,
    make_messenger,
    make_new_secret,
    pause_one_messenger,
    resume_one_messenger,
    try_messenger,
    drop_messenger,
]
