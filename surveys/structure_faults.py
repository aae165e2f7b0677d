"""Every fault of plain data against a Struct, with its place and its remedy; msgspec alone stops at the first."""

import difflib
from collections.abc import Iterator
from datetime import date, time, timedelta
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Meta, Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from core.errors import Fault

_WORDS: dict[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    date: "a date such as 2025-01-31",
    time: "a time of day such as 09:00:00",
    timedelta: "a duration such as PT2H (two hours) or P14D (fourteen days)",
}
LONGEST_SHOWN = 60
NOTHING = (type(None), UnsetType)  # what stands in a type for a field that is empty, or left out


def structure_faults(raw: object, kind: Any, place: str = "") -> Iterator[Fault]:
    """Try `raw` part by part against `kind`: a Struct, a tuple of one kind, or a plain type, annotated or not.

    Data without a fault here converts to `kind`, and other data does not: msgspec judges every part.
    """
    given = next((part for part in _parts_of(kind) if part not in NOTHING), kind)  # of `tuple | None` the tuple
    found = False
    for fault in _inner_faults(raw, _bare(given), place):
        found = True
        yield fault
    if not found and not _fits(raw, kind):
        yield Fault(place, f"this is {_shown(raw)}; write {_words_for(kind)}")


def _inner_faults(raw: object, bare: Any, place: str) -> Iterator[Fault]:
    if get_origin(bare) is tuple and isinstance(raw, list):
        for at, part in enumerate(raw):
            yield from structure_faults(part, get_args(bare)[0], f"{place}[{at}]")
    elif get_origin(bare) is dict and isinstance(raw, dict):
        named, valued = get_args(bare)
        for name, value in raw.items():
            inside = _inside(place, str(name)[:LONGEST_SHOWN])
            if not _fits(name, named):
                yield Fault(inside, f"{_shown(name)} stands as a key; write {_words_for(named)}")
            yield from structure_faults(value, valued, inside)
    elif _is_struct(bare) and isinstance(raw, dict):
        yield from _field_faults(raw, bare, place)


def _field_faults(raw: dict[object, object], kind: type[Struct], place: str) -> Iterator[Fault]:
    known = {field.name: field for field in fields(kind)}
    for name in raw:
        if name not in known:
            yield Fault(_inside(place, str(name)[:LONGEST_SHOWN]), _unknown_words(str(name), list(known)))
    for field in known.values():
        inside = _inside(place, field.name)
        if field.name in raw:
            value = raw[field.name]
            if value is None and not _fits(None, field.type):
                yield Fault(inside, _empty_words(field))
            else:
                yield from structure_faults(value, field.type, inside)
        elif field.required:
            yield Fault(inside, f"this is missing; write {_words_for(field.type)}")


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _unknown_words(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name[:LONGEST_SHOWN], known, n=1)
    if near:
        return f"there is no such field; did you mean {near[0]}?"
    return f"there is no such field; take it out. Known are {', '.join(known)}"


def _empty_words(field: FieldInfo) -> str:
    leave_out = "" if field.default is NODEFAULT else ", or leave the field out"
    return f"this is empty; write {_words_for(field.type)}{leave_out}"


def _fits(raw: object, kind: Any) -> bool:
    try:
        msgspec.convert(raw, kind)
    except (msgspec.ValidationError, OverflowError):
        return False
    return True


def _shown(raw: object) -> str:
    if isinstance(raw, dict):
        return "a mapping"
    if isinstance(raw, list):
        return f"a list of {len(raw)}"
    if isinstance(raw, bool):
        return f"{str(raw).lower()} (put words such as yes and no in quotes)"
    if isinstance(raw, str):
        return repr(raw if len(raw) <= LONGEST_SHOWN else f"{raw[:LONGEST_SHOWN]}...")
    return str(raw)[:LONGEST_SHOWN]


def _words_for(kind: Any) -> str:
    """What to write instead: the description that stands with the type, or the name of its kind."""
    for part in _parts_of(kind):
        described = [meta.description for meta in getattr(part, "__metadata__", ()) if isinstance(meta, Meta)]
        if described and described[0]:
            return described[0]
        bare = _bare(part)
        if isinstance(bare, type) and issubclass(bare, Enum):
            return f"one of {', '.join(str(member.value) for member in bare)}"
        if _is_struct(bare):
            return f"a mapping with {', '.join(field.name for field in fields(bare))}"
        if get_origin(bare) in (tuple, dict):
            return "a list" if get_origin(bare) is tuple else "a mapping"
        if bare in _WORDS:
            return _WORDS[bare]
    return "another value"


def _parts_of(kind: Any) -> tuple[Any, ...]:
    """The members of a union such as `date | None`; any other type alone."""
    bare = _bare(kind)
    return get_args(bare) if any(nothing in get_args(bare) for nothing in NOTHING) else (kind,)


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)
