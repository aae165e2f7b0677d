"""Send the invitations that are due: claim, send, record, back off, give up visibly."""

import asyncio
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct

from core.database import fetch
from core.errors import Invalid
from core.mail import NotDelivered
from core.site import Site
from feedback.invitation_mail import InvitedContact, invitation_mail
from feedback.tables import InvitationState
from surveys.definition import SurveyDefinition

log = structlog.get_logger()

BATCH = 50
LEASE = timedelta(minutes=5)  # longer than a batch can take; a killed worker's claims are free again after it
MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=2)  # doubles with every attempt


class _Claimed(Struct):
    """An invitation that this worker may send until its lease ends."""

    id: int
    attempts: int
    is_expired: bool
    is_unsubscribed: bool
    contact: InvitedContact
    survey: SurveyDefinition


class _Result(Struct):
    """What became of one invitation."""

    id: int
    state: InvitationState
    due_at: datetime | None = None
    error: str = ""


async def dispatch(site: Site, now: datetime) -> int:
    """Send one batch of due invitations; returns how many were handled."""
    claimed = await _claim(now)
    if claimed:
        results = await asyncio.gather(*[_deliver(site, invitation, now) for invitation in claimed])
        await fetch(_RECORD, msgspec.json.encode(results).decode(), now)
    return len(claimed)


async def _claim(now: datetime) -> list[_Claimed]:
    rows = await fetch(_CLAIM, now, now + LEASE, BATCH)
    return [
        _Claimed(
            id=row["id"],
            attempts=row["attempts"],
            is_expired=row["expires_at"] <= now,
            is_unsubscribed=row["unsubscribed_at"] is not None,
            contact=InvitedContact(row["workspace"], row["workspace_name"], row["email"] or "", row["id"]),
            survey=msgspec.json.decode(row["definition"], type=SurveyDefinition),
        )
        for row in rows
    ]


async def _deliver(site: Site, invitation: _Claimed, now: datetime) -> _Result:
    if invitation.is_unsubscribed:
        return _Result(invitation.id, InvitationState.CANCELLED)
    if invitation.is_expired:
        return _Result(invitation.id, InvitationState.MISSED)
    try:
        await site.transport.send(invitation_mail(site, invitation.contact, invitation.survey))
    except Invalid as fault:
        return _Result(invitation.id, InvitationState.FAILED, error=str(fault)[:200])
    except NotDelivered as fault:
        log.warning("mail_not_delivered", invitation=invitation.id, attempt=invitation.attempts, reason=str(fault))
        return _after_failure(invitation, fault, now)
    return _Result(invitation.id, InvitationState.SENT)


def _after_failure(invitation: _Claimed, fault: NotDelivered, now: datetime) -> _Result:
    if fault.permanent or invitation.attempts >= MOST_ATTEMPTS:
        return _Result(invitation.id, InvitationState.FAILED, error=str(fault)[:200])
    pause = FIRST_PAUSE * 2 ** (invitation.attempts - 1)
    return _Result(invitation.id, InvitationState.DUE, due_at=now + pause, error=str(fault)[:200])


_CLAIM = """
WITH next AS (
    SELECT id FROM invitation
    WHERE state = 'due' AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE invitation i SET leased_until = $2, attempts = i.attempts + 1 FROM next WHERE i.id = next.id RETURNING i.*
)
SELECT i.id, i.attempts, i.expires_at, i.workspace, w.name AS workspace_name, c.email, c.unsubscribed_at, v.definition
FROM claimed i JOIN contact c ON c.id = i.contact JOIN workspace w ON w.id = i.workspace
JOIN survey_version v ON v.id = i.survey_version
ORDER BY i.due_at, i.id
"""

_RECORD = """
UPDATE invitation i SET state = r.state, due_at = coalesce(r.due_at, i.due_at), last_error = r.error,
    leased_until = NULL, sent_at = CASE WHEN r.state = 'sent' THEN $2::timestamptz ELSE i.sent_at END
FROM jsonb_to_recordset($1::jsonb) AS r(id bigint, state text, due_at timestamptz, error text) WHERE i.id = r.id
"""
