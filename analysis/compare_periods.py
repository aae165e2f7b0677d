"""A journey against the period before it: what changed, and what may be chance (METHOD, sections 2 and 8).

Only what the same instrument measured in both periods is compared. The periods are taken to be independent: one who
answers in both is counted as two.
"""

from msgspec import Struct
from msgspec.structs import replace

from analysis.contrasts import contrast, plus_one_term
from analysis.experience import Disclosure, disclosure_of
from analysis.interval import Contrast, Interval
from analysis.official import newcombe, points_difference
from analysis.report import JourneyReport, OfficialFigure, ReportSettings, TouchpointFigure
from analysis.trend_figures import Direction
from analysis.verdicts import benjamini_hochberg

SHARE = "share"  # the unit of an official figure that is one


class OfficialChange(Struct, frozen=True, kw_only=True):
    """An official score then and now, later minus earlier in its unit: points, or shares on [0, 1].

    A share has Newcombe's interval; NPS has z and the two-sided p, unadjusted, and None where it is not tested.
    """

    name: str
    unit: str
    before: float
    after: float
    difference: float
    interval: Interval | None = None
    z: float | None = None
    p: float | None = None


class PeriodChange(Struct, frozen=True, kw_only=True):
    """One touchpoint then and now, later minus earlier in x.

    `difference` is that of the means drawn; interval and p are Welch's on the plus-one terms. q is adjusted over all
    tested touchpoints, and the direction is None unless q <= settings.q. None of these where either period has fewer
    contacts than are tested, but for the interval; none at all where the instruments differ (`is_measured_otherwise`).
    """

    key: str
    name: str
    n_before: int
    n_after: int
    before: float
    after: float
    is_measured_otherwise: bool = False
    difference: float | None = None
    interval: Interval | None = None
    p: float | None = None
    q: float | None = None
    direction: Direction | None = None
    official: tuple[OfficialChange, ...] = ()


def compare(report: JourneyReport, earlier: JourneyReport) -> tuple[PeriodChange, ...]:
    """The touchpoints that both reports show, in the order of the later one, by whose settings they are judged."""
    then = {figure.key: figure for figure in earlier.touchpoints}
    pairs = [(then[figure.key], figure) for figure in report.touchpoints if figure.key in then]
    found = [_change(before, after, report.settings) for before, after in pairs]
    changes = [change for change in found if change is not None]
    tested = {at: change.p for at, change in enumerate(changes) if change.p is not None}
    for at, q in zip(tested, benjamini_hochberg(list(tested.values())), strict=True):
        changes[at] = replace(changes[at], q=q, direction=_direction(changes[at], q, report.settings))
    return tuple(changes)


def _change(before: TouchpointFigure, after: TouchpointFigure, settings: ReportSettings) -> PeriodChange | None:
    then, now = before.estimate, after.estimate
    if then is None or now is None:
        return None
    change = PeriodChange(
        key=after.key,
        name=after.name,
        n_before=before.n_contacts,
        n_after=after.n_contacts,
        before=then.mean,
        after=now.mean,
        is_measured_otherwise=before.instrument != after.instrument,
        official=_official_changes(before, after, settings),
    )
    if change.is_measured_otherwise:
        return change
    test = contrast([plus_one_term(now), plus_one_term(then, -1.0)], settings.confidence)
    return _tested(change, now.mean - then.mean, test, settings)


def _tested(change: PeriodChange, difference: float, test: Contrast, settings: ReportSettings) -> PeriodChange:
    is_tested = _is_tested(change.n_before, change.n_after, settings)
    return replace(change, difference=difference, interval=test.interval, p=test.p if is_tested else None)


def _direction(change: PeriodChange, q: float, settings: ReportSettings) -> Direction | None:
    if change.difference is None or q > settings.q:
        return None
    return Direction.UP if change.difference > 0 else Direction.DOWN


def _is_tested(n_before: int, n_after: int, settings: ReportSettings) -> bool:
    return disclosure_of(min(n_before, n_after), settings) is Disclosure.TESTED


def _official_changes(
    before: TouchpointFigure, after: TouchpointFigure, settings: ReportSettings
) -> tuple[OfficialChange, ...]:
    """Of the scores both periods have and whose difference can be tested."""
    then = {figure.name: figure for figure in before.official}
    found = [
        _share_change(then[figure.name], figure, settings)
        if figure.unit == SHARE
        else _points_change(then[figure.name], figure, settings)
        for figure in after.official
        if figure.name in then
    ]
    return tuple(change for change in found if change is not None)


def _points_change(before: OfficialFigure, after: OfficialFigure, settings: ReportSettings) -> OfficialChange | None:
    change = points_difference(before, after)
    if change is None:
        return None
    is_tested = _is_tested(before.n, after.n, settings)
    return OfficialChange(
        name=after.name,
        unit=after.unit,
        before=before.value,
        after=after.value,
        difference=change.points,
        z=change.z if is_tested else None,
        p=change.p if is_tested else None,
    )


def _share_change(before: OfficialFigure, after: OfficialFigure, settings: ReportSettings) -> OfficialChange | None:
    change = newcombe(_successes(before), _successes(after), settings.confidence)
    if change is None:
        return None
    return OfficialChange(
        name=after.name,
        unit=SHARE,
        before=before.value,
        after=after.value,
        difference=change.difference,
        interval=change.interval,
    )


def _successes(figure: OfficialFigure) -> tuple[int, int]:
    """A share is successes / n, so that rounding gives the successes back exactly."""
    return round(figure.value * figure.n), figure.n
