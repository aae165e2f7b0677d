"""The odds of a lottery's periods: made with a period's first decision, and kept while it lasts."""

from collections.abc import Collection, Mapping
from datetime import date

import msgspec

from core.database import fetch
from feedback.deciding.lottery import shared_out
from feedback.deciding.policy import Budget

Odds = dict[int, float]  # by touchpoint, in their order along the line


async def odds_of(
    workspace: int, budget: Budget, wanted: Mapping[date, Collection[int]], is_kept: bool = True
) -> dict[date, Odds]:
    """By period, the odds of all touchpoints that ask in it; each of `wanted` among them.

    A period without odds gets them from what an answer is worth at each touchpoint; a touchpoint that comes later gets
    an even share at the end of the line. Inside a transaction that decides they are kept; a dry run keeps nothing.
    """
    found = await _read(workspace, wanted)
    if not _missing(found, wanted):
        return found
    rows = await fetch(_WORTHS, workspace)
    worths: Odds = {row["touchpoint"]: row["worth"] for row in rows}
    made = {period: _completed(found.get(period, {}), worths, wanted[period], budget) for period in wanted}
    if not is_kept:
        return made
    records = [
        {"period": period, "touchpoint": touchpoint, "position": position, "probability": probability}
        for period, odds in made.items()
        for position, (touchpoint, probability) in enumerate(odds.items())
    ]
    await fetch(_KEEP, msgspec.json.encode(records).decode(), workspace)
    return await _read(workspace, wanted)  # somebody else may have been first


def _missing(found: Mapping[date, Odds], wanted: Mapping[date, Collection[int]]) -> bool:
    return any(touchpoint not in found.get(period, {}) for period in wanted for touchpoint in wanted[period])


def _completed(odds: Odds, worths: Odds, wanted: Collection[int], budget: Budget) -> Odds:
    """Of a period: what is kept stays as it is."""
    line = odds or shared_out(worths, float(budget.invitations))
    later = sorted(set(wanted) - line.keys())
    even = min(1.0, budget.invitations / (len(line) + len(later) or 1))
    return {**line, **dict.fromkeys(later, even)}


async def _read(workspace: int, periods: Collection[date]) -> dict[date, Odds]:
    found: dict[date, Odds] = {}
    for row in await fetch(_READ, workspace, list(periods)):
        found.setdefault(row["period_start"], {})[row["touchpoint"]] = row["probability"]
    return found


_READ = """
SELECT period_start, touchpoint, probability FROM lottery_odds
WHERE workspace = $1 AND period_start = ANY($2) ORDER BY period_start, position, touchpoint
"""

# A touchpoint whose worth is not known yet is worth as much as the others are on average.
_WORTHS = """
SELECT asking.touchpoint, coalesce(w.worth, avg(w.worth) OVER (), 1) AS worth FROM (
    SELECT DISTINCT g.touchpoint FROM trigger g JOIN touchpoint t ON t.id = g.touchpoint AND NOT t.is_removed
    WHERE g.workspace = $1 AND g.is_active AND g.event NOT LIKE 'answered:%' AND g.event NOT LIKE 'schedule:%'
) asking LEFT JOIN touchpoint_worth w ON w.touchpoint = asking.touchpoint ORDER BY asking.touchpoint
"""

# In one order, so that two batches wait for the same period first and never for each other.
_KEEP = """
INSERT INTO lottery_odds (workspace, period_start, touchpoint, position, probability)
SELECT $2::int, r.period, r.touchpoint, r.position, r.probability
FROM jsonb_to_recordset($1::jsonb) AS r(period date, touchpoint int, position smallint, probability float8)
ORDER BY r.period, r.touchpoint
ON CONFLICT (workspace, period_start, touchpoint) DO NOTHING
"""
