"""Make the rows of a pain-point list of counts and sums: pure, so the same data gives the same digits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from analysis.experience import Moments, estimate_of, evidence_of, leaves_few
from analysis.pains.bootstrap import Certainty, Losses, certainties, drawn_losses
from analysis.pains.candidates import (
    UNHEARD,
    Comment,
    Felt,
    Heard,
    Mentioned,
    cells_of,
    depth_ranks,
    heard_in,
    is_candidate,
    shortfall_of,
)
from analysis.pains.loss import Loss, loss_per_month, ranks_by_loss
from analysis.pains.pain_key import PainKey
from analysis.pains.pain_point import HYPOTHESIS, SUPPRESSED, PainPoint, PainStatus
from analysis.pains.quotes import QuoteChoice
from analysis.report import ReportSettings, TouchpointFigure
from analysis.text.theme_book import BookTheme
from surveys.journeys import TouchpointView

OWN_THEMES = "own."  # what the keys of a workspace's own themes begin with


class Place(Struct, frozen=True, kw_only=True):
    """A touchpoint of the list: its figures, who felt what there, and every comment of theirs."""

    touchpoint: TouchpointView
    figure: TouchpointFigure
    everybody: Moments
    felt: Sequence[Felt]
    comments: Sequence[Comment]
    heard: Heard  # in all of them
    mentioned: Mapping[str, Mentioned]  # the themes that may be shown
    trend: float | None


class Stand(Struct, frozen=True, kw_only=True):
    """What people noted of a pain point, and the newest action against it."""

    title: str = ""
    status: PainStatus = PainStatus.NEW
    owner: str = ""
    action: str = ""
    action_date: date | None = None
    before_after: str = ""


class Frame(Struct, frozen=True):
    """What is the same in every row."""

    journey: str
    persona: str  # its name; empty for everybody
    report_id: str
    method_version: str
    settings: ReportSettings


UNTOUCHED = Stand()


def assemble_pains(
    places: Sequence[Place],
    themes: Mapping[str, BookTheme],
    noted: Mapping[str, Stand],
    frame: Frame,
) -> list[PainPoint]:
    """Every row, by id, without hash and quotes. `noted` is by id; what is noted has a row whatever is known.

    Dismissed ones have figures and no rank, so that nothing that is no pain stands above one.
    """
    losses: dict[str, Loss] = {}
    drawn: dict[str, Losses] = {}
    rows: dict[str, PainPoint] = {}
    for place in places:
        rows |= dict(_rows_at(place, themes, noted, frame))
        own = _losses_at(place, frame)
        losses |= own
        drawn |= _drawn_at(place, own, frame)
    dismissed = {pain_id for pain_id, row in rows.items() if row.status is PainStatus.DISMISSED}
    sure = certainties(drawn)
    left = {pain_id: found for pain_id, found in drawn.items() if pain_id not in dismissed}
    ranked = certainties(left) if len(left) < len(drawn) else sure
    losses = {pain_id: _bounded(loss, sure.get(pain_id)) for pain_id, loss in losses.items()}
    ranks = ranks_by_loss({pain_id: loss for pain_id, loss in losses.items() if pain_id not in dismissed})
    depths = depth_ranks({pain_id: _depth(rows[pain_id], places) for pain_id in rows if pain_id not in dismissed})
    return [
        replace(
            _with_loss(row, losses.get(pain_id), frame.settings.k),
            rank=ranks.get(pain_id),
            p_top3=ranked[pain_id].p_top if pain_id in ranked else None,
            depth_rank=depths.get(pain_id),
        )
        for pain_id, row in sorted(rows.items())
    ]


def theme_id(place: Place, theme: str, frame: Frame) -> str:
    return str(PainKey(frame.journey, place.figure.key, theme))


def _rows_at(
    place: Place,
    themes: Mapping[str, BookTheme],
    noted: Mapping[str, Stand],
    frame: Frame,
) -> Iterable[tuple[str, PainPoint]]:
    for theme, mentioned in place.mentioned.items():
        pain_id = theme_id(place, theme, frame)
        row = _row(pain_id, place, noted.get(pain_id, UNTOUCHED), frame)
        yield pain_id, _with_mentions(row, mentioned, themes[theme], place, frame)
    promise = theme_id(place, "", frame)
    if is_candidate(place.figure) or promise in noted:
        yield promise, _of_the_promise(_row(promise, place, noted.get(promise, UNTOUCHED), frame))
    here = theme_id(place, "", frame).rpartition("/")[0] + "/"
    for pain_id, stand in noted.items():
        what = pain_id.removeprefix(here)
        if what != pain_id and pain_id != promise and what not in place.mentioned:
            row = _row(pain_id, place, stand, frame)
            yield pain_id, _of_a_hypothesis(row, stand) if stand.title else _unheard(row, what, themes, frame)


def _row(pain_id: str, place: Place, stand: Stand, frame: Frame) -> PainPoint:
    """What a row says of its touchpoint and of what was noted."""
    figure, touchpoint = place.figure, place.touchpoint
    heard = place.heard
    return PainPoint(
        rank=None,
        pain_id=pain_id,
        title=stand.title,
        status=stand.status,
        evidence_level=str(figure.evidence or SUPPRESSED),
        journey=frame.journey,
        stage=figure.stage,
        phase=figure.phase,
        step=figure.step,
        touchpoint=figure.name,
        period=figure.period,
        channel=figure.channel,
        customer_intent=touchpoint.customer_intent,
        business_intent=touchpoint.business_intent,
        persona=frame.persona,
        segment="",
        theme="",
        theme_method="",
        n_responses=figure.n_responses,
        n_contacts=figure.n_contacts,
        n_mentions=0,
        share=None,
        share_lo=None,
        share_hi=None,
        mean_x=figure.mean,
        ci_lo=figure.interval.lo if figure.interval else None,
        ci_hi=figure.interval.hi if figure.interval else None,
        x_without=None,
        drop=None,
        reach_month=figure.reach_month,
        reach_source="unknown" if figure.reach_month is None else "events",
        loss_month=None,
        loss_lo=None,
        loss_hi=None,
        p_top3=None,
        depth_rank=None,
        promise_text=figure.promise.claim if figure.promise else "",
        promise_source=figure.promise.source if figure.promise else "",
        promise_level=figure.promise.level if figure.promise else None,
        expected_level=figure.expectation.mean if figure.expectation else None,
        gap=figure.gap,
        q_value=figure.q_broken,
        verdict=figure.verdict,
        lens_sensitive=figure.lens_sensitive,
        importance=figure.stated_importance.mean if figure.stated_importance else None,
        trend=place.trend,
        sentiment_mean=heard.mean if heard.n_scored >= max(frame.settings.k, 1) else None,
        sentiment_coverage=_coverage(heard, frame),
        response_rate=figure.response_rate,
        first_seen=None,
        last_seen=None,
        quote_1="",
        quote_2="",
        quote_3="",
        counter_quote="",
        quotes_shown="",
        suppressed_reason="",
        owner=stand.owner or figure.owner,
        action=stand.action,
        action_date=stand.action_date,
        before_after=stand.before_after,
        report_id=frame.report_id,
        data_hash="",
        method_version=frame.method_version,
    )


def _with_mentions(row: PainPoint, mentioned: Mentioned, theme: BookTheme, place: Place, frame: Frame) -> PainPoint:
    own, everybody = heard_in(mentioned.comments) if mentioned.is_heard else UNHEARD, place.heard
    is_heard = own.n_scored >= frame.settings.k and not leaves_few(everybody.n_scored, own.n_scored, frame.settings.k)
    method = "own theme" if mentioned.theme.startswith(OWN_THEMES) else "pack"
    return replace(
        row,
        title=f"{row.touchpoint}: {theme.title}",
        evidence_level=_evidence(mentioned, place, frame.settings),
        theme=theme.title,
        theme_method="label" if mentioned.is_labelled else method,
        n_mentions=mentioned.n,
        x_without=_mean_without(mentioned, place, frame),
        sentiment_mean=own.mean if is_heard else None,
        sentiment_coverage=_coverage(own, frame),
        first_seen=mentioned.first_seen,
        last_seen=mentioned.last_seen,
    )


def with_quotes(row: PainPoint, quotes: QuoteChoice, n_comments: int) -> PainPoint:
    """The same row; `n_comments` are those that mention it."""
    shown = [*[quote.text for quote in quotes.quotes], "", "", ""]
    return replace(
        row,
        quote_1=shown[0],
        quote_2=shown[1],
        quote_3=shown[2],
        counter_quote=quotes.counter_quote.text if quotes.counter_quote else "",
        quotes_shown="" if quotes.is_suppressed else f"{len(quotes.quotes)} of {n_comments} shown",
    )


def _of_the_promise(row: PainPoint) -> PainPoint:
    """Nobody mentions a promise, so there is no share, and no loss: the gap says how much is at stake."""
    return replace(row, title=f"{row.touchpoint}: below what was promised", theme_method="verdict")


def _of_a_hypothesis(row: PainPoint, stand: Stand) -> PainPoint:
    return replace(row, title=f"{row.touchpoint}: {stand.title}", evidence_level=HYPOTHESIS, theme_method="workshop")


def _unheard(row: PainPoint, theme: str, themes: Mapping[str, BookTheme], frame: Frame) -> PainPoint:
    """Somebody dealt with it, and now too few mention it to say more."""
    title = themes[theme].title if theme in themes else theme
    return replace(
        row,
        title=f"{row.touchpoint}: {title}",
        evidence_level=SUPPRESSED,
        theme=title,
        theme_method="own theme" if theme.startswith(OWN_THEMES) else "pack",
        sentiment_mean=None,
        sentiment_coverage=None,
        suppressed_reason=f"Fewer than {frame.settings.k} contacts mention it on these days.",
    )


def _with_loss(row: PainPoint, loss: Loss | None, k: int) -> PainPoint:
    if loss is None:
        return row
    reason = "" if row.x_without is not None else f"Fewer than {k} contacts answered without mentioning it."
    return replace(
        row,
        share=loss.share,
        share_lo=loss.share_interval.lo if loss.share_interval else None,
        share_hi=loss.share_interval.hi if loss.share_interval else None,
        drop=loss.drop,
        loss_month=loss.loss,
        loss_lo=loss.loss_lo,
        loss_hi=loss.loss_hi,
        suppressed_reason=reason,
    )


def _losses_at(place: Place, frame: Frame) -> dict[str, Loss]:
    return {
        theme_id(place, theme, frame): loss_per_month(
            place.figure.reach_month,
            int(place.everybody.n),
            mentioned.n,
            mean_without=_mean_without(mentioned, place, frame),
            mean_with=mentioned.with_it.mean,
        )
        for theme, mentioned in place.mentioned.items()
    }


def _drawn_at(place: Place, losses: Mapping[str, Loss], frame: Frame) -> dict[str, Losses]:
    """Of the themes whose loss is known."""
    known = [theme for theme in place.mentioned if losses[theme_id(place, theme, frame)].loss is not None]
    reach = place.figure.reach_month
    if reach is None or not known:
        return {}
    cells = cells_of(place.felt, place.comments, known)
    drawn = drawn_losses(f"{frame.journey}/{place.figure.key}", cells, reach, known)
    return {theme_id(place, theme, frame): found for theme, found in drawn.items()}


def _bounded(loss: Loss, sure: Certainty | None) -> Loss:
    """The bounds by bootstrap in place of those by Wilson; never beyond the loss itself."""
    if sure is None or loss.loss is None:
        return loss
    return replace(loss, loss_lo=min(sure.interval.lo, loss.loss), loss_hi=max(sure.interval.hi, loss.loss))


def _depth(row: PainPoint, places: Sequence[Place]) -> float | None:
    """In x: below those who don't mention it, or below what was promised."""
    if row.theme_method == "verdict":
        return next(shortfall_of(place.figure) for place in places if row.pain_id.split("/")[1] == place.figure.key)
    place = next(place for place in places if row.pain_id.split("/")[1] == place.figure.key)
    mentioned = place.mentioned.get(row.pain_id.split("/")[2])
    mean = mentioned.with_it.mean if mentioned else None
    return None if row.x_without is None or mean is None else max(0.0, row.x_without - mean)


def _mean_without(mentioned: Mentioned, place: Place, frame: Frame) -> float | None:
    """The mean x of the contacts who don't mention it; None where they are too few to be shown."""
    n = int(place.everybody.n) - mentioned.n
    return (place.everybody.sum - mentioned.with_it.sum) / n if n >= max(frame.settings.k, 1) else None


def _evidence(mentioned: Mentioned, place: Place, settings: ReportSettings) -> str:
    """By the interval of those who mention it; it says nothing where the drop may not be shown."""
    estimate = estimate_of(mentioned.with_it, settings.confidence)
    if estimate is None or int(place.everybody.n) - mentioned.n < max(settings.k, 1):
        return SUPPRESSED
    return "indicative" if mentioned.n < settings.tested_from else str(evidence_of(estimate.interval))


def _coverage(heard: Heard, frame: Frame) -> float | None:
    return heard.coverage if heard.n_contacts >= max(frame.settings.k, 1) else None
