"""The words of what contacts wrote, and the rows of its table."""

from collections.abc import Sequence

from msgspec import Struct

from analysis.chart_words import NOT_SHOWN, signed, span
from analysis.report import TouchpointFigure
from analysis.text.sentiment import SentimentState
from analysis.text_derived import LEAST_RATED
from analysis.text_figures import TextFigure
from surveys.texts import locale_of

STATE_WORDS = {
    SentimentState.POSITIVE: "Positive",
    SentimentState.NEUTRAL: "Neutral",
    SentimentState.NEGATIVE: "Negative",
    SentimentState.MIXED: "Mixed",
    SentimentState.NO_SIGNAL: "No signal",
    SentimentState.NOT_SCORED: "Not scored",
}


class TextRow(Struct, frozen=True):
    """A row of the table "What they wrote".

    `derived` is the experience; empty where ratings are plotted, or nothing can be derived. The remark says on what it
    rests, or why there is none.
    """

    key: str
    name: str
    figure: TextFigure
    states: tuple[int, ...]  # contacts, in the order of STATE_WORDS; empty where they may not be shown
    derived: str = ""
    remark: str = ""


def text_rows(touchpoints: Sequence[TouchpointFigure], figures: Sequence[TextFigure], k: int) -> list[TextRow]:
    """In the order of the figures; a touchpoint nobody wrote at has none."""
    names = {touchpoint.key: touchpoint.name for touchpoint in touchpoints}
    return [_row(names[figure.key], figure, k) for figure in figures]


def language_words(code: str) -> str:
    """The name of a language in English; its code where nobody knows it."""
    found = locale_of(code)
    return (found.get_display_name("en") if found.language == code else None) or code


def too_few_words(k: int) -> str:
    return f"{NOT_SHOWN} (fewer than {k} contacts)"


def _row(name: str, figure: TextFigure, k: int) -> TextRow:
    counts = (figure.positive, figure.neutral, figure.negative, figure.mixed, figure.no_signal, figure.not_scored)
    states = tuple(n for n in counts if n is not None)
    return TextRow(figure.key, name, figure, states, _derived(figure), _remark(figure, k))


def _derived(figure: TextFigure) -> str:
    found = figure.text_derived
    return f"{signed(found.mean)} ({span(found.interval)})" if found else ""


def _remark(figure: TextFigure, k: int) -> str:
    if figure.n_rated is None:
        return ""
    if figure.text_derived is not None and figure.r_squared is not None:
        return f"learned from {figure.n_rated:,} who wrote and rated, R² {figure.r_squared:.2f}"
    if figure.n_rated < LEAST_RATED:
        return f"takes {LEAST_RATED} contacts who wrote and rated; there are {figure.n_rated}"
    return too_few_words(k) if figure.n_scored < k else "all rated comments sound alike"
