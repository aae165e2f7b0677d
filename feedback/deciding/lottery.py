"""The lottery: whom to ask where, by draws that anybody can repeat (METHOD, section 7)."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import floor, fsum
from typing import TypeVar

from core.errors import Fault, Invalid

LEAST_SHARE = 0.25  # of an even share: no touchpoint is starved, and no answer weighs too much
DRAW_BITS = 53  # as many as a float holds exactly

Place = TypeVar("Place", str, int)  # a touchpoint, by key or by id


def shared_out(worths: Mapping[Place, float], budget: float = 1.0) -> dict[Place, float]:
    """The probability of being asked at each touchpoint, for a contact who may be asked `budget` times in a period.

    In proportion to what an answer is worth there, with a floor; they add up to the budget, or to 1 each where the
    budget is larger than the journey. Raises Invalid for a budget below 0.
    """
    if budget < 0:
        raise Invalid(Fault("budget", "a budget is not below 0"))
    if not worths:
        return {}
    total = fsum(worths.values())
    even = 1 / len(worths)
    shares = {key: worth / total if total > 0 else even for key, worth in worths.items()}
    floored = {key: LEAST_SHARE * even + (1 - LEAST_SHARE) * share for key, share in shares.items()}
    return _capped(floored, min(budget, len(worths)))


def asked_by_lot(probabilities: Mapping[Place, float], number: float) -> tuple[Place, ...]:
    """Where the contact who drew `number` on [0, 1) for the period is asked, should the contact get there.

    Systematic sampling (Madow 1949): the probabilities lie end to end on a line, and number, number + 1, ... hit those
    that win. One draw decides the whole period, so each probability holds exactly, whatever steps a contact passes, and
    nobody is asked more often than the budget rounded up.
    """
    won: list[Place] = []
    end = 0.0
    for key, probability in probabilities.items():
        start, end = end, end + probability
        if floor(end - number) > floor(start - number):
            won.append(key)
    return tuple(won)


def asked_first_come(days: Sequence[int], quarantine_days: int) -> list[int]:
    """The steps, from 1, that are asked when whoever is free is asked at once; `days` says when each step is reached.

    It shows why the lottery is the default: the steps in the shadow of an earlier one are never asked.
    """
    asked: list[int] = []
    free_from: int | None = None
    for step, day in enumerate(days, start=1):
        if free_from is None or day >= free_from:
            asked.append(step)
            free_from = day + quarantine_days
    return asked


def period_start(at: datetime, days: int) -> date:
    """The first day of the period that holds `at`: blocks of `days`, counted from 1970-01-01 UTC."""
    day = at.astimezone(UTC).date().toordinal() - _EPOCH
    return date.fromordinal(_EPOCH + day - day % days)


def period_end(at: datetime, days: int) -> datetime:
    """When the next period begins."""
    start = datetime.combine(period_start(at, days), datetime.min.time(), UTC)
    return start + timedelta(days=days)


def draw_of(workspace: int, contact: int, period: date) -> float:
    """The number that a contact has drawn for a period: which touchpoint may ask."""
    return _number("contact", workspace, contact, period)


def account_draw_of(workspace: int, account: str, period: date) -> float:
    """The number that an account, by its external id, has drawn for a period: which of its contacts may be asked."""
    return _number("account", workspace, account, period)


def sample_draw_of(trigger: int, event_key: str) -> float:
    """The number of an event in the sample that a trigger takes."""
    return _number("sample", trigger, event_key)


def split_draw_of(trigger: int, contact: int) -> float:
    """The number by which a contact always gets the same one of a trigger's surveys."""
    return _number("split", trigger, contact)


def account_share(budget_a_day: float, contacts: int, contact_budget_a_day: float) -> float:
    """The probability with which a contact is drawn for an account's budget, were all its contacts to spend theirs.

    Of whole contacts where it bears more than one, so that the budget is never spent before the last of them comes.
    """
    borne = budget_a_day / contact_budget_a_day
    # What divides evenly may come out a hair below.
    return min(1.0, (floor(borne + 1e-9) if borne >= 1 else borne) / contacts) if contacts else 1.0


def is_drawn_for_account(share: float, place: int, number: float) -> bool:
    """Whether the contact at `place` in its account, from 0, is drawn: systematically, as `asked_by_lot` does."""
    return floor((place + 1) * share + number) > floor(place * share + number)


def _number(*parts: object) -> float:
    """On [0, 1): the first 53 bits of SHA-256."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return (int.from_bytes(digest[:8]) >> (64 - DRAW_BITS)) * 2.0**-DRAW_BITS


def _capped(shares: Mapping[Place, float], budget: float) -> dict[Place, float]:
    """Shares of the budget, none above 1; what is cut off goes to the others in proportion."""
    certain: set[Place] = set()
    while True:
        rest = fsum(share for key, share in shares.items() if key not in certain)
        left = budget - len(certain)
        over = {key for key, share in shares.items() if key not in certain and left * share > rest}
        if not over:
            return {key: 1.0 if key in certain else left * share / rest for key, share in shares.items()}
        certain |= over


_EPOCH = date(1970, 1, 1).toordinal()
