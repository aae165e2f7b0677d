"""What a comment is about: themes from editable packs of phrases, each hit with its place in the text.

Packs are files people read and change (the notation is in `wordlists`). A theme's id, pack and all, never changes once
it has been given out: answers are counted by it. A comment may have any number of themes.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from analysis.text.sentiment import SentimentState
from analysis.text.wordlists import WordListFault, alternatives, read_word_list
from analysis.text.words import Tokenizer, Words

PACKS_FOLDER = Path(__file__).parent / "packs"

_GAP = ("...",)
_GAP_WORDS = 3
_MAX_GAPS = 2  # each gap multiplies the ways to match by four
_SHORTEST_PREFIX = 3
_MAX_ELEMENTS = 12
_LONGEST_MATCH = _MAX_ELEMENTS + _MAX_GAPS * _GAP_WORDS + 1  # words
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


_A_GAP = _Element(frozenset(), ())


class _Pattern(NamedTuple):
    theme: str
    elements: tuple[_Element, ...]  # after the first word
    begins_negated: bool  # "can't find" keeps its meaning, "no integration" too
    denies: bool  # a negation stands in it


class _Line(NamedTuple):
    """The words without apostrophes and signs; for each its place as written, its clause, its sentence's end."""

    words: list[str]
    places: list[int]
    clauses: list[int]
    ends: list[int]

    def ahead(self, place: int) -> list[str]:
        """The word and what follows it in its sentence, as far as a pattern can reach."""
        return self.words[place : min(self.ends[place], place + _LONGEST_MATCH)]


class _Starts(NamedTuple):
    """The patterns that begin with one word, by the next word they need: right after it, or after a gap."""

    alone: tuple[_Pattern, ...]
    by_second: dict[str, list[_Pattern]]
    by_later: dict[str, list[_Pattern]]
    others: tuple[_Pattern, ...]  # what they need next has a prefix

    def likely(self, ahead: Sequence[str]) -> Iterator[_Pattern]:
        """Those that may match what is ahead; one may come twice."""
        yield from self.alone
        if len(ahead) > 1:
            yield from self.by_second.get(ahead[1], ())
            yield from self.others
            if self.by_later:
                for word in ahead[1 : _GAP_WORDS + 2]:
                    yield from self.by_later.get(word, ())


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
        if len(rest) > _MAX_ELEMENTS:
            raise WordListFault(f"{place}: a phrase has at most {_MAX_ELEMENTS + 1} words")
        elements = tuple(map(_element, rest))
        denies = any(not _NEGATIONS.isdisjoint(element.words) for element in elements)
        for first in firsts:
            stem = first.rstrip("*")
            if stem != first and len(stem) < _SHORTEST_PREFIX:
                raise WordListFault(f"{place}: `{first}` needs at least {_SHORTEST_PREFIX} letters")
            index = self.by_word if stem == first else self.by_prefix
            index.setdefault(stem, []).append(
                _Pattern(theme, elements, first in _NEGATIONS, first in _NEGATIONS or denies)
            )


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
        self._known: dict[str, _Starts | None] = {}  # what begins with the words met so far

    def find(self, written: Words) -> tuple[ThemeHit, ...]:
        """Every theme in the words, in the order of the text.

        Where hits of one theme overlap, the first counts, and the longest of those that begin together.
        """
        line = _line(written)
        known = self._known
        hits: list[ThemeHit] = []
        for place, word in enumerate(line.words):
            starts = known[word] if word in known else self._starts_of(word)
            if starts is None:
                continue
            ahead = line.ahead(place)
            for pattern in starts.likely(ahead):
                last = _match(ahead, pattern.elements, may_deny=pattern.denies)
                if last is not None and (pattern.begins_negated or not _is_negated(line, place)):
                    start, stop = written.starts[line.places[place]], written.stops[line.places[place + last]]
                    hits.append(ThemeHit(start, stop, pattern.theme))
        return _without_overlaps(hits) if len(hits) > 1 else tuple(hits)

    def _starts_of(self, word: str) -> _Starts | None:
        found = list(self._by_word.get(word, ()))
        for length in range(_SHORTEST_PREFIX, len(word) + 1):
            found += self._by_prefix.get(word[:length], ())
        starts = _starts(found) if found else None
        if len(self._known) < _REMEMBERED_WORDS:
            self._known[word] = starts
        return starts


def load_pack(path: Path) -> Pack:
    """Reads a pack file; raises WordListFault naming the file and the place in it."""
    try:
        return Pack(read_word_list(path, PackFile))
    except WordListFault as fault:
        raise WordListFault(f"theme pack {fault}") from fault


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
        return _A_GAP
    words = frozenset(choice for choice in choices if not choice.endswith("*"))
    return _Element(words, tuple(choice[:-1] for choice in choices if choice.endswith("*")))


def _line(written: Words) -> _Line:
    words: list[str] = []
    places: list[int] = []
    clauses: list[int] = []
    ends: list[int] = []
    clause = 0
    for place, text in enumerate(written.texts):
        if text[0].isalnum():
            word = text.replace("'", "") if "'" in text else text
            clause += word == "but"
            words.append(word)
            places.append(place)
            clauses.append(clause)
        elif text in _CLAUSE_ENDS:
            clause += 1
            if text in _SENTENCE_ENDS:
                ends += [len(words)] * (len(words) - len(ends))
    ends += [len(words)] * (len(words) - len(ends))
    return _Line(words, places, clauses, ends)


def _starts(patterns: Iterable[_Pattern]) -> _Starts:
    alone: list[_Pattern] = []
    by_second: dict[str, list[_Pattern]] = {}
    by_later: dict[str, list[_Pattern]] = {}
    others: list[_Pattern] = []
    for pattern in patterns:
        after_gap = pattern.elements[:1] == (_A_GAP,)
        wanted = pattern.elements[after_gap : after_gap + 1]
        if not wanted:
            alone.append(pattern)
        elif wanted[0].prefixes:
            others.append(pattern)
        else:
            for word in sorted(wanted[0].words):
                (by_later if after_gap else by_second).setdefault(word, []).append(pattern)
    return _Starts(tuple(alone), by_second, by_later, tuple(others))


def _match(ahead: Sequence[str], elements: tuple[_Element, ...], place: int = 0, *, may_deny: bool) -> int | None:
    """The place of the last word where the elements follow `place` in what is ahead of it, or None.

    A gap steps over a negation only in a phrase that denies something itself: "staff ... friendly" does not find "the
    staff was not friendly".
    """
    for number, (choices, prefixes) in enumerate(elements):
        if not choices and not prefixes:
            return _match_after_gap(ahead, elements[number + 1 :], place, may_deny=may_deny)
        place += 1
        if place >= len(ahead):
            return None
        word = ahead[place]
        if word not in choices and not (prefixes and word.startswith(prefixes)):
            return None
    return place


def _match_after_gap(ahead: Sequence[str], rest: tuple[_Element, ...], place: int, *, may_deny: bool) -> int | None:
    for later in range(place, min(place + _GAP_WORDS + 1, len(ahead))):
        if later > place and not may_deny and ahead[later] in _NEGATIONS:
            return None
        last = _match(ahead, rest, later, may_deny=may_deny)
        if last is not None:
            return last
    return None


def _is_negated(line: _Line, place: int) -> bool:
    """Whether one of the words before it, in the same clause, is a negation."""
    clause = line.clauses[place]
    return any(
        line.clauses[before] == clause and line.words[before] in _NEGATIONS
        for before in range(max(0, place - _NEGATION_REACH), place)
    )


def _without_overlaps(hits: Iterable[ThemeHit]) -> tuple[ThemeHit, ...]:
    kept: list[ThemeHit] = []
    ends: dict[str, int] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.stop, hit.theme)):
        if hit.start >= ends.get(hit.theme, 0):
            kept.append(hit)
            ends[hit.theme] = hit.stop
    return tuple(sorted(kept))
