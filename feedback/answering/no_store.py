"""Nothing of a customer's pages stays in a browser that others may use."""

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send


class NoStore(ASGIMiddleware):
    """Forbids to keep a response. As a middleware, because problem pages get none of a router's own headers."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        async def send_unkept(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders(message)["Cache-Control"] = "no-store"
            await send(message)

        await next_app(scope, receive, send_unkept)
