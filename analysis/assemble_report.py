"""Make a journey report of counts and sums: pure, so the same data gives the same digits."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

import msgspec
from msgspec import Struct

from analysis.blind_spots import blind_spot_of, worst_case_bounds
from analysis.experience import Estimate, Moments, estimate_of, evidence_of, shrink
from analysis.official import official_figures
from analysis.promises import KeptAnswers, is_ceiling, judged_level, promise_in_force
from analysis.report import (
    METHOD_VERSION,
    JourneyReport,
    OfficialFigure,
    PromiseFigure,
    ReportSettings,
    TouchpointFigure,
)
from analysis.tally import TallyCount
from analysis.verdicts import Judgement, Standing, judge
from analysis.worth import worth_of
from surveys.instruments import Instrument
from surveys.journeys import JourneyView, PromiseView, StageView, TouchpointView

SHARE_KEPT_FROM = 0.5  # x from which a contact counts as one for whom a promised share came true: the top two of five


class Plotted(Struct, frozen=True):
    """The question whose answers the curve draws at a touchpoint."""

    instrument: str
    question: str


class Measured(Struct, frozen=True, kw_only=True):
    """What was counted over the period, by touchpoint number (reach by event name)."""

    tally: tuple[TallyCount, ...]
    plotted: dict[int, Plotted]
    moments: dict[int, Moments]  # over contacts, of the plotted question, in x
    official_lens: dict[int, Moments]  # the same through the official NPS lens
    responses: dict[int, int]
    invitations: dict[int, int]  # sent
    answered_invitations: dict[int, int]
    reach_month: dict[str, float]
    days: dict[int, tuple[tuple[date, int], ...]]  # answers by day
    last_day: dict[int, date]  # of the last answer ever


def plotted_questions(tally: Sequence[TallyCount]) -> dict[int, Plotted]:
    """The anchor where a touchpoint has one, so that the curve compares like with like; else what most answered."""
    counts: defaultdict[int, defaultdict[Plotted, int]] = defaultdict(lambda: defaultdict(int))
    for count in tally:
        counts[count.touchpoint][Plotted(count.instrument, count.question)] += count.n
    return {
        touchpoint: min(found, key=lambda plotted: _preference(plotted, found[plotted]))
        for touchpoint, found in counts.items()
    }


def _preference(plotted: Plotted, n: int) -> tuple[bool, int, str]:
    return (plotted.instrument != Instrument.ANCHOR, -n, plotted.question)


def assemble_report(
    view: JourneyView, measured: Measured, since: date, until: date, settings: ReportSettings
) -> JourneyReport:
    """Every figure of the journey, touchpoints in order."""
    places = [(stage, touchpoint) for stage in view.stages for touchpoint in stage.touchpoints]
    standings = [_standing(touchpoint, measured, until) for _, touchpoint in places]
    judgements = judge(standings, settings)
    shrunk = shrink([standing.moments for standing in standings]).means
    figures = tuple(
        _figure(stage, touchpoint, measured, standing, judgement, mean, until, settings)
        for (stage, touchpoint), standing, judgement, mean in zip(places, standings, judgements, shrunk, strict=True)
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
    )


def _standing(touchpoint: TouchpointView, measured: Measured, until: date) -> Standing:
    moments = measured.moments.get(touchpoint.id, Moments(0, 0, 0))
    plotted = measured.plotted.get(touchpoint.id)
    promise = promise_in_force(touchpoint.promises, until)
    is_nps = plotted is not None and plotted.instrument == Instrument.NPS
    return Standing(
        n_contacts=int(moments.n),
        moments=moments,
        level=_level(touchpoint.promises, promise, measured.days.get(touchpoint.id, ())),
        share=_kept_answers(touchpoint, measured, promise),
        official_lens=measured.official_lens[touchpoint.id] if is_nps and moments.n else None,
    )


def _level(promises: Sequence[PromiseView], now: PromiseView | None, days: Sequence[tuple[date, int]]) -> float | None:
    """The level these experiences are judged by: each by the promise in force on its day."""
    if now is not None and now.share is not None:
        return None
    judged = judged_level(promises, days)
    return judged if judged is not None or now is None else now.level


def _kept_answers(touchpoint: TouchpointView, measured: Measured, promise: PromiseView | None) -> KeptAnswers | None:
    if promise is None or promise.share is None:
        return None
    plotted = measured.plotted.get(touchpoint.id)
    counts = [count for count in measured.tally if _is_plotted(count, touchpoint.id, plotted)]
    kept = sum(count.n for count in counts if worth_of(count.instrument, count.value).x >= SHARE_KEPT_FROM)
    return KeptAnswers(kept, sum(count.n for count in counts), promise.share)


def _is_plotted(count: TallyCount, touchpoint: int, plotted: Plotted | None) -> bool:
    return count.touchpoint == touchpoint and Plotted(count.instrument, count.question) == plotted


def _figure(
    stage: StageView,
    touchpoint: TouchpointView,
    measured: Measured,
    standing: Standing,
    judgement: Judgement,
    shrunk_mean: float | None,
    until: date,
    settings: ReportSettings,
) -> TouchpointFigure:
    promise = promise_in_force(touchpoint.promises, until)
    blind_spot = blind_spot_of(
        has_survey=touchpoint.has_survey,
        n_invitations=measured.invitations.get(touchpoint.id, 0),
        n_contacts=standing.n_contacts,
        last_answer=measured.last_day.get(touchpoint.id),
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
        promise=_promise_figure(promise, standing.level),
        blind_spot=blind_spot,
        n_invitations=measured.invitations.get(touchpoint.id, 0),
        reach_month=measured.reach_month.get(touchpoint.event),
    )
    estimate = estimate_of(standing.moments, settings.confidence)
    if blind_spot is not None or estimate is None:
        return figure
    return _shown(figure, touchpoint.id, measured, estimate, judgement, shrunk_mean, settings)


def _shown(
    figure: TouchpointFigure,
    touchpoint: int,
    measured: Measured,
    estimate: Estimate,
    judgement: Judgement,
    shrunk_mean: float | None,
    settings: ReportSettings,
) -> TouchpointFigure:
    """The figure of a touchpoint that enough contacts answered at."""
    plotted = measured.plotted[touchpoint]
    rate = _rate(measured.answered_invitations.get(touchpoint, 0), figure.n_invitations)
    return msgspec.structs.replace(
        figure,
        **msgspec.structs.asdict(judgement),
        n_contacts=int(estimate.n),
        n_responses=measured.responses[touchpoint],
        instrument=plotted.instrument,
        mean=estimate.mean,
        centre=estimate.centre,
        se=estimate.se,
        interval=estimate.interval,
        evidence=evidence_of(estimate.interval),
        shrunk_mean=shrunk_mean,
        official=_official(touchpoint, measured, settings),
        distribution=_distribution(touchpoint, measured, plotted),
        response_rate=rate,
        worst_case=None if rate is None else worst_case_bounds(rate, estimate.mean),
    )


def _promise_figure(promise: PromiseView | None, judged: float | None) -> PromiseFigure | None:
    if promise is None:
        return None
    return PromiseFigure(
        claim=promise.claim,
        source=promise.source,
        owner=promise.owner,
        valid_from=promise.valid_from,
        level=judged if promise.share is None else None,
        share=promise.share,
        is_ceiling=is_ceiling(promise.level),
    )


def _official(touchpoint: int, measured: Measured, settings: ReportSettings) -> tuple[OfficialFigure, ...]:
    own = [count for count in measured.tally if count.touchpoint == touchpoint]
    found: list[OfficialFigure] = []
    for (instrument, _), counts in groupby(own, key=lambda count: (count.instrument, count.question)):
        if instrument in (Instrument.NPS, Instrument.CSAT, Instrument.CES):
            pairs = tuple((int(count.value), count.n) for count in counts)
            if sum(n for _, n in pairs) >= settings.k:
                found.extend(official_figures(Instrument(instrument), pairs, settings.confidence))
    return tuple(found)


def _distribution(touchpoint: int, measured: Measured, plotted: Plotted) -> tuple[tuple[int, int], ...]:
    """How often each point of the scale was chosen; emotions have no points."""
    if plotted.instrument == Instrument.EMOTION:
        return ()
    return tuple(sorted((int(c.value), c.n) for c in measured.tally if _is_plotted(c, touchpoint, plotted)))


def _rate(answered: int, invited: int) -> float | None:
    return answered / invited if invited else None


def _data_hash(view: JourneyView, measured: Measured, since: date, until: date, settings: ReportSettings) -> str:
    """Equal data, promises, period and settings have equal hashes, on every machine."""
    promises: Mapping[str, object] = {t.key: t.promises for stage in view.stages for t in stage.touchpoints}
    everything = (METHOD_VERSION, since, until, settings, promises, measured)
    plain = msgspec.to_builtins(everything, str_keys=True)
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()
