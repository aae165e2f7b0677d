"""What holds for every request and every answer, whichever route it meets, and where it meets none."""

from typing import Any, cast

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Message, Receive, Scope, Send

# The charts draw with the Vega bundle that we serve; nothing is ever loaded from elsewhere.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'",
    "Referrer-Policy": "no-referrer",  # the path of an answering page is the key to it
    "X-Content-Type-Options": "nosniff",
}
_IS_HEAD = "kept.is_head"
NEVER_STORED = ("/w/", "/api/")  # what is behind a guard stays out of every cache


class Front(Litestar):
    """An application that answers HEAD wherever it answers GET; the server leaves the body out."""

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        asked_for_head = scope.get("method") == "HEAD"
        # A copy: the server must still see what was asked.
        as_get = {**scope, "method": "GET", _IS_HEAD: True}
        await super().__call__(cast(Scope, as_get) if asked_for_head else scope, receive, send)


def is_head(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether HEAD was asked for, which must change nothing."""
    return _IS_HEAD in connection.scope


async def add_headers(message: Message, scope: Scope) -> None:
    """Set on every answer, problem pages too, what its route has not set otherwise."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    if scope["path"].startswith(NEVER_STORED):
        headers.setdefault("Cache-Control", "no-store")
