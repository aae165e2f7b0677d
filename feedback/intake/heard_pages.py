"""The staff's page of the events that were heard, those that no trigger listens to first."""

from datetime import datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from accounts.membership import Member
from feedback.intake.heard import COUNTED, HEARD_FOR, list_heard


@get("/events", include_in_schema=False)
async def heard_page(
    member: NamedDependency[Member], now: NamedDependency[datetime], after: FromQuery[str] = ""
) -> Template:
    context = {
        "heard": await list_heard(member.workspace, now, after),
        "after": after,
        "days": HEARD_FOR.days,
        "counted": COUNTED,
    }
    return Template("feedback/heard.html", context=context)


STAFF = [heard_page]
