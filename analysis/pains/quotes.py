"""Which comments stand for a theme: at most three quotes and one that contradicts them, always the same ones.

Central first (closest to what all of them say), then different from those chosen, then recent (METHOD, section 10).
Everything shown is redacted, and so is everything compared, so that no order number decides what is central.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from math import fsum, log, sqrt

from msgspec import Struct

from analysis.text.redaction import redact
from analysis.text.wordlists import MAX_READ_CHARACTERS

MAX_QUOTES = 3
MAX_QUOTE_CHARACTERS = 280
SHOWN_FROM = 5  # fewer contacts than this have no quote: k of the report
_DIVERSITY = 0.7  # how much likeness to a chosen quote counts against a candidate
_SAME = 0.9  # a cosine from which two quotes say the same
_FULL_WEIGHT_WORDS = 6  # a shorter comment is central to everything and tells nothing
_MAX_CANDIDATES = 2_000  # the most recent ones; the choice hardly changes beyond
_PLACEHOLDER = re.compile(r"\[[a-z-]{1,10}\]")
_WORD = re.compile(r"[^\W\d_]{3,30}")

_Vector = dict[str, float]


class Candidate(Struct, frozen=True):
    """A comment that may be quoted; `x` is the experience in [-1, 1] given with it, None where none was."""

    id: str
    text: str
    x: float | None
    submitted_at: datetime


class Quote(Struct, frozen=True):
    """A redacted comment, cut to 280 characters."""

    id: str
    text: str
    x: float | None


class QuoteChoice(Struct, frozen=True, kw_only=True):
    """ "3 of 27 shown": len(quotes) of n_candidates. Suppressed means that there are too few contacts to show any."""

    quotes: tuple[Quote, ...]
    counter_quote: Quote | None
    n_candidates: int
    is_suppressed: bool


class Words(Struct, frozen=True):
    """A comment as it may be shown, and how often each of its words is in it."""

    text: str
    counts: Counter[str]


class _Reading(Struct, frozen=True):
    candidate: Candidate
    text: str
    vector: _Vector
    words: int


def read_candidate(candidate: Candidate) -> Words:
    """Most of the work of choosing: who chooses often among the same comments remembers it."""
    text = _shortened(redact(candidate.text[:MAX_READ_CHARACTERS]))
    return Words(text, Counter(_WORD.findall(_PLACEHOLDER.sub(" ", text).lower())))


def choose_quotes(
    mentions: Sequence[Candidate],
    others: Sequence[Candidate],
    *,
    n_contacts: int,
    shown_from: int = SHOWN_FROM,
    read: Callable[[Candidate], Words] = read_candidate,
) -> QuoteChoice:
    """Chooses among `mentions`, the comments of the theme; `others` are comments of the same touchpoint without it.

    `n_contacts` counts the people behind the mentions: one who complained six times is not six. The counter-quote is a
    comment whose x lies on the other side of 0 from the mean x of the mentions, from either group; such a comment is
    never one of the quotes, so that the only contradiction is not taken for agreement. The order of the input does not
    matter.
    """
    if n_contacts < shown_from:
        return QuoteChoice(quotes=(), counter_quote=None, n_candidates=len(mentions), is_suppressed=True)
    side = _side(mentions)
    chosen = _choose(_read((one for one in mentions if not _contradicts(one, side)), read), MAX_QUOTES)
    everybody = {candidate.id: candidate for candidate in (*others, *mentions)}
    counter = _choose(_read((one for one in everybody.values() if _contradicts(one, side)), read), 1)
    return QuoteChoice(
        quotes=tuple(map(_quote, chosen)),
        counter_quote=_quote(counter[0]) if counter else None,
        n_candidates=len(mentions),
        is_suppressed=False,
    )


def _side(mentions: Sequence[Candidate]) -> float:
    """Mean x of those rated; 0, which nothing contradicts, where none is."""
    rated = [candidate.x for candidate in mentions if candidate.x is not None]
    return fsum(rated) / len(rated) if rated else 0.0


def _contradicts(candidate: Candidate, side: float) -> bool:
    return candidate.x is not None and candidate.x * side < 0


def _read(candidates: Iterable[Candidate], read: Callable[[Candidate], Words]) -> list[_Reading]:
    """The readable candidates, most recent first, each with its tf-idf vector of length 1."""
    recent = sorted(candidates, key=lambda candidate: candidate.id)
    recent.sort(key=lambda candidate: candidate.submitted_at, reverse=True)
    found = [(candidate, read(candidate)) for candidate in recent[:_MAX_CANDIDATES]]
    counted = [(candidate, words) for candidate, words in found if words.counts]
    frequencies = Counter(word for _, words in counted for word in words.counts)
    return [
        _Reading(candidate, words.text, _vector(words.counts, frequencies, len(counted)), words.counts.total())
        for candidate, words in counted
    ]


def _vector(words: Counter[str], frequencies: Counter[str], n: int) -> _Vector:
    weights = {word: (1 + log(count)) * log(1 + n / frequencies[word]) for word, count in words.items()}
    length = sqrt(fsum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()}


def _choose(readings: list[_Reading], wanted: int) -> list[_Reading]:
    """Greedy: the most central, then those central and unlike the chosen; earlier (more recent) readings win ties."""
    centrality = _centralities(readings)
    likeness = [0.0] * len(readings)
    chosen: list[_Reading] = []
    while len(chosen) < wanted:
        left = [place for place, like in enumerate(likeness) if like < _SAME]
        if not left:
            break
        # Rounded, so that the last bit of a sum never decides between two comments: recency does.
        best = max(left, key=lambda place: (round(centrality[place] - _DIVERSITY * likeness[place], 6), -place))
        chosen.append(readings[best])
        likeness = [
            max(like, _cosine(reading.vector, readings[best].vector))
            for like, reading in zip(likeness, readings, strict=True)
        ]
        likeness[best] = 1.0
    return chosen


def _centralities(readings: list[_Reading]) -> list[float]:
    """Cosine to the sum of all vectors, less for comments of a few words."""
    weights: dict[str, list[float]] = {}
    for reading in readings:
        for word, weight in reading.vector.items():
            weights.setdefault(word, []).append(weight)
    centre = {word: fsum(found) for word, found in weights.items()}
    length = sqrt(fsum(weight * weight for weight in centre.values())) or 1.0
    return [
        _cosine(reading.vector, centre) / length * min(1.0, reading.words / _FULL_WEIGHT_WORDS) for reading in readings
    ]


def _cosine(one: _Vector, other: _Vector) -> float:
    return fsum(weight * other[word] for word, weight in one.items() if word in other)


def _quote(reading: _Reading) -> Quote:
    return Quote(reading.candidate.id, reading.text, reading.candidate.x)


def _shortened(text: str) -> str:
    """On one line, cut after a whole word."""
    line = " ".join(text.split())
    if len(line) <= MAX_QUOTE_CHARACTERS:
        return line
    cut = line[: MAX_QUOTE_CHARACTERS - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"
