"""Change what contacts have answered, or what it is worth, and leave the contact tally right."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from analysis.contact_tally import add_corrections
from analysis.valences import load_valences
from analysis.worth import worth_as_json
from core.database import fetch

CONTACT_LOCK = 4711  # the namespace of the advisory locks on contacts


async def lock_contacts(contacts: Collection[int]) -> None:
    """Until the transaction ends: the corrections of one contact change one at a time, and no valence meanwhile."""
    await fetch(_LOCK_CONTACTS, CONTACT_LOCK, sorted(contacts))
    await fetch("LOCK TABLE contact_tally IN ROW EXCLUSIVE MODE")


async def lock_contact_tally() -> None:
    """Until the transaction ends nobody else changes any correction; reports go on reading."""
    await fetch("LOCK TABLE contact_tally IN SHARE ROW EXCLUSIVE MODE")


@asynccontextmanager
async def recounted(contacts: Collection[int]) -> AsyncIterator[None]:
    """Within the transaction that holds one of the locks: take their corrections away, let the change happen, add."""
    ordered = sorted(contacts)
    await add_corrections(ordered, await _worth(ordered), -1)
    yield
    await add_corrections(ordered, await _worth(ordered), 1)


async def _worth(contacts: list[int]) -> str:
    picks = [(row["workspace"], row["value"]) for row in await fetch(_PICKS, contacts)]
    return worth_as_json(picks, await load_valences({workspace for workspace, _ in picks}))


_LOCK_CONTACTS = "SELECT pg_advisory_xact_lock($1, (c % 2147483647)::int) FROM unnest($2::bigint[]) c"

_PICKS = """
SELECT DISTINCT r.workspace, array_to_string(a.picks, '+') AS value
FROM response r JOIN answer a ON a.response = r.id WHERE r.contact = ANY($1) AND a.picks IS NOT NULL
"""
