"""Load the pain-point list of a journey: themes of comments at its touchpoints, ranked by what they cost a month."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from analysis.assemble_report import assemble_report
from analysis.experience import Moments
from analysis.load_report import Period, measure
from analysis.pains.loss import Loss, loss_per_month, ranks_by_loss
from analysis.pains.pain_point import PainPoint, PainStatus
from analysis.pains.quotes import Candidate, QuoteChoice, choose_quotes
from analysis.report import JourneyReport, ReportSettings, TouchpointFigure
from analysis.tally import picks_tallied
from analysis.text.themes import Theme, Tone, shipped_packs
from analysis.valences import load_valences
from analysis.worth import worth_as_json
from core.database import Row, fetch
from surveys.journeys import load_journey

MOST_COMMENTS = 5_000  # the newest; quotes are chosen among these, counts are over all


async def load_pains(
    workspace: int, journey: str, period: Period, settings: ReportSettings | None = None
) -> list[PainPoint]:
    """Ranked first, then those of unknown loss. A theme that fewer than k contacts mention is not shown."""
    settings = settings or ReportSettings()
    view = await load_journey(workspace, journey)
    measured = await measure(workspace, view, period, settings)
    report = assemble_report(view, measured, period.since, period.until, settings)
    plotted = [(t.id, shown.instrument) for t in view.touchpoints if (shown := measured[t.key].plotted)]
    picks = await picks_tallied([touchpoint for touchpoint, _ in plotted])
    worth = worth_as_json(picks, await load_valences([workspace]))
    window = ([t for t, _ in plotted], [instrument for _, instrument in plotted], worth, period.start, period.end)
    mentions = [row for row in await fetch(_MENTIONS, *window) if _is_pain(row["theme"]) and row["n"] >= settings.k]
    comments = await fetch(_COMMENTS, *window, MOST_COMMENTS)
    figures = {touchpoint.id: figure for touchpoint, figure in zip(view.touchpoints, report.touchpoints, strict=True)}
    pains = [
        _Pain(row, figures[row["touchpoint"]], measured[figures[row["touchpoint"]].key].sums.x) for row in mentions
    ]
    losses = {f"{view.key}/{pain.figure.key}/{pain.row['theme']}": pain.loss(settings.k) for pain in pains}
    ranks = ranks_by_loss(losses)
    found = [
        _pain_point(key, pain, losses[key], ranks.get(key), _quotes(pain, comments, settings), report)
        for (key, pain) in zip(losses, pains, strict=True)
    ]
    found.sort(key=lambda pain: (pain.rank is None, pain.rank or 0, pain.pain_id))
    return _with_data_hash(found, report)


class _Pain(Struct, frozen=True):
    """A theme at a touchpoint: who mentions it, the touchpoint's figures, and everybody who answered there."""

    row: Row
    figure: TouchpointFigure
    everybody: Moments

    @property
    def n_without(self) -> int:
        return int(self.everybody.n) - int(self.row["n"])

    def mean_without(self, k: int) -> float | None:
        """The mean x of the contacts who don't mention it; None where they are too few to be shown."""
        return (self.everybody.sum - float(self.row["sum_x"])) / self.n_without if self.n_without >= k else None

    def loss(self, k: int) -> Loss:
        return loss_per_month(
            self.figure.reach_month,
            int(self.everybody.n),
            self.row["n"],
            mean_without=self.mean_without(k),
            mean_with=float(self.row["sum_x"]) / self.row["n"],
        )


def _with_data_hash(pains: Sequence[PainPoint], report: JourneyReport) -> list[PainPoint]:
    """All rows with the hash of the whole list and of the report: of what is shown, as in analysis/data_hash.py."""
    digest = hashlib.sha256(msgspec.json.encode((report.data_hash, pains), order="sorted")).hexdigest()
    return [msgspec.structs.replace(pain, data_hash=digest) for pain in pains]


def _is_pain(theme: str) -> bool:
    found = _themes().get(theme)
    return found is not None and found.tone is Tone.PAIN


@lru_cache(maxsize=1)
def _themes() -> dict[str, Theme]:
    return {key: theme for pack in shipped_packs() for key, theme in pack.themes.items()}


def _quotes(pain: _Pain, comments: Sequence[Row], settings: ReportSettings) -> QuoteChoice:
    """No counter-quote where those who don't mention it are too few: their score would be somebody's."""
    here = [comment for comment in comments if comment["touchpoint"] == pain.row["touchpoint"]]
    mentions = [_candidate(comment) for comment in here if pain.row["theme"] in comment["themes"]]
    others = [_candidate(comment) for comment in here if pain.row["theme"] not in comment["themes"]]
    others = others if pain.n_without >= settings.k else []
    return choose_quotes(mentions, others, n_contacts=pain.row["n"], shown_from=settings.k)


def _candidate(comment: Row) -> Candidate:
    return Candidate(str(comment["id"]), comment["text"], float(comment["x"]), comment["submitted_at"])


def _pain_point(
    key: str,
    pain: _Pain,
    loss: Loss,
    rank: int | None,
    quotes: QuoteChoice,
    report: JourneyReport,
) -> PainPoint:
    row, figure = pain.row, pain.figure
    theme = _themes()[row["theme"]]
    shown = [*[quote.text for quote in quotes.quotes], "", "", ""]
    share, interval, promise = loss.share_interval, figure.interval, figure.promise
    return PainPoint(
        rank=rank,
        pain_id=key,
        title=f"{figure.name}: {theme.title}",
        status=PainStatus.NEW,
        evidence_level="",
        customer_intent="",
        business_intent="",
        persona="",
        segment="",
        theme_method="pack",
        reach_source="events" if figure.reach_month is not None else "unknown",
        p_top3=None,
        depth_rank=None,
        expected_level=None,
        importance=None,
        trend=None,
        sentiment_mean=None,
        sentiment_coverage=None,
        quotes_shown="",
        suppressed_reason="",
        action="",
        action_date=None,
        before_after="",
        report_id="",
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
        x_without=pain.mean_without(report.settings.k),
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
        data_hash="",
        method_version=report.method_version,
    )


# The mean x of each contact at each touchpoint: one who answered twelve times is one voice. Sums are numeric, hence
# exact, so that the same answers give the same digits in whatever order they are read.
_CONTACT_MEANS = """
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($3::jsonb) AS w(workspace int, instrument text, value text, x numeric)
), contact_mean AS (
    SELECT r.touchpoint, r.contact, avg(w.x) AS x
    FROM unnest($1::int[], $2::text[]) AS plotted(touchpoint, instrument)
    JOIN response r ON r.touchpoint = plotted.touchpoint
        AND r.occurred_at >= $4 AND r.occurred_at < $5 AND r.scored_at IS NOT NULL
    JOIN answer a ON a.response = r.id AND a.instrument = plotted.instrument
    JOIN worth w ON w.instrument = a.instrument AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    GROUP BY r.touchpoint, r.contact
)
"""

_MENTIONS = (
    _CONTACT_MEANS
    + """
, mention AS (
    SELECT r.touchpoint, r.contact, t.theme, min((r.occurred_at AT TIME ZONE 'UTC')::date) AS first_seen,
           max((r.occurred_at AT TIME ZONE 'UTC')::date) AS last_seen
    FROM comment_theme t JOIN answer a ON a.id = t.answer JOIN response r ON r.id = a.response
    WHERE r.touchpoint = ANY($1) AND r.occurred_at >= $4 AND r.occurred_at < $5
    GROUP BY r.touchpoint, r.contact, t.theme
)
SELECT touchpoint, p.key AS touchpoint_key, theme, count(*) AS n, sum(x) AS sum_x,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM mention JOIN contact_mean USING (touchpoint, contact) JOIN touchpoint p ON p.id = touchpoint
GROUP BY touchpoint, p.key, theme ORDER BY p.key, theme
"""
)

_COMMENTS = (
    _CONTACT_MEANS
    + """
SELECT a.id, r.touchpoint, a.text, m.x, r.submitted_at,
       ARRAY(SELECT t.theme FROM comment_theme t WHERE t.answer = a.id) AS themes
FROM response r JOIN answer a ON a.response = r.id JOIN contact_mean m USING (touchpoint, contact)
WHERE a.text IS NOT NULL AND r.occurred_at >= $4 AND r.occurred_at < $5 ORDER BY a.id DESC LIMIT $6
"""
)
