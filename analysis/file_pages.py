"""The report of a journey to take away: the same files that `kept report journey` writes, and CSV."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from analysis.asked import Asked
from analysis.load_full_report import load_full_report
from analysis.report_file import MAKERS, file_name

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html",
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv",
}
PATH = "/journeys/{journey:str}/report."
OVER_API = ("csv", "pdf")  # beside the JSON of /report


@get([PATH + kind for kind in MEDIA_TYPES], include_in_schema=False)
async def save_report(
    journey: FromPath[str],
    request: Request[Any, Any, Any],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
) -> Response[bytes]:
    """The report as the page shows it, in the kind that the path ends with."""
    return await _file(member.workspace, journey, asked, request)


@get([PATH + kind for kind in OVER_API], opt={"scope": Scope.READ}, media_type="application/octet-stream")
async def get_report_file(
    journey: FromPath[str],
    request: Request[Any, Any, Any],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
) -> Response[bytes]:
    """The report as a file: CSV with a row for each touchpoint, or the PDF. Days and `where` as for /report."""
    return await _file(caller.workspace, journey, asked, request)


async def _file(workspace: int, journey: str, asked: Asked, request: Request[Any, Any, Any]) -> Response[bytes]:
    kind = request.url.path.rpartition(".")[2]
    report = await load_full_report(workspace, journey, asked.period, where=asked.where)
    content = await asyncio.to_thread(MAKERS[kind], report)  # drawing takes long
    return Response(
        content,
        media_type=MEDIA_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{file_name(report, kind)}"'},
    )


STAFF = [save_report]
API = [get_report_file]
