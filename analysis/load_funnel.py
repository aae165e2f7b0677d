"""Load the ledger's funnel: what became of the events that passed each touchpoint (METHOD, section 6)."""

from collections import defaultdict
from collections.abc import Sequence

from analysis.funnel import Funnel, Group, NotAsked
from analysis.load_report import Period, check_period
from analysis.report import ReportSettings
from core.database import Row, fetch
from feedback.answering.click_figures import IS_PROVISIONAL, IS_REJECTED
from feedback.deciding.deciding import Reason
from feedback.ledger.ledger import REASON_WORDS
from surveys.journeys import JourneyView, TouchpointView

# What stood against asking, by reason. Who could not be asked, whatever the policy says, was not eligible; all others
# were, and were not asked.
GROUPS = {
    Reason.NO_TRIGGER: Group.COULD_NOT,
    Reason.CONDITIONS: Group.COULD_NOT,
    Reason.UNSUBSCRIBED: Group.COULD_NOT,
    Reason.SUPPRESSED: Group.COULD_NOT,
    Reason.NO_CONSENT: Group.COULD_NOT,
    Reason.NO_ADDRESS: Group.COULD_NOT,
    Reason.NO_PAGE: Group.COULD_NOT,
    Reason.TOO_LATE: Group.COULD_NOT,
    Reason.ASKED_HERE_RECENTLY: Group.POLICY,
    Reason.SURVEY_COOL_DOWN: Group.POLICY,
    Reason.GROUP_COOL_DOWN: Group.POLICY,
    Reason.COOL_DOWN: Group.POLICY,
    Reason.CONTACT_BUDGET: Group.POLICY,
    Reason.ACCOUNT_BUDGET: Group.POLICY,
    Reason.ASKED_IN_PAGE: Group.POLICY,
    Reason.SEND_WINDOW: Group.POLICY,
    Reason.QUIET_DAY: Group.POLICY,
    Reason.NOT_SAMPLED: Group.NOT_DRAWN,
    Reason.NOT_DRAWN: Group.NOT_DRAWN,
}
# Where several surveys listen at a touchpoint, the one that came furthest says what became of the event.
FURTHEST_LAST = (*(reason for group in Group for reason in Reason if GROUPS.get(reason) is group), Reason.DUE)


async def load_funnel(
    workspace: int, view: JourneyView, period: Period, settings: ReportSettings
) -> tuple[Funnel, ...]:
    """In the order of the journey, counted in events that occurred in the period. Raises Invalid for a bad period.

    An event passes a touchpoint as the report's reach counts it. Who answered, and who clicked and did not, is not told
    where they were fewer than k contacts but somebody; no total over touchpoints or over these three is given, so there
    is none to subtract the others from.
    """
    check_period(period)
    touchpoints = view.touchpoints
    ids, events = [touchpoint.id for touchpoint in touchpoints], [touchpoint.event for touchpoint in touchpoints]
    rows = await fetch(_FUNNEL, workspace, ids, events, period.start, period.end, list(FURTHEST_LAST))
    by_touchpoint: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_touchpoint[row["touchpoint"]].append(row)
    return tuple(_funnel(touchpoint, by_touchpoint[touchpoint.id], settings.k) for touchpoint in touchpoints)


def _funnel(touchpoint: TouchpointView, rows: Sequence[Row], k: int) -> Funnel:
    """From a row for each reason; those that were asked, now or later, stand in the one that is due."""
    passed = {Reason(row["reason"]): row for row in rows}
    asked = passed.pop(Reason.DUE, None)
    not_asked = tuple(
        NotAsked(REASON_WORDS[reason], passed[reason]["passed"], GROUPS[reason])
        for reason in FURTHEST_LAST
        if reason in passed
    )
    answered, provisional = _shown(asked, "answered", k), _shown(asked, "provisional", k)
    n = _count(asked, "passed") + sum(found.n for found in not_asked)
    return Funnel(
        key=touchpoint.key,
        name=touchpoint.name,
        passed=n,
        eligible=n - sum(found.n for found in not_asked if found.group is Group.COULD_NOT),
        asked=_count(asked, "passed"),
        sent=_count(asked, "sent"),
        delivered=_count(asked, "delivered"),
        opened=_count(asked, "opened"),
        answered=answered,
        confirmed=_count(asked, "confirmed"),
        waiting=_count(asked, "waiting"),
        held=_count(asked, "held"),
        # Both have opened: what is left of those would tell how many answered.
        provisional=provisional if answered is not None or not provisional else None,
        rejected=_shown(asked, "rejected", k),
        not_asked=not_asked,
    )


def _count(asked: Row | None, what: str) -> int:
    return int(asked[what]) if asked else 0


def _shown(asked: Row | None, what: str, k: int) -> int | None:
    """How many, unless they are somebody but fewer than k contacts."""
    if asked is None or asked[what] == 0:
        return 0
    return int(asked[what]) if asked[f"{what}_contacts"] >= k else None


_ENDINGS = ", ".join(
    f"coalesce(sum(passed) FILTER (WHERE ending = '{ending}'), 0)::bigint AS {ending}, "
    f"count(ended) FILTER (WHERE ending = '{ending}') AS {ending}_contacts"
    for ending in ("answered", "provisional", "rejected")
)
_STEPS = ("sent", "delivered", "confirmed", "opened", "waiting", "held")
_EACH = ", ".join(f"coalesce(bool_or(i.is_{step}), false) AS is_{step}" for step in _STEPS if step != "waiting")
_COUNTED = ", ".join(f"count(*) FILTER (WHERE is_{step}) AS {step}" for step in _STEPS)
_SUMMED = ", ".join(f"sum({step})::bigint AS {step}" for step in _STEPS)

# An event without a decision at the touchpoint is one that no survey there listens to. The touchpoint and the time of
# an invitation and of its response are those of the event: saying so lets the planner read these days of these
# touchpoints instead of the whole tables. What was sent stays sent, also while a reminder is due. Only answers to what
# was sent count, as in the report's response rate; a page that only scanners have opened was opened by nobody.
# Grouped by the contact first: counting distinct ones would sort every event.
_FUNNEL = f"""
WITH passed AS (
    SELECT t.id AS touchpoint, e.id AS event
    FROM unnest($2::int[], $3::text[]) AS t(id, event)
    JOIN event e ON e.workspace = $1 AND e.name = t.event AND (e.touchpoint IS NULL OR e.touchpoint = t.id)
        AND e.occurred_at >= $4 AND e.occurred_at < $5
), decided AS (
    SELECT d.id, d.touchpoint, d.event, d.outcome = 'deferred' AS is_deferred,
           CASE WHEN d.outcome IN ('asked', 'deferred') THEN cardinality($6::text[])
                ELSE array_position($6::text[], d.reason::text) END AS place
    FROM decision d WHERE d.touchpoint = ANY($2)
), clicked AS (
    SELECT k.invitation, {IS_PROVISIONAL} AS is_provisional, {IS_REJECTED} AS is_rejected
    FROM click k JOIN invitation i ON i.id = k.invitation
    WHERE i.touchpoint = ANY($2) AND i.occurred_at >= $4 AND i.occurred_at < $5
    GROUP BY k.invitation
), invited AS (
    SELECT i.decision, i.contact, i.sent_at IS NOT NULL AS is_sent,
           i.sent_at IS NOT NULL AND i.bounced_at IS NULL AS is_delivered,
           i.sent_at IS NOT NULL AND i.bounced_at IS NULL AND i.delivered_at IS NOT NULL AS is_confirmed,
           i.sent_at IS NULL AND i.state = 'due' AS is_due, i.sent_at IS NULL AND i.state = 'held' AS is_held,
           r.id IS NOT NULL AS is_answered,
           r.id IS NULL AND coalesce(k.is_provisional, false) AS is_provisional,
           r.id IS NULL AND coalesce(k.is_rejected, false) AS is_rejected,
           r.id IS NOT NULL OR (i.opened_at IS NOT NULL AND NOT coalesce(k.is_rejected, false)) AS is_opened
    FROM invitation i
    LEFT JOIN response r ON r.invitation = i.id AND i.sent_at IS NOT NULL AND r.touchpoint = ANY($2)
        AND r.occurred_at >= $4 AND r.occurred_at < $5
    LEFT JOIN clicked k ON k.invitation = i.id AND i.sent_at IS NOT NULL
    WHERE i.touchpoint = ANY($2) AND i.occurred_at >= $4 AND i.occurred_at < $5
), became AS (
    SELECT p.touchpoint, p.event, coalesce(max(d.place), 1) AS place, max(i.contact) AS contact, {_EACH},
           coalesce(bool_or(d.is_deferred AND coalesce(i.is_due, true)), false) AS is_waiting,
           CASE WHEN bool_or(i.is_answered) THEN 'answered' WHEN bool_or(i.is_provisional) THEN 'provisional'
                WHEN bool_or(i.is_rejected) THEN 'rejected' END AS ending
    FROM passed p LEFT JOIN decided d ON d.event = p.event AND d.touchpoint = p.touchpoint
    LEFT JOIN invited i ON i.decision = d.id
    GROUP BY p.touchpoint, p.event
)
SELECT touchpoint, ($6::text[])[place] AS reason, sum(passed)::bigint AS passed, {_SUMMED}, {_ENDINGS}
FROM (
    SELECT touchpoint, place, ending, CASE WHEN ending IS NOT NULL THEN contact END AS ended, count(*) AS passed,
           {_COUNTED}
    FROM became GROUP BY 1, 2, 3, 4
) c
GROUP BY touchpoint, place ORDER BY touchpoint, place
"""
