"""A survey tried out by the staff, published or still a draft: the page that customers see, with nothing stored."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Invalid
from feedback.answering.answer_screen import Values, screen_at, shown_to, values_of
from feedback.answering.answer_template import answer_template
from feedback.answering.asking import Asking, AskingChannel, SaidPromise, StoredResponse
from feedback.answering.read_form import read_form
from surveys.answering import Form
from surveys.definition import SurveyDefinition
from surveys.given_answer import GivenAnswer
from surveys.survey_file import read_survey, write_survey
from surveys.surveys import load_survey
from surveys.taking import take_screen
from surveys.wording import language_for

LARGEST_PREVIEW = 2 * 1024 * 1024  # bytes: the survey's file travels with every screen
PROMISE = SaidPromise("Here stands the promise of the touchpoint, in its own words.", "")


@get("/surveys/{survey:str}/preview", include_in_schema=False)
async def preview_page(
    request: Request[Any, Any, Any],
    survey: FromPath[str],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    version: FromQuery[int | None] = None,
    lang: FromQuery[str | None] = None,
) -> Response[Any]:
    """The first screen of a version, the latest if no number is asked for."""
    found = await load_survey(member.workspace, survey, version)
    return await _screen(request, _asking(member, found.definition, {}, now), lang or "")


@post(
    "/surveys/preview",
    opt={"role": Role.VIEWER},  # it changes nothing
    include_in_schema=False,
    status_code=200,
    request_max_body_size=LARGEST_PREVIEW,
)
async def preview_draft(
    request: Request[Any, Any, Any], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    """The screen after what was filled in; the survey itself, as its file says, and all answers travel in the form."""
    values, _ = await read_form(request)
    at = next(iter(values.get("_at", [])), None)
    language = "".join(values.get("_lang", []))
    if at is None:  # it comes from the editor, or starts again
        return await _screen(request, _asking(member, _draft(values, "text"), {}, now), language)
    definition = _draft(values, "_survey")
    form = {name: found for name, found in values.items() if not name.startswith("_")}
    asking = _asking(member, definition, {}, now)
    shown = shown_to(asking, language_for(definition, language))
    try:
        taken = take_screen(shown.survey, {}, form, at, shown.attributes, shown.texts)
    except Invalid as fault:
        return await _screen(request, asking, language, at, form, fault)
    asking = _asking(member, definition, taken.answers, now)
    if taken.is_complete:
        context = {"is_again": False, "may_change": False, **_previewed(request, definition, language)}
        return await answer_template(request, shown_to(asking, shown.language), "answered", context, preview=True)
    return await _screen(request, asking, language, taken.next)


def _draft(values: Values, field: str) -> SurveyDefinition:
    return read_survey("\n".join(values.get(field, [])), "survey.yaml")


async def _screen(
    request: Request[Any, Any, Any],
    asking: Asking,
    language: str,
    at: str | None = None,
    form: Form | None = None,
    fault: Invalid | None = None,
) -> Response[Any]:
    shown = shown_to(asking, language_for(asking.definition, language))
    screen = screen_at(shown, at, form, fault.faults if fault else ())
    here = {question.key for question in screen.questions}
    answered = values_of(asking.answers) if form is None else form
    carried = [
        (name, value) for name, found in answered.items() if name.partition(".")[0] not in here for value in found
    ]
    previewed = _previewed(request, asking.definition, language)
    context = {
        "screen": screen,
        "carried": [("_survey", previewed["draft"]), ("_lang", language), *carried],
        **previewed,
    }
    return await answer_template(request, shown, "open", context, 422 if fault else 200, preview=True)


def _previewed(request: Request[Any, Any, Any], definition: SurveyDefinition, language: str) -> dict[str, Any]:
    """What every screen needs to go on, and to start again: a draft has no address of its own."""
    action = f"/w/{request.path_params['workspace']}/surveys/preview"
    draft = write_survey(definition, "yaml")
    return {"action": action, "draft": draft, "draft_language": language, "address": lambda *_, **__: action}


def _asking(member: Member, definition: SurveyDefinition, answers: dict[str, GivenAnswer], now: datetime) -> Asking:
    """As if by mail, at no touchpoint; opening and closing dates and quotas are not asked about."""
    response = StoredResponse(0, False, now, None, {}, tuple(answers.values())) if answers else None
    return Asking(
        workspace=member.workspace,
        workspace_name=member.workspace_name,
        touchpoint=0,
        survey=0,
        survey_version=0,
        definition=definition,
        channel=AskingChannel.MAIL,
        occurred_at=now,
        promise=PROMISE,
        response=response,
    )


STAFF = [preview_page, preview_draft]
