"""The say-feel mismatches: comments that say something else than the rating beside them."""

from datetime import date, datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from analysis.load_report import period_of
from analysis.responses import Wanted
from analysis.text.label_comments import LABELS
from analysis.text.load_comments import load_comments
from analysis.text.load_mismatches import MOST_LISTED, Mismatches, load_mismatches
from analysis.text.mismatches import APART
from analysis.text.theme_titles import load_theme_titles
from analysis.text_words import STATE_WORDS, language_words


@get("/mismatches", include_in_schema=False)
async def mismatches_page(
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
) -> Template:
    period = period_of(since, until, now)
    found = await load_mismatches(member.workspace, period)
    context = {
        "found": found,
        "period": period,
        "comments": await load_comments([mismatch.comment for mismatch in found.comments]),
        "most": MOST_LISTED,
        "apart": APART,
        "alone": Wanted,
        "themes": await load_theme_titles(member.workspace),
        "state_words": STATE_WORDS,
        "labels": LABELS,
        "language_words": language_words,
    }
    return Template("analysis/mismatches.html", context=context)


@get("/mismatches", opt={"scope": Scope.READ})
async def get_mismatches(
    caller: NamedDependency[ApiCaller],
    now: NamedDependency[datetime],
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
) -> Mismatches:
    """Comments more than 1.0 away from the rating beside them, furthest first, and how many there are by touchpoint.

    Without `until`, up to today; without `since`, the 90 days before that."""
    return await load_mismatches(caller.workspace, period_of(since, until, now))


STAFF = [mismatches_page]
API = [get_mismatches]
