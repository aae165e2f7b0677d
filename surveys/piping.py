"""Earlier answers and attributes inside a text: `{{answer.felt|that}}`, with the words for where there are none."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

# A pipe holds no second beginning, or a row of braces would be read to its end from each of them.
_PIPE = re.compile(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}", re.DOTALL)
ANSWER, EVENT, HIDDEN = "answer.", "event.", "hidden."
CONTACT_NAME = "contact.name"


class Pipe(Struct, frozen=True):
    """One place in a text; `fallback` is None where none is given."""

    name: str
    fallback: str | None


def pipes_in(text: str) -> Iterator[Pipe]:
    for found in _PIPE.finditer(text):
        name, bar, fallback = found[1].partition("|")
        yield Pipe(name.strip(), fallback.strip() if bar else None)


def is_broken(text: str) -> bool:
    """Whether braces are left that belong to no pipe."""
    rest = _PIPE.sub("", text)
    return "{{" in rest or "}}" in rest


def piped(text: str, values: Mapping[str, str]) -> str:
    """The text with each pipe's value, as the person will read it, else its fallback. Values are not piped again."""

    def said(found: re.Match[str]) -> str:
        name, _, fallback = found[1].partition("|")
        return values.get(name.strip(), "").strip() or fallback.strip()

    return _PIPE.sub(said, text) if "{{" in text else text
