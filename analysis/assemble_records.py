"""Put the records of a promise beside a touchpoint's figure: what was promised, expected, found and believed inside."""

from datetime import date
from math import fsum

from msgspec import Struct
from msgspec.structs import replace

from analysis.contact_sums import ContactSums, together
from analysis.experience import Disclosure, Estimate, Moments, disclosure_of, estimate_of, leaves_few
from analysis.gaps import gaps_of
from analysis.importance import opportunity
from analysis.measured import MeasuredTouchpoint, UnderPromise
from analysis.promise_records import KeptReplies, PromiseRecords, TeamBelief, team_belief
from analysis.promises import KeptAnswers, disconfirmation_of, is_ceiling, paired_test, promise_in_force
from analysis.report import (
    BlindSpot,
    Interval,
    PromiseFigure,
    RecordFigure,
    ReportSettings,
    ShareBasis,
    TouchpointFigure,
)
from surveys.instruments import Instrument
from surveys.journeys import PromiseView, TouchpointView


class Promised(Struct, frozen=True, kw_only=True):
    """What a touchpoint is judged against: the promise shown, and the experiences that were under a promise."""

    promise: PromiseView | None = None
    level: float | None = None  # on average over those experiences, each with the level of its day
    moments: Moments = Moments(0, 0, 0)
    lens: Moments = Moments(0, 0, 0)
    kept: KeptAnswers | None = None
    share_basis: ShareBasis | None = None


def promised_at(
    touchpoint: TouchpointView, measured: MeasuredTouchpoint, until: date, settings: ReportSettings
) -> Promised:
    """Each experience is judged by the promise of its day, so experiences of days without one are left out."""
    parts = [part for part in measured.under_promises if part.sums.n > 0 or part.kept.n > 0]
    shown = promise_in_force(touchpoint.promises, until) or (parts[-1].promise if parts else None)
    if shown is None:
        return Promised()
    same_kind = [part for part in parts if (part.promise.share is None) == (shown.share is None)]
    if shown.share is not None:
        return _promised_share(shown, shown.share, same_kind, measured, settings)
    sums = together(part.sums for part in same_kind)
    if shown.level is None or sums.n < settings.k or leaves_few(measured.sums.n, sums.n, settings.k):
        return Promised(promise=shown, level=shown.level)
    promised = [(part.promise.level or 0.0, part.sums.n) for part in same_kind]
    return Promised(promise=shown, level=_mean(promised), moments=sums.x, lens=sums.lens)


def promise_figure(promised: Promised) -> PromiseFigure | None:
    promise = promised.promise
    if promise is None:
        return None
    return PromiseFigure(
        claim=promise.claim,
        source=promise.source,
        owner=promise.owner,
        valid_from=promise.valid_from,
        level=promised.level,
        share=None if promised.kept is None else promised.kept.promised,
        share_basis=promised.share_basis,
        is_ceiling=is_ceiling(promise.level),
    )


def with_records(
    figure: TouchpointFigure, measured: MeasuredTouchpoint, promised: Promised, settings: ReportSettings
) -> TouchpointFigure:
    """The figure with its records and gaps. Where the experience is hidden, so is every gap that it is one side of."""
    actual = None if figure.mean is None else estimate_of(measured.sums.x, settings.confidence)
    records = _beliefs(measured)
    if figure.blind_spot is not BlindSpot.STALE:
        records = _with_replies(records, measured, settings)
    if actual is not None:
        records = _with_promise(records, measured, promised, settings)
    importance = measured.sums_of(Instrument.IMPORTANCE)
    if figure.blind_spot is BlindSpot.STALE or disclosure_of(importance.n, settings) is Disclosure.SUPPRESSED:
        importance = together([])
    return replace(
        figure,
        gaps=tuple(gap for gap in gaps_of(actual, records, settings) if gap.value is not None),
        expectation=_estimated(records.expectation, settings),
        kept=_kept_share(records.kept, settings),
        team_expectation=_believed(records.believed_expectation),
        team_experience=_believed(records.believed_experience),
        stated_importance=_estimated(estimate_of(importance.x, settings.confidence), settings),
        opportunity=None if actual is None else _opportunity(importance, measured.sums),
    )


def _promised_share(
    shown: PromiseView, share: float, parts: list[UnderPromise], measured: MeasuredTouchpoint, settings: ReportSettings
) -> Promised:
    """Held against what contacts replied where enough were asked, else against how many were satisfied."""
    replies, satisfied = together(part.kept for part in parts), together(part.sums for part in parts)
    for basis, sums, whole, ns in (
        (ShareBasis.KEPT_REPLIES, replies, measured.sums_of(Instrument.KEPT), [part.kept.n for part in parts]),
        (ShareBasis.SATISFIED, satisfied, measured.sums, [part.sums.n for part in parts]),
    ):
        if sums.n >= settings.k and not leaves_few(whole.n, sums.n, settings.k):
            promised = _mean([(part.promise.share or 0.0, n) for part, n in zip(parts, ns, strict=True)])
            return Promised(promise=shown, kept=KeptAnswers(sums.n_satisfied, sums.n, promised), share_basis=basis)
    return Promised(promise=shown, kept=KeptAnswers(0, 0, share))


def _mean(promised: list[tuple[float, int]]) -> float:
    """What the contacts were promised on average, from (level or share, contacts); there must be some."""
    return fsum(what * n for what, n in promised) / sum(n for _, n in promised)


def _beliefs(measured: MeasuredTouchpoint) -> PromiseRecords:
    return PromiseRecords(
        believed_expectation=team_belief(measured.guesses.expectations),
        believed_experience=team_belief(measured.guesses.experiences),
    )


def _with_replies(records: PromiseRecords, measured: MeasuredTouchpoint, settings: ReportSettings) -> PromiseRecords:
    """With what customers said of the promise itself."""
    said = estimate_of(measured.sums_of(Instrument.DISCONFIRMATION).x, settings.confidence)
    kept = measured.sums_of(Instrument.KEPT)
    return replace(
        records,
        expectation=estimate_of(measured.sums_of(Instrument.EXPECTATION).x, settings.confidence),
        disconfirmation=None if said is None else disconfirmation_of(said),
        kept=KeptReplies(kept.n_satisfied, kept.n) if kept.n else None,
    )


def _with_promise(
    records: PromiseRecords, measured: MeasuredTouchpoint, promised: Promised, settings: ReportSettings
) -> PromiseRecords:
    """With what the experience is held against: the promise of its days, and what the same contacts expected."""
    paired = measured.paired
    wholes = (measured.sums, measured.sums_of(Instrument.EXPECTATION))
    if paired is not None and any(leaves_few(whole.n, paired.n, settings.k) for whole in wholes):
        paired = None
    judged = estimate_of(promised.moments, settings.confidence)
    return replace(
        records,
        brand_level=promised.level if judged is not None else None,
        judged=judged,
        delivered=promised.kept,
        paired=None if paired is None else paired_test(paired.n, paired.mean, paired.variance, settings.confidence),
    )


def _estimated(estimate: Estimate | None, settings: ReportSettings) -> RecordFigure | None:
    if estimate is None or disclosure_of(int(estimate.n), settings) is Disclosure.SUPPRESSED:
        return None
    return _record(estimate.mean, estimate.interval, int(estimate.n))


def _kept_share(kept: KeptReplies | None, settings: ReportSettings) -> RecordFigure | None:
    if kept is None or kept.share is None or disclosure_of(kept.n, settings) is Disclosure.SUPPRESSED:
        return None
    return _record(kept.share, kept.interval(settings.confidence), kept.n)


def _record(mean: float, interval: Interval, n: int) -> RecordFigure:
    return RecordFigure(mean, interval.lo, interval.hi, n)


def _believed(belief: TeamBelief | None) -> RecordFigure | None:
    return None if belief is None else RecordFigure(belief.mean, belief.lo, belief.hi, belief.n)


def _opportunity(importance: ContactSums, found: ContactSums) -> float | None:
    """Of the contacts who call it important and of those who are satisfied; both from the top two of five on."""
    if importance.n == 0 or found.n == 0:
        return None
    return opportunity(importance.n_satisfied / importance.n, found.n_satisfied / found.n)
