"""Make a journey report of counts and sums: pure, so the same data gives the same digits."""

import hashlib
from collections.abc import Mapping
from datetime import date
from math import fsum

import msgspec
from msgspec import Struct

from analysis.blind_spots import blind_spot_of, ranked_blind_spots, worst_case_bounds
from analysis.contact_tally import together
from analysis.experience import Estimate, Moments, estimate_of, evidence_of, shrink
from analysis.landmarks import end_of, mark
from analysis.measured import Measure, MeasuredTouchpoint, UnderPromise
from analysis.official import official_figures
from analysis.promises import KeptAnswers, is_ceiling, promise_in_force
from analysis.report import (
    METHOD_VERSION,
    JourneyReport,
    OfficialFigure,
    PromiseFigure,
    ReportSettings,
    TouchpointFigure,
)
from analysis.verdicts import Judgement, Standing, judge
from surveys.instruments import Instrument
from surveys.journeys import JourneyView, PromiseView, StageView, TouchpointView

WITH_OFFICIAL_FIGURES = (Instrument.NPS, Instrument.CSAT, Instrument.CES)


class _Promised(Struct, frozen=True):
    """What a touchpoint is judged against: the promise shown, and the experiences that were under a promise."""

    promise: PromiseView | None
    level: float | None = None  # on average over those experiences, each with the level of its day
    moments: Moments = Moments(0, 0, 0)
    lens: Moments = Moments(0, 0, 0)
    kept: KeptAnswers | None = None


def assemble_report(
    view: JourneyView, measured: Mapping[str, MeasuredTouchpoint], since: date, until: date, settings: ReportSettings
) -> JourneyReport:
    """Every figure of the journey, touchpoints in order."""
    places = [(stage, touchpoint) for stage in view.stages for touchpoint in stage.touchpoints]
    promised = [_promised(touchpoint, measured[touchpoint.key], until, settings) for _, touchpoint in places]
    standings = [
        _standing(measured[touchpoint.key], part) for (_, touchpoint), part in zip(places, promised, strict=True)
    ]
    judgements = judge(standings, settings)
    shrunk = shrink([measured[touchpoint.key].sums.x for _, touchpoint in places]).means
    figures = tuple(
        _figure(stage, touchpoint, measured[touchpoint.key], part, judgement, mean, until, settings)
        for (stage, touchpoint), part, judgement, mean in zip(places, promised, judgements, shrunk, strict=True)
    )
    return JourneyReport(
        journey=view.key,
        name=view.name,
        since=since,
        until=until,
        touchpoints=figures,
        settings=settings,
        method_version=METHOD_VERSION,
        data_hash=_data_hash(view, measured, since, until, settings),
        landmarks=mark(figures, settings),
        end=end_of(figures),
        blind_spots=ranked_blind_spots(figures),
    )


def _promised(
    touchpoint: TouchpointView, measured: MeasuredTouchpoint, until: date, settings: ReportSettings
) -> _Promised:
    """Each experience is judged by the promise of its day, so experiences of days without one are left out."""
    parts = [part for part in measured.under_promises if part.sums.n > 0]
    shown = promise_in_force(touchpoint.promises, until) or (parts[-1].promise if parts else None)
    if shown is None:
        return _Promised(None)
    same_kind = [part for part in parts if (part.promise.share is None) == (shown.share is None)]
    sums = together(part.sums for part in same_kind)
    if shown.share is not None:
        promise = _Promised(shown, kept=KeptAnswers(sums.n_satisfied, sums.n, _mean_promise(same_kind, shown.share)))
        return promise if sums.n >= settings.k else _Promised(shown, kept=KeptAnswers(0, 0, shown.share))
    if shown.level is None or sums.n < settings.k:
        return _Promised(shown, level=shown.level)
    return _Promised(shown, _mean_promise(same_kind, shown.level), sums.x, sums.lens)


def _mean_promise(parts: list[UnderPromise], otherwise: float) -> float:
    """What the contacts were promised on average, a level or a share."""
    n = sum(part.sums.n for part in parts)
    promised = [(part.promise.level if part.promise.share is None else part.promise.share) for part in parts]
    if n == 0:
        return otherwise
    return fsum((what or 0.0) * part.sums.n for what, part in zip(promised, parts, strict=True)) / n


def _standing(measured: MeasuredTouchpoint, promised: _Promised) -> Standing:
    is_nps = measured.plotted is not None and measured.plotted.instrument == Instrument.NPS
    return Standing(
        n_contacts=measured.sums.n,
        moments=promised.moments,
        level=promised.level,
        share=promised.kept,
        official_lens=promised.lens if is_nps and promised.kept is None and promised.moments.n else None,
    )


def _figure(
    stage: StageView,
    touchpoint: TouchpointView,
    measured: MeasuredTouchpoint,
    promised: _Promised,
    judgement: Judgement,
    shrunk_mean: float | None,
    until: date,
    settings: ReportSettings,
) -> TouchpointFigure:
    blind_spot = blind_spot_of(
        has_survey=touchpoint.has_survey,
        n_invitations=measured.n_invitations,
        n_contacts=measured.sums.n,
        last_answer=measured.last_day,
        today=until,
        settings=settings,
    )
    figure = TouchpointFigure(
        key=touchpoint.key,
        name=touchpoint.name,
        stage=stage.name,
        phase=stage.phase,
        step=touchpoint.step,
        period=touchpoint.period,
        channel=touchpoint.channel,
        owner=touchpoint.owner,
        n_contacts=0,
        n_responses=0,
        promise=_promise_figure(promised),
        blind_spot=blind_spot,
        n_invitations=measured.n_invitations,
        reach_month=measured.reach_month,
    )
    estimate = estimate_of(measured.sums.x, settings.confidence)
    if blind_spot is not None or estimate is None or measured.plotted is None:
        return figure
    return _shown(figure, measured, measured.plotted, estimate, judgement, shrunk_mean, settings)


def _shown(
    figure: TouchpointFigure,
    measured: MeasuredTouchpoint,
    plotted: Measure,
    estimate: Estimate,
    judgement: Judgement,
    shrunk_mean: float | None,
    settings: ReportSettings,
) -> TouchpointFigure:
    """The figure of a touchpoint that enough contacts answered at."""
    rate = measured.n_answered / measured.n_invitations if measured.n_invitations else None
    return msgspec.structs.replace(
        figure,
        **msgspec.structs.asdict(judgement),
        n_contacts=int(estimate.n),
        n_responses=measured.n_responses,
        instrument=plotted.instrument,
        mean=estimate.mean,
        centre=estimate.centre,
        se=estimate.se,
        interval=estimate.interval,
        evidence=evidence_of(estimate.interval),
        shrunk_mean=shrunk_mean,
        official=_official(measured, settings),
        distribution=_distribution(plotted),
        response_rate=rate,
        worst_case=None if rate is None else worst_case_bounds(rate, estimate.mean),
    )


def _promise_figure(promised: _Promised) -> PromiseFigure | None:
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
        is_ceiling=is_ceiling(promise.level),
    )


def _official(measured: MeasuredTouchpoint, settings: ReportSettings) -> tuple[OfficialFigure, ...]:
    """Of every instrument that has official figures and enough contacts."""
    found: list[OfficialFigure] = []
    for measure in measured.measures:
        if measure.instrument in WITH_OFFICIAL_FIGURES and measure.sums.n >= settings.k:
            pairs = tuple((int(value), n) for value, n in measure.counts)
            found.extend(official_figures(Instrument(measure.instrument), pairs, settings.confidence))
    return tuple(found)


def _distribution(plotted: Measure) -> tuple[tuple[int, int], ...]:
    """How often each point of the scale was chosen; emotions have no points."""
    if plotted.instrument == Instrument.EMOTION:
        return ()
    return tuple(sorted((int(value), n) for value, n in plotted.counts))


def _data_hash(
    view: JourneyView, measured: Mapping[str, MeasuredTouchpoint], since: date, until: date, settings: ReportSettings
) -> str:
    """Equal data, promises, period and settings have equal hashes, in every workspace and on every machine."""
    promises = [
        (touchpoint.key, msgspec.structs.replace(promise, id=0))
        for touchpoint in view.touchpoints
        for promise in touchpoint.promises
    ]
    counted = {
        key: (found.measures, found.n_responses, found.n_invitations, found.n_answered, found.reach_month)
        for key, found in measured.items()
    }
    everything = (METHOD_VERSION, since, until, settings, promises, counted)
    plain = msgspec.to_builtins(everything, str_keys=True)
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()
