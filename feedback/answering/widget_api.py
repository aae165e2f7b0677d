"""The widget's side of the server: its script, and the two requests it makes from other companies' pages.

They are JSON sent as text: a browser then asks no permission first, and one request less is made.
"""

from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.plugins.problem_details import ProblemDetailsException

from core.errors import Fault, Invalid, KeptError
from core.problems import STATUS, TITLES
from core.settings import BASE_FOLDER
from core.site import Site
from feedback.answering.widget import WidgetAnswer, WidgetAsk, WidgetEvent, WidgetRefused, ask_in_page, key_of_page

AnyRequest = Request[Any, Any, Any]
Call = TypeVar("Call", WidgetEvent, WidgetAsk)

LARGEST_CALL = 16 * 1024  # bytes


@get("/embed.js", include_in_schema=False, cache_control=CacheControlHeader(max_age=3_600, public=True))
async def embed_script() -> Response[str]:
    """The loader that pages name in a script element."""
    return Response(_script(), media_type="text/javascript")


@cache
def _script() -> str:
    return (BASE_FOLDER / "static" / "embed.js").read_text(encoding="utf-8")


def refused_call(request: AnyRequest, error: KeptError) -> Response[Any]:
    """A problem for programs, whatever they say that they read; the page may see it once its origin is known."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    faults = error.faults if isinstance(error, Invalid) else ()
    problem = ProblemDetailsException(
        status_code=status, title=TITLES[status], detail=str(error), headers=_shared_with(request)
    )
    problem.extra = {"errors": [{"field": fault.field, "message": fault.message} for fault in faults]}
    if isinstance(error, WidgetRefused):
        problem.extra["reason"] = error.reason
    return problem.to_response(request)


ROUTE: dict[str, Any] = {
    "include_in_schema": False,
    "status_code": 200,
    "request_max_body_size": LARGEST_CALL,
    "exception_handlers": {KeptError: refused_call},
}


@post("/widget/event", **ROUTE)
async def post_widget_event(
    request: AnyRequest, site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[WidgetAnswer]:
    """Something happened in a page: what to ask about it, and why or why not."""
    return await _answer(request, WidgetEvent, site, now)


@post("/widget/ask", **ROUTE)
async def post_widget_ask(
    request: AnyRequest, site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[WidgetAnswer]:
    """Somebody is at a touchpoint: what to ask there, and why or why not."""
    return await _answer(request, WidgetAsk, site, now)


async def _answer(request: AnyRequest, kind: type[Call], site: Site, now: datetime) -> Response[WidgetAnswer]:
    call = _call_in(await request.body(), kind)
    origin = request.headers.get("origin", "")
    key = await key_of_page(call.key, origin, now)
    request.state.shared_with = origin
    answer = await ask_in_page(site, key, call, origin, now)
    return Response(answer, headers={**_shared_with(request), "Cache-Control": "no-store"})


def _call_in(body: bytes, kind: type[Call]) -> Call:
    try:
        return msgspec.json.decode(body, type=kind)
    except RecursionError as fault:
        raise Invalid(Fault("body", "lists and objects are nested too deep in it")) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Invalid(Fault("body", str(fault))) from fault


def _shared_with(request: AnyRequest) -> dict[str, str]:
    origin = request.state.get("shared_with")
    return {"Vary": "Origin", **({"Access-Control-Allow-Origin": origin} if origin else {})}


PUBLIC = [embed_script, post_widget_event, post_widget_ask]
