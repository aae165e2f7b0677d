"""Words for which there is no theme yet: what low scorers say more often than high scorers do.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, "Fightin' Words", section 3.5.1) over words
and pairs of neighbouring words, counted by contacts: who says it ten times is one voice. The prior is how often all of
them together use a term.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt

from msgspec import Struct

from analysis.text.stop_words import NEGATIONS, stop_words
from analysis.text.words import Tokenizer

LEAST_CONTACTS = 5  # low scorers who say it
LEAST_Z = 1.96
MOST_TERMS = 30
MOST_EXAMPLES = 3
PRIOR_SHARE = 0.1  # the prior weighs as much as this share of all words said,
MOST_PRIOR_WORDS = 500.0  # and as many at most
_SHORTEST_WORD = 3
_LONGEST_TERM = 80  # characters, as the column holds them


class Side(StrEnum):
    LOW = "low"
    HIGH = "high"
    NEITHER = "neither"  # feeds the prior only


class Comment(Struct, frozen=True):
    """One comment in which no theme was found."""

    id: int
    contact: int
    text: str
    side: Side


class ProposedTerm(Struct, frozen=True):
    """A word or a pair of words; `z` is its log-odds over their standard error, `examples` are ids of comments."""

    term: str
    n_low: int  # contacts
    n_high: int
    z: float
    examples: tuple[int, ...]


class _Counted(Struct, frozen=True):
    """By side how many contacts say each term, and how many different words they say in all."""

    terms: dict[Side, Counter[str]]
    totals: dict[Side, int]


def side_of(x: float | None, state: str) -> Side:
    """Where somebody stands who rated the step with x, None where they did not, and wrote a comment of that state."""
    if (x is not None and x < 0) or state == "negative":
        return Side.LOW
    return Side.HIGH if (x is not None and x > 0) or state == "positive" else Side.NEITHER


def propose_terms(
    comments: Sequence[Comment], language: str, decided: Collection[str] = frozenset()
) -> tuple[ProposedTerm, ...]:
    """The most telling first; all comments in one language, the newest first. `decided` terms are left out.

    Each word is in one term at most, the strongest: when that has become a theme, the next can be seen.
    """
    said = _said_by(comments, language)
    counted = _count(said)
    candidates = [term for term, n in counted.terms[Side.LOW].items() if n >= LEAST_CONTACTS and term not in decided]
    by_z = sorted((-round(_z(term, counted), 9), term) for term in candidates)
    chosen = _without_same_words((term, -z) for z, term in by_z if -z >= LEAST_Z)
    return tuple(
        ProposedTerm(
            term,
            counted.terms[Side.LOW][term],
            counted.terms[Side.HIGH][term],
            z,
            _examples(term, comments, language),
        )
        for term, z in chosen
    )


def _said_by(comments: Sequence[Comment], language: str) -> dict[Side, dict[int, set[str]]]:
    """By side and contact the words they use and, of words that enough low scorers use, the pairs."""
    stop = stop_words(language)
    told = [(comment, _words(comment.text)) for comment in comments]
    said: dict[Side, dict[int, set[str]]] = {side: {} for side in Side}
    for comment, words in told:
        said[comment.side].setdefault(comment.contact, set()).update(word for word in words if _may_stand(word, stop))
    common = _common(said[Side.LOW].values()) | NEGATIONS
    for comment, words in told:
        said[comment.side][comment.contact].update(_pairs(words, common, stop))
    return said


def _common(said: Iterable[set[str]]) -> frozenset[str]:
    counts: Counter[str] = Counter()
    for words in said:
        counts.update(words)
    return frozenset(word for word, n in counts.items() if n >= LEAST_CONTACTS)


def _count(said: dict[Side, dict[int, set[str]]]) -> _Counted:
    terms = {side: Counter[str]() for side in Side}
    for side, by_contact in said.items():
        for found in by_contact.values():
            terms[side].update(found)
    totals = {side: sum(n for term, n in counts.items() if " " not in term) for side, counts in terms.items()}
    return _Counted(terms, totals)


def _z(term: str, counted: _Counted) -> float:
    """The difference of the two log-odds with the prior, over its standard error (equations 16, 20 and 22)."""
    low, high = counted.terms[Side.LOW][term], counted.terms[Side.HIGH][term]
    in_all, words = sum(counts[term] for counts in counted.terms.values()), sum(counted.totals.values())
    prior_words = min(MOST_PRIOR_WORDS, PRIOR_SHARE * words)
    prior = prior_words * in_all / words
    odds = [
        (said + prior) / max(1.0, total + prior_words - said - prior)
        for said, total in ((low, counted.totals[Side.LOW]), (high, counted.totals[Side.HIGH]))
    ]
    return (log(odds[0]) - log(odds[1])) / sqrt(1 / (low + prior) + 1 / (high + prior))


def _without_same_words(ranked: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    used: set[str] = set()
    chosen: list[tuple[str, float]] = []
    for term, z in ranked:
        words = set(term.split()) - NEGATIONS
        if not words & used and len(chosen) < MOST_TERMS:
            chosen.append((term, z))
            used |= words
    return chosen


def _examples(term: str, comments: Sequence[Comment], language: str) -> tuple[int, ...]:
    """The newest of different low scorers, no two alike."""
    stop, wanted = stop_words(language), frozenset(term.split())
    found: dict[int, int] = {}
    texts: set[str] = set()
    for comment in comments:
        if len(found) == MOST_EXAMPLES:
            break
        text = comment.text.lower()
        if comment.side is not Side.LOW or comment.contact in found or text in texts or term.split()[-1] not in text:
            continue
        words = _words(comment.text)
        if term in words or term in _pairs(words, wanted, stop):
            found[comment.contact] = comment.id
            texts.add(text)
    return tuple(found.values())


def _words(text: str) -> list[str]:
    return _tokenizer().split(text).texts


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    return Tokenizer()


def _pairs(words: Sequence[str], among: frozenset[str], stop: frozenset[str]) -> set[str]:
    """Neighbours with no sign between them; the first may deny the second."""
    return {
        f"{first} {second}"
        for first, second in pairwise(words)
        if second in among
        and first in among
        and _may_stand(second, stop)
        and (first in NEGATIONS or _may_stand(first, stop))
        and len(first) + len(second) < _LONGEST_TERM
    }


def _may_stand(word: str, stop: frozenset[str]) -> bool:
    """Whether a word may be a term of its own."""
    return (
        _SHORTEST_WORD <= len(word) <= _LONGEST_TERM
        and word not in stop
        and word not in NEGATIONS
        and word.replace("'", "").isalpha()
    )
