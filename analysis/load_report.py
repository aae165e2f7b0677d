"""Load what a journey report is made of: a fixed number of whole queries, however many answers there are."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from msgspec import Struct

from analysis.assemble_report import assemble_report
from analysis.contact_tally import ContactSums, counted_once, read_corrections, together
from analysis.measured import Measure, MeasuredTouchpoint, UnderPromise, plotted_measure
from analysis.report import JourneyReport, ReportSettings
from analysis.tally import RESPONSES, TallyCount, Window, read_last_days, read_tally
from analysis.worth import worth_of
from core.database import fetch
from core.errors import Fault, Invalid
from surveys.journeys import JourneyView, PromiseView, TouchpointView, load_journey

PERIOD_DAYS = 90
MONTH_DAYS = 30
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class Period(Struct, frozen=True):
    """The days of a report, both included, in UTC."""

    since: date
    until: date

    @property
    def start(self) -> datetime:
        return datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after the period."""
        return datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC) + timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


def last_days(now: datetime) -> Period:
    """The period a report covers unless another is asked for: today and the 89 days before."""
    return period_of(None, None, now)


def period_of(since: date | None, until: date | None, now: datetime) -> Period:
    """The days asked for. Without `until`, up to today; without `since`, the 90 days up to `until`."""
    last = until or now.astimezone(UTC).date()
    return Period(since or date.fromordinal(max(1, last.toordinal() - PERIOD_DAYS + 1)), last)


async def load_report(
    workspace: int, journey: str, period: Period, settings: ReportSettings | None = None
) -> JourneyReport:
    """Raises NotFound for an unknown journey, Invalid for a period that ends before it starts or is of another age."""
    if period.since > period.until:
        raise Invalid(Fault("since", "the period ends before it starts; swap the two days"))
    if period.since < EARLIEST or period.until > LATEST:
        raise Invalid(Fault("since", f"choose days from {EARLIEST} to {LATEST}"))
    settings = settings or ReportSettings()
    view = await load_journey(workspace, journey)
    measured = await measure(workspace, view, period, settings)
    return assemble_report(view, measured, period.since, period.until, settings)


async def measure(
    workspace: int, view: JourneyView, period: Period, settings: ReportSettings
) -> dict[str, MeasuredTouchpoint]:
    """Every count and sum that the report's figures follow from, by touchpoint key."""
    ids = [touchpoint.id for touchpoint in view.touchpoints]
    windows = [Window(touchpoint, period.since, period.until) for touchpoint in ids]
    promised = [part for touchpoint in view.touchpoints for part in _promised_windows(touchpoint, period)]
    measures = await _read_measures([*windows, *(window for _, window in promised)])
    invitations = {row["touchpoint"]: row for row in await fetch(_INVITATIONS, ids, period.start, period.end)}
    events = [touchpoint.event for touchpoint in view.touchpoints]
    reach = await fetch(_REACH, workspace, ids, events, period.start, period.end, MONTH_DAYS)
    passed = {row["touchpoint"]: row["contacts"] for row in reach}
    last_day = await read_last_days(ids, period.until)
    found = {}
    for touchpoint, (responses, own) in zip(view.touchpoints, measures, strict=False):
        plotted = plotted_measure(own, settings.k)
        parts = zip(promised, measures[len(ids) :], strict=True)
        found[touchpoint.key] = MeasuredTouchpoint(
            measures=own,
            plotted=plotted,
            under_promises=tuple(
                UnderPromise(promise, _sums_of(plotted, under))
                for (promise, window), (_, under) in parts
                if window.touchpoint == touchpoint.id
            ),
            n_responses=responses,
            n_invitations=invitations[touchpoint.id]["sent"],
            n_answered=invitations[touchpoint.id]["answered"],
            reach_month=passed[touchpoint.id] * MONTH_DAYS / period.days if touchpoint.id in passed else None,
            last_day=last_day.get(touchpoint.id),
        )
    return found


def _promised_windows(touchpoint: TouchpointView, period: Period) -> list[tuple[PromiseView, Window]]:
    """The days of the period on which each promise was in force."""
    parts = [
        (promise, max(promise.valid_from, period.since), min(promise.valid_to or period.until, period.until))
        for promise in touchpoint.promises
    ]
    return [(promise, Window(touchpoint.id, since, until)) for promise, since, until in parts if since <= until]


async def _read_measures(windows: Sequence[Window]) -> list[tuple[int, tuple[Measure, ...]]]:
    """The number of responses, and every instrument's measure, in each window."""
    counts = await read_tally(windows)
    corrections = await read_corrections(windows)
    responses = {count.window: count.n for count in counts if count.instrument == RESPONSES}
    found: list[list[Measure]] = [[] for _ in windows]
    answers = [count for count in counts if count.instrument != RESPONSES]
    for (window, instrument), group in groupby(answers, key=lambda count: (count.window, count.instrument)):
        found[window].append(_measure(instrument, list(group), corrections.get((window, instrument))))
    return [(responses.get(window, 0), tuple(own)) for window, own in enumerate(found)]


def _measure(instrument: str, counts: list[TallyCount], correction: ContactSums | None) -> Measure:
    """Every answer counted as a contact's only one, then corrected for the contacts who gave several."""
    alone = counted_once([(worth_of(instrument, count.value), count.n) for count in counts])
    sums = alone if correction is None else together([alone, correction])
    return Measure(instrument, tuple((count.value, count.n) for count in counts), sums)


def _sums_of(plotted: Measure | None, measures: Sequence[Measure]) -> ContactSums:
    """What is plotted over the whole period, over the days of `measures`."""
    same = [measure.sums for measure in measures if plotted and measure.instrument == plotted.instrument]
    return together(same)


_INVITATIONS = """
SELECT t.id AS touchpoint, i.sent, i.answered
FROM unnest($1::int[]) AS t(id), LATERAL (
    SELECT count(*) AS sent, count(r.id) AS answered
    FROM invitation i LEFT JOIN response r ON r.invitation = i.id
    WHERE i.touchpoint = t.id AND i.occurred_at >= $2 AND i.occurred_at < $3 AND i.state = 'sent'
) i
"""

# Contacts are counted once in each slice of a month, so that a long period is not mistaken for a large reach.
_REACH = """
SELECT t.id AS touchpoint,
       count(DISTINCT (e.contact, floor(extract(epoch FROM $5 - e.occurred_at) / (86400 * $6::int)))) AS contacts
FROM unnest($2::int[], $3::text[]) AS t(id, event)
JOIN event e ON e.workspace = $1 AND e.name = t.event AND (e.touchpoint IS NULL OR e.touchpoint = t.id)
    AND e.occurred_at >= $4 AND e.occurred_at < $5
GROUP BY t.id
"""
