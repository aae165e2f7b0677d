"""Signing in and out, and the page of API keys."""

from datetime import datetime
from email.utils import make_msgid
from typing import Annotated, Any

import structlog
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Meta, Struct

from accounts.api_keys import Scope, create_api_key, list_api_keys, revoke_api_key
from accounts.guards import SESSION_COOKIE
from accounts.membership import Member, list_memberships
from accounts.sign_in import MOST_OPEN_LINKS, SESSION_LASTS, close_session, make_link, open_session, user_of_session
from accounts.tables import Role
from core.errors import NotSignedIn
from core.mail import Mail, NotDelivered
from core.site import Site

log = structlog.get_logger()

Redirected = Response[Any]


class EmailForm(Struct, frozen=True):
    email: Annotated[str, Meta(max_length=254)]


class ApiKeyForm(Struct, frozen=True):
    name: str = ""
    scopes: list[str] | str = []


@get("/", include_in_schema=False)
async def home(request: Request[Any, Any, Any], now: NamedDependency[datetime]) -> Redirected:
    """The first workspace of who is signed in, else the sign-in page."""
    user = await user_of_session(request.cookies.get(SESSION_COOKIE, ""), now)
    memberships = await list_memberships(user)
    if not memberships:
        raise NotSignedIn("You are not a member of any workspace yet.")
    return Redirect(f"/w/{memberships[0].workspace_key}/journeys")


@get("/sign-in", include_in_schema=False)
async def sign_in_page(site: NamedDependency[Site]) -> Template:
    return _sign_in_page(site)


@post("/sign-in", include_in_schema=False, status_code=200)
async def ask_for_link(
    data: URLEncodedBody[EmailForm], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Template:
    """Mail a sign-in link. The answer is the same for an unknown address, so that nobody can probe for users."""
    token = await make_link(data.email, now, MOST_OPEN_LINKS)
    if token is not None:
        try:
            await site.transport.send(_sign_in_mail(site, data.email.strip().lower(), token))
        except NotDelivered as fault:
            # The page stays the same: that the mail could not leave would tell who is known.
            log.warning("sign_in_mail_not_delivered", reason=str(fault))
    return _sign_in_page(site, is_sent=True)


@get("/sign-in/{token:str}", include_in_schema=False)
async def confirm_page(token: FromPath[str]) -> Template:
    """A button to press: mail scanners open links, and must not use this one up."""
    return Template("accounts/confirm.html", context={"token": token})


@post("/sign-in/{token:str}", include_in_schema=False)
async def use_link(
    token: FromPath[str], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Redirected | Template:
    try:
        session = await open_session(token, now)
    except NotSignedIn as fault:
        return _sign_in_page(site, notice=str(fault), status=401)
    return Redirect("/", status_code=303, cookies=[_session_cookie(site, session, int(SESSION_LASTS.total_seconds()))])


@post("/sign-out", include_in_schema=False)
async def sign_out(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Redirected:
    await close_session(request.cookies.get(SESSION_COOKIE, ""))
    return Redirect("/sign-in", status_code=303, cookies=[_session_cookie(site, "", 0)])


@get("/api-keys", opt={"role": Role.OWNER}, include_in_schema=False)
async def api_keys_page(member: NamedDependency[Member]) -> Template:
    return await _api_keys(member, new_key=None)


@post("/api-keys", opt={"role": Role.OWNER}, status_code=200, include_in_schema=False)
async def make_api_key(
    data: URLEncodedBody[ApiKeyForm], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Template:
    """The page with the new key on it, this once."""
    chosen = [data.scopes] if isinstance(data.scopes, str) else data.scopes
    scopes = frozenset(scope for scope in Scope if scope in chosen)
    return await _api_keys(member, new_key=await create_api_key(member.workspace, data.name, scopes, now))


@post("/api-keys/{key:int}/revoke", opt={"role": Role.OWNER}, include_in_schema=False)
async def drop_api_key(
    key: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Redirected:
    await revoke_api_key(member.workspace, key, now)
    return Redirect(f"/w/{member.workspace_key}/api-keys", status_code=303)


def _sign_in_page(site: Site, *, is_sent: bool = False, notice: str = "", status: int = 200) -> Template:
    sends_mail = site.settings.mail_transport != "outbox"
    context = {"is_sent": is_sent, "notice": notice, "sends_mail": sends_mail}
    return Template("accounts/sign_in.html", context=context, status_code=status)


async def _api_keys(member: Member, new_key: str | None) -> Template:
    keys = await list_api_keys(member.workspace)
    return Template("accounts/api_keys.html", context={"keys": keys, "new_key": new_key, "scopes": list(Scope)})


def _session_cookie(site: Site, token: str, max_age: int) -> Cookie:
    is_https = site.settings.base_url.startswith("https://")
    return Cookie(key=SESSION_COOKIE, value=token, max_age=max_age, httponly=True, samesite="lax", secure=is_https)


def _sign_in_mail(site: Site, email: str, token: str) -> Mail:
    context = {"link": f"{site.settings.base_url}/sign-in/{token}"}
    return Mail(
        workspace=None,
        to=email,
        subject="Your sign-in link for Kept",
        text=site.templates.get_template("email/sign_in.txt").render(context),
        html=site.templates.get_template("email/sign_in.html").render(context),
        message_id=make_msgid("sign-in", domain="kept.invalid"),
    )


PUBLIC = [home, sign_in_page, ask_for_link, confirm_page, use_link, sign_out]
STAFF = [api_keys_page, make_api_key, drop_api_key]
