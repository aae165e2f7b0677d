"""A question's scale as a mail shows it: one link a point, in blocks of cells that fit a phone."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from surveys.definition import Question
from surveys.instruments import SCALES, Instrument, Look
from surveys.texts import Texts
from surveys.wording import point_in_words

# From the oldest emoji only, which every mail program has a picture for.
FACES = ("😞", "😕", "😐", "😊", "😄")
THUMBS = ("👎", "👍")
STAR = "★"
# What else stands under an answering page's address. A path that is spelled out hides the others from the router: a
# question with such a key is asked on the page alone.
HONEYPOT, UNSUBSCRIBE = "more", "unsubscribe"  # the first is the link that no person sees or hears
TAKEN = (HONEYPOT, UNSUBSCRIBE)
SPACING = 3  # pixels between cells: programs that ignore CSS still keep them apart


class Drawn(StrEnum):
    """How the points look."""

    FACES = "faces"
    THUMBS = "thumbs"
    STARS = "stars"
    NUMBERS = "numbers"
    WORDS = "words"


class MailPoint(Struct, frozen=True):
    """One link. `sign` is seen large and `words` small, one of them may be empty; `spoken` says all of it."""

    value: int
    link: str
    sign: str
    words: str
    spoken: str


class MailScale(Struct, frozen=True, kw_only=True):
    """The blocks stand side by side where there is room, else under each other; `cell` is a cell's width in pixels."""

    drawn: Drawn
    blocks: tuple[tuple[MailPoint, ...], ...]
    cell: int
    low: str  # the words at the ends, empty where every point has its own
    high: str

    @property
    def points(self) -> tuple[MailPoint, ...]:
        return tuple(point for block in self.blocks for point in block)

    def width(self, block: Sequence[MailPoint]) -> int:
        """Pixels; a screen of 320 has room for 272, the mail itself for 512."""
        return len(block) * self.cell + (len(block) + 1) * SPACING


def mail_scale(question: Question, texts: Texts, link: str) -> MailScale | None:
    """The scale of a worded question, each point's link under `link`; None where one point does not answer it."""
    if question.instrument not in SCALES or question.key in TAKEN:
        return None
    drawn = _drawn(question)
    points = [_point(question, value, drawn, texts, link) for value in SCALES[question.instrument].points]
    has_ends = drawn in (Drawn.NUMBERS, Drawn.STARS)
    sizes, cell = _layout(drawn, len(points))
    return MailScale(
        drawn=drawn,
        blocks=_cut(points, sizes),
        cell=cell,
        low=f"{points[0].value} = {question.low}" if has_ends and question.low else "",
        high=f"{points[-1].value} = {question.high}" if has_ends and question.high else "",
    )


def _drawn(question: Question) -> Drawn:
    if question.instrument is Instrument.THUMBS:
        return Drawn.THUMBS
    if question.instrument in (Instrument.ANCHOR, Instrument.EXPECTATION) or question.look is Look.FACES:
        return Drawn.FACES
    if question.instrument in (Instrument.KEPT, Instrument.DISCONFIRMATION):
        return Drawn.WORDS
    return Drawn.STARS if question.look is Look.STARS else Drawn.NUMBERS


def _point(question: Question, value: int, drawn: Drawn, texts: Texts, link: str) -> MailPoint:
    scale = SCALES[question.instrument]
    words = point_in_words(question, value, texts)
    end = {scale.low: question.low, scale.high: question.high}.get(value, "")
    place = f"{link}/{question.key}/{value}"
    match drawn:
        case Drawn.FACES:
            return MailPoint(value, place, FACES[value - scale.low], words, f"{value} {words}")
        case Drawn.THUMBS:
            return MailPoint(value, place, THUMBS[value - scale.low], words, words)
        case Drawn.WORDS:
            return MailPoint(value, place, "", words, words)
        case Drawn.STARS:
            return MailPoint(value, place, STAR, str(value), f"{words}, {end}" if end else words)
        case Drawn.NUMBERS:
            return MailPoint(value, place, words, "", f"{words} {end}" if end else words)


def _layout(drawn: Drawn, n: int) -> tuple[tuple[int, ...], int]:
    """How many points each block holds, and a cell's width: rows of six at most on a phone, but seven stay whole."""
    if drawn is Drawn.WORDS and n > 3:
        return (1,) * n, 506  # words as long as these need a line each
    widest = {2: 120, 3: 150, 5: 92 if drawn is Drawn.FACES else 64, 7: 60, 10: 45, 11: 41}[n]
    return {10: (5, 5), 11: (6, 5)}.get(n, (n,)), widest


def _cut(points: Sequence[MailPoint], sizes: Sequence[int]) -> tuple[tuple[MailPoint, ...], ...]:
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    return tuple(tuple(points[start : start + size]) for start, size in zip(starts, sizes, strict=True))
