"""What a journey report holds: every figure of the curve, the table under it, the API and the CSV."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from analysis.funnel import Funnel
from analysis.interval import Contrast, Estimate
from analysis.interval import Interval as Interval  # every figure has one: who reads reports finds it here
from analysis.segment_figures import SegmentFigures
from analysis.text_figures import TextFigure
from analysis.trend_figures import Trend

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
    TEXT_ONLY = "text_only"  # comments, and nothing that says how it was experienced
    TEAM_BELIEF_ONLY = "team_belief_only"  # no answers, but the team has guessed


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


class GapName(StrEnum):
    """The numbers are those of SERVQUAL, whose gaps 2 and 3 lie inside the company and leave no answers."""

    KNOWLEDGE = "knowledge"  # 1: the team's guess of the expectation, minus the expectation
    COMMUNICATION = "communication"  # 4: actual minus brand promise
    SERVICE = "service"  # 5: actual minus expectation
    INSIDE_OUT = "inside_out"  # the team's guess of the experience, minus the experience
    DISCONFIRMATION = "disconfirmation"  # "compared with what we promised", as said


class Gap(Struct, frozen=True):
    """`value` is the difference of the means drawn; interval, `p` and `q` are those of the test. In x, or in shares.

    Below 0: less than promised or expected; of the two guesses, that the team thinks too little of itself.
    """

    name: GapName
    value: float | None = None
    interval: Interval | None = None
    p: float | None = None  # two-sided, of this gap alone
    q: float | None = None  # adjusted over all touchpoints of the report that have this gap
    n: int = 0  # the smallest number of contacts behind it
    is_share: bool = False
    is_paired: bool = False  # of the same contacts, who said both


class RecordFigure(Struct, frozen=True):
    """One record of a promise: a mean in x with its interval, or a share on [0, 1]; a team's guess with its range."""

    mean: float
    lo: float
    hi: float
    n: int  # contacts, or people of the team


class ShareBasis(StrEnum):
    """What a promised share is held against."""

    KEPT_REPLIES = "kept_replies"  # contacts who said that the promise was fully kept
    SATISFIED = "satisfied"  # contacts whose mean experience is 0.5 or more


class PromiseFigure(Struct, frozen=True, kw_only=True):
    """The brand promise in force at the end of the period: a level on [-1, +1] or a share on [0, 1], never both."""

    claim: str
    source: str
    owner: str
    valid_from: date
    level: float | None = None
    share: float | None = None
    share_basis: ShareBasis | None = None
    is_ceiling: bool = False  # a level above +.8 can only be broken


class OfficialFigure(Struct, frozen=True, kw_only=True):
    """An official score beside x, e.g. name "NPS", value 30.6, interval 2.9 to 53.5, unit "points"."""

    name: str
    value: float
    interval: Interval
    unit: str  # "points" or "share"
    n: int
    spread: float | None = None  # standard deviation of one contact, of NPS: its differences are tested with it


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
    centre: float | None = None  # of the plus-one interval, or of Wilson's
    se: float | None = None
    interval: Interval | None = None
    evidence: Evidence | None = None
    shrunk_mean: float | None = None  # empirical Bayes, for rankings only
    promise: PromiseFigure | None = None
    gap: float | None = None  # mean - promise level, or kept share - promised share
    gaps: tuple[Gap, ...] = ()  # those that have both sides and may be shown, in the order of GapName
    expectation: RecordFigure | None = None
    kept: RecordFigure | None = None  # the share of those asked who said that the promise was fully kept
    team_expectation: RecordFigure | None = None
    team_experience: RecordFigure | None = None
    stated_importance: RecordFigure | None = None
    opportunity: float | None = None  # Ulwick's, from 0 to 20, of the stated importance
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
    arousal: float | None = None  # mean arousal on [0, 1] of the emotions picked, a lane of its own that never enters x
    n_invitations: int = 0
    response_rate: float | None = None
    worst_case: Interval | None = None  # bounds if everyone silent were at an end of the scale
    reach_month: float | None = None  # contacts a month through the touchpoint, from events

    @property
    def estimate(self) -> Estimate | None:
        """The experience with all that tests need; None where it is not shown."""
        if self.mean is None or self.centre is None or self.se is None or self.interval is None:
            return None
        return Estimate(self.n_contacts, self.mean, self.centre, self.se, self.interval)


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


class ActionVerdict(StrEnum):
    """What a touchpoint did after an action, as far as is shown (METHOD, section 8)."""

    IMPROVED = "improved"
    NOT_SHOWN = "not_shown"  # which is not the same as "did nothing"
    WORSE = "worse"


class SideFigure(Struct, frozen=True, kw_only=True):
    """What contacts felt on the days `since` to `until`, both included; over fewer than k of them only the days."""

    since: date
    until: date
    n_contacts: int = 0
    mean: float | None = None
    interval: Interval | None = None


class ActionFigure(Struct, frozen=True, kw_only=True):
    """A logged action and what changed at its touchpoint: differences in x, after minus before, None where a side may
    not be shown.

    `net` is the difference minus the regression expected, minus the `season` where it is known; the verdict follows
    from its interval alone, on the decision day and not before: a look until then is interim, and has none.
    """

    id: int
    touchpoint: str
    touchpoint_name: str
    what: str
    on_day: date
    window_days: int
    washout_days: int
    decision_day: date  # the first day with a verdict
    before: SideFigure
    after: SideFigure | None = None  # not yet open
    instrument: str | None = None  # of both sides
    is_measured_otherwise: bool = False  # each side is known by another instrument, so they can't be compared
    also: tuple[str, ...] = ()  # what else was done here on these days: the change is that of all of it
    difference: Contrast | None = None
    p_after_better: float | None = None  # of two answers picked at random; equal ones count half
    expected_regression: float | None = None
    season: Contrast | None = None  # what the untouched touchpoints did, net of their own regression
    net: Contrast | None = None
    verdict: ActionVerdict = ActionVerdict.NOT_SHOWN
    is_interim: bool = False


class JourneyReport(Struct, frozen=True, kw_only=True):
    """A journey over the days `since` to `until`, both included, touchpoints in journey order."""

    journey: str
    name: str
    since: date
    until: date
    where: str | None = None  # "plan:pro": of those asked after such an event, counted afresh from the answers
    touchpoints: tuple[TouchpointFigure, ...]
    settings: ReportSettings
    method_version: str
    data_hash: str
    landmarks: LandmarkFigures = LandmarkFigures()
    end: EndFigure | None = None
    blind_spots: tuple[BlindSpotFigure, ...] = ()  # what is most at stake first
    trends: dict[str, Trend] = {}  # of the 52 weeks up to `until`, by touchpoint
    funnels: tuple[Funnel, ...] = ()
    by_persona: SegmentFigures | None = None
    by_channel: SegmentFigures | None = None
    actions: tuple[ActionFigure, ...] = ()  # newest first
    text: tuple[TextFigure, ...] = ()  # what contacts wrote, a lane of its own

    @property
    def n_responses(self) -> int:
        return sum(touchpoint.n_responses for touchpoint in self.touchpoints)
