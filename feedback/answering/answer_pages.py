"""The pages customers answer on, whether they come by mail, in a page, by a short link or at a kiosk."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Redirect

from core.errors import Conflict, Expired, Fault, Invalid, KeptError, NotAllowed
from core.front import is_head
from core.problems import is_for_people
from core.site import Site
from feedback.answering.answer_screen import AnswerScreen, Shown, Values, screen_at, shown_to
from feedback.answering.answer_template import answer_template
from feedback.answering.asking import Asking, AskingState, find_asking
from feedback.answering.keep_answers import Refused, has_all_answers, keep_answers
from feedback.answering.no_store import NoStore
from feedback.answering.opened import mark_opened
from feedback.answering.read_form import read_form
from feedback.answering.refusals import count_refusal
from feedback.contacts.opting_out import unsubscribe
from surveys.accepted_languages import accepted_languages
from surveys.taking import Taken, merged, on_the_way, take_screen
from surveys.texts import locale_of
from surveys.wording import language_for

AnyRequest = Request[Any, Any, Any]
# Bytes. A comment that is far too long shall be told so, not cut off by the server, up to a million characters of four
# bytes each, of which a form makes twelve.
LARGEST_FORM = 12 * 1024 * 1024
LARGEST_OPT_OUT = 64 * 1024  # bytes; the one field of a mail program has thirty
KEPT_IN_ADDRESS = ("lang", "from")  # what stays in the address from screen to screen

_STATUS = {AskingState.EARLY: 403, AskingState.CLOSED: 410}
_REFUSED = {AskingState.EARLY: Refused.EARLY, AskingState.CLOSED: Refused.CLOSED}
_FAULTS: dict[Refused, type[KeptError]] = {Refused.EARLY: NotAllowed, Refused.ANSWERED: Conflict}  # else Expired


@get("/a/{token:str}", include_in_schema=False)
async def answer_page(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The survey, or what became of it. Opening the page never counts as an answer."""
    return await show_page(request, token, request.query_params.get("at"), is_opened=not is_head(request))


async def show_page(
    request: AnyRequest,
    token: str,
    at: str | None = None,
    chosen: Values | None = None,
    is_opened: bool = True,
) -> Response[Any]:
    """The screen with the question `at`, or the one to go on with; `chosen` is what was clicked in a mail."""
    site, now = request.app.state.site, request.app.state.site.clock()
    asking = await find_asking(site, token)
    if is_opened and asking.invitation is not None:
        await mark_opened(asking.invitation, now)
    shown = _shown(request, asking)
    state = asking.state(now)
    is_changing = asking.may_change(now) and (chosen is not None or at is not None or "change" in request.query_params)
    if state is AskingState.OPEN and await has_all_answers(asking):
        return await _ended_page(request, token, shown, Refused.FULL, 410)
    if state is AskingState.OPEN or (state is AskingState.ANSWERED and is_changing):
        first = shown.screens[0][0].key if "change" in request.query_params else None
        return await _open_page(request, token, shown, screen_at(shown, at or first, chosen=chosen))
    return await _ended_page(request, token, shown, state, _STATUS.get(state, 200), is_again=chosen is not None)


@post("/a/{token:str}", include_in_schema=False, request_max_body_size=LARGEST_FORM)
async def submit_answer(
    request: AnyRequest, token: FromPath[str], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the answers of a screen and lead on to the next; a form with faults comes back as it was filled in."""
    asking = await find_asking(site, token)
    shown = _shown(request, asking)
    state = asking.state(now)
    if state in _REFUSED or (state is AskingState.ANSWERED and not asking.may_change(now)):
        return await _refuse(request, token, shown, _REFUSED.get(state, Refused.ANSWERED), now)
    values, files = await _form_of(request, asking.workspace, now)
    form = {name: found for name, found in values.items() if not name.startswith("_")}
    at = next(iter(values.get("_at", [])), None)
    try:
        if files:
            raise Invalid(*(Fault(key, shown.texts("fault_file")) for key in files))
        taken = _taken(shown, form, at, is_partial="_partial" in values)
    except Invalid as fault:
        if "_partial" in values:  # it is being filled in: what is still wrong is said once it is sent
            return Response("", status_code=202, media_type=MediaType.TEXT)
        await count_refusal(asking.workspace, Refused.INVALID, now)
        if not is_for_people(request):
            raise
        place = at or next((one.field for one in fault.faults if one.field), None)
        return await _open_page(request, token, shown, screen_at(shown, place, form, fault.faults), 422)
    refused = await keep_answers(asking, taken, shown.language, shown.attributes, now)
    if refused is not None:
        return await _refuse(request, token, shown, refused, now)
    if "_partial" in values:
        return Response(None, status_code=204)
    return Redirect(_address(request, token, at=taken.next), status_code=303)


async def _form_of(request: AnyRequest, workspace: int, now: datetime) -> tuple[dict[str, list[str]], list[str]]:
    """As `read_form`; what can't be read is refused as any bad answer is."""
    try:
        return await read_form(request)
    except Invalid:
        await count_refusal(workspace, Refused.INVALID, now)
        raise


def _taken(shown: Shown, form: Values, at: str | None, is_partial: bool) -> Taken:
    """What is known after this form; of a part of a screen, sent while it is being filled in, nothing is required.

    Who changes a whole response may stop anywhere: what their new way does not ask goes at once.
    """
    survey, asking, attributes = shown.survey, shown.asking, shown.attributes
    if is_partial:
        taken = Taken(merged(survey, asking.answers, form, attributes, shown.texts), at or "")
    else:
        taken = take_screen(survey, asking.answers, form, at, attributes, shown.texts)
    is_whole = asking.response is not None and asking.response.is_complete
    return Taken(on_the_way(survey, taken.answers, attributes), taken.next) if is_whole else taken


async def _refuse(request: AnyRequest, token: str, shown: Shown, refused: Refused, now: datetime) -> Response[Any]:
    await count_refusal(shown.asking.workspace, refused, now)
    if not is_for_people(request):
        words = shown.texts("again_title" if refused is Refused.ANSWERED else f"{refused}_title")
        raise _FAULTS.get(refused, Expired)(words)
    if refused is Refused.ANSWERED:
        return Redirect(_address(request, token, again="1"), status_code=303)
    return await _ended_page(request, token, shown, refused, 403 if refused is Refused.EARLY else 410)


@get("/a/{token:str}/unsubscribe", include_in_schema=False)
async def unsubscribe_page(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Ask once more: opening a link must not opt anybody out, because scanners open links."""
    shown = _shown(request, await find_asking(site, token))
    return await _page(request, token, shown, "unsubscribe", {})


@post("/a/{token:str}/unsubscribe", include_in_schema=False, request_max_body_size=LARGEST_OPT_OUT)
async def confirm_unsubscribe(
    request: AnyRequest, token: FromPath[str], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[Any]:
    """Opt out, by the page's button or by the mail program's one click: RFC 8058 forbids to answer that elsewhere."""
    asking = await find_asking(site, token)
    values, _ = await read_form(request)
    if asking.contact is not None:
        await unsubscribe(asking.contact, now)
    if "One-Click" in values.get("List-Unsubscribe", ()):
        return Response("", status_code=200, media_type=MediaType.TEXT)
    return Redirect(_address(request, f"{token}/unsubscribe"), status_code=303)


def _shown(request: AnyRequest, asking: Asking) -> Shown:
    """In the language of the link, else of the contact, else of the browser, else of the survey."""
    by_browser = accepted_languages(request.headers.get("accept-language", ""))
    wanted = (request.query_params.get("lang", ""), asking.locale, *by_browser)
    return shown_to(asking, language_for(asking.definition, *wanted))


async def _open_page(
    request: AnyRequest, token: str, shown: Shown, screen: AnswerScreen, status: int = 200
) -> Response[Any]:
    return await _page(request, token, shown, "open", {"screen": screen}, status)


async def _ended_page(
    request: AnyRequest, token: str, shown: Shown, state: AskingState | Refused, status: int, is_again: bool = False
) -> Response[Any]:
    """`is_again` where another answer came too late to change the first."""
    opens = shown.asking.definition.opens_at
    context = {
        "is_again": is_again or "again" in request.query_params,
        "may_change": shown.asking.may_change(_now(request)),
        "opens_on": format_date(opens, "long", locale_of(shown.language)) if opens else "",
    }
    return await _page(request, token, shown, state.value, context, status)


async def _page(
    request: AnyRequest, token: str, shown: Shown, name: str, context: dict[str, Any], status: int = 200
) -> Response[Any]:
    return await answer_template(
        request,
        shown,
        name,
        {
            "address": lambda path="", **query: _address(request, f"{token}{path}", **query),
            "action": _address(request, token),
            **context,
        },
        status,
    )


def _address(request: AnyRequest, path: str, **query: str | None) -> str:
    """Of a page under /a/, with the language and the origin of the address asked for."""
    kept = {name: request.query_params[name] for name in KEPT_IN_ADDRESS if name in request.query_params}
    both = {name: value for name, value in {**kept, **query}.items() if value is not None}
    return f"/a/{path}?{urlencode(both)}" if both else f"/a/{path}"


def _now(request: AnyRequest) -> datetime:
    now: datetime = request.app.state.site.clock()
    return now


PUBLIC = [
    Router(
        "/",
        route_handlers=[answer_page, submit_answer, unsubscribe_page, confirm_unsubscribe],
        middleware=[NoStore()],
    )
]
