"""Where in a file's text a fault stands: the line of `questions[2].branches[0].go`."""

import re

import yaml
from yaml import CSafeLoader, MappingNode, Node, SequenceNode

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def line_of(text: str, field: str) -> int | None:
    """The line, from 1, of the field or of the nearest one around it that is there; None where not even that is.

    `text` is YAML or JSON that could be read (surveys/plain_text.py refuses what is too large or too deep).
    """
    try:
        node = yaml.compose(text, Loader=CSafeLoader)
    except yaml.YAMLError:
        return None
    line = None
    for number, key in _STEP.findall(field):
        found = _item(node, int(number)) if number else _value(node, key)
        if found is None:
            break
        node, line = found
    return line


def _item(node: Node | None, number: int) -> tuple[Node, int] | None:
    if not isinstance(node, SequenceNode) or number >= len(node.value):
        return None
    item: Node = node.value[number]
    return item, item.start_mark.line + 1


def _value(node: Node | None, key: str) -> tuple[Node, int] | None:
    if not isinstance(node, MappingNode):
        return None
    return next(((value, name.start_mark.line + 1) for name, value in node.value if name.value == key), None)
