"""What a linear model weighs in a comment: its words, pairs of words, and what the lexicon found in it.

Terms are named so that people can read a model: "slow", "not slow" (a pair), "~slow" (within reach of a negation),
"=pain" (a figure of the lexicon), "?better" (what the question asks for).
"""

from collections.abc import Sequence
from enum import StrEnum
from math import sqrt
from typing import Protocol

NEGATIONS = frozenset({"not", "no", "never", "nothing", "nobody", "none", "without", "hardly", "barely"})
_SCOPE = 5  # words a negation reaches
_SCOPE_ENDS = frozenset({"but", "however", "though", "although"})
_USUAL_WORDS = 12  # a longer comment's words weigh less each, so that its length alone convinces nobody
_SHORT = 3  # words of an answer that may be a bare noun
_START = "^"
_STRONGEST = 2.0  # sums of praise and pain count up to here
# Words that say nothing by themselves; in pairs they do ("too much"). No negation is among them.
_STOP = frozenset(
    [
        "i",
        "me",
        "my",
        "mine",
        "we",
        "us",
        "our",
        "ours",
        "you",
        "your",
        "yours",
        "he",
        "him",
        "his",
        "she",
        "her",
        "hers",
        "it",
        "its",
        "they",
        "them",
        "their",
        "theirs",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "the",
        "a",
        "an",
        "and",
        "or",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "off",
        "on",
        "onto",
        "out",
        "over",
        "to",
        "up",
        "with",
        "about",
        "after",
        "again",
        "all",
        "am",
        "are",
        "be",
        "been",
        "being",
        "before",
        "below",
        "both",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "down",
        "during",
        "each",
        "few",
        "had",
        "has",
        "have",
        "having",
        "how",
        "if",
        "is",
        "just",
        "more",
        "most",
        "much",
        "other",
        "own",
        "same",
        "should",
        "so",
        "some",
        "such",
        "than",
        "then",
        "through",
        "under",
        "until",
        "very",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "why",
        "will",
        "would",
        "also",
        "got",
        "get",
        "gets",
        "one",
        "two",
        "three",
        "now",
        "even",
        "because",
        "since",
        "still",
        "too",
        "only",
        "really",
    ]
) | {_START, "0"}


class Leaning(StrEnum):
    """What a question asks for; under "What could we do better?" a bare noun is a wish."""

    OPEN = "open"
    BETTER = "better"
    LIKED = "liked"


class Hit(Protocol):
    """A phrase of the lexicon that was found."""

    @property
    def polarity(self) -> float: ...


def evidence(words: Sequence[str], hits: Sequence[Hit] | None, polarity: float, leaning: Leaning) -> dict[str, float]:
    """Each term and how much of it there is; `polarity` is that of the lexicon's reading, in [-1, 1].

    `hits` is None in a language without a lexicon: there its silence says nothing.
    """
    figures = {} if hits is None else _figures(words, hits, polarity)
    return _terms(words) | figures | _question(words, leaning)


def _terms(words: Sequence[str]) -> dict[str, float]:
    terms: dict[str, float] = {}
    before, reach = _START, 0
    for word in words:
        if not word[0].isalnum():
            terms[word] = 1.0
            before, reach = _START, 0
            continue
        word = "0" if word.isdigit() else word
        is_stop = word in _STOP
        if not is_stop:
            terms[word] = 1.0
            if reach > 0:
                terms[f"~{word}"] = 1.0
        if not is_stop or before not in _STOP:
            terms[f"{before} {word}"] = 1.0
        reach = _SCOPE if word in NEGATIONS else 0 if word in _SCOPE_ENDS else reach - 1
        before = word
    if len(terms) > _USUAL_WORDS:
        each = sqrt(_USUAL_WORDS / len(terms))
        return dict.fromkeys(terms, each)
    return terms


def _figures(words: Sequence[str], hits: Sequence[Hit], polarity: float) -> dict[str, float]:
    if not hits:
        return {"=silence": 1.0}
    felt = [hit.polarity for hit in hits]
    praise = min(_STRONGEST, sum(one for one in felt if one > 0))
    pain = min(_STRONGEST, -sum(one for one in felt if one < 0))
    return {
        "=polarity": polarity,
        "=praise": praise,
        "=pain": pain,
        "=some praise": float(praise > 0),
        "=some pain": float(pain > 0),
        "=both": min(praise, pain, 1.0),
        "=first": felt[0],
        "=last": felt[-1],
        "=best": max(felt),
        "=worst": min(felt),
        "=dense": abs(polarity) / sqrt(len(words)),
    }


def _question(words: Sequence[str], leaning: Leaning) -> dict[str, float]:
    if leaning is Leaning.OPEN:
        return {}
    spoken = sum(word[0].isalnum() for word in words)
    return {f"?{leaning}": 1.0, f"?{leaning} short": float(spoken <= _SHORT)}
