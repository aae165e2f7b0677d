"""The page of events heard: those that nothing listens to first, however many there are."""

from datetime import timedelta

import pytest

from core.database import fetch
from feedback.intake import heard as module
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.heard import list_heard
from feedback.intake.take_events import take_events
from tests.factories import Hands, make_journey
from tests.people import People


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def hear(
    workspace: int, hands: Hands, name: str, contact: str = "c1", days_ago: int = 0, **properties: str
) -> None:
    at = hands.now - timedelta(days=days_ago)
    key = f"{name}-{contact}-{days_ago}"
    event = IncomingEvent(key, name, EventContact(contact), occurred_at=at, properties=properties)
    await take_events(workspace, [event], hands.now)


async def test_a_name_says_how_often_when_and_of_whom_it_was_heard(people: People, hands: Hands) -> None:
    await hear(people.acme, hands, "invoice.paid", "c1", 3, total="45")
    await hear(people.acme, hands, "invoice.paid", "c2", 2, total="7", currency="EUR")
    await hear(people.acme, hands, "invoice.paid", "c1", 1)
    await hear(people.acme, hands, "invoice.paid", "c3", 40)
    await hear(people.acme, hands, "order.delivered", "c1", 1)
    await hear(people.other, hands, "foreign", "c1")
    found = await list_heard(people.acme, hands.now)
    [name] = found.not_used
    assert (name.name, name.n, name.contacts, name.properties) == ("invoice.paid", 3, 2, ("total", "currency"))
    assert name.last_at == hands.now - timedelta(days=1)
    assert [(used.name, used.triggers) for used in found.used] == [("order.delivered", 1)]
    assert found.walked_to is None


async def test_no_more_than_a_page_of_names_is_walked(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NAMES", 2)
    for name in ("a", "b", "c", "d"):
        await hear(people.acme, hands, name, days_ago=40 if name == "a" else 0)
    first = await list_heard(people.acme, hands.now)
    assert ([name.name for name in first.names], first.walked_to) == (["b"], "b")
    second = await list_heard(people.acme, hands.now, "b")
    assert [name.name for name in second.names] == ["c", "d"]
    assert (await list_heard(people.acme, hands.now, "d")).names == []


async def test_more_events_than_are_counted_are_said_to_be_more(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COUNTED", 2)
    for day in range(4):
        await hear(people.acme, hands, "often", days_ago=day)
    [name] = (await list_heard(people.acme, hands.now)).names
    assert name.n == 3


async def test_names_are_read_from_the_index_and_not_from_all_events(people: People, hands: Hands) -> None:
    await hear(people.acme, hands, "seed")
    await fetch(
        "INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties) "
        "SELECT e.workspace, 'k' || g, 'name' || g % 3, e.contact, e.occurred_at - g * interval '1 second', "
        "e.received_at, '{}' FROM event e, generate_series(1, 30000) g"
    )
    await fetch("ANALYZE event")
    plan = await fetch(
        f"EXPLAIN (ANALYZE, FORMAT TEXT) {module._HEARD}",
        people.acme,
        hands.now - module.HEARD_FOR,
        "",
        100,
        50,
        20,
        12,
    )
    text = "\n".join(row["QUERY PLAN"] for row in plan)
    assert "Seq Scan on event" not in text
    assert "event_reach" in text


async def test_the_page_leads_an_editor_to_a_trigger(people: People, hands: Hands) -> None:
    await hear(people.acme, hands, "a&b <i>", total="1")
    page = (await people.alice.get("/w/acme/events")).text
    assert "/w/acme/triggers/new?event=a%26b%20%3Ci%3E" in page
    assert "a&amp;b &lt;i&gt;" in page
    viewer = await people.bob.get("/w/acme/events")
    assert (viewer.status_code, "triggers/new" in viewer.text) == (200, False)


async def test_a_workspace_that_heard_nothing_says_how_to_send(people: People) -> None:
    assert "POST /api/v1/events" in (await people.alice.get("/w/acme/events")).text
