"""The weeks of a touchpoint with control limits, and a direction only where an interval has one (METHOD, section 8)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import fsum, sqrt

from analysis.contrasts import contrast, plain_term
from analysis.experience import Moments, contact_means, estimate_of, hidden_parts, moments_of, moments_together
from analysis.interval import Contrast, Interval
from analysis.report import ReportSettings
from analysis.trend_figures import Direction, Signal, Trend, Week

LIMITS_FROM = 8  # weeks; limits from fewer follow the accidents of those few
RUN = 8  # so many weeks on one side of the centre are no accident
RECENT_WEEKS = 4
_MEAN_RANGE = 1.128  # of two normal values, in standard deviations


def weekly_moments(answers: Iterable[tuple[int, date, float]]) -> dict[date, Moments]:
    """From (contact, day, x), by Monday: within a week a contact is one voice."""
    by_week: defaultdict[date, list[tuple[int, float]]] = defaultdict(list)
    for contact, day, x in answers:
        by_week[day - timedelta(days=day.weekday())].append((contact, x))
    return {monday: moments_of(contact_means(found).values()) for monday, found in sorted(by_week.items())}


def trend_of(
    weeks: Mapping[date, Moments],
    settings: ReportSettings,
    since: date = date.min,
    until: date = date.max,
    n_total: int | None = None,
) -> Trend:
    """From the moments of each week by its Monday; the empty trend for no weeks.

    Weeks of fewer than k contacts are hidden, and others so that they can't be worked out: from all weeks together, or
    from the total of the `n_total` contacts of the days `since` to `until`, which stands beside the trend.
    """
    if not weeks:
        return Trend((), None, None, None)
    within = {monday: found for monday, found in weeks.items() if since <= monday <= until - timedelta(days=6)}
    hidden = _hidden_weeks(weeks, settings) | _hidden_weeks(within, settings, n_total)
    shown = {monday: found for monday, found in sorted(weeks.items()) if found.n > 0 and monday not in hidden}
    centre = moments_together(shown.values()).mean
    errors = _control_errors(list(shown.values()), centre) if centre is not None else []
    limits = {monday: _limits(centre, error) for monday, error in zip(shown, errors, strict=False)}
    signals = _signals(shown, limits, centre)
    change = _recent_change(list(shown.values()), settings.confidence)
    return Trend(
        tuple(_week(monday, shown, limits, signals, settings) for monday in _mondays(weeks)),
        centre,
        change,
        _direction(change),
    )


def _hidden_weeks(weeks: Mapping[date, Moments], settings: ReportSettings, n_total: int | None = None) -> set[date]:
    counts = {monday.isoformat(): int(found.n) for monday, found in weeks.items()}
    return {date.fromisoformat(monday) for monday in hidden_parts(counts, settings.k, n_total).parts}


def _mondays(weeks: Mapping[date, Moments]) -> list[date]:
    first, last = min(weeks), max(weeks)
    return [first + timedelta(weeks=index) for index in range((last - first).days // 7 + 1)]


def _week(
    monday: date,
    shown: Mapping[date, Moments],
    limits: Mapping[date, Interval | None],
    signals: Mapping[date, Signal],
    settings: ReportSettings,
) -> Week:
    estimate = estimate_of(shown[monday], settings.confidence) if monday in shown else None
    if estimate is None:
        return Week(monday)
    n = int(estimate.n)
    return Week(monday, n, estimate.mean, estimate.interval, limits.get(monday), signals.get(monday))


def _control_errors(weeks: Sequence[Moments], centre: float) -> list[float]:
    """The standard deviation each week's mean should have; empty for too few weeks.

    An individuals chart on means of varying n (Laney 2002): deviations are measured in standard errors, and the moving
    range of these says by how much weeks vary beyond the sampling. It never makes limits narrower than sampling would.
    """
    if len(weeks) < LIMITS_FROM:
        return []
    freedom = fsum(week.n - 1 for week in weeks)
    within = fsum(week.squared_deviations for week in weeks) / freedom if freedom > 0 else 0.0
    scales = [sqrt(within / week.n) if within > 1e-12 else 1.0 for week in weeks]
    deviations = [(week.sum / week.n - centre) / scale for week, scale in zip(weeks, scales, strict=True)]
    ranges = [abs(later - earlier) for earlier, later in pairwise(deviations)]
    between = fsum(ranges) / len(ranges) / _MEAN_RANGE
    return [scale * (max(1.0, between) if within > 1e-12 else between) for scale in scales]


def _limits(centre: float | None, error: float) -> Interval | None:
    if centre is None:
        return None
    return Interval(max(-1.0, centre - 3 * error), min(1.0, centre + 3 * error))


def _signals(
    shown: Mapping[date, Moments], limits: Mapping[date, Interval | None], centre: float | None
) -> dict[date, Signal]:
    """None before there are limits. A hole doesn't end a run: nobody was seen on the other side."""
    signals: dict[date, Signal] = {}
    run, side = 0, 0
    for monday, moments in shown.items():
        around, mean = limits.get(monday), moments.mean
        if around is None or mean is None or centre is None:
            continue
        now = 0 if abs(mean - centre) < 1e-12 else 1 if mean > centre else -1
        run = run + 1 if now == side and now else abs(now)
        side = now
        if not around.lo - 1e-12 <= mean <= around.hi + 1e-12:
            signals[monday] = Signal.OUTSIDE
        elif run >= RUN:
            signals[monday] = Signal.RUN
    return signals


def _recent_change(weeks: Sequence[Moments], confidence: float) -> Contrast | None:
    """None without weeks on both sides."""
    recent = plain_term(moments_together(weeks[-RECENT_WEEKS:]))
    earlier = plain_term(moments_together(weeks[:-RECENT_WEEKS]), -1.0)
    return None if recent is None or earlier is None else contrast([recent, earlier], confidence)


def _direction(change: Contrast | None) -> Direction | None:
    if change is None or not change.excludes_zero:
        return None
    return Direction.UP if change.value > 0 else Direction.DOWN
