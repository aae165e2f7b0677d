"""Invitations put straight into the queue, for tests of what becomes of them there."""

from datetime import datetime, timedelta

from core.addresses import address_hash
from core.database import fetch


async def add_contact(workspace: int, external_id: str, email: str | None, now: datetime) -> int:
    rows = await fetch(
        "INSERT INTO contact (workspace, external_id, email, address_hash, name, kind, locale, created_at) "
        "VALUES ($1, $2, $3, $4, '', 'customer', '', $5) RETURNING id",
        workspace,
        external_id,
        email,
        address_hash(email),
        now,
    )
    return int(rows[0]["id"])


async def add_invitation(contact: int, now: datetime, touchpoint: str = "delivery", probability: float = 1.0) -> int:
    """One that is due now, for the only survey of the small journey (tests/factories.py)."""
    rows = await fetch(_ADD, contact, now, now + timedelta(days=14), touchpoint, probability)
    return int(rows[0]["id"])


async def states_of(*invitations: int) -> list[str]:
    rows = await fetch("SELECT state FROM invitation WHERE id = ANY($1) ORDER BY id", invitations)
    return [row["state"] for row in rows]


_ADD = """
WITH place AS (
    SELECT c.id AS contact, c.workspace, t.id AS touchpoint, v.id AS version, v.survey
    FROM contact c JOIN journey j ON j.workspace = c.workspace
    JOIN touchpoint t ON t.journey = j.id AND t.key = $4
    JOIN survey s ON s.workspace = c.workspace JOIN survey_version v ON v.survey = s.id
    WHERE c.id = $1
), event AS (
    INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
    SELECT workspace, 'event-' || gen_random_uuid(), 'order.delivered', contact, $2::timestamptz, $2, '{}' FROM place
    RETURNING id
), decision AS (
    INSERT INTO decision (workspace, event, contact, touchpoint, outcome, reason, facts, probability, decided_at)
    SELECT p.workspace, e.id, p.contact, p.touchpoint, 'asked', 'due', '{}', $5::float8, $2 FROM place p, event e
    RETURNING id
)
INSERT INTO invitation (workspace, decision, contact, touchpoint, survey, survey_version, channel, occurred_at, due_at,
    expires_at, state, last_error)
SELECT p.workspace, d.id, p.contact, p.touchpoint, p.survey, p.version, 'mail', $2, $2, $3, 'due', ''
FROM place p, decision d RETURNING id
"""
