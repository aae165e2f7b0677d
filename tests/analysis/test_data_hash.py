"""The hash of a report is one of what it shows: it differs with every figure, and tells nothing of what is hidden."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from analysis.actions import log_action
from analysis.before_after import Action
from analysis.data_hash import with_data_hash
from analysis.load_drivers import load_drivers
from analysis.load_full_report import load_full_report
from analysis.load_report import Period, load_report
from analysis.load_touchpoint import load_touchpoint
from analysis.pains.load_pains import load_pains
from analysis.read_answers import property_of
from analysis.report import JourneyReport
from analysis.set_valences import set_valences
from core.database import fetch
from tests.analysis.answers import ASKED_AT_BOTH, commented, contacts_of, felt, given, noon, score
from tests.factories import Hands, make_journey
from tests.people import People

TODAY = date(2026, 3, 2)
PERIOD = Period(TODAY - timedelta(days=89), TODAY)
FACES = [5, 4, 5, 4, 5, 3, 5, 4, 5, 2]


@pytest.fixture
async def contacts(people: People, hands: Hands) -> list[int]:
    """Of whom ten answered at the delivery."""
    await make_journey(people.acme, hands.now, ASKED_AT_BOTH)
    contacts = await contacts_of(people.acme, 40)
    for contact, face in zip(contacts, FACES, strict=False):
        await given(people.acme, contact, noon(TODAY), ("felt", "anchor", face), ("mood", "emotion", ["safe"]))
    await score(hands)
    return contacts[10:]


async def hashes(workspace: int) -> list[str]:
    """Of the curve, the whole report, a touchpoint's figures and the drivers."""
    return [
        (await load_report(workspace, "buying", PERIOD)).data_hash,
        (await load_full_report(workspace, "buying", PERIOD)).data_hash,
        (await load_touchpoint(workspace, "buying", "delivery", PERIOD)).data_hash,
        (await load_drivers(workspace, "buying", PERIOD)).data_hash,
    ]


@pytest.mark.parametrize("hidden", [[1], [5], [2, 5], [1, 1, 1, 1]])
async def test_it_is_the_same_whatever_a_few_answered(
    people: People, hands: Hands, contacts: list[int], hidden: list[int]
) -> None:
    few = contacts[:4]
    await felt(people.acme, few, [3], TODAY - timedelta(days=4), touchpoint="shop")
    await score(hands)
    before = await hashes(people.acme)
    await fetch("DELETE FROM response WHERE contact = ANY($1)", few)
    await fetch("TRUNCATE tally, contact_tally")
    await fetch("UPDATE response SET scored_at = NULL")
    await felt(people.acme, few, hidden, TODAY - timedelta(days=4), touchpoint="shop")
    await score(hands)
    after = await hashes(people.acme)
    assert after[:3] == before[:3]


async def test_nobody_finds_what_two_contacts_answered_by_trying(people: People, hands: Hands) -> None:
    """The hash of the curve is one for all faces and days."""
    found: set[str] = set()
    for face, other, ago in ((2, 5, 4), (5, 2, 4), (1, 1, 4), (5, 5, 80), (3, 4, 0)):
        workspace = people.acme
        await fetch("TRUNCATE journey, contact, response, tally, contact_tally CASCADE")
        await make_journey(workspace, hands.now)
        await felt(workspace, await contacts_of(workspace, 2), [face, other], TODAY - timedelta(days=ago))
        await score(hands)
        found.add((await load_report(workspace, "buying", PERIOD)).data_hash)
    assert len(found) == 1


Change = Callable[[People, Hands, list[int]], Awaitable[object]]


async def one_more_answer(people: People, hands: Hands, contacts: list[int]) -> None:
    await felt(people.acme, contacts, [5], TODAY)


async def another_valence(people: People, hands: Hands, contacts: list[int]) -> None:
    await set_valences(people.acme, {"safe": -0.5}, hands.now)


async def another_order(people: People, hands: Hands, contacts: list[int]) -> None:
    await fetch("UPDATE touchpoint SET position = 1 - position")


async def another_reason(people: People, hands: Hands, contacts: list[int]) -> None:
    await fetch(
        "UPDATE trigger SET is_active = false WHERE touchpoint = (SELECT id FROM touchpoint WHERE key = 'shop')"
    )


async def another_name(people: People, hands: Hands, contacts: list[int]) -> None:
    await fetch("UPDATE touchpoint SET name = 'At your door' WHERE key = 'delivery'")


async def another_promise(people: People, hands: Hands, contacts: list[int]) -> None:
    await fetch("UPDATE promise SET level = 0.5")


@pytest.mark.parametrize(
    "change", [one_more_answer, another_valence, another_order, another_reason, another_name, another_promise]
)
async def test_it_differs_whenever_a_figure_that_is_shown_does(
    people: People, hands: Hands, contacts: list[int], change: Change
) -> None:
    before = await load_report(people.acme, "buying", PERIOD)
    whole = await load_full_report(people.acme, "buying", PERIOD)
    await change(people, hands, contacts)
    await score(hands)
    after = await load_report(people.acme, "buying", PERIOD)
    assert replace(after, data_hash="") != replace(before, data_hash="")
    assert after.data_hash != before.data_hash
    assert (await load_full_report(people.acme, "buying", PERIOD)).data_hash != whole.data_hash


async def test_parts_periods_and_settings_have_their_own(people: People, contacts: list[int]) -> None:
    """Nobody is of either plan: the same nothing of different people."""
    reports = [
        await load_report(people.acme, "buying", PERIOD),
        await load_report(people.acme, "buying", Period(PERIOD.since, TODAY - timedelta(days=1))),
        await load_report(people.acme, "buying", PERIOD, where=property_of("plan:pro")),
        await load_report(people.acme, "buying", PERIOD, where=property_of("plan:free")),
    ]
    reports.append(await load_report(people.acme, "buying", PERIOD, replace(reports[0].settings, margin=0.2)))
    assert len({report.data_hash for report in reports}) == 5


async def test_the_weeks_of_a_touchpoint_are_in_its_hash(people: People, hands: Hands, contacts: list[int]) -> None:
    before = await load_touchpoint(people.acme, "buying", "delivery", PERIOD)
    await felt(people.acme, contacts, [1] * 6, TODAY - timedelta(days=200))
    await score(hands)
    after = await load_touchpoint(people.acme, "buying", "delivery", PERIOD)
    assert after.touchpoint == before.touchpoint
    assert after.trend != before.trend
    assert after.data_hash != before.data_hash


async def test_equal_reports_with_actions_are_equal_in_every_workspace(people: People, hands: Hands) -> None:
    found = []
    for workspace in (people.acme, people.other):
        await make_journey(workspace, hands.now)
        await felt(workspace, await contacts_of(workspace, 10), FACES, TODAY - timedelta(days=20))
        await score(hands)
        action = Action("Two drivers a van", TODAY - timedelta(days=10))
        await log_action(workspace, "buying", "delivery", action, hands.now)
        found.append(await load_full_report(workspace, "buying", PERIOD))
    assert found[0].actions[0].id != found[1].actions[0].id
    assert found[0].data_hash == found[1].data_hash


async def test_a_list_of_pains_does_not_tell_who_felt_what(people: People, hands: Hands) -> None:
    """Six of seven waited: what they felt is not shown, for the rest of the total is what the seventh felt."""
    found = []
    for faces, words in (([1, 1, 1, 1, 1, 2, 5], "on hold"), ([5, 1, 1, 1, 1, 1, 2], "on hold"), ([1] * 7, "rude")):
        await fetch("TRUNCATE journey, contact, response, tally, contact_tally CASCADE")
        await make_journey(people.acme, hands.now)
        contacts = await contacts_of(people.acme, 7)
        await felt(people.acme, contacts, faces, TODAY)
        for contact in contacts[:6]:
            await commented(contact, f"{words} for an hour")
        await score(hands)
        [pain] = (await load_pains(people.acme, "buying", PERIOD)).rows
        assert (pain.n_contacts, pain.n_mentions, pain.x_without) == (7, 6, None)
        found.append(pain)
    assert found[0] == found[1]
    assert found[0].data_hash != found[2].data_hash


async def test_a_hash_is_not_of_the_hash_before_it(people: People, contacts: list[int]) -> None:
    report: JourneyReport = await load_report(people.acme, "buying", PERIOD)
    assert with_data_hash(report) == report
