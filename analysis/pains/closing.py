"""Did it close? How many mention a pain, and how the touchpoint was experienced, before and after a linked action."""

from datetime import date

from msgspec import Struct

from analysis.interval import Contrast, Interval


class ClosingSide(Struct, frozen=True, kw_only=True):
    """The days `since` to `until`, both included. Over fewer than k contacts, only the days."""

    since: date
    until: date
    n_contacts: int = 0  # who answered at the touchpoint
    n_mentions: int | None = None  # contacts who mention it
    share: float | None = None
    share_interval: Interval | None = None  # Wilson's, 95 %
    mean_x: float | None = None


class Closing(Struct, frozen=True, kw_only=True):
    """A pain point before and after an action; differences are after minus before, None where a side is hidden.

    `share_change` is in shares, with Newcombe's interval. `is_closed` suggests "solved": the decision day has come, and
    the interval lies wholly below 0. An interim look suggests nothing: who looks often enough sees everything once.
    """

    action: int  # its id in the log
    what: str
    on_day: date
    decision_day: date  # the first day with a verdict
    before: ClosingSide
    after: ClosingSide | None = None  # not yet open
    share_change: float | None = None
    share_change_interval: Interval | None = None
    x_change: Contrast | None = None  # of the mean x of all who answered there
    is_interim: bool = False
    is_closed: bool = False
    words: str = ""  # the same in a sentence, for a cell
