"""The one way to read a comment: its language, its sentiment and that of its clauses, its emotions, its themes."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from analysis.text.evidence import Leaning
from analysis.text.felt_emotions import EmotionHit, find_emotions
from analysis.text.heard import ENGLISH, Heard, english_analyser, hear
from analysis.text.judging import NOT_SCORED, Judge, Judgement, LinearJudge, PatternJudge
from analysis.text.language import language_of
from analysis.text.linear_model import LinearModel
from analysis.text.sentiment import SentimentState
from analysis.text.themes import Pack, PackFile, ThemeFinder, ThemeHit

ENGLISH_MODEL = Path(__file__).parent / "models" / "english.json"
_REMEMBERED_RULES = 64


class Layer(StrEnum):
    """What judges English where a workspace has no model of its own."""

    LEXICON = "lexicon"  # layer (a) of METHOD
    LINEAR = "linear"  # layer (b), the one that measures best


class ClauseReading(Struct, frozen=True):
    """The characters `start` to `stop` (not included) of the comment; `probability` is that of the state."""

    start: int
    stop: int
    state: SentimentState
    polarity: float | None
    probability: float | None


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


class ReadingRules(Struct, frozen=True, eq=False):
    """What a workspace reads with: its theme packs and its own models. A value that can be pickled.

    `edition` is a short hash of all of it: two workspaces that read alike have the same.
    """

    packs: tuple[PackFile, ...]
    models: tuple[LinearModel, ...] = ()
    layer: Layer = Layer.LINEAR
    edition: str = ""

    def __post_init__(self) -> None:
        content = msgspec.json.encode((self.packs, self.models, self.layer), order="sorted")
        msgspec.structs.force_setattr(self, "edition", hashlib.sha256(content).hexdigest()[:16])

    def __hash__(self) -> int:
        return hash(self.edition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReadingRules) and other.edition == self.edition


def read_comment(
    text: str, *, locale: str | None, offered: Iterable[str], leaning: Leaning, rules: ReadingRules
) -> CommentReading:
    """The same text under the same rules gives the same reading on every run and machine.

    Texts longer than 10,000 characters are read that far: what is bounded can't be made to stall a worker.
    """
    return _reader(rules).read(text, locale, offered, leaning)


def analyser_version(rules: ReadingRules, language: str | None = ENGLISH) -> str:
    """What scores of comments in that language are stored with under these rules."""
    return _reader(rules).judge_of(language).version


class _Reader:
    """Rules made ready for use; building one takes a moment, so they are remembered."""

    def __init__(self, rules: ReadingRules) -> None:
        self._edition = rules.edition
        languages = sorted({file.language for file in rules.packs})
        self._finders = {
            language: ThemeFinder([Pack(file) for file in rules.packs if file.language == language])
            for language in languages
        }
        self._english = _english_judge(rules.layer)
        shipped = shipped_model()
        self._own: dict[str, Judge] = {
            model.language: LinearJudge(model, shipped if model.language == ENGLISH else None) for model in rules.models
        }

    def judge_of(self, language: str | None) -> Judge:
        return self._own.get(language or ENGLISH, self._english)

    def read(self, text: str, locale: str | None, offered: Iterable[str], leaning: Leaning) -> CommentReading:
        language = language_of(text, locale, offered)
        judge = self.judge_of(language.code)
        finder = self._finders.get(language.code) if language.code else None
        is_scored = language.is_scored or language.code in self._own
        heard = hear(text, language.code) if is_scored or finder else None
        whole, clauses = self._judged(heard, judge, leaning) if heard and is_scored else (NOT_SCORED, ())
        return CommentReading(
            language=language.code,
            state=whole.state,
            polarity=whole.polarity,
            probability=whole.probability,
            analyser=judge.version,
            packs=self._edition,
            clauses=clauses,
            emotions=find_emotions(heard) if heard and language.is_scored else (),
            themes=_in_clauses(finder.find(heard.written), clauses) if heard and finder else (),
        )

    def _judged(self, heard: Heard, judge: Judge, leaning: Leaning) -> tuple[Judgement, tuple[ClauseReading, ...]]:
        whole, parts = judge.read(heard, leaning)
        return whole, tuple(
            ClauseReading(
                heard.place(span.first)[0], heard.place(span.last)[1], one.state, one.polarity, one.probability
            )
            for span, one in parts
        )


def _in_clauses(hits: tuple[ThemeHit, ...], clauses: Sequence[ClauseReading]) -> tuple[ThemeHit, ...]:
    """Each hit belongs to the clause it begins in."""
    if len(clauses) < 2:
        return hits
    starts = [clause.start for clause in clauses]
    return tuple(ThemeHit(hit.start, hit.stop, hit.theme, max(0, bisect_right(starts, hit.start) - 1)) for hit in hits)


@lru_cache(maxsize=_REMEMBERED_RULES)
def _reader(rules: ReadingRules) -> _Reader:
    return _Reader(rules)


@lru_cache(maxsize=len(Layer))
def _english_judge(layer: Layer) -> Judge:
    return LinearJudge(shipped_model()) if layer is Layer.LINEAR else PatternJudge(english_analyser().version)


@lru_cache(maxsize=1)
def shipped_model() -> LinearModel:
    """The model of English that ships, made by `python -m training`."""
    return msgspec.json.decode(ENGLISH_MODEL.read_bytes(), type=LinearModel)


_QUESTIONS = {
    Leaning.BETTER: ("better", "improve", "we change", "you change", "missing", "differently", "you wish"),
    Leaning.LIKED: ("like most", "liked", "like best", "enjoy", "went well", "do well"),
}


def leaning_of(question: str) -> Leaning:
    """By the words of the question, in English; a question that asks for both is open."""
    asked = question.lower()
    found = [leaning for leaning, signs in _QUESTIONS.items() if any(sign in asked for sign in signs)]
    return found[0] if len(found) == 1 else Leaning.OPEN
