"""The one way to read a comment: its language, its sentiment and that of its clauses, its emotions, its themes."""

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

import msgspec
from msgspec import Struct

from analysis.text.sentiment import SentimentState, score
from analysis.text.themes import Pack, PackFile, ThemeHit, find_themes


class Leaning(StrEnum):
    """What a question asks for; under "What could we do better?" a bare noun is a wish."""

    OPEN = "open"
    BETTER = "better"
    LIKED = "liked"


class LinearModel(Struct, frozen=True):
    language: str


class ClauseReading(Struct, frozen=True):
    """The characters `start` to `stop` (not included) of the comment; `probability` is that of the state."""

    start: int
    stop: int
    state: SentimentState
    polarity: float | None
    probability: float | None


class EmotionHit(Struct, frozen=True, order=True):
    """The characters `start` to `stop` (not included) show `emotion`."""

    start: int
    stop: int
    emotion: str


class CommentReading(Struct, frozen=True, kw_only=True):
    """All that is read out of one comment. Polarity and probability are None where the state says nothing is known."""

    language: str | None
    state: SentimentState
    polarity: float | None
    probability: float | None
    analyser: str
    packs: str
    clauses: tuple[ClauseReading, ...]
    emotions: tuple[EmotionHit, ...]
    themes: tuple[ThemeHit, ...]


class ReadingRules(Struct, frozen=True):
    """What a workspace reads with: its theme packs and, by language, its own models. A value that can be pickled."""

    packs: tuple[PackFile, ...]
    models: tuple[LinearModel, ...] = ()


def read_comment(
    text: str, *, locale: str | None, offered: Iterable[str], leaning: Leaning, rules: ReadingRules
) -> CommentReading:
    """The same text under the same rules gives the same reading on every run and machine."""
    whole = score(text, locale, offered)
    clauses = (ClauseReading(0, len(text), whole.state, whole.polarity, None),)
    return CommentReading(
        language=whole.language,
        state=whole.state,
        polarity=whole.polarity,
        probability=None,
        analyser=whole.analyser,
        packs=rules_edition(rules),
        clauses=clauses,
        emotions=(),
        themes=find_themes(text, _packs(rules.packs)),
    )


def leaning_of(question: str) -> Leaning:
    """By the words of the question, in English."""
    return Leaning.BETTER if "better" in question.lower() else Leaning.OPEN


@lru_cache(maxsize=64)
def rules_edition(rules: ReadingRules) -> str:
    """A short hash: two workspaces that read alike have the same."""
    return hashlib.sha256(msgspec.json.encode(rules, order="sorted")).hexdigest()[:16]


@lru_cache(maxsize=64)
def _packs(files: tuple[PackFile, ...]) -> Sequence[Pack]:
    return tuple(map(Pack, files))
