"""A pain point: a theme at a touchpoint, a touchpoint that breaks its promise, or a hypothesis (METHOD, section 10)."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from analysis.report import Verdict

HYPOTHESIS = "hypothesis"  # the evidence of a guess
SUPPRESSED = "suppressed"  # the evidence of what may not be shown


class PainStatus(StrEnum):
    """What has become of a pain point."""

    NEW = "new"
    CONFIRMED = "confirmed"
    IN_ACTION = "in_action"
    SOLVED_AWAITING_PROOF = "solved_awaiting_proof"
    SOLVED = "solved"
    DISMISSED = "dismissed"


class PainPoint(Struct, frozen=True, kw_only=True):
    """One row of the list. The fields are the columns of every export, in order; what can't be known is None."""

    pain_id: str  # journey/touchpoint/theme, for ever: see pain_key.py
    title: str
    status: PainStatus
    evidence_level: str  # solid, fair, weak, indicative, suppressed; "hypothesis" for a guess of a workshop
    journey: str
    stage: str
    phase: str
    step: str
    touchpoint: str
    period: str
    channel: str
    customer_intent: str
    business_intent: str
    persona: str  # all personas where empty
    segment: str  # empty: lists are of all contacts, or of a persona
    theme: str
    theme_method: str  # pack, own theme, label, verdict, workshop
    n_responses: int
    n_contacts: int  # who answered at the touchpoint
    n_mentions: int  # contacts who mention the theme
    share: float | None
    share_lo: float | None  # 80 % interval of the share
    share_hi: float | None
    mean_x: float | None  # of the touchpoint
    ci_lo: float | None
    ci_hi: float | None
    x_without: float | None  # mean x of those who don't mention it
    drop: float | None
    reach_month: float | None
    reach_source: str  # events, or unknown
    loss_month: float | None
    loss_lo: float | None  # 80 % bounds, by bootstrap over contacts
    loss_hi: float | None
    rank: int | None  # by the lower bound of the loss; None where the reach or the drop is unknown
    p_top3: float | None  # P(rank <= 3)
    depth_rank: int | None  # the other order: by the drop; without a theme, by how far below the promise
    promise_text: str
    promise_source: str
    promise_level: float | None
    expected_level: float | None  # mean x of what contacts expect
    gap: float | None
    q_value: float | None  # of broken
    verdict: Verdict
    lens_sensitive: bool | None
    importance: float | None  # as contacts say, mean x of the touchpoint
    trend: float | None  # mean x of the last four weeks minus that of the year before them
    sentiment_mean: float | None  # mean polarity over the contacts who mention it; without a theme, over all who wrote
    sentiment_coverage: float | None  # the share of those contacts whose words say how they felt
    response_rate: float | None
    first_seen: date | None
    last_seen: date | None
    quote_1: str
    quote_2: str
    quote_3: str
    counter_quote: str
    quotes_shown: str  # "3 of 27 shown"
    suppressed_reason: str
    owner: str
    action: str
    action_date: date | None
    before_after: str
    report_id: str
    data_hash: str
    method_version: str
