"""A workspace's contact policy: how often anybody may be asked, over all channels."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from surveys.trigger_rule import Weekday

Days = Annotated[int, Meta(ge=0, le=3_660, description="a whole number of days, 0 for none")]


class Draw(StrEnum):
    """Who is asked where more events come than a budget bears."""

    LOTTERY = "lottery"  # each with a recorded probability (METHOD, section 7)
    FIRST_COME = "first_come"


class Budget(Struct, frozen=True, forbid_unknown_fields=True):
    """At most so many invitations in so many days."""

    invitations: Annotated[int, Meta(ge=1, le=1_000, description="a whole number from 1 to 1,000")]
    days: Annotated[int, Meta(ge=1, le=3_660, description="a whole number of days from 1 up")]


class CoolDownGroup(Struct, frozen=True, forbid_unknown_fields=True):
    """Touchpoints, as `journey/touchpoint`, of which one asks nobody within `days` of another."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    touchpoints: tuple[str, ...]
    days: Days


class QuietDates(Struct, frozen=True, forbid_unknown_fields=True):
    """Days on which nothing is sent, both included."""

    first: date
    last: date


class Policy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """As shipped where a workspace has said nothing else."""

    draw: Draw = Draw.LOTTERY
    contact_budget: Budget | None = Budget(2, 30)
    account_budget: Budget | None = Budget(5, 30)
    touchpoint_days: Days = 30  # between two experiences at a touchpoint that somebody is asked about
    survey_days: Days = 0  # between two invitations to one survey
    overall_days: Days = 7  # between any two
    groups: tuple[CoolDownGroup, ...] = ()
    quiet_weekdays: tuple[Weekday, ...] = ()
    quiet_dates: tuple[QuietDates, ...] = ()
    needs_consent: bool = False  # only who has said yes is asked; who has taken it back never is
    time_zone: str = "UTC"  # of contacts whose own is not known
