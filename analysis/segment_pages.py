"""The page of a journey by persona and by channel."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from accounts.membership import Member
from analysis.asked import Asked
from analysis.load_report import load_report
from analysis.load_segments import load_segments
from analysis.tally import Split
from core.errors import Fault, Invalid
from surveys.journeys import load_journey

BY = (Split.PERSONA, Split.CHANNEL)


@get("/journeys/{journey:str}/segments", include_in_schema=False)
async def segments_page(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    by: FromQuery[str] = "persona",
) -> Template:
    if by not in BY:
        raise Invalid(Fault("by", f"choose {' or '.join(BY)}"))
    report = await load_report(member.workspace, journey, asked.of_all())
    view = await load_journey(member.workspace, journey)
    context = {
        "report": report,
        "figures": await load_segments(member.workspace, view, report, Split(by)),
        "names": {touchpoint.key: touchpoint.name for touchpoint in view.touchpoints},
        "asked": asked,
        "splits": BY,
    }
    return Template("analysis/segments.html", context=context)


STAFF = [segments_page]
