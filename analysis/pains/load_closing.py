"""Load what became of pain points after the actions against them: all windows are read at once."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from analysis.load_changes import load_changes
from analysis.load_report import Period
from analysis.pains.closing import Closing, Told, closing_of
from analysis.pains.read_pains import pained_by
from analysis.report import ActionFigure, ReportSettings, SideFigure
from analysis.text.read_scores import HELD_MENTIONS
from analysis.text.theme_book import BookTheme
from analysis.valences import load_valences
from core.database import fetch
from surveys.journeys import JourneyView


class Linked(Struct, frozen=True):
    """A pain point, by its number, and an action against it; `theme` is empty or None where it is no theme."""

    pain: int
    touchpoint: str
    theme: str | None
    action: int


class PainClosing(Struct, frozen=True):
    pain: int
    closing: Closing


async def load_closings(
    workspace: int,
    view: JourneyView,
    linked: Sequence[Linked],
    themes: Mapping[str, BookTheme],
    today: date,
    settings: ReportSettings,
) -> list[PainClosing]:
    """In the order of `linked`; actions that left the log meanwhile are left out."""
    if not linked:
        return []
    valences = (await load_valences([workspace]))[workspace]
    figures = {figure.id: figure for figure in await load_changes(workspace, view, valences, today, settings)}
    known = [(link, figures[link.action]) for link in linked if link.action in figures]
    told = await _read_told(view, known, themes)
    return [
        PainClosing(link.pain, closing_of(figure, told.get(2 * at, Told()), told.get(2 * at + 1, Told()), settings))
        for at, (link, figure) in enumerate(known)
    ]


async def _read_told(
    view: JourneyView, known: Sequence[tuple[Linked, ActionFigure]], themes: Mapping[str, BookTheme]
) -> dict[int, Told]:
    """Before, then after, of each in turn."""
    places = {touchpoint.key: touchpoint.id for touchpoint in view.touchpoints}
    sides: list[tuple[int, Linked, SideFigure | None]] = []
    for at, (link, figure) in enumerate(known):
        sides += [(2 * at, link, figure.before), (2 * at + 1, link, figure.after)]
    windows = [(at, link, Period(side.since, side.until)) for at, link, side in sides if side is not None]
    rows = await fetch(
        _TOLD,
        [at for at, _, _ in windows],
        [places[link.touchpoint] for _, link, _ in windows],
        [days.start for _, _, days in windows],
        [days.end for _, _, days in windows],
        [link.theme or None for _, link, _ in windows],
        pained_by(themes),
    )
    return {row["at"]: Told(row["n_contacts"], row["n_mentions"]) for row in rows}


_TOLD = f"""
WITH asked AS (
    SELECT * FROM unnest($1::int[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::text[])
        AS w(at, touchpoint, start, stop, theme)
), told AS (
    SELECT w.at, count(DISTINCT r.contact)::int AS n
    FROM asked w JOIN response r ON r.touchpoint = w.touchpoint AND r.occurred_at >= w.start AND r.occurred_at < w.stop
        AND r.scored_at IS NOT NULL
    JOIN answer a ON a.response = r.id JOIN {HELD_MENTIONS} m ON m.answer = a.id AND m.theme = w.theme
        AND m.theme || ' ' || m.state = ANY($6::text[])
    GROUP BY w.at
)
SELECT w.at, count(DISTINCT r.contact)::int AS n_contacts,
       CASE WHEN w.theme IS NOT NULL THEN coalesce(max(t.n), 0) END AS n_mentions
FROM asked w JOIN response r ON r.touchpoint = w.touchpoint AND r.occurred_at >= w.start AND r.occurred_at < w.stop
    AND r.scored_at IS NOT NULL
LEFT JOIN told t ON t.at = w.at GROUP BY w.at, w.theme
"""
