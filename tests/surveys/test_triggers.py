"""Triggers one at a time: the same rows as a journey file's asks."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from core.errors import Invalid, NotFound
from surveys.ask_file import AskChannel, AskFile
from surveys.export_journey import export_journey
from surveys.import_journey import import_journey
from surveys.trigger_words import rule_words
from surveys.triggers import list_places, list_triggers, load_trigger, save_trigger, stop_trigger
from tests.surveys.test_import_journey import JOURNEY, LATER, make_workspace
from tests.surveys.test_trigger_file import GOOD, read_journey

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASK = AskFile("after-call", timedelta(hours=1), timedelta(days=7), share=0.5)


@pytest.fixture
async def workspace(database: None) -> int:
    found = await make_workspace("a")
    await import_journey(found, JOURNEY, NOW)
    return found


async def test_what_a_page_saves_is_in_the_file_and_the_file_changes_nothing_then(workspace: int) -> None:
    saved = await save_trigger(workspace, "buying/silent", replace(ASK, event="x.y"), None, NOW)
    file = await export_journey(workspace, "buying")
    assert file.stages[0].touchpoints[1].asks == (replace(ASK, event="x.y"),)
    imported = await import_journey(workspace, file, LATER)
    assert (imported.created, imported.updated, imported.removed) == (0, 0, 0)
    assert (await load_trigger(workspace, saved)).ask.event == "x.y"


async def test_a_changed_rule_keeps_the_trigger_and_a_changed_channel_makes_another(workspace: int) -> None:
    first = (await list_triggers(workspace))[0]
    same = await save_trigger(workspace, "buying/online-demo", replace(first.ask, share=0.1), first.id, NOW)
    assert same == first.id
    assert (await load_trigger(workspace, same)).ask.share == 0.1
    link = replace(first.ask, channel=AskChannel.LINK)
    other = await save_trigger(workspace, "buying/online-demo", link, first.id, NOW)
    assert other != first.id
    assert {one.id for one in await list_triggers(workspace)} == {other, first.id + 1, first.id + 2}


async def test_a_stopped_trigger_comes_back_with_its_id(workspace: int) -> None:
    first = (await list_triggers(workspace))[0]
    await stop_trigger(workspace, first.id, NOW)
    with pytest.raises(NotFound):
        await load_trigger(workspace, first.id)
    assert await save_trigger(workspace, "buying/online-demo", first.ask, None, NOW) == first.id


@pytest.mark.parametrize(
    ("place", "ask", "field"),
    [
        ("buying/online-demo", replace(ASK, survey="after-demo"), "survey"),
        ("buying/silent", ASK, "event"),
        ("buying/none", ASK, "touchpoint"),
        ("selling/silent", ASK, "touchpoint"),
        ("buying/silent", replace(ASK, event="a", survey="none"), "survey"),
        ("buying/silent", replace(ASK, event="a", wait=timedelta(days=9)), "expires"),
    ],
)
async def test_a_fault_names_its_field_and_nothing_is_stored(
    place: str, ask: AskFile, field: str, workspace: int
) -> None:
    before = await list_triggers(workspace)
    with pytest.raises(Invalid) as caught:
        await save_trigger(workspace, place, ask, None, NOW)
    assert [fault.field for fault in caught.value.faults] == [field]
    assert await list_triggers(workspace) == before


async def test_a_touchpoint_has_one_schedule(workspace: int) -> None:
    every = replace(ASK, every=timedelta(days=90))
    await save_trigger(workspace, "buying/silent", every, None, NOW)
    with pytest.raises(Invalid) as caught:
        await save_trigger(workspace, "buying/silent", replace(every, survey="after-demo"), None, NOW)
    assert [fault.field for fault in caught.value.faults] == ["every"]


async def test_nothing_of_another_workspace_is_seen_or_touched(workspace: int) -> None:
    other = await make_workspace("b")
    first = (await list_triggers(workspace))[0]
    assert (await list_triggers(other), await list_places(other)) == ([], [])
    with pytest.raises(NotFound):
        await load_trigger(other, first.id)
    with pytest.raises(NotFound):
        await stop_trigger(other, first.id, NOW)
    with pytest.raises(NotFound):
        await save_trigger(other, "buying/online-demo", first.ask, first.id, NOW)
    assert (await list_triggers(workspace))[0] == first


async def test_rules_are_said_in_plain_words(workspace: int) -> None:
    file = read_journey(GOOD, "journey.yaml")
    asks = [ask for touchpoint in file.stages[0].touchpoints for ask in touchpoint.asks]
    said = [rule_words(ask, ask.event or "order.delivered") for ask in asks]
    assert said == [
        "2 hours after order.delivered, if event.total is at least 100 and at most 1000.5 and "
        "contact.country is known, Mon, Tue, Wed 9–18 their time, half of them, "
        "short instead for pro, why instead in 25 % of cases, "
        "one reminder after 3 days",
        "at once after order.delivered",
        "at once after order.delivered",
        "at once after an answer to delivered, if event.felt is at most 2",
        "every 90 days, each contact at a moment of their own",
    ]
