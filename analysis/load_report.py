"""Load what a journey report is made of: a fixed number of whole queries, however many answers there are."""

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from analysis.assemble_report import assemble_report
from analysis.contact_sums import NOBODY, ContactSums
from analysis.emotions import mean_arousal, net_emotional_figure
from analysis.experience import leaves_few
from analysis.measured import MeasuredTouchpoint, UnderPromise, plotted_measure
from analysis.read_answers import Property, read_matching
from analysis.read_measures import WindowMeasures, read_measures
from analysis.read_records import with_read_records
from analysis.report import JourneyReport, ReportSettings
from analysis.tally import Window, read_last_days
from analysis.valences import load_valences
from core.database import fetch
from core.errors import Fault, Invalid
from surveys.instruments import Instrument
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
    workspace: int,
    journey: str,
    period: Period,
    settings: ReportSettings | None = None,
    where: Property | None = None,
) -> JourneyReport:
    """Of all contacts, or of those asked after an event with a property, counted afresh from the answers.

    Raises NotFound for an unknown journey, Invalid for a period that ends before it starts or is of another age.
    """
    check_period(period)
    return await report_of(
        workspace, await load_journey(workspace, journey), period, settings or ReportSettings(), where
    )


async def report_of(
    workspace: int, view: JourneyView, period: Period, settings: ReportSettings, where: Property | None = None
) -> JourneyReport:
    """Of a journey that is loaded, over a period that was checked."""
    measured = await measure(workspace, view, period, settings, where)
    return assemble_report(
        view, measured, period.since, period.until, settings, where=None if where is None else str(where)
    )


def check_period(period: Period) -> None:
    """Raises Invalid for one that ends before it starts or is of another age."""
    if period.since > period.until:
        raise Invalid(Fault("since", "the period ends before it starts; swap the two days"))
    if period.since < EARLIEST or period.until > LATEST:
        raise Invalid(Fault("since", f"choose days from {EARLIEST} to {LATEST}"))


async def measure(
    workspace: int, view: JourneyView, period: Period, settings: ReportSettings, where: Property | None = None
) -> dict[str, MeasuredTouchpoint]:
    """Every count and sum that the report's figures follow from, by touchpoint key."""
    ids = [touchpoint.id for touchpoint in view.touchpoints]
    windows = [Window(touchpoint, period.since, period.until) for touchpoint in ids]
    promised = [part for touchpoint in view.touchpoints for part in _promised_windows(touchpoint, period)]
    valences = (await load_valences([workspace]))[workspace]
    every_window = [*windows, *(window for _, window in promised)]
    measures = await read_measures(every_window, valences)
    whole = measures
    if where is not None:
        measures = await read_matching(every_window, workspace, where, valences)
    name, value = (None, None) if where is None else (where.name, where.value)
    invited = await fetch(_INVITATIONS, ids, period.start, period.end, name, value)
    invitations = {row["touchpoint"]: row for row in invited}
    events = [touchpoint.event for touchpoint in view.touchpoints]
    reach = await fetch(_REACH, workspace, ids, events, period.start, period.end, MONTH_DAYS, name, value)
    passed = {row["touchpoint"]: row["contacts"] for row in reach}
    last_day = await read_last_days(ids, period.until)
    under = list(zip(promised, measures[len(ids) :], whole[len(ids) :], strict=True))
    found = {}
    for touchpoint, own, all_ in zip(view.touchpoints, measures, whole, strict=False):
        parts = [one for one in under if one[0][1].touchpoint == touchpoint.id]
        beside = [(own, all_), *((part, everybody) for _, part, everybody in parts)]
        is_protected = where is not None and any(_would_show_the_rest(*pair, settings.k) for pair in beside)
        if is_protected:
            own, parts = WindowMeasures(), []
        plotted = plotted_measure(own.measures, settings.k)
        felt = own.of(Instrument.EMOTION)
        picked = felt.counts if felt else ()
        plotted_by = plotted.instrument if plotted else None
        found[touchpoint.key] = MeasuredTouchpoint(
            measures=own.measures,
            plotted=plotted,
            under_promises=tuple(
                UnderPromise(promise, _sums_of(plotted_by, part), _sums_of(Instrument.KEPT, part))
                for (promise, _), part, _ in parts
            ),
            n_responses=own.n_responses,
            n_invitations=invitations[touchpoint.id]["sent"],
            n_answered=invitations[touchpoint.id]["answered"],
            reach_month=passed[touchpoint.id] * MONTH_DAYS / period.days if touchpoint.id in passed else None,
            last_day=last_day.get(touchpoint.id),
            is_protected=is_protected,
            net_emotional=net_emotional_figure(picked, valences, settings.confidence),
            arousal=mean_arousal(picked),
        )
    if where is not None:
        return found  # expectations, guesses and the like are known for all contacts only
    return await with_read_records(workspace, view, found, period.start, period.end, valences)


def _would_show_the_rest(part: WindowMeasures, whole: WindowMeasures, k: int) -> bool:
    """Whether subtracting a part from the figures of all, which are known as well, leaves fewer than k contacts."""
    pairs = [(measure, whole.of(measure.instrument)) for measure in part.measures]
    return any(
        leaves_few(everybody.sums.n, measure.sums.n, k) or leaves_few(everybody.n_answers, measure.n_answers, k)
        for measure, everybody in pairs
        if everybody is not None
    )


def _promised_windows(touchpoint: TouchpointView, period: Period) -> list[tuple[PromiseView, Window]]:
    """The days of the period on which each promise was in force."""
    parts = [
        (promise, max(promise.valid_from, period.since), min(promise.valid_to or period.until, period.until))
        for promise in touchpoint.promises
    ]
    return [(promise, Window(touchpoint.id, since, until)) for promise, since, until in parts if since <= until]


def _sums_of(instrument: str | None, measures: WindowMeasures) -> ContactSums:
    """Of what is plotted over the whole period, or was replied, over the days of `measures`."""
    measure = measures.of(instrument)
    return NOBODY if measure is None else measure.sums


_INVITATIONS = """
SELECT t.id AS touchpoint, i.sent, i.answered
FROM unnest($1::int[]) AS t(id), LATERAL (
    SELECT count(*) AS sent, count(r.id) AS answered
    FROM invitation i LEFT JOIN response r ON r.invitation = i.id
    WHERE i.touchpoint = t.id AND i.occurred_at >= $2 AND i.occurred_at < $3
        AND i.sent_at IS NOT NULL AND i.bounced_at IS NULL
        AND ($4::text IS NULL OR EXISTS (
            SELECT FROM decision d JOIN event e ON e.id = d.event
            WHERE d.id = i.decision AND e.properties ->> $4 = $5::text
        ))
) i
"""

# Contacts are counted once in each slice of a month, so that a long period is not mistaken for a large reach.
_REACH = """
SELECT t.id AS touchpoint,
       count(DISTINCT (e.contact, floor(extract(epoch FROM $5 - e.occurred_at) / (86400 * $6::int)))) AS contacts
FROM unnest($2::int[], $3::text[]) AS t(id, event)
JOIN event e ON e.workspace = $1 AND e.name = t.event AND (e.touchpoint IS NULL OR e.touchpoint = t.id)
    AND e.occurred_at >= $4 AND e.occurred_at < $5 AND ($7::text IS NULL OR e.properties ->> $7 = $8::text)
GROUP BY t.id
"""
