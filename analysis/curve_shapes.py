"""The shapes an emotion curve is made of, in pixels and without colours: what is laid out before anything is drawn."""

from enum import StrEnum
from typing import Literal

from msgspec import Struct, field

from analysis.label_placing import Box
from analysis.lettering import LINE, width_of
from analysis.report import Verdict


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


class Marker(Struct, frozen=True, kw_only=True):
    """The experience of one touchpoint; the verdict is its shape, a hollow one is too thin to be tested."""

    x: float
    y: float
    verdict: Verdict
    key: str = ""  # empty in the legend
    size: float = 130  # area in square pixels

    @property
    def is_hollow(self) -> bool:
        return self.verdict is Verdict.INDICATIVE


class Path(Struct, frozen=True, kw_only=True):
    """A piece of the experience line; dashed where it joins what two instruments measured."""

    points: tuple[tuple[float, float], ...]
    is_dashed: bool = False


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
    markers: list[Marker] = field(default_factory=list)
    bars: list[Area] = field(default_factory=list)  # of the evidence, beside the letters
    texts: list[Text] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
