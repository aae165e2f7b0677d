"""CloudEvents 1.0: in all three modes one intake, each event once, refused with the words of the specification."""

import base64
import json
from typing import Any

import pytest

from accounts.api_keys import Scope
from core.database import fetch
from core.errors import Invalid
from feedback.intake.cloud_events import cloud_events_in, key_of
from tests.factories import UNLIMITED, Hands, make_journey, make_key, set_policy
from tests.people import People

PATH = "/api/v1/events/cloudevents"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


def cloud(number: str = "1", **more: Any) -> dict[str, Any]:
    """An event of the small journey that asks its contact."""
    contact = {"id": "c1", "email": "c1@customer.example"}
    attributes = {"specversion": "1.0", "id": number, "source": "/shop", "type": "order.delivered"}
    return {**attributes, "data": {"contact": contact}, **more}


def read(said: Any) -> Any:
    return cloud_events_in(json.dumps(said).encode(), STRUCTURED, {})[0]


def faults(said: Any, content_type: str = STRUCTURED, headers: dict[str, str] | None = None) -> dict[str, str]:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    with pytest.raises(Invalid) as refused:
        cloud_events_in(body, content_type, headers or {})
    return {fault.field: fault.message for fault in refused.value.faults}


@pytest.fixture
async def key(people: People, hands: Hands) -> dict[str, str]:
    await make_journey(people.acme, hands.now)
    await set_policy(people.acme, UNLIMITED)
    return await make_key(people.acme, hands.now, Scope.EVENTS)


async def post(people: People, key: dict[str, str], body: bytes | Any, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await people.nobody.post(PATH, content=content, headers={**key, **named})


async def events() -> list[dict[str, Any]]:
    return await fetch("SELECT e.key, e.name, c.external_id AS contact FROM event e JOIN contact c ON c.id = e.contact")


async def test_a_structured_event_asks_its_contact(people: People, key: dict[str, str]) -> None:
    answered = await post(people, key, cloud(), content_type=f"{STRUCTURED}; charset=utf-8")
    assert answered.status_code == 202, answered.text
    [receipt] = answered.json()
    assert (receipt["key"], receipt["is_new"]) == ("ce:/shop:1", True)
    assert receipt["decisions"][0]["outcome"] == "asked"
    assert await events() == [{"key": "ce:/shop:1", "name": "order.delivered", "contact": "c1"}]


async def test_a_binary_event_asks_its_contact(people: People, key: dict[str, str]) -> None:
    answered = await post(
        people,
        key,
        {"plan": "pro"},
        content_type="application/json",
        ce_specversion="1.0",
        ce_id="1",
        ce_source="/shop",
        ce_type="order.delivered",
        ce_subject="J%C3%B6rg",
        ce_time="2026-03-02T10:00:00Z",
        ce_region='"north"',
    )
    assert answered.status_code == 202, answered.text
    assert [event["contact"] for event in await events()] == ["Jörg"]
    [row] = await fetch("SELECT properties, occurred_at FROM event")
    assert json.loads(row["properties"]) == {"plan": "pro", "region": "north"}
    assert row["occurred_at"].isoformat() == "2026-03-02T10:00:00+00:00"


async def test_a_batch_is_taken_whole_and_each_event_once(people: People, key: dict[str, str]) -> None:
    batch = [cloud("1"), cloud("2"), cloud("1")]
    answered = await post(people, key, batch, content_type=BATCH)
    assert [receipt["is_new"] for receipt in answered.json()] == [True, True, False]
    again = await post(people, key, batch, content_type=BATCH)
    assert [receipt["is_new"] for receipt in again.json()] == [False] * 3
    assert len(await events()) == 2


async def test_an_empty_batch_is_one(people: People, key: dict[str, str]) -> None:
    answered = await post(people, key, [], content_type=BATCH)
    assert (answered.status_code, answered.json()) == (202, [])


async def test_a_batch_of_more_than_a_thousand_is_refused(people: People, key: dict[str, str]) -> None:
    answered = await post(people, key, [cloud(str(number)) for number in range(1_001)], content_type=BATCH)
    assert answered.status_code == 422
    assert await events() == []


async def test_what_only_the_intake_sees_is_said_in_the_words_of_the_specification(
    people: People, key: dict[str, str]
) -> None:
    contact = {"id": "c1", "email": "kim@pаypal.example"}  # with a Cyrillic а
    batch = [cloud("1"), cloud("2", time="2099-01-01T00:00:00Z", data={"contact": contact})]
    answered = await post(people, key, batch, content_type=BATCH)
    assert answered.status_code == 422
    assert {error["field"] for error in answered.json()["errors"]} == {"[1].time", "[1].data.contact.email"}
    assert await events() == []


async def test_a_key_without_the_scope_may_not_send_them(people: People, hands: Hands) -> None:
    reader = await make_key(people.acme, hands.now, Scope.READ)
    assert (await post(people, reader, cloud(), content_type=STRUCTURED)).status_code == 403


def test_subject_extensions_and_data_have_their_places() -> None:
    event = read(cloud(subject="c9", data={"plan": "pro", "region": "south"}, region="north", priority=3, traceid=None))
    assert (event.contact.id, event.properties) == ("c9", {"plan": "pro", "region": "south", "priority": 3})


def test_the_contact_in_the_data_goes_before_the_subject() -> None:
    event = read(cloud(subject="order-7"))
    assert (event.contact.id, event.contact.email, event.properties) == ("c1", "c1@customer.example", {})


def test_a_contact_without_an_id_is_the_subject() -> None:
    event = read(cloud(subject="c9", data={"contact": {"email": "c9@customer.example"}}))
    assert (event.contact.id, event.contact.email) == ("c9", "c9@customer.example")


def test_data_that_is_no_mapping_is_kept_under_its_name() -> None:
    assert read(cloud(subject="c9", data=[1, 2])).properties == {"data": [1, 2]}


def test_data_may_come_as_base64_where_it_is_json() -> None:
    said = cloud(subject="c9", data_base64=base64.b64encode(b'{"plan": "pro"}').decode())
    said.pop("data")
    assert read(said).properties == {"plan": "pro"}


def test_every_source_and_id_has_a_key_of_its_own() -> None:
    assert key_of("https://shop.example", "7") == "ce:https://shop.example:7"
    assert key_of("a:b", "c") != key_of("a", "b:c")
    long = {key_of("x" * 300, "1"), key_of("x" * 300, "2"), key_of("x" * 299, "x1")}
    assert (len(long), max(map(len, long)) <= 200) == (3, True)


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
@pytest.mark.parametrize("value", [None, "", 7, ["a"]])
def test_a_required_attribute_that_is_missing_or_none_is_named(name: str, value: Any) -> None:
    said = cloud()
    said.pop(name)
    assert "this is missing; write" in faults(said)[name]
    assert name in faults(cloud(**{name: value}))


def test_all_that_is_missing_is_named_at_once_and_where() -> None:
    found = faults([cloud(), {"id": "1"}, "hello"], BATCH)
    assert set(found) == {"[1].specversion", "[1].source", "[1].type", "[2]"}


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        (cloud(specversion="0.3"), "specversion", "only version 1.0"),
        (cloud(specVersion="1.0"), "specVersion", "did you mean specversion?"),
        (cloud(**{"my-colour": "red"}), "my-colour", "small letters and digits"),
        (cloud(colour={"r": 1}), "colour", "put the rest into data"),
        (cloud(data={}), "subject", "say who it happened to"),
        (cloud(data={"contact": {"email": "a@b.example"}}), "subject", "say who it happened to"),
        (cloud(data={"contact": {"id": "c1", "mail": "a"}}), "data.contact.mail", "did you mean email?"),
        (cloud(data={"contact": {"id": 7}}), "subject", "a text of 1 to 200 characters"),
        (cloud(type="x" * 201), "type", "a text of 1 to 200 characters"),
        (cloud(time="yesterday"), "time", "2026-03-02T09:30:00+01:00"),
        (cloud(time="2026-03-02T09:30:00"), "time", "offset from UTC"),
        (cloud(type="answered:after-delivery"), "[0].type", "Kept's own"),
        (cloud(data_base64="e30="), "data_base64", "one of the two"),
        ({**cloud(), "data": None, "subject": "c", "data_base64": "%"}, "data_base64", "base64"),
        ({**cloud(), "data": None, "subject": "c", "data_base64": "Zm9v"}, "data_base64", "not JSON"),
        (
            {**cloud(), "data": None, "subject": "c", "data_base64": "e30=", "datacontenttype": "image/png"},
            "datacontenttype",
            "only JSON",
        ),
        ([cloud()], "body", "a CloudEvent is a mapping"),
        (b"{", "body", "not JSON"),
        (b"[" * 5_000 + b"]" * 5_000, "body", "nested too deep"),
        (b'{"id": 1e999}', "body", ""),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_fault_has_its_place_and_its_remedy(said: Any, field: str, words: str) -> None:
    found = faults(said)
    assert field in found
    assert words in found[field]


def test_a_batch_that_is_none_and_data_that_is_no_json_are_refused() -> None:
    assert "a batch is a list" in faults(cloud(), BATCH)["body"]
    headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/a", "ce-type": "b"}
    assert "only JSON" in faults(b"<a/>", "text/xml", headers)["content-type"]
    assert "this is no CloudEvent" in faults(cloud(), "application/json")["content-type"]
