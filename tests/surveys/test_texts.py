"""What customers read around the questions: every language says all that English says, and each is found."""

from collections import Counter
from collections.abc import Iterator
from string import Formatter
from typing import TypeAlias

import msgspec
import pytest

from surveys.instruments import EMOTIONS, LOOKS, MAX_STRENGTH, POINT_LABELS, SCALES, Instrument, Look
from surveys.texts import ORIGINAL, Texts, first_understood, languages, nearest, own_name, read_texts, texts_in

RIGHT_TO_LEFT = {"ar", "he", "fa"}
# These say something else in every survey, so no question of their own could fit.
WORDED_BY_THE_SURVEY = {Instrument.CHOICE, Instrument.CHOICES, Instrument.CONSENT, Instrument.STATEMENT}

Parts: TypeAlias = "str | tuple[Parts, ...] | dict[str, Parts]"


@pytest.fixture(params=languages(), scope="module")
def texts(request: pytest.FixtureRequest) -> Texts:
    return read_texts(str(request.param))


def leaves(parts: Parts, place: str = "") -> Iterator[tuple[str, str]]:
    """Every single text with its place, such as `points.faces.0`."""
    if isinstance(parts, str):
        yield place, parts
        return
    for name, part in parts.items() if isinstance(parts, dict) else enumerate(parts):
        yield from leaves(part, f"{place}.{name}".lstrip("."))


def every_text(texts: Texts) -> dict[str, str]:
    parts = msgspec.structs.asdict(texts)
    del parts["language"]
    return dict(leaves(parts))


def placeholders(text: str) -> set[str]:
    """The placeholders as they are written, `{n}` or `{n:>3}`. Raises ValueError for a stray brace."""
    return {
        f"{{{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}}}"
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    }


def placeholders_by_place(texts: Texts) -> dict[str, set[str]]:
    return {place: placeholders(text) for place, text in every_text(texts).items()}


def test_there_are_at_least_twenty_languages_and_english_is_one() -> None:
    assert len(languages()) >= 20
    assert ORIGINAL in languages()
    assert set(languages()) >= RIGHT_TO_LEFT


def test_a_language_has_every_text_of_english_with_the_same_placeholders(texts: Texts) -> None:
    assert placeholders_by_place(texts) == placeholders_by_place(read_texts(ORIGINAL))


def test_no_text_is_empty_or_has_loose_spaces(texts: Texts) -> None:
    assert [place for place, text in every_text(texts).items() if not text or text != text.strip()] == []


def test_arabic_hebrew_and_persian_run_from_right_to_left(texts: Texts) -> None:
    assert texts.direction == ("rtl" if texts.language in RIGHT_TO_LEFT else "ltr")


@pytest.mark.parametrize("instrument", SCALES)
def test_every_scale_has_a_word_for_each_point_or_for_its_two_ends(texts: Texts, instrument: Instrument) -> None:
    labels = texts.labels(instrument)
    assert bool(labels) != (texts.ends_of(instrument) is not None)
    assert len(labels) in (0, len(SCALES[instrument].points))
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("instrument", "look"), [(instrument, look) for instrument in LOOKS for look in LOOKS[instrument]]
)
def test_every_look_has_a_word_for_each_point_unless_it_shows_numbers(
    texts: Texts, instrument: Instrument, look: Look
) -> None:
    labels = texts.labels(instrument, look)
    assert len(labels) == (0 if look is Look.NUMBERS else len(SCALES[instrument].points))
    assert len(set(labels)) == len(labels)
    assert texts.ends_of(instrument)


def test_the_two_ends_of_a_scale_differ(texts: Texts) -> None:
    assert [name for name, (low, high) in texts.ends.items() if low == high] == []


def test_every_strength_has_a_word(texts: Texts) -> None:
    assert len(set(texts.points["strength"])) == MAX_STRENGTH


def test_every_emotion_has_a_word_that_no_other_has(texts: Texts) -> None:
    assert set(texts.emotions) == set(EMOTIONS)
    assert [word for word, times in Counter(texts.emotions.values()).items() if times > 1] == []


@pytest.mark.parametrize("instrument", Instrument)
def test_every_instrument_asks_in_its_own_words_unless_only_the_survey_can(
    texts: Texts, instrument: Instrument
) -> None:
    assert bool(texts.question(instrument)) == (instrument not in WORDED_BY_THE_SURVEY)


@pytest.mark.parametrize("instrument", POINT_LABELS)
def test_staff_and_customers_read_the_same_english_words(instrument: Instrument) -> None:
    assert texts_in(ORIGINAL).labels(instrument) == POINT_LABELS[instrument]


def test_one_star_is_written_differently_from_several() -> None:
    labels = texts_in("en").labels(Instrument.CSAT, Look.STARS)
    assert labels == ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "At most 1,234,567 characters."),
        ("id", "Paling banyak 1.234.567 karakter."),
        ("hi", "ज़्यादा से ज़्यादा 12,34,567 अक्षर।"),
    ],
)
def test_a_number_is_written_as_the_language_writes_it(language: str, written: str) -> None:
    assert texts_in(language)("characters_most", n=1_234_567) == written


def test_words_stay_as_they_are_given() -> None:
    assert texts_in("id")("goes_to", company="Fernwell 2000") == "Jawaban Anda hanya dikirim ke Fernwell 2000."
    assert texts_in("en")("clicked", answer="{n}") == "You chose “{n}”."


def test_a_key_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        texts_in("en")("no such text")


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("de", ("de", "en"), "de"),
        ("de-AT", ("de", "en"), "de"),
        ("de", ("de-CH", "en"), "de-CH"),
        ("pt", ("en", "pt-BR"), "pt-BR"),
        ("pt-BR", ("en", "pt"), "pt"),
        ("pt-PT", ("en", "pt-BR"), "pt-BR"),
        ("pt-BR", ("pt", "pt-BR"), "pt-BR"),
        ("zh-TW", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-HK", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-CN", ("zh-Hant", "zh-Hans"), "zh-Hans"),
        ("zh-hant-hk", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("ZH_tw", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("PT_br", ("pt", "pt-BR"), "pt-BR"),
        ("fr", ("de", "en"), None),
        ("fil", ("fi", "en"), None),
        ("xx", ("de", "en"), None),
        ("*", ("de", "en"), None),
        ("", ("de", "en"), None),
        ("de", (), None),
    ],
)
def test_the_nearest_language_is_the_same_its_script_or_another_form_of_it(
    wanted: str, offered: tuple[str, ...], found: str | None
) -> None:
    assert nearest(wanted, offered) == found


def test_each_language_there_is_finds_itself(texts: Texts) -> None:
    assert nearest(texts.language, languages()) == texts.language
    assert texts_in(texts.language.upper().replace("-", "_")) == texts


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("de", "fr"), "de"),
        (("xx", "", "fr-CA", "de"), "fr"),
        (("xx", "*"), None),
        ((), None),
    ],
)
def test_the_first_language_that_is_offered_is_the_one_understood(wanted: tuple[str, ...], found: str | None) -> None:
    assert first_understood(wanted, ("de", "en", "fr")) == found


@pytest.mark.parametrize("unknown", ["xx", "tlh-Latn", "", "*", "../../secret"])
def test_an_unknown_language_is_served_in_english(unknown: str) -> None:
    assert texts_in(unknown) == read_texts(ORIGINAL)


def test_a_language_is_called_as_it_calls_itself(texts: Texts) -> None:
    assert own_name("fr") == "français"
    assert own_name("xx-unknown") == own_name("en") == "English"
    assert own_name(texts.language)
