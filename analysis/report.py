"""What a journey report holds: every figure of the curve, the table under it, the API and the CSV."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

METHOD_VERSION = "1"


class Verdict(StrEnum):
    """How a touchpoint stands to its promise (METHOD, section 4)."""

    BROKEN = "broken"
    KEPT = "kept"
    OVER_DELIVERED = "over_delivered"
    UNDETERMINED = "undetermined"
    INDICATIVE = "indicative"  # 5 to 9 contacts: shown, never tested
    BLIND = "blind"  # nothing known
    NO_PROMISE = "no_promise"  # measured, but nothing was promised


class BlindSpot(StrEnum):
    """Why nothing is known about a touchpoint (METHOD, section 6)."""

    NO_SURVEY = "no_survey"
    NO_INVITATIONS = "no_invitations"
    NO_ANSWERS = "no_answers"
    TOO_FEW = "too_few"  # fewer contacts than may be shown
    STALE = "stale"


class Evidence(StrEnum):
    """The badge by the half-width of the interval: <= .15, <= .30, wider."""

    SOLID = "solid"
    FAIR = "fair"
    WEAK = "weak"


class ReportSettings(Struct, frozen=True, kw_only=True):
    """The conventions that are ours; every report prints the ones it used."""

    margin: float = 0.10  # delta, in units of x
    q: float = 0.10  # false discovery rate of Benjamini-Hochberg
    k: int = 5  # fewer contacts than this are never shown
    tested_from: int = 10  # fewer contacts than this are never tested
    confidence: float = 0.95
    stale_days: int = 90


class Interval(Struct, frozen=True):
    lo: float
    hi: float


class PromiseFigure(Struct, frozen=True, kw_only=True):
    """The brand promise in force at the end of the period: a level on [-1, +1] or a share on [0, 1], never both."""

    claim: str
    source: str
    owner: str
    valid_from: date
    level: float | None = None
    share: float | None = None
    is_ceiling: bool = False  # a level above +.8 can only be broken


class OfficialFigure(Struct, frozen=True, kw_only=True):
    """An official score beside x, e.g. name "NPS", value 30.6, interval 2.9 to 53.5, unit "points"."""

    name: str
    value: float
    interval: Interval
    unit: str  # "points" or "share"
    n: int


class TouchpointFigure(Struct, frozen=True, kw_only=True):
    """One touchpoint of the curve. Every figure that may not be shown is None, never a guess."""

    key: str
    name: str
    stage: str
    phase: str
    step: str
    period: str
    channel: str
    owner: str
    n_contacts: int  # the unit of every figure; 0 when suppressed
    n_responses: int
    instrument: str | None = None  # of the plotted experience
    mean: float | None = None  # the point drawn, in x
    centre: float | None = None  # of the plus-one interval
    se: float | None = None
    interval: Interval | None = None
    evidence: Evidence | None = None
    shrunk_mean: float | None = None  # empirical Bayes, for rankings only
    promise: PromiseFigure | None = None
    gap: float | None = None  # mean - promise level, or kept share - promised share
    p_broken: float | None = None
    p_kept: float | None = None
    p_over_delivered: float | None = None
    q_broken: float | None = None
    q_kept: float | None = None
    q_over_delivered: float | None = None
    verdict: Verdict = Verdict.BLIND
    n_needed: int | None = None  # contacts still to ask before an undetermined verdict can fall
    lens_sensitive: bool | None = None  # NPS only: the two lenses disagree
    blind_spot: BlindSpot | None = None
    official: tuple[OfficialFigure, ...] = ()
    distribution: tuple[tuple[int, int], ...] = ()  # (value, count) of the plotted instrument; empty when suppressed
    n_invitations: int = 0
    response_rate: float | None = None
    worst_case: Interval | None = None  # bounds if everyone silent were at an end of the scale
    reach_month: float | None = None  # contacts a month through the touchpoint, from events


class Landmark(Struct, frozen=True, kw_only=True):
    """The pit or the peak: the touchpoint that is the worst, or the best, with this probability."""

    key: str
    name: str
    mean: float
    probability: float


class LandmarkFigures(Struct, frozen=True, kw_only=True):
    """None means that there is no clear one among the `n_tested` touchpoints that had a say."""

    pit: Landmark | None = None
    peak: Landmark | None = None
    n_tested: int = 0


class EndFigure(Struct, frozen=True, kw_only=True):
    """The last touchpoint of the journey that is measured; how contacts end one by one is for `analysis.summaries`."""

    key: str
    name: str
    mean: float
    n_contacts: int


class BlindSpotFigure(Struct, frozen=True, kw_only=True):
    """A row of the blind spots: where nothing is known, why, and how much is promised there to how many."""

    key: str
    name: str
    phase: str
    reason: BlindSpot
    reach_month: float | None = None
    promised: float | None = None  # on [0, 1]: (level + 1) / 2, or the share; None without a promise
    at_stake: float | None = None  # reach * promised; None where either is unknown


class JourneyReport(Struct, frozen=True, kw_only=True):
    """A journey over the days `since` to `until`, both included, touchpoints in journey order."""

    journey: str
    name: str
    since: date
    until: date
    touchpoints: tuple[TouchpointFigure, ...]
    settings: ReportSettings
    method_version: str
    data_hash: str
    landmarks: LandmarkFigures = LandmarkFigures()
    end: EndFigure | None = None
    blind_spots: tuple[BlindSpotFigure, ...] = ()  # what is most at stake first

    @property
    def n_responses(self) -> int:
        return sum(touchpoint.n_responses for touchpoint in self.touchpoints)
