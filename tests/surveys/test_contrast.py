"""The contrast of colours, held against published figures and the rule it must keep."""

from colorsys import hls_to_rgb, rgb_to_hls

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.contrast import (
    ALWAYS_REACHED,
    DARK_INK,
    LEAST_FOR_TEXT,
    WHITE,
    contrast,
    is_colour,
    luminance,
    on,
    ratio_words,
    readable,
)

COLOURS = st.binary(min_size=3, max_size=3).map(lambda channels: f"#{channels.hex()}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),  # the lightest grey for text on white
        ("#777777", "#ffffff", 4.48),
        ("#959595", "#ffffff", 2.998),
        ("#949494", "#ffffff", 3.03),  # the lightest grey for large text
        ("#595959", "#ffffff", 7.0),
        ("#ff0000", "#ffffff", 3.998),
        ("#0000ff", "#ffffff", 8.59),
        ("#00ff00", "#ffffff", 1.37),
        ("#ffff00", "#000000", 19.56),
    ],
)
def test_the_ratio_is_the_published_one_both_ways_round(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.006)
    assert contrast(other, one) == contrast(one, other)


def test_luminance_runs_from_black_to_white() -> None:
    assert [luminance(colour) for colour in ("#000000", "#ffffff")] == [0.0, pytest.approx(1.0)]
    assert luminance("#ff0000") == pytest.approx(0.2126)


@given(COLOURS, COLOURS, st.floats(min_value=1, max_value=ALWAYS_REACHED))
def test_a_readable_colour_always_reaches_the_ratio(colour: str, against: str, least: float) -> None:
    found = readable(colour, against, least)
    assert is_colour(found)
    assert contrast(found, against) >= least


@given(COLOURS, COLOURS)
def test_a_colour_that_reads_well_stays_as_it_is(colour: str, against: str) -> None:
    if contrast(colour, against) >= LEAST_FOR_TEXT:
        assert readable(colour.upper(), against) == colour


@given(COLOURS, COLOURS)
def test_no_nearer_lightness_on_either_side_would_do(colour: str, against: str) -> None:
    found = readable(colour, against)
    before, after = _lightness(colour), _lightness(found)
    nearer = before + (after - before) * 0.9
    if found != colour and abs(after - before) > 0.05:
        hue, _, saturation = rgb_to_hls(*(channel / 255 for channel in bytes.fromhex(colour[1:])))
        for lightness in (nearer, 2 * before - nearer):
            if 0 <= lightness <= 1:
                assert contrast(_written(hue, lightness, saturation), against) < LEAST_FOR_TEXT


def _lightness(colour: str) -> float:
    return rgb_to_hls(*(channel / 255 for channel in bytes.fromhex(colour[1:])))[1]


def _written(hue: float, lightness: float, saturation: float) -> str:
    return "#" + bytes(round(255 * channel) for channel in hls_to_rgb(hue, lightness, saturation)).hex()


def test_the_hue_stays() -> None:
    assert readable("#ffcc00", WHITE) == "#907300"
    assert readable("#5b21b6", "#1b212a") == "#9e70e5"


def test_what_no_colour_reaches_is_refused() -> None:
    with pytest.raises(ValueError, match="no colour"):
        readable("#5b21b6", "#777777", 7)


@given(COLOURS)
def test_on_a_colour_stands_the_ink_that_reads_better(colour: str) -> None:
    assert contrast(on(colour), colour) == max(contrast(ink, colour) for ink in (WHITE, DARK_INK))


@given(COLOURS)
def test_words_on_an_accent_can_be_read_in_light_and_in_dark(colour: str) -> None:
    """An accent that reads on the card, white or dark, carries words of 4.5 : 1 itself."""
    for card in (WHITE, "#1b212a"):
        accent = readable(colour, card)
        assert contrast(on(accent), accent) >= LEAST_FOR_TEXT


@pytest.mark.parametrize(
    "text", ["", "#fff", "5b21b6", "#5b21b6 ", "#5b21b6\n", "#5b21bg", "red", "#５b21b6", "#5b21b6;"]
)
def test_what_is_not_written_as_six_digits_is_no_colour(text: str) -> None:
    assert not is_colour(text)


def test_capitals_make_no_difference() -> None:
    assert is_colour("#ABCDEF")
    assert contrast("#ABCDEF", WHITE) == contrast("#abcdef", WHITE)


def test_a_ratio_is_written_without_rounding_it_up() -> None:
    said = [ratio_words(ratio).replace("\xa0", " ") for ratio in (21.0, 7.06, 4.499, 1.0)]
    assert said == ["21.0 : 1", "7.0 : 1", "4.4 : 1", "1.0 : 1"]
