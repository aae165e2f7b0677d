"""The words of the interface that customers read, in the languages of the folder `texts`."""

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from msgspec import Struct

from surveys.instruments import SCALES, Instrument, Look

_FOLDER = Path(__file__).parent / "texts"
ORIGINAL = "en"
_OLD_TAGS = {"no": "nb", "iw": "he", "in": "id"}  # that browsers still send
_NESTED = ("questions", "points", "ends", "emotions")

# Which words an instrument's points and ends are said with, where it is not called so itself.
_POINTS = {
    Instrument.ANCHOR: "faces",
    Instrument.EXPECTATION: "faces",
    Instrument.THUMBS: "thumbs",
    Instrument.KEPT: "kept",
    Instrument.DISCONFIRMATION: "disconfirmation",
}
_ENDS = {Instrument.CSAT7: "csat", Instrument.CSAT10: "csat"}


class Texts(Struct, frozen=True, kw_only=True):
    """One language. `words` holds the text of each key, with `{names}` where values go."""

    language: str
    words: dict[str, str]
    questions: dict[str, str]
    points: dict[str, tuple[str, ...]]
    ends: dict[str, tuple[str, str]]
    emotions: dict[str, str]

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as HTML says it."""
        return locale_of(self.language).text_direction

    def __call__(self, key: str, **values: object) -> str:
        """The text with its values; numbers are written as the language writes them. Raises KeyError."""
        return self.words[key].format(**{name: self._written(value) for name, value in values.items()})

    def question(self, instrument: Instrument) -> str:
        """The instrument's own question; empty for those that each survey must word itself."""
        return self.questions.get(instrument, "")

    def labels(self, instrument: Instrument, look: Look | None = None) -> tuple[str, ...]:
        """The words of each point from the lowest up; empty where the scale shows its numbers."""
        if look is Look.FACES:
            return self.points["satisfied"]
        if look is Look.STARS:
            one, several = self.points["stars"]
            return tuple((one if n == 1 else several).format(n=self._written(n)) for n in SCALES[instrument].points)
        return self.points[_POINTS[instrument]] if instrument in _POINTS else ()

    def ends_of(self, instrument: Instrument) -> tuple[str, str] | None:
        """The words at the lowest and the highest point; None where every point has its own."""
        return self.ends.get(_ENDS.get(instrument, instrument))

    def _written(self, value: object) -> str:
        return str(format_decimal(value, locale=locale_of(self.language))) if isinstance(value, int) else str(value)


@cache
def languages() -> tuple[str, ...]:
    """The tags of the languages there are, such as pt-BR, in alphabetical order."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


@lru_cache(maxsize=1_000)  # browsers and links name any language they like
def texts_in(language: str) -> Texts:
    """The interface in the nearest language there is, else in English."""
    return read_texts(nearest(language, languages()) or ORIGINAL)


def read_texts(language: str) -> Texts:
    """The file of one of `languages()`. Raises msgspec.ValidationError for a file that lacks a part."""
    plain: dict[str, Any] = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    words = {key: value for key, value in plain.items() if key not in _NESTED}
    return msgspec.convert(
        {"language": language, "words": words, **{key: plain[key] for key in _NESTED if key in plain}}, Texts
    )


def nearest(wanted: str, offered: tuple[str, ...]) -> str | None:
    """The language of `offered` that one who wants `wanted` understands: the same, its script, or another form of it.

    `zh-TW` is served with `zh-Hant`, `pt` with `pt-BR` and the other way round; case and underscores don't matter.
    """
    tag = wanted.replace("_", "-").lower()
    tag = _OLD_TAGS.get(tag, tag)
    by_tag = {language.lower(): language for language in offered}
    base = tag.partition("-")[0]
    script = (locale_of(tag).script or "").lower()
    found = next((by_tag[name] for name in (tag, f"{base}-{script}", base) if name in by_tag), None)
    return found or next((language for name, language in by_tag.items() if name.partition("-")[0] == base), None)


def first_understood(wanted: Iterable[str], offered: tuple[str, ...]) -> str | None:
    """The first language of those wanted that is offered; empty ones are passed over."""
    return next((found for language in wanted if language and (found := nearest(language, offered))), None)


@lru_cache(maxsize=1_000)
def locale_of(language: str) -> Locale:
    """What Babel knows of a language; English for one it does not know."""
    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale(ORIGINAL)


def own_name(language: str) -> str:
    """How a language is called in itself, such as "français"."""
    return locale_of(language).get_display_name() or language
