"""Kept's analyser of English: TextBlob's lexicon of adjectives read together with Kept's own lexicon of being served.

It derives from TextBlob's PatternAnalyzer and keeps its idea (known words, modified by the adverb and the negation
before them) but reads the words itself, because TextBlob's tokenizer splits "isn't" into "isn" and "'t", so that the
negation never fires. One pass over the tokens, no corpus, no class built per call.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct
from textblob.en import sentiment as pattern_lexicon
from textblob.en.sentiments import PatternAnalyzer

from analysis.text.phrases import Phrases
from analysis.text.wordlists import WordListFault, read_word_list, spell_out
from analysis.text.words import Tokenizer, Words

SERVICE_LEXICON = Path(__file__).parent / "lexicon" / "service.yaml"
OPINION_LEXICON = Path(__file__).parent / "lexicon" / "opinion.yaml"

Polarity = Annotated[float, Meta(ge=-1, le=1)]
Strength = Annotated[float, Meta(gt=0, le=2)]

_NEGATED = -0.5  # "not good" is half as bad as good is good, as in TextBlob
_SCOPE = 4  # words a negation reaches: "not a very good", "never had any problem"
_BEFORE_CONTRAST = 0.5  # "nice, but slow": what stands after the contrast is what is meant
_AFTER_CONTRAST = 1.5
_EXCLAIMED = 1.2
_SATURATION = 0.6  # the sum of feelings at which the polarity reaches about .7

_NEGATIONS = frozenset({"not", "no", "never"})
_CONTRASTS = frozenset({"but", "however", "though", "except", "nevertheless"})
_CONCESSIONS = frozenset({"although", "despite"})
_ALTERNATIVES = frozenset({"or", "nor"})
_SENTENCE_ENDS = frozenset(".!?\n")
_SCOPE_ENDS = frozenset(",;:()\n.!?")

_TURNING = _NEGATIONS | _ALTERNATIVES | _CONTRASTS | _CONCESSIONS | _SENTENCE_ENDS | _SCOPE_ENDS
_SPOKEN = {"cannot": ("can", "not"), "won't": ("will", "not"), "can't": ("can", "not"), "shan't": ("shall", "not")}
_SPOKEN |= {"ain't": ("is", "not"), "wont": ("will", "not"), "cant": ("can", "not"), "let's": ("let", "us")}
_HELPING = ("do", "does", "did", "is", "was", "are", "were", "has", "have", "had", "could", "would", "should")
_SPOKEN |= {f"{verb}nt": (verb, "not") for verb in _HELPING}
_CLITICS = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}
_PRONOUNS = frozenset(["it", "that", "he", "she", "what", "there", "here", "who", "where", "how", "everything", "this"])
_REMEMBERED_WORDS = 20_000


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases of one polarity."""

    name: str
    polarity: Polarity
    say: Annotated[tuple[str, ...], Meta(min_length=1)]


class ServiceLexicon(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `lexicon/service.yaml`; the keys of emoji and emoticons are polarities."""

    language: str
    version: int
    groups: tuple[Group, ...]
    muted: tuple[str, ...]
    modifiers: dict[str, Strength]
    negators: tuple[str, ...]
    wishes: tuple[str, ...]
    emoji: dict[str, str]
    emoticons: dict[str, tuple[str, ...]]


class OpinionLexicon(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `lexicon/opinion.yaml`: what people say of anything they bought, ate, read or saw."""

    language: str
    version: int
    groups: tuple[Group, ...]


class Reading(NamedTuple):
    """What one text says. Masses are sums of absolute polarities, so they show how much was said for and against."""

    polarity: float  # in [-1, 1]; 0 where there are no hits
    praise: float
    pain: float
    hits: int


class _Kind(IntEnum):
    FEELING = 0
    MODIFIER = 1
    NEGATOR = 2
    WISH = 3


_Line = tuple[str, str, _Kind, float]  # its place in the file, the phrase, and what it means


class _Entry(NamedTuple):
    kind: _Kind
    value: float


class Hit(NamedTuple):
    """A known phrase: what it says, how much that weighs beside the others, and where it begins and ends."""

    polarity: float
    weight: float
    first: int  # places in `Spoken.words`
    last: int


class Spoken(NamedTuple):
    """The words with every contraction spelled out, and for each the place of the written word it came from."""

    words: list[str]
    written: list[int]


class _Walk:
    """What the words so far mean for the next one: how far a negation, a wish or an adverb still reaches."""

    __slots__ = (
        "hits",
        "modified_until",
        "negated_until",
        "sentence",
        "strength",
        "turned_until",
        "weight",
        "wished_until",
    )

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.sentence = 0  # the first hit of this sentence
        self.weight = 1.0  # of the hits of this clause
        self.strength = 1.0
        self.modified_until = -1
        self._end_scope()

    def meet(self, entry: _Entry, word: str, place: int, after: int) -> None:
        """A known phrase that begins at `place` with `word` and ends at `after`."""
        if entry.kind is _Kind.MODIFIER:
            self.strength, self.modified_until = entry.value, after + 2
        elif entry.kind is _Kind.NEGATOR:
            self.negated_until = after + _SCOPE
        elif entry.kind is _Kind.WISH:
            self.wished_until = after + _SCOPE
        elif entry.value:
            self._feel(entry.value, word, place, after)

    def _feel(self, polarity: float, word: str, place: int, after: int) -> None:
        if place <= self.modified_until:
            polarity *= self.strength
        is_turned = place <= self.negated_until or (place <= self.wished_until and polarity > 0)
        if is_turned or word in _NEGATIONS:
            self.turned_until, self.negated_until = after + _SCOPE, -1
        self.hits.append(Hit(_clipped(polarity * _NEGATED if is_turned else polarity), self.weight, place, after))
        self.modified_until = -1

    def pass_by(self, word: str, place: int) -> None:
        """A word or sign of _TURNING, which carries no feeling itself."""
        if word in _NEGATIONS:
            self.negated_until = place + _SCOPE
        elif word in _ALTERNATIVES and place <= self.turned_until:
            self.negated_until = place + _SCOPE  # "not good or helpful" turns both
        elif word in _CONTRASTS:
            self._contrast()
        elif word in _CONCESSIONS:
            self.weight = _BEFORE_CONTRAST
        elif word == "!" and len(self.hits) > self.sentence:
            last = self.hits[-1]
            self.hits[-1] = last._replace(polarity=_clipped(last.polarity * _EXCLAIMED))
        elif word in _SENTENCE_ENDS:
            self.sentence, self.weight = len(self.hits), 1.0
        if word in _SCOPE_ENDS:
            self._end_scope()

    def _contrast(self) -> None:
        before = self.hits[self.sentence :]
        self.hits[self.sentence :] = [hit._replace(weight=hit.weight * _BEFORE_CONTRAST) for hit in before]
        # The next contrast of the same sentence discounts only what stands after this one: work stays linear.
        self.sentence, self.weight = len(self.hits), _AFTER_CONTRAST
        self._end_scope()

    def _end_scope(self) -> None:
        self.negated_until = self.wished_until = self.turned_until = -1
        if self.weight == _BEFORE_CONTRAST:
            self.weight = 1.0  # "although it was slow, I like it": the comma ends the concession


class ServiceAnalyzer(PatternAnalyzer):  # type: ignore[misc]  # TextBlob carries no types
    """Reads whole comments; `version` changes with the rules or the lexicon, and every score carries it."""

    def __init__(self, lexicon: ServiceLexicon, opinions: OpinionLexicon) -> None:
        super().__init__()
        self.version = f"kept-pattern-2/service-{lexicon.version}/opinion-{opinions.version}"
        self._entries = _entries(lexicon, opinions)
        self._symbols = _symbols(lexicon)
        self._tokenizer = Tokenizer([face for faces in lexicon.emoticons.values() for face in faces])

    def analyze(self, text: str, keep_assessments: bool = False) -> Reading:  # noqa: ARG002  TextBlob's signature
        return self.read(text)

    def read(self, text: str) -> Reading:
        """Reads at most the first 10,000 characters."""
        return summary(self.hits(spoken(self.split(text).texts).words))

    def split(self, text: str) -> Words:
        return self._tokenizer.split(text)

    def hits(self, words: list[str]) -> list[Hit]:
        """The known phrases in spoken words, in their order."""
        walk = _Walk()
        begins = self._entries.begins
        place = 0
        while place < len(words):
            word = words[place]
            found = self._entries.longest(words, place) if word in begins else None
            if found is not None:
                walk.meet(found.meaning, word, place, place + found.more)
                place += found.more
            elif word in self._symbols:
                walk.hits.append(Hit(self._symbols[word], walk.weight, place, place))
            elif word in _TURNING:
                walk.pass_by(word, place)
            place += 1
        return walk.hits


def service_analyzer() -> ServiceAnalyzer:
    """The analyser with the lexicons that ship; building it takes about a second, so build one."""
    return ServiceAnalyzer(
        read_word_list(SERVICE_LEXICON, ServiceLexicon), read_word_list(OPINION_LEXICON, OpinionLexicon)
    )


def spoken(texts: Sequence[str]) -> Spoken:
    """ "isn't" becomes "is not", "I'd" "I would", and so do the forms typed without an apostrophe."""
    words: list[str] = []
    written: list[int] = []
    for place, text in enumerate(texts):
        if "'" in text or text in _SPOKEN:
            spelled = _spelled(text)
            words += spelled
            written += [place] * len(spelled)
        else:
            words.append(text)
            written.append(place)
    return Spoken(words, written)


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _spelled(word: str) -> tuple[str, ...]:
    if word in _SPOKEN:
        return _SPOKEN[word]
    if word.endswith("n't"):
        return (word[:-3], "not") if len(word) > 3 else ("not",)
    stem, _, clitic = word.rpartition("'")
    if clitic == "s":
        return (stem, "is") if stem in _PRONOUNS else (stem,)
    return (stem, _CLITICS[f"'{clitic}"]) if f"'{clitic}" in _CLITICS else (word,)


def summary(hits: Sequence[Hit]) -> Reading:
    if not hits:
        return Reading(0.0, 0.0, 0.0, 0)
    total = sum(hit.polarity * hit.weight for hit in hits)
    praise = sum(hit.polarity for hit in hits if hit.polarity > 0)
    pain = -sum(hit.polarity for hit in hits if hit.polarity < 0)
    return Reading(total / sqrt(total * total + _SATURATION * _SATURATION), praise, pain, len(hits))


def _clipped(polarity: float) -> float:
    return max(-1.0, min(1.0, polarity))


def _entries(lexicon: ServiceLexicon, opinions: OpinionLexicon) -> Phrases[_Entry]:
    """The service lexicon overrides opinions, and they override TextBlob's."""
    meanings = _pattern_words(lexicon)
    meanings |= _spelled_out(_lines_of_groups(opinions.groups))
    meanings |= _spelled_out(_lines(lexicon))
    return Phrases(meanings)


def _pattern_words(lexicon: ServiceLexicon) -> dict[tuple[str, ...], _Entry]:
    muted = {word for line in lexicon.muted for word in line.split()} | _NEGATIONS
    pattern_lexicon.load()
    return {
        tuple(form.replace("-", " ").split()): _Entry(_Kind.FEELING, meanings[None][0])
        for form, meanings in dict.items(pattern_lexicon)
        if meanings[None][0] and form not in muted and form.replace("-", "").replace(" ", "").isalpha()
    }


def _lines_of_groups(groups: Sequence[Group]) -> list[_Line]:
    return [
        (f"groups[{i}].say[{j}]", phrase, _Kind.FEELING, group.polarity)
        for i, group in enumerate(groups)
        for j, phrase in enumerate(group.say)
    ]


def _lines(lexicon: ServiceLexicon) -> list[_Line]:
    lines = _lines_of_groups(lexicon.groups)
    lines += [(f"negators[{i}]", phrase, _Kind.NEGATOR, 0.0) for i, phrase in enumerate(lexicon.negators)]
    lines += [(f"wishes[{i}]", phrase, _Kind.WISH, 0.0) for i, phrase in enumerate(lexicon.wishes)]
    lines += [(f"modifiers.{word}", word, _Kind.MODIFIER, strength) for word, strength in lexicon.modifiers.items()]
    return lines


def _spelled_out(lines: Sequence[_Line]) -> dict[tuple[str, ...], _Entry]:
    """Raises WordListFault where a line is no phrase or two lines give one phrase different meanings."""
    said: dict[tuple[str, ...], _Entry] = {}
    for place, phrase, kind, value in lines:
        try:
            spelled = spell_out(phrase)
        except ValueError as fault:
            raise WordListFault(f"{place}: {fault}") from fault
        for words in spelled:
            if said.setdefault(words, _Entry(kind, value)) != (kind, value):
                raise WordListFault(f"{place}: `{' '.join(words)}` already stands elsewhere with another meaning")
    return said


def _symbols(lexicon: ServiceLexicon) -> dict[str, float]:
    signs = {sign: float(polarity) for polarity, run in lexicon.emoji.items() for sign in run}
    return signs | {face: float(polarity) for polarity, faces in lexicon.emoticons.items() for face in faces}
