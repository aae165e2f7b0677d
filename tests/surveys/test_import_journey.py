"""Importing a journey: by key, all or nothing, and the same file twice changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from core.database import Row, fetch
from core.errors import Invalid, NotFound
from surveys.definition import Question, SurveyDefinition
from surveys.export_journey import export_journey
from surveys.import_journey import ImportedJourney, import_journey
from surveys.instruments import Instrument
from surveys.journey_file import (
    AskFile,
    Channel,
    JourneyFile,
    Period,
    PersonaFile,
    PersonaKind,
    PromiseFile,
    StageFile,
    TouchpointFile,
    read_journey,
)
from surveys.journeys import active_triggers, list_journeys, load_journey, persona_ids, touchpoints_by_name

DEMO = Path(__file__).parents[2] / "demo" / "journey.yaml"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TABLES = ("persona", "journey", "stage", "touchpoint", "promise", "survey", "survey_version", "trigger")

OLD_PROMISE = PromiseFile(claim="Forty minutes.", valid_from=date(2024, 1, 1), valid_to=date(2024, 12, 31), level=0.1)
NEW_PROMISE = PromiseFile(claim="95 % within {30} minutes.", valid_from=date(2025, 1, 1), share=0.95)
ASK_DEMO = AskFile("after-demo", timedelta(hours=2), timedelta(days=14))
ASK_CALL = AskFile("after-call", timedelta(0), timedelta(seconds=90))
# Written backwards where the order is the file's own: the later promise first, surveys and personas not by key.
ONLINE_DEMO = TouchpointFile(
    key="online-demo",
    name="Online demo",
    period=Period.BEFORE,
    step="See it \"live\"\nwith $1, {} and 'quotes'",
    channel=Channel.VIDEO,
    goals=("A, b", "{c}", 'd "e"', "NULL"),
    event="demo.held",
    promises=(NEW_PROMISE, OLD_PROMISE),
    asks=(ASK_DEMO, ASK_CALL),
)
CALL = TouchpointFile(
    key="call", name="Call", period=Period.AFTER, channel=Channel.PHONE, event="call.ended", asks=(ASK_CALL,)
)
SILENT = TouchpointFile(key="silent", name="Silent", period=Period.DURING, channel=Channel.IN_PERSON)


def survey(key: str, text: str = "How?") -> SurveyDefinition:
    return SurveyDefinition(key=key, name=key, title="T", questions=(Question("felt", Instrument.ANCHOR, text),))


JOURNEY = JourneyFile(
    key="buying",
    name="Buying",
    personas=(
        PersonaFile("rep", "Rep", PersonaKind.CUSTOMER, "Sells."),
        PersonaFile("council", "Council", PersonaKind.STAKEHOLDER),
    ),
    surveys=(survey("after-demo"), survey("after-call")),
    stages=(
        StageFile("trying", "Trying", "Consideration", (ONLINE_DEMO, SILENT)),
        StageFile("living", "Living", "Usage", (CALL,)),
        StageFile("leaving", "Leaving", "Loyalty"),
    ),
)


@pytest.fixture
async def workspace(database: None) -> int:
    return await make_workspace("a")


async def make_workspace(key: str) -> int:
    rows = await fetch("INSERT INTO workspace (key, name, created_at) VALUES ($1, $1, now()) RETURNING id", key)
    return int(rows[0]["id"])


async def everything() -> dict[str, list[Row]]:
    return {table: await fetch(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


def with_touchpoints(*touchpoints: TouchpointFile) -> JourneyFile:
    """The journey with these touchpoints in its first stage, none in the second, and no third one."""
    first, second, _ = JOURNEY.stages
    stages = (msgspec.structs.replace(first, touchpoints=touchpoints), msgspec.structs.replace(second, touchpoints=()))
    return msgspec.structs.replace(JOURNEY, stages=stages)


async def ids_by_key(table: str) -> dict[str, int]:
    return {row["key"]: row["id"] for row in await fetch(f"SELECT id, key FROM {table}")}


async def test_what_is_imported_is_exported(workspace: int) -> None:
    imported = await import_journey(workspace, JOURNEY, NOW)
    assert await export_journey(workspace, "buying") == JOURNEY
    assert imported.summary() == "14 created, 0 updated, 0 unchanged, 0 removed"


async def test_the_demo_comes_back_as_it_was_written(workspace: int) -> None:
    file = read_journey(DEMO.read_text(encoding="utf-8"), DEMO.name)
    await import_journey(workspace, file, NOW)
    assert await export_journey(workspace, file.key) == file


async def test_the_overall_touchpoint_comes_back_and_can_be_taken_out_again(workspace: int) -> None:
    named = msgspec.structs.replace(JOURNEY, overall="call")
    await import_journey(workspace, named, NOW)
    assert await export_journey(workspace, "buying") == named
    assert (await load_journey(workspace, "buying")).overall == "call"
    imported = await import_journey(workspace, JOURNEY, LATER)
    assert imported.summary() == "0 created, 1 updated, 13 unchanged, 0 removed"
    assert await export_journey(workspace, "buying") == JOURNEY


async def test_the_same_file_twice_changes_nothing(workspace: int) -> None:
    first = await import_journey(workspace, JOURNEY, NOW)
    before = await everything()
    assert await import_journey(workspace, JOURNEY, LATER) == ImportedJourney(
        journey=first.journey, created=0, updated=0, unchanged=14, removed=0
    )
    assert await everything() == before


async def test_five_imports_at_once_make_one_journey(workspace: int) -> None:
    imported = await asyncio.gather(*[import_journey(workspace, JOURNEY, NOW) for _ in range(5)])
    assert sorted(one.created for one in imported) == [0, 0, 0, 0, 14]
    assert await export_journey(workspace, "buying") == JOURNEY


async def test_a_change_updates_its_row_and_no_other(workspace: int) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    before = await everything()
    changed = msgspec.structs.replace(
        JOURNEY, surveys=(survey("after-demo", "How was it?"), JOURNEY.surveys[1]), description="Told anew."
    )
    imported = await import_journey(workspace, changed, LATER)
    assert (imported.created, imported.updated, imported.unchanged) == (0, 2, 12)
    assert await export_journey(workspace, "buying") == changed
    after = await everything()
    assert {table for table in TABLES if after[table] != before[table]} == {"journey", "survey_version"}
    assert after["journey"][0]["updated_at"] == LATER
    assert [row["number"] for row in after["survey_version"]] == [1, 1, 2]


async def test_what_the_file_no_longer_names_is_marked_and_comes_back_with_its_id(workspace: int) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    before = await ids_by_key("touchpoint")
    shorter = with_touchpoints(SILENT)
    imported = await import_journey(workspace, shorter, LATER)
    assert imported.removed == 2 + 1 + 3  # touchpoints, a stage, asks
    assert [one.key for one in (await load_journey(workspace, "buying")).touchpoints] == ["silent"]
    assert "silent" in await touchpoints_by_name(workspace)
    assert await active_triggers(workspace, ["demo.held", "call.ended"]) == []
    assert len(await fetch("SELECT id FROM promise")) == 2  # answers given meanwhile are still judged by them
    await import_journey(workspace, JOURNEY, LATER)
    assert await ids_by_key("touchpoint") == before
    assert await export_journey(workspace, "buying") == JOURNEY


async def test_an_ask_taken_out_is_asked_no_more_though_its_touchpoint_stays(workspace: int) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    changed = with_touchpoints(msgspec.structs.replace(ONLINE_DEMO, asks=(ASK_DEMO,)), SILENT)
    await import_journey(workspace, changed, LATER)
    # A survey that nobody asks any more is kept, but belongs to no journey.
    assert await export_journey(workspace, "buying") == msgspec.structs.replace(changed, surveys=changed.surveys[:1])
    assert len(await active_triggers(workspace, ["demo.held"])) == 1
    await import_journey(workspace, with_touchpoints(msgspec.structs.replace(ONLINE_DEMO, asks=())), LATER)
    assert [one.has_survey for one in (await load_journey(workspace, "buying")).touchpoints] == [False]


async def test_a_touchpoint_moves_to_another_stage_with_its_id(workspace: int) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    before = await ids_by_key("touchpoint")
    moved = with_touchpoints(CALL, ONLINE_DEMO, SILENT)
    await import_journey(workspace, moved, LATER)
    assert await ids_by_key("touchpoint") == before
    assert await export_journey(workspace, "buying") == moved


async def test_an_ask_under_another_event_is_another_trigger(workspace: int) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    renamed = msgspec.structs.replace(ONLINE_DEMO, event="demo.finished")
    await import_journey(workspace, with_touchpoints(renamed, SILENT), LATER)
    assert await active_triggers(workspace, ["demo.held"]) == []
    assert len(await active_triggers(workspace, ["demo.finished"])) == 2


@pytest.mark.parametrize(
    "promises",
    [(), (OLD_PROMISE,), (OLD_PROMISE, NEW_PROMISE), (msgspec.structs.replace(NEW_PROMISE, share=0.9),)],
)
async def test_promises_are_replaced_as_a_set(workspace: int, promises: tuple[PromiseFile, ...]) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    changed = with_touchpoints(msgspec.structs.replace(ONLINE_DEMO, promises=promises))
    await import_journey(workspace, changed, LATER)
    assert (await export_journey(workspace, "buying")).stages[0].touchpoints[0].promises == promises
    assert len(await fetch("SELECT id FROM promise")) == len(promises)


async def test_a_journey_of_another_workspace_is_not_touched_and_not_seen(workspace: int) -> None:
    other = await make_workspace("b")
    await import_journey(other, JOURNEY, NOW)
    before = await everything()
    await import_journey(workspace, with_touchpoints(), LATER)
    after = await everything()
    assert all(after[table][: len(before[table])] == before[table] for table in TABLES)
    assert await touchpoints_by_name(workspace) == {}
    assert await active_triggers(workspace, ["demo.held"]) == []
    assert await persona_ids(other) != await persona_ids(workspace)


async def test_an_import_that_fails_leaves_nothing_behind(workspace: int) -> None:
    nobody_can_answer = msgspec.structs.replace(JOURNEY.surveys[0], questions=())
    with pytest.raises(Invalid):
        await import_journey(workspace, msgspec.structs.replace(JOURNEY, surveys=(nobody_can_answer,)), NOW)
    assert await fetch("SELECT id FROM persona") == []


@pytest.mark.parametrize("read", [export_journey, load_journey])
async def test_an_unknown_journey_is_not_found(workspace: int, read: Callable[[int, str], Awaitable[object]]) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    for place, key in ((workspace, "selling"), (workspace + 1, "buying")):
        with pytest.raises(NotFound):
            await read(place, key)


async def test_nothing_is_imported_into_a_workspace_that_does_not_exist(workspace: int) -> None:
    with pytest.raises(NotFound):
        await import_journey(workspace + 1, JOURNEY, NOW)


async def test_a_journey_is_listed_with_its_counts(workspace: int) -> None:
    imported = await import_journey(workspace, JOURNEY, NOW)
    (summary,) = await list_journeys(workspace)
    assert (summary.id, summary.key, summary.updated_at) == (imported.journey, "buying", NOW)
    assert (summary.stages, summary.touchpoints, summary.asked) == (3, 3, 2)


async def test_a_journey_is_loaded_in_order_with_everything_a_page_shows(workspace: int) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    journey = await load_journey(workspace, "buying")
    assert [stage.key for stage in journey.stages] == ["trying", "living", "leaving"]
    assert [one.key for one in journey.touchpoints] == ["online-demo", "silent", "call"]
    assert [one.has_survey for one in journey.touchpoints] == [True, False, True]
    assert [persona.key for persona in journey.personas] == ["rep", "council"]
    demo = journey.touchpoints[0]
    assert (demo.step, demo.goals, demo.id) == (
        ONLINE_DEMO.step,
        ONLINE_DEMO.goals,
        (await ids_by_key("touchpoint"))["online-demo"],
    )
    assert [(one.claim, one.level, one.share) for one in demo.promises] == [
        (OLD_PROMISE.claim, 0.1, None),
        (NEW_PROMISE.claim, None, 0.95),
    ]


async def test_a_trigger_asks_the_latest_version(workspace: int) -> None:
    await import_journey(workspace, JOURNEY, NOW)
    changed = msgspec.structs.replace(JOURNEY, surveys=(survey("after-demo", "How was it?"), JOURNEY.surveys[1]))
    await import_journey(workspace, changed, LATER)
    first, second = await active_triggers(workspace, {"demo.held", "unheard.of"})
    assert (first.event, first.touchpoint_key, first.wait_seconds, first.expires_seconds) == (
        "demo.held", "online-demo", 7_200, 14 * 86_400,
    )  # fmt: skip
    versions = await fetch("SELECT id, number FROM survey_version ORDER BY id")
    assert [row["number"] for row in versions if row["id"] in (first.survey_version, second.survey_version)] == [1, 2]
    assert await active_triggers(workspace, []) == []
