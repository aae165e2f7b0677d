"""The page and the API of the action log: who may log, what both show, and what the planner says."""

from datetime import date
from math import sqrt
from typing import Any

import pytest

from accounts.api_keys import Scope
from accounts.membership import add_member
from accounts.tables import Role
from analysis.action_pages import plans_table
from analysis.actions import load_actions
from analysis.before_after import Action
from analysis.experience import moments_of
from analysis.planner import plan_of
from core.database import fetch
from tests.analysis.action_examples import (
    ACTION,
    AFTER,
    BEFORE,
    HIGH,
    JOURNEY,
    LOW,
    PAGE,
    SETTINGS,
    answer,
    logged,
    scored,
)
from tests.analysis.answers import contacts_of
from tests.factories import Hands, make_journey, make_key
from tests.people import People, post_form, signed_in


@pytest.fixture(autouse=True)
async def contacts(people: People, hands: Hands) -> list[int]:
    await make_journey(people.acme, hands.now, JOURNEY)
    return await contacts_of(people.acme, 60)


FORM = {"touchpoint": "delivery", "what": "Two drivers a van", "on_day": "2026-01-20", "window_days": "20"}


async def test_an_editor_logs_and_removes_and_a_viewer_only_looks(
    app: Any, people: People, hands: Hands, contacts: list[int]
) -> None:
    await add_member(people.acme, "eve@acme.example", "Eve", Role.EDITOR, hands.now)
    eve = await signed_in(app, "eve@acme.example", hands.now)
    assert "No actions yet" in (await eve.get(PAGE)).text
    assert (await post_form(people.bob, PAGE, FORM)).status_code == 403
    assert (await post_form(eve, PAGE, FORM)).status_code == 303
    (entry,) = await load_actions(people.acme, "buying")
    for viewer in (eve, people.bob):
        page = (await viewer.get(PAGE)).text
        assert "Two drivers a van" in page
        assert ('<form class="row"' in page, "Remove from the log" in page) == ((viewer is eve,) * 2)
    assert (await people.charlie.get(PAGE)).status_code == 404
    assert (await eve.post(f"/w/acme/actions/{entry.id}/forget")).status_code == 403  # without its token
    assert (await post_form(people.bob, f"/w/acme/actions/{entry.id}/forget", {})).status_code == 403
    assert (await post_form(people.charlie, f"/w/other/actions/{entry.id}/forget", {})).status_code == 404
    assert (await post_form(eve, f"/w/acme/actions/{entry.id}/forget", {})).headers["location"] == PAGE
    assert await load_actions(people.acme, "buying") == []
    await eve.aclose()


async def test_a_form_at_fault_is_shown_again_with_what_was_typed(people: People) -> None:
    posted = await post_form(people.alice, PAGE, {**FORM, "what": "<b>Vans", "on_day": "soon", "window_days": "x"})
    assert posted.status_code == 422
    assert "write a day as YYYY-MM-DD" in posted.text
    assert "write a whole number of days" in posted.text
    assert 'value="&lt;b&gt;Vans"' in posted.text
    assert await load_actions(people.acme, "buying") == []


async def test_page_chart_and_api_show_the_same_figure(people: People, hands: Hands, contacts: list[int]) -> None:
    await answer(people, contacts[:12], BEFORE, "delivery", LOW)
    await answer(people, contacts[12:24], AFTER, "delivery", HIGH)
    await scored(hands)
    key = await make_key(people.acme, hands.now)
    body = {"touchpoint": "delivery", "what": ACTION.what, "on_day": "2026-01-20", "window_days": 20, "washout_days": 4}
    posted = await people.nobody.post("/api/v1/journeys/buying/actions", json=body, headers=key)
    assert posted.status_code == 201
    figure = posted.json()
    assert (await people.nobody.get("/api/v1/journeys/buying/actions", headers=key)).json() == [figure]
    assert (figure["verdict"], figure["decision_day"], figure["before"]["n_contacts"]) == ("improved", "2026-02-13", 12)
    words = f"{figure['net']['value']:+.2f}"
    page = (await people.bob.get(PAGE)).text
    assert f"Delivery improved after “Two drivers a van”: {words}" in page
    assert '<span class="tag positive">improved</span>' in page
    chart = await people.bob.get(f"{PAGE}/{figure['id']}/chart.json?layout=phone&theme=dark")
    assert words in chart.text
    drawn = await people.bob.get(f"{PAGE}/{figure['id']}/chart.svg")
    assert (drawn.headers["content-type"], words in drawn.text) == ("image/svg+xml", True)
    assert (await people.bob.get(f"{PAGE}/{figure['id'] + 1}/chart.json")).status_code == 404


async def test_an_interim_look_says_when_the_verdict_falls(people: People, hands: Hands) -> None:
    await logged(people, hands, Action("Just now", hands.now.date(), decision_day=date(2026, 12, 12)))
    page = (await people.bob.get(PAGE)).text.replace("\xa0", " ")
    assert "interim look: no verdict before 12 Dec 2026" in page


async def test_the_api_says_what_is_wrong_and_wants_the_scope(people: People, hands: Hands) -> None:
    path = "/api/v1/journeys/buying/actions"
    body = {"touchpoint": "chimney", "what": "Vans", "on_day": "2026-01-20", "washout_days": 99}
    key = await make_key(people.acme, hands.now, Scope.ACTIONS)
    refused = await people.nobody.post(path, json=body, headers=key)
    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.json()["errors"]] == ["touchpoint", "washout_days"]
    odd = await people.nobody.post(path, json={**body, "colour": "red"}, headers=key)
    assert (odd.status_code, odd.json()["errors"][0]["field"]) == (400, "colour")
    reader = await make_key(people.acme, hands.now, Scope.READ)
    assert (await people.nobody.post(path, json=body, headers=reader)).status_code == 403
    stranger = await make_key(people.other, hands.now)
    assert (await people.nobody.post(path, json=body, headers=stranger)).status_code == 404
    assert await fetch("SELECT id FROM action") == []


# The planner


async def test_the_planner_takes_the_spread_and_the_pace_of_each_touchpoint(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answer(people, contacts[:45], hands.now.date(), "delivery", [1, 5, 3] * 15)
    await answer(people, contacts[:6], hands.now.date(), "website", [1, 5] * 3)
    await answer(people, contacts[:4], hands.now.date(), "phone", [1, 5] * 2)
    await scored(hands)
    page = (await people.bob.get(PAGE)).text
    spread = sqrt(30 / 44)
    needed = 2 * ((1.959964 + 0.841621) * spread / 0.3) ** 2
    weeks = -(-needed // (45 * 7 / 90))
    assert f"{-(-needed // 1):.0f} contacts, about {weeks:.0f} weeks" in page
    assert f">{spread:.2f}<" in page
    assert "63 contacts, more than 2 years" in page  # six contacts in 90 days, .6 assumed
    assert ">unknown<" in page  # of four nothing is told
    assert page.count("0.60 (assumed)") == 4


def test_equal_answers_are_no_proof_that_nothing_varies() -> None:
    plan = plan_of("a", "Desk", moments_of([0.5] * 20), 90, SETTINGS)
    assert not plan.is_spread_assumed
    assert plan.spread > 0.1
    table = plans_table([plan_of("a", "Desk", moments_of([0.0, 1.0] * 400), 7, SETTINGS)])
    assert table.rows[0][-1].endswith("contacts, about 1 week")
