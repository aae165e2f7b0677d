"""Weighting: who was drawn speaks for those who were not, and nobody is given away by it."""

from collections.abc import Sequence
from datetime import date

import pytest

from analysis.load_report import last_days
from analysis.load_touchpoint import TouchpointReport, load_touchpoint
from analysis.report import ReportSettings
from analysis.weighted import Drawn, weighted_figure
from core.database import fetch
from tests.analysis.answers import asked_as, contacts_of, felt, given, noon, score
from tests.factories import Hands, make_journey, make_key
from tests.people import People

DAY = date(2026, 2, 20)
SETTINGS = ReportSettings()


async def drawn_with(probability: float, responses: Sequence[int]) -> None:
    await asked_as("any", responses)
    await fetch(
        "UPDATE decision d SET probability = $1 FROM invitation i JOIN response r ON r.invitation = i.id "
        "WHERE i.decision = d.id AND r.id = ANY($2)",
        probability,
        responses,
    )


async def delivery(people: People, hands: Hands) -> TouchpointReport:
    await score(hands)
    return await load_touchpoint(people.acme, "buying", "delivery", last_days(hands.now))


async def test_who_was_drawn_less_often_speaks_for_more(people: People, hands: Hands) -> None:
    """METHOD's golden `hajek`: 40 happy ones drawn with .8 and 10 unhappy ones with .2 stand for 50 and 50."""
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 50)
    await drawn_with(0.8, await felt(people.acme, contacts[:40], [5] * 40, DAY))
    await drawn_with(0.2, await felt(people.acme, contacts[40:], [1] * 10, DAY))
    found = await delivery(people, hands)
    assert found.touchpoint.mean == pytest.approx(0.6)
    assert found.weighted is not None
    assert found.weighted.mean == pytest.approx(0)
    assert found.weighted.n_contacts == 50
    assert found.weighted.n_effective == pytest.approx(100**2 / (40 / 0.8**2 + 10 / 0.2**2))
    page = (await people.alice.get("/w/acme/journeys/buying/touchpoints/delivery/figures")).text
    assert "Weighted for who was drawn: 0.00" in page


async def test_where_all_were_asked_alike_there_is_nothing_to_weight(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 20)
    await drawn_with(0.5, await felt(people.acme, contacts, [1, 5] * 10, DAY))
    assert (await delivery(people, hands)).weighted is None
    page = (await people.alice.get("/w/acme/journeys/buying/touchpoints/delivery/figures")).text
    assert "Weighted" not in page


async def test_answers_to_no_invitation_were_asked_for_certain(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 20)
    await drawn_with(0.5, await felt(people.acme, contacts[:10], [5] * 10, DAY))
    await felt(people.acme, contacts[10:], [1] * 10, DAY)
    found = await delivery(people, hands)
    assert found.weighted is not None
    assert found.weighted.mean == pytest.approx((20 - 10) / 30)


async def test_one_who_answered_twelve_times_is_one_voice(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 20)
    often = [await given(people.acme, contacts[0], noon(DAY), ("felt", "anchor", 1)) for _ in range(12)]
    await drawn_with(0.5, often + await felt(people.acme, contacts[1:10], [5] * 9, DAY))
    await felt(people.acme, contacts[10:], [5] * 10, DAY)
    found = await delivery(people, hands)
    assert found.weighted is not None
    assert found.weighted.mean == pytest.approx((-2 + 18 + 10) / 30)


async def test_picked_emotions_are_weighted_with_their_valences(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 20)
    for contact in contacts:
        picks = ["happy"] if contact in contacts[:10] else ["angry"]
        response = await given(people.acme, contact, noon(DAY), ("mood", "emotion", picks))
        if contact in contacts[:10]:
            await drawn_with(0.25, [response])
    found = await delivery(people, hands)
    assert found.weighted is not None
    assert found.weighted.mean == pytest.approx((40 - 10) / 50)


@pytest.mark.parametrize(("few", "is_shown"), [(1, False), (4, False), (5, True)])
def test_a_few_with_another_weight_are_not_given_away(few: int, is_shown: bool) -> None:
    drawn = [Drawn(0.5, 0.5, 50), Drawn(-1.0, 1.0, few)]
    assert (weighted_figure(drawn, "anchor", SETTINGS) is not None) == is_shown


def test_fewer_than_k_contacts_are_not_shown() -> None:
    assert weighted_figure([Drawn(0.5, 0.5, 2), Drawn(-1.0, 1.0, 2)], "anchor", SETTINGS) is None
    assert weighted_figure([], "anchor", SETTINGS) is None


def test_thumbs_take_the_interval_of_a_share() -> None:
    drawn = [Drawn(1.0, 0.5, 10), Drawn(1.0, 1.0, 10)]
    thumbs, anchor = (weighted_figure(drawn, name, SETTINGS) for name in ("thumbs", "anchor"))
    assert thumbs is not None
    assert anchor is not None
    assert thumbs.interval != anchor.interval


async def test_programs_read_the_same_figure(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 20)
    await drawn_with(0.5, await felt(people.acme, contacts[:10], [5] * 10, DAY))
    await felt(people.acme, contacts[10:], [1] * 10, DAY)
    found = await delivery(people, hands)
    key = await make_key(people.acme, hands.now)
    path = "/api/v1/journeys/buying/touchpoints/delivery/figures"
    read = (await people.nobody.get(path, headers=key)).json()
    assert found.weighted is not None
    assert read["weighted"]["mean"] == found.weighted.mean
