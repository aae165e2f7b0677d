"""How well one colour reads on another: the contrast of WCAG 2.2, and the nearest colour that has enough of it.

Colours are written as #rrggbb. Source: WCAG 2.2, definitions of relative luminance and contrast ratio.
"""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from math import floor

WHITE = "#ffffff"
DARK_INK = "#11151b"
LEAST_FOR_TEXT = 4.5  # success criterion 1.4.3
# The better of black and white reaches at least this on any colour, as the ratios of both multiply to 21.
ALWAYS_REACHED = 4.58

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 1_000  # of lightness, each finer than one of the 256 that a channel has


def is_colour(text: str) -> bool:
    return _COLOUR.fullmatch(text) is not None


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black and 1 for white."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio, from 1 to 21; it is the same both ways round."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def on(colour: str) -> str:
    """White or the dark ink, whichever reads better on `colour`."""
    return max(WHITE, DARK_INK, key=lambda ink: contrast(ink, colour))


def readable(colour: str, against: str, least: float = LEAST_FOR_TEXT) -> str:
    """The colour itself, or the nearest one of its hue, lighter or darker, whose contrast with `against` is `least`.

    Raises ValueError where neither black nor white has it; up to `ALWAYS_REACHED` one of them does.
    """
    if contrast(colour, against) >= least:
        return colour.lower()
    hue, lightness, saturation = rgb_to_hls(*_channels(colour))
    for step in range(1, _STEPS + 1):
        for shifted in (lightness - step / _STEPS, lightness + step / _STEPS):
            found = _written(*hls_to_rgb(hue, min(max(shifted, 0.0), 1.0), saturation))
            if contrast(found, against) >= least:
                return found
    raise ValueError(f"no colour has a contrast of {least} with {against}")


def ratio_words(ratio: float) -> str:
    """Such as "7.1 : 1", on one line, and rounded down, so that it never says enough where it is not."""
    return f"{floor(10 * ratio) / 10:.1f}\xa0:\xa01"


def _channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue on [0, 1]."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red / 255, green / 255, blue / 255


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _written(*channels: float) -> str:
    return "#" + bytes(round(255 * channel) for channel in channels).hex()
