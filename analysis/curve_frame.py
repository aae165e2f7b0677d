"""The pixels of the wide emotion curve: its plot, its columns and the lane under them."""

from msgspec import Struct

from analysis.label_placing import Box

SCALE, OVER, UNDER = 344.0, 42.0, 26.0  # from delighted to angry, and the room over and under them for labels
LANE_TITLE, LANE = 24.0, 30.0  # over the bars of the lane, and their height


class Frame(Struct, frozen=True, kw_only=True):
    """The plot inside the sheet, of `n` columns."""

    left: float
    top: float
    column: float  # the width of one
    n: int
    has_lane: bool

    @property
    def bottom(self) -> float:
        """Of the plot."""
        return self.top + OVER + SCALE + UNDER

    @property
    def right(self) -> float:
        return self.left + self.column * self.n

    @property
    def lane_top(self) -> float:
        return self.bottom + (LANE_TITLE if self.has_lane else 0)

    @property
    def lane_bottom(self) -> float:
        """Of all that stands in columns over their names."""
        return self.lane_top + (LANE if self.has_lane else 0)

    def start(self, i: int) -> float:
        return self.left + self.column * i

    def middle(self, i: int) -> float:
        return self.left + self.column * (i + 0.5)

    def y_of(self, x: float) -> float:
        """Where an experience x in [-1, +1] stands."""
        return self.top + OVER + SCALE * (1 - x) / 2

    def column_box(self, i: int) -> Box:
        return Box(self.start(i), self.top, self.start(i + 1), self.lane_bottom)
