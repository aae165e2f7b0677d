"""What fewer than five contacts answered can't be worked out of what is shown of the others."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from analysis.experience import moments_of, shrink
from analysis.load_full_report import load_full_report
from analysis.load_report import Period, load_report
from analysis.load_touchpoint import load_touchpoint
from analysis.read_answers import property_of
from analysis.report import GapName, JourneyReport, TouchpointFigure, Verdict
from core.database import fetch
from surveys.instruments import Instrument
from tests.analysis.answers import ASKED_AT_BOTH, asked_as, contacts_of, felt, given, noon, score
from tests.factories import JOURNEY, Hands, make_journey, make_key
from tests.people import People

TODAY = date(2026, 3, 2)
PERIOD = Period(TODAY - timedelta(days=89), TODAY)
FACES = [5, 4, 5, 4, 5, 3, 5, 4, 5, 2]
PROMISE = 'claim: "At your door in two days", source: Home page, valid_from: 2025-01-01, level: 0.75'
QUOTE = """\
      - key: quote
        name: Quote
        period: before
        channel: web
        event: quote.sent
        asks: [{survey: after-delivery, wait: PT2H, expires: P14D}]
"""


@pytest.fixture
async def contacts(people: People, hands: Hands) -> list[int]:
    await make_journey(people.acme, hands.now)
    return await contacts_of(people.acme, 40)


def x(face: int) -> float:
    return (face - 3) / 2


async def report_of(people: People, hands: Hands, period: Period = PERIOD, where: str | None = None) -> JourneyReport:
    await score(hands)
    return await load_full_report(people.acme, "buying", period, where=property_of(where) if where else None)


def delivery(report: JourneyReport) -> TouchpointFigure:
    return next(figure for figure in report.touchpoints if figure.key == "delivery")


async def test_what_a_few_answered_at_one_touchpoint_changes_nothing_at_all(people: People, hands: Hands) -> None:
    journey = ASKED_AT_BOTH.replace("      - key: delivery\n", QUOTE + "      - key: delivery\n")
    answered = []
    for workspace, few in ((people.acme, [2]), (people.other, [5, 1, 5, 4])):
        await make_journey(workspace, hands.now, journey)
        contacts = iter(await contacts_of(workspace, 40))
        for touchpoint, faces in (("delivery", FACES), ("quote", [2, 3, 1, 2, 4, 2, 1, 3]), ("shop", few)):
            await felt(workspace, [next(contacts) for _ in faces], faces, TODAY, touchpoint=touchpoint)
        await score(hands)
        key = await make_key(workspace, hands.now)
        answered.append((await people.nobody.get("/api/v1/journeys/buying/report", headers=key)).content)
    assert answered[0] == answered[1]
    shown = [moments_of([]), moments_of(map(x, [2, 3, 1, 2, 4, 2, 1, 3])), moments_of(map(x, FACES))]
    means = [figure["shrunk_mean"] for figure in json.loads(answered[0])["touchpoints"]]
    assert means == [None, *(pytest.approx(mean) for mean in shrink(shown).means[1:])]


@pytest.mark.parametrize(("further", "is_shown"), [(0, True), (1, False), (4, False), (5, True)])
async def test_answers_are_spread_out_only_where_no_few_of_them_are_further_ones(
    people: People, hands: Hands, contacts: list[int], further: int, is_shown: bool
) -> None:
    for at, contact in enumerate([*contacts[:10], *contacts[:further]]):
        mood = ["happy"] if at % 2 else ["angry", "hurried"]
        await given(people.acme, contact, noon(TODAY), ("felt", "anchor", 4), ("mood", "emotion", mood))
    figure = delivery(await report_of(people, hands))
    assert (figure.n_contacts, figure.mean) == (10, 0.5)
    assert (figure.distribution == ((4, 10 + further),)) is (figure.distribution != ()) is is_shown
    assert ([found.name for found in figure.official] == ["Net Emotional Value"]) is is_shown
    assert (figure.arousal is not None) is is_shown
    instruments = (await load_touchpoint(people.acme, "buying", "delivery", PERIOD)).instruments
    assert [found.instrument for found in instruments] == [Instrument.ANCHOR, Instrument.EMOTION] * is_shown


async def test_all_as_it_is_by_channel_is_the_mean_of_the_curve(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    for face in (5, 4):
        await felt(people.acme, contacts[:10], [face] * 10, TODAY, channel="mail")
    await felt(people.acme, contacts[:6], [1] * 6, TODAY, channel="widget")
    report = await report_of(people, hands)
    assert report.by_channel is not None
    figure, crude = delivery(report), report.by_channel.touchpoints[0].mixed.crude
    assert figure.mean == pytest.approx((6 * (1 + 0.5 - 1) / 3 + 4 * 0.75) / 10)
    assert crude == figure.estimate


@pytest.mark.parametrize("by_widget", [1, 4, 6])
async def test_one_who_answers_by_two_channels_is_not_told_from_the_others(
    people: People, hands: Hands, contacts: list[int], by_widget: int
) -> None:
    """The channels add up to one contact more than the curve: with all of them, that one's answers would be known."""
    await felt(people.acme, contacts, FACES, TODAY, channel="mail")
    await felt(people.acme, contacts[9:], [1] * by_widget, TODAY, channel="widget")
    report = await report_of(people, hands)
    assert report.by_channel is not None
    mixed = report.by_channel.touchpoints[0].mixed
    assert mixed.crude == delivery(report).estimate
    assert mixed.adjusted is None
    hidden = [cell.segment for cell in report.by_channel.cells if cell.estimate is None]
    assert hidden == (["mail", "widget"] if by_widget < 5 else ["widget"])
    page = (await people.bob.get("/w/acme/journeys/buying/segments?by=channel")).text
    assert page.count("not shown") >= len(hidden)


@pytest.mark.parametrize("promised", ["level: 0.75", "share: 0.9"])
@pytest.mark.parametrize(("before", "is_judged"), [(0, True), (2, False), (5, True)])
async def test_a_promise_of_some_of_the_days_is_not_judged_where_it_leaves_few(
    people: People, hands: Hands, promised: str, before: int, is_judged: bool
) -> None:
    await make_journey(
        people.acme, hands.now, JOURNEY.replace(PROMISE, f"claim: Soon, valid_from: 2026-02-01, {promised}")
    )
    contacts = await contacts_of(people.acme, 20)
    await felt(people.acme, contacts, FACES, TODAY)
    await felt(people.acme, contacts[10:], [1] * before, date(2026, 1, 15))
    figure = delivery(await report_of(people, hands))
    assert figure.n_contacts == 10 + before
    assert figure.promise is not None
    assert (figure.promise.share_basis is not None) is (is_judged and promised.startswith("share"))
    assert (GapName.COMMUNICATION in [gap.name for gap in figure.gaps]) is is_judged
    assert (figure.gap is not None) is is_judged
    assert (figure.verdict not in (Verdict.INDICATIVE, Verdict.NO_PROMISE)) is is_judged


@pytest.mark.parametrize(
    ("experienced", "expected", "is_paired"),
    [(12, 12, True), (13, 12, False), (12, 13, False), (16, 12, False), (12, 16, False), (17, 17, True)],
)
async def test_a_paired_gap_leaves_nobody_or_five_on_either_side(
    people: People, hands: Hands, contacts: list[int], experienced: int, expected: int, is_paired: bool
) -> None:
    await felt(people.acme, contacts[:12], (FACES * 2)[:12], TODAY)
    for contact in contacts[:12]:
        await given(people.acme, contact, noon(TODAY), ("exp", "expectation", 4))
    await felt(people.acme, contacts[12:], [1] * (experienced - 12), TODAY)
    for contact in contacts[30 : 30 + expected - 12]:
        await given(people.acme, contact, noon(TODAY), ("exp", "expectation", 1))
    [gap] = [gap for gap in delivery(await report_of(people, hands)).gaps if gap.name is GapName.SERVICE]
    assert (gap.is_paired, gap.n == 12) == (is_paired, is_paired or min(experienced, expected) == 12)


@pytest.mark.parametrize(("answered", "is_shown"), [(1, False), (4, False), (5, True)])
async def test_a_response_rate_is_not_shown_where_few_answered(
    people: People, hands: Hands, contacts: list[int], answered: int, is_shown: bool
) -> None:
    responses = await felt(people.acme, contacts, FACES, TODAY)
    await asked_as("pro", responses)
    await fetch("UPDATE response SET invitation = NULL WHERE id = ANY($1)", responses[answered:])
    figure = delivery(await report_of(people, hands))
    assert (figure.n_contacts, figure.n_invitations) == (10, 10)
    assert figure.response_rate == (pytest.approx(answered / 10) if is_shown else None)
    assert (figure.worst_case is not None) is is_shown


async def test_a_part_is_not_shown_whose_contacts_gave_few_other_answers(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await asked_as("pro", await felt(people.acme, contacts, FACES[:6], TODAY))
    await asked_as("free", await felt(people.acme, contacts[:1], [1], TODAY - timedelta(days=3)))
    assert delivery(await report_of(people, hands)).n_contacts == 6
    assert delivery(await report_of(people, hands, where="plan:pro")).mean is None
    await asked_as("free", await felt(people.acme, contacts[:4], [1] * 4, TODAY - timedelta(days=4)))
    assert delivery(await report_of(people, hands, where="plan:pro")).n_contacts == 6


async def test_a_part_is_not_shown_that_leaves_few_under_a_promise(people: People, hands: Hands) -> None:
    """Of ten others only two came while the promise was in force; both gaps would tell what these felt."""
    await make_journey(people.acme, hands.now, JOURNEY.replace("valid_from: 2025-01-01", "valid_from: 2026-02-01"))
    contacts = await contacts_of(people.acme, 40)
    for plan, own, today in (("pro", contacts[:20], 10), ("free", contacts[20:], 2)):
        await asked_as(plan, await felt(people.acme, own, FACES[:today], TODAY))
        await asked_as(plan, await felt(people.acme, own[today:], [1] * 8, date(2026, 1, 15)))
    gaps = {gap.name: gap.n for gap in delivery(await report_of(people, hands)).gaps}
    assert gaps == {GapName.COMMUNICATION: 12}
    part = delivery(await report_of(people, hands, where="plan:pro"))
    assert (part.mean, part.gaps) == (None, ())


async def test_the_days_before_are_of_the_same_part(people: People, hands: Hands, contacts: list[int]) -> None:
    before = TODAY - timedelta(days=100)
    for plan, face in (("pro", 5), ("free", 1)):
        for day, own in ((TODAY, contacts[:8]), (before, contacts[8:16])):
            await asked_as(plan, await felt(people.acme, own, [face] * 8, day))
        contacts = contacts[16:]
    await score(hands)
    address = "/w/acme/journeys/buying/curve.json"
    drawn = (await people.bob.get(f"{address}?where=plan:pro&against=earlier")).json()
    means = {row["mean"] for row in rows_of(drawn) if row.get("mean") is not None}
    assert means == {1}
    whole = await load_report(people.acme, "buying", Period(before, before))
    assert delivery(whole).mean == 0
    for against in ("persona:buyer", "channel:mail"):
        refused = await people.bob.get(f"{address}?where=plan:pro&against={against}")
        assert refused.status_code == 422


def rows_of(found: Any) -> list[dict[str, Any]]:
    """All rows of data in a chart's specification."""
    if isinstance(found, list):
        own = [part for part in found if isinstance(part, dict) and "mean" in part]
        return own + [row for part in found for row in rows_of(part)]
    return [row for part in found.values() for row in rows_of(part)] if isinstance(found, dict) else []


@pytest.mark.parametrize(
    "page",
    ["drivers", "drivers.json", "drivers.svg", "quadrants.json", "quadrants.svg", "segments", "segments?by=channel"]
    + ["funnel", "funnel.json", "funnel.svg"]
    + [f"touchpoints/delivery/{name}" for name in ("figures", "distribution.json", "distribution.svg", "trend.svg")],
)
async def test_what_is_known_of_all_only_is_refused_for_a_part(people: People, contacts: list[int], page: str) -> None:
    address = f"/w/acme/journeys/buying/{page}"
    assert (await people.bob.get(address)).status_code == 200
    refused = await people.bob.get(f"{address}{'&' if '?' in page else '?'}where=plan:pro")
    assert refused.status_code == 422
    assert "only the curve can be shown" in refused.text


@pytest.mark.parametrize("path", ["drivers", "funnel", "touchpoints/delivery/figures"])
async def test_programs_are_refused_a_part_likewise(
    people: People, hands: Hands, contacts: list[int], path: str
) -> None:
    key = await make_key(people.acme, hands.now)
    refused = await people.nobody.get(f"/api/v1/journeys/buying/{path}?where=plan:pro", headers=key)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "where")


async def test_drivers_are_of_the_days_asked_for(people: People, hands: Hands, contacts: list[int]) -> None:
    await felt(people.acme, contacts, FACES, TODAY)
    await felt(people.acme, contacts[10:], [3] * 6, date(2026, 1, 15))
    await score(hands)
    key = await make_key(people.acme, hands.now)
    api, asked = "/api/v1/journeys/buying/drivers", "since=2026-01-01&until=2026-01-31"
    answers = [(await people.nobody.get(f"{api}?{query}", headers=key)).json() for query in ("", asked)]
    assert [found["same"]["n_same"] for found in answers] == [16, 6]
    assert (answers[1]["since"], answers[1]["until"]) == ("2026-01-01", "2026-01-31")
    page = (await people.bob.get(f"/w/acme/journeys/buying/drivers?{asked}")).text
    assert "31 Jan 2026" in page.replace("\xa0", " ")
