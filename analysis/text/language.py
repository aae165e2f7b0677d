"""The language gate: which language a comment is written in, and how that was decided.

Which evidence wins (METHOD, section 9), strongest first:

1. Script. Text written mostly outside the Latin alphabet is not English, whatever the locale says.
2. Plain English: where half of the words are frequent in English, half of those in hardly any other language, and the
   survey or the locale is English, the detector is not asked. It would say the same, at many times the cost.
3. Words of other languages ("nicht", "très", "bardzo") where no word is English alone: they decide short comments,
   which no detector can, and those in which it is unsure or takes borrowed words ("Support was super snel") for
   English.
4. The detector, on more than three words and only where it is sure: a language five times as probable as every language
   the survey is offered in wins over the locale, because the locale is about the person and the words are about the
   comment. Somebody who keeps an English browser and writes Dutch has written Dutch.
5. The locale of the response, on three words or fewer and wherever the detector is unsure.
6. The only language the survey is offered in, where no locale was recorded.

Otherwise the language is unknown, and unknown is not scored.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Any

from msgspec import Struct

from analysis.text.foreign_words import foreign_language

SCORED_LANGUAGES = frozenset({"en"})
TRUSTED_FROM_WORDS = 4  # no detector is trusted on three words or fewer
SURE_ODDS = 5.0  # measured: 3 of 6,708 English sentences turned away, 25 of 25 short probes in other languages caught
DETECTED_CHARACTERS = 1_000  # more text adds time, not certainty

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,500}|[\w.+-]{1,64}@[\w.-]{1,255}")
_LAST_LATIN = 0x024F  # the end of the block Latin Extended-B
_LATIN_ADDITIONAL = range(0x1E00, 0x1F00)
# Frequent words that hardly any other language writes: no "is", "was", "had" or "so", which Dutch and German have too.
_ENGLISH_WORDS = frozenset(
    """
    the and this that that's these those with you your yours you're they their them they're it's i'm i've i'd we've
    we're our its aren't were weren't wasn't isn't been being haven't hasn't having hadn't does doesn't didn't don't
    dont can't cannot couldn't could would wouldn't should shouldn't won't very really which who whose what where
    when why how because about from than then there there's here through though although until before again always
    never every everything anything something nothing nobody anyone someone everyone each few much many only other
    another same too already without into onto upon of it to for but not all any more just have has are my she their
    us what's down out now still even off over some good great nice love loved like liked easy easily quick quickly
    slow slowly works worked working work use used using make makes making buy bought buying know think thought look
    looks looked looking feel feels felt need needs needed want wanted wants get gets getting got give gave given
    take takes took keep keeps kept call called calling wait waited waiting told tell say says said ask asked went
    going goes find found try tried help helped helpful recommend worth money price cheap quality friendly days day
    weeks week months month years year hour hours minutes people thing things place food room staff phone screen
    battery sound movie film story book characters product products customer customers company order ordered
    delivery delivered arrived received thank thanks please sorry better worse worst right wrong well long short
    little big small new old first last two three back away around after while
    """.split()  # noqa: SIM905 - it is read, and added to, as a text
)
_SHARED_WORDS = frozenset(
    """
    i a is was in on an me we be one no or if by at as do did had he him his her so up go can will most best am us i'll
    """.split()  # noqa: SIM905 - as above
)
_ENGLISH_SHARE = 4  # one word in so many is English alone, at least two of them are,
_PLAIN_SHARE = 2  # and one in so many is at least English too
# The detector knows Nigerian Pidgin, a creole of English; casual English is regularly taken for it.
_ENGLISH_CREOLES = ("pcm",)


class LanguageMethod(StrEnum):
    """How the language was decided."""

    NO_WORDS = "no_words"  # emoji, digits or punctuation: no language to decide
    SCRIPT = "script"
    PLAIN_ENGLISH = "plain_english"
    FOREIGN_WORDS = "foreign_words"
    DETECTOR = "detector"
    LOCALE = "locale"
    OFFERED = "offered"
    UNKNOWN = "unknown"


class Language(Struct, frozen=True):
    """`code` is an ISO 639 code in lower case; None where the text has no words or the language is unknown."""

    code: str | None
    method: LanguageMethod

    @property
    def is_scored(self) -> bool:
        """Text without words is scored too: an emoji needs no language."""
        return self.method is LanguageMethod.NO_WORDS or self.code in SCORED_LANGUAGES


def language_of(text: str, locale: str | None, offered_languages: Iterable[str]) -> Language:
    """Decides the language of a comment; `locale` is the response's, e.g. "en-GB"."""
    visible = _without_addresses(text[:DETECTED_CHARACTERS])
    words = _WORD.findall(visible)
    if not words:
        return Language(None, LanguageMethod.NO_WORDS)
    spoken = base_language(locale)
    offered = {code for code in map(base_language, offered_languages) if code}
    if len(words) < TRUSTED_FROM_WORDS:
        if _is_outside_latin(words):
            return Language(spoken if spoken not in SCORED_LANGUAGES else None, LanguageMethod.SCRIPT)
        return _by_foreign_words(words) or _by_locale(spoken, offered)
    if _is_plainly_english(words) and ("en" in offered or spoken == "en"):
        return Language("en", LanguageMethod.PLAIN_ENGLISH)
    detected = _detect(visible, offered | ({spoken} if spoken else set()))
    if _is_outside_latin(words):
        return Language(detected if detected not in SCORED_LANGUAGES else None, LanguageMethod.SCRIPT)
    if detected and detected not in SCORED_LANGUAGES:
        return Language(detected, LanguageMethod.DETECTOR)
    known = Language(detected, LanguageMethod.DETECTOR) if detected else _by_locale(spoken, offered)
    return (_by_foreign_words(words) or known) if known.is_scored else known


def base_language(locale: str | None) -> str | None:
    """ "en" from "en-GB", "en_US" or "EN"; None where there is none."""
    if not locale:
        return None
    return locale.replace("_", "-").split("-", 1)[0].strip().lower() or None


def _by_locale(spoken: str | None, offered: set[str]) -> Language:
    if spoken:
        return Language(spoken, LanguageMethod.LOCALE)
    if len(offered) == 1:
        return Language(next(iter(offered)), LanguageMethod.OFFERED)
    return Language(None, LanguageMethod.UNKNOWN)


def _by_foreign_words(words: list[str]) -> Language | None:
    if any(word.lower() in _ENGLISH_WORDS for word in words):
        return None
    is_foreign, code = foreign_language(words)
    return Language(code, LanguageMethod.FOREIGN_WORDS) if is_foreign else None


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(" ", text) if "@" in text or "://" in text or "www." in text else text


def _is_plainly_english(words: list[str]) -> bool:
    lower = [word.lower() for word in words]
    english = len([word for word in lower if word in _ENGLISH_WORDS])
    shared = len([word for word in lower if word in _SHARED_WORDS])
    return english >= 2 and english * _ENGLISH_SHARE >= len(words) and (english + shared) * _PLAIN_SHARE >= len(words)


def _is_outside_latin(words: list[str]) -> bool:
    letters = "".join(words)
    if letters.isascii():
        return False
    outside = sum(1 for letter in letters if ord(letter) > _LAST_LATIN and ord(letter) not in _LATIN_ADDITIONAL)
    # A word of Chinese is a letter or two, so beside a borrowed "dashboard" a whole sentence is the lesser part.
    return outside * 2 > len(letters) or (outside > 1 and not any(word.lower() in _ENGLISH_WORDS for word in words))


def _detect(text: str, expected: set[str]) -> str | None:
    """The language the detector is sure of, or None; `expected` are those of the survey and of the locale."""
    code, certainty = _detector().classify(text)
    if code in expected and certainty >= SURE_ODDS / (SURE_ODDS + 1):
        return str(code)  # no other can come near enough: the ranking, which costs twice as much, would say the same
    probabilities: dict[str, float] = dict(_detector().rank(text))
    probabilities["en"] += sum(probabilities.pop(code, 0.0) for code in _ENGLISH_CREOLES)
    likeliest = max(probabilities, key=probabilities.__getitem__)
    candidates = sorted((code for code in probabilities if code in expected), key=lambda code: -probabilities[code])
    if not candidates or probabilities[likeliest] >= SURE_ODDS * probabilities[candidates[0]]:
        return likeliest
    if len(candidates) == 1:
        return candidates[0] if candidates[0] == likeliest else None
    return candidates[0] if probabilities[candidates[0]] >= SURE_ODDS * probabilities[candidates[1]] else None


@lru_cache(maxsize=1)
def _detector() -> Any:
    """Loads py3langid's model once, on first use: it takes the better part of a second.

    The module-level functions share one identifier whose languages anybody may restrict; this one is ours alone.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
