"""The Segment shape: what its libraries send is taken as they send it."""

import gzip
import json
from typing import Any

import pytest

from accounts.api_keys import Scope
from core.database import fetch
from core.errors import Invalid
from feedback.intake.segment import Call, read_batch, read_call
from tests.factories import UNLIMITED, Hands, make_journey, make_key, set_policy
from tests.people import People


def track(**more: Any) -> dict[str, Any]:
    """A message of the small journey that asks its contact, with what a library adds by itself."""
    return {
        "type": "track",
        "messageId": "ajs-1",
        "userId": "c1",
        "event": "order.delivered",
        "timestamp": "2026-03-02T10:00:00.000Z",
        "properties": {"total": 45},
        "context": {
            "library": {"name": "analytics.js", "version": "2.1"},
            "locale": "de-AT",
            "timezone": "Europe/Vienna",
            "traits": {"email": "c1@customer.example"},
        },
        "integrations": {"All": True},
        "sentAt": "2026-03-02T10:00:01.000Z",
        **more,
    }


def identify(**traits: Any) -> dict[str, Any]:
    return {"type": "identify", "messageId": "i1", "userId": "c1", "traits": traits}


def one(message: dict[str, Any], call: Call = Call.TRACK) -> Any:
    calls = read_call(json.dumps(message).encode(), call)
    return calls.events[""] if call is Call.TRACK else calls.contacts[0].contact


def faults(message: Any, call: Call = Call.TRACK) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read_call(json.dumps(message).encode(), call)
    return {fault.field: fault.message for fault in refused.value.faults}


@pytest.fixture
async def key(people: People, hands: Hands) -> dict[str, str]:
    await make_journey(people.acme, hands.now)
    await set_policy(people.acme, UNLIMITED)
    return await make_key(people.acme, hands.now, Scope.EVENTS)


async def count(table: str) -> int:
    return int((await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


@pytest.mark.parametrize("path", ["track", "v1/track"])
async def test_a_track_call_asks_its_contact_once(people: People, key: dict[str, str], path: str) -> None:
    for is_new in (True, False):
        answered = await people.nobody.post(f"/api/v1/segment/{path}", json=track(), headers=key)
        assert answered.status_code == 200, answered.text
        said = answered.json()
        assert (said["success"], said["events"][0]["is_new"]) == (True, is_new)
        assert said["events"][0]["decisions"][0]["outcome"] == "asked"
    [contact] = await fetch("SELECT external_id, email, locale, time_zone FROM contact")
    assert tuple(contact.values()) == ("c1", "c1@customer.example", "de-AT", "Europe/Vienna")
    assert (await count("event"), await count("invitation")) == (1, 1)


async def test_an_identify_call_keeps_the_contact_and_decides_nothing(people: People, key: dict[str, str]) -> None:
    message = identify(email="c1@customer.example", name="Kim", company={"id": "a1", "name": "Acorn"}, plan="pro")
    answered = await people.nobody.post("/api/v1/segment/identify", json=message, headers=key)
    assert (answered.status_code, answered.json()["contacts"]) == (200, 1)
    [row] = await fetch(
        "SELECT c.email, c.name, c.attributes, a.external_id, a.name AS account FROM contact c "
        "JOIN account a ON a.id = c.account"
    )
    assert json.loads(row.pop("attributes")) == {"plan": "pro"}
    assert tuple(row.values()) == ("c1@customer.example", "Kim", "a1", "Acorn")
    assert (await count("event"), await count("decision")) == (0, 0)


async def test_a_batch_keeps_people_first_and_says_what_it_left_out(people: People, key: dict[str, str]) -> None:
    nameless = track(context={})
    page = {"type": "page", "userId": "c1", "name": "Home"}
    batch = {"batch": [nameless, identify(email="c1@customer.example"), page, page], "sentAt": "2026-03-02T10:00:01Z"}
    answered = await people.nobody.post("/api/v1/segment/batch", json=batch, headers=key)
    assert answered.status_code == 200, answered.text
    assert answered.json()["left_out"] == {"page": 2}
    assert answered.json()["events"][0]["decisions"][0]["outcome"] == "asked"  # the address came after the event


async def test_a_batch_with_a_fault_stores_nothing(people: People, key: dict[str, str]) -> None:
    future = track(messageId="2", timestamp="2099-01-01T00:00:00Z")
    mixed = identify(email="kim@pаypal.example")  # with a Cyrillic а
    answered = await people.nobody.post("/api/v1/segment/batch", json={"batch": [track(), future, mixed]}, headers=key)
    assert answered.status_code == 422
    assert {error["field"] for error in answered.json()["errors"]} == {"batch[1].timestamp", "batch[2].traits.email"}
    assert (await count("event"), await count("contact")) == (0, 0)


async def test_a_packed_batch_is_unpacked_within_bounds(people: People, key: dict[str, str]) -> None:
    headers = {**key, "content-encoding": "gzip"}
    bodies = {
        200: gzip.compress(json.dumps({"batch": [track()]}).encode()),
        422: gzip.compress(b" " * (17 * 1024 * 1024)),
    }
    for status, body in bodies.items():
        answered = await people.nobody.post("/api/v1/segment/batch", content=body, headers=headers)
        assert answered.status_code == status, answered.text
    for broken in (b"no gzip", bodies[200][:-9]):
        answered = await people.nobody.post("/api/v1/segment/batch", content=broken, headers=headers)
        assert answered.json()["errors"][0]["field"] == "body"


async def test_a_key_without_the_scope_may_send_nothing(people: People, hands: Hands) -> None:
    reader = await make_key(people.acme, hands.now, Scope.READ)
    for name in ("track", "identify", "batch"):
        assert (await people.nobody.post(f"/api/v1/segment/{name}", json=track(), headers=reader)).status_code == 403


def test_who_has_not_signed_in_goes_by_the_anonymous_id() -> None:
    assert one(track(userId=None, anonymousId="anon-1")).contact.id == "anon-1"
    assert one(track(userId=17)).contact.id == "17"


def test_what_a_library_found_out_wrongly_is_left_out() -> None:
    context = {"locale": "not a locale", "timezone": "Mars/Olympus"}
    event = one(track(context=context))
    assert (event.contact.locale, event.contact.time_zone) == (event.contact.email, event.contact.email)


@pytest.mark.parametrize(
    ("company", "account"),
    [
        ({"id": 7, "name": "Acorn"}, ("7", "Acorn")),
        ({"name": "Acorn", "plan": "x"}, ("Acorn", "Acorn")),
        ("Acorn", ("Acorn", None)),
    ],
)
def test_a_company_is_an_account(company: Any, account: tuple[str, str | None]) -> None:
    said = one(identify(company=company), Call.IDENTIFY).account
    assert (said.id, said.name or None) == account


def test_names_in_two_parts_are_one_name() -> None:
    contact = one(identify(firstName="Kim", lastName="Lee", age=30), Call.IDENTIFY)
    assert (contact.name, contact.attributes) == ("Kim Lee", {"age": 30})


def test_a_group_call_in_a_batch_is_the_account_of_its_contact() -> None:
    group = {"type": "group", "userId": "c1", "groupId": "a1", "traits": {"name": "Acorn"}}
    [said] = read_batch(json.dumps({"batch": [group]}).encode()).contacts
    assert (said.contact.id, said.contact.account.id, said.contact.account.name) == ("c1", "a1", "Acorn")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("message", "field", "words"),
    [
        (track(userId=None), "userId", "userId or anonymousId"),
        (track(messageId=None), "messageId", "this is missing"),
        (track(event=None), "event", "this is missing"),
        (track(event="x" * 10_000), "event", "1 to 200 characters"),
        (track(event="schedule:buying/delivery"), "event", "Kept's own"),
        (track(properties=[1]), "properties", "a mapping"),
        (track(timestamp="2026-03-02T10:00:00"), "timestamp", "offset from UTC"),
        (track(context={"traits": {"email": 7}}), "context.traits.email", "an e-mail address"),
        (track(context={"traits": {"name": "x" * 10_000}}), "context.traits.name", "a name of up to 200"),
        (track(context="x"), "context", "a mapping"),
        ("hello", "body", "a mapping"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_fault_has_the_place_in_the_message(message: Any, field: str, words: str) -> None:
    found = faults(message)
    assert field in found
    assert words in found[field]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"messages": []}, "batch"),
        ({"batch": []}, "batch"),
        ({"batch": [track()] * 1_001}, "batch"),
        ({"batch": [{**track(), "type": "tracked"}]}, "batch[0].type"),
        ({"batch": [7]}, "batch[0]"),
        ({"batch": [{"type": "group", "userId": "c1"}]}, "batch[0].groupId"),
        ({"batch": [{"type": "identify", "userId": "c1", "traits": {"company": 7}}]}, "batch[0].traits.company"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_fault_in_a_batch_has_its_place(body: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_batch(json.dumps(body).encode())
    assert field in [fault.field for fault in refused.value.faults]
