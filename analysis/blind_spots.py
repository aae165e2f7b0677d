"""Where nothing is known, why, and how wrong the known could be at worst (METHOD, section 6)."""

from collections.abc import Iterable
from datetime import date

from analysis.report import BlindSpot, BlindSpotFigure, Interval, PromiseFigure, ReportSettings, TouchpointFigure


def blind_spot_of(
    *,
    has_survey: bool,
    n_invitations: int,
    n_contacts: int,
    last_answer: date | None,
    today: date,
    settings: ReportSettings,
    is_text_only: bool = False,
    is_belief_only: bool = False,
) -> BlindSpot | None:
    """The first link of the chain that is missing, or the little there is instead; None where it can be seen.

    `last_answer` is the day of the youngest experience answered, ever. Answers that came without an invitation, through
    a link or an import, are answers all the same.
    """
    age = None if last_answer is None else (today - last_answer).days
    # A period of as many days as make an answer stale holds none of exactly that age.
    if age is not None and (age > settings.stale_days or (n_contacts == 0 and age == settings.stale_days)):
        return BlindSpot.STALE
    if n_contacts == 0 and is_text_only:
        return BlindSpot.TEXT_ONLY
    if n_contacts == 0 and is_belief_only:
        return BlindSpot.TEAM_BELIEF_ONLY
    if n_contacts == 0:
        return _why_no_answers(has_survey, n_invitations)
    return BlindSpot.TOO_FEW if n_contacts < settings.k else None


def worst_case_bounds(response_rate: float, mean: float) -> Interval:
    """Where the mean x of all asked could lie if everyone silent were at one end of the scale (Manski)."""
    return Interval(response_rate * mean - (1 - response_rate), response_rate * mean + (1 - response_rate))


def ranked_blind_spots(touchpoints: Iterable[TouchpointFigure]) -> tuple[BlindSpotFigure, ...]:
    """By reach * promise, the largest first; equals in the order of the journey.

    Where nothing is promised the reach alone decides, after all that have a promise; an unknown reach comes last.
    """
    found = [_blind_spot(touchpoint, touchpoint.blind_spot) for touchpoint in touchpoints if touchpoint.blind_spot]
    return tuple(sorted(found, key=_rank))


def _blind_spot(touchpoint: TouchpointFigure, reason: BlindSpot) -> BlindSpotFigure:
    reach, promised = touchpoint.reach_month, _promised(touchpoint.promise)
    return BlindSpotFigure(
        key=touchpoint.key,
        name=touchpoint.name,
        phase=touchpoint.phase,
        reason=reason,
        reach_month=reach,
        promised=promised,
        at_stake=None if reach is None or promised is None else reach * promised,
    )


def _promised(promise: PromiseFigure | None) -> float | None:
    """A level and a share on one scale, from 0 for nothing to 1 for all one can promise."""
    if promise is None:
        return None
    return promise.share if promise.level is None else (promise.level + 1) / 2


def _rank(spot: BlindSpotFigure) -> tuple[bool, bool, float, float]:
    """Among those of unknown reach the promise alone decides. Sorting is stable, so equals keep their order."""
    at_stake = (1.0 if spot.reach_month is None else spot.reach_month) * (spot.promised or 0.0)
    return spot.reach_month is None, spot.promised is None, -at_stake, -(spot.reach_month or 0.0)


def _why_no_answers(has_survey: bool, n_invitations: int) -> BlindSpot:
    if not has_survey:
        return BlindSpot.NO_SURVEY
    return BlindSpot.NO_ANSWERS if n_invitations else BlindSpot.NO_INVITATIONS
