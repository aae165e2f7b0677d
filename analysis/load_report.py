"""Load what a journey report is made of: a fixed number of whole queries, however many answers there are."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from math import ceil

from msgspec import Struct
from msgspec.structs import astuple

from analysis.assemble_report import Measured, Plotted, assemble_report, plotted_questions
from analysis.contact_tally import ContactSums, read_corrections
from analysis.experience import moments_of_counts
from analysis.report import JourneyReport, ReportSettings
from analysis.tally import TallyCount, read_days, read_last_days, read_tally
from analysis.worth import worth_of
from core.database import fetch
from core.errors import Fault, Invalid
from surveys.journeys import JourneyView, load_journey

PERIOD_DAYS = 90
MONTH_DAYS = 30


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
    today = now.astimezone(UTC).date()
    return Period(today - timedelta(days=PERIOD_DAYS - 1), today)


async def load_report(
    workspace: int, journey: str, period: Period, settings: ReportSettings | None = None
) -> JourneyReport:
    """Raises NotFound for an unknown journey, Invalid for a period that ends before it starts."""
    if period.since > period.until:
        raise Invalid(Fault("since", "the period ends before it starts; swap the two days"))
    view = await load_journey(workspace, journey)
    measured = await measure(workspace, view, period)
    return assemble_report(view, measured, period.since, period.until, settings or ReportSettings())


async def measure(workspace: int, view: JourneyView, period: Period) -> Measured:
    """Every count and sum that the report's figures follow from."""
    touchpoints = [touchpoint.id for stage in view.stages for touchpoint in stage.touchpoints]
    tally = await read_tally(touchpoints, period.since, period.until)
    plotted = plotted_questions(tally)
    corrections = await read_corrections(touchpoints, period.since, period.until)
    sums = {place: contact_sums(place, question, tally, corrections) for place, question in plotted.items()}
    asked = await fetch(_ASKED, touchpoints, period.start, period.end)
    events = {touchpoint.event for stage in view.stages for touchpoint in stage.touchpoints}
    slices = ceil(period.days / MONTH_DAYS)
    reach = await fetch(_REACH, workspace, list(events), period.start, period.end, MONTH_DAYS)
    return Measured(
        tally=tuple(tally),
        plotted=plotted,
        moments={place: found.x for place, found in sums.items()},
        official_lens={place: found.lens for place, found in sums.items()},
        responses={row["touchpoint"]: row["responses"] for row in asked},
        invitations={row["touchpoint"]: row["invitations"] for row in asked},
        answered_invitations={row["touchpoint"]: row["answered"] for row in asked},
        reach_month={row["name"]: row["contacts"] / slices for row in reach},
        days=await read_days(touchpoints, period.since, period.until),
        last_day=await read_last_days(touchpoints),
    )


def contact_sums(
    touchpoint: int, plotted: Plotted, tally: list[TallyCount], corrections: Mapping[tuple[int, str, str], ContactSums]
) -> ContactSums:
    """The moments over contacts: every answer counted as a contact's only one, then corrected for who gave several."""
    counts = [c for c in tally if (c.touchpoint, c.instrument, c.question) == (touchpoint, *astuple(plotted))]
    worth = [(worth_of(count.instrument, count.value), count.n) for count in counts]
    alone = ContactSums(
        moments_of_counts([(found.x, n) for found, n in worth]),
        moments_of_counts([(found.lens, n) for found, n in worth]),
    )
    correction = corrections.get((touchpoint, plotted.instrument, plotted.question))
    return alone if correction is None else alone.plus(correction)


_ASKED = """
SELECT t.id AS touchpoint,
    (SELECT count(*) FROM response r WHERE r.touchpoint = t.id AND r.occurred_at >= $2 AND r.occurred_at < $3
        AND r.scored_at IS NOT NULL) AS responses,
    i.invitations, i.answered
FROM unnest($1::int[]) AS t(id), LATERAL (
    SELECT count(*) AS invitations, count(r.id) AS answered
    FROM invitation i LEFT JOIN response r ON r.invitation = i.id
    WHERE i.touchpoint = t.id AND i.occurred_at >= $2 AND i.occurred_at < $3 AND i.state = 'sent'
) i
"""

# Contacts are counted once in each slice of a month, so that a long period is not mistaken for a large reach.
_REACH = """
SELECT name, count(DISTINCT (contact, floor(extract(epoch FROM $4 - occurred_at) / (86400 * $5::int)))) AS contacts
FROM event WHERE workspace = $1 AND name = ANY($2) AND occurred_at >= $3 AND occurred_at < $4 GROUP BY name
"""
