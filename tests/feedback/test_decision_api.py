"""Why a contact was asked or not, as a program reads it."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from accounts.api_keys import Scope
from core.database import fetch
from core.site import Site
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.take_events import take_events
from feedback.ledger.decision_api import contact_in_path
from feedback.tables import Outcome
from tests.factories import Hands, Letterbox, answer, make_journey, make_key
from tests.people import People

ODD = [
    "a/b",
    "/a",
    "a/",
    "a//b/c",
    "ä ö",
    "100%",
    "%2F",
    "a?b#c",
    "kim@example.com",
    "a+b",
    "..a",
    "日本",
]


async def send(people: People, hands: Hands, contact: str, *, workspace: int | None = None, **more: Any) -> None:
    """An order of `contact` was delivered."""
    who = EventContact(id=contact, email=more.pop("email", "c@customer.example"))
    key = more.pop("key", f"{contact}-{hands.now}")[:200]
    event = IncomingEvent(key=key, name=more.pop("name", "order.delivered"), contact=who, **more)
    await take_events(workspace or people.acme, [event], hands.now)


async def read(people: People, hands: Hands, contact: str, query: str = "") -> httpx.Response:
    header = await make_key(people.acme, hands.now, Scope.CONTACTS)
    return await people.nobody.get(f"/api/v1/contacts/{quote(contact, safe='')}/decisions{query}", headers=header)


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def test_an_invitation_is_told_from_the_event_to_the_answer(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    began = hands.now
    await answer(people.nobody, site, letterbox, hands, "c1", felt="4")
    await fetch("UPDATE decision SET probability = 0.25")
    [told] = (await read(people, hands, "c1")).json()
    assert told["event"] == {
        "key": f"c1-{began}",
        "name": "order.delivered",
        "occurred_at": "2026-03-02T12:00:00Z",
    }
    assert (told["touchpoint"], told["survey"]) == ("buying/delivery", {"key": "after-delivery", "version": 1})
    assert (told["outcome"], told["reason"], told["probability"]) == ("asked", "due", 0.25)
    assert told["words"].startswith("Asked")
    assert isinstance(told["facts"], dict)
    assert (told["deferred_until"], told["decided_at"]) == (None, "2026-03-02T12:00:00Z")
    [trigger] = await fetch("SELECT id FROM trigger")
    assert told["trigger"] == trigger["id"]
    assert told["invitation"] == {
        "state": "sent",
        "channel": "mail",
        "due_at": "2026-03-02T14:00:00Z",
        "sent_at": "2026-03-02T15:00:00Z",
        "delivered_at": None,
        "bounced_at": None,
        "opened_at": None,
        "answered": True,
    }


async def test_a_refusal_comes_with_its_words_and_figures(people: People, hands: Hands) -> None:
    await send(people, hands, "c1", email="")
    facts = '{"asked": "1", "limit": "1", "days": "30"}'
    await fetch("UPDATE decision SET reason = 'contact_budget', facts = $1", facts)
    [told] = (await read(people, hands, "c1")).json()
    assert (told["outcome"], told["reason"], told["invitation"]) == ("refused", "contact_budget", None)
    assert told["facts"] == {"asked": "1", "limit": "1", "days": "30"}
    assert told["words"] == "Not asked: had 1 invitation in 30 days, and the budget is 1"


async def test_what_waits_says_until_when_by_their_clock(people: People, hands: Hands) -> None:
    await send(people, hands, "c1")
    await fetch("UPDATE contact SET time_zone = 'Europe/Berlin'")
    await fetch(
        "UPDATE decision SET outcome = $1, reason = 'send_window', deferred_until = '2026-03-03T08:00Z'",
        Outcome.DEFERRED,
    )
    [told] = (await read(people, hands, "c1")).json()
    assert told["deferred_until"] == "2026-03-03T08:00:00Z"
    assert told["words"] == "Deferred to Tue 3 March 09:00 (their time): outside the sending window"


async def test_an_event_that_nobody_listens_to_has_no_touchpoint(people: People, hands: Hands) -> None:
    await send(people, hands, "c1", name="shop.visited")
    [told] = (await read(people, hands, "c1")).json()
    assert (told["outcome"], told["trigger"], told["touchpoint"], told["survey"]) == ("not_used", None, None, None)


async def test_they_come_the_newest_first_a_hundred_at_a_time(people: People, hands: Hands) -> None:
    for n in range(103):
        await send(people, hands, "c1", name="shop.visited", key=f"k{n}")
    await send(people, hands, "c2", name="shop.visited")
    first = (await read(people, hands, "c1")).json()
    second = (await read(people, hands, "c1", f"?before={first[-1]['id']}")).json()
    assert [told["event"]["key"] for told in first + second] == [f"k{n}" for n in reversed(range(103))]
    assert len(first) == 100


@pytest.mark.parametrize("contact", ODD)
async def test_odd_ids_are_found_percent_encoded(people: People, hands: Hands, contact: str) -> None:
    await send(people, hands, contact, name="shop.visited")
    await send(people, hands, "a", name="shop.visited")
    told = (await read(people, hands, contact)).json()
    assert [one["event"]["key"] for one in told] == [f"{contact}-{hands.now}"]


async def test_an_id_that_was_merged_into_another_finds_that_one(people: People, hands: Hands) -> None:
    await send(people, hands, "c1", name="shop.visited")
    await fetch(
        "INSERT INTO contact_alias (workspace, external_id, contact) SELECT workspace, 'old/1', id FROM contact"
    )
    assert (await read(people, hands, "old/1")).json() == (await read(people, hands, "c1")).json() != []


async def test_a_contact_of_another_workspace_is_not_found(people: People, hands: Hands) -> None:
    await send(people, hands, "theirs", workspace=people.other, name="shop.visited")
    for contact in ("theirs", "nobody", "a/b"):
        assert (await read(people, hands, contact)).status_code == 404


async def test_a_key_needs_the_scope(people: People, hands: Hands) -> None:
    await send(people, hands, "a/b", name="shop.visited")
    header = await make_key(people.acme, hands.now, Scope.READ, Scope.EVENTS)
    for path in ("a", "a%2Fb"):
        answered = await people.nobody.get(f"/api/v1/contacts/{path}/decisions", headers=header)
        assert answered.status_code == 403


@pytest.mark.parametrize("before", ["x", "9" * 30, "-1", "%00"])
async def test_a_number_that_is_none_is_said_so(people: People, hands: Hands, before: str) -> None:
    await send(people, hands, "c1", name="shop.visited")
    assert (await read(people, hands, "c1", f"?before={before}")).status_code in (200, 400, 422)


async def test_other_paths_below_a_contact_are_not_found(people: People, hands: Hands) -> None:
    await send(people, hands, "a", name="shop.visited")
    header = await make_key(people.acme, hands.now, Scope.CONTACTS)
    for path in ("a/else", "a%2Fdecisions", "%ff/decisions", "a/b/c"):
        assert (await people.nobody.get(f"/api/v1/contacts/{path}", headers=header)).status_code == 404


@pytest.mark.parametrize(
    ("path", "contact"),
    [
        (b"/api/v1/contacts/a%2Fb/decisions", "a/b"),
        (b"/kept/api/v1/contacts/a/b/decisions?before=2", "a/b"),
        (b"/api/v1/contacts/a%252Fb/decisions", "a%2Fb"),
        (b"/api/v1/contacts/decisions/decisions", "decisions"),
    ],
)
def test_the_id_is_read_as_it_was_sent(path: bytes, contact: str) -> None:
    assert contact_in_path(path) == contact
