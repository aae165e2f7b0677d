"""The action log: what was done, what changed after it, and how long the next action has to be watched."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from accounts.tables import Role
from analysis.actions import forget_action, log_action
from analysis.before_after import WINDOW_DAYS, Action
from analysis.change_chart import change_spec, table_of, title_of, verdict_in_words
from analysis.chart_answers import picture, specification
from analysis.chart_words import Table, day_words
from analysis.curve_chart import Layout, Theme
from analysis.load_changes import load_change, load_changes
from analysis.load_plans import load_plans
from analysis.load_report import last_days
from analysis.planner import DIFFERENCES, SPREAD, Needed, Plan
from analysis.report import ActionFigure, ActionVerdict, ReportSettings
from analysis.valences import load_valences
from core.errors import Fault, Invalid, NotFound
from surveys.journeys import load_journey

SETTINGS = ReportSettings()
FAR_OFF = 104  # weeks; beyond two years a number of weeks says no more
SIGNS = {ActionVerdict.IMPROVED: "positive", ActionVerdict.WORSE: "negative"}


class ActionForm(Struct, frozen=True, kw_only=True):
    """As a browser posts it; the page shows it again where something is wrong with it."""

    touchpoint: str = ""
    what: str = ""
    on_day: str = ""
    window_days: str = str(WINDOW_DAYS)
    washout_days: str = "0"
    decision_day: str = ""


class NewAction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action to log. Days are YYYY-MM-DD; without a decision day it falls when the window is over."""

    touchpoint: str
    what: str
    on_day: date
    window_days: int = WINDOW_DAYS
    washout_days: int = 0
    decision_day: date | None = None


class _Shown(Struct, frozen=True):
    """A figure with its words."""

    figure: ActionFigure
    day: str
    title: str
    verdict: str
    sign: str  # positive, negative, or neither
    table: Table


@get("/journeys/{journey:str}/actions", include_in_schema=False)
async def actions_page(
    journey: FromPath[str],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    touchpoint: FromQuery[str | None] = None,
) -> Template:
    """The whole log, or what was done at one touchpoint."""
    form = ActionForm(touchpoint=touchpoint or "", on_day=_today(now).isoformat())
    return await _page(member, journey, now, form, at=touchpoint)


@post("/journeys/{journey:str}/actions", opt={"role": Role.EDITOR}, include_in_schema=False)
async def save_action(
    journey: FromPath[str],
    data: URLEncodedBody[ActionForm],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
) -> Response[Any] | Template:
    """Log it, or show the form again with everything that is wrong with it."""
    try:
        entry = await log_action(member.workspace, journey, data.touchpoint, _action_of(data), now)
    except Invalid as fault:
        return await _page(member, journey, now, data, fault.faults)
    return Redirect(f"/w/{member.workspace_key}/journeys/{journey}/actions#action-{entry.id}", status_code=303)


@get("/journeys/{journey:str}/actions/{action:int}/chart.json", include_in_schema=False)
async def change_json(
    journey: FromPath[str],
    action: FromPath[int],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> dict[str, Any]:
    """Before and after as a Vega-Lite specification."""
    figure = await load_change(member.workspace, journey, action, _today(now), SETTINGS)
    return await specification(lambda: change_spec(figure, SETTINGS, layout=layout, theme=theme))


@get("/journeys/{journey:str}/actions/{action:int}/chart.svg", include_in_schema=False)
async def change_svg(
    journey: FromPath[str],
    action: FromPath[int],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Response[bytes]:
    """The same as a picture."""
    figure = await load_change(member.workspace, journey, action, _today(now), SETTINGS)
    return await picture(lambda: change_spec(figure, SETTINGS, layout=layout, theme=theme))


@post("/actions/{action:int}/forget", opt={"role": Role.EDITOR}, include_in_schema=False)
async def drop_action(action: FromPath[int], member: NamedDependency[Member]) -> Response[Any]:
    journey = await forget_action(member.workspace, action)
    return Redirect(f"/w/{member.workspace_key}/journeys/{journey}/actions", status_code=303)


@get("/journeys/{journey:str}/actions", opt={"scope": Scope.READ})
async def get_actions(
    journey: FromPath[str], caller: NamedDependency[ApiCaller], now: NamedDependency[datetime]
) -> tuple[ActionFigure, ...]:
    """The action log with what changed after each, the newest first."""
    view = await load_journey(caller.workspace, journey)
    valences = (await load_valences([caller.workspace]))[caller.workspace]
    return await load_changes(caller.workspace, view, valences, _today(now), SETTINGS)


@post("/journeys/{journey:str}/actions", opt={"scope": Scope.ACTIONS}, status_code=201)
async def post_action(
    journey: FromPath[str],
    data: JSONBody[NewAction],
    caller: NamedDependency[ApiCaller],
    now: NamedDependency[datetime],
) -> ActionFigure:
    """Log an action; answers with what is known of it by now."""
    action = Action(data.what, data.on_day, data.window_days, data.washout_days, data.decision_day)
    entry = await log_action(caller.workspace, journey, data.touchpoint, action, now)
    return await load_change(caller.workspace, journey, entry.id, _today(now), SETTINGS)


def plans_table(plans: Sequence[Plan]) -> Table:
    """One row a touchpoint: its pace, its spread, and what it takes to see each difference."""
    headers = ("Touchpoint", "Contacts a week", "Spread", *(f"To see a change of {d:.1f}" for d in DIFFERENCES))
    return Table(headers, tuple(_plan_row(plan) for plan in plans))


async def _page(
    member: Member,
    journey: str,
    now: datetime,
    form: ActionForm,
    faults: Sequence[Fault] = (),
    at: str | None = None,
) -> Template:
    view = await load_journey(member.workspace, journey)
    place = next((touchpoint for touchpoint in view.touchpoints if touchpoint.key == at), None)
    if at is not None and place is None:
        raise NotFound("This journey has no such touchpoint.")
    valences = (await load_valences([member.workspace]))[member.workspace]
    figures = await load_changes(member.workspace, view, valences, _today(now), SETTINGS)
    context = {
        "journey": view,
        "actions": [_shown(figure) for figure in figures if place is None or figure.touchpoint == place.key],
        "place": place,
        "plans": plans_table(await load_plans(view, valences, last_days(now), SETTINGS)),
        "assumed_spread": SPREAD,
        "settings": SETTINGS,
        "form": form,
        "faults": {fault.field: fault.message for fault in faults},
    }
    return Template("analysis/actions.html", context=context, status_code=422 if faults else 200)


def _shown(figure: ActionFigure) -> _Shown:
    return _Shown(
        figure,
        day_words(figure.on_day),
        title_of(figure, SETTINGS),
        verdict_in_words(figure, SETTINGS),
        SIGNS.get(figure.verdict, ""),
        table_of(figure, SETTINGS),
    )


def _plan_row(plan: Plan) -> tuple[str, ...]:
    pace = "unknown" if plan.per_week is None else f"{plan.per_week:.1f}"
    spread = f"{plan.spread:.2f}" + (" (assumed)" if plan.is_spread_assumed else "")
    return plan.name, pace, spread, *(_needed_in_words(needed) for needed in plan.needed)


def _needed_in_words(needed: Needed) -> str:
    if needed.weeks is None:
        return f"{needed.n_per_side:,} contacts"
    if needed.weeks > FAR_OFF:
        return f"{needed.n_per_side:,} contacts, more than 2 years"
    return f"{needed.n_per_side:,} contacts, about {needed.weeks} week{'' if needed.weeks == 1 else 's'}"


def _action_of(form: ActionForm) -> Action:
    """Raises Invalid with every field that holds no day or no number."""
    faults: list[Fault] = []
    on_day = _day_in(form.on_day, "on_day", faults)
    decision_day = _day_in(form.decision_day, "decision_day", faults) if form.decision_day.strip() else None
    window_days, washout_days = (_number_in(getattr(form, n), n, faults) for n in ("window_days", "washout_days"))
    if on_day is None or window_days is None or washout_days is None or faults:
        raise Invalid(*faults)
    return Action(form.what, on_day, window_days, washout_days, decision_day)


def _day_in(words: str, field: str, faults: list[Fault]) -> date | None:
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        faults.append(Fault(field, "write a day as YYYY-MM-DD"))
        return None


def _number_in(words: str, field: str, faults: list[Fault]) -> int | None:
    try:
        return int(words)
    except ValueError:
        faults.append(Fault(field, "write a whole number of days"))
        return None


def _today(now: datetime) -> date:
    return now.astimezone(UTC).date()


STAFF = [actions_page, save_action, change_json, change_svg, drop_action]
API = [get_actions, post_action]
