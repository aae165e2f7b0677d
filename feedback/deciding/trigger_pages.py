"""The staff's pages of triggers: the list, and the form in which one is tried and saved."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Fault, Invalid
from feedback.answering.read_form import read_form
from feedback.deciding.dry_run import DAYS, DryRun
from feedback.deciding.load_dry_run import try_trigger
from feedback.deciding.trigger_choices import count_decisions, load_choices
from feedback.delivery.sending_pause import paused_since
from feedback.ledger.decision_words import decision_words, short_words
from surveys.ask_file import AskFile
from surveys.trigger_form import TESTS, Values, form_of, read_ask, row_count, tidy_form
from surveys.trigger_rule import Weekday
from surveys.trigger_words import CHANNELS, UNITS, rule_words
from surveys.triggers import (
    Place,
    check_trigger,
    list_places,
    list_triggers,
    load_trigger,
    save_trigger,
    stop_trigger,
)

SAVE = "save"
_SAID = {"saved": "Saved.", "stopped": "It is stopped. What it has asked stays."}
_NEW_WAIT, _NEW_EXPIRY = timedelta(hours=2), timedelta(days=14)

AnyRequest = Request[Any, Any, Any]


@get("/triggers", opt={"role": Role.EDITOR}, include_in_schema=False)
async def triggers_page(
    member: NamedDependency[Member], now: NamedDependency[datetime], done: FromQuery[str] = ""
) -> Template:
    context = {
        "said": _SAID.get(done, ""),
        "paused_at": await paused_since(member.workspace),
        "triggers": await list_triggers(member.workspace),
        "counts": await count_decisions(member.workspace, now),
        "rule_words": rule_words,
        "channels": CHANNELS,
    }
    return Template("feedback/triggers.html", context=context)


@get("/triggers/new", opt={"role": Role.EDITOR}, include_in_schema=False)
async def new_trigger_page(
    member: NamedDependency[Member], now: NamedDependency[datetime], event: FromQuery[str] = ""
) -> Template:
    """Filled in for the touchpoint that `event` belongs to, where there is one."""
    places = await list_places(member.workspace)
    own = next((place for place in places if event and place.event == event), None)
    ask = AskFile("", _NEW_WAIT, _NEW_EXPIRY, event="" if own else event[:200])
    return await _page(member, now, form_of(ask, own.key if own else ""), None)


@post("/triggers/new", opt={"role": Role.EDITOR}, status_code=200, include_in_schema=False)
async def make_trigger(
    request: AnyRequest, member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    return await _take(request, member, now, None)


@get("/triggers/{trigger:int}", opt={"role": Role.EDITOR}, include_in_schema=False)
async def trigger_page(
    trigger: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Template:
    found = await load_trigger(member.workspace, trigger)
    return await _page(member, now, form_of(found.ask, f"{found.journey_key}/{found.touchpoint_key}"), trigger)


@post("/triggers/{trigger:int}", opt={"role": Role.EDITOR}, status_code=200, include_in_schema=False)
async def change_trigger(
    request: AnyRequest, trigger: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await load_trigger(member.workspace, trigger)
    return await _take(request, member, now, trigger)


@post("/triggers/{trigger:int}/stop", opt={"role": Role.EDITOR}, include_in_schema=False)
async def end_trigger(
    trigger: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await stop_trigger(member.workspace, trigger, now)
    return Redirect(f"/w/{member.workspace_key}/triggers?done=stopped", status_code=303)


async def _take(request: AnyRequest, member: Member, now: datetime, trigger: int | None) -> Response[Any]:
    """Try what was filled in, or save it if that is the button; a form with faults comes back as it was typed."""
    values, _ = await read_form(request)
    form, act = tidy_form(values), next(iter(values.get("act", [])), "")
    place = next(iter(values.get("touchpoint", [])), "")
    try:
        ask = _without_own_event(read_ask(form), await list_places(member.workspace), place)
        if act == SAVE:
            await save_trigger(member.workspace, place, ask, trigger, now)
            return Redirect(f"/w/{member.workspace_key}/triggers?done=saved", status_code=303)
        found = await check_trigger(member.workspace, place, ask, trigger)
    except Invalid as invalid:
        faults = list(invalid.faults)
        if not place and all(fault.field != "touchpoint" for fault in faults):
            faults.insert(0, Fault("touchpoint", "choose a touchpoint"))
        return await _page(member, now, form, trigger, faults=faults)
    run = await try_trigger(member.workspace, found, ask, trigger, now)
    return await _page(member, now, form, trigger, run=run, tried=ask)


def _without_own_event(ask: AskFile, places: Sequence[Place], key: str) -> AskFile:
    """To name the touchpoint's own event is to leave it out."""
    own = next((place.event for place in places if place.key == key), "")
    return msgspec.structs.replace(ask, event="") if ask.event == own else ask


async def _page(
    member: Member,
    now: datetime,
    form: Values,
    trigger: int | None,
    *,
    faults: Sequence[Fault] = (),
    run: DryRun | None = None,
    tried: AskFile | None = None,
) -> Template:
    choices = await load_choices(member.workspace, now)
    place = next(iter(form.get("touchpoint", [])), "")
    where = next((one.touchpoint_name for one in choices.places if one.key == place), "")
    context = {
        "trigger": trigger,
        "title": "New trigger" if trigger is None else f"Trigger: {where}" if where else "Trigger",
        "form": form,
        "rows": {kind: row_count(form, kind) for kind in ("when", "instead")},
        "choices": choices,
        "channels": CHANNELS,
        "tests": TESTS,
        "units": [*UNITS, "seconds"],
        "weekdays": [day.value for day in Weekday],
        "faults": faults,
        "run": run,
        "tried": tried,
        "days": DAYS,
        "decision_words": decision_words,
        "short_words": short_words,
    }
    return Template("feedback/trigger.html", context=context, status_code=422 if faults else 200)


STAFF = [triggers_page, new_trigger_page, make_trigger, trigger_page, change_trigger, end_trigger]
