"""Thumbs have two values: everywhere they take the interval of Wilson, mapped by x = 2p - 1 (METHOD, section 2)."""

from datetime import timedelta
from typing import Any

import pytest

from analysis.actions import log_action
from analysis.before_after import Action
from analysis.compare_periods import compare
from analysis.experience import wilson
from analysis.load_drivers import load_drivers
from analysis.load_full_report import load_full_report
from analysis.load_overlays import load_earlier
from analysis.load_report import last_days, load_report
from analysis.promises import against_level
from analysis.read_answers import property_of
from analysis.report import GapName, Interval
from tests.analysis.answers import asked_as, contacts_of, given, noon, score
from tests.factories import Hands, make_journey
from tests.people import People


def bounds(interval: Interval | None) -> list[float]:
    assert interval is not None
    return [interval.lo, interval.hi]


def of_share(successes: int, n: int) -> Any:
    """Wilson's interval in x."""
    share = wilson(successes, n)
    return pytest.approx([2 * share.lo - 1, 2 * share.hi - 1])


async def test_the_interval_is_that_of_wilson_wherever_thumbs_are_drawn(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 30)
    today = noon(hands.now.date())
    responses = []
    for at, contact in enumerate(contacts):
        # In two weeks, by two channels: fifteen contacts each, of whom twelve held their thumb up.
        moment = today - timedelta(days=21 if at % 2 else 7)
        channel = "mail" if at < 15 else "web"
        thumb = ("thumb", "thumbs", int(at % 5 != 0))
        responses.append(await given(people.acme, contact, moment, thumb, channel=channel))
    await asked_as("pro", responses[:15])
    await score(hands)
    report = await load_report(people.acme, "buying", last_days(hands.now))
    [figure] = [found for found in report.touchpoints if found.n_contacts]
    assert figure.instrument == "thumbs"
    assert figure.mean == pytest.approx(0.6)
    assert bounds(figure.interval) == of_share(24, 30)
    assert figure.official[0].interval == wilson(24, 30)
    whole = await load_full_report(people.acme, "buying", last_days(hands.now))
    weeks = [week for week in whole.trends["delivery"].weeks if week.interval is not None]
    assert [(week.n, bounds(week.interval)) for week in weeks] == [(15, of_share(12, 15))] * 2
    assert whole.by_channel is not None
    cells = [cell.estimate for cell in whole.by_channel.cells if cell.touchpoint == "delivery"]
    assert [bounds(cell.interval) for cell in cells if cell is not None] == [of_share(12, 15)] * 2
    [mixed] = [found.mixed.adjusted for found in whole.by_channel.touchpoints]
    assert mixed is not None
    assert bounds(mixed.interval) == of_share(24, 30)
    part = await load_report(people.acme, "buying", last_days(hands.now), where=property_of("plan:pro"))
    [of_part] = [found for found in part.touchpoints if found.n_contacts]
    assert (of_part.n_contacts, bounds(of_part.interval)) == (15, of_share(12, 15))
    drivers = await load_drivers(people.acme, "buying", last_days(hands.now))
    same = [step.interval_of_same for step in drivers.same.steps if step.step == "delivery"]
    assert [bounds(interval) for interval in same] == [of_share(24, 30)]


async def test_one_who_answers_often_is_one_voice_and_the_promise_is_judged_by_the_same(
    people: People, hands: Hands
) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 20)
    for at, contact in enumerate([*contacts, *contacts[:5]]):
        await given(people.acme, contact, hands.now - timedelta(hours=at), ("thumb", "thumbs", int(at % 20 < 14)))
    await score(hands)
    report = await load_report(people.acme, "buying", last_days(hands.now))
    [figure] = [found for found in report.touchpoints if found.n_contacts]
    assert figure.n_contacts == 20
    assert bounds(figure.interval) == of_share(14, 20)
    assert figure.estimate is not None
    test = against_level(figure.estimate, 0.75, report.settings.margin)
    assert test is not None
    assert [figure.p_broken, figure.p_kept] == pytest.approx([test.p_broken, test.p_kept])
    [gap] = [gap for gap in figure.gaps if gap.name is GapName.COMMUNICATION]
    assert gap.interval is not None
    assert (gap.interval.lo + gap.interval.hi) / 2 == pytest.approx(figure.estimate.centre - 0.75)


async def test_two_periods_are_compared_by_the_same_interval(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    today = hands.now.date()
    for at, contact in enumerate(await contacts_of(people.acme, 40)):
        day = today - timedelta(days=0 if at < 20 else 100)
        await given(people.acme, contact, noon(day), ("thumb", "thumbs", int(at < 18 or at >= 34)))
    await score(hands)
    report = await load_report(people.acme, "buying", last_days(hands.now))
    earlier = await load_earlier(people.acme, report)
    [change] = compare(report, earlier)
    now, then = (next(f.estimate for f in found.touchpoints if f.estimate) for found in (report, earlier))
    assert (bounds(now.interval), bounds(then.interval)) == (of_share(18, 20), of_share(6, 20))
    error = (now.se**2 + then.se**2) ** 0.5
    assert change.difference == pytest.approx(1.2)
    assert change.interval is not None
    middle = (change.interval.lo + change.interval.hi) / 2
    assert middle == pytest.approx(now.centre - then.centre)
    assert change.interval.hi - middle > 1.959 * error
    [share] = change.official
    assert share.name == "Thumbs up"
    assert share.difference == pytest.approx(0.6)


async def test_a_side_of_an_action_has_it_too(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    done = hands.now.date() - timedelta(days=10)
    await log_action(people.acme, "buying", "delivery", Action("More drivers", done), hands.now)
    for at, contact in enumerate(await contacts_of(people.acme, 24)):
        day = done + timedelta(days=3 if at % 2 else -3)
        await given(people.acme, contact, noon(day), ("thumb", "thumbs", int(at % 3 > 0)))
    await score(hands)
    [action] = (await load_full_report(people.acme, "buying", last_days(hands.now))).actions
    assert action.after is not None
    assert (bounds(action.before.interval), bounds(action.after.interval)) == (of_share(8, 12), of_share(8, 12))
