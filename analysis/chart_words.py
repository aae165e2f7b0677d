"""How charts write their figures, and the table that stands behind each of those beside the curve."""

from msgspec import Struct

from analysis.report import Interval
from core.templating import day_words as day_words  # pages write days alike

MINUS = "−"
NO_BREAK = "\xa0"  # a blank at which no line may break
NOT_SHOWN = "not shown"


class Table(Struct, frozen=True):
    """Every figure of a picture as text; each row has a cell for each header."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def signed(x: float) -> str:
    """An experience or a difference of two, to two digits; nothing is minus zero."""
    return f"{round(x, 2) + 0.0:+.2f}".replace("-", MINUS)


def span(interval: Interval | None) -> str:
    return f"{signed(interval.lo)} to {signed(interval.hi)}" if interval else ""


def percent(share: float) -> str:
    return f"{share * 100:.0f}{NO_BREAK}%"


def percent_span(interval: Interval) -> str:
    return f"{interval.lo * 100:.0f} to {percent(interval.hi)}"


def level_words(confidence: float) -> str:
    return f"{confidence * 100:g}{NO_BREAK}% interval"
