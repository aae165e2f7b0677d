"""What was decided about one contact, with all that is told of it: for programs, and for whoever is asked why."""

from datetime import datetime

import msgspec
from msgspec import Struct

from core.addresses import address_hash
from core.database import Row, fetch
from core.errors import NotFound
from feedback.contacts.suppressions import SUPPRESSED_AS
from feedback.ledger.decision_words import decision_words
from feedback.ledger.invitation_words import InvitationView
from feedback.ledger.ledger import INVITATION, invitation_in

PAGE = 100
MOST_FOUND = 20  # contacts of one address


class Person(Struct, frozen=True):
    """A contact, and what stands for and against asking them; `suppressed_as` is a word of tables.Suppressed."""

    id: int
    external_id: str
    name: str
    email: str | None
    kind: str
    persona: str | None
    account: int | None
    account_name: str | None
    time_zone: str
    consent: str
    consent_source: str
    consent_at: datetime | None
    suppressed_as: str | None
    suppressed_by: str | None
    suppressed_at: datetime | None


class ContactDecision(Struct, frozen=True, kw_only=True):
    """One decision; `words` says it in a sentence, touchpoint is `journey/key`."""

    id: int
    event: int
    event_key: str
    event_name: str
    occurred_at: datetime
    trigger: int | None
    touchpoint: str | None
    touchpoint_name: str | None
    survey: str | None
    survey_name: str | None
    survey_version: int | None
    outcome: str
    reason: str
    words: str
    facts: dict[str, str]
    probability: float | None
    deferred_until: datetime | None
    decided_at: datetime
    invitation: InvitationView | None


async def load_person(workspace: int, contact: int) -> Person:
    """Raises NotFound where this workspace has no such contact."""
    return _one(await fetch(_PERSON.format(where="c.id = $2"), workspace, contact))


async def person_called(workspace: int, external_id: str) -> Person:
    """By the sender's id, or by that of a contact that was merged into another. Raises NotFound."""
    return _one(await fetch(_PERSON.format(where=f"c.id = {_CALLED}"), workspace, external_id))


async def find_people(workspace: int, wanted: str) -> list[Person]:
    """Those whose id or address is `wanted`, the one with the id first."""
    where = f"c.id = {_CALLED} OR (c.workspace = $1 AND c.address_hash = $3)"
    order = f" ORDER BY c.external_id <> $2, c.id LIMIT {MOST_FOUND}"
    wanted = wanted.strip()
    rows = await fetch(_PERSON.format(where=f"({where})") + order, workspace, wanted, address_hash(wanted))
    return [Person(**row) for row in rows]


async def decisions_about(person: Person, before: int | None) -> list[ContactDecision]:
    """Up to PAGE, newest first, older than number `before`."""
    return [_decision(row, person.time_zone) for row in await fetch(_DECISIONS, person.id, before)]


def _one(rows: list[Row]) -> Person:
    if not rows:
        raise NotFound("There is no such contact.")
    return Person(**rows[0])


def _decision(row: Row, time_zone: str) -> ContactDecision:
    facts = msgspec.json.decode(row["facts"], type=dict[str, str])
    until = row["deferred_until"]
    words = decision_words(row["outcome"], row["reason"], facts, deferred_until=until, time_zone=time_zone)
    return ContactDecision(**{**row, "facts": facts, "words": words, "invitation": invitation_in(row["invitation"])})


_CALLED = """coalesce(
    (SELECT own.id FROM contact own WHERE own.workspace = $1 AND own.external_id = $2),
    (SELECT a.contact FROM contact_alias a WHERE a.workspace = $1 AND a.external_id = $2))"""

_PERSON = f"""
SELECT c.id, c.external_id, c.name, c.email, c.kind, p.name AS persona, c.account, o.name AS account_name, c.time_zone,
       c.consent, c.consent_source, c.consent_at, {SUPPRESSED_AS} AS suppressed_as, s.source AS suppressed_by,
       coalesce(s.created_at, c.unsubscribed_at) AS suppressed_at
FROM contact c LEFT JOIN persona p ON p.id = c.persona LEFT JOIN account o ON o.id = c.account
LEFT JOIN suppression s ON s.workspace = c.workspace AND s.address_hash = c.address_hash
WHERE c.workspace = $1 AND {{where}}"""

# The contact's own decisions first: the newest of the workspace may all be about others.
_DECISIONS = f"""
WITH theirs AS MATERIALIZED (
    SELECT id FROM decision WHERE contact = $1 AND ($2::bigint IS NULL OR id < $2)
), newest AS MATERIALIZED (
    SELECT id FROM theirs ORDER BY id DESC LIMIT {PAGE}
)
SELECT d.id, e.id AS event, e.key AS event_key, e.name AS event_name, e.occurred_at, d.trigger,
       j.key || '/' || t.key AS touchpoint, t.name AS touchpoint_name, y.key AS survey, y.name AS survey_name,
       v.number AS survey_version, d.outcome, d.reason, d.facts, d.probability, d.deferred_until, d.decided_at,
       {INVITATION} AS invitation
FROM newest JOIN decision d ON d.id = newest.id JOIN event e ON e.id = d.event
LEFT JOIN touchpoint t ON t.id = d.touchpoint LEFT JOIN journey j ON j.id = t.journey
LEFT JOIN invitation i ON i.decision = d.id
LEFT JOIN survey_version v ON v.id = coalesce(d.survey_version, i.survey_version) LEFT JOIN survey y ON y.id = v.survey
ORDER BY d.id DESC
"""
