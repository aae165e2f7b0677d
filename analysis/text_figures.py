"""What a touchpoint's comments hold: how they sound, apart from the curve (METHOD, section 1)."""

from msgspec import Struct

from analysis.interval import Estimate, Interval


class TextFigure(Struct, frozen=True, kw_only=True):
    """What contacts wrote at one touchpoint; it never enters the experience or the verdict.

    A contact who wrote several comments is one voice: their mean polarity, and one of the six states. Nothing but the
    key where fewer than k contacts wrote.
    """

    key: str  # of the touchpoint
    n_contacts: int = 0  # who wrote; 0 when suppressed
    n_scored: int = 0  # of those, whose words say how they felt: all but `no_signal` and `not_scored`
    sentiment: float | None = None  # mean polarity on [-1, +1] of those; None over fewer than k
    interval: Interval | None = None
    positive: int | None = None
    neutral: int | None = None
    negative: int | None = None
    mixed: int | None = None
    no_signal: int | None = None  # read, and nothing known was found
    not_scored: int | None = None  # a language that is not supported
    text_derived: Estimate | None = None  # the experience in x that ratings beside such words have had
    n_rated: int | None = None  # rated comments to learn that from, a voice a contact; None where ratings are plotted
    r_squared: float | None = None  # how much of those ratings the words explain
    is_cut: bool = False  # only the newest comments of the journey were read
    analysers: tuple[str, ...] = ()  # name and version of each that read these comments; empty when suppressed
