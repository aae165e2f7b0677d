"""How fast mail leaves: pauses, limits a day and a minute, and what has to wait for how long."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from msgspec import Struct

FIRST_PAUSE = timedelta(minutes=1)  # after a server asked for patience; doubles with every further time
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_SERVER_PAUSE = timedelta(minutes=15)  # of the server that all mail leaves by: it is missed more
LOOKS_AGAIN = timedelta(minutes=10)  # at what somebody has paused by hand
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
_MOST_DOUBLINGS = 30
ALL = ""  # in place of a domain

SENDER_PAUSED = "the sender is paused"
ALL_PAUSED = "sending is paused"
DAY_LIMIT = "the sender's limit for the day is reached"
MINUTE_LIMIT = "the sender's limit a minute to this domain is reached"


class Outlet(NamedTuple):
    """Where mail of a workspace leaves: a sender, None for the installation's."""

    workspace: int
    sender: int | None


class Pause(Struct, frozen=True):
    """A server that has asked to be written to later."""

    until: datetime
    reason: str


class Limits(Struct, frozen=True, kw_only=True):
    """What somebody has set for an outlet."""

    is_paused: bool = False
    is_all_paused: bool = False  # the workspace has paused all it sends
    first_day_limit: int | None = None
    warm_up_from: date | None = None
    day_limit: int | None = None
    domain_minute_limit: int | None = None


class Hold(Struct, frozen=True, kw_only=True):
    """All that waits at an outlet, or at all of them, and goes to a domain, or to all, has to wait until then.

    Where `per_step` is set, so many may leave then, and as many after each `step`.
    """

    outlet: Outlet
    is_all: bool = False
    domain: str = ALL
    until: datetime
    reason: str
    per_step: int | None = None
    step: timedelta = MINUTE


class Room:
    """What may still leave at one outlet now; taking from it is counting."""

    def __init__(
        self, outlet: Outlet, limits: Limits, counts: Mapping[str, int], pauses: Mapping[str, Pause], now: datetime
    ) -> None:
        """`counts` are the mails of this minute by domain and, at `ALL`, of this day; `pauses` are by domain, too."""
        self._outlet, self._limits, self._pauses, self._now = outlet, limits, pauses, now
        self._counts = dict(counts)
        self._most_a_day = limit_on(limits, now.date())

    def take(self, domain: str, *, is_mail: bool = True) -> Hold | None:
        """None where a mail to `domain` may leave, and is counted; else what keeps it and others like it.

        What leaves another way than by mail knows one pause alone, that of the workspace.
        """
        if self._limits.is_all_paused:
            return Hold(outlet=self._outlet, is_all=True, until=self._now + LOOKS_AGAIN, reason=ALL_PAUSED)
        if not is_mail:
            return None
        hold = self._hold_for(domain)
        if hold is None:
            for counted in (ALL, domain):
                self._counts[counted] = self._counts.get(counted, 0) + 1
        return hold

    def was_paused(self, domain: str) -> bool:
        """Whether a pause is over that the next mail to leave ends for good."""
        return any(paused in self._pauses for paused in (ALL, domain))

    def _hold_for(self, domain: str) -> Hold | None:
        limits, outlet = self._limits, self._outlet
        if limits.is_paused:
            return Hold(outlet=outlet, until=self._now + LOOKS_AGAIN, reason=SENDER_PAUSED)
        for paused in (ALL, domain):
            pause = self._pauses.get(paused)
            if pause is not None and pause.until > self._now:
                return Hold(outlet=outlet, domain=paused, until=pause.until, reason=pause.reason)
        if self._most_a_day is not None and self._counts.get(ALL, 0) >= self._most_a_day:
            return Hold(outlet=outlet, until=day_of(self._now) + DAY, reason=DAY_LIMIT)
        most = limits.domain_minute_limit
        if most is not None and self._counts.get(domain, 0) >= most:
            next_minute = minute_of(self._now) + MINUTE
            return Hold(outlet=outlet, domain=domain, until=next_minute, reason=MINUTE_LIMIT, per_step=most)
        return None


def limit_on(limits: Limits, day: date) -> int | None:
    """The most mails on a day: in a warm-up twice those of the day before, and never more than on all days."""
    found = [] if limits.day_limit is None else [limits.day_limit]
    if limits.first_day_limit is not None and limits.warm_up_from is not None:
        days = min(max((day - limits.warm_up_from).days, 0), _MOST_DOUBLINGS)
        found.append(limits.first_day_limit * 2**days)
    return min(found, default=None)


def pauses_after(outlet: Outlet, domain: str) -> list[timedelta]:
    """How long to wait after the first failure in a row, the second and so on; the last is for all further ones.

    They differ by up to a quarter between domains, always alike for one: not all come back in the same minute.
    """
    longest = LONGEST_PAUSE if domain else LONGEST_SERVER_PAUSE
    return [
        min(FIRST_PAUSE * 2**failures, longest) * _jitter(f"{outlet.workspace}:{outlet.sender}:{domain}:{failures}")
        for failures in range(7)
    ]


def day_of(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def minute_of(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def distinct(holds: Iterable[Hold]) -> list[Hold]:
    """Each hold once, the widest first: what it keeps needs no narrower one."""
    return sorted(set(holds), key=lambda hold: (not hold.is_all, hold.domain != ALL))


def _jitter(key: str) -> float:
    return 0.75 + 0.5 * crc32(key.encode()) / 2**32
