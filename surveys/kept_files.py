"""Files that begin with `kept:` and their format: read with every fault they have, written tidily."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from core.errors import Fault, Invalid
from surveys.plain_text import read_plain, write_json, write_yaml
from surveys.structure_faults import structure_faults
from surveys.tidy_writing import written_struct

MOST_FAULTS = 25  # as many as anybody mends at once

Form = Literal["yaml", "json"]
Read = TypeVar("Read", bound=Struct)


def read_file(
    text: str, name: str, format_: str, kind: type[Read], faults_of: Callable[[Read], Iterator[Fault]]
) -> Read:
    """What `text` says, as a `kind`; `name` is the file's, `format_` such as `journey/1`.

    Raises Invalid with up to 25 faults, each with its place: first those of its fields, then what `faults_of` finds.
    """
    noun = format_.partition("/")[0]
    plain = read_plain(text, name)
    if not isinstance(plain, dict):
        raise Invalid(Fault(name, f"this is no {noun}: it must begin with the line `kept: {format_}`"))
    if plain.get("kept") != format_:
        raise Invalid(Fault("kept", _format_words(plain.get("kept"), format_, noun)))
    content = {field: value for field, value in plain.items() if field != "kept"}
    _refuse(structure_faults(content, kind))
    found = msgspec.convert(content, kind)
    _refuse(faults_of(found))
    return found


def write_file(struct: Struct, format_: str, form: Form) -> str:
    """The file's text, fields in their order, those with their default left out; reading it gives `struct` again."""
    plain = {"kept": format_, **written_struct(struct)}
    return write_json(plain) if form == "json" else write_yaml(plain)


def _refuse(faults: Iterator[Fault]) -> None:
    first = tuple(islice(faults, MOST_FAULTS))
    if first:
        raise Invalid(*first)


def _format_words(said: object, format_: str, noun: str) -> str:
    if said is None:
        return f"this is missing; a {noun}'s file begins with the line `kept: {format_}`"
    return f"this says {str(said)[:60]!r}; this version of Kept reads `kept: {format_}`"
