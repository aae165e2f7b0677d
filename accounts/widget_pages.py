"""The page on which an owner makes widget keys, and finds what to paste."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from accounts.widget_keys import create_widget_key, identity_secret, list_widget_keys, revoke_widget_key
from core.errors import Fault, Invalid
from core.settings import secret_key_of
from core.site import Site


class WidgetKeyForm(Struct, frozen=True):
    name: str = ""
    origins: str = ""  # one a line


@get("/widget", opt={"role": Role.OWNER}, include_in_schema=False)
async def widget_page(member: NamedDependency[Member], site: NamedDependency[Site]) -> Template:
    return await _page(member, site, WidgetKeyForm(), ())


@post("/widget", opt={"role": Role.OWNER}, include_in_schema=False)
async def make_widget_key(
    data: URLEncodedBody[WidgetKeyForm],
    member: NamedDependency[Member],
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Template | Response[Any]:
    """Back to the page with the new key on it; a form with faults comes back as it was filled in."""
    try:
        await create_widget_key(member.workspace, data.name, data.origins, now)
    except Invalid as fault:
        return await _page(member, site, data, fault.faults)
    return Redirect(f"/w/{member.workspace_key}/widget", status_code=303)


@post("/widget/{widget_key:int}/revoke", opt={"role": Role.OWNER}, include_in_schema=False)
async def drop_widget_key(
    widget_key: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await revoke_widget_key(member.workspace, widget_key, now)
    return Redirect(f"/w/{member.workspace_key}/widget", status_code=303)


async def _page(member: Member, site: Site, form: WidgetKeyForm, faults: tuple[Fault, ...]) -> Template:
    keys = await list_widget_keys(member.workspace)
    secret_key = secret_key_of(site.settings)
    context = {
        "keys": keys,
        "secrets": {key.id: identity_secret(secret_key, key.public_key) for key in keys},
        "base_url": site.settings.base_url,
        "form": form,
        "faults": faults,
    }
    return Template("accounts/widget.html", context=context, status_code=422 if faults else 200)


STAFF = [widget_page, make_widget_key, drop_widget_key]
