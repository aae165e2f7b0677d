"""Make a journey report of counts and sums: pure, so the same data gives the same digits."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from analysis.assemble_records import Promised, promise_figure, promised_at, with_records
from analysis.blind_spots import blind_spot_of, ranked_blind_spots, worst_case_bounds
from analysis.contact_sums import NOBODY
from analysis.data_hash import with_data_hash
from analysis.experience import Estimate, estimate_of, evidence_of, leaves_few, shrink
from analysis.gaps import adjusted
from analysis.landmarks import end_of, mark
from analysis.measured import Guesses, Measure, MeasuredTouchpoint
from analysis.official import official_figures
from analysis.report import (
    METHOD_VERSION,
    JourneyReport,
    OfficialFigure,
    ReportSettings,
    TouchpointFigure,
)
from analysis.verdicts import Judgement, Standing, judge
from surveys.instruments import Instrument
from surveys.journeys import JourneyView, StageView, TouchpointView


def assemble_report(
    view: JourneyView,
    measured: Mapping[str, MeasuredTouchpoint],
    since: date,
    until: date,
    settings: ReportSettings,
    *,
    where: str | None = None,
) -> JourneyReport:
    """Every figure of the journey, touchpoints in order; `where` names the property of those it is about."""
    places = [(stage, touchpoint) for stage in view.stages for touchpoint in stage.touchpoints]
    promised = [promised_at(touchpoint, measured[touchpoint.key], until, settings) for _, touchpoint in places]
    standings = [
        _standing(measured[touchpoint.key], part) for (_, touchpoint), part in zip(places, promised, strict=True)
    ]
    judgements = judge(standings, settings)
    figures = [
        _figure(stage, touchpoint, measured[touchpoint.key], part, judgement, until, settings)
        for (stage, touchpoint), part, judgement in zip(places, promised, judgements, strict=True)
    ]
    figures = _with_q_values(_with_shrunk_means(figures, measured))
    report = JourneyReport(
        journey=view.key,
        name=view.name,
        since=since,
        until=until,
        where=where,
        touchpoints=tuple(figures),
        settings=settings,
        method_version=METHOD_VERSION,
        data_hash="",
        landmarks=mark(figures, settings),
        end=end_of(figures),
        blind_spots=ranked_blind_spots(figures),
    )
    return with_data_hash(report)


def _with_shrunk_means(
    figures: Sequence[TouchpointFigure], measured: Mapping[str, MeasuredTouchpoint]
) -> list[TouchpointFigure]:
    """Those that are hidden take no part: the others would tell what they hold."""
    groups = [(NOBODY if figure.mean is None else measured[figure.key].sums).x for figure in figures]
    return [
        msgspec.structs.replace(figure, shrunk_mean=mean)
        for figure, mean in zip(figures, shrink(groups).means, strict=True)
    ]


def _with_q_values(figures: Sequence[TouchpointFigure]) -> list[TouchpointFigure]:
    gaps = adjusted([figure.gaps for figure in figures])
    return [msgspec.structs.replace(figure, gaps=own) for figure, own in zip(figures, gaps, strict=True)]


def _standing(measured: MeasuredTouchpoint, promised: Promised) -> Standing:
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
    promised: Promised,
    judgement: Judgement,
    until: date,
    settings: ReportSettings,
) -> TouchpointFigure:
    blind_spot = blind_spot_of(
        has_survey=touchpoint.has_survey,
        n_invitations=measured.n_invitations,
        n_contacts=1 if measured.is_protected else measured.sums.n,
        last_answer=measured.last_day,
        today=until,
        settings=settings,
        is_text_only=measured.has_comments,
        is_belief_only=measured.guesses != Guesses() and measured.n_responses == 0,
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
        promise=promise_figure(promised),
        blind_spot=blind_spot,
        n_invitations=measured.n_invitations,
        reach_month=measured.reach_month,
    )
    estimate = estimate_of(measured.sums.x, settings.confidence)
    if blind_spot is None and estimate is not None and measured.plotted is not None:
        figure = _shown(figure, measured, measured.plotted, estimate, judgement, settings)
    return with_records(figure, measured, promised, settings)


def _shown(
    figure: TouchpointFigure,
    measured: MeasuredTouchpoint,
    plotted: Measure,
    estimate: Estimate,
    judgement: Judgement,
    settings: ReportSettings,
) -> TouchpointFigure:
    """The figure of a touchpoint that enough contacts answered at."""
    is_told = measured.n_invitations > 0 and not leaves_few(measured.n_answered, 0, settings.k)
    rate = measured.n_answered / measured.n_invitations if is_told else None
    picked = measured.measure_of(Instrument.EMOTION)
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
        official=_official(measured, settings),
        distribution=_distribution(plotted) if plotted.may_be_spread_out(settings.k) else (),
        arousal=measured.arousal if picked is not None and picked.may_be_spread_out(settings.k) else None,
        response_rate=rate,
        worst_case=None if rate is None else worst_case_bounds(rate, estimate.mean),
    )


def _official(measured: MeasuredTouchpoint, settings: ReportSettings) -> tuple[OfficialFigure, ...]:
    """Of every instrument that has official figures and enough contacts."""
    found: list[OfficialFigure] = []
    for measure in measured.measures:
        if measure.sums.n >= settings.k:
            found.extend(official_figures(Instrument(measure.instrument), measure.sums, settings.confidence))
    picked = measured.measure_of(Instrument.EMOTION)
    if measured.net_emotional is not None and picked is not None and picked.may_be_spread_out(settings.k):
        found.append(measured.net_emotional)
    return tuple(found)


def _distribution(plotted: Measure) -> tuple[tuple[int, int], ...]:
    """How often each point of the scale was chosen; emotions have no points."""
    if plotted.instrument == Instrument.EMOTION:
        return ()
    return tuple(sorted((int(value), n) for value, n in plotted.counts))
