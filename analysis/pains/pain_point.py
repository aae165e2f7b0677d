"""A pain point: one theme at one touchpoint, with what it costs and who said so (METHOD, section 10)."""

from datetime import date

from msgspec import Struct

from analysis.report import Verdict


class PainPoint(Struct, frozen=True, kw_only=True):
    """One row of the list. The fields are the columns of the CSV, in order; what can't be known is None."""

    rank: int | None  # by the lower bound of the loss; None where the reach or the drop is unknown
    pain_id: str
    title: str
    journey: str
    stage: str
    phase: str
    step: str
    touchpoint: str
    period: str
    channel: str
    owner: str
    theme: str
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
    loss_month: float | None
    loss_lo: float | None
    loss_hi: float | None
    promise_text: str
    promise_source: str
    promise_level: float | None
    gap: float | None
    q_value: float | None  # of broken
    verdict: Verdict
    lens_sensitive: bool | None
    response_rate: float | None
    first_seen: date
    last_seen: date
    quote_1: str
    quote_2: str
    quote_3: str
    counter_quote: str
    data_hash: str
    method_version: str
