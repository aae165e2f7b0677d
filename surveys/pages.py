"""The staff's pages of journeys and touchpoints."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from accounts.membership import Member
from core.errors import NotFound
from core.site import Site
from surveys.journeys import JourneyView, StageView, TouchpointView, list_journeys, load_journey
from surveys.links import list_links
from surveys.surveys import list_surveys


@get("/journeys", include_in_schema=False)
async def journeys_page(member: NamedDependency[Member]) -> Template:
    return Template("surveys/journeys.html", context={"journeys": await list_journeys(member.workspace)})


@get("/journeys/{journey:str}/touchpoints/{touchpoint:str}", include_in_schema=False)
async def touchpoint_page(
    journey: FromPath[str], touchpoint: FromPath[str], member: NamedDependency[Member], site: NamedDependency[Site]
) -> Template:
    journey_found = await load_journey(member.workspace, journey)
    stage, found = _touchpoint_in(journey_found, touchpoint)
    links = await list_links(member.workspace, found.id)
    linked = {link.survey_key for link in links}
    context = {
        "journey": journey_found,
        "stage": stage,
        "touchpoint": found,
        "links": links,
        "surveys": [survey for survey in await list_surveys(member.workspace) if survey.key not in linked],
        "base_url": site.settings.base_url,
    }
    return Template("surveys/touchpoint.html", context=context)


def _touchpoint_in(journey: JourneyView, key: str) -> tuple[StageView, TouchpointView]:
    """With the stage it stands in. Raises NotFound."""
    for stage in journey.stages:
        for touchpoint in stage.touchpoints:
            if touchpoint.key == key:
                return stage, touchpoint
    raise NotFound("This journey has no such touchpoint.")


STAFF = [journeys_page, touchpoint_page]
