"""What a comment is about: themes from editable packs of phrases, each hit with its place in the text.

Packs are files people read and change (the notation is in `wordlists`). A theme's id, pack and all, never changes once
it has been given out: answers are counted by it. A comment may have any number of themes.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from analysis.text.sentiment import SentimentState
from analysis.text.wordlists import WordListFault, alternatives, read_word_list
from analysis.text.words import Tokenizer, Words

PACKS_FOLDER = Path(__file__).parent / "packs"
SHIPPED = ("general", "software")

_GAP = ("...",)
_GAP_WORDS = 3
_MAX_GAPS = 2  # each gap multiplies the ways to match by four
_SHORTEST_PREFIX = 3
_NEGATION_REACH = 3  # "not very easy to use" is no praise, "never had a bug" no pain
_NEGATIONS = frozenset(
    [
        "arent",
        "barely",
        "didnt",
        "doesnt",
        "dont",
        "hadnt",
        "hardly",
        "hasnt",
        "havent",
        "isnt",
        "never",
        "no",
        "not",
        "nothing",
        "wasnt",
        "werent",
        "without",
        "wont",
        "wouldnt",
    ]
)
_SENTENCE_ENDS = frozenset(".!?\n")
_CLAUSE_ENDS = frozenset(",;:().!?\n") | {"but"}
_REMEMBERED_WORDS = 20_000
_TOKENIZER = Tokenizer()

Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]


class Tone(StrEnum):
    PAIN = "pain"
    EITHER = "either"  # what is spoken of, with praise or with pain: the clause it stands in decides
    PRAISE = "praise"


def is_pain_mention(tone: Tone, state: SentimentState | str) -> bool:
    """Whether a mention tells a pain; `state` is that of the clause it stands in."""
    return tone is Tone.PAIN or (tone is Tone.EITHER and state in _PAINED)


def is_praise_mention(tone: Tone, state: SentimentState | str) -> bool:
    return tone is Tone.PRAISE or (tone is Tone.EITHER and state == SentimentState.POSITIVE)


_PAINED = frozenset({SentimentState.NEGATIVE, SentimentState.MIXED})


class Theme(Struct, frozen=True, forbid_unknown_fields=True):
    """One theme of a pack; `id` is unique within it."""

    id: Identifier
    title: Annotated[str, Meta(min_length=1)]
    description: Annotated[str, Meta(min_length=1)]
    tone: Tone
    phrases: Annotated[tuple[str, ...], Meta(min_length=1)]


class PackFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A theme pack as it stands in its file."""

    id: Identifier
    version: Annotated[int, Meta(ge=1)]
    language: str
    title: str
    themes: Annotated[tuple[Theme, ...], Meta(min_length=1)]


class ThemeHit(Struct, frozen=True, order=True):
    """Characters `start` to `stop` (not included) of the text speak of `theme`, e.g. "general.slow"."""

    start: int
    stop: int
    theme: str
    clause: int = 0


class _Element(NamedTuple):
    """What may stand at one place of a phrase; neither words nor prefixes for a gap."""

    words: frozenset[str]
    prefixes: tuple[str, ...]


class _Pattern(NamedTuple):
    theme: str
    elements: tuple[_Element, ...]  # after the first word
    begins_negated: bool  # "can't find" keeps its meaning, "no integration" too


class Pack:
    """A pack whose phrases were checked; raises WordListFault with the place of the first that can't be used."""

    def __init__(self, content: PackFile) -> None:
        self.id = content.id
        self.version = content.version
        self.language = content.language
        self.themes = {f"{content.id}.{theme.id}": theme for theme in content.themes}
        if len(self.themes) < len(content.themes):
            raise WordListFault(f"{content.id}: two themes have the same id")
        self.by_word: dict[str, list[_Pattern]] = {}
        self.by_prefix: dict[str, list[_Pattern]] = {}
        for number, theme in enumerate(content.themes):
            for line, phrase in enumerate(theme.phrases):
                self._add(f"{content.id}: at `$.themes[{number}].phrases[{line}]`", f"{content.id}.{theme.id}", phrase)

    def _add(self, place: str, theme: str, phrase: str) -> None:
        try:
            firsts, *rest = alternatives(phrase.replace("'", ""), is_pattern=True)
        except ValueError as fault:
            raise WordListFault(f"{place}: {fault}") from fault
        if firsts == _GAP or (rest and rest[-1] == _GAP) or rest.count(_GAP) > _MAX_GAPS:
            raise WordListFault(f"{place}: `...` stands between words, at most {_MAX_GAPS} times")
        elements = tuple(map(_element, rest))
        for first in firsts:
            stem = first.rstrip("*")
            if stem != first and len(stem) < _SHORTEST_PREFIX:
                raise WordListFault(f"{place}: `{first}` needs at least {_SHORTEST_PREFIX} letters")
            index = self.by_word if stem == first else self.by_prefix
            index.setdefault(stem, []).append(_Pattern(theme, elements, first in _NEGATIONS))


class ThemeFinder:
    """Packs made into one index of patterns by their first word: work grows with the text and not with the packs."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._by_word: dict[str, list[_Pattern]] = {}
        self._by_prefix: dict[str, list[_Pattern]] = {}
        for pack in packs:
            for word, patterns in pack.by_word.items():
                self._by_word.setdefault(word, []).extend(patterns)
            for prefix, patterns in pack.by_prefix.items():
                self._by_prefix.setdefault(prefix, []).extend(patterns)
        self._known: dict[str, tuple[_Pattern, ...]] = {}  # what was found for the words met so far

    def find(self, written: Words) -> tuple[ThemeHit, ...]:
        """Every theme in the words, in the order of the text.

        Where hits of one theme overlap, the first counts, and the longest of those that begin together.
        """
        known = self._known
        words = [text.replace("'", "") if "'" in text else text for text in written.texts]
        hits: list[ThemeHit] = []
        for place, word in enumerate(words):
            patterns = known.get(word)
            if patterns is None:
                patterns = self._patterns_of(word)
            for pattern in patterns:
                last = _match(words, place, pattern.elements)
                if last is not None and (pattern.begins_negated or not _is_negated(words, place)):
                    hits.append(ThemeHit(written.starts[place], written.stops[last], pattern.theme))
        return _without_overlaps(hits) if len(hits) > 1 else tuple(hits)

    def _patterns_of(self, word: str) -> tuple[_Pattern, ...]:
        found = list(self._by_word.get(word, ()))
        for length in range(_SHORTEST_PREFIX, len(word) + 1):
            found += self._by_prefix.get(word[:length], ())
        if len(self._known) < _REMEMBERED_WORDS:
            self._known[word] = tuple(found)
        return tuple(found)


def load_pack(path: Path) -> Pack:
    """Reads a pack file; raises WordListFault naming the file and the place in it."""
    try:
        return Pack(read_word_list(path, PackFile))
    except WordListFault as fault:
        raise WordListFault(f"theme pack {fault}") from fault


@lru_cache(maxsize=1)
def shipped_packs() -> tuple[Pack, ...]:
    return tuple(load_pack(PACKS_FOLDER / f"{name}.yaml") for name in SHIPPED)


@lru_cache(maxsize=1)
def shipped_pack_files() -> tuple[PackFile, ...]:
    """Every pack that ships, by file name; a workspace reads with those of DEFAULT_PACKS unless it chooses others."""
    return tuple(read_word_list(path, PackFile) for path in sorted(PACKS_FOLDER.glob("*.yaml")))


def find_themes(text: str, packs: Sequence[Pack]) -> tuple[ThemeHit, ...]:
    """Every theme of the packs in the text's first 10,000 characters."""
    return _finder(tuple(packs)).find(_TOKENIZER.split(text))


@lru_cache(maxsize=16)
def _finder(packs: tuple[Pack, ...]) -> ThemeFinder:
    return ThemeFinder(packs)


def _element(choices: tuple[str, ...]) -> _Element:
    if choices == _GAP:
        return _Element(frozenset(), ())
    words = frozenset(choice for choice in choices if not choice.endswith("*"))
    return _Element(words, tuple(choice[:-1] for choice in choices if choice.endswith("*")))


def _match(words: list[str], place: int, elements: tuple[_Element, ...]) -> int | None:
    """The place of the last word where the elements follow `place` in the same sentence, or None.

    Signs that end no sentence stand between words without counting.
    """
    for number, (choices, prefixes) in enumerate(elements):
        if not choices and not prefixes:
            return _match_after_gap(words, place, elements[number + 1 :])
        place = _next(words, place)
        if place < 0:
            return None
        word = words[place]
        if word not in choices and not (prefixes and word.startswith(prefixes)):
            return None
    return place


def _match_after_gap(words: list[str], place: int, rest: tuple[_Element, ...]) -> int | None:
    for _ in range(_GAP_WORDS + 1):
        last = _match(words, place, rest)
        if last is not None:
            return last
        place = _next(words, place)
        if place < 0:
            return None
    return None


def _next(words: list[str], place: int) -> int:
    """The place of the next word of the sentence, or -1."""
    for later in range(place + 1, len(words)):
        word = words[later]
        if word[0].isalnum():
            return later
        if word in _SENTENCE_ENDS:
            return -1
    return -1


def _is_negated(words: list[str], place: int) -> bool:
    """Whether one of the words before it, in the same clause, is a negation."""
    reach = _NEGATION_REACH
    for earlier in range(place - 1, -1, -1):
        word = words[earlier]
        if word in _CLAUSE_ENDS or not reach:
            return False
        if word in _NEGATIONS:
            return True
        reach -= word[0].isalnum()
    return False


def _without_overlaps(hits: Iterable[ThemeHit]) -> tuple[ThemeHit, ...]:
    kept: list[ThemeHit] = []
    ends: dict[str, int] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.stop, hit.theme)):
        if hit.start >= ends.get(hit.theme, 0):
            kept.append(hit)
            ends[hit.theme] = hit.stop
    return tuple(sorted(kept))
