"""Imports of contacts: tried first, let in batch by batch, and never half of a row."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.database import fetch
from core.errors import Conflict, Invalid
from feedback.contacts import import_contacts as job
from feedback.contacts.contact_columns import Column
from feedback.contacts.contact_file import read_sheet
from feedback.contacts.contact_imports import (
    ImportState,
    ImportView,
    cancel_import,
    choose_columns,
    find_unfinished,
    load_import,
    run_on,
    start_import,
)
from feedback.contacts.import_contacts import import_contacts, run_import
from feedback.contacts.keep_contacts import upsert_contacts
from feedback.intake.event import EventContact
from tests.factories import Hands, make_journey
from tests.people import People

FILE = b"""id;email;name;persona;plan
c1;kim@example.com;Kim;buyer;pro
c2;lee@example.com;Lee;;free
c3;not-an-address;Max;;free
c2;other@example.com;Lea;;
c4;KIM@example.com;Kimmy;nobody;
c5;kim@example.com;Kim B;;pro
"""


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def begun(people: People, hands: Hands, content: bytes = FILE, source: str = "") -> int:
    return await start_import(people.acme, "contacts.csv", read_sheet(content, "contacts.csv"), source, hands.now)


async def worked(people: People, number: int, now: datetime) -> ImportView:
    while await import_contacts(now):
        pass
    return await load_import(people.acme, number)


def many(n: int) -> bytes:
    return b"id,email,plan\n" + b"".join(b"c%d,c%d@customer.example,pro\n" % (at, at) for at in range(n))


async def ids() -> list[str]:
    return [row["external_id"] for row in await fetch("SELECT external_id FROM contact ORDER BY external_id")]


async def test_a_try_counts_what_would_happen_names_every_faulty_row_and_changes_nothing(
    people: People, hands: Hands
) -> None:
    await upsert_contacts(people.acme, [EventContact("c1", email="kim@example.com"), EventContact("c9")], hands.now)
    found = await worked(people, await begun(people, hands), hands.now)
    assert (found.state, found.done, found.created, found.updated, found.unchanged) == ("checked", 6, 2, 1, 0)
    assert [(fault.row, fault.field) for fault in found.findings.faults] == [(4, "email"), (5, "id"), (6, "persona")]
    assert found.findings.faults[1].message == "row 3 has the same id; leave one of the two out"
    assert found.findings.n == 3
    assert await ids() == ["c1", "c9"]


async def test_addresses_of_somebody_else_are_pointed_out(people: People, hands: Hands) -> None:
    await upsert_contacts(people.acme, [EventContact("c9", email="LEE@example.com")], hands.now)
    found = await worked(people, await begun(people, hands), hands.now)
    assert found.findings.shared == ("row 3: contact c9 has this address already", "row 7: row 2 has the same address")


async def test_faulty_rows_are_skipped_only_if_somebody_says_so(people: People, hands: Hands) -> None:
    number = await begun(people, hands)
    await worked(people, number, hands.now)
    with pytest.raises(Conflict, match="Rows with faults: 3"):
        await run_on(people.acme, number, skips_faulty=False)
    await run_on(people.acme, number, skips_faulty=True)
    found = await worked(people, number, hands.now)
    assert (found.state, found.created, found.done, found.finished_at) == ("done", 3, 6, hands.now)
    assert await ids() == ["c1", "c2", "c5"]
    assert await fetch("SELECT FROM contact_import WHERE content IS NOT NULL") == []


async def test_a_fault_that_comes_up_after_the_try_stops_the_import_and_it_goes_on_where_it_was(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "BATCH", 2)
    number = await begun(people, hands, b"id,persona\nc1,\nc2,\nc3,buyer\nc4,\n")
    await worked(people, number, hands.now)
    await run_on(people.acme, number, skips_faulty=False)
    await fetch("UPDATE persona SET key = 'gone' WHERE key = 'buyer'")
    found = await worked(people, number, hands.now)
    assert (found.state, found.done, [fault.row for fault in found.findings.faults]) == ("stopped", 2, [4])
    assert await ids() == ["c1", "c2"]
    await run_on(people.acme, number, skips_faulty=True)
    found = await worked(people, number, hands.now)
    assert (found.state, found.created, await ids()) == ("done", 3, ["c1", "c2", "c4"])


async def test_columns_may_be_set_right_and_the_rows_are_tried_again(people: People, hands: Hands) -> None:
    number = await begun(people, hands, b"who,agreed\nc1,yes\nc2,no\n")
    found = await worked(people, number, hands.now)
    assert [fault.field for fault in found.findings.faults] == ["columns"]
    with pytest.raises(Invalid, match="consent_source"):
        await choose_columns(people.acme, number, [Column.ID, Column.CONSENT], "")
    await choose_columns(people.acme, number, [Column.ID, Column.CONSENT], "fair")
    assert (await worked(people, number, hands.now)).created == 2
    await run_on(people.acme, number, skips_faulty=False)
    await worked(people, number, hands.now)
    rows = await fetch("SELECT consent, consent_source, consent_at FROM contact ORDER BY external_id")
    assert [tuple(row.values()) for row in rows] == [("given", "fair", hands.now), ("withdrawn", "fair", hands.now)]


async def test_a_batch_is_kept_with_its_record_or_not_at_all(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "BATCH", 100)
    number = await begun(people, hands, many(250))
    await worked(people, number, hands.now)
    await run_on(people.acme, number, skips_faulty=False)
    keep, calls = upsert_contacts, iter(range(9))

    async def dies(*values: Any) -> Any:
        kept = await keep(*values)
        if next(calls) == 1:
            raise ConnectionError("the worker is gone")
        return kept

    monkeypatch.setattr(job, "upsert_contacts", dies)
    with pytest.raises(ConnectionError):
        await import_contacts(hands.now)
    assert ((await load_import(people.acme, number)).done, len(await ids())) == (100, 100)
    assert await import_contacts(hands.now) == 0  # the dead worker's lease
    found = await worked(people, number, hands.now + timedelta(minutes=3))
    assert (found.state, found.created, len(await ids())) == ("done", 250, 250)


async def test_two_workers_at_one_import_count_each_row_once(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "BATCH", 50)
    monkeypatch.setattr(job, "BATCHES_AT_ONCE", 3)
    number = await begun(people, hands, many(400))
    await worked(people, number, hands.now)
    await run_on(people.acme, number, skips_faulty=False)
    while (await load_import(people.acme, number)).is_under_way:
        await asyncio.gather(*[run_import(number, hands.now) for _ in range(2)], return_exceptions=True)
    found = await load_import(people.acme, number)
    assert (found.created, found.updated, found.unchanged, len(await ids())) == (400, 0, 0, 400)


async def test_the_same_file_again_changes_nothing(people: People, hands: Hands) -> None:
    for created, unchanged in ((20, 0), (0, 20)):
        number = await begun(people, hands, many(20))
        await worked(people, number, hands.now)
        await run_on(people.acme, number, skips_faulty=False)
        found = await worked(people, number, hands.now)
        assert (found.created, found.unchanged) == (created, unchanged)


async def test_a_stopped_import_is_found_by_its_file(people: People, hands: Hands) -> None:
    number = await begun(people, hands, many(5))
    sheet = read_sheet(many(5), "contacts.csv")
    assert await find_unfinished(people.acme, "contacts.csv", sheet) is None  # it waits for a word
    await worked(people, number, hands.now)
    await run_on(people.acme, number, skips_faulty=False)
    assert await find_unfinished(people.acme, "contacts.csv", sheet) == number
    assert await find_unfinished(people.acme, "contacts.csv", read_sheet(many(6), "contacts.csv")) is None
    assert await find_unfinished(people.other, "contacts.csv", sheet) is None


async def test_a_cancelled_import_keeps_what_is_in_and_nothing_of_the_file(people: People, hands: Hands) -> None:
    number = await begun(people, hands)
    await cancel_import(people.acme, number, hands.now)
    assert await import_contacts(hands.now) == 0
    assert (await load_import(people.acme, number)).state is ImportState.CANCELLED
    with pytest.raises(Conflict):
        await run_on(people.acme, number, skips_faulty=True)


async def test_only_the_first_hundred_faults_are_shown_and_all_are_counted(people: People, hands: Hands) -> None:
    found = await worked(people, await begun(people, hands, b"id,email\n" + b"c,x\n" * 300), hands.now)
    assert (len(found.findings.faults), found.findings.n) == (100, 300)
