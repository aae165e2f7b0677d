"""The staff's pages of journeys and touchpoints."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from accounts.membership import Member
from core.errors import NotFound
from surveys.journeys import list_journeys, load_journey


@get("/journeys", include_in_schema=False)
async def journeys_page(member: NamedDependency[Member]) -> Template:
    return Template("surveys/journeys.html", context={"journeys": await list_journeys(member.workspace)})


@get("/journeys/{journey:str}/touchpoints/{touchpoint:str}", include_in_schema=False)
async def touchpoint_page(
    journey: FromPath[str], touchpoint: FromPath[str], member: NamedDependency[Member]
) -> Template:
    found = await load_journey(member.workspace, journey)
    for stage in found.stages:
        for candidate in stage.touchpoints:
            if candidate.key == touchpoint:
                return Template(
                    "surveys/touchpoint.html", context={"journey": found, "stage": stage, "touchpoint": candidate}
                )
    raise NotFound("This journey has no such touchpoint.")


STAFF = [journeys_page, touchpoint_page]
