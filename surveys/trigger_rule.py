"""All that a trigger may say beyond event, touchpoint, survey, wait and channel."""

from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from surveys.definition import Condition, Key

ANSWERED = "answered:"  # and the key of a survey: the event of a whole response to it
SCHEDULED = "schedule:"  # and `journey/touchpoint`: the event of a schedule that has come round

ChanceOf = Annotated[float, Meta(gt=0, le=1, description="a share above 0, up to 1")]

ALL = 1.0  # one object, since defaults are left out of a file by what they are, not by what they are worth


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class SendWindow(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From `start` up to `end` by the contact's own clock, on `days`; what falls outside waits for the next opening."""

    start: time
    end: time
    days: tuple[Weekday, ...] = tuple(Weekday)


class Instead(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Another survey for these personas (all, where none is named), or for a share of the contacts."""

    survey: Key
    personas: tuple[Key, ...] = ()
    share: ChanceOf = ALL


class TriggerRule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Conditions are over `event.` properties and `contact.` attributes (feedback/deciding/deciding.py gives them)."""

    when: tuple[Condition, ...] = ()
    window: SendWindow | None = None
    share: ChanceOf = ALL  # of the events, by chance
    instead: tuple[Instead, ...] = ()  # the first that fits
    remind: timedelta | None = None  # after the mail; once, and only who has not answered
    sender: Key | None = None
    messenger: Key | None = None  # of the channel webhook
    every: timedelta | None = None  # asks every contact anew when it has passed, whatever happens


def answered_event(survey: str) -> str:
    """The name of the event that a whole response to `survey`, a key, makes."""
    return f"{ANSWERED}{survey}"


def scheduled_event(journey: str, touchpoint: str) -> str:
    return f"{SCHEDULED}{journey}/{touchpoint}"
