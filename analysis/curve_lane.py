"""The lane of arousal: how stirred up people are at each touchpoint, apart from how they feel."""

from collections.abc import Sequence

from analysis.chart_sheet import Sheet, add_text
from analysis.curve_frame import Frame
from analysis.curve_shapes import Area, Ink, Role
from analysis.curve_words import AROUSAL, shown_arousal
from analysis.report import TouchpointFigure

BAR = 26.0  # the width of a bar of the wide lane
PHONE_BAR = 7.0  # the height of a bar of the phone's
WORDS, FIGURE = 11.0, 10.5
STRENGTH = 0.75


def add_wide_lane(sheet: Sheet, frame: Frame, touchpoints: Sequence[TouchpointFigure]) -> None:
    """Upright bars under the curve, each on a pale ground as tall as the most arousal there is."""
    title_y = frame.lane_top - WORDS
    add_text(sheet, AROUSAL, frame.left, title_y, size=WORDS, ink=Ink.SOFT, role=Role.AXIS, bold=True)
    height = frame.lane_bottom - frame.lane_top
    for i, touchpoint in enumerate(touchpoints):
        arousal = shown_arousal(touchpoint)
        if arousal is None:
            continue
        x, x2 = frame.middle(i) - BAR / 2, frame.middle(i) + BAR / 2
        top = frame.lane_bottom - height * arousal
        sheet.areas.append(Area(x=x, y=frame.lane_top, x2=x2, y2=frame.lane_bottom, ink=Ink.GRID))
        sheet.areas.append(Area(x=x, y=top, x2=x2, y2=frame.lane_bottom, ink=Ink.SOFT, opacity=STRENGTH))
        middle = (frame.lane_top + frame.lane_bottom) / 2
        add_text(sheet, f"{arousal:.2f}", x2 + 4, middle, size=FIGURE, ink=Ink.SOFT)


def add_phone_lane_title(sheet: Sheet, y: float) -> None:
    add_text(sheet, f"{AROUSAL} ↓", sheet.right, y, size=FIGURE, ink=Ink.SOFT, align="right", role=Role.AXIS)


def add_phone_bar(sheet: Sheet, touchpoint: TouchpointFigure, left: float, right: float, y: float) -> None:
    """A bar from left to right beside the row of a touchpoint, its figure over it."""
    arousal = shown_arousal(touchpoint)
    if arousal is None:
        return
    top, bottom = y - PHONE_BAR / 2, y + PHONE_BAR / 2
    sheet.areas.append(Area(x=left, y=top, x2=right, y2=bottom, ink=Ink.GRID))
    end = left + (right - left) * arousal
    sheet.areas.append(Area(x=left, y=top, x2=end, y2=bottom, ink=Ink.SOFT, opacity=STRENGTH))
    add_text(sheet, f"{arousal:.2f}", (left + right) / 2, top - 9, size=FIGURE, ink=Ink.SOFT, align="center")
