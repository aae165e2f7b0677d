"""Publishing: a version only where something changed, also under many hands."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from core.database import fetch, transaction
from core.errors import Invalid, NotFound
from surveys.definition import Question, SurveyDefinition
from surveys.instruments import Instrument
from surveys.publish import Change, publish, publish_all

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SURVEY = SurveyDefinition(
    key="after-demo", name="After", title="Your demo", questions=(Question("felt", Instrument.ANCHOR, "How?"),)
)
REWORDED = msgspec.structs.replace(SURVEY, intro="Two questions.")


@pytest.fixture
async def workspace(database: None) -> int:
    rows = await fetch("INSERT INTO workspace (key, name, created_at) VALUES ('a', 'A', now()) RETURNING id")
    return int(rows[0]["id"])


async def versions() -> list[tuple[int, str]]:
    rows = await fetch(
        "SELECT number, coalesce(definition ->> 'intro', '') AS intro FROM survey_version ORDER BY number"
    )
    return [(row["number"], row["intro"]) for row in rows]


async def test_the_same_definition_is_published_once(workspace: int) -> None:
    assert [await publish(workspace, SURVEY, NOW), await publish(workspace, SURVEY, NOW)] == [1, 1]
    assert await versions() == [(1, "")]


async def test_a_change_becomes_the_next_version_and_going_back_another(workspace: int) -> None:
    assert [await publish(workspace, one, NOW) for one in (SURVEY, REWORDED, SURVEY)] == [1, 2, 3]
    assert await versions() == [(1, ""), (2, "Two questions."), (3, "")]


async def test_a_version_stored_with_every_default_written_out_is_the_same(workspace: int) -> None:
    await publish(workspace, SURVEY, NOW)
    question = {"key": "felt", "instrument": "anchor", "text": "How?", "required": False, "emotions": []}
    old = {"key": "after-demo", "name": "After", "language": "en", "title": "Your demo", "intro": "", "thanks": ""}
    stored = msgspec.json.encode({**old, "questions": [question]}).decode()
    await fetch("DELETE FROM survey_version")
    await fetch("INSERT INTO survey_version (survey, number, definition, published_at) "
                "SELECT id, 7, $1::jsonb, now() FROM survey", stored)  # fmt: skip
    assert await publish(workspace, SURVEY, NOW) == 7
    assert await publish(workspace, REWORDED, NOW) == 8


async def test_what_became_of_each_is_told_by_its_key(workspace: int) -> None:
    other = msgspec.structs.replace(SURVEY, key="after-call")
    await publish(workspace, SURVEY, NOW)
    found = await publish_all(workspace, [other, SURVEY], NOW)
    assert {key: (one.number, one.change) for key, one in found.items()} == {
        "after-call": (1, Change.CREATED),
        "after-demo": (1, Change.UNCHANGED),
    }
    assert (await publish_all(workspace, [REWORDED], NOW))["after-demo"].change is Change.UPDATED


async def test_a_version_holds_exactly_what_was_asked(workspace: int) -> None:
    await publish(workspace, SURVEY, NOW)
    rows = await fetch("SELECT definition, published_at FROM survey_version")
    assert msgspec.json.decode(rows[0]["definition"], type=SurveyDefinition) == SURVEY
    assert rows[0]["published_at"] == NOW


async def test_five_who_publish_the_same_at_once_make_one_version(workspace: int) -> None:
    assert await asyncio.gather(*[publish(workspace, SURVEY, NOW) for _ in range(5)]) == [1] * 5
    assert await asyncio.gather(*[publish(workspace, REWORDED, NOW) for _ in range(5)]) == [2] * 5
    assert await versions() == [(1, ""), (2, "Two questions.")]


async def test_two_who_publish_the_same_surveys_in_opposite_orders_do_not_block_each_other(workspace: int) -> None:
    other = msgspec.structs.replace(SURVEY, key="after-call")
    first_is_half_done = asyncio.Event()

    async def forwards() -> None:
        async with transaction():
            await publish(workspace, SURVEY, NOW)
            first_is_half_done.set()
            await asyncio.sleep(0.2)  # long enough for the other to take its first survey, if nothing holds it
            await publish(workspace, other, NOW)

    async def backwards() -> None:
        await first_is_half_done.wait()
        async with transaction():
            await publish(workspace, other, NOW)
            await publish(workspace, SURVEY, NOW)

    await asyncio.gather(forwards(), backwards())
    assert await versions() == [(1, ""), (1, "")]


async def test_the_same_key_in_another_workspace_is_another_survey(workspace: int) -> None:
    rows = await fetch("INSERT INTO workspace (key, name, created_at) VALUES ('b', 'B', now()) RETURNING id")
    assert await publish(workspace, SURVEY, NOW) == await publish(rows[0]["id"], REWORDED, NOW) == 1


async def test_a_survey_that_cannot_be_asked_is_not_published(workspace: int) -> None:
    with pytest.raises(Invalid):
        await publish(workspace, msgspec.structs.replace(SURVEY, questions=()), NOW)
    assert await versions() == []


async def test_nothing_is_published_in_a_workspace_that_does_not_exist(workspace: int) -> None:
    with pytest.raises(NotFound):
        await publish(workspace + 1, SURVEY, NOW)
