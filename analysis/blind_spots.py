"""Where nothing is known, why, and how wrong the known could be at worst (METHOD, section 6)."""

from datetime import date

from analysis.report import BlindSpot, Interval, ReportSettings


def blind_spot_of(
    *,
    has_survey: bool,
    n_invitations: int,
    n_contacts: int,
    last_answer: date | None,
    today: date,
    settings: ReportSettings,
) -> BlindSpot | None:
    """The first link of the chain that is missing; None where the touchpoint can be seen.

    `last_answer` is the day of the youngest experience answered, ever. Answers that came without an invitation, through
    a link or an import, are answers all the same.
    """
    age = None if last_answer is None else (today - last_answer).days
    # A period of as many days as make an answer stale holds none of exactly that age.
    if age is not None and (age > settings.stale_days or (n_contacts == 0 and age == settings.stale_days)):
        return BlindSpot.STALE
    if n_contacts == 0:
        return _why_no_answers(has_survey, n_invitations)
    return BlindSpot.TOO_FEW if n_contacts < settings.k else None


def worst_case_bounds(response_rate: float, mean: float) -> Interval:
    """Where the mean x of all asked could lie if everyone silent were at one end of the scale (Manski)."""
    return Interval(response_rate * mean - (1 - response_rate), response_rate * mean + (1 - response_rate))


def _why_no_answers(has_survey: bool, n_invitations: int) -> BlindSpot:
    if not has_survey:
        return BlindSpot.NO_SURVEY
    return BlindSpot.NO_ANSWERS if n_invitations else BlindSpot.NO_INVITATIONS
