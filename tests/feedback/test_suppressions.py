"""Suppression: what is on the list is never written to, whatever meets it, and a stronger word stays."""

import asyncio
import random
from datetime import datetime, timedelta

import pytest

from accounts.membership import create_workspace
from core.addresses import address_hash
from core.database import fetch, transaction
from core.errors import Conflict, Invalid, NotFound
from feedback.contacts.opting_out import unsubscribe
from feedback.contacts.suppressions import (
    SUPPRESSED_AS,
    lift_suppression,
    list_suppressions,
    suppress,
    suppress_all,
    suppress_contact,
    suppress_erased,
)
from feedback.tables import Suppressed
from tests.factories import Hands, make_journey
from tests.feedback.inviting import add_contact, add_invitation, states_of

ADDRESS = "kim@customer.example"


@pytest.fixture
async def acme(database: None, hands: Hands) -> int:
    workspace = await create_workspace("acme", "Acme", hands.now)
    await make_journey(workspace, hands.now)
    return workspace


async def word_on(contact: int) -> str | None:
    rows = await fetch(f"SELECT {SUPPRESSED_AS} AS word FROM contact c WHERE c.id = $1", contact)
    word: str | None = rows[0]["word"]
    return word


async def reasons(workspace: int) -> list[str]:
    return [entry.reason for entry in await list_suppressions(workspace)]


async def test_every_spelling_and_every_contact_of_the_address_is_covered(acme: int, hands: Hands) -> None:
    one = await add_contact(acme, "1", ADDRESS, hands.now)
    two = await add_contact(acme, "2", "KIM@Customer.EXAMPLE", hands.now)
    other = await add_contact(acme, "3", "lee@customer.example", hands.now)
    await suppress(acme, " Kim@customer.example ", Suppressed.BY_HAND, "Alice", hands.now)
    assert [await word_on(contact) for contact in (one, two, other)] == ["by_hand", "by_hand", None]


async def test_the_list_of_another_workspace_says_nothing_here(acme: int, hands: Hands) -> None:
    other = await create_workspace("other", "Other", hands.now)
    contact = await add_contact(acme, "1", ADDRESS, hands.now)
    await suppress(other, ADDRESS, Suppressed.BY_HAND, "Charlie", hands.now)
    assert await word_on(contact) is None


async def test_what_is_due_or_held_is_cancelled_at_once_for_all_contacts_of_the_address(
    acme: int, hands: Hands
) -> None:
    one = await add_invitation(await add_contact(acme, "1", ADDRESS, hands.now), hands.now)
    two = await add_invitation(await add_contact(acme, "2", ADDRESS.upper(), hands.now), hands.now)
    other = await add_invitation(await add_contact(acme, "3", "lee@customer.example", hands.now), hands.now)
    await fetch("UPDATE invitation SET state = 'held' WHERE id = $1", two)
    await suppress(acme, ADDRESS, Suppressed.COMPLAINED, "provider", hands.now)
    assert await states_of(one, two, other) == ["cancelled", "cancelled", "due"]


async def test_who_unsubscribes_has_opted_out_under_every_id_and_with_any_later_address(
    acme: int, hands: Hands
) -> None:
    one = await add_contact(acme, "1", ADDRESS, hands.now)
    two = await add_contact(acme, "2", ADDRESS, hands.now)
    await unsubscribe(one, hands.now)
    await fetch("UPDATE contact SET email = 'x@y.example', address_hash = $1", address_hash("x@y.example"))
    assert [await word_on(one), await word_on(two)] == ["unsubscribed", "unsubscribed"]


@pytest.mark.parametrize("reason", [Suppressed.UNSUBSCRIBED, Suppressed.BY_HAND])
async def test_a_contact_without_an_address_is_covered_too(acme: int, hands: Hands, reason: Suppressed) -> None:
    contact = await add_contact(acme, "1", None, hands.now)
    await suppress_contact(contact, reason, "Alice", hands.now)
    assert await word_on(contact) == "unsubscribed"
    assert await list_suppressions(acme) == []


async def test_a_contact_that_is_gone_needs_nothing(acme: int, hands: Hands) -> None:
    await unsubscribe(1_000_000, hands.now)
    assert await list_suppressions(acme) == []


STRENGTH = ["by_hand", "bounced", "unsubscribed", "complained", "erased"]


@pytest.mark.parametrize("first", STRENGTH)
@pytest.mark.parametrize("second", STRENGTH)
async def test_only_a_stronger_reason_takes_the_place_of_another(
    acme: int, hands: Hands, first: str, second: str
) -> None:
    contact = await add_contact(acme, "1", ADDRESS, hands.now)
    for reason in (first, second):
        if reason == "erased":
            await suppress_erased(acme, contact, hands.now)
        else:
            await suppress(acme, ADDRESS, Suppressed(reason), reason, hands.now)
    entries = await list_suppressions(acme)
    assert [entry.reason for entry in entries] == [max(first, second, key=STRENGTH.index)]
    assert (entries[0].address is None) == ("erased" in (first, second))


async def test_of_somebody_erased_only_the_hash_stays_and_still_holds(acme: int, hands: Hands) -> None:
    contact = await add_contact(acme, "1", ADDRESS, hands.now)
    await suppress(acme, ADDRESS, Suppressed.BOUNCED, f"550 no such user {ADDRESS}", hands.now)
    await suppress_erased(acme, contact, hands.now)
    await fetch("DELETE FROM contact WHERE id = $1", contact)
    kept = await fetch("SELECT to_jsonb(s)::text AS row FROM suppression s")
    assert "kim" not in kept[0]["row"]
    again = await add_contact(acme, "imported again", ADDRESS, hands.now)
    assert await word_on(again) == "erased"
    assert [entry.reason for entry in await list_suppressions(acme, q=ADDRESS)] == [Suppressed.ERASED]


async def test_what_bounced_or_was_put_there_by_hand_can_be_lifted(acme: int, hands: Hands) -> None:
    for reason in (Suppressed.BOUNCED, Suppressed.BY_HAND):
        await suppress(acme, ADDRESS, reason, "", hands.now)
        await lift_suppression(acme, (await list_suppressions(acme))[0].id)
        assert await list_suppressions(acme) == []


@pytest.mark.parametrize("reason", [Suppressed.UNSUBSCRIBED, Suppressed.COMPLAINED])
async def test_nobody_lifts_what_a_person_said(acme: int, hands: Hands, reason: Suppressed) -> None:
    await suppress(acme, ADDRESS, reason, "", hands.now)
    entry = (await list_suppressions(acme))[0]
    assert not entry.may_be_lifted
    with pytest.raises(Conflict, match="its owner has"):
        await lift_suppression(acme, entry.id)
    assert await reasons(acme) == [reason]


async def test_another_workspace_lifts_nothing(acme: int, hands: Hands) -> None:
    other = await create_workspace("other", "Other", hands.now)
    await suppress(acme, ADDRESS, Suppressed.BY_HAND, "", hands.now)
    with pytest.raises(NotFound):
        await lift_suppression(other, (await list_suppressions(acme))[0].id)


async def test_a_search_finds_parts_and_takes_no_character_as_a_pattern(acme: int, hands: Hands) -> None:
    await suppress_all(acme, ["a_b@x.example", "acb@x.example"], Suppressed.BY_HAND, "", hands.now)
    found = [entry.address for entry in await list_suppressions(acme, q="A_B")]
    assert found == ["a_b@x.example"]
    assert await list_suppressions(acme, q="%") == []


async def test_a_batch_says_how_many_are_new(acme: int, hands: Hands) -> None:
    assert await suppress_all(acme, [ADDRESS, "KIM@customer.example"], Suppressed.BY_HAND, "", hands.now) == 1
    assert await suppress_all(acme, [ADDRESS, "lee@x.example"], Suppressed.UNSUBSCRIBED, "", hands.now) == 1


@pytest.mark.parametrize("address", ["", "kim", "@x.example", "kim@", "a\n@x.example", f"{'k' * 254}@x.example"])
async def test_what_is_no_address_is_refused(acme: int, hands: Hands, address: str) -> None:
    with pytest.raises(Invalid):
        await suppress(acme, address, Suppressed.BY_HAND, "", hands.now)


class Worker:
    """Claims as dispatch does: the contact locked, the list read in a statement of its own, a lease, a slow server."""

    def __init__(self, now: datetime, seconds: float = 0.0, idle: float = 0.0) -> None:
        self.now = now
        self.idle = idle
        self.seconds = seconds
        self.sent_at: list[float] = []
        self.has_claimed = asyncio.Event()

    async def claim(self) -> list[int]:
        async with transaction():
            rows = await fetch(
                "SELECT i.id, c.id AS contact FROM invitation i JOIN contact c ON c.id = i.contact "
                "WHERE i.state = 'due' AND i.leased_until IS NULL LIMIT 1 "
                "FOR UPDATE OF i SKIP LOCKED FOR NO KEY UPDATE OF c SKIP LOCKED"
            )
            await asyncio.sleep(self.seconds)
            held = [row["id"] for row in rows if await word_on(row["contact"]) is None]
            await fetch(
                "UPDATE invitation SET leased_until = $2 WHERE id = ANY($1)", held, self.now + timedelta(minutes=5)
            )
        return held

    async def work(self) -> None:
        await asyncio.sleep(self.idle)
        claimed = await self.claim()
        self.has_claimed.set()  # even nothing: the other worker may have been first
        for invitation in claimed:
            await asyncio.sleep(self.seconds)
            self.sent_at.append(asyncio.get_running_loop().time())
            await fetch("UPDATE invitation SET state = 'sent', leased_until = NULL WHERE id = $1", invitation)


async def test_no_mail_leaves_after_somebody_was_told_that_none_will(acme: int, hands: Hands) -> None:
    order = random.Random(7)
    both = set()
    for turn in range(18):
        address = f"kim{turn}@customer.example"
        contacts = [await add_contact(acme, f"{turn}-{place}", address, hands.now) for place in range(2)]
        invitations = [await add_invitation(contact, hands.now) for contact in contacts]
        # The second comes after the list was written to, the first before it, or while it is.
        workers = [Worker(hands.now, order.uniform(0, 0.02), idle) for idle in (order.uniform(0, 0.01), 0.06)]
        running = [asyncio.create_task(worker.work()) for worker in workers]
        await (workers[0].has_claimed.wait() if turn % 3 == 0 else asyncio.sleep(order.uniform(0, 0.03)))
        if turn % 2:
            await suppress(acme, address, Suppressed.BY_HAND, "", hands.now)
        else:
            await unsubscribe(contacts[0], hands.now)
        told_at = asyncio.get_running_loop().time()
        await asyncio.gather(*running)
        for worker in (*workers, Worker(hands.now)):
            await worker.work()
            assert all(sent_at < told_at for sent_at in worker.sent_at)
        both |= set(await states_of(*invitations))
    assert both >= {"sent", "cancelled"}  # both ends of the race were seen
    assert both <= {"sent", "cancelled", "due"}  # what a claim had locked waits for the next, which looks at the list


async def test_a_lease_of_a_killed_worker_is_not_waited_for_without_end(
    acme: int, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.contacts.under_way.POLLS", 2)
    contact = await add_contact(acme, "1", ADDRESS, hands.now)
    invitation = await add_invitation(contact, hands.now)
    await fetch("UPDATE invitation SET leased_until = $2 WHERE id = $1", invitation, hands.now + timedelta(minutes=5))
    await unsubscribe(contact, hands.now)
    assert await word_on(contact) == "unsubscribed"
    assert await states_of(invitation) == ["due"]  # the next claim looks at the list


async def test_within_a_transaction_nothing_is_waited_for(acme: int, hands: Hands) -> None:
    contact = await add_contact(acme, "1", ADDRESS, hands.now)
    invitation = await add_invitation(contact, hands.now)
    await fetch("UPDATE invitation SET leased_until = $2 WHERE id = $1", invitation, hands.now + timedelta(minutes=5))
    async with asyncio.timeout(2), transaction():
        await suppress(acme, ADDRESS, Suppressed.BY_HAND, "", hands.now)


async def test_two_batches_of_the_same_addresses_never_wait_for_each_other(acme: int, hands: Hands) -> None:
    addresses = [f"kim{at}@customer.example" for at in range(40)]
    for at, address in enumerate(addresses):
        await add_contact(acme, f"{40 - at:02}", address, hands.now)
    turns = [addresses, addresses[::-1]] * 4
    await asyncio.gather(*[suppress_all(acme, turn, Suppressed.BOUNCED, "", hands.now) for turn in turns])
    assert len(await fetch("SELECT FROM suppression")) == 40
