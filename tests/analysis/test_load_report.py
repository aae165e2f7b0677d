"""From answers to a report: contacts are the unit, little is shown of few, and the same data gives the same bytes."""

from datetime import timedelta

import msgspec
import pytest

from analysis.load_report import Period, last_days, load_report
from analysis.report import BlindSpot, TouchpointFigure, Verdict
from core.database import fetch
from core.errors import Invalid, NotFound
from core.site import Site
from tests.factories import JOURNEY, Hands, Letterbox, answer, make_journey, make_key, work
from tests.people import People


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def delivery(people: People, hands: Hands) -> TouchpointFigure:
    report = await load_report(people.acme, "buying", last_days(hands.now))
    return next(figure for figure in report.touchpoints if figure.key == "delivery")


async def answers(people: People, site: Site, letterbox: Letterbox, hands: Hands, *felt: int) -> None:
    for number, face in enumerate(felt):
        await answer(people.nobody, site, letterbox, hands, f"c{number}", felt=str(face), nps="9")


async def test_five_contacts_are_shown_and_four_are_not(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await answers(people, site, letterbox, hands, 1, 1, 2, 3)
    hidden = await delivery(people, hands)
    assert (hidden.blind_spot, hidden.verdict, hidden.n_contacts, hidden.mean) == (
        BlindSpot.TOO_FEW,
        Verdict.BLIND,
        0,
        None,
    )
    assert (hidden.n_responses, hidden.distribution, hidden.official, hidden.response_rate) == (0, (), (), None)
    await answer(people.nobody, site, letterbox, hands, "c5", felt="4")
    shown = await delivery(people, hands)
    assert (shown.n_contacts, shown.verdict) == (5, Verdict.INDICATIVE)
    assert shown.mean == pytest.approx((-1 - 1 - 0.5 + 0 + 0.5) / 5)
    assert shown.distribution == ((1, 2), (2, 1), (3, 1), (4, 1))


async def test_ten_unhappy_contacts_break_the_promise(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await answers(people, site, letterbox, hands, 1, 1, 2, 2, 2, 1, 3, 2, 1, 2)
    figure = await delivery(people, hands)
    assert figure.verdict is Verdict.BROKEN
    assert figure.promise is not None
    assert figure.mean is not None
    assert figure.gap == pytest.approx(figure.mean - 0.75)
    assert [official.name for official in figure.official] == ["NPS"]
    assert figure.response_rate == 1
    assert figure.reach_month == pytest.approx(10 / 3)


async def test_one_who_answers_often_is_one_voice(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await answers(people, site, letterbox, hands, 5, 5, 5, 5)
    await answer(people.nobody, site, letterbox, hands, "often", felt="1")
    hands.move(days=31)
    await answer(people.nobody, site, letterbox, hands, "often", felt="2")
    figure = await delivery(people, hands)
    assert (figure.n_contacts, figure.n_responses) == (5, 6)
    assert figure.mean == pytest.approx((4 * 1 + (-1 - 0.5) / 2) / 5)


async def test_the_tally_counts_what_was_answered(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await answer(
        people.nobody, site, letterbox, hands, "c1", felt="2", nps="0", mood=["angry", "frustrated"], why="bad"
    )
    await answer(people.nobody, site, letterbox, hands, "c2", felt="2")
    rows = await fetch(
        "SELECT instrument, question, value, sum(n)::int AS n FROM tally WHERE grain = 'day' GROUP BY 1, 2, 3 "
        "ORDER BY 1, 2, 3"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("anchor", "felt", "2", 2),
        ("emotion", "mood", "frustrated+angry", 1),
        ("nps", "nps", "0", 1),
        ("response", "", "", 2),
    ]


async def test_a_response_is_scored_and_counted_once_however_often_the_worker_looks(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await answers(people, site, letterbox, hands, 3)
    await work(site)
    await work(site)
    assert (await fetch("SELECT sum(n)::int AS n FROM tally WHERE instrument = 'anchor' AND grain = 'day'"))[0][
        "n"
    ] == 1


async def test_an_answer_is_judged_by_the_promise_of_its_day(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await answers(people, site, letterbox, hands, *[4] * 10)
    before = await delivery(people, hands)
    assert before.promise is not None
    assert before.promise.level == 0.75
    # From tomorrow on less is promised; what was experienced until today is still judged by the old words.
    tomorrow = (hands.now + timedelta(days=1)).date()
    old = 'claim: "At your door in two days", source: Home page, valid_from: 2025-01-01, level: 0.75'
    assert old in JOURNEY
    changed = JOURNEY.replace(
        "{" + old + "}",
        "{"
        + old
        + f", valid_to: {hands.now.date()}"
        + "}, {claim: In a week, valid_from: "
        + f"{tomorrow}, level: -0.5"
        + "}",
    )
    await make_journey(people.acme, hands.now, changed)
    hands.move(days=5)
    after = await delivery(people, hands)
    assert after.promise is not None
    assert (after.promise.claim, after.promise.level) == ("In a week", 0.75)
    assert after.gap == before.gap


async def test_a_touchpoint_nobody_is_asked_at_says_why_it_is_blind(people: People, hands: Hands) -> None:
    report = await load_report(people.acme, "buying", last_days(hands.now))
    assert [(figure.key, figure.blind_spot) for figure in report.touchpoints] == [
        ("shop", BlindSpot.NO_SURVEY),
        ("delivery", BlindSpot.NO_INVITATIONS),
    ]


async def test_the_same_report_asked_twice_has_the_same_bytes_and_another_answer_another_hash(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await answers(people, site, letterbox, hands, 1, 2, 3, 4, 5)
    period = last_days(hands.now)
    first, second = [msgspec.json.encode(await load_report(people.acme, "buying", period)) for _ in range(2)]
    assert first == second
    await answer(people.nobody, site, letterbox, hands, "one-more", felt="5")
    assert (await load_report(people.acme, "buying", period)).data_hash != msgspec.json.decode(first)["data_hash"]


async def test_an_unknown_journey_and_a_period_that_ends_before_it_starts_are_refused(
    people: People, hands: Hands
) -> None:
    today = hands.now.date()
    with pytest.raises(NotFound):
        await load_report(people.acme, "selling", last_days(hands.now))
    with pytest.raises(NotFound):
        await load_report(people.other, "buying", last_days(hands.now))
    with pytest.raises(Invalid, match="ends before it starts"):
        await load_report(people.acme, "buying", Period(today, today - timedelta(days=1)))


async def test_page_and_api_and_csv_show_the_same_figures(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    for number in range(6):
        await answer(
            people.nobody,
            site,
            letterbox,
            hands,
            f"c{number}",
            felt="1",
            why=f"Waited {number + 2} weeks, and nobody told me why. Still waiting.",
        )
    await answers(people, site, letterbox, hands, *[4] * 3)
    figure = await delivery(people, hands)
    key = await make_key(people.acme, hands.now)
    api = (await people.nobody.get("/api/v1/journeys/buying/report", headers=key)).json()
    assert api["touchpoints"][1]["mean"] == figure.mean
    page = (await people.bob.get("/w/acme/journeys/buying")).text
    assert f"{figure.mean:+.2f}".replace("-", "−") in page
    by_key = await people.nobody.get("/api/v1/journeys/buying/pain-points.csv", headers=key)
    by_page = await people.bob.get("/w/acme/journeys/buying/pain-points.csv")
    assert by_key.content == by_page.content
    assert repr(figure.mean) in by_key.text
