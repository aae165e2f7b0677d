"""One line a request: the template of its path, never the path, because that may be a signed link."""

import time

import structlog
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()


class RequestLog(ASGIMiddleware):
    """Logs method, route, status and duration."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        started = time.perf_counter()

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = round(1_000 * (time.perf_counter() - started), 1)
                route = scope.get("path_template", "")
                log.info("request", method=scope.get("method"), route=route, status=message["status"], ms=took)
            await send(message)

        await next_app(scope, receive, send_and_note)
