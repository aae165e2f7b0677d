"""The figures of a journey report as CSV: a row for each touchpoint."""

from collections.abc import Iterator
from typing import get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from analysis.csv_export import written
from analysis.report import JourneyReport, TouchpointFigure

Place = tuple[str, ...]  # where a figure stands in a touchpoint: ("mean",), ("interval", "lo")


def figures_csv(report: JourneyReport) -> str:
    """Named and ordered as in the API: what it nests has columns of its own, such as interval_lo and promise_level.

    What there may be several of (gaps, official figures, the distribution) has no column."""
    places = list(_places(TouchpointFigure))
    columns = ("journey", "since", "until", "where", *map("_".join, places), "method_version", "data_hash")
    head = (report.journey, report.since, report.until, report.where)
    tail = (report.method_version, report.data_hash)
    rows = [(*head, *(_figure(touchpoint, place) for place in places), *tail) for touchpoint in report.touchpoints]
    return written(columns, rows)


def _places(kind: type[Struct], outer: Place = ()) -> Iterator[Place]:
    """Of every figure of `kind` that there is at most one of."""
    for field in fields(kind):
        if get_origin(field.type) is tuple:
            continue
        place = (*outer, field.name)
        options = get_args(field.type) or (field.type,)
        inner = next((option for option in options if isinstance(option, type) and issubclass(option, Struct)), None)
        if inner is None:
            yield place
        else:
            yield from _places(inner, place)


def _figure(touchpoint: TouchpointFigure, place: Place) -> object:
    found: object = touchpoint
    for name in place:
        found = None if found is None else getattr(found, name)
    return found
