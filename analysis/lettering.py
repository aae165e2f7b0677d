"""How wide words are when they are drawn, and how they break into lines."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence

# Characters that a name may have and XML may not.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"
LINE = 1.25  # height of a line, in units of the font size
ELLIPSIS = "…"
SHORTEST_PART = 3  # letters of a word on either side of a hyphen

# Advance widths of Helvetica in thousandths of the font size (Adobe font metrics); Arial has the same.
_ADVANCES = {
    191: "'",
    222: "ijl‘’",
    260: "|",
    278: " \xa0!,./:;I[]\\ft·",
    333: "()-`r“”",
    355: '"',
    389: "*",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu–",
    584: "+<=>~−",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
}
_ADVANCE = {character: advance for advance, characters in _ADVANCES.items() for character in characters}
# Every blank may end a line but the one that is there to prevent it.
_BLANKS = re.compile(r"[^\S\xa0]+")
_UNKNOWN, _FULL_WIDTH = 760, 1000
# Bold letters are wider, and so is the widest font of the stack: a box must hold its words in each of them.
_BOLD, _WIDEST_FONT = 1.07, 1.07


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """The pixels `words` take at most, in a font of `size` pixels."""
    thousandths = sum(map(_advance, words))
    return thousandths / 1000 * size * _WIDEST_FONT * (_BOLD if bold else 1)


def wrapped(words: str, width: float, size: float, *, lines: int, bold: bool = False) -> tuple[str, ...]:
    """`words` in at most `lines` lines of `width` pixels: broken between words, and in one that is too long."""

    def fits(line: str) -> bool:
        return width_of(line, size, bold=bold) <= width

    done: list[str] = []
    rest = _pieces(words)
    while rest and len(done) < lines:
        line = ""
        while rest and fits((line + rest[0]).rstrip()):
            line += rest.pop(0)
        if not line:
            line = _longest_start(rest[0], fits)
            rest[0] = rest[0][len(line) :]
            line += "" if line.endswith("-") or _is_full_width(line[-1]) else "-"
        done.append(line.rstrip())
    if rest:
        done[-1] = _ended(done[-1].removesuffix("-"), fits)
    return tuple(done)


def balanced(words: str, width: float, size: float, *, lines: int, bold: bool = False) -> tuple[str, ...]:
    """Like `wrapped`, in as few lines but of about one length, so that no word is left alone on the last."""
    best = wrapped(words, width, size, lines=lines, bold=bold)
    if len(best) == 1:
        return best
    narrower = width
    while (narrower := narrower * 0.96) > width / 3:
        narrow = wrapped(words, narrower, size, lines=lines, bold=bold)
        if len(narrow) > len(best) or _letters(narrow) != _letters(best):
            break
        best = narrow
    return best


def without_unprintable(words: str) -> str:
    """Without the characters that XML has no place for. The renderer does not refuse them: it ends the process."""
    return _NOT_XML.sub("", words)


def _letters(lines: Sequence[str]) -> str:
    """What the lines say whatever the places they break at; a hyphen or an ellipsis more is a difference."""
    return "".join(lines).replace(" ", "")


def _pieces(words: str) -> list[str]:
    """The parts between which a line may break, each with the space, slash or hyphen it ends in."""
    pieces = [""]
    for character in _BLANKS.sub(" ", words.strip()):
        pieces[-1] += character
        if character in " /-":
            pieces.append("")
    return [piece for piece in pieces if piece]


def _longest_start(word: str, fits: Callable[[str], bool]) -> str:
    """As much of a word as fits with a hyphen behind it, one letter at least."""
    longest = max(len(word.rstrip()) - SHORTEST_PART, 1)
    end = 1
    while end < longest and fits(word[:end] + "-"):
        end *= 2
    lengths = range(1, min(end, longest) + 1)
    return word[: max(bisect_left(lengths, True, key=lambda length: not fits(word[:length] + "-")), 1)]


def _ended(line: str, fits: Callable[[str], bool]) -> str:
    """The line with an ellipsis, without the letters for which that leaves no room."""
    while line and not fits(line.rstrip(" ,;:") + ELLIPSIS):
        line = line[:-1]
    return line.rstrip(" ,;:") + ELLIPSIS


def _advance(character: str) -> int:
    if character in _ADVANCE:
        return _ADVANCE[character]
    if unicodedata.combining(character):
        return 0
    if _is_full_width(character):
        return _FULL_WIDTH
    return _ADVANCE.get(unicodedata.normalize("NFD", character)[0], _UNKNOWN)


def _is_full_width(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
