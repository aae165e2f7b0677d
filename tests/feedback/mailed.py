"""Invitations that were mailed already, put straight into the tables: what came before them is not the point."""

from datetime import datetime

from core.addresses import address_hash
from core.database import Row, fetch


async def mailed(
    workspace: int,
    now: datetime,
    contact: str = "kim",
    *,
    state: str = "sent",
    sender: int | None = None,
    messenger: int | None = None,
) -> int:
    """The number of an invitation to `CONTACT@customer.example` of the small journey, which has to be there."""
    email = f"{contact}@customer.example"
    rows = await fetch(_MAILED, workspace, contact, email, address_hash(email), now, state, sender, messenger)
    invitation = int(rows[0]["id"])
    await fetch(
        "UPDATE invitation SET message_id = $2 WHERE id = $1", invitation, f"<invitation.{invitation}@acme.example>"
    )
    return invitation


async def invitation_row(invitation: int) -> Row:
    return (await fetch("SELECT * FROM invitation WHERE id = $1", invitation))[0]


async def suppressed(workspace: int) -> dict[str, str]:
    """The reason by address, of all that nothing is sent to."""
    rows = await fetch("SELECT address, reason FROM suppression WHERE workspace = $1 ORDER BY id", workspace)
    return {row["address"]: row["reason"] for row in rows}


_MAILED = """
WITH known AS (
    INSERT INTO contact (workspace, external_id, email, address_hash, name, kind, locale, attributes, consent,
        consent_source, time_zone, is_persona_said, created_at)
    VALUES ($1, $2, $3, $4, '', 'customer', 'en', '{}', '', '', '', false, $5)
    ON CONFLICT (workspace, external_id) DO UPDATE SET kind = excluded.kind RETURNING id
), happened AS (
    INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
    SELECT $1, gen_random_uuid()::text, 'order.delivered', id, $5, $5, '{}' FROM known RETURNING id, contact
), decided AS (
    INSERT INTO decision (workspace, event, contact, outcome, reason, facts, decided_at)
    SELECT $1, id, contact, 'asked', '', '{}', $5 FROM happened RETURNING id, contact
)
INSERT INTO invitation (workspace, decision, contact, touchpoint, survey, survey_version, channel, sender, messenger,
    is_follow_up, occurred_at, due_at, expires_at, state, attempts, last_error, sent_at)
SELECT $1, d.id, d.contact, t.touchpoint, t.survey, v.id, CASE WHEN $8::int IS NULL THEN 'mail' ELSE 'webhook' END,
    $7, $8, false, $5, $5, $5::timestamptz + interval '14 days', $6::text, 1, '',
    CASE WHEN $6::text = 'sent' THEN $5::timestamptz END
FROM decided d, trigger t JOIN survey_version v ON v.survey = t.survey WHERE t.workspace = $1 LIMIT 1
RETURNING id
"""
