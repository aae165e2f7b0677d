"""The emotion curve as a Vega-Lite chart."""

from collections.abc import Sequence
from typing import Any

from analysis.chart_sheet import Sheet
from analysis.curve_overlays import laid
from analysis.curve_phone import phone_picture
from analysis.curve_shapes import Layout
from analysis.curve_theme import Theme
from analysis.curve_wide import wide_picture
from analysis.overlay import Overlay, check_overlays
from analysis.report import JourneyReport

__all__ = ["Layout", "Theme", "curve_spec", "picture_of"]


def curve_spec(
    report: JourneyReport, *, layout: Layout, theme: Theme, overlays: Sequence[Overlay] = ()
) -> dict[str, Any]:
    """A Vega-Lite specification with its data inside, ready to be sent as JSON or rendered by `analysis.charts`.

    Raises Invalid for overlays that a picture can't keep apart, such as more than three."""
    # Altair takes 0.2 s to import: only who draws pays for it.
    from analysis.sheet_drawing import drawn

    return drawn(picture_of(report, layout, overlays), theme)


def picture_of(report: JourneyReport, layout: Layout, overlays: Sequence[Overlay] = ()) -> Sheet:
    """The shapes of the chart and where they stand; `columns` tells a page how to line up with them."""
    check_overlays(overlays)
    picture = wide_picture if layout is Layout.WIDE else phone_picture
    return picture(report, laid(report, overlays))
