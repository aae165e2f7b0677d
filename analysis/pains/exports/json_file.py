"""The list as JSON, and the JSON Schema that describes it: both follow from the Structs below."""

from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import Struct

from analysis.pains.exports.address import Address
from analysis.pains.exports.columns import COLUMNS
from analysis.pains.pain_list import PainFilter, PainList, PainOrder
from analysis.pains.pain_point import PainPoint
from analysis.report import ReportSettings

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class ExportedReport(Struct, frozen=True, kw_only=True):
    """What the list is of. `n_all` counts the pain points before `chosen` took some."""

    report_id: str
    journey: str
    name: str
    since: date
    until: date
    chosen: PainFilter
    order: PainOrder
    n_all: int
    n_comments: int
    notes: tuple[str, ...]
    url: str
    data_hash: str


class ExportedMethod(Struct, frozen=True, kw_only=True):
    """How the figures were made."""

    version: str
    settings: ReportSettings


class PainExport(Struct, frozen=True, kw_only=True):
    """The pain-point list of a journey."""

    schema: Literal["kept: pain-points/1"]
    report: ExportedReport
    method: ExportedMethod
    pains: tuple[PainPoint, ...]


def exported(pains: PainList, address: Address) -> PainExport:
    report = ExportedReport(
        report_id=pains.report_id,
        journey=pains.journey,
        name=pains.name,
        since=pains.since,
        until=pains.until,
        chosen=pains.chosen,
        order=pains.order,
        n_all=pains.n_all,
        n_comments=pains.n_comments,
        notes=pains.notes,
        url=address.of_list(pains),
        data_hash=pains.data_hash,
    )
    method = ExportedMethod(version=pains.method_version, settings=pains.settings)
    return PainExport(schema="kept: pain-points/1", report=report, method=method, pains=pains.rows)


def pains_json(pains: PainList, address: Address) -> bytes:
    return msgspec.json.encode(exported(pains, address))


def pain_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of an export, with the meaning of every column."""
    schema = msgspec.json.schema(PainExport)
    for name, field in schema["$defs"]["PainPoint"]["properties"].items():
        field["description"] = COLUMNS[name].meaning
    return {"$schema": DIALECT, "title": "Pain points of Kept", **schema}
