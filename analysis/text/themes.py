"""What a comment is about: themes from editable packs of phrases, each hit with its place in the text.

Packs are files people read and change (the notation is in `wordlists`). A theme's id, pack and all, never changes once
it has been given out: answers are counted by it. A comment may have any number of themes.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from analysis.text.sentiment import SentimentState
from analysis.text.wordlists import MAX_READ_CHARACTERS, WordListFault, alternatives, read_word_list

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
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?\n]")
_CLAUSE_END = re.compile(r"[,;:()]")
_REMEMBERED_WORDS = 20_000

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


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    sentence: int
    clause: int


class Pack:
    """A pack ready for use: patterns by their first word, so that work grows with the text and not with the pack."""

    def __init__(self, content: PackFile) -> None:
        self.id = content.id
        self.version = content.version
        self.themes = {f"{content.id}.{theme.id}": theme for theme in content.themes}
        if len(self.themes) < len(content.themes):
            raise WordListFault(f"{content.id}: two themes have the same id")
        self._by_word: dict[str, list[_Pattern]] = {}
        self._by_prefix: dict[str, list[_Pattern]] = {}
        for number, theme in enumerate(content.themes):
            for line, phrase in enumerate(theme.phrases):
                self._add(f"{content.id}: at `$.themes[{number}].phrases[{line}]`", f"{content.id}.{theme.id}", phrase)
        self.patterns_of = lru_cache(maxsize=_REMEMBERED_WORDS)(self._patterns_of)

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
            index = self._by_word if stem == first else self._by_prefix
            index.setdefault(stem, []).append(_Pattern(theme, elements, first in _NEGATIONS))

    def _patterns_of(self, word: str) -> tuple[_Pattern, ...]:
        found = list(self._by_word.get(word, ()))
        for length in range(_SHORTEST_PREFIX, len(word) + 1):
            found += self._by_prefix.get(word[:length], ())
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
    """Every theme of the packs in the text's first 10,000 characters, in the order of the text.

    Where hits of one theme overlap, the first counts, and the longest of those that begin together.
    """
    words = _words(text[:MAX_READ_CHARACTERS])
    hits: list[ThemeHit] = []
    for place, word in enumerate(words):
        for pack in packs:
            for pattern in pack.patterns_of(word.text):
                last = _match(words, place, pattern.elements)
                if last is not None and (pattern.begins_negated or not _is_negated(words, place)):
                    hits.append(ThemeHit(word.start, words[last].end, pattern.theme))
    return _without_overlaps(hits)


def _words(text: str) -> list[_Word]:
    """The words, lower case and without apostrophes, with the sentence and the clause each stands in."""
    folded = _folded(text)
    words: list[_Word] = []
    sentence = clause = end = 0
    for found in _WORD.finditer(folded):
        start = found.start()
        if start > end + 1:
            between = folded[end:start]
            if _SENTENCE_END.search(between):
                sentence, clause = sentence + 1, clause + 1
            elif _CLAUSE_END.search(between):
                clause += 1
        word = found.group().replace("'", "")
        clause += word == "but"
        end = found.end()
        words.append(_Word(word, start, end, sentence, clause))
    return words


def _folded(text: str) -> str:
    """Lower case with straight apostrophes, each character at its place."""
    straight = text.replace("’", "'").replace("‘", "'")
    lower = straight.lower()
    if len(lower) == len(text):
        return lower
    # A few letters, the dotted capital I among them, become two in lower case, which would shift every span after them.
    return "".join(folded if len(folded := letter.lower()) == 1 else letter for letter in straight)


def _element(choices: tuple[str, ...]) -> _Element:
    if choices == _GAP:
        return _Element(frozenset(), ())
    words = frozenset(choice for choice in choices if not choice.endswith("*"))
    return _Element(words, tuple(choice[:-1] for choice in choices if choice.endswith("*")))


def _match(words: list[_Word], place: int, elements: tuple[_Element, ...]) -> int | None:
    """The place of the last word where the elements follow `place` in the same sentence, or None."""
    sentence = words[place].sentence
    for number, (choices, prefixes) in enumerate(elements):
        if not choices and not prefixes:
            rest = elements[number + 1 :]
            reach = range(place, min(place + _GAP_WORDS + 1, len(words)))
            tries = (_match(words, later, rest) for later in reach if words[later].sentence == sentence)
            return next((last for last in tries if last is not None), None)
        place += 1
        if place >= len(words) or words[place].sentence != sentence:
            return None
        word = words[place].text
        if word not in choices and not (prefixes and word.startswith(prefixes)):
            return None
    return place


def _is_negated(words: list[_Word], place: int) -> bool:
    clause = words[place].clause
    before = words[max(0, place - _NEGATION_REACH) : place]
    return any(word.clause == clause and word.text in _NEGATIONS for word in before)


def _without_overlaps(hits: Iterable[ThemeHit]) -> tuple[ThemeHit, ...]:
    kept: list[ThemeHit] = []
    ends: dict[str, int] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.stop, hit.theme)):
        if hit.start >= ends.get(hit.theme, 0):
            kept.append(hit)
            ends[hit.theme] = hit.stop
    return tuple(sorted(kept))
