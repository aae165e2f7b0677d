"""Segments, overlays and parts of all contacts, asked for as people and programs do; never a few people's answers."""

from datetime import date, timedelta

import pytest

from analysis.load_report import Period, load_report
from analysis.read_answers import property_of
from analysis.report import BlindSpot, TouchpointFigure
from analysis.score_responses import score_responses
from core.database import fetch
from core.errors import Invalid
from surveys.journeys import persona_ids
from tests.analysis.answers import asked_as, contacts_of, given, noon
from tests.factories import Hands, make_journey, make_key
from tests.people import People

TODAY = date(2026, 3, 2)
PERIOD = Period(TODAY - timedelta(days=89), TODAY)
FACES = {"buyer": [1, 1, 2, 1, 2, 1, 1, 2, 1, 1, 2, 1], "architect": [5, 4, 5, 5, 4, 5, 5, 4, 5, 4]}


async def answered(people: People, hands: Hands, few: int = 0) -> None:
    """Twelve buyers who felt bad, ten architects who felt good, and `few` contacts without a persona."""
    await make_journey(people.acme, hands.now)
    personas = await persona_ids(people.acme)
    contacts = iter(await contacts_of(people.acme, 22 + few))
    for persona, faces in FACES.items():
        for face in faces:
            plan = "pro" if persona == "architect" else "free"
            await _asked(people, next(contacts), face, personas[persona], plan)
    for _ in range(few):
        await _asked(people, next(contacts), 3, None, "pro")
    await score_responses(hands.now)


async def _asked(people: People, contact: int, face: int, persona: int | None, plan: str) -> None:
    response = await given(
        people.acme,
        contact,
        noon(TODAY),
        ("felt", "anchor", face),
        persona=persona,
        channel="mail" if face % 2 else "widget",
    )
    await asked_as(plan, [response])


async def delivery(people: People, where: str) -> TouchpointFigure:
    report = await load_report(people.acme, "buying", PERIOD, where=property_of(where))
    return next(figure for figure in report.touchpoints if figure.key == "delivery")


async def test_segments_have_their_own_intervals_and_differ_where_they_do(people: People, hands: Hands) -> None:
    await answered(people, hands)
    key = await make_key(people.acme, hands.now)
    found = (await people.nobody.get("/api/v1/journeys/buying/report", headers=key)).json()["by_persona"]
    assert [(segment["key"], segment["share"]) for segment in found["segments"]] == [
        ("buyer", pytest.approx(12 / 22)),
        ("architect", pytest.approx(10 / 22)),
    ]
    cells = {cell["segment"]: cell for cell in found["cells"]}
    assert cells["buyer"]["estimate"]["mean"] == pytest.approx(sum((f - 3) / 2 for f in FACES["buyer"]) / 12)
    assert (cells["buyer"]["n"], cells["architect"]["n"]) == (12, 10)
    assert all(cell["is_different"] for cell in cells.values())
    page = (await people.bob.get("/w/acme/journeys/buying/segments")).text
    assert "Architect" in page
    assert "lower" in page
    assert (await people.bob.get("/w/acme/journeys/buying/segments?by=channel")).status_code == 200
    assert (await people.charlie.get("/w/other/journeys/buying/segments")).status_code == 404
    assert (await people.bob.get("/w/acme/journeys/buying/segments?by=height")).status_code == 422


async def test_a_segment_of_three_contacts_is_not_shown_nor_can_it_be_worked_out(people: People, hands: Hands) -> None:
    await answered(people, hands, few=3)
    key = await make_key(people.acme, hands.now)
    found = (await people.nobody.get("/api/v1/journeys/buying/report", headers=key)).json()["by_persona"]
    shown = {cell["segment"] for cell in found["cells"] if cell["estimate"] is not None}
    assert shown == {"buyer"}  # the smaller of the others is hidden with the three, who could be subtracted else
    page = (await people.bob.get("/w/acme/journeys/buying/segments")).text
    assert page.count("not shown") >= 2
    curve = (await people.bob.get("/w/acme/journeys/buying/curve.json?against=persona:none")).text
    assert "No persona" in curve  # named in the key, but without a point
    assert "nan" not in (page + curve).lower().replace("finance", "")


async def test_a_persona_and_the_period_before_lie_over_the_curve(people: People, hands: Hands) -> None:
    await answered(people, hands)
    query = "against=persona:architect&against=earlier"
    page = (await people.bob.get(f"/w/acme/journeys/buying?{query}")).text
    assert "curve.json?since=2025-12-03&amp;until=2026-03-02&amp;against=persona%3Aarchitect" in page
    drawn = await people.bob.get(f"/w/acme/journeys/buying/curve.json?{query}")
    assert drawn.status_code == 200
    assert "Architect" in drawn.text
    assert "4 Sep 2025 to 2 Dec 2025" in drawn.text.replace("\xa0", " ")
    same = await people.bob.get("/w/acme/journeys/buying/curve.json?against=same")
    assert "those who answered at every step" in same.text
    assert "22\xa0contacts" in same.text  # only one step was answered at: all of them
    for wrong in ("persona:king", "height", "channel:"):
        refused = await people.bob.get(f"/w/acme/journeys/buying/curve.json?against={wrong}")
        assert refused.status_code == 422, wrong


async def test_a_property_the_tally_does_not_know_is_counted_from_the_answers(people: People, hands: Hands) -> None:
    await answered(people, hands)
    found = await delivery(people, "plan:pro")
    assert (found.n_contacts, found.n_responses, found.n_invitations) == (10, 10, 10)
    assert found.mean == pytest.approx(sum((f - 3) / 2 for f in FACES["architect"]) / 10)
    page = (await people.bob.get("/w/acme/journeys/buying?where=plan:pro")).text
    assert "counted afresh from the answers" in page
    key = await make_key(people.acme, hands.now)
    report = (await people.nobody.get("/api/v1/journeys/buying/report?where=plan:pro", headers=key)).json()
    assert (report["where"], report["touchpoints"][1]["mean"]) == ("plan:pro", found.mean)
    nobody = await delivery(people, "plan:enterprise")
    assert (nobody.n_contacts, nobody.mean, nobody.blind_spot) == (0, None, BlindSpot.NO_INVITATIONS)


async def test_a_part_that_would_leave_three_contacts_is_not_shown(people: People, hands: Hands) -> None:
    await answered(people, hands, few=3)
    await fetch('UPDATE event SET properties = \'{"plan": "gone"}\' WHERE contact IN (SELECT max(contact) FROM event)')
    await fetch("UPDATE event SET properties = '{\"plan\": \"pro\"}' WHERE properties ->> 'plan' = 'free'")
    all_but_one = await delivery(people, "plan:pro")
    assert (all_but_one.n_contacts, all_but_one.mean, all_but_one.official) == (0, None, ())
    assert all_but_one.blind_spot is BlindSpot.TOO_FEW


@pytest.mark.parametrize("words", ["plan", "plan:", ":pro", "", "a" * 300 + ":b"])
def test_a_property_is_written_with_a_colon(words: str) -> None:
    with pytest.raises(Invalid) as refused:
        property_of(words)
    assert refused.value.faults[0].field == "where"
