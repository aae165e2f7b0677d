"""Jinja2 for pages and mails: escaped, strict, with the few filters that templates need."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core.settings import BASE_FOLDER


def template_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(BASE_FOLDER / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=day_words,
        moment=moment,
        signed=signed,
        percent=percent,
        listed=listed,
        sentence=sentence,
        groupby_in_order=groupby_in_order,
    )
    return environment


def day_words(day: date) -> str:
    """A day as people read it, such as "23 Nov 2026", on one line."""
    return f"{day:%-d}\xa0{day:%b}\xa0{day:%Y}"


def moment(value: datetime) -> str:
    """A moment as people read it, such as "23 Nov 2026, 09:44 UTC"."""
    return f"{value.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def signed(value: float, digits: int = 2) -> str:
    """A figure with its sign, a real minus and never "-0.00"."""
    text = f"{value:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")


def percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f} %"


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def sentence(words: str) -> str:
    """What begins small and ends without a full stop, as faults do, as a sentence."""
    text = words.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!', '…')) else '.'}"


class Group(NamedTuple):
    """Neighbours that share an attribute."""

    name: str
    rows: list[Any]


def groupby_in_order(rows: Sequence[Any], attribute: str) -> list[Group]:
    """Neighbouring rows with the same attribute; unlike Jinja's own groupby it keeps their order."""
    return [Group(name, list(group)) for name, group in groupby(rows, key=attrgetter(attribute))]
