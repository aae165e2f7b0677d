"""The words of what changed against the period before."""

from analysis.chart_words import NO_BREAK
from analysis.compare_periods import SHARE, OfficialChange, PeriodChange
from analysis.gap_words import q_in_words
from analysis.report_sections import DIRECTIONS
from core.templating import signed


def change_in_words(change: PeriodChange) -> str:
    """Such as "better"; a direction is only named where the test says so."""
    if change.is_measured_otherwise:
        return "measured otherwise before"
    return "not tested" if change.q is None else DIRECTIONS[change.direction]


def official_change_in_words(change: OfficialChange) -> str:
    """Such as "NPS +12.5 (z +2.10, p 0.036)" or "CSAT top-2-box +8 pp (+1 to +15)"; pp are percentage points."""
    if change.unit == SHARE:
        around = change.interval
        span = f" ({signed(100 * around.lo, 0)} to {signed(100 * around.hi, 0)})" if around else ""
        return f"{change.name} {signed(100 * change.difference, 0)}{NO_BREAK}pp{span}"
    words = f"{change.name} {signed(change.difference, 1)}"
    if change.z is None or change.p is None:
        return words
    return f"{words} (z{NO_BREAK}{signed(change.z)}, p{NO_BREAK}{q_in_words(change.p)})"
