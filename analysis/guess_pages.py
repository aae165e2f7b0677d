"""The page on which the team guesses before it looks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from accounts.membership import Member
from accounts.tables import Role
from analysis.scales import experience_on_points
from analysis.team_guesses import Guess, guess, load_own_guesses
from core.errors import Fault, Invalid
from surveys.instruments import FACE_LABELS
from surveys.journeys import TouchpointView, load_journey

# The five steps of a guess by what the form sends for them, each with its x.
STEPS = {str(step): experience_on_points(step, len(FACE_LABELS)) for step in range(1, len(FACE_LABELS) + 1)}


@get("/journeys/{journey:str}/guesses", include_in_schema=False)
async def guesses_page(
    journey: FromPath[str], member: NamedDependency[Member], saved: FromQuery[str | None] = None
) -> Template:
    """What who looks has guessed so far, and no figure."""
    view = await load_journey(member.workspace, journey)
    own = await load_own_guesses(member.user, [touchpoint.id for touchpoint in view.touchpoints])
    steps = [(value, x, label) for (value, x), label in zip(STEPS.items(), FACE_LABELS, strict=True)]
    context = {"journey": view, "own": own, "nothing": Guess(0), "steps": steps, "is_saved": saved is not None}
    return Template("analysis/guesses.html", context=context)


@post("/journeys/{journey:str}/guesses", opt={"role": Role.VIEWER}, include_in_schema=False)
async def save_guesses(
    request: Request[Any, Any, Any],
    journey: FromPath[str],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
) -> Redirect:
    """Every member may guess, a viewer too: guesses are their own and change no figure of customers."""
    view = await load_journey(member.workspace, journey)
    form = await request.form()
    await guess(member.workspace, member.user, [_given(touchpoint, form) for touchpoint in view.touchpoints], now)
    return Redirect(f"/w/{member.workspace_key}/journeys/{view.key}/guesses?saved=1", status_code=303)


def _given(touchpoint: TouchpointView, form: Mapping[str, Any]) -> Guess:
    return Guess(
        touchpoint.id, _step(form, f"{touchpoint.key}.expectation"), _step(form, f"{touchpoint.key}.experience")
    )


def _step(form: Mapping[str, Any], field: str) -> float | None:
    """The x of the step chosen, None where none was. Raises Invalid for anything else."""
    chosen = form.get(field) or None
    if chosen is None:
        return None
    if not isinstance(chosen, str) or chosen not in STEPS:
        raise Invalid(Fault(field, f"choose one of the {len(STEPS)} steps"))
    return STEPS[chosen]


STAFF = [guesses_page, save_guesses]
