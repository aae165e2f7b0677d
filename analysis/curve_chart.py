"""The emotion curve as a Vega-Lite chart."""

from typing import Any

from analysis.curve_phone import phone_picture
from analysis.curve_shapes import Layout, Picture
from analysis.curve_theme import Theme
from analysis.curve_wide import wide_picture
from analysis.report import JourneyReport

__all__ = ["Layout", "Theme", "curve_spec", "picture_of"]


def curve_spec(report: JourneyReport, *, layout: Layout, theme: Theme) -> dict[str, Any]:
    """A Vega-Lite specification with its data inside, ready to be sent as JSON or rendered by `analysis.charts`."""
    # Altair takes 0.2 s to import: only who draws pays for it.
    from analysis.curve_drawing import drawn

    return drawn(picture_of(report, layout), report, theme)


def picture_of(report: JourneyReport, layout: Layout) -> Picture:
    """The shapes of the chart and where they stand; `columns` tells a page how to line up with them."""
    return wide_picture(report) if layout is Layout.WIDE else phone_picture(report)
