"""Did it close? Shares before and after an action, and what they suggest."""

from datetime import date, timedelta

import pytest

from analysis.actions import log_action
from analysis.before_after import Action
from analysis.load_report import Period
from analysis.official import newcombe
from analysis.pains.closing import Closing
from analysis.pains.keep_pains import link_action
from analysis.pains.load_pain import load_pain
from analysis.pains.load_pains import load_pains
from tests.analysis.answers import contacts_of
from tests.analysis.pains.seeding import SLOW, TODAY, count, said
from tests.factories import Hands, make_journey
from tests.people import People

DAY = TODAY - timedelta(days=40)
ACTION = Action("More vans", DAY, window_days=20)
PAIN = f"buying/delivery/{SLOW}"


async def closing(people: People, hands: Hands, before: int, after: int, n: int, today: date = TODAY) -> Closing:
    """So many of `n` contacts on each side mention it."""
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 2 * n)
    for at, contact in enumerate(contacts):
        is_before = at < n
        day = DAY - timedelta(days=5) if is_before else DAY + timedelta(days=5)
        mentions = at < before if is_before else at - n < after
        await said(people.acme, contact, 2 if mentions else 4, *([SLOW] if mentions else []), day=day)
    await count(hands)
    entry = await log_action(people.acme, "buying", "delivery", ACTION, hands.now)
    await link_action(people.acme, PAIN, entry.id, hands.now)
    page = await load_pain(people.acme, PAIN, Period(today - timedelta(days=89), today))
    [found] = page.closings
    row = next(row for row in page.list.rows if row.pain_id == PAIN)
    assert (row.action, row.action_date, row.before_after) == ("More vans", DAY, found.words)
    return found


async def test_fewer_mention_it_than_chance_would_have_it(people: People, hands: Hands) -> None:
    found = await closing(people, hands, 18, 3, 30)
    expected = newcombe((18, 30), (3, 30))
    assert expected is not None
    assert found.after is not None
    assert (found.before.share, found.after.share) == (0.6, 0.1)
    assert (found.share_change, found.share_change_interval) == (expected.difference, expected.interval)
    assert (found.before.mean_x, found.after.mean_x) == (pytest.approx(-0.1), pytest.approx(0.4))
    assert found.x_change is not None
    assert found.x_change.value == pytest.approx(0.5)
    assert found.is_closed
    assert found.words == ("Mentioned by 18 of 30 before, 3 of 30 after: −50 points (−67 to −26). It seems solved.")


async def test_where_the_interval_holds_nothing_changed_it_is_not_shown(people: People, hands: Hands) -> None:
    found = await closing(people, hands, 9, 6, 30)
    assert found.share_change_interval is not None
    assert found.share_change_interval.hi > 0
    assert not found.is_closed
    assert found.words.endswith("That it is solved is not shown.")


async def test_where_more_mention_it_it_is_not_solved(people: People, hands: Hands) -> None:
    assert not (await closing(people, hands, 3, 20, 30)).is_closed


async def test_an_interim_look_suggests_nothing(people: People, hands: Hands) -> None:
    found = await closing(people, hands, 20, 0, 30, today=DAY + timedelta(days=10))
    assert found.is_interim
    assert found.share_change is not None
    assert not found.is_closed
    assert found.words.endswith(f"An interim look: it is decided on {ACTION.decides}.")


async def test_before_the_window_is_open_nothing_is_known(people: People, hands: Hands) -> None:
    found = await closing(people, hands, 9, 6, 30, today=DAY - timedelta(days=1))
    assert (found.after, found.is_closed) == (None, False)
    assert found.words == f"Nothing is known yet: the action was on {DAY}."


async def test_a_side_of_four_is_hidden(people: People, hands: Hands) -> None:
    found = await closing(people, hands, 4, 0, 4)
    assert found.after is not None
    assert (found.before.n_contacts, found.after.share, found.share_change, found.is_closed) == (0, None, None, False)
    assert found.words.startswith("Too few contacts")


async def test_nine_on_a_side_are_never_tested(people: People, hands: Hands) -> None:
    found = await closing(people, hands, 9, 0, 9)
    assert found.share_change_interval is not None
    assert found.share_change_interval.hi < 0
    assert not found.is_closed


async def test_a_broken_promise_is_closed_by_what_is_felt(people: People, hands: Hands) -> None:
    """Nobody mentions a promise, so no share is compared."""
    await make_journey(people.acme, hands.now)
    for at, contact in enumerate(await contacts_of(people.acme, 60)):
        day = DAY - timedelta(days=5) if at < 30 else DAY + timedelta(days=5)
        await said(people.acme, contact, 2 if at < 30 else 4 + at % 2, day=day)
    await count(hands)
    entry = await log_action(people.acme, "buying", "delivery", ACTION, hands.now)
    await link_action(people.acme, "buying/delivery/promise", entry.id, hands.now)
    [found] = (
        await load_pain(people.acme, "buying/delivery/promise", Period(DAY - timedelta(days=30), TODAY))
    ).closings
    assert (found.before.n_mentions, found.share_change, found.is_closed) == (None, None, True)
    assert found.words == "Experience changed by +1.25. It seems solved."


async def test_the_list_does_without_closings_where_nothing_is_linked(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await log_action(people.acme, "buying", "delivery", ACTION, hands.now)
    assert (await load_pains(people.acme, "buying", Period(DAY, TODAY))).rows == ()
