"""Events: each taken once, decided on once, refused whole."""

import asyncio
import json
from typing import Any

import pytest

from accounts.api_keys import Scope
from core.database import fetch
from feedback.contacts.opting_out import unsubscribe
from tests.factories import JOURNEY, UNLIMITED, Hands, delivered, make_journey, make_key, set_policy
from tests.people import People


async def post(people: People, hands: Hands, body: Any) -> Any:
    key = await make_key(people.acme, hands.now)
    return await people.nobody.post("/api/v1/events", json=body, headers=key)


async def count(table: str) -> int:
    return int((await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await set_policy(people.acme, UNLIMITED)


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


async def test_a_second_event_is_compared_with_the_nearest_that_was_asked_about(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, JOURNEY.replace("P14D", "P365D"))
    for day in ("2026-01-01", "2026-02-28"):
        asked = await post(people, hands, delivered(key=day, occurred_at=f"{day}T12:00:00Z"))
        assert asked.json()[0]["decisions"][0]["outcome"] == "asked"
    late = delivered(key="late", occurred_at="2026-01-05T12:00:00Z")
    assert (await post(people, hands, late)).json()[0]["decisions"][0]["reason"] == "asked_here_recently"
    [decision] = await fetch("SELECT facts->>'asked_about' AS asked_about FROM decision WHERE outcome = 'refused'")
    assert decision["asked_about"].startswith("2026-01-01")


@pytest.mark.parametrize("state", ["failed", "missed", "cancelled"])
async def test_who_got_no_mail_is_asked_after_the_next_event(people: People, hands: Hands, state: str) -> None:
    await post(people, hands, delivered(key="first"))
    await fetch("UPDATE invitation SET state = $1", state)
    hands.move(days=1)
    again = await post(people, hands, delivered(key="second"))
    assert again.json()[0]["decisions"][0]["outcome"] == "asked"


async def opt_out_all(hands: Hands) -> None:
    for row in await fetch("SELECT id FROM contact"):
        await unsubscribe(row["id"], hands.now)


@pytest.mark.parametrize("address", ["c1@customer.example", "C1@Customer.Example"])
async def test_who_opted_out_is_not_asked_under_another_id(people: People, hands: Hands, address: str) -> None:
    await post(people, hands, delivered())
    await opt_out_all(hands)
    other = {**delivered("c2"), "contact": {"id": "c2", "email": address}}
    assert (await post(people, hands, other)).json()[0]["decisions"][0]["reason"] == "unsubscribed"


async def test_opting_out_of_one_workspace_says_nothing_of_another(people: People, hands: Hands) -> None:
    await post(people, hands, delivered())
    await opt_out_all(hands)
    await make_journey(people.other, hands.now)
    await set_policy(people.other, UNLIMITED)
    key = await make_key(people.other, hands.now)
    elsewhere = await people.nobody.post("/api/v1/events", json=delivered(), headers=key)
    assert elsewhere.json()[0]["decisions"][0]["outcome"] == "asked"


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


async def contacts() -> list[dict[str, Any]]:
    return await fetch("SELECT external_id, email, name, kind FROM contact ORDER BY external_id")


def says(key: str, event: str = "heard", contact: str = "c1", **more: str) -> dict[str, Any]:
    return {"key": key, "name": event, "contact": {"id": contact, **more}}


async def test_an_address_that_comes_later_in_a_batch_is_known_to_all_of_it(people: People, hands: Hands) -> None:
    batch = [says("signup", event="signup"), says("order", event="order.delivered", email="c1@customer.example")]
    answered = await post(people, hands, batch)
    assert answered.json()[1]["decisions"][0]["outcome"] == "asked"
    assert [contact["email"] for contact in await contacts()] == ["c1@customer.example"]


async def test_the_last_word_of_a_batch_on_each_field_is_kept(people: People, hands: Hands) -> None:
    batch = [
        says("one", email="old@customer.example", name="Chris", kind="prospect"),
        says("two", email="new@customer.example"),
        says("three", kind="former_customer"),
    ]
    await post(people, hands, batch)
    assert await contacts() == [
        {"external_id": "c1", "email": "new@customer.example", "name": "Chris", "kind": "former_customer"}
    ]


async def test_a_prospect_who_buys_becomes_a_customer(people: People, hands: Hands) -> None:
    await post(people, hands, says("one", kind="prospect"))
    await post(people, hands, says("two", kind="customer"))
    assert [contact["kind"] for contact in await contacts()] == ["customer"]


async def test_an_empty_address_takes_the_known_one_away(people: People, hands: Hands) -> None:
    await post(people, hands, says("one", email="c1@customer.example"))
    await post(people, hands, says("two", email=""))
    assert [contact["email"] for contact in await contacts()] == [None]


async def test_an_event_that_is_sent_again_changes_nothing(people: People, hands: Hands) -> None:
    await post(people, hands, says("one", email="old@customer.example"))
    await post(people, hands, says("two", email="new@customer.example"))
    await post(people, hands, says("one", email="old@customer.example"))
    await post(people, hands, says("one", contact="c2", email="old@customer.example"))
    assert [(contact["external_id"], contact["email"]) for contact in await contacts()] == [
        ("c1", "new@customer.example")
    ]


async def test_a_key_that_stands_twice_in_a_batch_is_taken_once(people: People, hands: Hands) -> None:
    answered = await post(people, hands, [delivered(), delivered()])
    assert [receipt["is_new"] for receipt in answered.json()] == [True, False]
    assert (await count("event"), await count("invitation")) == (1, 1)


async def test_two_batches_with_the_same_keys_do_not_wait_for_each_other(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now)
    first = [delivered(f"a{number}", key=f"k{number}") for number in range(40)]
    second = [delivered(f"b{number}", key=f"k{number}") for number in reversed(range(40))]
    posts = [people.nobody.post("/api/v1/events", json=batch, headers=key) for batch in (first, second)]
    assert [answer.status_code for answer in await asyncio.gather(*posts)] == [202, 202]
    assert await count("event") == 40


@pytest.fixture
async def second_journey(people: People, hands: Hands) -> None:
    """Another journey with touchpoints of the same keys that listens to the same event."""
    text = JOURNEY.replace("key: buying", "key: renting").replace("after-delivery", "after-renting")
    await make_journey(people.acme, hands.now, text)


def asked(answered: Any) -> list[tuple[str, str]]:
    return [(decision["touchpoint"], decision["outcome"]) for decision in answered.json()[0]["decisions"]]


async def test_a_touchpoint_is_named_with_its_journey_where_two_have_one(
    people: People, hands: Hands, second_journey: None
) -> None:
    answered = await post(people, hands, delivered(touchpoint="renting/delivery"))
    assert asked(answered) == [("renting/delivery", "asked")]
    assert await count("invitation") == 1


async def test_a_touchpoint_that_two_journeys_have_is_refused_without_its_journey(
    people: People, hands: Hands, second_journey: None
) -> None:
    answered = await post(people, hands, delivered(touchpoint="delivery"))
    assert answered.status_code == 422
    [error] = answered.json()["errors"]
    assert error["field"] == "[0].touchpoint"
    assert "buying/delivery or renting/delivery" in error["message"]
    assert await count("event") == 0


async def test_an_event_without_a_touchpoint_asks_at_each_that_listens(
    people: People, hands: Hands, second_journey: None
) -> None:
    answered = await post(people, hands, delivered())
    assert asked(answered) == [("buying/delivery", "asked"), ("renting/delivery", "asked")]


async def test_two_surveys_at_one_touchpoint_ask_once_after_one_event(people: People, hands: Hands) -> None:
    survey = JOURNEY[JOURNEY.index("  - key: after-delivery") : JOURNEY.index("stages:")]
    text = JOURNEY.replace("stages:", survey.replace("after-delivery", "second") + "stages:")
    text = text.replace("P14D}]", "P14D}, {survey: second, wait: PT4H, expires: P14D}]")
    await make_journey(people.acme, hands.now, text)
    assert asked(await post(people, hands, delivered())) == [("delivery", "asked"), ("delivery", "refused")]
    assert await count("invitation") == 1


@pytest.mark.parametrize("name", ["delivery", "buying/delivery"])
async def test_the_touchpoint_an_event_names_is_kept_with_it(people: People, hands: Hands, name: str) -> None:
    answered = await post(people, hands, [delivered("c1", touchpoint=name), delivered("c2")])
    assert asked(answered) == [("delivery", "asked")]
    rows = await fetch("SELECT t.key FROM event e LEFT JOIN touchpoint t ON t.id = e.touchpoint ORDER BY e.key")
    assert [row["key"] for row in rows] == ["delivery", None]


async def test_text_that_only_looks_like_a_nul_is_kept(people: People, hands: Hands) -> None:
    answered = await post(people, hands, delivered(properties={"regex": "\\u0000"}))
    assert answered.status_code == 202, answered.text


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


async def test_properties_may_be_nested_as_deep_as_data_is(people: People, hands: Hands) -> None:
    answered = await post(people, hands, delivered(properties=nested(32)))
    assert answered.status_code == 202, answered.text


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
        (delivered(occurred_at="2027-03-03T12:00:01Z"), "[0].occurred_at"),
        (delivered(occurred_at="2026-03-02T00:00:00"), "occurred_at"),
        (delivered(occurred_at="0001-01-01T00:00:00+14:00"), "[0].occurred_at"),
        (delivered(occurred_at="9999-12-31T23:59:59-14:00"), "[0].occurred_at"),
        (delivered(occurred_at="1999-12-31T23:59:59Z"), "[0].occurred_at"),
        (delivered(properties={"a": "\0"}), "[0].properties"),
        (delivered(properties={"\0": [{"a": 1}]}), "[0].properties"),
        (delivered(properties=nested(33)), "[0].properties"),
        ([delivered(), delivered("c2", properties=nested(500))], "[1].properties"),
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


def said_of(**contact: Any) -> dict[str, Any]:
    return {**delivered(), "contact": {"id": "c1", **contact}}


MIXED = "kim@pаypal.example"  # its second letter is Cyrillic


@pytest.mark.parametrize(
    ("event", "field", "words"),
    [
        (said_of(email='"a b"@customer.example'), "[0].contact.email", "write it alone"),
        (said_of(email="Kim <kim@customer.example>"), "[0].contact.email", "write it alone"),
        (said_of(email="kim(home)@customer.example"), "[0].contact.email", "write it alone"),
        (said_of(email=MIXED), "[0].contact.email", "mixes alphabets"),
        (said_of(email="kim@xn--pple-43d.example"), "[0].contact.email", "mixes alphabets"),
        (said_of(email="kim@[127.0.0.1]"), "[0].contact.email", "in a domain"),
        (said_of(email="kim@-x.example"), "[0].contact.email", "no domain"),
        (said_of(email="kim@customer.example\u200b"), "[0].contact.email", "invisible"),
        (said_of(email="kim@customer.example\r\nBcc: a@b.example"), "[0].contact.email", "line breaks"),
        (said_of(email="x" * 10_000), "contact.email", "an e-mail address of up to 254"),
        (said_of(name="x" * 10_000), "contact.name", "a name of up to 200"),
        (said_of(name="Kim\r\nBcc: a@b.example"), "[0].contact.name", "on one line"),
        (said_of(id="c1\n"), "[0].contact.id", "on one line"),
        (delivered(key="k\0"), "[0].key", "on one line"),
        (delivered(key="x" * 10_000), "key", "1 to 200 characters"),
        ({**delivered(), "name": "x" * 10_000}, "name", "1 to 200 characters"),
        ({**delivered(), "name": "answered:after-delivery"}, "[0].name", "Kept's own"),
        ({**delivered(), "name": "schedule:buying/delivery"}, "[0].name", "Kept's own"),
        ({**delivered(), "key": "answered:17"}, "[0].key", "Kept's own"),
        ({**delivered(), "key": "schedule:3:2026-03-01T000000:17"}, "[0].key", "Kept's own"),
        (said_of(time_zone="Mars/Olympus"), "[0].contact.time_zone", "IANA"),
        (said_of(time_zone="europe/vienna"), "[0].contact.time_zone", "such as Europe/Vienna"),
        (said_of(time_zone="../../etc/passwd"), "[0].contact.time_zone", "IANA"),
        (said_of(attributes=nested(33)), "[0].contact.attributes", "deep"),
        (said_of(attributes={"a": "x" * 20_000}), "[0].contact.attributes", "16384 bytes"),
        (said_of(attributes={"a": "\0"}), "[0].contact.attributes", "NUL"),
        (said_of(attributes=["a"]), "contact.attributes", "a mapping"),
        (said_of(account="acorn"), "contact.account", "a mapping with id, name"),
        (said_of(account={"id": "a1", "nmae": "Acorn"}), "contact.account.nmae", "did you mean name?"),
        (said_of(account={"id": "a1", "name": "Acorn\nInc"}), "[0].contact.account.name", "on one line"),
        (said_of(consent={"state": "maybe", "source": "form"}), "contact.consent.state", "given or withdrawn"),
        (said_of(consent={"state": "given"}), "contact.consent.source", "this is missing"),
        (
            said_of(consent={"state": "given", "source": "form", "at": "2026-04-02T12:00:00Z"}),
            "[0].contact.consent.at",
            "ahead of our clock",
        ),
    ],
    ids=lambda value: str(value)[-30:],
)
async def test_what_is_hostile_or_mistyped_is_refused_with_its_place_and_remedy(
    people: People, hands: Hands, event: Any, field: str, words: str
) -> None:
    answered = await post(people, hands, event)
    assert answered.status_code == 422, answered.text
    found = {error["field"]: error["message"] for error in answered.json()["errors"]}
    assert words in found.get(field, ""), found
    assert (await count("event"), await count("contact")) == (0, 0)


@pytest.mark.parametrize(
    "email",
    [
        "kim@пример.example",
        "kim@münchen.example",
        "kim@xn--mnchen-3ya.example",
        "kim@日本ラーメン.example",
        "o'hara+a@b.co",
    ],
)
async def test_a_domain_in_one_alphabet_is_taken(people: People, hands: Hands, email: str) -> None:
    answered = await post(people, hands, said_of(email=email))
    assert answered.status_code == 202, answered.text


async def test_all_that_may_be_said_of_a_contact_is_kept(people: People, hands: Hands) -> None:
    said = said_of(
        account={"id": "a1", "name": "Acorn"},
        time_zone="America/St_Johns",
        attributes={"plan": "pro", "seats": 3},
        consent={"state": "given", "source": "order form", "at": "2026-03-01T12:00:00+01:00"},
    )
    assert (await post(people, hands, said)).status_code == 202
    [row] = await fetch(
        "SELECT a.external_id AS account, a.name, c.time_zone, c.attributes, c.consent, c.consent_source, c.consent_at "
        "FROM contact c JOIN account a ON a.id = c.account"
    )
    assert json.loads(row.pop("attributes")) == {"plan": "pro", "seats": 3}
    assert row.pop("consent_at").isoformat() == "2026-03-01T11:00:00+00:00"
    assert tuple(row.values()) == ("a1", "Acorn", "America/St_Johns", "given", "order form")


async def test_an_appointment_a_year_ahead_asks_after_it_was(people: People, hands: Hands) -> None:
    answered = await post(people, hands, delivered(occurred_at="2027-03-03T12:00:00Z"))
    assert answered.json()[0]["decisions"][0]["outcome"] == "asked"
    [invitation] = await fetch("SELECT due_at, expires_at FROM invitation")
    assert invitation["due_at"].isoformat() == "2027-03-03T14:00:00+00:00"
    assert invitation["expires_at"] > invitation["due_at"]


async def test_an_event_that_is_years_late_is_kept(people: People, hands: Hands) -> None:
    answered = await post(people, hands, delivered(occurred_at="2010-01-01T00:00:00Z", properties={"plan": "pro"}))
    assert answered.json()[0]["decisions"][0]["reason"] == "too_late"
    [event] = await fetch("SELECT properties FROM event")
    assert json.loads(event["properties"]) == {"plan": "pro"}


def with_properties(text: str) -> str:
    return json.dumps(delivered(properties={"a": 7})).replace("7", text)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{", "body"),
        ('{"key": 7, and so on', "body"),
        ('"\\ud800"', "body"),
        ("[" * 5_000 + "]" * 5_000, "body"),
        (with_properties("[" * 5_000 + "]" * 5_000), "body"),
        (with_properties("[" * 900 + "]" * 900).replace('"key"', '"kay"'), "key"),
        (with_properties("1e999"), "properties"),
        (with_properties("1" * 5_000), "properties"),
        (f"[{json.dumps(delivered())}, {with_properties('1e999')}]", "[1].properties"),
    ],
    ids=lambda text: text[:20],
)
async def test_json_that_can_not_be_read_is_refused_with_its_place(
    people: People, hands: Hands, text: str, field: str
) -> None:
    key = await make_key(people.acme, hands.now)
    headers = {**key, "content-type": "application/json"}
    answered = await people.nobody.post("/api/v1/events", content=text.encode(), headers=headers)
    assert answered.status_code == 422, answered.text
    assert field in [error["field"] for error in answered.json()["errors"]]
    assert await count("event") == 0


async def test_a_key_without_the_scope_may_not_send_events(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now, Scope.READ)
    answered = await people.nobody.post("/api/v1/events", json=delivered(), headers=key)
    assert answered.status_code == 403
    assert await count("event") == 0


async def test_a_touchpoint_of_another_workspace_is_unknown(people: People, hands: Hands) -> None:
    key = await make_key(people.other, hands.now)
    answered = await people.nobody.post("/api/v1/events", json={**delivered(touchpoint="delivery")}, headers=key)
    assert answered.status_code == 422
