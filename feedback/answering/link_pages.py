"""The doors of a short link: the printed one, and the one of a kiosk. Each opening begins a visit of its own."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from core.site import Site
from feedback.answering.asking import VISIT_PREFIX, AskingChannel, Visit
from feedback.answering.no_store import NoStore
from surveys.accepted_languages import accepted_languages
from surveys.definition import STORABLE
from surveys.links import LinkedSurvey, follow_code
from surveys.texts import ORIGINAL, Texts, first_understood, languages, texts_in
from surveys.wording import language_for, with_pipes, worded

AnyRequest = Request[Any, Any, Any]
LONGEST_HIDDEN = 200  # characters of what a hidden field takes out of the address
LONGEST_LANGUAGE = 35  # characters of a language's tag
NONCE_BYTES = 12  # 16 characters that are safe in a URL

_STORABLE = re.compile(STORABLE)


@get("/s/{code:str}", include_in_schema=False)
async def follow_link(
    request: AnyRequest, code: FromPath[str], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[Any]:
    """Lead to the survey. Nothing is stored: cameras, previews and scanners open links that nobody answers."""
    return await _begin(request, site, code, AskingChannel.LINK, now)


@get("/k/{code:str}", include_in_schema=False)
async def open_kiosk(
    request: AnyRequest, code: FromPath[str], site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[Any]:
    """The same on a tablet that many people use one after the other: its page comes back here for the next."""
    return await _begin(request, site, code, AskingChannel.KIOSK, now)


async def _begin(request: AnyRequest, site: Site, code: str, channel: AskingChannel, now: datetime) -> Response[Any]:
    found = await follow_code(code)
    if found is None or not found.is_open:
        return _closed_page(request, found)
    language = request.query_params.get("lang", "")[:LONGEST_LANGUAGE]
    visit = Visit(
        link=found.link,
        survey_version=found.survey_version,
        nonce=secrets.token_urlsafe(NONCE_BYTES),
        channel=channel,
        begun_at=int(now.timestamp()),
        hidden=_hidden_of(request, found.definition.hidden),
        language=language,
    )
    path = f"/a/{VISIT_PREFIX}{site.visit_links.sign(visit)}"
    return Redirect(f"{path}?{urlencode({'lang': language})}" if language else path, status_code=303)


def _hidden_of(request: AnyRequest, fields: Iterable[str]) -> dict[str, str]:
    """What the address says of the fields that the survey declares; the rest of it is nobody's business."""
    return {field: _storable(request.query_params[field]) for field in fields if field in request.query_params}


def _storable(text: str) -> str:
    return "".join(filter(_STORABLE.match, text))[:LONGEST_HIDDEN]


def _closed_page(request: AnyRequest, found: LinkedSurvey | None) -> Template:
    """Who comes too late, or mistyped the code, did nothing wrong: said in their language, whatever the survey's is."""
    asked = request.query_params.get("lang", "")
    accepted = accepted_languages(request.headers.get("accept-language", ""))
    understood = first_understood((asked, *accepted), languages())
    if found is None:
        texts = texts_in(understood or ORIGINAL)
        return _said(texts, "missing_title", (texts("missing"),), status=404)
    language = language_for(found.definition, asked, *accepted)
    title = with_pipes(worded(found.definition, language), {}).title
    texts = texts_in(understood or language)
    words = (texts("closed", title=title), texts("closed_write", company=found.workspace_name))
    return _said(texts, "closed_title", words, status=410)


def _said(texts: Texts, headline: str, words: tuple[str, ...], status: int) -> Template:
    context = {"texts": texts, "headline": headline, "words": words}
    return Template("feedback/link_closed.html", context=context, status_code=status)


PUBLIC = [Router("/", route_handlers=[follow_link, open_kiosk], middleware=[NoStore()])]
