"""The page of drivers: what the overall answer goes with, what to work on first, the curve of the same contacts."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from analysis import driver_chart, quadrant_chart
from analysis.asked import Asked
from analysis.chart_answers import Spec, picture, specification
from analysis.chart_words import Table
from analysis.curve_chart import Layout, Theme
from analysis.driver_report import DriverReport
from analysis.driver_words import (
    left_out_words,
    overall_words,
    prediction_words,
    same_contacts_words,
    steps_table,
    summaries_table,
    why_no_drivers,
)
from analysis.drivers import LABEL, DriverAnalysis
from analysis.importance import Quadrants
from analysis.load_drivers import load_drivers
from analysis.quadrant_chart import ImportanceKind


@get("/journeys/{journey:str}/drivers", include_in_schema=False)
async def drivers_page(
    journey: FromPath[str], member: NamedDependency[Member], asked: NamedDependency[Asked]
) -> Template:
    report = await load_drivers(member.workspace, journey, asked.of_all())
    return Template(
        "analysis/drivers.html", context={"report": report, "label": LABEL, "asked": asked, **_driven(report)}
    )


@get("/journeys/{journey:str}/drivers.json", include_in_schema=False)
async def drivers_json(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Spec:
    """The driver chart as a Vega-Lite specification."""
    report = await load_drivers(member.workspace, journey, asked.of_all())
    return await specification(lambda: _driver_spec(report, layout, theme))


@get("/journeys/{journey:str}/drivers.svg", include_in_schema=False)
async def drivers_svg(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Response[bytes]:
    """The same as a picture."""
    report = await load_drivers(member.workspace, journey, asked.of_all())
    return await picture(lambda: _driver_spec(report, layout, theme))


@get("/journeys/{journey:str}/quadrants.json", include_in_schema=False)
async def quadrants_json(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    kind: FromQuery[ImportanceKind] = ImportanceKind.DERIVED,
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Spec:
    """Importance against experience as a Vega-Lite specification."""
    report = await load_drivers(member.workspace, journey, asked.of_all())
    return await specification(lambda: _quadrant_spec(report, kind, layout, theme))


@get("/journeys/{journey:str}/quadrants.svg", include_in_schema=False)
async def quadrants_svg(
    journey: FromPath[str],
    member: NamedDependency[Member],
    asked: NamedDependency[Asked],
    kind: FromQuery[ImportanceKind] = ImportanceKind.DERIVED,
    layout: FromQuery[Layout] = Layout.WIDE,
    theme: FromQuery[Theme] = Theme.LIGHT,
) -> Response[bytes]:
    """The same as a picture."""
    report = await load_drivers(member.workspace, journey, asked.of_all())
    return await picture(lambda: _quadrant_spec(report, kind, layout, theme))


@get("/journeys/{journey:str}/drivers", opt={"scope": Scope.READ})
async def get_drivers(
    journey: FromPath[str],
    caller: NamedDependency[ApiCaller],
    asked: NamedDependency[Asked],
) -> DriverReport:
    """What the overall answer goes with (association, not cause), quadrants, and the curve of the same contacts.

    Without `until`, up to today; without `since`, the 90 days before that."""
    return await load_drivers(caller.workspace, journey, asked.of_all())


def _driven(report: DriverReport) -> dict[str, Any]:
    """The sentences and tables of the page."""
    k, drivers, prediction = report.settings.k, report.drivers, report.prediction
    has_drivers = drivers is not None and bool(drivers.drivers)
    return {
        "overall": overall_words(report),
        "has_drivers": has_drivers,
        "why_no_drivers": why_no_drivers(drivers, k) if drivers and not has_drivers else "",
        "finding": driver_chart.title_of(drivers) if drivers else "",
        "drivers_table": driver_chart.table_of(drivers, report.settings) if drivers else None,
        "left_out": left_out_words(report.left_out, k),
        "quadrants": [
            (kind, quadrant_chart.title_of(found, report.names), _quadrant_table(report, kind))
            for kind in ImportanceKind
            if (found := _quadrants(report, kind)).placed
        ],
        "prediction": prediction_words(prediction, k) if prediction else "",
        "summaries": summaries_table(prediction) if prediction else None,
        "same": same_contacts_words(report),
        "steps": steps_table(report),
    }


def _quadrants(report: DriverReport, kind: ImportanceKind) -> Quadrants:
    found = report.derived if kind is ImportanceKind.DERIVED else report.stated
    return found or Quadrants(None, {})


def _quadrant_table(report: DriverReport, kind: ImportanceKind) -> Table:
    return quadrant_chart.table_of(_quadrants(report, kind), report.names, kind, report.settings)


def _driver_spec(report: DriverReport, layout: Layout, theme: Theme) -> Spec:
    return driver_chart.driver_spec(report.drivers or _NO_DRIVERS, report.settings, layout=layout, theme=theme)


def _quadrant_spec(report: DriverReport, kind: ImportanceKind, layout: Layout, theme: Theme) -> Spec:
    found = _quadrants(report, kind)
    return quadrant_chart.quadrant_spec(found, report.names, kind, report.settings, layout=layout, theme=theme)


_NO_DRIVERS = DriverAnalysis(0, 0, None, (), ())

STAFF = [drivers_page, drivers_json, drivers_svg, quadrants_json, quadrants_svg]
API = [get_drivers]
