"""The decision ledger: who was asked, who was not, and why."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from core.database import fetch
from feedback.answering.click_figures import IS_PROVISIONAL, IS_REJECTED
from feedback.ledger.decision_words import (
    REASON_WORDS as REASON_WORDS,  # the words of every reason, for whoever lists them
)
from feedback.ledger.invitation_words import InvitationView

PAGE = 50
# Decisions that one page looks through: a filter that fits hardly any line must not read the whole ledger.
REACH = 100_000
COUNTED = timedelta(days=30)

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
    contact_id: int
    time_zone: str
    event: str
    occurred_at: datetime
    touchpoint: str | None
    outcome: str
    reason: str
    facts: dict[str, str]
    deferred_until: datetime | None
    invitation: InvitationView | None


class DecisionFilter(Struct, frozen=True):
    """Which lines are listed: those that fit all that is given."""

    outcome: str | None = None
    reason: str | None = None
    touchpoint: int | None = None
    trigger: int | None = None


class LedgerPage(Struct, frozen=True):
    """Some lines; `older` is the number to go on before, None where there is nothing older to look through."""

    decisions: list[DecisionView]
    older: int | None


class ReasonCount(Struct, frozen=True):
    outcome: str
    reason: str
    n: int


class ReasonCounts(Struct, frozen=True):
    """How often each reason decided since `since`, the most frequent first."""

    since: datetime
    counts: list[ReasonCount]


class Choice(Struct, frozen=True):
    """Something to filter by, as a list offers it."""

    id: int
    words: str


class Choices(Struct, frozen=True):
    touchpoints: list[Choice]
    triggers: list[Choice]


async def list_decisions(workspace: int, before: int | None, only: DecisionFilter) -> LedgerPage:
    """One page of the ledger, newest first, older than number `before`; of the next REACH decisions those that fit."""
    rows = await fetch(_DECISIONS, workspace, before, only.outcome, only.reason, only.touchpoint, only.trigger)
    decisions = [
        DecisionView(
            **{**row, "facts": msgspec.json.decode(row["facts"]), "invitation": invitation_in(row["invitation"])}
        )
        for row in rows
    ]
    if len(decisions) == PAGE:
        return LedgerPage(decisions, decisions[-1].id)
    looked_at = await fetch(_END_OF_REACH, workspace, before)
    return LedgerPage(decisions, looked_at[0]["id"] if looked_at else None)


def invitation_in(column: str | None) -> InvitationView | None:
    """From what INVITATION selects."""
    return msgspec.json.decode(column, type=InvitationView) if column else None


async def count_reasons(workspace: int, now: datetime) -> ReasonCounts:
    """Over 30 days, or from a later moment on where these hold more than REACH decisions."""
    rows = await fetch(_COUNTS, workspace, now - COUNTED)
    since = min((row["since"] for row in rows), default=None) if sum(row["n"] for row in rows) == REACH else None
    counts = [ReasonCount(row["outcome"], row["reason"], row["n"]) for row in rows]
    return ReasonCounts(since or now - COUNTED, counts)


async def filter_choices(workspace: int) -> Choices:
    """The touchpoints and triggers of the workspace: the ledger may hold decisions of any of them."""
    touchpoints = await fetch(_TOUCHPOINTS, workspace)
    triggers = await fetch(_TRIGGERS, workspace)
    return Choices([Choice(**row) for row in touchpoints], [Choice(**row) for row in triggers])


# What became of the invitation `i` of a statement, as JSON; NULL where there is none.
INVITATION = f"""CASE WHEN i.id IS NOT NULL THEN json_build_object(
    'state', i.state, 'channel', i.channel, 'due_at', i.due_at, 'sent_at', i.sent_at, 'delivered_at', i.delivered_at,
    'bounced_at', i.bounced_at, 'opened_at', i.opened_at, 'remind_at', i.remind_at, 'last_error', i.last_error,
    'is_answered', EXISTS (SELECT FROM response r WHERE r.invitation = i.id),
    'is_provisional', (SELECT {IS_PROVISIONAL} FROM click k WHERE k.invitation = i.id),
    'is_rejected', (SELECT {IS_REJECTED} FROM click k WHERE k.invitation = i.id)) END"""

# The bounds are written into the statements: a plan that does not know how few rows are wanted reads all of them.
_DECISIONS = f"""
WITH looked_at AS NOT MATERIALIZED (
    SELECT * FROM decision WHERE workspace = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT {REACH}
), found AS MATERIALIZED (
    SELECT * FROM looked_at
    WHERE ($3::text IS NULL OR outcome = $3) AND ($4::text IS NULL OR reason = $4)
        AND ($5::int IS NULL OR touchpoint = $5) AND ($6::int IS NULL OR trigger = $6)
    ORDER BY id DESC LIMIT {PAGE}
)
SELECT d.id, c.external_id AS contact, c.id AS contact_id, c.time_zone, e.name AS event, e.occurred_at,
       t.name AS touchpoint, d.outcome, d.reason, d.facts, d.deferred_until, {INVITATION} AS invitation
FROM found d JOIN contact c ON c.id = d.contact JOIN event e ON e.id = d.event
LEFT JOIN touchpoint t ON t.id = d.touchpoint LEFT JOIN invitation i ON i.decision = d.id
ORDER BY d.id DESC
"""

_END_OF_REACH = f"""
SELECT id FROM decision WHERE workspace = $1 AND ($2::bigint IS NULL OR id < $2)
ORDER BY id DESC OFFSET {REACH - 1} LIMIT 1
"""

# Decisions are numbered as they are made, near enough: the newest are those of the last days, by the index that lists
# them, and no more than REACH are read.
_COUNTS = f"""
SELECT outcome, reason, count(*) AS n, min(decided_at) AS since FROM (
    SELECT outcome, reason, decided_at FROM decision WHERE workspace = $1 ORDER BY id DESC LIMIT {REACH}
) newest
WHERE decided_at >= $2 GROUP BY outcome, reason ORDER BY n DESC, reason, outcome
"""

_TOUCHPOINTS = """
SELECT t.id, j.name || ': ' || t.name AS words FROM touchpoint t JOIN journey j ON j.id = t.journey
JOIN stage s ON s.id = t.stage WHERE j.workspace = $1 AND NOT t.is_removed
ORDER BY j.name, j.id, s.position, t.position
"""

_TRIGGERS = """
SELECT g.id, g.event || ', ' || t.name || ', ' || g.channel AS words FROM trigger g JOIN touchpoint t
    ON t.id = g.touchpoint WHERE g.workspace = $1 AND NOT t.is_removed ORDER BY words, g.id
"""
