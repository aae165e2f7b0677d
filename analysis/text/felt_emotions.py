"""Which emotions a comment's words show, each with its place in the text (METHOD, section 9)."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from analysis.text.evidence import NEGATIONS
from analysis.text.heard import Heard
from analysis.text.phrases import Phrases
from analysis.text.wordlists import WordListFault, read_word_list, spell_out

EMOTIONS = ("fear", "hope", "excitement", "relief", "trust", "frustration", "disappointment", "anger", "confusion")
EMOTION_LEXICON = Path(__file__).parent / "lexicon" / "emotions.yaml"
_NEGATION_REACH = 3  # "not angry", "no trust at all"


class EmotionLexicon(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `lexicon/emotions.yaml`: phrases by emotion, and a run of emoji by emotion."""

    language: str
    version: int
    emotions: dict[str, Annotated[tuple[str, ...], Meta(min_length=1)]]
    emoji: dict[str, str]


class EmotionHit(Struct, frozen=True, order=True):
    """The characters `start` to `stop` (not included) show `emotion`."""

    start: int
    stop: int
    emotion: str


def find_emotions(heard: Heard) -> tuple[EmotionHit, ...]:
    """In the order of the text; the longest phrase counts where several begin at a word."""
    phrases = _phrases()
    words = heard.words
    hits = []
    place = 0
    while place < len(words):
        found = phrases.longest(words, place) if words[place] in phrases.begins else None
        if found is None:
            place += 1
            continue
        last = place + found.more
        if words[place] in NEGATIONS or NEGATIONS.isdisjoint(words[max(0, place - _NEGATION_REACH) : place]):
            start, stop = heard.place(place)[0], heard.place(last)[1]
            hits += [EmotionHit(start, stop, emotion) for emotion in found.meaning]
        place = last + 1
    return tuple(hits)


@lru_cache(maxsize=1)
def _phrases() -> Phrases[tuple[str, ...]]:
    """Each phrase with the emotions it shows."""
    lexicon = read_word_list(EMOTION_LEXICON, EmotionLexicon)
    if set(lexicon.emotions) != set(EMOTIONS) or not set(lexicon.emoji) <= set(EMOTIONS):
        raise WordListFault(
            f"{EMOTION_LEXICON.name}: `emotions` needs {', '.join(EMOTIONS)}, and `emoji` knows no other"
        )
    shown: dict[tuple[str, ...], list[str]] = {}
    for emotion, lines in lexicon.emotions.items():
        for line, phrase in enumerate(lines):
            try:
                spelled = spell_out(phrase)
            except ValueError as fault:
                raise WordListFault(f"{EMOTION_LEXICON.name}: emotions.{emotion}[{line}]: {fault}") from fault
            for words in spelled:
                shown.setdefault(words, []).append(emotion)
    for emotion, signs in lexicon.emoji.items():
        for sign in signs.replace(" ", ""):
            shown.setdefault((sign,), []).append(emotion)
    return Phrases({words: tuple(sorted(set(emotions))) for words, emotions in shown.items()})
