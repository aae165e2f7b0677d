"""A comment cut into pieces by what was read out of it, so that a page marks the words and never writes them."""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from analysis.text.sentiment import SentimentState


class ClauseSpan(Struct, frozen=True):
    """The characters `start` to `stop` (not included) and how they sound."""

    start: int
    stop: int
    state: SentimentState
    probability: float | None


class Mark(Struct, frozen=True):
    """The characters `start` to `stop` (not included) speak of `theme`, or show `emotion`."""

    start: int
    stop: int
    theme: str = ""
    emotion: str = ""


class Piece(Struct, frozen=True):
    """Neighbouring characters that share their marks."""

    text: str
    themes: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()


class MarkedClause(Struct, frozen=True):
    """A clause, or what stands between two (`state` is None)."""

    state: SentimentState | None
    probability: float | None
    pieces: tuple[Piece, ...]


def marked_text(text: str, clauses: Sequence[ClauseSpan], marks: Sequence[Mark]) -> tuple[MarkedClause, ...]:
    """Every character of the text stands in exactly one piece, in order; spans that lie outside the text are cut off.

    `clauses` are in order and don't overlap; marks may, and may reach from one clause into the next.
    """
    own = {clause.start: clause for clause in clauses if clause.start < clause.stop}
    borders = _borders(len(text), clauses)
    pieces = _pieces(text, marks, borders)
    found = []
    place = 0
    for start, stop in pairwise(borders):
        run = []
        while place < len(pieces) and pieces[place][0] < stop:
            run.append(pieces[place][1])
            place += 1
        clause = own.get(start)
        found.append(MarkedClause(clause.state if clause else None, clause.probability if clause else None, tuple(run)))
    return tuple(found)


def _borders(length: int, spans: Sequence[ClauseSpan | Mark]) -> list[int]:
    """The places in 0 to `length`, both included, at which a span begins or ends."""
    places = {0, length}
    for span in spans:
        places |= {span.start, span.stop}
    return sorted(place for place in places if 0 <= place <= length)


def _pieces(text: str, marks: Sequence[Mark], borders: Sequence[int]) -> list[tuple[int, Piece]]:
    """Each with the place where it begins."""
    cuts = sorted({*borders, *_borders(len(text), marks)})
    waiting = sorted(marks, key=lambda mark: -mark.start)
    here: list[Mark] = []
    found = []
    for start, stop in pairwise(cuts):
        while waiting and waiting[-1].start <= start:
            here.append(waiting.pop())
        here = [mark for mark in here if mark.stop > start]
        themes = dict.fromkeys(mark.theme for mark in here if mark.theme)
        emotions = dict.fromkeys(mark.emotion for mark in here if mark.emotion)
        found.append((start, Piece(text[start:stop], tuple(themes), tuple(emotions))))
    return found
