"""The decision ledger: who was asked, who was not, and why."""

from datetime import datetime

import msgspec
from msgspec import Struct

from core.database import fetch
from feedback.click_figures import IS_PROVISIONAL, IS_REJECTED
from feedback.deciding import Reason

PAGE = 50

REASON_WORDS = {
    Reason.DUE: "asked",
    Reason.NO_TRIGGER: "no survey listens to this event",
    Reason.UNSUBSCRIBED: "has opted out",
    Reason.NO_ADDRESS: "no e-mail address known",
    Reason.NO_PAGE: "no page was open to show it in",
    Reason.TOO_LATE: "the survey had expired when the event arrived",
    Reason.ASKED_HERE_RECENTLY: "asked at this touchpoint within 30 days",
    Reason.ASKED_IN_PAGE: "the page shows one survey after an event",
}

# Of answers and of questions of the widget; nothing but their number is kept.
REFUSAL_WORDS = {
    "invalid": "an answer outside what was asked",
    "answered": "an answer changed after its day",
    "closed": "an answer after the survey had closed",
    "early": "an answer before the survey opened",
    "full": "an answer over a quota",
    "foreign_origin": "the widget on a page that is not allowed",
    "forged_identity": "the widget with a signature that is wrong",
}


class DecisionView(Struct, frozen=True):
    """One line of the ledger."""

    id: int
    contact: str
    event: str
    occurred_at: datetime
    touchpoint: str | None
    outcome: str
    reason: str
    facts: dict[str, str]
    invitation_state: str | None
    due_at: datetime | None
    last_error: str | None
    is_answered: bool
    is_provisional: bool  # a score of the mail was opened, and nobody has confirmed it
    is_rejected: bool  # only scanners opened the mail's links


class ReasonCount(Struct, frozen=True):
    outcome: str
    reason: str
    n: int


async def list_decisions(workspace: int, before: int | None, reason: str | None) -> list[DecisionView]:
    """One page of the ledger, newest first, older than number `before`."""
    rows = await fetch(_DECISIONS, workspace, before, reason, PAGE)
    return [DecisionView(**{**row, "facts": msgspec.json.decode(row["facts"])}) for row in rows]


async def count_reasons(workspace: int) -> list[ReasonCount]:
    rows = await fetch(
        "SELECT outcome, reason, count(*) AS n FROM decision WHERE workspace = $1 "
        "GROUP BY outcome, reason ORDER BY n DESC, reason",
        workspace,
    )
    return [ReasonCount(**row) for row in rows]


_DECISIONS = f"""
SELECT d.id, c.external_id AS contact, e.name AS event, e.occurred_at, t.name AS touchpoint, d.outcome, d.reason,
       d.facts, i.state AS invitation_state, i.due_at, i.last_error,
       EXISTS (SELECT FROM response r WHERE r.invitation = i.id) AS is_answered,
       (SELECT {IS_PROVISIONAL} FROM click k WHERE k.invitation = i.id) AS is_provisional,
       (SELECT {IS_REJECTED} FROM click k WHERE k.invitation = i.id) AS is_rejected
FROM decision d JOIN contact c ON c.id = d.contact JOIN event e ON e.id = d.event
LEFT JOIN touchpoint t ON t.id = d.touchpoint LEFT JOIN invitation i ON i.decision = d.id
WHERE d.workspace = $1 AND ($2::bigint IS NULL OR d.id < $2) AND ($3::text IS NULL OR d.reason = $3)
ORDER BY d.id DESC LIMIT $4
"""
