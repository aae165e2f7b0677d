"""Two contacts that are one person become one: everything of the first moves to the second."""

from datetime import datetime

import msgspec
from msgspec import Struct

from core.database import fetch
from core.errors import Fault, Invalid, NotFound
from feedback.contacts.contact_state import ContactState, with_persona_by_rule
from feedback.contacts.keep_contacts import load_personas, load_states, write_states
from feedback.tables import Consent

PAGE = 50
MOST_OF_ONE = 20  # contacts behind one address that a list names


class Pair(Struct, frozen=True):
    """The numbers of the contact that goes and of the one that stays."""

    gone: int
    into: int


class Duplicates(Struct, frozen=True):
    """Contacts with one address, by number and external id; `n` counts those beyond MOST_OF_ONE too."""

    address_hash: str
    email: str
    n: int
    contacts: tuple[tuple[int, str], ...]


async def lock_pair(workspace: int, gone: str, into: str) -> Pair:
    """Both contacts by their external ids, locked in the order in which everybody locks contacts.

    Raises NotFound where one does not exist, Invalid where both are the same.
    """
    rows = await fetch(_LOCK_PAIR, workspace, [gone, into])
    found = {said: row["id"] for row in rows for said in row["said"]}
    for external_id in (gone, into):
        if external_id not in found:
            raise NotFound(f"There is no contact {external_id}.")
    if found[gone] == found[into]:
        raise Invalid(Fault("into", "both are the same contact already; name another"))
    return Pair(found[gone], found[into])


async def merge(workspace: int, pair: Pair, now: datetime) -> None:
    """Inside the transaction that holds the pair: events, decisions, invitations, responses and ids move.

    Suppressions are of addresses and stay as they are. Whoever counts contacts has to count again: analysis does
    (analysis/merge_contacts.py), and nobody else calls this.
    """
    states = await load_states([pair.gone, pair.into])
    merged = merged_state(states[pair.gone], states[pair.into])
    await write_states(workspace, {pair.into: with_persona_by_rule(merged, await load_personas(workspace))}, now)
    for statement in _MOVES:
        await fetch(statement, pair.gone, pair.into)
    await fetch("DELETE FROM contact WHERE id = $1", pair.gone)


def merged_state(gone: ContactState, into: ContactState) -> ContactState:
    """What `into` says goes before what `gone` says; of two statements on consent a withdrawal counts, else the newer.

    A persona that somebody has said goes before one that a rule gave.
    """
    says_persona = gone if gone.is_persona_said and not into.is_persona_said else into
    consent = _stricter(gone, into)
    return msgspec.structs.replace(
        into,
        email=into.email or gone.email,
        name=into.name or gone.name,
        locale=into.locale or gone.locale,
        time_zone=into.time_zone or gone.time_zone,
        account=into.account or gone.account,
        persona=says_persona.persona or gone.persona,
        is_persona_said=says_persona.is_persona_said,
        attributes={**gone.attributes, **into.attributes},
        consent=consent.consent,
        consent_source=consent.consent_source,
        consent_at=consent.consent_at,
    )


async def list_duplicates(workspace: int, after: str | None = None) -> list[Duplicates]:
    """One page of the addresses that several contacts have, in the order of their hashes, after one."""
    rows = await fetch(_DUPLICATES, workspace, after or "", PAGE, MOST_OF_ONE)
    return [
        Duplicates(
            row["address_hash"], row["email"], row["n"], tuple(zip(row["ids"], row["external_ids"], strict=True))
        )
        for row in rows
    ]


async def duplicates_of(workspace: int, contact: int) -> list[tuple[int, str]]:
    """Other contacts with the address of this one, by number and external id."""
    rows = await fetch(_DUPLICATES_OF, workspace, contact, MOST_OF_ONE)
    return [(row["id"], row["external_id"]) for row in rows]


def _stricter(gone: ContactState, into: ContactState) -> ContactState:
    said = [state for state in (into, gone) if state.consent_at is not None]
    withdrawn = [state for state in said if state.consent is Consent.WITHDRAWN]
    return max(
        withdrawn or said, key=lambda state: state.consent_at.timestamp() if state.consent_at else 0, default=into
    )


_LOCK_PAIR = """
WITH meant AS (
    SELECT coalesce(a.contact, c.id) AS id, array_agg(given.external_id) AS said
    FROM (SELECT DISTINCT unnest($2::text[]) AS external_id) given
    LEFT JOIN contact_alias a ON a.workspace = $1 AND a.external_id = given.external_id
    LEFT JOIN contact c ON c.workspace = $1 AND c.external_id = given.external_id
    GROUP BY 1
)
SELECT c.id, meant.said FROM contact c JOIN meant ON meant.id = c.id ORDER BY c.external_id FOR UPDATE OF c
"""

# The ids first: an event that waits for the contact meanwhile finds whom it means now.
_MOVES = (
    "UPDATE contact_alias SET contact = $2 WHERE contact = $1",
    """INSERT INTO contact_alias (workspace, external_id, contact)
       SELECT workspace, external_id, $2::bigint FROM contact WHERE id = $1""",
    """UPDATE contact i SET unsubscribed_at = least(i.unsubscribed_at, g.unsubscribed_at),
           created_at = least(i.created_at, g.created_at)
       FROM contact g WHERE g.id = $1 AND i.id = $2""",
    "UPDATE event SET contact = $2 WHERE contact = $1",
    "UPDATE decision SET contact = $2 WHERE contact = $1",
    "UPDATE invitation SET contact = $2 WHERE contact = $1",
    "UPDATE response SET contact = $2 WHERE contact = $1",
)

# In the order of the index on addresses, so that a page is a range of it.
_DUPLICATES = """
SELECT c.address_hash, min(c.email) AS email, count(*) AS n, (array_agg(c.id ORDER BY c.id))[:$4] AS ids,
       (array_agg(c.external_id ORDER BY c.id))[:$4] AS external_ids
FROM contact c WHERE c.workspace = $1 AND c.address_hash IS NOT NULL AND c.address_hash > $2
GROUP BY c.address_hash HAVING count(*) > 1 ORDER BY c.address_hash LIMIT $3
"""

_DUPLICATES_OF = """
SELECT o.id, o.external_id FROM contact c
JOIN contact o ON o.workspace = c.workspace AND o.address_hash = c.address_hash AND o.id <> c.id
WHERE c.workspace = $1 AND c.id = $2 ORDER BY o.id LIMIT $3
"""
