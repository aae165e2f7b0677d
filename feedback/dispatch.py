"""Send the invitations that are due: claim, send, record, back off, give up visibly."""

import asyncio
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct

from core.database import fetch
from core.errors import Invalid
from core.mail import Mail, NotDelivered
from core.site import Site
from feedback.asking import PROMISE, SaidPromise
from feedback.invitation_mail import InvitedContact, invitation_mail
from feedback.opting_out import HAS_OPTED_OUT
from feedback.pipe_values import pipe_values
from feedback.tables import InvitationState
from surveys.definition import SurveyDefinition
from surveys.quotas import is_full
from surveys.theme import SHIPPED_ACCENT

log = structlog.get_logger()

BATCH = 50
LEASE = timedelta(minutes=5)  # longer than a batch can take; a killed worker's claims are free again after it
MOST_ATTEMPTS = 6
LONGEST_ERROR = 200  # characters, as its column takes
FIRST_PAUSE = timedelta(minutes=2)  # doubles with every attempt


class _Claimed(Struct, frozen=True):
    """An invitation that this worker may send until its lease ends; what belongs to survey and event as JSON."""

    id: int
    attempts: int
    is_answered: bool
    is_expired: bool
    is_removed: bool
    has_opted_out: bool
    contact: InvitedContact
    contact_name: str
    accent: str
    definition: str
    properties: str
    promise: str | None
    quota_counts: str | None


class _Result(Struct, frozen=True):
    """What became of one invitation."""

    state: InvitationState
    due_at: datetime | None = None
    error: str = ""


async def dispatch(site: Site, now: datetime) -> int:
    """Send one batch of due invitations; returns how many were handled."""
    claimed = await _claim(now)
    # Every mail under way is waited for, even where the database takes no results any more.
    ends = await asyncio.gather(*[_handle(site, invitation, now) for invitation in claimed], return_exceptions=True)
    for end in ends:
        if end is not None:
            raise end
    return len(claimed)


async def _claim(now: datetime) -> list[_Claimed]:
    rows = await fetch(_CLAIM, now, now + LEASE, BATCH)
    return [
        _Claimed(
            id=row["id"],
            attempts=row["attempts"],
            is_answered=row["is_answered"],
            is_expired=row["expires_at"] <= now,
            is_removed=row["is_removed"],
            has_opted_out=row["has_opted_out"],
            contact=InvitedContact(
                row["workspace"], row["workspace_name"], row["email"] or "", row["id"], row["locale"]
            ),
            contact_name=row["contact_name"],
            accent=row["accent"] or SHIPPED_ACCENT,
            definition=row["definition"],
            properties=row["properties"],
            promise=row["promise"],
            quota_counts=row["quota_counts"],
        )
        for row in rows
    ]


async def _handle(site: Site, invitation: _Claimed, now: datetime) -> None:
    """Send and record at once: of all that a killed worker had claimed, only mails under way are sent twice."""
    result = _without_a_mail(invitation) or await _send(site, invitation, now)
    # The clock is read again: what is opened sooner after this than anybody can read is a scanner's (clicks.py).
    left_at = site.clock()
    await fetch(_RECORD, invitation.id, result.state.value, result.due_at, result.error[:LONGEST_ERROR], left_at)


def _without_a_mail(invitation: _Claimed) -> _Result | None:
    """What becomes of an invitation that must not be mailed (again); None where it must."""
    if invitation.is_answered:  # an earlier worker was killed between the mail and its record
        return _Result(InvitationState.SENT)
    if invitation.has_opted_out:
        return _Result(InvitationState.CANCELLED)
    if invitation.is_removed:
        return _Result(InvitationState.CANCELLED, error="the touchpoint was removed")
    if invitation.is_expired:
        return _Result(InvitationState.MISSED)
    if invitation.attempts > MOST_ATTEMPTS:
        return _Result(InvitationState.FAILED, error="the worker was stopped at every attempt")
    return None


async def _send(site: Site, invitation: _Claimed, now: datetime) -> _Result:
    try:
        survey = msgspec.json.decode(invitation.definition, type=SurveyDefinition)
        not_now = _not_now(survey, invitation, now)
        if not_now is not None:
            return not_now
        await site.transport.send(_mail(site, invitation, survey))
    except Invalid as fault:
        return _Result(InvitationState.FAILED, error=str(fault))
    except NotDelivered as fault:
        log.warning("mail_not_delivered", invitation=invitation.id, attempt=invitation.attempts, reason=str(fault))
        return _after_failure(invitation, str(fault), now, is_permanent=fault.permanent)
    except Exception as fault:
        # Whatever is wrong with this one, the others of the batch leave and this one is not tried for ever. Its words
        # are kept nowhere: they may quote an address.
        log.error("mail_failed", invitation=invitation.id, attempt=invitation.attempts, exc_info=fault)
        return _after_failure(invitation, type(fault).__name__, now)
    return _Result(InvitationState.SENT)


def _not_now(survey: SurveyDefinition, invitation: _Claimed, now: datetime) -> _Result | None:
    """What becomes of an invitation to a survey that nobody could answer now; None where they could."""
    if survey.closes_at is not None and survey.closes_at <= now:
        return _Result(InvitationState.MISSED, error="the survey is closed")
    counts = msgspec.json.decode(invitation.quota_counts or "{}", type=dict[str, int])
    if is_full(survey, counts):
        return _Result(InvitationState.CANCELLED, error="the survey has all the answers it wants")
    if survey.opens_at is not None and now < survey.opens_at:
        return _Result(InvitationState.DUE, due_at=survey.opens_at, error="the survey is not open yet")
    return None


def _mail(site: Site, invitation: _Claimed, survey: SurveyDefinition) -> Mail:
    properties = msgspec.json.decode(invitation.properties)
    hidden = {name: str(value) for name, value in properties.items() if name in survey.hidden}
    values = pipe_values(invitation.contact_name, properties, hidden)
    promise = msgspec.json.decode(invitation.promise, type=SaidPromise) if invitation.promise else None
    return invitation_mail(site, invitation.contact, survey, values, invitation.accent, promise)


def _after_failure(invitation: _Claimed, reason: str, now: datetime, is_permanent: bool = False) -> _Result:
    if is_permanent or invitation.attempts >= MOST_ATTEMPTS:
        return _Result(InvitationState.FAILED, error=reason)
    pause = FIRST_PAUSE * 2 ** (invitation.attempts - 1)
    return _Result(InvitationState.DUE, due_at=now + pause, error=reason)


_CLAIM = f"""
WITH next AS (
    SELECT id FROM invitation
    WHERE state = 'due' AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE invitation i SET leased_until = $2, attempts = i.attempts + 1 FROM next WHERE i.id = next.id RETURNING i.*
)
SELECT i.id, i.attempts, i.expires_at, i.workspace, w.name AS workspace_name, c.email, c.name AS contact_name,
       c.locale, e.properties, m.accent, v.definition, t.is_removed,
       {PROMISE.format(touchpoint="i.touchpoint", day="(i.occurred_at AT TIME ZONE 'UTC')::date")} AS promise,
       (SELECT json_object_agg(q.quota, q.n) FROM quota_count q WHERE q.survey = v.survey) AS quota_counts,
       {HAS_OPTED_OUT} AS has_opted_out, EXISTS (SELECT FROM response r WHERE r.invitation = i.id) AS is_answered
FROM claimed i JOIN contact c ON c.id = i.contact JOIN workspace w ON w.id = i.workspace
JOIN decision d ON d.id = i.decision JOIN event e ON e.id = d.event LEFT JOIN theme m ON m.workspace = i.workspace
JOIN survey_version v ON v.id = i.survey_version JOIN touchpoint t ON t.id = i.touchpoint
ORDER BY i.due_at, i.id
"""

_RECORD = """
UPDATE invitation SET state = $2::text, due_at = coalesce($3::timestamptz, due_at), last_error = $4::text,
    leased_until = NULL, sent_at = CASE WHEN $2::text = 'sent' THEN $5::timestamptz ELSE sent_at END
WHERE id = $1
"""
