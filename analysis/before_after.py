"""Did the action help? Before and after, net of regression to the mean and of the season (METHOD, section 8).

An action is taken where things are worst, and the worst of many is partly so by accident: it comes back by itself. That
much is expected from the answers before (empirical Bayes), and subtracted. What all untouched touchpoints did in the
same time is subtracted as well. Groups are taken to be independent: one who answers in both is counted as two.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from math import fsum, sqrt

from msgspec import Struct
from msgspec.structs import replace

from analysis.contrasts import Term, contrast, plain_term
from analysis.experience import Disclosure, Moments, disclosure_of, estimate_of, moments_of_counts, shrink
from analysis.interval import Contrast
from analysis.report import ActionFigure, ActionVerdict, ReportSettings, SideFigure

UNTOUCHED_FROM = 3  # touchpoints; fewer don't show what the season did
WINDOW_DAYS = 28

Counts = Sequence[tuple[float, int]]  # (x, how many)


class Action(Struct, frozen=True):
    """Something done on a day. The answers of the first `washout_days` belong to neither side; `window_days` before and
    after are compared. The decision falls on the day set for it, or when the window is over."""

    what: str
    on_day: date
    window_days: int = WINDOW_DAYS
    washout_days: int = 0
    decision_day: date | None = None

    @property
    def opens(self) -> date:
        """The first day of the window after."""
        return self.on_day + timedelta(days=self.washout_days)

    @property
    def decides(self) -> date:
        """The first day with a verdict."""
        return self.decision_day or self.opens + timedelta(days=self.window_days)


class ActionEntry(Struct, frozen=True):
    """An action of the log, with the key and the name of its touchpoint."""

    id: int
    touchpoint: str
    touchpoint_name: str
    action: Action


class Days(Struct, frozen=True):
    """Both included."""

    since: date
    until: date


class Windows(Struct, frozen=True):
    """`after` ends today while the window is open; it is None before. A look before the decision is interim.

    It never reaches the decision day: a verdict that later answers could still turn would be one look of many.
    """

    before: Days
    after: Days | None
    is_interim: bool


class Felt(Struct, frozen=True):
    """What was felt on some days at one touchpoint.

    `moments` are over contacts, each averaged first, and exact: difference, regression and season follow from them.
    `counts` are of answers: P(after > before) needs whole distributions, and takes each answer of a contact for one.
    """

    moments: Moments
    counts: Counts = ()

    @property
    def n(self) -> int:
        """Contacts."""
        return int(self.moments.n)


NOTHING_FELT = Felt(Moments(0, 0, 0))


class Sides(Struct, frozen=True):
    """What contacts felt at one touchpoint before and after, by one instrument."""

    before: Felt = NOTHING_FELT
    after: Felt = NOTHING_FELT


class Compared(Struct, frozen=True):
    """The sides that may be compared, and by which instrument; none where each side has another (`is_otherwise`)."""

    sides: Sides = Sides()
    instrument: str | None = None
    is_otherwise: bool = False


class Change(Struct, frozen=True, kw_only=True):
    """All in x, after minus before. None for what a side without contacts leaves unknown.

    `net` is the difference minus the regression expected, minus what the untouched did (`season`, net of their own
    regression) where there are enough of them. The verdict follows from the interval of `net` alone. An interim look
    has all figures and no verdict: who looks often enough sees everything once.
    """

    n_before: int
    n_after: int
    difference: Contrast | None = None
    p_after_better: float | None = None  # of two contacts picked at random; equal answers count half
    expected_regression: float | None = None
    season: Contrast | None = None
    net: Contrast | None = None
    verdict: ActionVerdict = ActionVerdict.NOT_SHOWN
    is_interim: bool = False


def windows_of(action: Action, today: date) -> Windows:
    """Of an action as `log_action` takes it."""
    day = timedelta(days=1)
    closes = min(action.opens + timedelta(days=action.window_days), action.decides) - day
    before = Days(action.on_day - timedelta(days=action.window_days), action.on_day - day)
    after = Days(action.opens, min(closes, today)) if today >= action.opens else None
    return Windows(before, after, today < action.decides)


def felt_of(counts: Counts) -> Felt:
    """Where every contact answered once."""
    return Felt(moments_of_counts(counts), counts)


def change_of(
    touched: Sides, untouched: Sequence[Sides], settings: ReportSettings, *, is_interim: bool = False
) -> Change:
    """The touchpoint of the action, and the others of its journey; those without answers after only say where the mean
    lies that the touched one returns to."""
    regressions = expected_regressions([side.before.moments for side in (touched, *untouched)])
    n_before, n_after = touched.before.n, touched.after.n
    difference = _difference(touched, settings.confidence)
    if difference is None:
        return Change(n_before=n_before, n_after=n_after, expected_regression=regressions[0], is_interim=is_interim)
    season = _season(untouched, regressions[1:], settings)
    net = _net(difference, regressions[0] or 0.0, season, settings.confidence)
    is_decided = not is_interim and min(n_before, n_after) >= settings.tested_from
    return Change(
        n_before=n_before,
        n_after=n_after,
        difference=difference,
        p_after_better=probability_of_superiority(touched.before.counts, touched.after.counts),
        expected_regression=regressions[0],
        season=season,
        net=net,
        verdict=_verdict(net) if is_decided else ActionVerdict.NOT_SHOWN,
        is_interim=is_interim,
    )


def figure_of(
    entry: ActionEntry,
    windows: Windows,
    compared: Compared,
    untouched: Sequence[Sides],
    settings: ReportSettings,
    also: Sequence[str] = (),
) -> ActionFigure:
    """All that may be shown of an action: a side of fewer than k contacts shows nothing, and no difference to it."""
    action, sides = entry.action, compared.sides
    before = _side_figure(windows.before, sides.before, settings)
    after = _side_figure(windows.after, sides.after, settings) if windows.after else None
    figure = ActionFigure(
        id=entry.id,
        touchpoint=entry.touchpoint,
        touchpoint_name=entry.touchpoint_name,
        what=action.what,
        on_day=action.on_day,
        window_days=action.window_days,
        washout_days=action.washout_days,
        decision_day=action.decides,
        before=before,
        after=after,
        instrument=compared.instrument,
        is_measured_otherwise=compared.is_otherwise,
        also=tuple(also),
        is_interim=windows.is_interim,
    )
    if after is None or before.mean is None or after.mean is None:
        return figure
    change = change_of(sides, untouched, settings, is_interim=windows.is_interim)
    return replace(
        figure,
        difference=change.difference,
        p_after_better=change.p_after_better,
        expected_regression=change.expected_regression,
        season=change.season,
        net=change.net,
        verdict=change.verdict,
    )


def expected_regressions(before: Sequence[Moments]) -> tuple[float | None, ...]:
    """How far each touchpoint should move by itself: its shrunk mean minus its raw one; None over nobody."""
    return tuple(
        None if shrunk is None or group.mean is None else shrunk - group.mean
        for group, shrunk in zip(before, shrink(before).means, strict=True)
    )


def probability_of_superiority(before: Counts, after: Counts) -> float | None:
    """That an answer after is better than one before, equal answers counted half; None where a side is empty."""
    pairs = sum(n for _, n in before) * sum(n for _, n in after)
    if pairs == 0:
        return None
    better = sum(n * m for x, n in before for y, m in after if y > x)
    equal = sum(n * m for x, n in before for y, m in after if y == x)
    return (better + equal / 2) / pairs


def _difference(sides: Sides, confidence: float) -> Contrast | None:
    after = plain_term(sides.after.moments)
    before = plain_term(sides.before.moments, -1.0)
    return None if after is None or before is None else contrast([after, before], confidence)


def _season(
    untouched: Sequence[Sides], regressions: Sequence[float | None], settings: ReportSettings
) -> Contrast | None:
    """The mean change of the untouched, each net of its own regression; None for fewer than UNTOUCHED_FROM.

    Its error is what the changes differ by among each other, but no less than sampling alone makes them.
    """
    changes = [
        Term(found.value - (regression or 0.0), found.se, found.freedom or 0.0)
        for sides, regression in zip(untouched, regressions, strict=True)
        if min(sides.before.n, sides.after.n) >= max(settings.tested_from, 2)
        and (found := _difference(sides, settings.confidence)) is not None
    ]
    if len(changes) < UNTOUCHED_FROM:
        return None
    share = 1 / len(changes)
    sampled = contrast((replace(change, weight=share) for change in changes), settings.confidence)
    spread = fsum((change.mean - sampled.value) ** 2 for change in changes) / (len(changes) - 1)
    seen = Term(sampled.value, sqrt(spread * share), len(changes) - 1)
    return contrast([seen], settings.confidence) if seen.se > sampled.se else sampled


def _net(difference: Contrast, regression: float, season: Contrast | None, confidence: float) -> Contrast:
    terms = [Term(difference.value - regression, difference.se, difference.freedom or 0.0)]
    if season is not None:
        terms.append(Term(season.value, season.se, season.freedom or 0.0, -1.0))
    return contrast(terms, confidence)


def _verdict(net: Contrast) -> ActionVerdict:
    if not net.excludes_zero:
        return ActionVerdict.NOT_SHOWN
    return ActionVerdict.IMPROVED if net.value > 0 else ActionVerdict.WORSE


def _side_figure(days: Days, felt: Felt, settings: ReportSettings) -> SideFigure:
    estimate = estimate_of(felt.moments, settings.confidence)
    if estimate is None or disclosure_of(felt.n, settings) is Disclosure.SUPPRESSED:
        return SideFigure(since=days.since, until=days.until)
    return SideFigure(
        since=days.since, until=days.until, n_contacts=felt.n, mean=estimate.mean, interval=estimate.interval
    )
