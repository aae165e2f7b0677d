"""Load what a journey report is made of: a fixed number of whole queries, however many answers there are."""

from datetime import UTC, date, datetime, timedelta
from math import ceil

import msgspec
from msgspec import Struct

from analysis.assemble_report import Measured, Plotted, assemble_report, plotted_questions, x_of
from analysis.experience import Moments
from analysis.report import JourneyReport, ReportSettings
from analysis.tally import TallyCount, read_days, read_last_days, read_tally
from core.database import Row, fetch
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
    moments = await fetch(_CONTACT_MOMENTS, scored_values(plotted, tally), touchpoints, period.start, period.end)
    asked = await fetch(_ASKED, touchpoints, period.start, period.end)
    events = {touchpoint.event for stage in view.stages for touchpoint in stage.touchpoints}
    slices = ceil(period.days / MONTH_DAYS)
    reach = await fetch(_REACH, workspace, list(events), period.start, period.end, MONTH_DAYS)
    return Measured(
        tally=tuple(tally),
        plotted=plotted,
        moments={row["touchpoint"]: _moments(row, "x") for row in moments},
        official_lens={row["touchpoint"]: _moments(row, "lens") for row in moments},
        responses={row["touchpoint"]: row["responses"] for row in asked},
        invitations={row["touchpoint"]: row["invitations"] for row in asked},
        answered_invitations={row["touchpoint"]: row["answered"] for row in asked},
        reach_month={row["name"]: row["contacts"] / slices for row in reach},
        days=await read_days(touchpoints, period.since, period.until),
        last_day=await read_last_days(touchpoints),
    )


def scored_values(plotted: dict[int, Plotted], tally: list[TallyCount]) -> str:
    """What each value of the plotted questions is worth in x, as the JSON that the statements below take.

    The map is applied in one place, so that no statement holds a second copy of it.
    """
    records = [
        {"touchpoint": count.touchpoint, "question": count.question, "value": count.value, **x_of(count)}
        for count in tally
        if plotted.get(count.touchpoint) == Plotted(count.instrument, count.question)
    ]
    return msgspec.json.encode(records).decode()


def _moments(row: Row, lens: str) -> Moments:
    return Moments(float(row["n"]), float(row[f"sum_{lens}"]), float(row[f"sum_{lens}_squared"]))


# The mean x of each contact at each touchpoint: one who answered twelve times is one voice. Sums are taken in numeric,
# which is exact, so that the same answers give the same digits in whatever order they are read.
CONTACT_MEANS = """
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
        AS w(touchpoint int, question text, value text, x numeric, lens numeric)
), contact_mean AS (
    SELECT r.touchpoint, r.contact, avg(w.x) AS x, avg(w.lens) AS lens
    FROM response r JOIN answer a ON a.response = r.id
    JOIN worth w ON w.touchpoint = r.touchpoint AND w.question = a.question
        AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    WHERE r.touchpoint = ANY($2) AND r.occurred_at >= $3 AND r.occurred_at < $4 AND r.scored_at IS NOT NULL
    GROUP BY r.touchpoint, r.contact
)
"""

_CONTACT_MOMENTS = (
    CONTACT_MEANS
    + """
SELECT touchpoint, count(*) AS n, sum(x) AS sum_x, sum(x * x) AS sum_x_squared,
       sum(lens) AS sum_lens, sum(lens * lens) AS sum_lens_squared
FROM contact_mean GROUP BY touchpoint
"""
)

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
