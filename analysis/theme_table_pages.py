"""A journey by theme: who speaks of what where, how it sounds, and how those felt beside the others."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from analysis.asked import Asked
from analysis.text.load_theme_table import ThemeTable, load_theme_table
from analysis.text.theme_words import TONE_TAGS, impact_in_words, states_in_words
from surveys.journeys import load_journey


@get("/journeys/{journey:str}/themes", include_in_schema=False)
async def journey_themes_page(
    journey: FromPath[str], member: NamedDependency[Member], asked: NamedDependency[Asked]
) -> Template:
    table = await load_theme_table(member.workspace, journey, asked.of_all())
    view = await load_journey(member.workspace, journey)
    named = list(zip(table.themes, table.rows, strict=True))
    context = {
        "journey": view,
        "names": {touchpoint.key: touchpoint.name for touchpoint in view.touchpoints},
        "table": table,
        "shown": [(theme, row) for theme, row in named if _is_shown(row.n, [cell.n for cell in row.cells])],
        "few": [theme for theme, row in named if not _is_shown(row.n, [cell.n for cell in row.cells])],
        "tone_tags": TONE_TAGS,
        "states_in_words": states_in_words,
        "impact_in_words": impact_in_words,
    }
    return Template("analysis/journey_themes.html", context=context)


@get("/journeys/{journey:str}/themes", opt={"scope": Scope.READ})
async def get_journey_themes(
    journey: FromPath[str], caller: NamedDependency[ApiCaller], asked: NamedDependency[Asked]
) -> ThemeTable:
    """Themes by touchpoint. What fewer than k contacts said is null, and what would give those away."""
    return await load_theme_table(caller.workspace, journey, asked.of_all())


def _is_shown(total: int | None, counts: list[int | None]) -> bool:
    return total is not None or any(n is not None for n in counts)


STAFF = [journey_themes_page]
API = [get_journey_themes]
