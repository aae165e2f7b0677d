"""The colours of the charts, light and dark.

Vermilion, bluish green and blue after Okabe and Ito (2008), darkened or lightened until they read as text on their
ground (4.5:1); colour-blind readers still tell them apart, and words and marker shapes say the same. The three of
the overlays are those furthest apart under every colour blindness of Machado, Oliveira and Fernandes (2009)."""

from enum import StrEnum

from analysis.curve_shapes import Ink


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


COLOURS: dict[Theme, dict[Ink, str]] = {
    Theme.LIGHT: {
        Ink.INK: "#1c2430",
        Ink.SOFT: "#5b6573",
        Ink.GRID: "#e3e6eb",
        Ink.HATCH: "#ccd1d9",
        Ink.CARD: "#ffffff",
        Ink.PROMISE: "#7a35d8",
        Ink.BROKEN: "#bb4400",
        Ink.KEPT: "#00735a",
        Ink.OVER_DELIVERED: "#0068a8",
        Ink.OVERLAY_1: "#9a6a00",
        Ink.OVERLAY_2: "#d4149a",
        Ink.OVERLAY_3: "#2d62ff",
    },
    Theme.DARK: {
        Ink.INK: "#e9edf2",
        Ink.SOFT: "#a3adba",
        Ink.GRID: "#2c3541",
        Ink.HATCH: "#424d5b",
        Ink.CARD: "#1a2028",
        Ink.PROMISE: "#b794ff",
        Ink.BROKEN: "#ff9463",
        Ink.KEPT: "#4fd1a8",
        Ink.OVER_DELIVERED: "#6cc0f5",
        Ink.OVERLAY_1: "#f0d020",
        Ink.OVERLAY_2: "#f064a8",
        Ink.OVERLAY_3: "#3f8fff",
    },
}
