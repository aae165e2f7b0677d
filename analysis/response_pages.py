"""The list of responses, and deleting one."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect, Template

from accounts.membership import Member
from accounts.tables import Role
from analysis.curve_words import instrument_in_words
from analysis.remove_responses import delete_response
from analysis.responses import PAGE, Wanted, list_places, list_responses
from analysis.text.label_comments import LABELS
from analysis.text.theme_titles import load_theme_titles
from analysis.text_words import STATE_WORDS, language_words
from analysis.wanted import provide_wanted
from surveys.instruments import EMOTIONS


@get("/responses", include_in_schema=False, dependencies={"wanted": Provide(provide_wanted)})
async def responses_page(member: NamedDependency[Member], wanted: NamedDependency[Wanted]) -> Template:
    may_write = member.may(Role.EDITOR)
    responses = await list_responses(member.workspace, wanted, with_addresses=may_write)
    context = {
        "responses": responses,
        "wanted": wanted,
        "page": PAGE,
        "touchpoints": await list_places(member.workspace),
        "themes": await load_theme_titles(member.workspace),
        "emotions": EMOTIONS,
        "state_words": STATE_WORDS,
        "labels": LABELS,
        "language_words": language_words,
        "instrument_in_words": instrument_in_words,
    }
    return Template("analysis/responses.html", context=context)


@post("/responses/{response:int}/delete", opt={"role": Role.EDITOR}, include_in_schema=False)
async def drop_response(response: FromPath[int], member: NamedDependency[Member]) -> Response[Any]:
    await delete_response(member.workspace, response)
    return Redirect(f"/w/{member.workspace_key}/responses", status_code=303)


STAFF = [responses_page, drop_response]
