"""The API of pain points: the list with how it was made, one of them with its history, and the JSON Schema."""

from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from accounts.api_keys import ApiCaller, Scope
from analysis.asked import Asked
from analysis.load_report import Period
from analysis.pains.closing import Closing
from analysis.pains.exports.json_file import PainExport, exported, pain_schema
from analysis.pains.keep_pains import track
from analysis.pains.load_address import load_address
from analysis.pains.load_pain import StatusChange, load_pain
from analysis.pains.pain_file_pages import DEPENDENCIES, load_asked
from analysis.pains.pain_point import PainPoint, PainStatus
from analysis.pains.pains_asked import PainsAsked
from core.site import Site


class PainDetail(Struct, frozen=True, kw_only=True):
    """One pain point, what has become of it (newest first), and whether the linked actions closed it."""

    pain: PainPoint
    history: tuple[StatusChange, ...]
    closings: tuple[Closing, ...]


class PainTracked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tracker knows of a pain point; what is left out stays as it is. An empty owner is the touchpoint's."""

    status: PainStatus | None = None
    note: str = ""  # for the history, with a status
    owner: str | None = None


@get("/journeys/{journey:str}/pain-points", opt={"scope": Scope.READ}, dependencies=DEPENDENCIES)
async def get_pains(
    journey: FromPath[str],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
    pains_asked: NamedDependency[PainsAsked],
    site: NamedDependency[Site],
) -> PainExport:
    """The list, as pain-points.json holds it. Days as for /report; dismissed ones only where `status` asks for them."""
    pains = await load_asked(caller.workspace, journey, asked, pains_asked)
    return exported(pains, await load_address(caller.workspace, site.settings.base_url))


@get("/journeys/{journey:str}/pain-points/{touchpoint:str}/{what:str}", opt={"scope": Scope.READ})
async def get_pain(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    what: FromPath[str],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
) -> PainDetail:
    """One pain point by its id, with its history and what changed after its actions."""
    return await _detail(caller.workspace, f"{journey}/{touchpoint}/{what}", asked.of_all())


@post(
    "/journeys/{journey:str}/pain-points/{touchpoint:str}/{what:str}/status",
    opt={"scope": Scope.ACTIONS},
    status_code=200,
)
async def post_pain_status(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    what: FromPath[str],
    data: JSONBody[PainTracked],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
    now: NamedDependency[datetime],
) -> PainDetail:
    """Say what has become of a pain point, or who looks after it; answers with the pain point as it stands then."""
    pain_id = f"{journey}/{touchpoint}/{what}"
    period = asked.of_all()
    await track(caller.workspace, pain_id, data.status, data.note, data.owner, None, now)
    return await _detail(caller.workspace, pain_id, period)


@get("/pain-points/schema", opt={"scope": Scope.READ})
async def get_pain_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the list."""
    return pain_schema()


async def _detail(workspace: int, pain_id: str, period: Period) -> PainDetail:
    page = await load_pain(workspace, pain_id, period)
    return PainDetail(pain=page.pain, history=page.history, closings=page.closings)


API = [get_pains, get_pain, post_pain_status, get_pain_schema]
