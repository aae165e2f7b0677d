"""The links of a mail's own question: each shows the survey with its answer chosen, and counts nothing."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from core.front import is_head
from core.site import Site
from feedback.answering.answer_pages import show_page
from feedback.answering.asking import Asking, find_asking
from feedback.answering.clicks import ClickReason, RequestFacts
from feedback.answering.keep_clicks import keep_click
from feedback.answering.no_store import NoStore
from feedback.delivery.mail_scale import HONEYPOT
from surveys.instruments import SCALES

AnyRequest = Request[Any, Any, Any]
_ANNOUNCING = ("sec-purpose", "purpose", "x-purpose", "x-moz")  # in which a browser says that it loads ahead


@get("/a/{token:str}/{question:str}/{value:int}", include_in_schema=False)
async def clicked_page(
    request: AnyRequest, token: FromPath[str], question: FromPath[str], value: FromPath[int]
) -> Response[Any]:
    """The survey with this answer chosen, for a person to confirm; without it, where there is no such answer."""
    site: Site = request.app.state.site
    asking = await find_asking(site, token)
    if not _is_answer(asking, question, value):
        return await show_page(request, token, is_opened=False)
    reason = await _keep(request, asking, question, value)
    is_opened = reason is None and not is_head(request)
    return await show_page(request, token, at=question, chosen={question: [str(value)]}, is_opened=is_opened)


@get(f"/a/{{token:str}}/{HONEYPOT}", include_in_schema=False)
async def unseen_page(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Where the link leads that no person sees or hears: to the survey, in case somebody finds it after all."""
    await _keep(request, await find_asking(request.app.state.site, token), "", None)
    return await show_page(request, token, is_opened=False)


def request_facts_of(request: AnyRequest) -> RequestFacts:
    purposes = (request.headers.get(name, "") for name in _ANNOUNCING)
    return RequestFacts(request.headers.get("user-agent", ""), tuple(filter(None, purposes)))


async def _keep(request: AnyRequest, asking: Asking, question: str, value: int | None) -> ClickReason | None:
    """HEAD asks for nothing but headers, and only a mail has such links: what else is called so is not kept."""
    if asking.invitation is None or is_head(request):
        return None
    now = request.app.state.site.clock()
    return await keep_click(asking.invitation, question, value, request_facts_of(request), now)


def _is_answer(asking: Asking, key: str, value: int) -> bool:
    question = asking.definition.question(key)
    scale = SCALES.get(question.instrument) if question else None
    return scale is not None and value in scale.points


PUBLIC = [Router("/", route_handlers=[clicked_page, unseen_page], middleware=[NoStore()])]
