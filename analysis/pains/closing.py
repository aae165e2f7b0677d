"""Did it close? How many mention a pain, and how the touchpoint was experienced, before and after a linked action."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from analysis.experience import wilson
from analysis.interval import Contrast, Interval
from analysis.official import newcombe
from analysis.report import ActionFigure, ActionVerdict, ReportSettings, SideFigure
from core.templating import signed


class ClosingSide(Struct, frozen=True, kw_only=True):
    """The days `since` to `until`, both included. Over fewer than k contacts, only the days."""

    since: date
    until: date
    n_contacts: int = 0  # who answered at the touchpoint
    n_mentions: int | None = None  # contacts who mention it; None where the pain is no theme
    share: float | None = None
    share_interval: Interval | None = None  # Wilson's
    mean_x: float | None = None


class Closing(Struct, frozen=True, kw_only=True):
    """A pain point before and after an action; differences are after minus before, None where a side is hidden.

    `share_change` is in shares on [-1, 1], with Newcombe's interval. `is_closed` suggests "solved": the decision day
    has come, enough contacts answered on both sides to test, and the whole interval says that fewer mention it.
    Where the pain is no theme, the touchpoint must have improved, net of what it would have done by itself. An interim
    look suggests nothing: who looks often enough sees everything once.
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


class Told(Struct, frozen=True):
    """Contacts who answered at a touchpoint in a window of days, and those of them who mention the theme."""

    n_contacts: int = 0
    n_mentions: int | None = None


def closing_of(figure: ActionFigure, before: Told, after: Told, settings: ReportSettings) -> Closing:
    """`figure` is what the action log says of the same action: its windows, and x on both sides."""
    sides = _side(figure.before, before, settings), _side(figure.after, after, settings) if figure.after else None
    closing = Closing(
        action=figure.id,
        what=figure.what,
        on_day=figure.on_day,
        decision_day=figure.decision_day,
        before=sides[0],
        after=sides[1],
        x_change=figure.difference,
        is_interim=figure.is_interim,
    )
    closing = _with_share_change(closing, settings)
    return _replaced(closing, is_closed=_is_closed(closing, figure, settings))


def _side(side: SideFigure, told: Told, settings: ReportSettings) -> ClosingSide:
    if told.n_contacts < max(settings.k, 1):
        return ClosingSide(since=side.since, until=side.until)
    n, m = told.n_contacts, told.n_mentions
    return ClosingSide(
        since=side.since,
        until=side.until,
        n_contacts=n,
        n_mentions=m,
        share=None if m is None else m / n,
        share_interval=None if m is None else wilson(m, n, settings.confidence),
        mean_x=side.mean,
    )


def _with_share_change(closing: Closing, settings: ReportSettings) -> Closing:
    before, after = closing.before, closing.after
    if after is None or before.n_mentions is None or after.n_mentions is None:
        return closing
    change = newcombe((before.n_mentions, before.n_contacts), (after.n_mentions, after.n_contacts), settings.confidence)
    if change is None:
        return closing
    return _replaced(closing, share_change=change.difference, share_change_interval=change.interval)


def _is_closed(closing: Closing, figure: ActionFigure, settings: ReportSettings) -> bool:
    if closing.is_interim or closing.after is None:
        return False
    if closing.share_change_interval is None:
        return closing.before.n_mentions is None and figure.verdict is ActionVerdict.IMPROVED
    n = min(closing.before.n_contacts, closing.after.n_contacts)
    return n >= settings.tested_from and closing.share_change_interval.hi < 0


def _replaced(closing: Closing, **changes: object) -> Closing:
    changed: Closing = replace(closing, **changes)
    return replace(changed, words=_in_words(changed))


def _in_words(closing: Closing) -> str:
    """What changed, whether it is decided, and what that suggests."""
    if closing.after is None:
        return f"Nothing is known yet: the action was on {closing.on_day}."
    return f"{_change_in_words(closing)} {_decided_in_words(closing)}"


def _change_in_words(closing: Closing) -> str:
    before, after, interval = closing.before, closing.after, closing.share_change_interval
    if after is not None and interval is not None:
        counts = f"{before.n_mentions} of {before.n_contacts} before, {after.n_mentions} of {after.n_contacts} after"
        change, lo, hi = map(_points, (closing.share_change or 0.0, interval.lo, interval.hi))
        return f"Mentioned by {counts}: {change} points ({lo} to {hi})."
    if closing.x_change is not None:
        return f"Experience changed by {signed(closing.x_change.value)}."
    return "Too few contacts answered on one side to say more."


def _decided_in_words(closing: Closing) -> str:
    if closing.is_interim:
        return f"An interim look: it is decided on {closing.decision_day}."
    return "It seems solved." if closing.is_closed else "That it is solved is not shown."


def _points(share: float) -> str:
    return signed(100 * share, 0)
