"""Themes by touchpoint: who speaks of them and how, and how those felt beside the others there.

The unit is a contact: one who mentions a theme three times is one voice, with one state. What is hidden can't be worked
out from what is shown (METHOD, section 2). The difference is an association, not a cause.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import fsum

from msgspec import Struct

from analysis.contrasts import Term, contrast, plain_term
from analysis.experience import Disclosure, Moments, disclosure_of, hidden_parts, wilson
from analysis.interval import Contrast, Interval
from analysis.report import ReportSettings
from analysis.text.sentiment import SentimentState


class Voices(Struct, frozen=True):
    """Contacts who mention a theme at a touchpoint in one way; `x` are the moments of those of them who rated it."""

    theme: str
    touchpoint: str
    state: SentimentState
    n: int
    x: Moments


class Place(Struct, frozen=True):
    """A touchpoint: how many contacts wrote a comment there, and the moments of the mean x of all who rated it."""

    touchpoint: str
    n_wrote: int
    x: Moments


class Impact(Struct, frozen=True):
    """The mean x of contacts who mention a theme minus that of those who don't, at the same touchpoints.

    The interval is Welch's; None below `tested_from` contacts on either side.
    """

    difference: float
    n_with: int
    n_without: int
    interval: Interval | None


class ThemeCell(Struct, frozen=True, kw_only=True):
    """A theme at a touchpoint. Everything is None where fewer than k contacts mention it, or to protect such a cell.

    `states` counts contacts by how the clauses sound in which they mention it; None for states that are hidden.
    `share` is of the contacts who wrote there.
    """

    theme: str
    touchpoint: str
    n: int | None = None
    share: float | None = None
    interval: Interval | None = None
    states: dict[SentimentState, int | None] | None = None
    impact: Impact | None = None


class ThemeRow(Struct, frozen=True):
    """A theme with its cells, by touchpoint in the order of the journey; `impact` is over those that are shown."""

    theme: str
    n: int | None  # contacts at any touchpoint of the journey
    cells: tuple[ThemeCell, ...]
    impact: Impact | None


def theme_rows(
    voices: Iterable[Voices], places: Sequence[Place], totals: Mapping[str, int], settings: ReportSettings
) -> tuple[ThemeRow, ...]:
    """The most mentioned first. `totals` says of each theme how many contacts mention it at any touchpoint."""
    by_theme: defaultdict[str, defaultdict[str, list[Voices]]] = defaultdict(lambda: defaultdict(list))
    for own in voices:
        by_theme[own.theme][own.touchpoint].append(own)
    rows = [_row(theme, found, places, totals[theme], settings) for theme, found in by_theme.items()]
    return tuple(sorted(rows, key=lambda row: (-(row.n or 0), row.theme)))


def _row(
    theme: str, voices: Mapping[str, Sequence[Voices]], places: Sequence[Place], total: int, settings: ReportSettings
) -> ThemeRow:
    counts = {touchpoint: sum(own.n for own in found) for touchpoint, found in voices.items()}
    hidden = hidden_parts(counts, settings.k, total)
    found = [place for place in places if place.touchpoint in counts]
    shown = [place for place in found if place.touchpoint not in hidden.parts]
    cells = tuple(
        _cell(theme, place, voices[place.touchpoint], settings)
        if place in shown
        else ThemeCell(theme=theme, touchpoint=place.touchpoint)
        for place in found
    )
    is_total_shown = hidden.is_total_shown and total >= settings.k
    impact = _impact([_sides(voices[place.touchpoint], place) for place in shown], settings)
    return ThemeRow(theme, total if is_total_shown else None, cells, impact)


def _cell(theme: str, place: Place, voices: Sequence[Voices], settings: ReportSettings) -> ThemeCell:
    counts: dict[str, int] = {own.state: own.n for own in voices}
    n = sum(counts.values())
    hidden = hidden_parts(counts, settings.k).parts
    return ThemeCell(
        theme=theme,
        touchpoint=place.touchpoint,
        n=n,
        share=n / place.n_wrote,
        interval=wilson(n, place.n_wrote, settings.confidence),
        states={state: None if state in hidden else counts.get(state, 0) for state in SentimentState},
        impact=_impact([_sides(voices, place)], settings),
    )


def _sides(voices: Collection[Voices], place: Place) -> tuple[Moments, Moments]:
    """The moments of those who mention it, and of all others who rated the touchpoint."""
    n, sum_, squares = (fsum(getattr(own.x, part) for own in voices) for part in ("n", "sum", "sum_squares"))
    within = Moments(n, sum_, squares, place.x.is_two_valued)
    others = max(0.0, place.x.n - n)
    return within, Moments(others, place.x.sum - sum_, place.x.sum_squares - squares, place.x.is_two_valued)


def _impact(sides: Sequence[tuple[Moments, Moments]], settings: ReportSettings) -> Impact | None:
    """Of each touchpoint, weighed by those who mention it there: no mix of touchpoints makes a difference by itself.

    Touchpoints with fewer than k contacts on either side are left out: the touchpoint's mean is known as well, so that
    one side would tell the other.
    """
    enough = [both for both in sides if min(both[0].n, both[1].n) >= max(settings.k, 1)]
    n_with, n_without = (int(fsum(both[side].n for both in enough)) for side in (0, 1))
    if not enough:
        return None
    terms: list[Term] = []
    for with_it, without in enough:
        weight = with_it.n / n_with
        terms += [term for term in (plain_term(with_it, weight), plain_term(without, -weight)) if term is not None]
    difference: Contrast = contrast(terms, settings.confidence)
    is_tested = disclosure_of(min(n_with, n_without), settings) is Disclosure.TESTED
    return Impact(difference.value, n_with, n_without, difference.interval if is_tested else None)
