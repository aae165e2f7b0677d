"""Change what contacts have answered, or what it is worth, and leave the contact tally right."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from analysis.contact_tally import add_corrections
from analysis.valences import load_valences
from analysis.worth import worth_as_json
from core.database import fetch


async def lock_tallies() -> None:
    """Until the transaction ends nobody else changes a tally or a valence; reports go on reading.

    Whoever writes to a tally takes this lock first, so that no two ever wait for each other. Rows of responses are
    taken before it.
    """
    await fetch("LOCK TABLE contact_tally IN SHARE ROW EXCLUSIVE MODE")


@asynccontextmanager
async def recounted(contacts: Collection[int]) -> AsyncIterator[None]:
    """Within the transaction that holds the lock: take their corrections away, let the change happen, add."""
    ordered = sorted(contacts)
    await add_corrections(ordered, await _worth(ordered), -1)
    yield
    await add_corrections(ordered, await _worth(ordered), 1)


async def _worth(contacts: list[int]) -> str:
    picks = [(row["workspace"], row["value"]) for row in await fetch(_PICKS, contacts)]
    return worth_as_json(picks, await load_valences({workspace for workspace, _ in picks}))


_PICKS = """
SELECT DISTINCT r.workspace, array_to_string(a.picks, '+') AS value
FROM response r JOIN answer a ON a.response = r.id WHERE r.contact = ANY($1) AND a.instrument = 'emotion'
    AND cardinality(a.picks) > 0
"""
