"""What goes into a figure and what does not: instruments, promises by their days, contacts, reach, what is stale."""

from datetime import date, timedelta

import pytest

from analysis.experience import wilson
from analysis.load_report import Period, last_days, load_report
from analysis.pains.load_pains import load_pains
from analysis.report import BlindSpot, TouchpointFigure, Verdict
from analysis.score_responses import score_responses
from core.database import fetch
from core.errors import Invalid
from tests.analysis.answers import commented, contacts_of, given, noon
from tests.factories import JOURNEY, Hands, make_journey, make_key
from tests.people import People

OLD = 'claim: "At your door in two days", source: Home page, valid_from: 2025-01-01, level: 0.75'
TODAY = date(2026, 3, 2)


async def promising(people: People, hands: Hands, *promises: str) -> list[int]:
    """The small journey with these promises at its delivery, and thirty contacts."""
    listed = ", ".join(f"{{{promise}}}" for promise in promises)
    await make_journey(people.acme, hands.now, JOURNEY.replace("{" + OLD + "}", listed))
    return await contacts_of(people.acme, 30)


async def delivery(people: People, hands: Hands, period: Period | None = None) -> TouchpointFigure:
    while await score_responses(hands.now):
        pass
    report = await load_report(people.acme, "buying", period or last_days(hands.now))
    return next(figure for figure in report.touchpoints if figure.key == "delivery")


async def test_a_question_whose_instrument_changed_is_not_mixed(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for contact in contacts[:6]:
        await given(people.acme, contact, noon(TODAY), ("q1", "nps", 5))
    for contact in contacts[6:13]:
        await given(people.acme, contact, noon(TODAY), ("q1", "anchor", 1))
    figure = await delivery(people, hands)
    assert (figure.instrument, figure.n_contacts, figure.mean) == ("anchor", 7, -1)


async def test_an_anchor_whose_key_was_renamed_is_still_the_anchor(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for contact in contacts[:12]:
        await given(people.acme, contact, noon(TODAY), ("felt", "anchor", 1))
    for contact in contacts[12:24]:
        await given(people.acme, contact, noon(TODAY), ("feeling", "anchor", 5))
    figure = await delivery(people, hands)
    assert (figure.n_contacts, figure.mean) == (24, 0)


async def test_one_anchor_answer_does_not_hide_fifteen_of_another_instrument(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for contact in contacts[:15]:
        await given(people.acme, contact, noon(TODAY), ("nps", "nps", 9))
    await given(people.acme, contacts[15], noon(TODAY), ("felt", "anchor", 1))
    figure = await delivery(people, hands)
    assert (figure.instrument, figure.n_contacts) == ("nps", 15)
    assert figure.lens_sensitive is not None


@pytest.mark.parametrize("later", ["level: 0.75", "share: 0.9"])
async def test_no_answer_is_judged_by_a_promise_made_after_it(people: People, hands: Hands, later: str) -> None:
    contacts = await promising(people, hands, f"claim: Soon, valid_from: {TODAY + timedelta(days=1)}, {later}")
    for contact in contacts[:12]:
        await given(people.acme, contact, noon(TODAY), ("felt", "anchor", 1))
    before = await delivery(people, hands)
    assert (before.verdict, before.promise, before.gap) == (Verdict.NO_PROMISE, None, None)
    hands.move(days=1)
    since = await delivery(people, hands)
    assert (since.verdict, since.gap) == (Verdict.INDICATIVE, None)
    assert since.promise is not None


async def test_a_promise_that_ended_is_shown_with_the_verdict_it_got(people: People, hands: Hands) -> None:
    ended = TODAY - timedelta(days=1)
    contacts = await promising(people, hands, f"claim: It was, valid_from: 2025-01-01, valid_to: {ended}, level: 0.75")
    for contact in contacts[:12]:
        await given(people.acme, contact, noon(ended), ("felt", "anchor", 1))
    figure = await delivery(people, hands)
    assert figure.verdict is Verdict.BROKEN
    assert figure.promise is not None
    assert figure.promise.claim == "It was"


async def test_a_level_that_changed_is_weighted_by_the_contacts_of_what_is_plotted(
    people: People, hands: Hands
) -> None:
    change = TODAY - timedelta(days=10)
    contacts = await promising(
        people,
        hands,
        f"claim: Much, valid_from: 2025-01-01, valid_to: {change}, level: 1.0",
        f"claim: Little, valid_from: {change + timedelta(days=1)}, level: 0.0",
    )
    for contact in contacts[:5]:
        await given(people.acme, contact, noon(change), ("felt", "anchor", 3), ("nps", "nps", 5), ("c", "csat", 3))
    for contact in contacts[5:10]:
        await given(people.acme, contact, noon(TODAY), ("felt", "anchor", 3))
    figure = await delivery(people, hands)
    assert figure.promise is not None
    assert (figure.promise.claim, figure.promise.level, figure.gap) == ("Little", 0.5, -0.5)


async def test_a_promised_share_counts_contacts_and_not_their_answers(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, "claim: Nine of ten, valid_from: 2025-01-01, share: 0.9")
    for contact in contacts[:9]:
        await given(people.acme, contact, noon(TODAY), ("felt", "anchor", 5))
    for back in range(9):
        await given(people.acme, contacts[9], noon(TODAY - timedelta(days=back)), ("felt", "anchor", 1))
    figure = await delivery(people, hands)
    assert figure.n_contacts == 10
    assert figure.gap == pytest.approx(0)
    assert figure.verdict is Verdict.UNDETERMINED


async def test_an_official_figure_needs_contacts_and_not_only_answers(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for contact in contacts[:6]:
        await given(people.acme, contact, noon(TODAY), ("felt", "anchor", 3))
    for back in range(5):
        await given(people.acme, contacts[0], noon(TODAY - timedelta(days=back)), ("nps", "nps", 0))
    assert (await delivery(people, hands)).official == ()


async def test_nps_is_of_contacts_so_that_twelve_answers_of_one_are_one_voice(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for contact, value in zip(contacts, [10, 10, 9, 10, 8, 3], strict=False):
        await given(people.acme, contact, noon(TODAY), ("nps", "nps", value))
    for back, value in enumerate([0] * 8 + [7] * 2 + [9] * 2):
        await given(people.acme, contacts[6], noon(TODAY - timedelta(days=back)), ("nps", "nps", value))
    figure = await delivery(people, hands)
    lens = [1, 1, 1, 1, 0, -1, (-8 + 0 + 2) / 12]  # the last is the mean of twelve
    mean = sum(lens) / 7
    spread = (sum((one - mean) ** 2 for one in lens) / 7) ** 0.5
    # Rocks' interval: 3/4 of a promoter and 3/4 of a detractor added, of n + 3.
    centre = sum(lens) / 10
    half = 1.959964 * ((sum(one**2 for one in lens) + 1.5) / 10 - centre**2) ** 0.5 / 10**0.5
    [official] = figure.official
    assert (official.name, official.n, figure.n_contacts) == ("NPS", 7, 7)
    assert official.value == pytest.approx(100 * mean)
    assert official.spread == pytest.approx(100 * spread)
    assert official.interval is not None
    assert (official.interval.lo, official.interval.hi) == pytest.approx(
        (100 * (centre - half), 100 * (centre + half)), abs=1e-4
    )


async def test_csat_and_ces_are_of_contacts_whose_answers_are_averaged_first(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for contact, csat, ces in zip(contacts, [5, 4, 4, 3, 1], [7, 6, 5, 4, 2], strict=False):
        await given(people.acme, contact, noon(TODAY), ("c", "csat", csat), ("e", "ces", ces))
    # One contact: 4.5 of five on average is satisfied, 4.75 of seven is not.
    for back, (csat, ces) in enumerate(zip([5, 4] * 6, [4, 5, 5, 5] * 3, strict=True)):
        day = noon(TODAY - timedelta(days=back))
        await given(people.acme, contacts[5], day, ("c", "csat", csat), ("e", "ces", ces))
    official = {found.name: found for found in (await delivery(people, hands)).official}
    assert set(official) == {"CSAT top-2-box", "CES mean", "CES share 5 to 7"}
    assert {found.n for found in official.values()} == {6}
    assert official["CSAT top-2-box"].value == pytest.approx(4 / 6)
    assert official["CES mean"].value == pytest.approx((7 + 6 + 5 + 4 + 2 + 4.75) / 6)
    assert official["CES share 5 to 7"].value == pytest.approx(3 / 6)
    assert official["CES share 5 to 7"].interval == wilson(3, 6)


async def test_an_answer_of_more_than_ninety_days_ago_is_stale(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for contact in contacts[:6]:
        await given(people.acme, contact, noon(TODAY - timedelta(days=95)), ("felt", "anchor", 3))
    assert (await delivery(people, hands)).blind_spot is BlindSpot.STALE


async def test_reach_is_a_month_whatever_the_period(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for contact in contacts:
        await fetch(_PASSED, people.acme, contact, hands.now - timedelta(days=3))
    for days in (30, 31, 60, 90):
        figure = await delivery(people, hands, Period(TODAY - timedelta(days=days - 1), TODAY))
        assert figure.reach_month == pytest.approx(30 * 30 / days)


async def test_an_event_that_names_its_touchpoint_is_reach_of_that_one_only(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, JOURNEY.replace("event: shop.visited", "event: order.delivered"))
    key = await make_key(people.acme, hands.now)
    events = [
        {
            "key": f"e{n}",
            "name": "order.delivered",
            "contact": {"id": f"c{n}"},
            "touchpoint": "shop" if n else "delivery",
        }
        for n in range(10)
    ]
    assert (await people.nobody.post("/api/v1/events", json=events, headers=key)).status_code == 202
    report = await load_report(people.acme, "buying", last_days(hands.now))
    assert [figure.reach_month for figure in report.touchpoints] == [pytest.approx(3), pytest.approx(1 / 3)]


async def test_equal_data_has_an_equal_hash_in_another_workspace(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await make_journey(people.other, hands.now)
    reports = [await load_report(place, "buying", last_days(hands.now)) for place in (people.acme, people.other)]
    assert reports[0].data_hash == reports[1].data_hash


async def test_where_nearly_everybody_mentions_a_pain_the_rest_stay_unknown(people: People, hands: Hands) -> None:
    contacts = await promising(people, hands, OLD)
    for at, contact in enumerate(contacts[:7]):
        await given(people.acme, contact, noon(TODAY), ("felt", "anchor", 1 if at else 5))
    for contact in contacts[:7]:
        words = "on hold for an hour" if contact != contacts[0] else "very friendly people"
        await commented(contact, words)
    await delivery(people, hands)
    pains = (await load_pains(people.acme, "buying", last_days(hands.now))).rows
    assert len(pains) == 1
    pain = pains[0]
    assert (pain.n_mentions, pain.x_without, pain.drop, pain.rank, pain.counter_quote) == (6, None, None, None, "")


@pytest.mark.parametrize("until", [date(9999, 12, 31), date(2100, 1, 2)])
async def test_a_period_of_another_age_is_refused(people: People, hands: Hands, until: date) -> None:
    await make_journey(people.acme, hands.now)
    with pytest.raises(Invalid):
        await load_report(people.acme, "buying", Period(TODAY, until))


_PASSED = """
INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
VALUES ($1, 'k' || $2::bigint, 'order.delivered', $2, $3, $3, '{}')
"""
