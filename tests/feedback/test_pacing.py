"""How fast mail leaves: warm-up, limits, pauses; and what has to wait is seen and is in nobody's way."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.due import make_due, make_workspace
from core.database import engine, fetch
from core.mail import NotDelivered, Scope
from core.site import Site
from feedback.delivery.dispatch import dispatch
from feedback.delivery.pacing import (
    ALL,
    DAY_LIMIT,
    LONGEST_PAUSE,
    Limits,
    Outlet,
    Pause,
    Room,
    day_of,
    limit_on,
    pauses_after,
)
from tests.factories import Hands, Letterbox

FIRST_DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUTLET = Outlet(1, 1)


@pytest.mark.parametrize(("days", "most"), [(0, 50), (1, 100), (2, 200), (3, 250), (400, 250), (-3, 50)])
def test_a_warm_up_doubles_every_day_up_to_the_limit_of_all_days(days: int, most: int) -> None:
    limits = Limits(first_day_limit=50, warm_up_from=FIRST_DAY, day_limit=250)
    assert limit_on(limits, FIRST_DAY + timedelta(days=days)) == most


def test_without_a_limit_there_is_none() -> None:
    assert limit_on(Limits(first_day_limit=50), FIRST_DAY) is None


@given(
    st.integers(1, 10**6), st.one_of(st.none(), st.integers(1, 10**6)), st.sampled_from(["", "a.example", "b.example"])
)
def test_pauses_grow_are_bounded_and_always_the_same(workspace: int, sender: int | None, domain: str) -> None:
    pauses = pauses_after(Outlet(workspace, sender), domain)
    assert pauses == pauses_after(Outlet(workspace, sender), domain)
    assert all(later >= earlier * 0.6 for earlier, later in pairwise(pauses))
    assert timedelta(seconds=45) <= pauses[0] <= timedelta(seconds=75)
    assert max(pauses) <= LONGEST_PAUSE * 1.25


@given(st.lists(st.sampled_from(["a.example", "b.example"]), max_size=60), st.integers(1, 20), st.integers(1, 40))
def test_no_more_leave_than_may(domains: list[str], a_minute: int, a_day: int) -> None:
    room = Room(OUTLET, Limits(domain_minute_limit=a_minute, day_limit=a_day), {ALL: 3}, {}, NOW)
    left = [domain for domain in domains if room.take(domain) is None]
    assert len(left) <= max(a_day - 3, 0)
    assert all(left.count(domain) <= a_minute for domain in left)


def test_a_pause_that_is_over_keeps_nothing() -> None:
    pauses = {"a.example": Pause(NOW, "450"), "b.example": Pause(NOW + timedelta(seconds=1), "450")}
    room = Room(OUTLET, Limits(), {}, pauses, NOW)
    assert room.take("a.example") is None
    assert room.take("b.example") is not None


def test_a_server_that_asks_for_patience_gets_it_for_all_domains() -> None:
    room = Room(OUTLET, Limits(), {}, {ALL: Pause(NOW + timedelta(seconds=1), "421")}, NOW)
    assert [hold and hold.domain for hold in (room.take("a.example"), room.take("b.example"))] == [ALL, ALL]
    assert room.take("", is_mail=False) is None


async def make_sender(workspace: int, **columns: object) -> int:
    names = {"key": "news", "address": "News <news@acme.example>", "hook_token": "t", "created_at": NOW, **columns}
    places = ", ".join(f"${at}" for at in range(2, len(names) + 2))
    [row] = await fetch(
        f"INSERT INTO sender (workspace, {', '.join(names)}) VALUES ($1, {places}) RETURNING id",
        workspace,
        *names.values(),
    )
    return int(row["id"])


async def queue(hands: Hands, n: int, **sender: object) -> int:
    workspace = await make_workspace("acme", hands.now)
    await make_due(workspace, n, hands.now)
    if sender:
        await fetch("UPDATE invitation SET sender = $1", await make_sender(workspace, **sender))
    return workspace


async def work(site: Site, hands: Hands, **after: float) -> None:
    hands.move(**after)
    while await dispatch(site, hands.now):
        pass


async def states() -> dict[tuple[str, str], int]:
    rows = await fetch("SELECT state, last_error, count(*) AS n FROM invitation GROUP BY 1, 2")
    return {(row["state"], row["last_error"]): row["n"] for row in rows}


async def test_a_sender_warms_up_day_by_day(database: None, site: Site, letterbox: Letterbox, hands: Hands) -> None:
    await queue(hands, 200, first_day_limit=30, warm_up_from=FIRST_DAY)
    await work(site, hands)
    assert await states() == {("sent", ""): 30, ("due", DAY_LIMIT): 170}
    await work(site, hands, hours=11)
    assert len(letterbox.mails) == 30
    await work(site, hands, hours=1)
    assert len(letterbox.mails) == 90
    await work(site, hands, days=1)
    assert len(letterbox.mails) == 200
    assert await fetch("SELECT since::date AS day, n FROM sent_count WHERE domain = '' ORDER BY since") == [
        {"day": FIRST_DAY + timedelta(days=at), "n": n} for at, n in enumerate((30, 60, 110))
    ]


async def test_a_domain_gets_so_many_a_minute_and_the_others_are_not_kept(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await queue(hands, 100, domain_minute_limit=1)  # two for each of fifty domains
    await fetch("UPDATE contact SET email = replace(email, '@d1.', '@d2.')")
    await work(site, hands)
    assert len(letterbox.mails) == 49
    await work(site, hands, minutes=1)
    assert len(letterbox.mails) == 98
    await work(site, hands, minutes=1)
    await work(site, hands, minutes=1)
    assert len(letterbox.mails) == 100


async def test_a_sender_that_is_paused_is_in_nobodys_way(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    workspace = await queue(hands, 300, paused_at=NOW)
    await make_due(workspace, 5, hands.now + timedelta(seconds=1), first=1_001)
    await work(site, hands, seconds=1)
    assert await states() == {("sent", ""): 5, ("due", "the sender is paused"): 300}
    assert await fetch("SELECT FROM invitation WHERE state = 'due' AND (attempts > 0 OR leased_by IS NOT NULL)") == []
    await fetch("UPDATE sender SET paused_at = NULL")
    await work(site, hands, minutes=10)
    assert len(letterbox.mails) == 305


async def test_a_workspace_that_is_paused_sends_nothing_over_any_sender(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    workspace = await queue(hands, 150)
    await fetch(
        "INSERT INTO contact_policy (workspace, policy, paused_at, updated_at) VALUES ($1, '{}', $2, $2)",
        workspace,
        hands.now,
    )
    await work(site, hands)
    assert (letterbox.mails, await states()) == ([], {("due", "sending is paused"): 150})


async def test_mails_that_a_server_did_not_hear_of_do_not_count(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await queue(hands, 20, day_limit=10)
    letterbox.failures = [NotDelivered("down", permanent=False, scope=Scope.SERVER)] * 4
    await work(site, hands)
    assert await fetch("SELECT n FROM sent_count WHERE domain = ''") == [{"n": 0}]
    await work(site, hands, minutes=2)
    assert len(letterbox.mails) == 10


async def test_what_left_earlier_that_day_counts(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    workspace = await queue(hands, 6, day_limit=10)
    await work(site, hands)
    await make_due(workspace, 20, hands.now, first=1_001)
    await fetch("UPDATE invitation SET sender = (SELECT id FROM sender)")
    await work(site, hands, hours=1)
    assert len(letterbox.mails) == 10
    assert await states() == {("sent", ""): 10, ("due", DAY_LIMIT): 16}


async def test_two_workers_never_both_send_the_last_mail_of_a_day(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    workspace = await queue(hands, 5, day_limit=10)
    another = await engine().get_new_connection()
    async with another.transaction():
        await another.execute(
            "INSERT INTO sent_count (workspace, sender, domain, since, n) SELECT $1, id, '', $2, 9 FROM sender",
            workspace,
            day_of(hands.now),
        )
        sending = asyncio.create_task(work(site, hands))
        await asyncio.sleep(0.2)
        assert letterbox.mails == []
    await sending
    await another.close()
    assert len(letterbox.mails) == 1


async def test_what_expires_while_it_waits_is_missed_when_it_does(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await queue(hands, 150, paused_at=NOW)  # more than are claimed at once
    await fetch("UPDATE invitation SET expires_at = $1", hands.now + timedelta(minutes=5))
    await work(site, hands)
    assert await states() == {("due", "the sender is paused"): 150}
    await work(site, hands, minutes=5)
    assert (letterbox.mails, await states()) == ([], {("missed", ""): 150})


async def test_a_pause_of_one_domain_holds_no_other(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    workspace = await queue(hands, 200)  # four for each of fifty domains
    await fetch(
        "INSERT INTO domain_pause (workspace, domain, failures, paused_until, reason) "
        "VALUES ($1, 'd7.example', 1, $2, '450')",
        workspace,
        hands.now + timedelta(minutes=3),
    )
    await work(site, hands)
    assert await states() == {("sent", ""): 196, ("due", "450"): 4}
    await work(site, hands, minutes=3)
    assert len(letterbox.mails) == 200
    assert await fetch("SELECT FROM domain_pause") == []


async def test_a_workspace_that_is_paused_holds_no_other(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    paused = await queue(hands, 150)
    await make_due(await make_workspace("other", hands.now), 150, hands.now)
    await fetch(
        "INSERT INTO contact_policy (workspace, policy, paused_at, updated_at) VALUES ($1, '{}', $2, $2)",
        paused,
        hands.now,
    )
    await work(site, hands)
    assert await states() == {("sent", ""): 150, ("due", "sending is paused"): 150}
    assert {mail.workspace for mail in letterbox.mails} != {paused}
    assert await fetch("SELECT FROM invitation WHERE workspace = $1 AND state = 'sent'", paused) == []
