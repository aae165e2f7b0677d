"""Two contacts that are one person: one voice from then on, in every figure and under both ids."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from analysis.merge_contacts import merge_contacts
from analysis.rebuild_tally import rebuild_tally
from analysis.score_responses import score_responses
from core.database import fetch
from core.errors import Invalid, NotFound
from feedback.contacts.contacts import load_contact, load_contact_by_id
from feedback.contacts.keep_contacts import Kept, upsert_contacts
from feedback.contacts.merge_contacts import duplicates_of, list_duplicates
from feedback.intake.event import EventContact
from tests.analysis.answers import given
from tests.factories import Hands, make_journey
from tests.people import People


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def keep(people: People, hands: Hands, external_id: str, **fields: Any) -> int:
    await upsert_contacts(people.acme, [msgspec.convert({"id": external_id, **fields}, EventContact)], hands.now)
    rows = await fetch("SELECT id FROM contact WHERE external_id = $1", external_id)
    return int(rows[0]["id"])


async def test_what_stays_goes_before_what_goes_and_gaps_are_filled(people: People, hands: Hands) -> None:
    await keep(
        people,
        hands,
        "old",
        email="old@example.com",
        name="Kim L.",
        locale="de",
        persona="buyer",
        account={"id": "a"},
        attributes={"plan": "free", "seats": 1},
    )
    await keep(people, hands, "new", name="Kim", email="new@example.com", attributes={"plan": "pro"})
    stays = await merge_contacts(people.acme, "old", "new", hands.now)
    found = await load_contact(people.acme, stays)
    assert (found.id, found.name, found.email, found.locale) == ("new", "Kim", "new@example.com", "de")
    assert (found.persona, found.is_persona_said, found.other_ids) == ("buyer", True, ("old",))
    assert (found.account.id if found.account else None, found.attributes) == ("a", {"plan": "pro", "seats": 1})


async def test_both_ids_mean_the_one_that_stays_also_after_another_merge(people: People, hands: Hands) -> None:
    for external_id in ("a", "b", "c"):
        await keep(people, hands, external_id)
    await merge_contacts(people.acme, "a", "b", hands.now)
    stays = await merge_contacts(people.acme, "b", "c", hands.now)
    for external_id in ("a", "b", "c"):
        assert (await load_contact_by_id(people.acme, external_id)).number == stays
    said = [EventContact("a", name="Kim"), EventContact("b", locale="de")]
    assert {one.outcome for one in await upsert_contacts(people.acme, said, hands.now)} == {Kept.UPDATED}
    assert len(await fetch("SELECT FROM contact")) == 1
    with pytest.raises(Invalid, match="same contact"):
        await merge_contacts(people.acme, "a", "c", hands.now)


@pytest.mark.parametrize(("gone", "into"), [("given", "withdrawn"), ("withdrawn", "given")])
async def test_a_withdrawal_counts_whichever_said_it_and_when(
    people: People, hands: Hands, gone: str, into: str
) -> None:
    days = {"given": "2026-02-02T00:00:00Z", "withdrawn": "2026-01-01T00:00:00Z"}
    await keep(people, hands, "a", consent={"state": gone, "source": gone, "at": days[gone]})
    await keep(people, hands, "b", consent={"state": into, "source": into, "at": days[into]})
    found = await load_contact(people.acme, await merge_contacts(people.acme, "a", "b", hands.now))
    assert found.consent
    assert (found.consent.state, found.consent.source) == ("withdrawn", "withdrawn")


async def test_who_had_opted_out_has_opted_out(people: People, hands: Hands) -> None:
    number = await keep(people, hands, "a", email="a@example.com")
    await fetch("UPDATE contact SET unsubscribed_at = $1 WHERE id = $2", hands.now, number)
    await keep(people, hands, "b", email="b@example.com")
    found = await load_contact(people.acme, await merge_contacts(people.acme, "a", "b", hands.now))
    assert found.suppressed_as == "unsubscribed"


async def test_everything_that_hangs_on_a_contact_moves(people: People, hands: Hands) -> None:
    gone = await keep(people, hands, "a")
    into = await keep(people, hands, "b")
    await fetch(
        "INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties) "
        "VALUES ($1, 'e', 'x', $2, $3, $3, '{}')",
        people.acme,
        gone,
        hands.now,
    )
    await fetch(
        "INSERT INTO decision (workspace, event, contact, touchpoint, outcome, reason, facts, decided_at) "
        "SELECT e.workspace, e.id, e.contact, t.id, 'asked', 'due', '{}', $1 FROM event e, touchpoint t "
        "WHERE t.key = 'delivery'",
        hands.now,
    )
    await fetch(
        "INSERT INTO invitation (workspace, decision, contact, touchpoint, survey_version, channel, occurred_at, "
        "due_at, expires_at, state, attempts, last_error) SELECT d.workspace, d.id, d.contact, d.touchpoint, v.id, "
        "'mail', $1, $1, $1, 'due', 0, '' FROM decision d, survey_version v",
        hands.now,
    )
    await given(people.acme, gone, hands.now, ("felt", "anchor", 4))
    assert await merge_contacts(people.acme, "a", "b", hands.now) == into
    for table in ("event", "decision", "invitation", "response"):
        assert await fetch(f"SELECT contact FROM {table}") == [{"contact": into}], table


async def test_figures_are_right_after_a_merge(people: People, hands: Hands) -> None:
    contacts = [await keep(people, hands, name) for name in ("a", "b", "c")]
    for day, contact, face in ((0, 0, 5), (1, 1, 1), (2, 1, 2), (40, 0, 4), (41, 2, 3)):
        answers = (("felt", "anchor", face), ("mood", "emotion", ["happy", "angry"]))
        await given(people.acme, contacts[contact], hands.now + timedelta(days=day), *answers)
    await score_responses(hands.now + timedelta(days=60))
    await merge_contacts(people.acme, "a", "b", hands.now)
    assert (await fetch("SELECT sum(n) AS n FROM contact_tally WHERE grain = 'day'"))[0]["n"] < 0
    assert (await rebuild_tally()).differing == 0


async def test_merging_and_scoring_at_once_leave_the_figures_right(people: People, hands: Hands) -> None:
    for round_ in range(5):
        pair = [await keep(people, hands, f"{name}{round_}") for name in ("a", "b")]
        for number in range(6):
            await given(people.acme, pair[number % 2], hands.now + timedelta(days=number), ("felt", "anchor", 3))
        await asyncio.gather(
            score_responses(hands.now + timedelta(days=60)),
            merge_contacts(people.acme, f"a{round_}", f"b{round_}", hands.now),
        )
    assert (await rebuild_tally()).differing == 0


async def test_two_merges_of_one_pair_in_opposite_directions_leave_one_contact(people: People, hands: Hands) -> None:
    await keep(people, hands, "a")
    await keep(people, hands, "b")
    ways = [merge_contacts(people.acme, *way, hands.now) for way in (("a", "b"), ("b", "a"))]
    done = await asyncio.gather(*ways, return_exceptions=True)
    assert [type(one) for one in done if not isinstance(one, int)] in ([NotFound], [Invalid])
    assert len(await fetch("SELECT FROM contact")) == 1


async def test_an_event_while_its_contact_is_merged_is_of_the_one_that_stays(people: People, hands: Hands) -> None:
    for round_ in range(10):
        await keep(people, hands, f"a{round_}")
        into = await keep(people, hands, f"b{round_}")
        said = [EventContact(f"a{round_}", locale="de")]
        await asyncio.gather(
            merge_contacts(people.acme, f"a{round_}", f"b{round_}", hands.now),
            upsert_contacts(people.acme, said, hands.now),
        )
        assert (await load_contact(people.acme, into)).locale == "de"
    assert len(await fetch("SELECT FROM contact")) == 10


async def test_nobody_is_merged_across_workspaces(people: People, hands: Hands) -> None:
    await keep(people, hands, "a")
    await upsert_contacts(people.other, [EventContact("b")], hands.now)
    with pytest.raises(NotFound):
        await merge_contacts(people.acme, "a", "b", hands.now)


async def test_duplicates_are_found_by_address_in_every_spelling(people: People, hands: Hands) -> None:
    first = await keep(people, hands, "a", email="Kim@Exämple.com")
    second = await keep(people, hands, "b", email="kim@xn--exmple-cua.com")
    await keep(people, hands, "c", email="lee@example.com")
    await keep(people, hands, "d")
    await keep(people, hands, "e")
    [found] = await list_duplicates(people.acme)
    assert (found.n, found.contacts) == (2, ((first, "a"), (second, "b")))
    assert await duplicates_of(people.acme, first) == [(second, "b")]
    assert await list_duplicates(people.other) == []
    assert await list_duplicates(people.acme, found.address_hash) == []
