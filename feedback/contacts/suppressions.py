"""The addresses that nothing may write to, whatever asks and over whatever channel."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from core.addresses import address_hash
from core.database import engine, fetch, transaction
from core.errors import Conflict, Fault, Invalid, NotFound
from feedback.contacts.under_way import wait_while
from feedback.tables import Suppressed

# Why the contact `c` of a statement is never asked: a word of tables.Suppressed, or NULL where
# nothing stands against it.
SUPPRESSED_AS = """CASE WHEN c.unsubscribed_at IS NOT NULL THEN 'unsubscribed' ELSE (
    SELECT s.reason FROM suppression s WHERE s.workspace = c.workspace AND s.address_hash = c.address_hash
) END"""

PAGE_LENGTH = 50
MOST_AT_ONCE = 1_000  # addresses in one transaction: so many contacts wait for it
LONGEST_ADDRESS = 254
LONGEST_SOURCE = 200
MAY_BE_LIFTED = frozenset({Suppressed.BOUNCED, Suppressed.BY_HAND})  # all else is a person's own word
_IS_WAITED_FOR = frozenset({Suppressed.UNSUBSCRIBED, Suppressed.BY_HAND})  # somebody is told that it is done


class SuppressedAddress(Struct, frozen=True):
    """An entry of the list; `address` is None of somebody who was erased."""

    id: int
    address: str | None
    reason: Suppressed
    source: str
    created_at: datetime

    @property
    def may_be_lifted(self) -> bool:
        return self.reason in MAY_BE_LIFTED


async def suppress(workspace: int, address: str, reason: Suppressed, source: str, now: datetime) -> None:
    """Nothing writes to `address` in this workspace from now on. Raises Invalid for what is no address."""
    await suppress_all(workspace, [address], reason, source, now)


async def suppress_all(workspace: int, addresses: Sequence[str], reason: Suppressed, source: str, now: datetime) -> int:
    """As `suppress`, of up to MOST_AT_ONCE addresses; returns how many were not on the list.

    Called inside a transaction, it can't wait for mails that are under way: nothing is decided before the commit.
    """
    for address in addresses:
        check_address(address)
    found = {address_hash(address) or "": address.strip() for address in addresses}
    async with transaction():
        contacts = [row["id"] for row in await fetch(_LOCK, workspace, list(found))]
        added = await _add(workspace, found, reason, source, now)
        await _stop(contacts, reason, now)
    if _waits(reason):
        # Whoever has taken the address meanwhile is among these, and a claim that was under way is over.
        await _settle([row["id"] for row in await fetch(_LOCK, workspace, list(found))], now)
    return added


async def suppress_contact(contact: int, reason: Suppressed, source: str, now: datetime) -> None:
    """Nothing writes to this contact's address, whoever else has it; one without an address has opted out instead.

    A contact that is gone needs nothing.
    """
    async with transaction():
        rows = await fetch(_LOCK_CONTACT, contact)
        own = next((row for row in rows if row["id"] == contact), None)
        if own is None:
            return
        contacts = [row["id"] for row in rows]
        if own["address_hash"]:
            await _add(own["workspace"], {own["address_hash"]: own["email"]}, reason, source, now)
        await _stop(contacts, reason if own["address_hash"] else Suppressed.UNSUBSCRIBED, now)
    if _waits(reason):
        await _settle([row["id"] for row in await fetch(_LOCK_CONTACT, contact)], now)


async def suppress_erased(workspace: int, contact: int, now: datetime) -> None:
    """Only the hash of the address stays, so that the next import can't bring the person back unasked.

    Call it in the transaction that deletes the contact, before it does.
    """
    await fetch(_ADD_ERASED, workspace, contact, now)


async def list_suppressions(workspace: int, before: int | None = None, q: str = "") -> list[SuppressedAddress]:
    """A page of PAGE_LENGTH, newest first. `q` is part of an address, or one whole: this finds an erased one, too."""
    whole = address_hash(q.strip()) if "@" in q else None
    rows = await fetch(_LIST, workspace, before, q.strip(), whole, PAGE_LENGTH)
    return msgspec.convert(rows, list[SuppressedAddress])


async def lift_suppression(workspace: int, suppression: int) -> None:
    """Let an address be written to again that only bounced, or was put on the list by hand.

    Raises NotFound where this workspace has no such entry, Conflict where it is somebody's own word.
    """
    if await fetch(_LIFT, workspace, suppression, sorted(MAY_BE_LIFTED)):
        return
    rows = await fetch("SELECT reason FROM suppression WHERE workspace = $1 AND id = $2", workspace, suppression)
    if not rows:
        raise NotFound("There is no such entry.")
    raise Conflict(
        f"This address is on the list because its owner {_OWN_WORD[rows[0]['reason']]}. Nobody else can take that back."
    )


def check_address(address: str) -> None:
    """Raises Invalid for what can't be anybody's address; every one that a contact may have had passes."""
    local, at, domain = address.strip().rpartition("@")
    if not (local and at and domain) or len(address.strip()) > LONGEST_ADDRESS or not address.strip().isprintable():
        raise Invalid(Fault("address", "this is not an e-mail address; write one such as kim@example.com"))


async def _add(workspace: int, addresses: dict[str, str], reason: Suppressed, source: str, now: datetime) -> int:
    """`addresses` by their hashes; a weaker reason never takes the place of a stronger one."""
    records = [{"address_hash": digest, "address": address} for digest, address in addresses.items()]
    given = msgspec.json.encode(records).decode()
    rows = await fetch(_ADD, workspace, given, reason.value, source[:LONGEST_SOURCE], now)
    return sum(row["is_new"] for row in rows)


async def _stop(contacts: Collection[int], reason: Suppressed, now: datetime) -> None:
    """Of contacts that are locked."""
    if reason is Suppressed.UNSUBSCRIBED:
        await fetch(_OPT_OUT, list(contacts), now)
    await fetch(_CANCEL, list(contacts), now)


def _waits(reason: Suppressed) -> bool:
    return reason in _IS_WAITED_FOR and engine().current_transaction.get() is None


async def _settle(contacts: Sequence[int], now: datetime) -> None:
    """Wait for mails under way to contacts whose address is on the list, and cancel what a worker has put back."""

    async def is_under_way() -> bool:
        return bool((await fetch(_UNDER_WAY, contacts, now))[0]["is_under_way"])

    await wait_while(is_under_way)
    await fetch(_CANCEL, contacts, now)


_OWN_WORD = {
    Suppressed.UNSUBSCRIBED: "has unsubscribed",
    Suppressed.COMPLAINED: "has complained of spam",
    Suppressed.ERASED: "was erased",
}

# In the order in which everybody locks contacts. A worker's claim locks its contact too, and looks at the list after
# that: it sees what was committed here, or is under way already and is waited for.
_LOCK = "SELECT id FROM contact WHERE workspace = $1 AND address_hash = ANY($2) ORDER BY external_id FOR UPDATE"

_LOCK_CONTACT = """
SELECT id, workspace, address_hash, email FROM contact WHERE id IN (
    SELECT $1::bigint UNION SELECT other.id FROM contact c
    JOIN contact other ON other.workspace = c.workspace AND other.address_hash = c.address_hash WHERE c.id = $1
) ORDER BY external_id FOR UPDATE
"""

_WEAKEST_FIRST = "ARRAY['by_hand', 'bounced', 'unsubscribed', 'complained', 'erased']"
_IS_STRONGER = (
    f"array_position({_WEAKEST_FIRST}, excluded.reason::text) > array_position({_WEAKEST_FIRST}, s.reason::text)"
)

# By hash, so that two batches wait for the same row first and never for each other.
_ADD = f"""
INSERT INTO suppression AS s (workspace, address_hash, address, reason, source, created_at)
SELECT $1::int, g.address_hash, g.address, $3::text, $4::text, $5::timestamptz
FROM jsonb_to_recordset($2::jsonb) AS g(address_hash text, address text) ORDER BY g.address_hash
ON CONFLICT (workspace, address_hash) DO UPDATE
SET reason = excluded.reason, source = excluded.source, created_at = excluded.created_at
WHERE {_IS_STRONGER}
RETURNING xmax = 0 AS is_new
"""

_ADD_ERASED = f"""
INSERT INTO suppression AS s (workspace, address_hash, address, reason, source, created_at)
SELECT workspace, address_hash, NULL, 'erased', 'erasure', $3::timestamptz FROM contact
WHERE workspace = $1 AND id = $2 AND address_hash IS NOT NULL
ON CONFLICT (workspace, address_hash) DO UPDATE
SET reason = excluded.reason, source = excluded.source, created_at = excluded.created_at, address = NULL
WHERE {_IS_STRONGER}
"""

_OPT_OUT = "UPDATE contact SET unsubscribed_at = $2 WHERE id = ANY($1) AND unsubscribed_at IS NULL"

# What a worker holds just now is its to record, and what is locked is somebody's to change: the next claim looks at the
# list in any case. Of a reminder that is called off, the mail itself was sent.
_CANCEL = """
WITH waiting AS (
    SELECT id FROM invitation WHERE contact = ANY($1) AND state IN ('due', 'held')
        AND (leased_until IS NULL OR leased_until <= $2)
    FOR UPDATE SKIP LOCKED
)
UPDATE invitation i SET state = CASE WHEN i.sent_at IS NULL THEN 'cancelled' ELSE 'sent' END, leased_until = NULL
FROM waiting WHERE i.id = waiting.id
"""

_UNDER_WAY = "SELECT EXISTS (SELECT FROM invitation WHERE contact = ANY($1) AND leased_until > $2) AS is_under_way"

_LIST = """
SELECT id, address, reason, source, created_at FROM suppression
WHERE workspace = $1 AND ($2::bigint IS NULL OR id < $2)
    AND ($3 = '' OR address_hash = $4::text OR strpos(lower(address), lower($3)) > 0)
ORDER BY id DESC LIMIT $5
"""

_LIFT = "DELETE FROM suppression WHERE workspace = $1 AND id = $2 AND reason = ANY($3) RETURNING id"
