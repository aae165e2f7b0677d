"""Who may send: one worker at a time has an invitation in its hands, and looks at it as it stands then."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

import feedback.delivery.dispatch
import feedback.delivery.sent_records
from bench.due import make_due, make_workspace
from core.database import Row, engine, fetch
from core.mail import Mail
from core.site import Site
from feedback.delivery.dispatch import MOST_UNWRITTEN, dispatch
from tests.factories import Hands, Letterbox

LEASE = 0.3  # seconds


class Meanwhile(Letterbox):
    """A transport over which something happens while the first mail is under way."""

    def __init__(self, happens: Callable[[], Awaitable[object]]) -> None:
        super().__init__()
        self._happens: Callable[[], Awaitable[object]] | None = happens

    async def send(self, mail: Mail) -> None:
        happens, self._happens = self._happens, None
        if happens is not None:
            await happens()
        await super().send(mail)


def one_by_one(site: Site, transport: Letterbox, lease: float = LEASE) -> Site:
    """A site that sends one mail after the other."""
    settings = replace(site.settings, smtp_connections=1, worker_lease_seconds=lease)
    return replace(site, transport=transport, settings=settings)


async def queue(hands: Hands, n: int) -> list[int]:
    await make_due(await make_workspace("acme", hands.now), n, hands.now)
    return [row["id"] for row in await fetch("SELECT id FROM invitation ORDER BY id")]


async def states() -> list[str]:
    return [row["state"] for row in await fetch("SELECT state FROM invitation ORDER BY id")]


@asynccontextmanager
async def another_holds(sql: str, *values: object) -> AsyncIterator[None]:
    """The rows that `sql` locks, for as long as this lasts."""
    connection = await engine().get_new_connection()
    try:
        async with connection.transaction():
            await connection.fetch(sql, *values)
            yield
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "what",
    [
        "UPDATE invitation SET leased_by = 'another' WHERE id = $1",
        "SELECT FROM contact c JOIN invitation i ON i.contact = c.id WHERE i.id = $1 FOR UPDATE OF c",
    ],
    ids=["invitation", "contact"],
)
async def test_what_another_has_locked_is_passed_over_and_not_waited_for(
    database: None, site: Site, letterbox: Letterbox, hands: Hands, what: str
) -> None:
    first, *_ = await queue(hands, 3)
    async with another_holds(what, first):
        sending = asyncio.create_task(dispatch(site, hands.now))
        await asyncio.wait([sending], timeout=5)
        found = await states()
    await sending
    assert found == ["due", "sent", "sent"]
    await dispatch(site, hands.now)
    assert len(letterbox.mails) == 3


async def test_who_is_on_the_list_while_waiting_their_turn_gets_no_mail(
    database: None, site: Site, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A complaint waits for no worker, and a claim may be old when it comes to the last of its mails."""
    monkeypatch.setattr(feedback.delivery.dispatch, "LOOKS_AGAIN_AFTER", 0.0)
    await queue(hands, 3)
    slow = Meanwhile(
        lambda: fetch(
            "INSERT INTO suppression (workspace, address, address_hash, reason, source, created_at) "
            "SELECT workspace, email, address_hash, 'complained', 'mail', created_at FROM contact "
            "WHERE external_id = 'c2'"
        )
    )
    await dispatch(one_by_one(site, slow), hands.now)
    assert [mail.to[:2] for mail in slow.mails] == ["c1", "c3"]
    assert await states() == ["sent", "cancelled", "sent"]


async def test_a_lease_that_another_has_taken_over_is_lost(database: None, site: Site, hands: Hands) -> None:
    _, second, _ = await queue(hands, 3)

    async def taken_over() -> None:
        await fetch("UPDATE invitation SET leased_by = 'another' WHERE id = $1", second)
        await asyncio.sleep(LEASE)  # it is seen when the leases are renewed

    slow = Meanwhile(taken_over)
    await dispatch(one_by_one(site, slow), hands.now)
    assert [mail.to[:2] for mail in slow.mails] == ["c1", "c3"]
    assert await states() == ["sent", "due", "sent"]
    assert await fetch("SELECT leased_by FROM invitation WHERE id = $1", second) == [{"leased_by": "another"}]


async def test_a_lease_that_could_not_be_renewed_is_over(
    database: None, site: Site, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another may have it by now: the mail under way is written down, and no further one leaves."""

    async def is_away(*_: object) -> set[int]:
        raise OSError("the database is away")

    monkeypatch.setattr(feedback.delivery.dispatch, "renew", is_away)
    await queue(hands, 3)
    slow = Meanwhile(lambda: asyncio.sleep(LEASE * 1.5))
    await dispatch(one_by_one(site, slow), hands.now)
    assert [mail.to[:2] for mail in slow.mails] == ["c1"]
    assert await states() == ["sent", "due", "due"]


async def test_what_takes_longer_than_a_lease_stays_with_its_worker(
    database: None, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await queue(hands, 3)

    async def takes_long() -> None:
        for _ in range(4):
            hands.move(seconds=LEASE / 2)
            await asyncio.sleep(LEASE / 2)
            await dispatch(one_by_one(site, letterbox), hands.now)  # as another worker does

    slow = Meanwhile(takes_long)
    await dispatch(one_by_one(site, slow), hands.now)
    assert (len(slow.mails), letterbox.mails) == (3, [])
    assert await states() == ["sent"] * 3


async def test_no_more_than_a_few_mails_are_ever_ahead_of_their_records(
    database: None, site: Site, letterbox: Letterbox, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are what is sent again when a worker is killed."""
    await queue(hands, 40)
    ahead: list[int] = []

    async def slow(sql: str, *values: object) -> list[Row]:
        await asyncio.sleep(0.1)
        [written] = await fetch("SELECT count(*) AS n FROM invitation WHERE state = 'sent'")
        ahead.append(len(letterbox.mails) - written["n"])
        return await fetch(sql, *values)

    monkeypatch.setattr(feedback.delivery.sent_records, "fetch", slow)
    await dispatch(one_by_one(site, letterbox, lease=60), hands.now)
    assert len(letterbox.mails) == 40
    assert 1 < max(ahead) <= MOST_UNWRITTEN
