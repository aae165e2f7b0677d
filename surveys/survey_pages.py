"""The staff's pages of surveys: the list, what each asks, and the editor."""

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
from core.errors import Fault, Invalid
from surveys.branching import longest_way
from surveys.definition import SurveyDefinition
from surveys.fault_lines import line_of
from surveys.outline import outline_of, quota_words
from surveys.publish import Change, publish_all
from surveys.starters import PHASES, starters
from surveys.starters import starter as find_starter
from surveys.survey_file import read_survey, survey_warnings, write_survey
from surveys.surveys import has_survey, list_surveys, list_versions, load_survey
from surveys.texts import own_name
from surveys.wording import languages_of

PUBLISH = "publish"
_FILE = "file"  # where a fault stands that is about the text as a whole


class DraftForm(Struct, frozen=True):
    """The editor's: `act` is the name of the button, `check` or `publish`."""

    text: str = ""
    act: str = "check"


@get("/surveys", include_in_schema=False)
async def surveys_page(member: NamedDependency[Member]) -> Template:
    context = {
        "surveys": await list_surveys(member.workspace),
        "starters": [one for one in starters() if one.key not in PHASES],
        "phases": [one for one in starters() if one.key in PHASES],
        "outline_of": outline_of,
    }
    return Template("surveys/surveys.html", context=context)


@get("/surveys/new", opt={"role": Role.EDITOR}, include_in_schema=False)
async def new_survey_page(starter: FromQuery[str] = "anchor") -> Template:
    return _editor(write_survey(find_starter(starter), "yaml"), survey="")


@post("/surveys/new", opt={"role": Role.EDITOR}, status_code=200, include_in_schema=False)
async def make_survey(
    data: URLEncodedBody[DraftForm], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    return await _take(member, data, "", now)


@get("/surveys/{survey:str}", include_in_schema=False)
async def survey_page(
    survey: FromPath[str], member: NamedDependency[Member], version: FromQuery[int | None] = None
) -> Template:
    """The latest version, or the one asked for."""
    found = await load_survey(member.workspace, survey, version)
    context = {
        "found": found,
        "survey": found.definition,
        "versions": await list_versions(member.workspace, survey),
        "outline": outline_of(found.definition),
        "quotas": [quota_words(quota) for quota in found.definition.quotas],
        "languages": [(language, own_name(language)) for language in languages_of(found.definition)],
        "longest_way": longest_way(found.definition),
    }
    return Template("surveys/survey.html", context=context)


@get("/surveys/{survey:str}/survey.yaml", include_in_schema=False)
async def save_survey(
    survey: FromPath[str], member: NamedDependency[Member], version: FromQuery[int | None] = None
) -> Response[str]:
    """The version as a file to take away, which can be published again."""
    found = await load_survey(member.workspace, survey, version)
    name = f"{found.definition.key}-{found.number}.yaml"
    return Response(
        write_survey(found.definition, "yaml"),
        media_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@get("/surveys/{survey:str}/edit", opt={"role": Role.EDITOR}, include_in_schema=False)
async def edit_survey_page(survey: FromPath[str], member: NamedDependency[Member]) -> Template:
    found = await load_survey(member.workspace, survey)
    return _editor(write_survey(found.definition, "yaml"), survey=survey)


@post("/surveys/{survey:str}/edit", opt={"role": Role.EDITOR}, status_code=200, include_in_schema=False)
async def change_survey(
    survey: FromPath[str],
    data: URLEncodedBody[DraftForm],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
) -> Response[Any]:
    await load_survey(member.workspace, survey)
    return await _take(member, data, survey, now)


async def _take(member: Member, form: DraftForm, survey: str, now: datetime) -> Response[Any]:
    """Check the draft, and publish it if that is what was asked for; what was typed stays in the editor.

    `survey` is the key of the one that is edited, empty for a new one.
    """
    publishes = form.act == PUBLISH
    try:
        definition = read_survey(form.text, _FILE)
        await _refuse_foreign_key(member, definition.key, survey)
    except Invalid as invalid:
        # To be told what is wrong is what a check asks for; only a refused publishing is an error.
        return _editor(form.text, survey, faults=invalid.faults, status=422 if publishes else 200)
    if not publishes:
        return _editor(form.text, survey, notices=_notices(definition))
    published = (await publish_all(member.workspace, [definition], now))[definition.key]
    if published.change is Change.UNCHANGED:
        said = f"Nothing changed: this is what version {published.number} asks. No new version was made."
        return _editor(form.text, survey, notices=[said])
    return Redirect(f"/w/{member.workspace_key}/surveys/{definition.key}", status_code=303)


async def _refuse_foreign_key(member: Member, key: str, survey: str) -> None:
    """Nobody publishes over another survey than the one they opened. Raises Invalid."""
    if survey and key != survey:
        raise Invalid(Fault("key", f"you are editing {survey}; keep its key, or start a new survey for another"))
    if not survey and await has_survey(member.workspace, key):
        raise Invalid(Fault("key", f"there is a survey {key} already; edit that one, or give this one another key"))


def _notices(definition: SurveyDefinition) -> list[str]:
    languages = ", ".join(own_name(language) for language in languages_of(definition))
    asked = longest_way(definition)
    said = f"No faults: {asked} question{'' if asked == 1 else 's'} at most, in {languages}."
    return [said, *(f"Note: {warning}." for warning in survey_warnings(definition))]


def _editor(
    text: str, survey: str, *, faults: Sequence[Fault] = (), notices: Sequence[str] = (), status: int = 200
) -> Template:
    lines = {fault.field: line_of(text, fault.field) for fault in faults if fault.field != _FILE}
    context = {"text": text, "key": survey, "faults": faults, "lines": {_FILE: None, **lines}, "notices": notices}
    return Template("surveys/edit.html", context=context, status_code=status)


STAFF = [
    surveys_page,
    new_survey_page,
    make_survey,
    survey_page,
    save_survey,
    edit_survey_page,
    change_survey,
]
