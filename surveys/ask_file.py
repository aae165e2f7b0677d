"""What is asked at a touchpoint, as a journey's file says it: the survey, when, how, and of whom."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from surveys.definition import Condition, Key, OptionalName
from surveys.trigger_rule import ALL, ChanceOf, Instead, SendWindow, TriggerRule, scheduled_event


class AskChannel(StrEnum):
    """How somebody is asked."""

    MAIL = "mail"
    WIDGET = "widget"  # in the page where the event happens
    LINK = "link"  # the answer's link is given back to the program that sent the event
    WEBHOOK = "webhook"  # posted to a messenger


class AskFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask `survey` once `wait` has passed since the event, until `expires` has passed since it.

    The event is the touchpoint's, or `event`; with `every` there is none, and all contacts are asked time and again.
    What follows the channel is told in surveys/trigger_rule.py.
    """

    survey: Key
    wait: timedelta
    expires: timedelta
    channel: AskChannel = AskChannel.MAIL
    event: OptionalName = ""
    every: timedelta | None = None
    when: tuple[Condition, ...] = ()
    window: SendWindow | None = None
    share: ChanceOf = ALL
    instead: tuple[Instead, ...] = ()
    remind: timedelta | None = None
    sender: Key | None = None
    messenger: Key | None = None


def rule_of(ask: AskFile) -> TriggerRule:
    """What its trigger holds beside event, survey, wait, expiry and channel."""
    return TriggerRule(
        when=ask.when,
        window=ask.window,
        share=ask.share,
        instead=ask.instead,
        remind=ask.remind,
        sender=ask.sender,
        messenger=ask.messenger,
        every=ask.every,
    )


def event_of(ask: AskFile, journey: str, touchpoint: str, touchpoint_event: str) -> str:
    """The name of the event that its trigger listens to; `journey` and `touchpoint` are keys."""
    if ask.every is not None:
        return scheduled_event(journey, touchpoint)
    return ask.event or touchpoint_event


def surveys_asked(ask: AskFile) -> tuple[str, ...]:
    """The keys of all surveys that it may ask, its own first."""
    return tuple(dict.fromkeys((ask.survey, *(instead.survey for instead in ask.instead))))
