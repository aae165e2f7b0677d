"""The staff's page of the contact policy: read by all, kept by owners, and the pause of all sending."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Fault, Invalid
from feedback.answering.read_form import read_form
from feedback.deciding.asking_touchpoints import AskingTouchpoint, asking_touchpoints, touchpoint_names
from feedback.deciding.keep_odds import odds_of
from feedback.deciding.load_policy import load_policy, save_policy
from feedback.deciding.lottery import period_start
from feedback.deciding.policy import Draw, Policy
from feedback.deciding.policy_form import PolicyForm, filled_form, form_of, read_policy
from feedback.deciding.policy_words import WEEKDAY_NAMES, policy_sentences
from feedback.delivery.sending_pause import count_waiting, pause_sending, paused_since, resume_sending

LARGEST_FORM = 100_000  # bytes

AnyRequest = Request[Any, Any, Any]


class Odds(Struct, frozen=True):
    """How likely a contact is to be drawn for a touchpoint; `tilt` compares that with an even draw."""

    touchpoint: AskingTouchpoint
    probability: float
    tilt: float


class PeriodOdds(Struct, frozen=True):
    """The draw of the period `first` to `last`, both included."""

    first: date
    last: date
    odds: tuple[Odds, ...]


@get("/policy", include_in_schema=False)
async def policy_page(
    member: NamedDependency[Member], now: NamedDependency[datetime], saved: FromQuery[str] = ""
) -> Template:
    policy = await load_policy(member.workspace)
    return await _page(member, policy, form_of(policy), now, is_saved=bool(saved))


@post("/policy", opt={"role": Role.OWNER}, include_in_schema=False, request_max_body_size=LARGEST_FORM)
async def set_policy(
    request: AnyRequest, member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep what was filled in; a form with faults comes back as it was."""
    values, _ = await read_form(request)
    form = filled_form(values)
    try:
        await save_policy(member.workspace, read_policy(form, await touchpoint_names(member.workspace)), now)
    except Invalid as fault:
        return await _page(member, await load_policy(member.workspace), form, now, fault.faults)
    return _back(member, "?saved=yes")


@post("/policy/pause", opt={"role": Role.OWNER}, include_in_schema=False)
async def pause(member: NamedDependency[Member], now: NamedDependency[datetime]) -> Response[Any]:
    await pause_sending(member.workspace, now)
    return _back(member)


@post("/policy/resume", opt={"role": Role.OWNER}, include_in_schema=False)
async def resume(member: NamedDependency[Member], now: NamedDependency[datetime]) -> Response[Any]:
    await resume_sending(member.workspace, now)
    return _back(member)


async def period_odds(workspace: int, policy: Policy, now: datetime) -> PeriodOdds | None:
    """Of the current period: as they are fixed, or as they would be now; None where nothing is drawn."""
    asking = await asking_touchpoints(workspace)
    if policy.draw is not Draw.LOTTERY or policy.contact_budget is None or not asking:
        return None
    first = period_start(now, policy.contact_budget.days)
    wanted = {first: [touchpoint.id for touchpoint in asking]}
    odds = (await odds_of(workspace, policy.contact_budget, wanted, is_kept=False))[first]
    even = sum(odds[touchpoint.id] for touchpoint in asking) / len(asking)
    rows = [Odds(found, odds[found.id], odds[found.id] / even if even else 1.0) for found in asking]
    return PeriodOdds(first, first + timedelta(days=policy.contact_budget.days - 1), tuple(rows))


async def _page(
    member: Member,
    policy: Policy,
    form: PolicyForm,
    now: datetime,
    faults: Sequence[Fault] = (),
    *,
    is_saved: bool = False,
) -> Template:
    """The form as filled, under what holds now."""
    by_field: dict[str, list[str]] = {}
    for fault in faults:
        by_field.setdefault(fault.field, []).append(fault.message)
    context = {
        "sentences": policy_sentences(policy),
        "form": form,
        "faults": by_field,
        "is_saved": is_saved,
        "weekdays": WEEKDAY_NAMES,
        "draw": await period_odds(member.workspace, policy, now),
        "paused_at": await paused_since(member.workspace),
        "n_waiting": await count_waiting(member.workspace),
    }
    return Template("feedback/policy.html", context=context, status_code=422 if faults else 200)


def _back(member: Member, query: str = "") -> Response[Any]:
    return Redirect(f"/w/{member.workspace_key}/policy{query}", status_code=303)


STAFF = [policy_page, set_policy, pause, resume]
