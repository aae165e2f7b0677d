"""What the report of drivers says in words, and its tables beside those of the charts."""

from collections.abc import Sequence

from analysis.chart_words import NOT_SHOWN, Table, percent, percent_span, signed, span
from analysis.curve_words import INSTRUMENT_WORDS
from analysis.driver_report import DriverReport, LeftOut, WhyLeftOut
from analysis.drivers import DriverAnalysis
from analysis.finding import counted
from analysis.same_contacts import WARNED_FROM, StepFigure
from analysis.summaries import LEAST_JOURNEYS, Prediction, Summary
from core.templating import listed
from surveys.instruments import Instrument

SUMMARY_WORDS = {
    Summary.MEAN: "The mean of the steps",
    Summary.MINIMUM: "The worst step",
    Summary.PEAK_END: "Peak and end",
    Summary.LAST: "The last step",
}
NO_FIGURE = "–"


def overall_words(report: DriverReport) -> str:
    """What is taken for the overall answer, and over how many contacts."""
    overall = report.overall
    if overall is None:
        return ""
    by = f", measured by {INSTRUMENT_WORDS[Instrument(overall.instrument)]}" if overall.instrument else ""
    who = _contacts(overall.n_contacts, report.settings.k)
    return f"The overall answer is that at {overall.name}{by}: {who.lower()} gave one."


def why_no_drivers(found: DriverAnalysis, k: int) -> str:
    """How many contacts it still takes, or that the answers do not differ."""
    if found.n >= found.n_needed:
        return "The answers do not differ, so nothing can go with them."
    missing = f", so {found.n_needed - found.n:,} more are needed" if found.n else ""
    return (
        f"{_contacts(found.n, k)} gave the overall answer and answered at the same two other touchpoints. "
        f"Drivers are compared from {found.n_needed:,} contacts on{missing}."
    )


def left_out_words(left_out: Sequence[LeftOut], k: int) -> str:
    """Which touchpoints are not compared, and why."""
    reasons = {
        WhyLeftOut.TOO_FEW: f"fewer than {k} contacts answered there",
        WhyLeftOut.COSTS_MOST: "too few contacts answered there as well as at the others",
    }
    parts = []
    for why, words in reasons.items():
        names = [one.name for one in left_out if one.why is why]
        if names:
            parts.append(f"{listed(names)} ({words})")
    return f"Left out: {'; '.join(parts)}." if parts else ""


def prediction_words(found: Prediction, k: int) -> str:
    """Which summary of the steps predicts the overall answer best, or why none does."""
    if found.winner is not None:
        doubt = "" if found.is_clear else ", though not clearly better than the next"
        r_squared = f"R² {found.r_squared[found.winner]:.2f}, {counted(found.n, 'contact')}"
        return f"{SUMMARY_WORDS[found.winner]} predicts the overall answer best ({r_squared}){doubt}."
    if found.n < max(LEAST_JOURNEYS, k):
        missing = f", so {LEAST_JOURNEYS - found.n:,} more are needed" if found.n else ""
        who = f"{_contacts(found.n, k)} gave the overall answer and answered at two steps or more."
        return f"{who} Summaries are compared from {LEAST_JOURNEYS} contacts on{missing}."
    if not found.r_squared:
        return "The overall answers do not differ, so there is nothing to predict."
    return f"No summary predicts the overall answer better than its mean does ({counted(found.n, 'contact')})."


def same_contacts_words(report: DriverReport) -> str:
    """Where the curve of all is not that of anybody, and how many came all the way."""
    same = report.same
    if not same.n_same:
        return f"Fewer than {report.settings.k} contacts answered at every step, so their curve is not shown."
    came = f"{counted(same.n_same, 'contact')} answered at every step that is measured."
    names = [report.names[step.step] for step in same.steps if step.is_misleading]
    if not names:
        return f"{came} Their curve differs from that of all by no more than {WARNED_FROM:.2f}."
    return f"{came} The curve of all misleads at {listed(names)}: there the two differ by more than {WARNED_FROM:.2f}."


def summaries_table(found: Prediction) -> Table:
    """One row a summary, the best first; none where nothing was compared."""
    ordered = sorted(found.r_squared.items(), key=lambda pair: (-pair[1], pair[0]))
    return Table(
        ("Summary of the steps", "R²"),
        tuple((SUMMARY_WORDS[summary], f"{r_squared:.2f}".replace("-", "−")) for summary, r_squared in ordered),
    )


def steps_table(report: DriverReport) -> Table:
    """One row a step: who reached it, who went no further, and the two curves; intervals stand in brackets.

    Without the second curve where too few came all the way to show it.
    """
    headers = ("Step", "Reached", "Went no further", "Answered", "All", "Same contacts", "Differ")
    shown = len(headers) if report.same.n_same else headers.index("Same contacts")
    return Table(headers[:shown], tuple(_step_cells(step, report)[:shown] for step in report.same.steps))


def _step_cells(step: StepFigure, report: DriverReport) -> tuple[str, ...]:
    differ = f"by more than {WARNED_FROM:.2f}" if step.is_misleading else NO_FIGURE
    return (
        report.names[step.step],
        f"{step.n_reached:,}",
        _drop_off(step),
        f"{step.n_answered:,}" if step.n_answered else NOT_SHOWN,
        NOT_SHOWN if step.mean is None else signed(step.mean),
        NOT_SHOWN if step.mean_of_same is None else f"{signed(step.mean_of_same)} ({span(step.interval_of_same)})",
        differ,
    )


def _drop_off(step: StepFigure) -> str:
    if step.drop_off is None or step.drop_off_interval is None:
        return NO_FIGURE
    return f"{percent(step.drop_off)} ({percent_span(step.drop_off_interval)})"


def _contacts(n: int, k: int) -> str:
    return counted(n, "contact") if n else f"Fewer than {k} contacts"
