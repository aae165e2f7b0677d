"""A comment as it is heard: its words with every contraction spelled out, and the phrases of the lexicon in them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from analysis.text.clauses import Span, clause_spans
from analysis.text.evidence import Leaning, evidence
from analysis.text.linear_model import STATES, LinearModel
from analysis.text.words import Tokenizer, Words

if TYPE_CHECKING:
    from analysis.text.analyser import Hit, Reading, ServiceAnalyzer

ENGLISH = "en"
_SHIPPED_SHARE = 2.0  # how loud the shipped model's view is among the evidence of an own one


class Heard(Struct, frozen=True):
    """Words are in lower case; word `i` came from the written word `places[i]`. Only English has hits."""

    written: Words
    words: Sequence[str]
    places: Sequence[int]
    hits: "Sequence[Hit]"
    reading: "Reading | None"

    def clauses(self) -> list[Span]:
        return clause_spans(self.words, [(hit.first, hit.polarity) for hit in self.hits])

    def part(self, span: Span) -> "Heard":
        """One clause of it, judged by itself."""
        hits = [hit for hit in self.hits if span.first <= hit.first <= span.last]
        within = slice(span.first, span.last + 1)
        reading = _reading(hits) if self.reading is not None else None
        return Heard(self.written, self.words[within], self.places[within], hits, reading)

    def place(self, word: int) -> tuple[int, int]:
        """The characters of the comment that a word stands for; the second is not included."""
        written = self.places[word]
        return self.written.starts[written], self.written.stops[written]

    def evidence(self, leaning: Leaning, shipped: LinearModel | None = None) -> dict[str, float]:
        """With the view of the shipped model among it, where one is given."""
        if self.reading is None:
            found = evidence(self.words, None, 0.0, leaning)
        else:
            found = evidence(self.words, self.hits, self.reading.polarity, leaning)
        if shipped is not None:
            views = shipped.probabilities(found)
            found |= {f"=shipped {state}": _SHIPPED_SHARE * view for state, view in zip(STATES, views, strict=True)}
        return found


def hear(text: str, language: str | None) -> Heard:
    """English is heard with the lexicon, any other language by its words alone; no language (an emoji) as English."""
    if language not in (ENGLISH, None):
        written = _tokenizer().split(text)
        return Heard(written, written.texts, range(len(written.texts)), (), None)
    from analysis.text.analyser import spoken

    english = english_analyser()
    written = english.split(text)
    said = spoken(written.texts)
    hits = english.hits(said.words)
    return Heard(written, said.words, said.written, hits, _reading(hits))


@lru_cache(maxsize=1)
def english_analyser() -> "ServiceAnalyzer":
    """Loaded on first use: it takes about a second."""
    from analysis.text.analyser import service_analyzer

    return service_analyzer()


def _reading(hits: "Sequence[Hit]") -> "Reading":
    from analysis.text.analyser import summary

    return summary(hits)


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    return Tokenizer()
