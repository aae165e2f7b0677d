"""When something may be sent: inside a trigger's window by the contact's own clock, and on no quiet day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from feedback.deciding.policy import Policy
from feedback.deciding.reasons import Reason
from surveys.trigger_rule import SendWindow, Weekday

WEEKDAYS = tuple(Weekday)  # in the order of date.weekday()
DAYS_AHEAD = 400  # that are looked at; long quiet holidays are skipped whole and don't count
DAY = timedelta(days=1)
LATEST = datetime(9990, 1, 1, tzinfo=UTC)  # the last years are out of reach of some clocks


class Opening(Struct, frozen=True):
    """The first moment at which something may be sent, and what it had to wait for, if it had to."""

    at: datetime
    waited_for: Reason | None = None


@lru_cache(maxsize=1_000)
def zone_named(name: str) -> ZoneInfo | None:
    """The time zone as the IANA names it; None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, OSError, ValueError):  # unknown, the name of a folder of zones, or no name at all
        return None


def next_opening(at: datetime, window: SendWindow | None, zone: ZoneInfo, policy: Policy) -> Opening | None:
    """The first moment from `at` on that `zone`'s clock shows inside `window` and on no quiet day of `policy`.

    None where there is none, as where every day is quiet. Quiet is the day that the clock shows; a window over
    midnight belongs to the day on which it begins.
    """
    if at > LATEST:
        return None
    shut = _shut(at, window, zone, policy)
    if shut is None:
        return Opening(at)
    for moment in _moments_of_change(at, window, zone, policy):
        if moment > at and _shut(moment, window, zone, policy) is None:
            return Opening(moment, shut)
    return None


def _shut(at: datetime, window: SendWindow | None, zone: ZoneInfo, policy: Policy) -> Reason | None:
    """What stands against sending at this very moment."""
    local = at.astimezone(zone)
    if _is_quiet(local.date(), policy):
        return Reason.QUIET_DAY
    return None if window is None or _is_inside(local, window) else Reason.SEND_WINDOW


def _is_quiet(day: date, policy: Policy) -> bool:
    if WEEKDAYS[day.weekday()] in policy.quiet_weekdays:
        return True
    return any(dates.first <= day <= dates.last for dates in policy.quiet_dates)


def _is_inside(local: datetime, window: SendWindow) -> bool:
    now, today, yesterday = local.time(), WEEKDAYS[local.weekday()], WEEKDAYS[local.weekday() - 1]
    if window.start < window.end:
        return today in window.days and window.start <= now < window.end
    return (today in window.days and now >= window.start) or (yesterday in window.days and now < window.end)


def _moments_of_change(at: datetime, window: SendWindow | None, zone: ZoneInfo, policy: Policy) -> Iterator[datetime]:
    """In order, the moments at which it may become right to send: days and windows begin, and clocks are changed."""
    starts = {time(0), window.start if window else time(0)}
    for day in _days(at.astimezone(zone).date(), policy):
        if _is_quiet(day, policy) or (window and not _opens_on(day, window)):
            continue
        midnight, next_midnight = _instant(day, time(0), zone, 0), _instant(day + DAY, time(0), zone, 1)
        moments = {_instant(day, start, zone, fold) for start in starts for fold in (0, 1)}
        yield from sorted(moments | set(_clock_change(midnight - DAY / 8, next_midnight, zone)))


def _days(first: date, policy: Policy) -> Iterator[date]:
    day = first
    for _ in range(DAYS_AHEAD):
        while dates := next((dates for dates in policy.quiet_dates if dates.first <= day <= dates.last), None):
            if dates.last >= LATEST.date():
                return
            day = dates.last + DAY
        yield day
        day += DAY


def _opens_on(day: date, window: SendWindow) -> bool:
    """Whether any of the day is inside the window."""
    is_over_midnight = window.start >= window.end
    return WEEKDAYS[day.weekday()] in window.days or (is_over_midnight and WEEKDAYS[day.weekday() - 1] in window.days)


def _instant(day: date, clock: time, zone: ZoneInfo, fold: int) -> datetime:
    """The moment at which the clock shows this; of two such moments the first or, with `fold`, the second."""
    return datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC)


def _clock_change(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moment between the two at which the clock is put forward or back, to the second."""
    before = start.astimezone(zone).utcoffset()
    if before == end.astimezone(zone).utcoffset():
        return
    while end - start > timedelta(seconds=1):
        middle = start + (end - start) // 2
        if middle.astimezone(zone).utcoffset() == before:
            start = middle
        else:
            end = middle
    yield end.replace(microsecond=0)
