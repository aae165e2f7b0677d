"""YAML and JSON as files hold them: text to plain data, bounded and strict, and back, tidily."""

import json
import re
from datetime import date, datetime
from typing import Any

import yaml
from yaml import AliasEvent, CSafeLoader, MappingStartEvent, ScalarEvent, SequenceStartEvent
from yaml.events import CollectionEndEvent, NodeEvent

from core.errors import Fault, Invalid

LARGEST_FILE = 1_000_000  # bytes
LONGEST_TEXT = 10_000  # characters
DEEPEST = 20  # lists and mappings inside each other
_MOST_BITS = 1_000  # of a number, far beyond any that is used
_OTHER_BREAKS = re.compile(r"[\r\x85\u2028\u2029]")


def read_plain(text: str, name: str) -> object:
    """Dicts, lists, texts, numbers and dates out of YAML, or out of JSON where the name or the first sign says so.

    Raises Invalid, its field the file's name, for what is too large or deep, broken, says a key twice or uses aliases.
    """
    if len(text) > LARGEST_FILE or len(text.encode(errors="replace")) > LARGEST_FILE:
        raise Invalid(Fault(name, f"this file is larger than {LARGEST_FILE // 1_000_000} MB; split it"))
    text = text.removeprefix("\ufeff")  # some editors begin a file with a byte order mark
    is_json = name.lower().endswith(".json") or (
        not name.lower().endswith((".yaml", ".yml")) and text.lstrip().startswith("{")
    )
    try:
        return _read_json(text) if is_json else _read_yaml(text)
    except _Refused as refusal:
        raise Invalid(Fault(name, str(refusal))) from refusal


def write_yaml(data: object) -> str:
    """Block style in the given order, without anchors."""
    return yaml.dump(data, Dumper=_TidyDumper, sort_keys=False, allow_unicode=True, width=110)


def write_json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, default=_iso) + "\n"


def _iso(value: date) -> str:
    """Of a moment too, which is a kind of date: with its time and zone."""
    return value.isoformat()


class _Refused(ValueError):
    """What is wrong with the text, with its line."""


def _read_json(text: str) -> object:
    try:
        found: object = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
        json.dumps(found, ensure_ascii=False).encode()  # JSON can escape half of a surrogate pair, which is no text
    except json.JSONDecodeError as fault:
        raise _Refused(f"line {fault.lineno}, column {fault.colno}: this is no JSON: {fault.msg}") from fault
    except RecursionError as fault:
        raise _Refused("lists and mappings are too deep inside each other") from fault
    except ValueError as fault:
        raise _Refused(str(fault)) from fault  # no text, a number of thousands of digits, or a refusal of our own
    return found


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(f"the field {key[:60]!r} stands twice in one mapping; keep one of them")
        found[key] = value
    return found


def _refuse_constant(constant: str) -> object:
    raise _Refused(f"{constant} is no number; write one")


def _read_yaml(text: str) -> object:
    try:
        _refuse_bombs(text)
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a safe loader, made stricter
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _Refused(f"{place}this is no YAML: {fault.problem}") from fault
    except yaml.YAMLError as fault:
        raise _Refused(f"this is no YAML: {' '.join(str(fault).split())}") from fault
    except (ValueError, OverflowError) as fault:
        # The constructors of dates and numbers let these through: 2025-02-30, or a number of too many digits.
        raise _Refused(str(fault) if isinstance(fault, _Refused) else f"a value can't be read: {fault}") from fault


def _refuse_bombs(text: str) -> None:
    """Read the events alone first.

    A few aliases can stand for gigabytes, deep nesting exhausts the stack, and 1:1:1... is a number that takes minutes.
    """
    depth = 0
    for event in yaml.parse(text, Loader=CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, ScalarEvent) and len(event.value) > LONGEST_TEXT:
            raise _Refused(f"line {line}: a text may have {LONGEST_TEXT:,} characters at most")
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise _Refused(f"line {line}: anchors and aliases (& and *) are not taken; write the value out")
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise _Refused(f"line {line}: lists and mappings are too deep inside each other")


class _StrictLoader(CSafeLoader):
    """The safe loader of YAML, which refuses a key that stands twice instead of keeping the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            said = str(key.value)
            if said in seen:
                line = key.start_mark.line + 1
                raise _Refused(f"line {line}: the field {said[:60]!r} stands twice in one mapping; keep one of them")
            seen.add(said)
        return super().construct_mapping(node, deep=deep)


def _construct_whole(loader: _StrictLoader, node: yaml.ScalarNode) -> int | str:
    """As YAML reads it, but 18:00:00 is a time of day to whoever writes it, and no number of base 60.

    0xfff... may be a number that Python reads but refuses to write.
    """
    if ":" in node.value:
        return str(node.value)
    found = int(loader.construct_yaml_int(node))
    if found.bit_length() > _MOST_BITS:
        raise _Refused(f"line {node.start_mark.line + 1}: this is a number of too many digits")
    return found


_StrictLoader.add_constructor("tag:yaml.org,2002:int", _construct_whole)


class _TidyDumper(yaml.SafeDumper):
    """Lists are indented under their field; nothing is ever written as an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Several lines as lines. Other breaks than the usual one are escaped: read as they are, they would become it."""
    style = '"' if _OTHER_BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_moment(dumper: yaml.SafeDumper, moment: datetime) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", moment.isoformat())


_TidyDumper.add_representer(str, _represent_text)
_TidyDumper.add_representer(datetime, _represent_moment)
