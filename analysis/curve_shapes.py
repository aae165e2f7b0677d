"""The shapes a chart is made of, in pixels and without colours: what is laid out before anything is drawn."""

from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct, field

from analysis.label_placing import Box
from analysis.lettering import LINE, width_of


class Layout(StrEnum):
    """How the journey runs: from left to right on 900 px and more, from top to bottom on a phone."""

    WIDE = "wide"
    PHONE = "phone"


class Ink(StrEnum):
    """What a colour stands for; each theme has its own for it."""

    INK = "ink"
    SOFT = "soft"
    GRID = "grid"
    HATCH = "hatch"
    CARD = "card"
    PROMISE = "promise"
    BROKEN = "broken"
    KEPT = "kept"
    OVER_DELIVERED = "over_delivered"
    OVERLAY_1 = "overlay_1"
    OVERLAY_2 = "overlay_2"
    OVERLAY_3 = "overlay_3"


class Shape(StrEnum):
    """The signs of Vega that stay apart when they are small, and one of our own (from -1 to +1 both ways)."""

    CIRCLE = "circle"
    SQUARE = "square"
    DIAMOND = "diamond"
    UP = "triangle-up"
    DOWN = "triangle-down"
    RIGHT = "triangle-right"
    CROSS = "cross"
    STAR = "M0,-1.2L0.3,-0.4L1.1,-0.35L0.48,0.17L0.7,1L0,0.5L-0.7,1L-0.48,0.17L-1.1,-0.35L-0.3,-0.4Z"


class Role(StrEnum):
    """What a text or a rule says; the picture's tests ask for it."""

    TITLE = "title"
    PHASE = "phase"
    AXIS = "axis"
    NAME = "name"
    LABEL = "label"  # verdict and n of a point, or why there is none
    CLAIM = "claim"
    LEGEND = "legend"
    NOTE = "note"


Align = Literal["left", "center", "right"]


class Text(Struct, frozen=True, kw_only=True):
    """One line of words; `y` is its middle."""

    words: str
    x: float
    y: float
    size: float
    role: Role
    ink: Ink = Ink.INK
    align: Align = "left"
    bold: bool = False
    italic: bool = False
    has_halo: bool = False  # keeps lines behind it at a distance

    @property
    def box(self) -> Box:
        width = width_of(self.words, self.size, bold=self.bold)
        left = self.x - {"left": 0.0, "center": width / 2, "right": width}[self.align]
        half = self.size * LINE / 2
        return Box(left, self.y - half, left + width, self.y + half)


class Rule(Struct, frozen=True, kw_only=True):
    """A straight line."""

    x: float
    y: float
    x2: float
    y2: float
    ink: Ink
    width: float = 1
    opacity: float = 1


class Area(Struct, frozen=True, kw_only=True):
    """A filled rectangle."""

    x: float
    y: float
    x2: float
    y2: float
    ink: Ink
    opacity: float = 1

    @property
    def box(self) -> Box:
        return Box(self.x, self.y, self.x2, self.y2)


class Sign(Struct, frozen=True, kw_only=True):
    """A point of the chart. `figures` stand beside it in the specification, for programs that read it."""

    x: float
    y: float
    shape: Shape = Shape.CIRCLE
    ink: Ink = Ink.INK
    size: float = 90  # area in square pixels
    is_hollow: bool = False
    layer: str = "signs"  # its name in the specification
    figures: dict[str, Any] = field(default_factory=dict)


class Stroke(Struct, frozen=True, kw_only=True):
    """How a line looks; `layer` is the name in the specification of all lines of this look."""

    layer: str
    ink: Ink
    width: float
    dash: tuple[float, ...] = ()  # pixels drawn and left out in turn; empty for a solid line


SOLID = Stroke(layer="line", ink=Ink.INK, width=2.5)
DASHED = Stroke(layer="joins", ink=Ink.INK, width=2, dash=(5, 5))


class Path(Struct, frozen=True, kw_only=True):
    """A piece of a line through many places."""

    points: tuple[tuple[float, float], ...]
    stroke: Stroke = SOLID


class Column(Struct, frozen=True, kw_only=True):
    """The strip of one touchpoint, a column on the wide layout and a row on the phone; `tip` is its tooltip."""

    key: str
    box: Box
    tip: dict[str, str]


class Picture(Struct, kw_only=True):
    """Everything to draw on a sheet of `width` by `height` pixels, each list from back to front."""

    width: float
    height: float = 0
    description: str = ""
    areas: list[Area] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    bars: list[Area] = field(default_factory=list)  # of the evidence, beside the letters
    texts: list[Text] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
