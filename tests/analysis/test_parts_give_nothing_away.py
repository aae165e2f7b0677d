"""Weeks and actions stand beside the total of the period: what they leave of it is nobody or at least five contacts."""

from datetime import date, timedelta
from typing import Any

import pytest

from analysis.actions import log_action
from analysis.before_after import Action
from analysis.experience import hidden_parts
from analysis.load_full_report import load_full_report
from analysis.load_report import Period
from analysis.load_touchpoint import load_touchpoint
from analysis.report import JourneyReport
from tests.analysis.answers import contacts_of, felt, score
from tests.factories import Hands, make_journey, make_key
from tests.people import People

MONDAY = date(2026, 2, 2)
GOOD, BAD = [5, 4, 5, 4, 5, 3, 5, 4], [1, 2]


@pytest.fixture
async def contacts(people: People, hands: Hands) -> list[int]:
    await make_journey(people.acme, hands.now)
    return await contacts_of(people.acme, 60)


def day_of(week: int, day: int = 2) -> date:
    return MONDAY + timedelta(weeks=week, days=day)


def weeks(first: int, last: int, days: int = 0) -> Period:
    """From the Monday of the first to the Sunday of the last, and so many days more."""
    return Period(day_of(first, 0), day_of(last, 6 + days))


async def shown_weeks(people: People, period: Period) -> list[int]:
    """How many contacts each week of the period shows, as the figures of the touchpoint and the report both say."""
    alone = (await load_touchpoint(people.acme, "buying", "delivery", period)).trend
    report = await load_full_report(people.acme, "buying", period)
    assert report.trends["delivery"] == alone
    return [week.n for week in alone.weeks if period.since <= week.monday]


async def test_a_week_of_few_takes_another_with_it(people: People, hands: Hands, contacts: list[int]) -> None:
    for week, faces in enumerate((GOOD, BAD, GOOD[:6])):
        await felt(people.acme, contacts[10 * week :], faces, day_of(week))
    await score(hands)
    assert await shown_weeks(people, weeks(0, 2)) == [8, 0, 0]


async def test_a_week_is_hidden_again_where_only_the_total_of_the_period_would_tell(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    """Over the year two weeks of few hide each other; in the period there is only one of them."""
    for week, faces in enumerate((BAD, GOOD[:5], BAD + BAD, GOOD, GOOD)):
        await felt(people.acme, contacts[10 * week :], faces, day_of(week))
    await score(hands)
    assert await shown_weeks(people, weeks(0, 4)) == [0, 5, 0, 8, 8]
    assert await shown_weeks(people, weeks(1, 4)) == [0, 0, 8, 8]


@pytest.mark.parametrize(("after", "shown"), [(0, [8, 6]), (2, [8, 0]), (4, [8, 0]), (5, [8, 6])])
async def test_few_on_the_days_after_the_last_whole_week_hide_a_week(
    people: People, hands: Hands, contacts: list[int], after: int, shown: list[int]
) -> None:
    await felt(people.acme, contacts, GOOD, day_of(0))
    await felt(people.acme, contacts[10:], GOOD[:6], day_of(1))
    await felt(people.acme, contacts[20:], [1] * after, day_of(2, 0))
    await score(hands)
    assert await shown_weeks(people, weeks(0, 1, days=1)) == shown


@pytest.mark.parametrize(("twice", "shown"), [(0, [8, 6]), (1, [8, 0]), (2, [0, 0]), (5, [8, 6])])
async def test_few_who_answer_in_two_weeks_hide_one(
    people: People, hands: Hands, contacts: list[int], twice: int, shown: list[int]
) -> None:
    """The weeks add up to more than the total by what these answered; five others have to be hidden with them."""
    await felt(people.acme, contacts, GOOD, day_of(0))
    await felt(people.acme, contacts[8 - twice :], GOOD[:6], day_of(1))
    await score(hands)
    assert await shown_weeks(people, weeks(0, 1)) == shown


@pytest.mark.parametrize(
    ("counts", "n_total", "hidden"),
    [
        ([20, 9, 7], 36, []),
        ([20, 9, 7], 37, [7]),
        ([20, 9, 7], 41, []),
        ([20, 9, 7], 35, [7]),
        ([20, 9, 7], 32, [7, 9]),
        ([20, 9, 7], 31, []),
        ([20, 9, 3], 32, [3, 9]),
        ([20, 9, 3], 31, [3, 9]),
        ([20, 3, 2], 25, [2, 3]),
        ([20, 3, 2], 24, [2, 3, 20]),
    ],
)
def test_parts_that_do_not_add_up_to_their_total_by_few_are_hidden_until_five_are(
    counts: list[int], n_total: int, hidden: list[int]
) -> None:
    found = hidden_parts({str(n): n for n in counts}, 5, n_total)
    assert sorted(int(part) for part in found.parts) == hidden


async def acted(people: People, hands: Hands, **more: Any) -> None:
    await score(hands)
    action = Action("Two drivers a van", day_of(0, 6), window_days=7, **more)
    await log_action(people.acme, "buying", "delivery", action, hands.now)


async def reported(people: People, since: date, until: date) -> JourneyReport:
    return await load_full_report(people.acme, "buying", Period(since, until))


@pytest.mark.parametrize(("between", "is_shown"), [(0, True), (2, False), (5, True)])
async def test_an_action_whose_sides_leave_few_is_left_out(
    people: People, hands: Hands, contacts: list[int], between: int, is_shown: bool
) -> None:
    await felt(people.acme, contacts, GOOD, day_of(0))
    await felt(people.acme, contacts[10:], [1] * between, day_of(0, 6))
    await felt(people.acme, contacts[20:], GOOD[:6], day_of(1))
    await acted(people, hands, washout_days=1)
    assert bool((await reported(people, day_of(-1, 6), day_of(1, 6))).actions) is is_shown


@pytest.mark.parametrize(("between", "is_shown"), [(0, True), (2, False), (5, True)])
async def test_a_side_outside_the_period_does_not_count(
    people: People, hands: Hands, contacts: list[int], between: int, is_shown: bool
) -> None:
    """The days before the action are not in the report; those after it leave the few of the first day."""
    await felt(people.acme, contacts, GOOD, day_of(0))
    await felt(people.acme, contacts[10:], [1] * between, day_of(0, 6))
    await felt(people.acme, contacts[20:], GOOD[:6], day_of(1))
    await acted(people, hands, washout_days=1)
    assert bool((await reported(people, day_of(0, 6), day_of(1, 6))).actions) is is_shown


@pytest.mark.parametrize(("both", "is_shown"), [(0, True), (1, False), (5, True)])
async def test_few_on_both_sides_of_an_action_hide_it(
    people: People, hands: Hands, contacts: list[int], both: int, is_shown: bool
) -> None:
    await felt(people.acme, contacts, GOOD, day_of(0))
    await felt(people.acme, contacts[8 - both :], GOOD[:6], day_of(1))
    await acted(people, hands)
    assert bool((await reported(people, day_of(-1, 6), day_of(1, 6))).actions) is is_shown


async def test_a_report_knows_nothing_of_what_was_done_after_it(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await felt(people.acme, contacts, GOOD, day_of(0))
    await acted(people, hands)
    key = await make_key(people.acme, hands.now)
    found = []
    for until in (day_of(0, 5), day_of(0, 6)):
        address = f"/api/v1/journeys/buying/report?since=2025-10-01&until={until}"
        found.append((await people.nobody.get(address, headers=key)).json()["actions"])
    assert [len(actions) for actions in found] == [0, 1]
    assert found[1][0]["before"]["n_contacts"] == 8
