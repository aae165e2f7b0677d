"""What a journey by segment holds: its cells, and each touchpoint at a fixed mix of the segments."""

from msgspec import Struct

from analysis.interval import Contrast, Estimate


class Cell(Struct, frozen=True):
    """One segment at one touchpoint; nothing but its name where it is hidden.

    `against_rest` is the segment minus all other contacts of the touchpoint; `q` is its p value adjusted over all cells
    of the report, and `is_different` says q <= settings.q. Both None below `tested_from` on either side.
    """

    touchpoint: str
    segment: str
    n: int = 0
    estimate: Estimate | None = None
    against_rest: Contrast | None = None
    q: float | None = None
    is_different: bool | None = None


class Mixed(Struct, frozen=True):
    """The crude mean x, and the one with the segments in the proportions of a standard mix (direct standardisation).

    `adjusted` is None where no segment of the mix was seen, and where fewer than k contacts are in several: beside the
    crude mean it would tell what they answered. `coverage` is the share of the mix that was seen: the rest can't be
    adjusted for.
    """

    crude: Estimate | None
    adjusted: Estimate | None
    coverage: float


class Segment(Struct, frozen=True):
    """A persona or a channel; `share` is its part of the standard mix."""

    key: str
    name: str
    share: float


class MixedTouchpoint(Struct, frozen=True):
    """A touchpoint's mean as it is and at the standard mix."""

    touchpoint: str
    mixed: Mixed


class SegmentFigures(Struct, frozen=True, kw_only=True):
    """Every cell of touchpoint by segment, touchpoints in the order of the journey, segments by their size.

    One who answers by two channels is a contact of both, so channels may add up to more than the whole.
    """

    by: str  # "persona" or "channel"
    segments: tuple[Segment, ...]
    cells: tuple[Cell, ...]
    touchpoints: tuple[MixedTouchpoint, ...]

    def cell(self, touchpoint: str, segment: str) -> Cell | None:
        return next((cell for cell in self.cells if (cell.touchpoint, cell.segment) == (touchpoint, segment)), None)
