"""Load the pain-point list of a journey: themes of comments at its touchpoints, ranked by what they cost a month."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from analysis.assemble_report import Measured, Plotted, assemble_report
from analysis.experience import Moments
from analysis.load_report import Period, measure
from analysis.pain_point import PainPoint
from analysis.pains import Loss, loss_per_month, ranks_by_loss
from analysis.quotes import Candidate, QuoteChoice, choose_quotes
from analysis.report import JourneyReport, ReportSettings, TouchpointFigure
from analysis.tally import TallyCount
from analysis.themes import Theme, Tone, shipped_packs
from analysis.worth import worth_of
from core.database import Row, fetch
from surveys.journeys import load_journey

MOST_COMMENTS = 5_000  # the newest; quotes are chosen among these, counts are over all


async def load_pains(
    workspace: int, journey: str, period: Period, settings: ReportSettings | None = None
) -> list[PainPoint]:
    """Ranked first, then those of unknown loss. A theme that fewer than k contacts mention is not shown."""
    settings = settings or ReportSettings()
    view = await load_journey(workspace, journey)
    measured = await measure(workspace, view, period)
    report = assemble_report(view, measured, period.since, period.until, settings)
    places = {touchpoint.id: touchpoint.key for stage in view.stages for touchpoint in stage.touchpoints}
    figures = {figure.key: figure for figure in report.touchpoints}
    window = (_scored_values(measured.plotted, list(measured.tally)), list(places), period.start, period.end)
    rows = [row for row in await fetch(_MENTIONS, *window) if _is_pain(row["theme"]) and row["n"] >= settings.k]
    comments = await fetch(_COMMENTS, *window, MOST_COMMENTS)
    pains = {
        f"{view.key}/{places[row['touchpoint']]}/{row['theme']}": (row, figures[places[row["touchpoint"]]])
        for row in rows
    }
    losses = {key: _loss(row, figure, measured) for key, (row, figure) in pains.items()}
    ranks = ranks_by_loss(losses)
    found = [
        _pain_point(
            key,
            row,
            figure,
            losses[key],
            ranks.get(key),
            _mean_without(measured.moments[row["touchpoint"]], row),
            _quotes(row, comments, settings),
            report,
        )
        for key, (row, figure) in pains.items()
    ]
    return sorted(found, key=lambda pain: (pain.rank is None, pain.rank or 0, pain.pain_id))


def _scored_values(plotted: dict[int, Plotted], tally: list[TallyCount]) -> str:
    """What each value of the plotted questions is worth in x, as the JSON that _CONTACT_MEANS takes.

    The map is applied in one place, so that no statement holds a second copy of it.
    """
    records = [
        {
            "touchpoint": count.touchpoint,
            "question": count.question,
            "value": count.value,
            "x": worth_of(count.instrument, count.value).x,
        }
        for count in tally
        if plotted.get(count.touchpoint) == Plotted(count.instrument, count.question)
    ]
    return msgspec.json.encode(records).decode()


def _is_pain(theme: str) -> bool:
    found = _themes().get(theme)
    return found is not None and found.tone is Tone.PAIN


@lru_cache(maxsize=1)
def _themes() -> dict[str, Theme]:
    return {key: theme for pack in shipped_packs() for key, theme in pack.themes.items()}


def _loss(row: Row, figure: TouchpointFigure, measured: Measured) -> Loss:
    everybody = measured.moments[row["touchpoint"]]
    return loss_per_month(
        figure.reach_month,
        int(everybody.n),
        row["n"],
        mean_without=_mean_without(everybody, row),
        mean_with=float(row["sum_x"]) / row["n"],
    )


def _mean_without(everybody: Moments, row: Row) -> float | None:
    """The mean x of the contacts who don't mention it; None where everybody does."""
    n = int(everybody.n) - row["n"]
    return (everybody.sum - float(row["sum_x"])) / n if n else None


def _quotes(row: Row, comments: Sequence[Row], settings: ReportSettings) -> QuoteChoice:
    here = [comment for comment in comments if comment["touchpoint"] == row["touchpoint"]]
    mentions = [_candidate(comment) for comment in here if row["theme"] in comment["themes"]]
    others = [_candidate(comment) for comment in here if row["theme"] not in comment["themes"]]
    return choose_quotes(mentions, others, n_contacts=row["n"], shown_from=settings.k)


def _candidate(comment: Row) -> Candidate:
    return Candidate(str(comment["id"]), comment["text"], float(comment["x"]), comment["submitted_at"])


def _pain_point(
    key: str,
    row: Row,
    figure: TouchpointFigure,
    loss: Loss,
    rank: int | None,
    x_without: float | None,
    quotes: QuoteChoice,
    report: JourneyReport,
) -> PainPoint:
    theme = _themes()[row["theme"]]
    shown = [*[quote.text for quote in quotes.quotes], "", "", ""]
    share, interval, promise = loss.share_interval, figure.interval, figure.promise
    return PainPoint(
        rank=rank,
        pain_id=key,
        title=f"{figure.name}: {theme.title}",
        journey=report.journey,
        stage=figure.stage,
        phase=figure.phase,
        step=figure.step,
        touchpoint=figure.name,
        period=figure.period,
        channel=figure.channel,
        owner=figure.owner,
        theme=theme.title,
        n_responses=figure.n_responses,
        n_contacts=figure.n_contacts,
        n_mentions=row["n"],
        share=loss.share,
        share_lo=share.lo if share else None,
        share_hi=share.hi if share else None,
        mean_x=figure.mean,
        ci_lo=interval.lo if interval else None,
        ci_hi=interval.hi if interval else None,
        x_without=x_without,
        drop=loss.drop,
        reach_month=figure.reach_month,
        loss_month=loss.loss,
        loss_lo=loss.loss_lo,
        loss_hi=loss.loss_hi,
        promise_text=promise.claim if promise else "",
        promise_source=promise.source if promise else "",
        promise_level=promise.level if promise else None,
        gap=figure.gap,
        q_value=figure.q_broken,
        verdict=figure.verdict,
        lens_sensitive=figure.lens_sensitive,
        response_rate=figure.response_rate,
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        quote_1=shown[0],
        quote_2=shown[1],
        quote_3=shown[2],
        counter_quote=quotes.counter_quote.text if quotes.counter_quote else "",
        data_hash=report.data_hash,
        method_version=report.method_version,
    )


# The mean x of each contact at each touchpoint: one who answered twelve times is one voice. Sums are taken in numeric,
# which is exact, so that the same answers give the same digits in whatever order they are read.
_CONTACT_MEANS = """
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS w(touchpoint int, question text, value text, x numeric)
), contact_mean AS (
    SELECT r.touchpoint, r.contact, avg(w.x) AS x
    FROM response r JOIN answer a ON a.response = r.id
    JOIN worth w ON w.touchpoint = r.touchpoint AND w.question = a.question
        AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    WHERE r.touchpoint = ANY($2) AND r.occurred_at >= $3 AND r.occurred_at < $4 AND r.scored_at IS NOT NULL
    GROUP BY r.touchpoint, r.contact
)
"""

_MENTIONS = (
    _CONTACT_MEANS
    + """
, mention AS (
    SELECT r.touchpoint, r.contact, t.theme,
           min(r.occurred_at)::date AS first_seen, max(r.occurred_at)::date AS last_seen
    FROM comment_theme t JOIN answer a ON a.id = t.answer JOIN response r ON r.id = a.response
    WHERE r.touchpoint = ANY($2) AND r.occurred_at >= $3 AND r.occurred_at < $4
    GROUP BY r.touchpoint, r.contact, t.theme
)
SELECT touchpoint, theme, count(*) AS n, sum(x) AS sum_x, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM mention JOIN contact_mean USING (touchpoint, contact) GROUP BY touchpoint, theme ORDER BY touchpoint, theme
"""
)

_COMMENTS = (
    _CONTACT_MEANS
    + """
SELECT a.id, r.touchpoint, a.text, m.x, r.submitted_at,
       ARRAY(SELECT t.theme FROM comment_theme t WHERE t.answer = a.id) AS themes
FROM response r JOIN answer a ON a.response = r.id JOIN contact_mean m USING (touchpoint, contact)
WHERE a.text IS NOT NULL AND r.occurred_at >= $3 AND r.occurred_at < $4 ORDER BY a.id DESC LIMIT $5
"""
)
