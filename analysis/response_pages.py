"""The list of responses, and deleting one."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from accounts.membership import Member
from accounts.tables import Role
from analysis.curve_words import instrument_in_words
from analysis.remove_responses import delete_response
from analysis.responses import list_responses


@get("/responses", include_in_schema=False)
async def responses_page(
    member: NamedDependency[Member], before: FromQuery[int | None] = None, touchpoint: FromQuery[str | None] = None
) -> Template:
    may_write = member.may(Role.EDITOR)
    responses = await list_responses(member.workspace, before, touchpoint, with_addresses=may_write)
    context = {"responses": responses, "touchpoint": touchpoint, "instrument_in_words": instrument_in_words}
    return Template("analysis/responses.html", context=context)


@post("/responses/{response:int}/delete", opt={"role": Role.EDITOR}, include_in_schema=False)
async def drop_response(response: FromPath[int], member: NamedDependency[Member]) -> Response[Any]:
    await delete_response(member.workspace, response)
    return Redirect(f"/w/{member.workspace_key}/responses", status_code=303)


STAFF = [responses_page, drop_response]
