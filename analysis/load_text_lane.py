"""Load what contacts wrote at each touchpoint of a report, and what that is worth where they did not rate."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from analysis.experience import Disclosure, Moments, disclosure_of, estimate_of, moments_together
from analysis.load_report import Period
from analysis.report import BlindSpot, JourneyReport, ReportSettings, TouchpointFigure
from analysis.text.ratings import RATING
from analysis.text.read_scores import HELD_SCORES
from analysis.text.sentiment import SentimentState
from analysis.text_derived import TextModel, fit, text_derived_estimate
from analysis.text_figures import TextFigure
from core.database import fetch
from surveys.journeys import JourneyView

MOST_COMMENTS = 50_000  # of a journey, the newest: comments are in no tally, so that each one is read
MOST_RATED = 5_000  # comments the line is fitted on, the newest


class Voices(Struct, frozen=True):
    """The contacts who wrote in one way at a touchpoint, and the moments of their mean polarities, where known."""

    state: SentimentState
    n: int
    polarities: Moments
    analysers: tuple[str, ...] = ()  # what read the touchpoint's comments, theirs among them


class Learned(Struct, frozen=True):
    """A line, where there is one, and on how many rated contacts it rests or would rest."""

    model: TextModel | None
    n_rated: int


async def load_text_lane(workspace: int, view: JourneyView, report: JourneyReport) -> tuple[TextFigure, ...]:
    """Of the touchpoints somebody wrote at in the report's days, in their order; two statements, or one.

    Comments of a stale touchpoint are as old as its ratings, so they are left out as well.
    """
    places = [(touchpoint.id, figure) for touchpoint, figure in zip(view.touchpoints, report.touchpoints, strict=True)]
    return await _load_figures(workspace, places, Period(report.since, report.until), report.settings)


async def load_text_at(
    workspace: int, touchpoint: int, figure: TouchpointFigure, period: Period, settings: ReportSettings
) -> TextFigure | None:
    """The same of one touchpoint; None where nobody wrote."""
    return next(iter(await _load_figures(workspace, [(touchpoint, figure)], period, settings)), None)


async def _load_figures(
    workspace: int, touchpoints: Sequence[tuple[int, TouchpointFigure]], period: Period, settings: ReportSettings
) -> tuple[TextFigure, ...]:
    places = [(place, figure) for place, figure in touchpoints if figure.blind_spot is not BlindSpot.STALE]
    written, is_cut = await _read_written([touchpoint for touchpoint, _ in places], period)
    text_only = {
        touchpoint
        for touchpoint, figure in places
        if figure.blind_spot is BlindSpot.TEXT_ONLY and touchpoint in written
    }
    learned = await _learn(workspace, period.end) if text_only else None
    return tuple(
        text_figure(
            figure.key,
            written[touchpoint],
            learned if touchpoint in text_only else None,
            settings,
            is_cut=is_cut,
        )
        for touchpoint, figure in places
        if touchpoint in written
    )


def text_figure(
    key: str, voices: Sequence[Voices], learned: Learned | None, settings: ReportSettings, *, is_cut: bool = False
) -> TextFigure:
    """`learned` only for a touchpoint that has nothing but text."""
    n_contacts = sum(own.n for own in voices)
    n_rated = learned.n_rated if learned else None
    if disclosure_of(n_contacts, settings) is Disclosure.SUPPRESSED:
        return TextFigure(key=key, n_rated=n_rated, is_cut=is_cut)
    counts: Counter[SentimentState] = Counter()
    for own in voices:
        counts[own.state] += own.n
    polarities = moments_together(own.polarities for own in voices)
    is_shown = disclosure_of(int(polarities.n), settings) is not Disclosure.SUPPRESSED
    heard = estimate_of(polarities, settings.confidence) if is_shown else None
    model = learned.model if learned else None
    return TextFigure(
        key=key,
        n_contacts=n_contacts,
        n_scored=int(polarities.n),
        sentiment=heard.mean if heard else None,
        interval=heard.interval if heard else None,
        positive=counts[SentimentState.POSITIVE],
        neutral=counts[SentimentState.NEUTRAL],
        negative=counts[SentimentState.NEGATIVE],
        mixed=counts[SentimentState.MIXED],
        no_signal=counts[SentimentState.NO_SIGNAL],
        not_scored=counts[SentimentState.NOT_SCORED],
        text_derived=text_derived_estimate(model, polarities, settings) if model else None,
        n_rated=n_rated,
        r_squared=model.r_squared if model else None,
        is_cut=is_cut,
        analysers=tuple(sorted({analyser for own in voices for analyser in own.analysers})),
    )


def voice_of(states: Collection[str]) -> SentimentState:
    """One state for a contact's comments: who praised once and complained once is mixed; words outweigh silence."""
    found = {SentimentState(state) for state in states}
    if SentimentState.MIXED in found or {SentimentState.POSITIVE, SentimentState.NEGATIVE} <= found:
        return SentimentState.MIXED
    by_weight = (SentimentState.POSITIVE, SentimentState.NEGATIVE, SentimentState.NEUTRAL, SentimentState.NO_SIGNAL)
    return next((state for state in by_weight if state in found), SentimentState.NOT_SCORED)


async def _read_written(touchpoints: Sequence[int], period: Period) -> tuple[dict[int, list[Voices]], bool]:
    """By touchpoint; and whether there were more comments than are read."""
    rows = await fetch(_WRITTEN, list(touchpoints), period.start, period.end, MOST_COMMENTS)
    found: dict[int, list[Voices]] = {}
    for row in rows:
        polarities = Moments(float(row["n_scored"]), float(row["polarity"]), float(row["polarity_squared"]))
        own = Voices(voice_of(row["states"]), row["n"], polarities, tuple(row["analysers"]))
        found.setdefault(row["touchpoint"], []).append(own)
    return found, sum(row["comments"] for row in rows) >= MOST_COMMENTS


async def _learn(workspace: int, end: datetime) -> Learned:
    """From what was written and rated before `end`, so that later answers never change a report."""
    rows = await fetch(_RATED, workspace, end, MOST_RATED)
    pairs = [(float(row["polarity"]), float(row["x"])) for row in rows]
    return Learned(fit(pairs), len(pairs))


# Read from the newest score back: comments are few beside the answers. Averages are of decimals, hence exact, so that
# the same comments give the same digits in whatever order they are read.
_WRITTEN = f"""
WITH written AS (
    SELECT r.touchpoint, r.contact, s.state, s.polarity::numeric AS polarity, s.analyser
    FROM {HELD_SCORES} s JOIN answer a ON a.id = s.answer JOIN response r ON r.id = a.response
    WHERE r.touchpoint = ANY($1) AND r.occurred_at >= $2 AND r.occurred_at < $3
    ORDER BY s.answer DESC LIMIT $4
), voice AS (
    SELECT touchpoint, contact, array_agg(DISTINCT state ORDER BY state) AS states, avg(polarity) AS polarity,
           count(*) AS comments
    FROM written GROUP BY touchpoint, contact
), reader AS (
    SELECT touchpoint, array_agg(DISTINCT analyser ORDER BY analyser) AS analysers FROM written GROUP BY touchpoint
)
SELECT v.touchpoint, v.states, count(*)::int AS n, count(v.polarity)::int AS n_scored,
       sum(v.comments)::int AS comments, coalesce(sum(v.polarity), 0) AS polarity,
       coalesce(sum(v.polarity * v.polarity), 0) AS polarity_squared, e.analysers
FROM voice v JOIN reader e ON e.touchpoint = v.touchpoint
GROUP BY v.touchpoint, v.states, e.analysers ORDER BY v.touchpoint, v.states
"""

# A contact is one voice at each touchpoint.
_RATED = f"""
WITH rated AS (
    SELECT r.touchpoint, r.contact, s.polarity::numeric AS polarity, felt.x
    FROM {HELD_SCORES} s JOIN answer c ON c.id = s.answer JOIN response r ON r.id = c.response
    CROSS JOIN LATERAL (SELECT {RATING} AS x) felt
    WHERE r.workspace = $1 AND r.occurred_at < $2 AND s.polarity IS NOT NULL AND felt.x IS NOT NULL
    ORDER BY s.answer DESC LIMIT $3
)
SELECT avg(polarity) AS polarity, avg(x) AS x FROM rated GROUP BY touchpoint, contact ORDER BY touchpoint, contact
"""
