"""Delete a response, or all there is of a contact, and take the counts away in the same transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from analysis.recount import lock_tallies, recounted
from analysis.tally import TallyCell, add_to_tally, cells_of
from core.database import Row, fetch, transaction
from core.errors import NotFound
from feedback.contacts.suppressions import suppress_erased


async def delete_response(workspace: int, response: int) -> None:
    """With its answers and what was read out of them. Raises NotFound where this workspace has no such response."""
    async with transaction():
        # The row before the tallies, as the worker takes them: the two never wait for each other.
        found = await fetch(_RESPONSE, workspace, response)
        if not found:
            raise NotFound("There is no such response.")
        await _remove(found[0]["contact"], [response])


async def erase_contact(workspace: int, external_id: str, now: datetime) -> int:
    """Delete a contact with events, decisions, invitations, mails kept and responses; returns how many responses.

    What stays is the hash of their address, so that nothing ever writes to it again. `external_id` may also be that of
    a contact that was merged into this one. Raises NotFound where this workspace has no such contact.
    """
    async with transaction():
        found = await fetch(_CONTACT, workspace, external_id)
        if not found:
            raise NotFound("There is no contact with this id.")
        contact, email = found[0]["id"], found[0]["email"]
        await suppress_erased(workspace, contact, now)
        responses = [row["id"] for row in await fetch(_ALL_OF, contact)]
        await _remove(contact, responses)
        await fetch(_DELETE_MAILS, workspace, email, contact)
        await fetch("DELETE FROM contact WHERE id = $1", contact)
    return len(responses)


async def _remove(contact: int, responses: Sequence[int]) -> None:
    await lock_tallies()
    counted = await fetch(_COUNTED, responses)
    answers = await fetch(_ANSWERS, [row["id"] for row in counted])
    async with recounted([contact]):
        await add_to_tally(_taken_away(counted, answers))
        await fetch(_GIVE_QUOTAS_BACK, responses)
        await fetch("DELETE FROM response WHERE id = ANY($1)", responses)


def _taken_away(responses: list[Row], answers: list[Row]) -> Counter[TallyCell]:
    return Counter({cell: -n for cell, n in cells_of(responses, answers).items()})


_RESPONSE = "SELECT contact FROM response WHERE workspace = $1 AND id = $2 FOR UPDATE"

_ALL_OF = "SELECT id FROM response WHERE contact = $1 ORDER BY id FOR UPDATE"

# Those to an address that the contact had before, too: a mail names its invitation
# (feedback/delivery/invitation_mail.py).
_DELETE_MAILS = """
DELETE FROM outbox_mail WHERE workspace = $1 AND (
    lower("to") = lower($2)
    OR split_part(message_id, '@', 1) IN (SELECT '<invitation.' || i.id FROM invitation i WHERE i.contact = $3)
)
"""

_CONTACT = """
SELECT c.id, c.email FROM contact c WHERE c.workspace = $1 AND c.id = coalesce(
    (SELECT a.contact FROM contact_alias a WHERE a.workspace = $1 AND a.external_id = $2),
    (SELECT n.id FROM contact n WHERE n.workspace = $1 AND n.external_id = $2)
) FOR UPDATE OF c
"""

# Responses that nobody has scored yet are in no tally.
_COUNTED = """
SELECT id, touchpoint, occurred_at, channel, persona FROM response
WHERE id = ANY($1) AND scored_at IS NOT NULL
"""

_ANSWERS = """
SELECT a.question, a.instrument, a.value, a.picks, r.touchpoint, r.occurred_at, r.channel, r.persona
FROM answer a JOIN response r ON r.id = a.response WHERE r.id = ANY($1)
"""

# In the order in which whoever answers takes them.
_GIVE_QUOTAS_BACK = """
WITH taken AS (
    SELECT v.survey, quota, count(*) AS n
    FROM response r JOIN survey_version v ON v.id = r.survey_version, unnest(r.quotas) AS quota
    WHERE r.id = ANY($1) GROUP BY v.survey, quota
), held AS (
    SELECT q.id, t.n FROM quota_count q JOIN taken t ON t.survey = q.survey AND t.quota = q.quota
    ORDER BY q.survey, q.quota FOR UPDATE OF q
)
UPDATE quota_count q SET n = q.n - held.n FROM held WHERE q.id = held.id
"""
