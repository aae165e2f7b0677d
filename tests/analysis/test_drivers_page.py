"""Drivers from end to end: what is planted is found, little is shown of few, page and API agree."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from analysis.driver_report import DriverReport, WhyLeftOut
from analysis.drivers import LABEL
from analysis.load_drivers import load_drivers
from analysis.load_paths import PathStep, load_paths
from analysis.load_report import last_days, load_report
from analysis.same_contacts import same_contacts_points
from analysis.score_responses import score_responses
from core.database import fetch
from surveys.journeys import load_journey
from tests.analysis.answers import contacts_of, noon
from tests.factories import JOURNEY, Hands, make_journey, make_key
from tests.people import People

STEPS = ("shop", "delivery", "bill")
WHOLE = JOURNEY.replace("name: Buying a chair\n", "name: Buying a chair\noverall: whole\n") + (
    "      - {key: bill, name: Bill, period: after, channel: mail}\n"
    "      - {key: whole, name: All in all, period: after, channel: mail}\n"
)
PAGE, API = "/w/acme/journeys/buying/drivers", "/api/v1/journeys/buying/drivers"

Row = dict[str, int]  # the face that a contact gave, by touchpoint


def planted(n: int, seed: int = 7) -> list[Row]:
    """The overall face follows the delivery, a little noise aside; shop and bill have no part in it."""
    dice = random.Random(seed)
    rows = [{key: dice.randint(1, 5) for key in STEPS} for _ in range(n)]
    return [{**row, "whole": min(5, max(1, row["delivery"] + dice.choice((-1, 0, 0, 0, 1))))} for row in rows]


async def give(people: People, hands: Hands, rows: Sequence[Row], instruments: dict[str, str] | None = None) -> None:
    """One answer of contact after contact at each touchpoint of its row, in the order of the rows."""
    contacts = await contacts_of(people.acme, len(rows))
    kinds = instruments or {}
    records = [
        {"contact": contact, "touchpoint": key, "instrument": kinds.get(key, "anchor"), "value": value}
        for contact, row in zip(contacts, rows, strict=True)
        for key, value in row.items()
    ]
    await fetch(_GIVE, people.acme, msgspec.json.encode(records).decode(), noon(hands.now.date()))
    while await score_responses(hands.now):
        pass


async def report_of(people: People, hands: Hands) -> DriverReport:
    return await load_drivers(people.acme, "buying", last_days(hands.now))


async def api_of(people: People, hands: Hands, query: str = "") -> dict[str, Any]:
    answer = await people.nobody.get(API + query, headers=await make_key(people.acme, hands.now))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def page_of(people: People) -> str:
    answer = await people.bob.get(PAGE)
    assert answer.status_code == 200, answer.text
    assert "nan" not in answer.text.lower().split()
    return answer.text


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, WHOLE)


async def test_what_is_planted_is_found(people: People, hands: Hands) -> None:
    await give(people, hands, planted(130))
    found = await report_of(people, hands)
    assert found.overall is not None
    assert (found.overall.name, found.overall.n_contacts, found.n_read) == ("All in all", 130, 130)
    assert found.drivers is not None
    first, *others = sorted(found.drivers.drivers, key=lambda driver: -driver.johnson)
    assert (first.name, found.drivers.n, found.drivers.label) == ("Delivery", 130, LABEL)
    assert first.johnson > 0.7 > 0.1 > max(driver.johnson for driver in others)
    assert found.derived is not None
    assert set(found.derived.placed) == set(STEPS)
    report = await load_report(people.acme, "buying", last_days(hands.now))
    curve = {figure.key: figure.mean for figure in report.touchpoints}
    assert {key: placed.performance.value for key, placed in found.derived.placed.items()} == {
        key: curve[key] for key in STEPS
    }
    page = await page_of(people)
    assert LABEL in page
    assert "Delivery" in page
    assert "130\xa0contacts gave one" in page


async def test_the_last_step_predicts_where_it_is_what_is_remembered(people: People, hands: Hands) -> None:
    rows = [{**row, "whole": row["bill"]} for row in planted(60)]
    await give(people, hands, rows)
    assert "The last step predicts the overall answer best (R² 1.00, 60\xa0contacts)." in await page_of(people)


async def test_the_order_of_the_rows_changes_no_digit(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.load_drivers.MOST_REMEMBERED", 0)
    rows = planted(120)
    await give(people, hands, rows)
    forward = msgspec.json.encode(await report_of(people, hands))
    # The same contacts by the workspace's own ids, written backwards: other ids of ours, other places on the disk.
    await fetch("DELETE FROM contact WHERE workspace = $1", people.acme)
    await fetch("TRUNCATE tally, contact_tally")
    names = [f"c{n}" for n in range(len(rows), 0, -1)]
    await give(people, hands, rows[::-1])
    await fetch("UPDATE contact SET external_id = 'x' || id")
    await fetch(_RENAME, people.acme, names)
    assert msgspec.json.encode(await report_of(people, hands)) == forward


async def test_fewer_than_a_hundred_contacts_says_how_many_are_needed(people: People, hands: Hands) -> None:
    await give(people, hands, planted(63))
    found = await report_of(people, hands)
    assert found.drivers is not None
    assert (found.drivers.n, found.drivers.n_needed, found.drivers.drivers) == (63, 100, ())
    page = await page_of(people)
    assert "63\xa0contacts gave the overall answer and answered at the same two other touchpoints." in page
    assert "Drivers are compared from 100 contacts on, so 37 more are needed." in page
    assert "data-chart" not in page


async def test_a_touchpoint_that_few_answered_at_is_left_out_and_named(people: People, hands: Hands) -> None:
    rows = planted(120)
    await give(people, hands, [row if i < 40 else {**row, "bill": 0} for i, row in enumerate(rows)])
    found = await report_of(people, hands)
    assert found.drivers is not None
    assert (found.drivers.n, [driver.name for driver in found.drivers.drivers]) == (120, ["Shop", "Delivery"])
    assert [(left.key, left.why) for left in found.left_out] == [("bill", WhyLeftOut.COSTS_MOST)]
    assert "Left out: Bill (too few contacts answered there as well as at the others)." in await page_of(people)


async def test_four_contacts_at_a_touchpoint_are_shown_nowhere(people: People, hands: Hands) -> None:
    await give(people, hands, [row if i < 4 else {**row, "bill": 0} for i, row in enumerate(planted(120))])
    found = await report_of(people, hands)
    assert [(left.key, left.why) for left in found.left_out] == [("bill", WhyLeftOut.TOO_FEW)]
    bill = next(step for step in found.same.steps if step.step == "bill")
    assert (bill.n_answered, bill.mean, bill.mean_of_same) == (0, None, None)
    assert found.same.n_same == 120  # who answered at every step that may be shown
    assert "Bill (fewer than 5 contacts answered there)" in await page_of(people)


async def test_four_overall_answers_are_no_figure(people: People, hands: Hands) -> None:
    await give(people, hands, planted(4))
    found = await report_of(people, hands)
    assert found.overall is not None
    assert found.drivers is not None
    assert found.prediction is not None
    assert (found.n_contacts, found.overall.n_contacts, found.drivers.n, found.prediction.n) == (0, 0, 0, 0)
    page = await page_of(people)
    assert "fewer than 5 contacts gave one" in page
    assert "4\xa0contacts" not in page


async def test_where_all_answers_are_equal_nothing_goes_with_them(people: People, hands: Hands) -> None:
    await give(people, hands, [{"shop": 3, "delivery": 3, "bill": 3, "whole": 3}] * 110)
    page = await page_of(people)
    assert "The answers do not differ, so nothing can go with them." in page
    assert "The overall answers do not differ, so there is nothing to predict." in page


@pytest.mark.parametrize("n", [0, 1])
async def test_an_empty_journey_and_one_answer_are_pages_too(people: People, hands: Hands, n: int) -> None:
    await give(people, hands, planted(n))
    page = await page_of(people)
    assert "Fewer than 5 contacts gave the overall answer" in page
    assert "Fewer than 5 contacts answered at every step, so their curve is not shown." in page
    for address in (f"{PAGE}.json", "/w/acme/journeys/buying/quadrants.json?kind=stated"):
        assert (await people.bob.get(address)).status_code == 200


async def test_without_an_overall_touchpoint_the_page_says_how_to_name_one(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, WHOLE.replace("overall: whole\n", ""))
    await give(people, hands, planted(20))
    found = await report_of(people, hands)
    assert (found.overall, found.drivers, found.derived, found.prediction) == (None, None, None, None)
    page = await page_of(people)
    assert "add the line <code>overall:</code>" in page
    assert "All in all" in page  # then it is a step like the others


async def test_nps_is_the_overall_answer_where_it_was_asked(people: People, hands: Hands) -> None:
    rows = [{**row, "whole": row["whole"] * 2} for row in planted(10)]
    await give(people, hands, rows, {"whole": "nps"})
    assert "measured by NPS" in await page_of(people)


async def test_stated_importance_has_quadrants_of_its_own(people: People, hands: Hands) -> None:
    await give(people, hands, planted(12))
    await fetch(_IMPORTANCE, people.acme)
    await fetch("UPDATE response SET scored_at = NULL")
    await fetch("TRUNCATE tally, contact_tally")
    while await score_responses(hands.now):
        pass
    found = await report_of(people, hands)
    assert set(found.stated.placed) == set(STEPS)
    assert found.stated.placed["shop"].importance.value == 0.5
    assert "importance as people say" in await page_of(people)


async def test_where_late_steps_are_answered_by_the_happy_the_curve_of_all_warns(people: People, hands: Hands) -> None:
    happy, gone = {"shop": 5, "delivery": 5, "bill": 5}, {"shop": 1}
    await give(people, hands, [happy] * 10 + [gone] * 10)
    found = await report_of(people, hands)
    assert [(key, mean, n) for key, mean, _, n in same_contacts_points(found.same)] == [
        ("shop", 1.0, 10),
        ("delivery", 1.0, 10),
        ("bill", 1.0, 10),
    ]
    assert found.same.steps[0].drop_off == 0.5
    assert "The curve of all misleads at Shop: there the two differ by more than 0.10." in await page_of(people)


async def test_an_event_alone_reaches_a_step(people: People, hands: Hands) -> None:
    (contact,) = await contacts_of(people.acme, 1)
    await fetch(_EVENT, people.acme, contact, noon(hands.now.date()))
    view = await load_journey(people.acme, "buying")
    steps = [PathStep(point.id, point.key, point.event, None) for point in view.touchpoints]
    paths = await load_paths(people.acme, steps, last_days(hands.now), most=10)
    assert [(path.contact, path.steps) for path in paths.contacts] == [("c1", {"shop": None})]


async def test_only_the_newest_contacts_are_read_and_the_page_says_so(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(people, hands, planted(30))
    monkeypatch.setattr("analysis.load_drivers.MOST_CONTACTS", 20)
    found = await report_of(people, hands)
    assert (found.n_contacts, found.n_read, found.is_cut) == (30, 20, True)
    assert "the newest 20 of the 30 contacts" in await page_of(people)


async def test_what_subtracted_from_the_curve_would_leave_four_contacts_is_not_shown(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(people, hands, planted(30))
    monkeypatch.setattr("analysis.load_drivers.MOST_CONTACTS", 26)
    found = await report_of(people, hands)
    assert [(step.n_answered, step.mean) for step in found.same.steps] == [(0, None)] * 3


async def test_page_and_api_agree_digit_by_digit(people: People, hands: Hands) -> None:
    await give(people, hands, planted(130))
    api, page = await api_of(people, hands), await page_of(people)
    assert len(api["drivers"]["drivers"]) == len(STEPS)
    for driver in api["drivers"]["drivers"]:
        cells = [
            driver["name"],
            f"{driver['johnson'] * 100:.0f}\xa0%",
            f"{driver['johnson_interval']['lo'] * 100:.0f} to {driver['johnson_interval']['hi'] * 100:.0f}\xa0%",
            f"{driver['shapley'] * 100:.0f}\xa0%",
        ]
        row = next(row for row in page.split("<tr>") if f'scope="row">{driver["name"]}<' in row and "Shapley" in row)
        assert [cell for cell in cells if f">{cell}<" not in row] == []
    for summary, r_squared in api["prediction"]["r_squared"].items():
        assert f">{r_squared:.2f}<".replace("-", "−") in page, summary
    assert api["data_hash"][:12] in page
    again = await api_of(people, hands)
    assert again == api


async def test_a_period_that_ends_before_it_starts_is_refused(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now)
    answer = await people.nobody.get(f"{API}?since=2026-02-01&until=2026-01-01", headers=key)
    assert answer.status_code == 422
    assert "ends before it starts" in answer.text


async def test_another_workspace_finds_nothing(people: People) -> None:
    assert (await people.charlie.get(PAGE)).status_code == 404
    assert (await people.charlie.get("/w/other/journeys/buying/drivers")).status_code == 404


# A value of 0 stands for no answer: the contact was there all the same.
_GIVE = """
WITH given AS (
    SELECT * FROM ROWS FROM (jsonb_to_recordset($2::jsonb)
        AS (contact bigint, touchpoint text, instrument text, value smallint)) WITH ORDINALITY
        AS g(contact, touchpoint, instrument, value, place)
), responded AS (
    INSERT INTO response (workspace, contact, touchpoint, survey_version, channel, locale, occurred_at, submitted_at)
    SELECT $1, g.contact, t.id, (SELECT max(id) FROM survey_version), 'mail', '', $3, $3
    FROM given g JOIN touchpoint t ON t.key = g.touchpoint JOIN journey j ON j.id = t.journey AND j.workspace = $1
    ORDER BY g.place RETURNING id, contact, touchpoint
)
INSERT INTO answer (response, question, instrument, value)
SELECT r.id, 'felt', g.instrument, g.value
FROM responded r JOIN touchpoint t ON t.id = r.touchpoint
JOIN given g ON g.contact = r.contact AND g.touchpoint = t.key WHERE g.value > 0
"""

_RENAME = """
UPDATE contact c SET external_id = named.external_id
FROM (
    SELECT id, ($2::text[])[row_number() OVER (ORDER BY id)] AS external_id FROM contact WHERE workspace = $1
) named WHERE named.id = c.id
"""

_IMPORTANCE = """
INSERT INTO answer (response, question, instrument, value)
SELECT id, 'matters', 'importance', 4 FROM response WHERE workspace = $1
"""

_EVENT = """
INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
VALUES ($1, 'e1', 'shop.visited', $2, $3, $3, '{}')
"""
