"""Work out, once a day, what one more answer is worth at each touchpoint: the lottery leans to where it is most."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from analysis.asking_weights import Askable, asking_worth
from analysis.assemble_report import assemble_report
from analysis.load_report import last_days, measure
from analysis.report import ReportSettings
from core.database import fetch, transaction
from feedback.deciding.asking_touchpoints import AskingTouchpoint, asking_touchpoints
from surveys.journeys import load_journey

EVERY = timedelta(days=1)


async def tilt_lottery(now: datetime) -> int:
    """Of one workspace whose worths are a day old, or that has none; returns how many touchpoints were worked out."""
    due = await fetch(_DUE, now - EVERY)
    if not due:
        return 0
    workspace = due[0]["workspace"]
    async with transaction():
        free = await fetch("SELECT pg_try_advisory_xact_lock($1, $2) AS is_free", _LOCK, workspace)
        if not free[0]["is_free"]:
            return 0  # another worker is at it
        touchpoints = await asking_touchpoints(workspace)
        worths = await worths_of(workspace, touchpoints, now)
        records = [{"touchpoint": touchpoint, "worth": worth} for touchpoint, worth in worths.items()]
        await fetch(_KEEP, msgspec.json.encode(records).decode(), now)
    return len(worths)


async def worths_of(workspace: int, touchpoints: Sequence[AskingTouchpoint], now: datetime) -> dict[int, float]:
    """By touchpoint id, from the answers and events of the last 90 days: one reading of each journey."""
    journeys: defaultdict[str, list[AskingTouchpoint]] = defaultdict(list)
    for touchpoint in touchpoints:
        journeys[touchpoint.journey].append(touchpoint)
    period, settings = last_days(now), ReportSettings()
    worths: dict[int, float] = {}
    for journey, asking in journeys.items():
        view = await load_journey(workspace, journey)
        measured = await measure(workspace, view, period, settings)
        report = assemble_report(view, measured, period.since, period.until, settings)
        figures = {figure.key: figure for figure in report.touchpoints}
        for touchpoint in asking:
            figure = figures[touchpoint.key]
            known = measured[touchpoint.key].sums.x
            worths[touchpoint.id] = asking_worth(Askable(known, figure.verdict, figure.reach_month or 0.0))
    return worths


_LOCK = 0x7469_6C74  # "tilt": with the number of a workspace it locks nothing else

# Every second anew, so it reads triggers and their worths by their keys, and nothing that grows with the contacts.
_DUE = """
SELECT g.workspace FROM trigger g JOIN touchpoint t ON t.id = g.touchpoint AND NOT t.is_removed
LEFT JOIN touchpoint_worth w ON w.touchpoint = g.touchpoint
LEFT JOIN contact_policy p ON p.workspace = g.workspace
WHERE g.is_active AND g.event NOT LIKE 'answered:%' AND g.event NOT LIKE 'schedule:%'
    AND (w.computed_at IS NULL OR w.computed_at <= $1)
    AND coalesce(p.policy ->> 'draw', 'lottery') = 'lottery'
    AND coalesce(jsonb_typeof(p.policy -> 'contact_budget'), 'object') = 'object'
LIMIT 1
"""

_KEEP = """
INSERT INTO touchpoint_worth (touchpoint, worth, computed_at)
SELECT r.touchpoint, r.worth, $2::timestamptz FROM jsonb_to_recordset($1::jsonb) AS r(touchpoint int, worth float8)
ORDER BY r.touchpoint
ON CONFLICT (touchpoint) DO UPDATE SET worth = excluded.worth, computed_at = excluded.computed_at
"""
