"""The pain-point list to take away: the same files for staff, for programs and for `kept pains export`."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from analysis.asked import Asked
from analysis.pains.exports.address import Address
from analysis.pains.exports.pain_files import FILES, file_name
from analysis.pains.load_address import load_address
from analysis.pains.load_pains import load_pains
from analysis.pains.pain_list import PainList
from analysis.pains.pains_asked import PainsAsked, provide_pains_asked
from core.site import Site

STEM = "/journeys/{journey:str}/pain-points."
BY_ENDING = {file.ending: file for file in FILES.values()}
DEPENDENCIES = {"pains_asked": Provide(provide_pains_asked, sync_to_thread=False)}


@get([STEM + ending for ending in BY_ENDING], include_in_schema=False, dependencies=DEPENDENCIES)
async def save_pains(
    journey: FromPath[str],
    request: Request[Any, Any, Any],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    pains_asked: NamedDependency[PainsAsked],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """The list as the page shows it, in the kind that the path ends with."""
    pains = await load_asked(member.workspace, journey, asked, pains_asked)
    return await _file(pains, Address(site.settings.base_url, member.workspace_key), request)


@get(
    [STEM + ending for ending in BY_ENDING],
    opt={"scope": Scope.READ},
    media_type="application/octet-stream",
    dependencies=DEPENDENCIES,
)
async def get_pains_file(
    journey: FromPath[str],
    request: Request[Any, Any, Any],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
    pains_asked: NamedDependency[PainsAsked],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """The list as CSV, XLSX, JSON or Markdown, or as the CSV that a tracker imports. Days as for /report."""
    pains = await load_asked(caller.workspace, journey, asked, pains_asked)
    return await _file(pains, await load_address(caller.workspace, site.settings.base_url), request)


async def load_asked(
    workspace: int, journey: str, asked: Asked, pains_asked: PainsAsked, most_quoted: int | None = None
) -> PainList:
    """With quotes in the first `most_quoted` rows, or in all.

    Raises Invalid where only a part of the answers is asked for: a list is of all of them, or of a persona's.
    """
    return await load_pains(
        workspace, journey, asked.of_all(), None, pains_asked.chosen, pains_asked.order, most_quoted
    )


async def _file(pains: PainList, address: Address, request: Request[Any, Any, Any]) -> Response[bytes]:
    file = BY_ENDING[request.url.path.rpartition("/pain-points.")[2]]
    content = await asyncio.to_thread(file.make, pains, address)
    return Response(
        content,
        media_type=file.media_type,
        headers={"Content-Disposition": f'attachment; filename="{file_name(pains, file)}"'},
    )


STAFF = [save_pains]
API = [get_pains_file]
