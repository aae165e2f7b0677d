"""The words and signs of a comment, in lower case, each with its place in the text as it was written."""

import re
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from analysis.text.wordlists import MAX_READ_CHARACTERS

_TAG = re.compile(r"</?[a-z][^<>]{0,300}>")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,500}")
_ENTITY = re.compile(r"&#?\w{1,30};")
# What has no width, no meaning or only a direction, and the tones of a skin: nobody reads it.
_UNREAD = re.compile(
    "[\ufe0e\ufe0f\u200b-\u200f\u061c\ufeff\u00ad\u202a-\u202e\u2066-\u2069\u0300-\u036f\U0001f3fb-\U0001f3ff]+"
)
_PLAIN = str.maketrans(
    dict.fromkeys("‘’‚‛ʼ′`´", "'") | dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‐‑‒–—\x00\u00a0\u2028\u2029", " ")
)


class Words(NamedTuple):
    """Three columns of equal length; word `i` stands at the characters `starts[i]` to `stops[i]` (not included)."""

    texts: list[str]
    starts: list[int]
    stops: list[int]


class Tokenizer:
    """Splits a comment into words ("isn't" is one), the given emoticons, single signs, and the ends of lines."""

    def __init__(self, emoticons: Sequence[str] = ()) -> None:
        faces = "|".join(map(re.escape, sorted(emoticons, key=len, reverse=True)))
        signs = rf"(?<!\w)(?:{faces})(?![\w/])|" if faces else ""
        self._token = re.compile(rf"[^\W_]+(?:'[^\W_]+)*|{signs}[^\w\s'\"-]|\n")

    def split(self, text: str) -> Words:
        """The words of the first 10,000 characters."""
        plain, origins = _plain(text[:MAX_READ_CHARACTERS])
        found = list(self._token.finditer(plain))
        texts = [match[0] for match in found]
        if origins is None:
            return Words(texts, [match.start() for match in found], [match.end() for match in found])
        starts = [origins[match.start()] for match in found]
        return Words(texts, starts, [origins[match.end() - 1] + 1 for match in found])


def _plain(text: str) -> tuple[str, list[int] | None]:
    """Lower case, with straight quotes and without tags and addresses; and where each character stood in the text.

    None says that each stands where it stood.
    """
    origins: list[int] | None = None
    if not text.isascii() or "\x00" in text:
        text = text.translate(_PLAIN)
        text, origins = _replaced(_UNREAD, text, origins)
    if "&" in text:
        text, origins = _replaced(_ENTITY, text, origins)
    text = _lower(text)
    if "<" in text:
        text = _TAG.sub(_blank, text)
    if "http" in text or "www." in text:
        text = _ADDRESS.sub(_blank, text)
    return text, origins


def _replaced(found: re.Pattern[str], text: str, origins: list[int] | None) -> tuple[str, list[int] | None]:
    """With entities unescaped and what is unread dropped."""
    pieces: list[str] = []
    places: list[int] = []
    end = 0
    for match in found.finditer(text):
        written = "" if found is _UNREAD else unescape(match[0]).translate(_PLAIN)
        pieces += (text[end : match.start()], written)
        places.extend(range(end, match.start()))
        places.extend([match.start()] * len(written))
        end = match.end()
    if not pieces:
        return text, origins
    pieces.append(text[end:])
    places.extend(range(end, len(text)))
    return "".join(pieces), places if origins is None else [origins[place] for place in places]


def _lower(text: str) -> str:
    """In lower case, each character at its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    # A few letters, the dotted capital I among them, become two in lower case, which would shift every span after them.
    return "".join(folded if len(folded := letter.lower()) == 1 else letter for letter in text)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
