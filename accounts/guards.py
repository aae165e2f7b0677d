"""The guards that every staff page and every API route stands behind.

A route says what it needs beyond the least: opt={"role": Role.EDITOR}, or opt={"scope": Scope.EVENTS}.
"""

import base64
import binascii
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from accounts.api_keys import ApiCaller, Scope, caller_of
from accounts.membership import Member, find_member
from accounts.sign_in import user_of_session
from accounts.tables import Role
from core.errors import NotAllowed, NotFound, NotSignedIn
from core.site import provide_now

SESSION_COOKIE = "kept_session"

AnyConnection = ASGIConnection[Any, Any, Any, Any]


async def require_member(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Let in who is signed in and has the route's role in the workspace that the path names."""
    token = connection.cookies.get(SESSION_COOKIE)
    if not token:
        raise NotSignedIn("Please sign in.")
    user = await user_of_session(token, provide_now(connection.app.state))
    member = await find_member(user, connection.path_params["workspace"])
    if member is None:
        raise NotFound("There is no such workspace, or you are not a member of it.")
    if not member.may(handler.opt.get("role", Role.VIEWER)):
        raise NotAllowed("Your role in this workspace does not allow this. An owner can change it.")
    connection.scope["user"] = member


async def require_api_key(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Let in who sends a key with the route's scope."""
    key = _key_in(connection.headers.get("authorization", ""), takes_basic=handler.opt.get("takes_basic", False))
    if not key:
        raise NotSignedIn("Send an API key as: Authorization: Bearer KEY")
    connection.scope["user"] = await caller_of(
        key, handler.opt.get("scope", Scope.READ), provide_now(connection.app.state)
    )


def _key_in(header: str, *, takes_basic: bool) -> str:
    """The key of a bearer or, where the route takes it, the user name of Basic; empty where there is none."""
    kind, _, value = header.partition(" ")
    if kind.lower() == "bearer":
        return value
    if kind.lower() != "basic" or not takes_basic:
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def provide_member(request: Request[Any, Any, Any]) -> Member:
    member: Member = request.user
    return member


def provide_caller(request: Request[Any, Any, Any]) -> ApiCaller:
    caller: ApiCaller = request.user
    return caller
