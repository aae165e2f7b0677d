"""Errors on their way out: problem details (RFC 9457) for programs, a plain page for people."""

import re
from errno import ENAMETOOLONG
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException
from litestar.plugins.problem_details import ProblemDetailsException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from core.errors import Conflict, Expired, Fault, Invalid, KeptError, NotAllowed, NotFound, NotSignedIn
from core.site import Site

log = structlog.get_logger()

STATUS: dict[type[KeptError], HTTPStatus] = {
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Expired: HTTPStatus.GONE,
    Conflict: HTTPStatus.CONFLICT,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
}

TITLES = {
    HTTPStatus.BAD_REQUEST: "This can't be taken",
    HTTPStatus.UNPROCESSABLE_ENTITY: "This can't be taken",
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "Nothing to see here",
    HTTPStatus.GONE: "Too late",
    HTTPStatus.CONFLICT: "This exists already",
    HTTPStatus.UNAUTHORIZED: "Please sign in",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too large",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke on our side",
}

# What Litestar says by itself, in words for people.
_DETAILS = {
    "Not Found": "There is no such page. Perhaps its address was cut off, or what it was about is gone.",
    "Method Not Allowed": "This address only takes what a form sends. Open the page of the form, and send it again.",
}

AnyRequest = Request[Any, Any, Any]


def handle_kept_error(request: AnyRequest, error: KeptError) -> Response[Any]:
    status = STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    if status is HTTPStatus.UNAUTHORIZED and is_for_people(request):
        return Redirect("/sign-in", status_code=303)
    faults = error.faults if isinstance(error, Invalid) else ()
    return _answer(request, status, str(error), faults)


def handle_http_exception(request: AnyRequest, error: HTTPException) -> Response[Any]:
    status = HTTPStatus(error.status_code)
    faults = _faults_of(error)
    # Litestar says of a query no more than that it failed; which of its fields did stands in the faults.
    detail = error.detail
    if is_for_people(request):
        detail = str(Invalid(*faults)) if isinstance(error.extra, list) else _DETAILS.get(error.detail, error.detail)
    return _answer(request, status, detail, faults, error.headers)


def handle_unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    # The template of the path is logged, never the path: it may hold a signed link.
    log.error("request_failed", route=request.scope.get("path_template", ""), exc_info=error)
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "It has been logged. Please try again in a moment.", ())


def handle_data_error(request: AnyRequest, error: asyncpg.DataError) -> Response[Any]:
    """Somebody sent a value that PostgreSQL can't hold. Other faults in data, such as a division by zero, are ours."""
    if not _is_unstorable(error):
        return handle_unexpected(request, error)
    log.warning("value_not_storable", route=request.scope.get("path_template", ""), error=type(error).__name__)
    return _answer(
        request, HTTPStatus.UNPROCESSABLE_ENTITY, "It holds a number or a character that Kept can't keep.", ()
    )


def handle_file_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """A name that no file system takes, with NUL in it or too long, is the name of no file; the rest is ours."""
    is_too_long = isinstance(error.__cause__, OSError) and error.__cause__.errno == ENAMETOOLONG
    if is_too_long or isinstance(error, ValueError):
        return _answer(request, HTTPStatus.NOT_FOUND, "There is no such file.", ())
    return handle_unexpected(request, error)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    KeptError: handle_kept_error,
    HTTPException: handle_http_exception,
    asyncpg.DataError: handle_data_error,
    Exception: handle_unexpected,
}


def _answer(
    request: AnyRequest,
    status: HTTPStatus,
    detail: str,
    faults: tuple[Fault, ...],
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    title = TITLES.get(status, status.phrase)
    if not is_for_people(request):
        problem = ProblemDetailsException(status_code=status, title=title, detail=detail, headers=headers)
        problem.extra = {"errors": [{"field": fault.field, "message": fault.message} for fault in faults]}
        return problem.to_response(request)
    site: Site = request.app.state.site
    page = site.templates.get_template("problem.html").render(
        request=request,
        title=title,
        detail=detail,
        is_inside="user" in request.scope,  # the guard knows who asks: the menu stays
        afresh=request.url.path if request.url.query and request.method == "GET" else None,
        is_customer=request.url.path.startswith(("/a/", "/s/", "/k/")),  # who must not be led to the staff's sign-in
    )
    return Response(page, status_code=status, media_type=MediaType.HTML, headers=headers)


def is_for_people(request: AnyRequest) -> bool:
    """Whether a page answers this request: programs call the API, or say that they take JSON."""
    is_for_programs = request.url.path.startswith(("/api/", "/widget/", "/hooks/"))
    return not is_for_programs and "json" not in request.headers.get("accept", "")


def _is_unstorable(error: asyncpg.DataError) -> bool:
    """Whether a number is too large or a text holds NUL or half a character; asyncpg sees some, the server others."""
    if isinstance(error, asyncpg.CharacterNotInRepertoireError | asyncpg.UntranslatableCharacterError):
        return True
    return isinstance(error.__cause__, OverflowError | UnicodeEncodeError)


def _faults_of(error: HTTPException) -> tuple[Fault, ...]:
    """What Litestar and msgspec say of a body or a parameter, with the path of the field."""
    if isinstance(error.extra, list):
        return tuple(_fault(str(item.get("key", "")), str(item["message"])) for item in error.extra)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return (_fault("", error.detail),)
    return ()


def _fault(key: str, message: str) -> Fault:
    place = "" if key == "data" else key
    named = re.search(r"(?:missing required|contains unknown) field `([^`]+)`", message)
    field = ".".join(filter(None, [place, named[1] if named else ""]))
    return Fault(field or "body", message)
