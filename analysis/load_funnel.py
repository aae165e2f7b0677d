"""Load the ledger's funnel: what became of the events that passed each touchpoint (METHOD, section 6)."""

from collections import defaultdict
from collections.abc import Sequence

from analysis.funnel import Funnel, NotAsked
from analysis.load_report import Period, check_period
from analysis.report import ReportSettings
from core.database import Row, fetch
from feedback.click_figures import IS_PROVISIONAL, IS_REJECTED
from feedback.deciding import Reason
from feedback.ledger import REASON_WORDS
from surveys.journeys import JourneyView, TouchpointView

# These could not be asked, whatever the asking policy says; for every other reason they could, but were not.
NOT_ELIGIBLE = (Reason.NO_TRIGGER, Reason.UNSUBSCRIBED, Reason.NO_ADDRESS, Reason.NO_PAGE, Reason.TOO_LATE)
# In the order in which the rules are tried. Where several surveys listen at a touchpoint, the one that came furthest
# says what became of the event.
FURTHEST_LAST = (*(reason for reason in Reason if reason is not Reason.DUE), Reason.DUE)


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
    """From a row for each reason."""
    passed = {Reason(row["reason"]): row for row in rows}
    asked = passed.pop(Reason.DUE, None)
    refused = {reason: row["passed"] for reason, row in passed.items()}
    answered, provisional = _shown(asked, "answered", k), _shown(asked, "provisional", k)
    n = sum(refused.values()) + (asked["passed"] if asked else 0)
    return Funnel(
        key=touchpoint.key,
        name=touchpoint.name,
        passed=n,
        eligible=n - sum(refused.get(reason, 0) for reason in NOT_ELIGIBLE),
        asked=asked["passed"] if asked else 0,
        sent=asked["sent"] if asked else 0,
        opened=asked["opened"] if asked else 0,
        answered=answered,
        # Both have opened: what is left of those would tell how many answered.
        provisional=provisional if answered is not None or not provisional else None,
        rejected=_shown(asked, "rejected", k),
        not_asked=tuple(
            NotAsked(REASON_WORDS[reason], refused[reason]) for reason in FURTHEST_LAST if reason in refused
        ),
    )


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

# An event without a decision at the touchpoint is one that no survey there listens to. The touchpoint and the time of
# an invitation and of its response are those of the event: saying so lets the planner read these days of these
# touchpoints instead of the whole tables. Only answers to what is marked as sent count, as in the report's response
# rate; a page that only scanners have opened was opened by nobody. Grouped by the contact first: counting distinct
# ones would sort every event.
_FUNNEL = f"""
WITH passed AS (
    SELECT t.id AS touchpoint, e.id AS event
    FROM unnest($2::int[], $3::text[]) AS t(id, event)
    JOIN event e ON e.workspace = $1 AND e.name = t.event AND (e.touchpoint IS NULL OR e.touchpoint = t.id)
        AND e.occurred_at >= $4 AND e.occurred_at < $5
), decided AS (
    SELECT d.id, d.touchpoint, d.event, array_position($6::text[], d.reason::text) AS place
    FROM decision d WHERE d.touchpoint = ANY($2)
), clicked AS (
    SELECT k.invitation, {IS_PROVISIONAL} AS is_provisional, {IS_REJECTED} AS is_rejected
    FROM click k JOIN invitation i ON i.id = k.invitation
    WHERE i.touchpoint = ANY($2) AND i.occurred_at >= $4 AND i.occurred_at < $5
    GROUP BY k.invitation
), invited AS (
    SELECT i.decision, i.contact, r.id IS NOT NULL AS is_answered,
           r.id IS NULL AND coalesce(k.is_provisional, false) AS is_provisional,
           r.id IS NULL AND coalesce(k.is_rejected, false) AS is_rejected,
           r.id IS NOT NULL OR (i.opened_at IS NOT NULL AND NOT coalesce(k.is_rejected, false)) AS is_opened
    FROM invitation i
    LEFT JOIN response r ON r.invitation = i.id AND r.touchpoint = ANY($2)
        AND r.occurred_at >= $4 AND r.occurred_at < $5
    LEFT JOIN clicked k ON k.invitation = i.id
    WHERE i.touchpoint = ANY($2) AND i.occurred_at >= $4 AND i.occurred_at < $5 AND i.state = 'sent'
), became AS (
    SELECT p.touchpoint, p.event, coalesce(max(d.place), 1) AS place, max(i.contact) AS contact,
           count(i.decision) > 0 AS is_sent, coalesce(bool_or(i.is_opened), false) AS is_opened,
           CASE WHEN bool_or(i.is_answered) THEN 'answered' WHEN bool_or(i.is_provisional) THEN 'provisional'
                WHEN bool_or(i.is_rejected) THEN 'rejected' END AS ending
    FROM passed p LEFT JOIN decided d ON d.event = p.event AND d.touchpoint = p.touchpoint
    LEFT JOIN invited i ON i.decision = d.id
    GROUP BY p.touchpoint, p.event
)
SELECT touchpoint, ($6::text[])[place] AS reason, sum(passed)::bigint AS passed, sum(sent)::bigint AS sent,
       sum(opened)::bigint AS opened, {_ENDINGS}
FROM (
    SELECT touchpoint, place, ending, CASE WHEN ending IS NOT NULL THEN contact END AS ended, count(*) AS passed,
           count(*) FILTER (WHERE is_sent) AS sent, count(*) FILTER (WHERE is_opened) AS opened
    FROM became GROUP BY 1, 2, 3, 4
) c
GROUP BY touchpoint, place ORDER BY touchpoint, place
"""
