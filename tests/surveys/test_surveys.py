"""What is stored of surveys, as pages and commands read it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from accounts.membership import create_workspace
from core.errors import NotFound
from surveys.definition import Question, SurveyDefinition
from surveys.instruments import Instrument
from surveys.publish import publish
from surveys.surveys import has_survey, list_surveys, list_versions, load_survey
from surveys.texts import languages

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
PLAIN = SurveyDefinition(key="after-demo", name="After the demo", questions=(Question("felt", Instrument.ANCHOR),))
WORDED = msgspec.structs.replace(
    PLAIN, title="Your demo", questions=(*PLAIN.questions, Question("why", Instrument.COMMENT))
)
OTHER = msgspec.structs.replace(PLAIN, key="after-call", name="A call")


@pytest.fixture
async def workspace(database: None) -> int:
    made = await create_workspace("acme", "Acme", NOW)
    await publish(made, PLAIN, NOW)
    await publish(made, WORDED, LATER)
    await publish(made, OTHER, NOW)
    return made


@pytest.fixture
async def elsewhere(workspace: int) -> int:
    return await create_workspace("other", "Other", NOW)


async def test_surveys_are_listed_by_name_as_their_latest_version_says(workspace: int, elsewhere: int) -> None:
    call, demo = await list_surveys(workspace)
    assert (call.key, call.name, call.number, call.published_at, call.questions) == ("after-call", "A call", 1, NOW, 1)
    assert set(call.languages) == set(languages())
    assert (demo.key, demo.number, demo.published_at, demo.questions) == ("after-demo", 2, LATER, 2)
    assert demo.languages == ("en",)
    assert await list_surveys(elsewhere) == []


async def test_a_survey_is_its_latest_version_unless_another_is_asked_for(workspace: int) -> None:
    latest, first = await load_survey(workspace, "after-demo"), await load_survey(workspace, "after-demo", 1)
    assert (latest.number, latest.definition, latest.published_at) == (2, WORDED, LATER)
    assert (first.number, first.definition, first.published_at) == (1, PLAIN, NOW)
    assert first.survey == latest.survey
    assert first.id != latest.id


async def test_versions_are_listed_the_latest_first(workspace: int) -> None:
    versions = await list_versions(workspace, "after-demo")
    assert [(one.number, one.published_at) for one in versions] == [(2, LATER), (1, NOW)]
    assert versions[0].id == (await load_survey(workspace, "after-demo")).id


async def test_what_is_not_there_or_belongs_to_another_workspace_is_not_found(workspace: int, elsewhere: int) -> None:
    for place, key in ((workspace, "moon"), (elsewhere, "after-demo")):
        with pytest.raises(NotFound, match=f"There is no survey {key}."):
            await load_survey(place, key)
        with pytest.raises(NotFound):
            await list_versions(place, key)
        assert not await has_survey(place, key)
    with pytest.raises(NotFound, match="Survey after-demo has no version 3"):
        await load_survey(workspace, "after-demo", 3)
    assert await has_survey(workspace, "after-demo")
