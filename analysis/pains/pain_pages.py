"""The pages of pain points: the list, and one of them with its history, its owner and its actions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from analysis.asked import Asked
from analysis.finding import VERDICT_WORDS
from analysis.pains.exports.description import figures, summary
from analysis.pains.keep_pains import add_hypothesis, link_action, set_owner, set_status, unlink_action
from analysis.pains.load_pain import load_pain
from analysis.pains.pain_file_pages import DEPENDENCIES, load_asked
from analysis.pains.pain_list import PainList, PainOrder
from analysis.pains.pain_point import PainStatus
from analysis.pains.pain_words import EVIDENCE_WORDS, STATUS_WORDS, groups_of, is_hypothesis, orders_in_words
from analysis.pains.pains_asked import PainsAsked
from core.errors import Fault, Invalid
from surveys.journeys import list_journeys

LONGEST_NUMBER = 10  # digits; with one less every number fits its column
ONE = "/pain-points/{journey:str}/{touchpoint:str}/{what:str}"
MOST_QUOTED = 30  # of a list; the page of each pain point has its own quotes, and the files have all
EDITOR = {"role": Role.EDITOR}
WORDS = {
    "verdict_words": VERDICT_WORDS,
    "status_words": STATUS_WORDS,
    "evidence_words": EVIDENCE_WORDS,
    "is_hypothesis": is_hypothesis,
    "figures": figures,
    "summary": summary,
}
# How each kind of file is called, under what it is for.
FILE_NAMES = (
    ("For a spreadsheet", (("xlsx", "Excel (XLSX)"), ("csv", "CSV"))),
    (
        "For a tracker",
        (("jira.csv", "Jira"), ("linear.csv", "Linear"), ("azure.csv", "Azure DevOps"), ("github.csv", "GitHub")),
    ),
    ("For programs and pages", (("json", "JSON"), ("md", "Markdown"))),
)


class HypothesisForm(Struct, frozen=True, kw_only=True):
    """As a browser posts it; the page shows it again where something is wrong with it."""

    touchpoint: str = ""
    title: str = ""


class StatusForm(Struct, frozen=True, kw_only=True):
    status: str = ""
    note: str = ""


class OwnerForm(Struct, frozen=True, kw_only=True):
    owner: str = ""


class ActionChoice(Struct, frozen=True, kw_only=True):
    action: str = ""


@get("/pain-points", include_in_schema=False, dependencies=DEPENDENCIES)
async def pains_page(
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    pains_asked: NamedDependency[PainsAsked],
    journey: FromQuery[str] = "",
) -> Template:
    """Of the journey asked for, or of the first."""
    return await _list_page(member, journey, asked, pains_asked)


@post("/pain-points/{journey:str}", opt=EDITOR, include_in_schema=False, dependencies=DEPENDENCIES)
async def save_hypothesis(
    journey: FromPath[str],
    data: URLEncodedBody[HypothesisForm],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    pains_asked: NamedDependency[PainsAsked],
    now: NamedDependency[datetime],
) -> Response[Any] | Template:
    """Keep what a workshop suspects, or show the form again with what is wrong with it."""
    try:
        pain_id = await add_hypothesis(member.workspace, journey, data.touchpoint, data.title, member.user, now)
    except Invalid as fault:
        return await _list_page(member, journey, asked, pains_asked, data, fault.faults)
    return _to(member, pain_id, asked)


@get(ONE, include_in_schema=False)
async def pain_page(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    what: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
) -> Template:
    return await _pain_page(member, _id_of(journey, touchpoint, what), asked)


@post(ONE + "/status", opt=EDITOR, include_in_schema=False)
async def save_status(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    what: FromPath[str],
    data: URLEncodedBody[StatusForm],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    now: NamedDependency[datetime],
) -> Response[Any] | Template:
    pain_id = _id_of(journey, touchpoint, what)
    try:
        await set_status(member.workspace, pain_id, _status_of(data.status), data.note, member.user, now)
    except Invalid as fault:
        return await _pain_page(member, pain_id, asked, data, fault.faults)
    return _to(member, pain_id, asked)


@post(ONE + "/owner", opt=EDITOR, include_in_schema=False)
async def save_owner(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    what: FromPath[str],
    data: URLEncodedBody[OwnerForm],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    now: NamedDependency[datetime],
) -> Response[Any] | Template:
    """Empty: the owner of the touchpoint again."""
    pain_id = _id_of(journey, touchpoint, what)
    try:
        await set_owner(member.workspace, pain_id, data.owner, now)
    except Invalid as fault:
        return await _pain_page(member, pain_id, asked, data, fault.faults)
    return _to(member, pain_id, asked)


@post(ONE + "/actions", opt=EDITOR, include_in_schema=False)
async def save_action_link(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    what: FromPath[str],
    data: URLEncodedBody[ActionChoice],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    now: NamedDependency[datetime],
) -> Response[Any] | Template:
    pain_id = _id_of(journey, touchpoint, what)
    try:
        await link_action(member.workspace, pain_id, _action_of(data.action), now)
    except Invalid as fault:
        return await _pain_page(member, pain_id, asked, data, fault.faults)
    return _to(member, pain_id, asked)


@post(ONE + "/actions/{linked:int}/unlink", opt=EDITOR, include_in_schema=False)
async def drop_action_link(
    journey: FromPath[str],
    touchpoint: FromPath[str],
    what: FromPath[str],
    linked: FromPath[int],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
) -> Response[Any]:
    pain_id = _id_of(journey, touchpoint, what)
    await unlink_action(member.workspace, pain_id, linked)
    return _to(member, pain_id, asked)


async def _list_page(
    member: Member,
    journey: str,
    asked: Asked,
    pains_asked: PainsAsked,
    form: HypothesisForm | None = None,
    faults: Sequence[Fault] = (),
) -> Template:
    journeys = await list_journeys(member.workspace)
    chosen = journey or (journeys[0].key if journeys else "")
    pains = await load_asked(member.workspace, chosen, asked, pains_asked, MOST_QUOTED) if chosen else None
    context = {
        **WORDS,
        "journeys": journeys,
        "pains": pains,
        "groups": groups_of(pains) if pains else [],
        "orders_words": orders_in_words(pains) if pains else "",
        "most_loss": _most_loss(pains) if pains else 0.0,
        "asked": asked,
        "pains_asked": pains_asked,
        "orders": PainOrder,
        "files": FILE_NAMES,
        "form": form or HypothesisForm(),
        "faults": {fault.field: fault.message for fault in faults},
    }
    return Template("analysis/pains.html", context=context, status_code=422 if faults else 200)


def _most_loss(pains: PainList) -> float:
    """The scale of the bars."""
    return max((pain.loss_hi or 0.0 for pain in pains.rows), default=0.0)


async def _pain_page(
    member: Member,
    pain_id: str,
    asked: Asked,
    form: StatusForm | OwnerForm | ActionChoice | None = None,
    faults: Sequence[Fault] = (),
) -> Template:
    page = await load_pain(member.workspace, pain_id, asked.of_all())
    context = {
        **WORDS,
        "page": page,
        "pain": page.pain,
        "asked": asked,
        "statuses": PainStatus,
        "status_form": form if isinstance(form, StatusForm) else StatusForm(status=page.pain.status),
        "owner_form": form if isinstance(form, OwnerForm) else OwnerForm(owner=page.own_owner),
        "action_form": form if isinstance(form, ActionChoice) else ActionChoice(),
        "faults": {fault.field: fault.message for fault in faults},
    }
    return Template("analysis/pain.html", context=context, status_code=422 if faults else 200)


def _id_of(journey: str, touchpoint: str, what: str) -> str:
    return f"{journey}/{touchpoint}/{what}"


def _to(member: Member, pain_id: str, asked: Asked) -> Response[Any]:
    """Back to the page, over the days it showed."""
    return Redirect(f"/w/{member.workspace_key}/pain-points/{pain_id}?{asked.part()}", status_code=303)


def _status_of(words: str) -> PainStatus:
    try:
        return PainStatus(words)
    except ValueError:
        raise Invalid(Fault("status", "choose one of the list")) from None


def _action_of(words: str) -> int:
    if not (words.isascii() and words.isdigit() and len(words) < LONGEST_NUMBER):
        raise Invalid(Fault("action", "choose an action of the list"))
    return int(words)


STAFF = [
    pains_page,
    save_hypothesis,
    pain_page,
    save_status,
    save_owner,
    save_action_link,
    drop_action_link,
]
