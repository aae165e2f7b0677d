"""Make the report of drivers of the paths of contacts: pure, so the same data gives the same digits."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

# At the top, because scipy.special, which every figure needs, has loaded it already.
import msgspec
import numpy as np
from msgspec import Struct

from analysis.data_hash import with_data_hash
from analysis.driver_report import DriverReport, LeftOut, OverallAnswer, WhyLeftOut
from analysis.drivers import DriverAnalysis, contacts_needed, drivers_of
from analysis.experience import estimate_of
from analysis.importance import Measure, measure_of, quadrants_of
from analysis.measured import Measure as CountedMeasure
from analysis.measured import MeasuredTouchpoint
from analysis.paths import ContactPath, Paths
from analysis.report import METHOD_VERSION, JourneyReport
from analysis.same_contacts import Path, same_contacts
from analysis.scales import is_two_valued
from analysis.summaries import Prediction, Remembered, predict_overall
from surveys.instruments import Instrument
from surveys.journeys import JourneyView

LEAST_DRIVERS = 2  # a single one has nothing to be compared with


class _Told(Struct, frozen=True):
    """A contact who gave the overall answer: x of it, and the path."""

    contact: str
    steps: Path
    overall: float


def instruments_of(view: JourneyView, measured: Mapping[str, MeasuredTouchpoint], k: int) -> dict[str, str | None]:
    """By what each touchpoint's experience is measured: as the curve has it, and None where nobody answered.

    Overall it is NPS where enough contacts gave it, for that asks about the whole relationship (METHOD, section 1).
    """
    found = {key: of.plotted.instrument if of.plotted else None for key, of in measured.items()}
    if view.overall is not None and view.overall in measured:
        nps = _measure_by(Instrument.NPS, measured[view.overall])
        if nps is not None and nps.sums.n >= k:
            found[view.overall] = Instrument.NPS.value
    return found


def state_hash_of(view: JourneyView, report: JourneyReport, paths: Paths) -> str:
    """By what a report is remembered, and never shown: a hash of the report, of who came through where and felt how,
    and of what is taken for the overall answer."""
    came = sorted(paths.contacts, key=lambda path: path.contact)
    everything = (report.data_hash, view.overall, paths.n_contacts, came)
    return hashlib.sha256(msgspec.json.encode(everything, order="deterministic")).hexdigest()


def assemble_drivers(
    view: JourneyView,
    measured: Mapping[str, MeasuredTouchpoint],
    report: JourneyReport,
    paths: Paths,
) -> DriverReport:
    """`report` is of the same `measured`; the experiences are its own, so curve and quadrants agree."""
    settings, names = report.settings, _names_of(view)
    instruments = instruments_of(view, measured, settings.k)
    two_valued = [key for key, instrument in instruments.items() if instrument and is_two_valued(instrument)]
    contacts = _shown_paths(view, measured, paths, settings.k)
    steps = [key for key in names if key != view.overall]
    told = _told_by(contacts, view.overall)
    has_overall = view.overall in names
    drivers, used = _drivers(steps, names, told, report)
    left_out = _left_out(names, steps, used, contacts) if drivers.drivers else ()
    importance = {
        key: Measure(driver.johnson, driver.johnson_interval)
        for key in used
        for driver in drivers.drivers
        if driver.name == names[key]
    }
    experience = {
        figure.key: Measure(figure.mean, figure.interval)
        for figure in report.touchpoints
        if figure.mean is not None and figure.interval is not None and figure.key in steps
    }
    found = DriverReport(
        journey=view.key,
        name=view.name,
        since=report.since,
        until=report.until,
        names=names,
        n_contacts=_countable(paths.n_contacts, settings.k),
        n_read=_countable(len(contacts), settings.k),
        overall=_overall(view, names, measured, len(told), settings.k) if has_overall else None,
        drivers=drivers if has_overall else None,
        left_out=left_out,
        derived=quadrants_of(importance, experience) if has_overall else None,
        stated=quadrants_of(_stated(steps, measured, report), experience),
        same=same_contacts([path.steps for path in contacts], steps, settings.k, settings.confidence, two_valued),
        prediction=_prediction(steps, told, settings.k) if has_overall else None,
        settings=settings,
        method_version=METHOD_VERSION,
        data_hash="",
    )
    return with_data_hash(found)


def _names_of(view: JourneyView) -> dict[str, str]:
    """Where two touchpoints share a name, their keys tell them apart."""
    times = Counter(touchpoint.name for touchpoint in view.touchpoints)
    return {
        touchpoint.key: touchpoint.name if times[touchpoint.name] == 1 else f"{touchpoint.name} ({touchpoint.key})"
        for touchpoint in view.touchpoints
    }


def _countable(n: int, k: int) -> int:
    return n if n >= k else 0


def _shown_paths(
    view: JourneyView, measured: Mapping[str, MeasuredTouchpoint], paths: Paths, k: int
) -> list[ContactPath]:
    """The paths without the experiences at steps where these are of too few, or leave out too few of the curve's."""
    n_here = Counter(key for path in paths.contacts for key, x in path.steps.items() if x is not None)
    instruments = instruments_of(view, measured, k)
    hidden = {
        key
        for key, of in measured.items()
        if n_here[key] < k or (paths.is_cut and 0 < _n_contacts(instruments[key], of) - n_here[key] < k)
    }
    return [
        ContactPath(path.contact, {key: None if key in hidden else x for key, x in path.steps.items()})
        for path in sorted(paths.contacts, key=lambda path: path.contact)
    ]


def _n_contacts(instrument: str | None, measured: MeasuredTouchpoint) -> int:
    found = _measure_by(instrument, measured)
    return found.sums.n if found else 0


def _measure_by(instrument: str | None, measured: MeasuredTouchpoint) -> CountedMeasure | None:
    return next((measure for measure in measured.measures if measure.instrument == instrument), None)


def _told_by(contacts: Sequence[ContactPath], overall: str | None) -> list[_Told]:
    if overall is None:
        return []
    return [_Told(path.contact, path.steps, x) for path in contacts if (x := path.steps.get(overall)) is not None]


def _overall(
    view: JourneyView, names: Mapping[str, str], measured: Mapping[str, MeasuredTouchpoint], n: int, k: int
) -> OverallAnswer:
    key = view.overall or ""
    return OverallAnswer(key, names[key], instruments_of(view, measured, k)[key], _countable(n, k))


def _drivers(
    steps: Sequence[str], names: Mapping[str, str], told: Sequence[_Told], report: JourneyReport
) -> tuple[DriverAnalysis, tuple[str, ...]]:
    """The analysis, and the keys of the touchpoints it compares."""
    used = _most_complete([key for key in steps if any(one.steps.get(key) is not None for one in told)], told)
    n_needed = max(contacts_needed(len(used)), report.settings.k)
    if len(used) < LEAST_DRIVERS:
        return DriverAnalysis(0, n_needed, None, (), ()), used
    rows = [[one.steps.get(key) for key in used] for one in told]
    found = drivers_of([names[key] for key in used], rows, [one.overall for one in told], report.settings.confidence)
    if found.n < report.settings.k:
        return DriverAnalysis(0, n_needed, None, (), ()), used
    return found, used


def _most_complete(steps: Sequence[str], told: Sequence[_Told]) -> tuple[str, ...]:
    """The steps that enough contacts answered together, found by dropping the costliest one after the other.

    Hardly anybody answers at all of twelve steps. The costliest is the one without which most rows become complete; of
    two that cost the same, the one that fewer answered at; then the later one.
    """
    is_missing = np.array([[one.steps.get(key) is None for key in steps] for one in told], dtype=np.bool_)
    kept = list(range(len(steps)))
    while len(kept) > LEAST_DRIVERS:
        holes = is_missing[:, kept]
        n_holes = holes.sum(axis=1)
        if int((n_holes == 0).sum()) >= contacts_needed(len(kept)):
            break
        costs, n_missing = holes[n_holes == 1].sum(axis=0).tolist(), holes.sum(axis=0).tolist()
        del kept[max(range(len(kept)), key=lambda at: (costs[at], n_missing[at], at))]
    return tuple(steps[at] for at in kept)


def _left_out(
    names: Mapping[str, str], steps: Sequence[str], used: Sequence[str], contacts: Sequence[ContactPath]
) -> tuple[LeftOut, ...]:
    answered = {key for path in contacts for key, x in path.steps.items() if x is not None}
    return tuple(
        LeftOut(key, names[key], WhyLeftOut.COSTS_MOST if key in answered else WhyLeftOut.TOO_FEW)
        for key in steps
        if key not in used
    )


def _stated(
    steps: Sequence[str], measured: Mapping[str, MeasuredTouchpoint], report: JourneyReport
) -> dict[str, Measure]:
    """How important people say each step is, where enough said so."""
    found = {}
    for key in steps:
        said = _measure_by(Instrument.IMPORTANCE, measured[key])
        estimate = estimate_of(said.sums.x, report.settings.confidence) if said else None
        if estimate is not None and estimate.n >= report.settings.k:
            found[key] = measure_of(estimate)
    return found


def _prediction(steps: Sequence[str], told: Sequence[_Told], k: int) -> Prediction:
    found = predict_overall(
        [
            Remembered(one.contact, tuple(x for key in steps if (x := one.steps.get(key)) is not None), one.overall)
            for one in told
        ]
    )
    return found if found.n >= k else Prediction(0, {}, None, is_clear=False)
