"""Events: each taken once, decided on once, refused whole."""

import asyncio
from typing import Any

import pytest

from accounts.api_keys import Scope
from core.database import fetch
from tests.factories import Hands, delivered, make_journey, make_key
from tests.people import People


async def post(people: People, hands: Hands, body: Any) -> Any:
    key = await make_key(people.acme, hands.now)
    return await people.nobody.post("/api/v1/events", json=body, headers=key)


async def count(table: str) -> int:
    return int((await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def test_an_event_with_a_trigger_asks_its_contact(people: People, hands: Hands) -> None:
    answered = await post(people, hands, delivered())
    assert answered.status_code == 202
    assert answered.json() == [
        {
            "key": "delivered-c1",
            "is_new": True,
            "decisions": [{"touchpoint": "delivery", "outcome": "asked", "reason": "due"}],
        }
    ]
    assert await count("invitation") == 1


async def test_the_same_event_posted_five_times_at_once_makes_one_invitation(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now)
    posts = [people.nobody.post("/api/v1/events", json=delivered(), headers=key) for _ in range(5)]
    answers = await asyncio.gather(*posts)
    assert [answer.status_code for answer in answers] == [202] * 5
    assert sum(answer.json()[0]["is_new"] for answer in answers) == 1
    assert {str(answer.json()[0]["decisions"]) for answer in answers} == {str(answers[0].json()[0]["decisions"])}
    assert (await count("event"), await count("decision"), await count("invitation")) == (1, 1, 1)


async def test_two_batches_in_opposite_order_do_not_wait_for_each_other(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now)
    contacts = [f"c{number}" for number in range(40)]
    first = [delivered(contact, key=f"a-{contact}") for contact in contacts]
    second = [delivered(contact, key=f"b-{contact}") for contact in reversed(contacts)]
    posts = [people.nobody.post("/api/v1/events", json=batch, headers=key) for batch in (first, second)]
    assert [answer.status_code for answer in await asyncio.gather(*posts)] == [202, 202]
    assert await count("invitation") == 40  # the other forty were asked at this touchpoint a moment before


async def test_an_event_that_nothing_listens_to_is_kept_and_says_so(people: People, hands: Hands) -> None:
    answered = await post(people, hands, {"key": "e1", "name": "invoice.paid", "contact": {"id": "c1"}})
    assert answered.json()[0]["decisions"] == [{"touchpoint": None, "outcome": "not_used", "reason": "no_trigger"}]
    assert await count("event") == 1


async def test_a_second_delivery_within_thirty_days_is_not_asked(people: People, hands: Hands) -> None:
    await post(people, hands, delivered(key="first"))
    hands.move(days=29)
    assert (await post(people, hands, delivered(key="second"))).json()[0]["decisions"][0]["reason"] == (
        "asked_here_recently"
    )
    hands.move(days=2)
    assert (await post(people, hands, delivered(key="third"))).json()[0]["decisions"][0]["outcome"] == "asked"


async def test_who_has_no_address_is_not_asked(people: People, hands: Hands) -> None:
    answered = await post(people, hands, {"key": "e1", "name": "order.delivered", "contact": {"id": "c9"}})
    assert answered.json()[0]["decisions"][0]["reason"] == "no_address"


async def test_an_event_that_arrives_after_the_survey_expired_is_not_asked(people: People, hands: Hands) -> None:
    late = delivered(occurred_at="2026-02-01T12:00:00Z")
    assert (await post(people, hands, late)).json()[0]["decisions"][0]["reason"] == "too_late"


async def test_a_contact_is_updated_by_what_an_event_says_and_kept_where_it_is_silent(
    people: People, hands: Hands
) -> None:
    await post(people, hands, delivered())
    await post(people, hands, {"key": "e2", "name": "x", "contact": {"id": "c1", "name": "Chris"}})
    rows = await fetch("SELECT email, name, locale FROM contact")
    assert rows == [{"email": "c1@customer.example", "name": "Chris", "locale": "en"}]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"key": "e1", "name": "order.delivered"}, "contact"),
        ({**delivered(), "colour": "red"}, "colour"),
        ([delivered(), {**delivered(), "contact": {"email": "a@b.example"}}], "[1].contact.id"),
        ({**delivered(), "key": 7}, "key"),
        ([delivered(), {**delivered("c2"), "touchpoint": "moon"}], "[1].touchpoint"),
        (delivered(touchpoint="moon"), "[0].touchpoint"),
        ({**delivered(), "contact": {"id": "c1", "email": "not an address"}}, "[0].contact.email"),
        ({**delivered(), "contact": {"id": "c1", "email": "a@b.example\r\nBcc: x@y.example"}}, "[0].contact.email"),
        ({**delivered(), "contact": {"id": "c1", "persona": "nobody"}}, "[0].contact.persona"),
        ({**delivered(), "contact": {"id": "c1", "kind": "friend"}}, "contact.kind"),
        (delivered(occurred_at="2027-01-01T00:00:00Z"), "[0].occurred_at"),
        (delivered(occurred_at="2026-03-02T00:00:00"), "occurred_at"),
        (delivered(properties={"a": "\0"}), "[0]"),
        (delivered(properties={"a": "x" * 20_000}), "[0].properties"),
        ([], "body"),
        ([delivered(key=f"k{number}") for number in range(1_001)], "body"),
        ("hello", "body"),
    ],
)
async def test_a_bad_event_is_refused_with_its_field_and_changes_nothing(
    people: People, hands: Hands, body: Any, field: str
) -> None:
    answered = await post(people, hands, body)
    assert answered.status_code == 422, answered.text
    assert answered.headers["content-type"].startswith("application/problem+json")
    problem = answered.json()
    assert problem["status"] == answered.status_code
    assert field in [error["field"] for error in problem["errors"]], problem
    assert (await count("event"), await count("contact"), await count("invitation")) == (0, 0, 0)


async def test_broken_json_is_refused(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now)
    headers = {**key, "content-type": "application/json"}
    answered = await people.nobody.post("/api/v1/events", content=b"{", headers=headers)
    assert answered.status_code == 422
    assert answered.json()["errors"]


async def test_a_key_without_the_scope_may_not_send_events(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now, Scope.READ)
    answered = await people.nobody.post("/api/v1/events", json=delivered(), headers=key)
    assert answered.status_code == 403
    assert await count("event") == 0


async def test_a_touchpoint_of_another_workspace_is_unknown(people: People, hands: Hands) -> None:
    key = await make_key(people.other, hands.now)
    answered = await people.nobody.post("/api/v1/events", json={**delivered(touchpoint="delivery")}, headers=key)
    assert answered.status_code == 422
