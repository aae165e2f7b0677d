"""Load the table of a journey: its themes by touchpoint, who speaks of them and how those felt."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from analysis.experience import Moments
from analysis.load_report import Period, check_period, measure
from analysis.load_text_lane import voice_of
from analysis.measured import MeasuredTouchpoint
from analysis.report import ReportSettings
from analysis.tally import picks_tallied
from analysis.text.load_theme_book import load_theme_book
from analysis.text.read_scores import HELD_MENTIONS
from analysis.text.theme_table import Place, ThemeRow, Voices, theme_rows
from analysis.text.themes import Tone
from analysis.valences import load_valences
from analysis.worth import worth_as_json
from core.database import fetch
from surveys.journeys import JourneyView, load_journey

MOST_COMMENTS = 200_000  # of a journey, the newest


class NamedTheme(Struct, frozen=True):
    """What a row of the table is about."""

    theme: str
    title: str
    tone: Tone


class ThemeTable(Struct, frozen=True, kw_only=True):
    """Themes by touchpoint over the days `since` to `until`; `k` is the fewest contacts that are shown."""

    journey: str
    since: date
    until: date
    k: int
    is_cut: bool  # only the newest comments were read
    themes: tuple[NamedTheme, ...]  # as the rows are ordered
    rows: tuple[ThemeRow, ...]


async def load_theme_table(
    workspace: int, journey: str, period: Period, settings: ReportSettings | None = None
) -> ThemeTable:
    """Raises NotFound for an unknown journey, Invalid for a period that ends before it starts."""
    check_period(period)
    settings = settings or ReportSettings()
    view = await load_journey(workspace, journey)
    measured = await measure(workspace, view, period, settings)
    names = {touchpoint.id: touchpoint.key for touchpoint in view.touchpoints}
    window = (list(names), period.start, period.end, MOST_COMMENTS)
    voices = await _read_voices(workspace, view, measured, period)
    totals = {row["theme"]: row["n"] for row in await fetch(_TOTALS, *window)}
    wrote = {row["touchpoint"]: row for row in await fetch(_WROTE_AT, *window)}
    places = [Place(key, wrote[id_]["contacts"], measured[key].sums.x) for id_, key in names.items() if id_ in wrote]
    book = await load_theme_book(workspace)
    # A rescoring may have taken a theme away since its voices were read.
    known = [own for own in voices if own.theme in book.themes and own.theme in totals]
    rows = theme_rows(known, places, totals, settings)
    named = [book.themes[row.theme] for row in rows]
    return ThemeTable(
        journey=view.key,
        since=period.since,
        until=period.until,
        k=settings.k,
        is_cut=sum(row["comments"] for row in wrote.values()) >= MOST_COMMENTS,
        themes=tuple(NamedTheme(theme.key, theme.title, theme.tone) for theme in named),
        rows=rows,
    )


async def _read_voices(
    workspace: int, view: JourneyView, measured: Mapping[str, MeasuredTouchpoint], period: Period
) -> list[Voices]:
    """`x` is by the instrument that the curve plots."""
    names = {touchpoint.id: touchpoint.key for touchpoint in view.touchpoints}
    plotted = {id_: shown.instrument for id_, key in names.items() if (shown := measured[key].plotted) is not None}
    worth = worth_as_json(await picks_tallied(list(plotted)), await load_valences([workspace]))
    rows = await fetch(
        _VOICES,
        list(names),
        period.start,
        period.end,
        MOST_COMMENTS,
        list(plotted),
        list(plotted.values()),
        worth,
    )
    found: dict[tuple[str, str, str], Voices] = {}
    for row in rows:
        state = voice_of(row["states"])
        key = (row["theme"], names[row["touchpoint"]], state)
        before = found.get(key, Voices(*key[:2], state, 0, Moments(0, 0, 0)))
        x = Moments(
            before.x.n + row["n_rated"],
            before.x.sum + float(row["x"]),
            before.x.sum_squares + float(row["x_squared"]),
        )
        found[key] = Voices(*key[:2], state, before.n + row["n"], x)
    return list(found.values())


_WROTE = """
wrote AS MATERIALIZED (
    SELECT s.answer, r.touchpoint, r.contact
    FROM comment_score s JOIN answer a ON a.id = s.answer JOIN response r ON r.id = a.response
    WHERE r.touchpoint = ANY($1) AND r.occurred_at >= $2 AND r.occurred_at < $3 ORDER BY s.answer DESC LIMIT $4
)
"""

_WROTE_AT = f"""
WITH {_WROTE}
SELECT touchpoint, count(DISTINCT contact)::int AS contacts, count(*)::int AS comments FROM wrote GROUP BY touchpoint
"""

_TOTALS = f"""
WITH {_WROTE}
SELECT m.theme, count(DISTINCT w.contact)::int AS n FROM {HELD_MENTIONS} m JOIN wrote w ON w.answer = m.answer
GROUP BY m.theme
"""

# The mean x of each contact at each touchpoint: one who answered twelve times is one voice. Sums are of decimals, hence
# exact, so that the same answers give the same digits in whatever order they are read.
_VOICES = f"""
WITH worth AS (
    SELECT * FROM jsonb_to_recordset($7::jsonb) AS w(workspace int, instrument text, value text, x numeric)
), {_WROTE}, felt AS MATERIALIZED (
    SELECT r.touchpoint, r.contact, avg(w.x) AS x
    FROM unnest($5::int[], $6::text[]) AS plotted(touchpoint, instrument)
    JOIN response r ON r.touchpoint = plotted.touchpoint
        AND r.occurred_at >= $2 AND r.occurred_at < $3 AND r.scored_at IS NOT NULL
    JOIN answer a ON a.response = r.id AND a.instrument = plotted.instrument
    JOIN worth w ON w.instrument = a.instrument AND w.value = coalesce(a.value::text, array_to_string(a.picks, '+'))
    WHERE (r.touchpoint, r.contact) IN (SELECT touchpoint, contact FROM wrote) GROUP BY r.touchpoint, r.contact
), mention AS (
    SELECT w.touchpoint, w.contact, m.theme, array_agg(DISTINCT m.state ORDER BY m.state) AS states
    FROM {HELD_MENTIONS} m JOIN wrote w ON w.answer = m.answer
    GROUP BY w.touchpoint, w.contact, m.theme
)
SELECT touchpoint, theme, states, count(*)::int AS n, count(x)::int AS n_rated, coalesce(sum(x), 0) AS x,
       coalesce(sum(x * x), 0) AS x_squared
FROM mention LEFT JOIN felt USING (touchpoint, contact) GROUP BY touchpoint, theme, states
ORDER BY touchpoint, theme, states
"""
