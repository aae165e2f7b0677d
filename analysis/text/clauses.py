"""Where one clause of a comment ends and the next begins: "great staff, but the app crashed" is a praise and a pain.

A clause ends with its sentence, before a word of contrast, and at a comma or an "and" where praise turns into pain or
pain into praise.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

SENTENCE_ENDS = frozenset(".!?\n;")
CONTRASTS = frozenset(
    {"but", "however", "though", "although", "whereas", "yet", "except", "nevertheless", "unfortunately"}
)
_JOINTS = frozenset({",", "and", "while", ":", "(", ")", "/", "-", "–"})
_SHORTEST = 2  # words a clause has at least; a shorter one belongs to its neighbour


class Span(NamedTuple):
    """Words `first` to `last` (both included)."""

    first: int
    last: int


def clause_spans(words: Sequence[str], feelings: Sequence[tuple[int, float]]) -> list[Span]:
    """The clauses in order; every word is in exactly one. `feelings` are (place, polarity), ordered by place."""
    if not words:
        return []
    starts = _without_short(_starts(words, feelings), words)
    return [Span(start, after - 1) for start, after in pairwise([*starts, len(words)])]


def _starts(words: Sequence[str], feelings: Sequence[tuple[int, float]]) -> list[int]:
    starts = {0}
    for place, word in enumerate(words):
        if word in SENTENCE_ENDS:
            starts.add(place + 1)
        elif word in CONTRASTS and place:
            starts.add(place)
    starts |= _turns(words, feelings)
    return sorted(start for start in starts if start < len(words))


def _turns(words: Sequence[str], feelings: Sequence[tuple[int, float]]) -> set[int]:
    """At the last joint between a feeling and one of the other sign."""
    found = set()
    for (before, one), (after, other) in pairwise(feelings):
        if one * other < 0:
            joint = next((place for place in range(after - 1, before, -1) if words[place] in _JOINTS), None)
            if joint is not None:
                found.add(joint + 1)
    return found


def _without_short(starts: Sequence[int], words: Sequence[str]) -> list[int]:
    """A run of signs, or a single word that another clause follows in the same breath, begins no clause of its own."""
    kept = [0]
    for start, after in pairwise([*starts, len(words)]):
        spoken = sum(word[0].isalnum() for word in words[start:after])
        if start and spoken >= _SHORTEST:
            kept.append(start)
    return kept
