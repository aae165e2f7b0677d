"""Contacts kept: one row each, field by field, whoever speaks of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.addresses import address_hash
from core.database import fetch, transaction
from feedback.contacts.contact_state import ContactState, told
from feedback.contacts.keep_contacts import Kept, lock_contacts, preview_contacts, update_contacts, upsert_contacts
from feedback.contacts.persona_rules import PersonaRule
from feedback.intake.event import EventContact
from feedback.tables import Consent
from surveys.definition import Condition
from tests.factories import Hands, make_journey
from tests.people import People

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


def said(external_id: str = "c1", **fields: Any) -> EventContact:
    return msgspec.convert({"id": external_id, **fields}, EventContact)


async def kept(people: People, *contacts: EventContact, now: datetime = NOON) -> list[Kept]:
    return [one.outcome for one in await upsert_contacts(people.acme, contacts, now)]


async def row(external_id: str = "c1") -> dict[str, Any]:
    rows = await fetch(
        "SELECT c.*, a.external_id AS company, a.name AS company_name, p.key AS persona_key FROM contact c "
        "LEFT JOIN account a ON a.id = c.account LEFT JOIN persona p ON p.id = c.persona WHERE c.external_id = $1",
        external_id,
    )
    return rows[0]


async def set_rule(people: People, persona: str, *conditions: Condition) -> None:
    rule = msgspec.json.encode(conditions).decode()
    await fetch("UPDATE persona SET rule = $1 WHERE workspace = $2 AND key = $3", rule, people.acme, persona)


async def test_every_field_is_kept(people: People) -> None:
    everything = said(
        email="Kim@Example.com",
        name="Kim",
        kind="prospect",
        persona="architect",
        locale="de-AT",
        time_zone="Europe/Vienna",
        account={"id": "a-1", "name": "Acme"},
        attributes={"plan": "pro", "seats": 3, "is_vip": True},
        consent={"state": "given", "source": "sign-up form", "at": "2026-01-01T00:00:00Z"},
    )
    assert await kept(people, everything) == [Kept.CREATED]
    found = await row()
    assert (found["email"], found["address_hash"]) == ("Kim@Example.com", address_hash("kim@example.com"))
    assert (found["name"], found["kind"], found["locale"]) == ("Kim", "prospect", "de-AT")
    assert (found["time_zone"], found["company"], found["company_name"]) == ("Europe/Vienna", "a-1", "Acme")
    assert (found["persona_key"], found["is_persona_said"]) == ("architect", True)
    assert msgspec.json.decode(found["attributes"]) == {"plan": "pro", "seats": 3, "is_vip": True}
    assert (found["consent"], found["consent_source"]) == ("given", "sign-up form")
    assert found["consent_at"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert await kept(people, everything) == [Kept.UNCHANGED]


async def test_what_nobody_speaks_of_stays(people: People) -> None:
    await kept(people, said(email="kim@example.com", attributes={"plan": "pro"}))
    assert await kept(people, said(name="Kim")) == [Kept.UPDATED]
    found = await row()
    assert (found["email"], found["name"], found["attributes"]) == ("kim@example.com", "Kim", '{"plan": "pro"}')


async def test_attributes_are_merged_and_null_takes_one_away(people: People) -> None:
    await kept(people, said(attributes={"plan": "pro", "seats": 1}), said(attributes={"seats": True, "plan": None}))
    assert msgspec.json.decode((await row())["attributes"]) == {"seats": True}
    assert await kept(people, said(attributes={"seats": 1})) == [Kept.UPDATED]  # true is not 1
    assert await kept(people, said(attributes={"nothing": None})) == [Kept.UNCHANGED]


async def test_an_empty_address_takes_the_address_away(people: People) -> None:
    await kept(people, said(email="kim@example.com"))
    await kept(people, said(email=""))
    assert ((await row())["email"], (await row())["address_hash"]) == (None, None)


async def test_an_account_keeps_its_latest_name_and_its_people(people: People) -> None:
    await kept(people, said("c1", account={"id": "a-1", "name": "Old"}), said("c2", account={"id": "a-1"}))
    assert (await row("c2"))["company_name"] == "Old"
    await kept(people, said("c2", account={"id": "a-1", "name": "New"}))
    assert ((await row("c1"))["company_name"], len(await fetch("SELECT FROM account"))) == ("New", 1)


@pytest.mark.parametrize(("first", "second"), [("given", "withdrawn"), ("withdrawn", "given")])
async def test_an_older_word_on_consent_never_overrides_a_newer_one(people: People, first: str, second: str) -> None:
    newer = said(consent={"state": first, "source": "desk", "at": "2026-02-02T00:00:00Z"})
    older = said(consent={"state": second, "source": "form", "at": "2026-02-01T00:00:00Z"})
    await kept(people, newer)
    assert await kept(people, older) == [Kept.UNCHANGED]
    assert ((await row())["consent"], (await row())["consent_source"]) == (first, "desk")


@given(
    st.lists(st.tuples(st.sampled_from(["given", "withdrawn"]), st.integers(0, 3)), min_size=1, max_size=6),
    st.randoms(),
)
def test_the_order_in_which_dated_words_on_consent_arrive_does_not_matter(
    words: list[tuple[str, int]], chance: Any
) -> None:
    statements = [
        said(consent={"state": state, "source": "s", "at": (NOON - timedelta(days=day)).isoformat()})
        for state, day in words
    ]
    shuffled = list(statements)
    chance.shuffle(shuffled)
    one, other = (told(ContactState(), order, (), NOON) for order in (statements, shuffled))
    assert (one.consent, one.consent_at) == (other.consent, other.consent_at)
    latest = min(day for _, day in words)
    assert one.consent is (Consent.WITHDRAWN if ("withdrawn", latest) in words else Consent.GIVEN)


async def test_consent_without_a_time_is_of_now_and_repeating_it_keeps_the_first_time(people: People) -> None:
    await kept(people, said(consent={"state": "given", "source": "form"}))
    again = await kept(people, said(consent={"state": "given", "source": "form"}), now=NOON + timedelta(days=9))
    assert (again, (await row())["consent_at"]) == ([Kept.UNCHANGED], NOON)


async def test_a_persona_follows_the_rule_over_attributes_until_somebody_says_it(people: People) -> None:
    await set_rule(people, "architect", Condition(attribute="contact.job", one_of=("architect",)))
    await kept(people, said(attributes={"job": "architect"}))
    assert ((await row())["persona_key"], (await row())["is_persona_said"]) == ("architect", False)
    await kept(people, said(attributes={"job": "cook"}))
    assert (await row())["persona_key"] is None
    await kept(people, said(persona="buyer", attributes={"job": "architect"}))
    assert (await row())["persona_key"] == "buyer"
    await kept(people, said(attributes={"job": "architect", "more": 1}))
    assert (await row())["persona_key"] == "buyer"


async def test_the_first_persona_whose_rule_holds_counts_and_rules_see_kind_and_account(people: People) -> None:
    await set_rule(people, "buyer", Condition(attribute="contact.seats", at_least=10))
    await set_rule(
        people,
        "architect",
        Condition(attribute="contact.kind", one_of=("prospect",)),
        Condition(attribute="contact.account", one_of=("a-1",)),
    )
    await kept(people, said("c1", kind="prospect", account={"id": "a-1"}, attributes={"seats": 20}))
    await kept(people, said("c2", kind="prospect", account={"id": "a-1"}, attributes={"kind": "customer"}))
    assert ((await row("c1"))["persona_key"], (await row("c2"))["persona_key"]) == ("buyer", "architect")


def test_without_any_rule_a_persona_stays_what_it_was() -> None:
    assert told(ContactState(persona=7), [said(attributes={"a": 1})], [PersonaRule(7, "buyer")], NOON).persona == 7


async def test_an_id_that_was_merged_means_the_contact_it_was_merged_into(people: People) -> None:
    await kept(people, said("c1", name="Kim"))
    await fetch("INSERT INTO contact_alias (workspace, external_id, contact) SELECT workspace, 'old', id FROM contact")
    assert await kept(people, said("old", locale="de"), said("c1", email="kim@example.com")) == [Kept.UPDATED] * 2
    assert [one["external_id"] for one in await fetch("SELECT external_id FROM contact")] == ["c1"]
    assert ((await row())["locale"], (await row())["email"]) == ("de", "kim@example.com")


async def test_a_preview_says_what_an_upsert_does_and_changes_nothing(people: People) -> None:
    await kept(people, said("c1", name="Kim"), said("c2", name="Lee"))
    batch = [said("c1", name="Kim"), said("c2", name="Leo"), said("c3", account={"id": "a"})]
    foreseen = await preview_contacts(people.acme, batch, NOON)
    assert len(await fetch("SELECT FROM contact UNION ALL SELECT FROM account")) == 2
    assert foreseen == await upsert_contacts(people.acme, batch, NOON)
    assert [one.outcome for one in foreseen] == [Kept.UNCHANGED, Kept.UPDATED, Kept.CREATED]


async def test_a_contact_erased_while_it_is_waited_for_is_made_anew(people: People) -> None:
    await kept(people, said("c1"))
    is_locked = asyncio.Event()

    async def erase() -> None:
        async with transaction():
            await fetch("SELECT FROM contact FOR UPDATE")
            is_locked.set()
            await asyncio.sleep(0.2)
            await fetch("DELETE FROM contact")

    async def lock() -> None:
        await is_locked.wait()
        async with transaction():
            found.update(await lock_contacts(people.acme, {"c1"}, NOON))

    found: dict[str, int] = {}
    await asyncio.gather(erase(), lock())
    assert found["c1"] == (await row())["id"]


async def test_batches_in_opposite_order_with_new_names_of_accounts_do_not_wait_for_each_other(people: People) -> None:
    def batch(number: int, order: list[int]) -> list[EventContact]:
        return [said(f"c{at}", account={"id": f"a{at}", "name": f"{number}"}) for at in order]

    for number in range(5):
        await asyncio.gather(
            upsert_contacts(people.acme, batch(number, list(range(30))), NOON),
            upsert_contacts(people.acme, batch(number + 100, list(range(30))[::-1]), NOON),
        )
    assert len(await fetch("SELECT FROM contact")) == 30


async def test_a_thousand_contacts_take_as_many_statements_as_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []

    async def count(sql: str, *values: Any) -> Any:
        counted.append(1)
        return await fetch(sql, *values)

    monkeypatch.setattr("feedback.contacts.keep_contacts.fetch", count)
    for n in (1, 1_000):
        counted.clear()
        await kept(people, *[said(f"{n}-{at}", name="x", account={"id": f"{at}"}) for at in range(n)])
        assert len(counted) <= 8


async def test_an_event_that_says_nothing_of_its_contact_writes_nothing(people: People) -> None:
    async with transaction():
        contacts = await lock_contacts(people.acme, {"c1"}, NOON)
        assert await update_contacts(people.acme, [said()], contacts, NOON) == frozenset()
    assert (await row())["updated_at"] is None
