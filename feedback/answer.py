"""Answering: what an invitation shows, and the response that is stored once."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from core.database import fetch, transaction
from core.errors import Expired, NotFound
from feedback.opting_out import HAS_OPTED_OUT
from surveys.answering import GivenAnswer
from surveys.definition import SurveyDefinition


class AnswerState(StrEnum):
    """What the answering page shows."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"


class OpenInvitation(Struct, frozen=True):
    """An invitation as its link finds it."""

    id: int
    workspace_name: str
    survey: SurveyDefinition
    state: AnswerState
    is_unsubscribed: bool


async def find_invitation(invitation: int, now: datetime) -> OpenInvitation:
    """Raises NotFound where there is no such invitation any more."""
    rows = await fetch(_INVITATION, invitation)
    if not rows:
        raise NotFound("This survey does not exist any more.")
    row = rows[0]
    state = AnswerState.EXPIRED if row["expires_at"] <= now else AnswerState.OPEN
    return OpenInvitation(
        id=row["id"],
        workspace_name=row["workspace_name"],
        survey=msgspec.json.decode(row["definition"], type=SurveyDefinition),
        state=AnswerState.ANSWERED if row["is_answered"] else state,
        is_unsubscribed=row["is_unsubscribed"],
    )


async def mark_opened(invitation: int, now: datetime) -> None:
    """Note that the page was opened, by a person or by a scanner: it is a figure of the ledger, never an answer."""
    await fetch("UPDATE invitation SET opened_at = $1 WHERE id = $2 AND opened_at IS NULL", now, invitation)


async def store_response(invitation: OpenInvitation, answers: Sequence[GivenAnswer], now: datetime) -> bool:
    """Store the one response to an invitation; False where there is one already. Raises Expired when it is too late.

    Two requests at once are settled by the unique invitation of a response: the second waits, then finds the first.
    """
    if invitation.state is AnswerState.EXPIRED:
        raise Expired("This survey is closed. Thank you for wanting to answer.")
    async with transaction():
        rows = await fetch(_INSERT_RESPONSE, invitation.id, now)
        if not rows:
            return False
        await fetch(_INSERT_ANSWERS, msgspec.json.encode(answers).decode(), rows[0]["id"])
    return True


_INVITATION = f"""
SELECT i.id, i.expires_at, w.name AS workspace_name, v.definition, {HAS_OPTED_OUT} AS is_unsubscribed,
       EXISTS (SELECT FROM response r WHERE r.invitation = i.id) AS is_answered
FROM invitation i JOIN workspace w ON w.id = i.workspace JOIN survey_version v ON v.id = i.survey_version
JOIN contact c ON c.id = i.contact WHERE i.id = $1
"""

_INSERT_RESPONSE = """
INSERT INTO response (workspace, invitation, contact, persona, touchpoint, survey_version, channel, locale,
                      occurred_at, submitted_at)
SELECT i.workspace, i.id, i.contact, c.persona, i.touchpoint, i.survey_version, i.channel, c.locale,
       i.occurred_at, $2::timestamptz
FROM invitation i JOIN contact c ON c.id = i.contact WHERE i.id = $1
ON CONFLICT (invitation) DO NOTHING RETURNING id
"""

_INSERT_ANSWERS = """
INSERT INTO answer (response, question, instrument, value, picks, text)
SELECT $2::bigint, r.question, r.instrument, r.value, r.picks, r.text
FROM jsonb_to_recordset($1::jsonb)
    AS r(question text, instrument text, value smallint, picks varchar[], text text)
"""
