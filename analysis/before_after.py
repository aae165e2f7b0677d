"""Did the action help? Before and after, net of regression to the mean and of the season (METHOD, section 8).

An action is taken where things are worst, and the worst of many is partly so by accident: it comes back by itself. That
much is expected from the answers before (empirical Bayes), and subtracted. What all untouched touchpoints did in the
same time is subtracted as well. Groups are taken to be independent: one who answers in both is counted as two.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from math import fsum, sqrt

from msgspec import Struct
from msgspec.structs import replace

from analysis.contrasts import Contrast, Term, contrast, plain_term
from analysis.experience import moments_of_counts, shrink
from analysis.report import ReportSettings
from core.errors import Fault, Invalid

UNTOUCHED_FROM = 3  # touchpoints; fewer don't show what the season did

Counts = Sequence[tuple[float, int]]  # (x, how many contacts)


class ActionVerdict(StrEnum):
    IMPROVED = "improved"
    NOT_SHOWN = "not_shown"  # which is not the same as "did nothing"
    WORSE = "worse"


class Action(Struct, frozen=True):
    """Something done on a day. The answers of the first `washout_days` belong to neither side; `window_days` before and
    after are compared. The decision falls on the day set for it, or when the window is over."""

    what: str
    on: date
    window_days: int = 28
    washout_days: int = 0
    decision: date | None = None


class Days(Struct, frozen=True):
    """Both included."""

    since: date
    until: date


class Windows(Struct, frozen=True):
    """`after` ends today while the window is open; it is None before. A look before the decision is interim."""

    before: Days
    after: Days | None
    is_interim: bool


class Sides(Struct, frozen=True):
    """What contacts felt at one touchpoint before and after."""

    before: Counts
    after: Counts = ()


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
    if action.window_days < 1 or action.washout_days < 0:
        raise Invalid(Fault("window_days", "a window is at least a day long, a washout at least none"))
    opens = action.on + timedelta(days=action.washout_days)
    closes = opens + timedelta(days=action.window_days - 1)
    before = Days(action.on - timedelta(days=action.window_days), action.on - timedelta(days=1))
    after = Days(opens, min(closes, today)) if today >= opens else None
    return Windows(before, after, today < (action.decision or closes + timedelta(days=1)))


def change_of(
    touched: Sides, untouched: Sequence[Sides], settings: ReportSettings, *, is_interim: bool = False
) -> Change:
    """The touchpoint of the action, and the others of its journey; those without answers after only say where the mean
    lies that the touched one returns to."""
    regressions = expected_regressions([touched.before, *(other.before for other in untouched)])
    n_before, n_after = _n(touched.before), _n(touched.after)
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
        p_after_better=probability_of_superiority(touched.before, touched.after),
        expected_regression=regressions[0],
        season=season,
        net=net,
        verdict=_verdict(net) if is_decided else ActionVerdict.NOT_SHOWN,
        is_interim=is_interim,
    )


def expected_regressions(before: Sequence[Counts]) -> tuple[float | None, ...]:
    """How far each touchpoint should move by itself: its shrunk mean minus its raw one; None over nobody."""
    groups = [moments_of_counts(counts) for counts in before]
    return tuple(
        None if shrunk is None or group.mean is None else shrunk - group.mean
        for group, shrunk in zip(groups, shrink(groups).means, strict=True)
    )


def probability_of_superiority(before: Counts, after: Counts) -> float | None:
    """That a contact after felt better than one before, equal answers counted half; None where a side is empty."""
    pairs = _n(before) * _n(after)
    if pairs == 0:
        return None
    better = sum(n * m for x, n in before for y, m in after if y > x)
    equal = sum(n * m for x, n in before for y, m in after if y == x)
    return (better + equal / 2) / pairs


def _difference(sides: Sides, confidence: float) -> Contrast | None:
    after = plain_term(moments_of_counts(sides.after))
    before = plain_term(moments_of_counts(sides.before), -1.0)
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
        if min(_n(sides.before), _n(sides.after)) >= max(settings.tested_from, 2)
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


def _n(counts: Counts) -> int:
    return sum(n for _, n in counts)
