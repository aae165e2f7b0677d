"""What is wrong with an ask, or with a persona's rule, that its types alone can't see; each with its remedy."""

from collections.abc import Collection, Iterator, Sequence
from datetime import time, timedelta

from core.errors import Fault
from surveys.ask_file import AskChannel, AskFile
from surveys.branch_faults import value_faults
from surveys.definition import Condition
from surveys.piping import EVENT
from surveys.trigger_rule import ANSWERED, SCHEDULED, SendWindow

LONGEST_TIME = timedelta(days=366)  # to wait, and until a survey is over
SHORTEST_SCHEDULE, LONGEST_SCHEDULE = timedelta(days=1), timedelta(days=3_660)
MOST_CONDITIONS = 20
CONTACT = "contact."
_PERSONA = "contact.persona"


def ask_faults(ask: AskFile, touchpoint_event: str, surveys: Collection[str]) -> Iterator[Fault]:
    """All of one ask, in the order of its fields; `surveys` are the keys of those that it may name."""
    if ask.survey not in surveys:
        yield Fault("survey", f"no survey here has the key {ask.survey}; add it to surveys")
    yield from _time_faults(ask)
    yield from _event_faults(ask, touchpoint_event, surveys)
    yield from _schedule_faults(ask)
    yield from condition_faults(ask.when, (EVENT, CONTACT))
    yield from _window_faults(ask.window)
    yield from _instead_faults(ask, surveys)
    yield from _reminder_faults(ask)
    yield from _channel_faults(ask)


def persona_faults(conditions: Sequence[Condition]) -> Iterator[Fault]:
    """Of the rule by which contacts are of a kind."""
    yield from condition_faults(conditions, (CONTACT,))
    for at, condition in enumerate(conditions):
        if condition.attribute == _PERSONA:
            yield Fault(f"when[{at}].attribute", "the persona is what this rule finds out; name another attribute")


def condition_faults(conditions: Sequence[Condition], prefixes: tuple[str, ...]) -> Iterator[Fault]:
    """Conditions over attributes that begin with one of `prefixes`, such as `event.`; places such as `when[0]`."""
    if len(conditions) > MOST_CONDITIONS:
        yield Fault("when", f"these are {len(conditions)}; write at most {MOST_CONDITIONS} conditions")
    wanted = " or ".join(f"{prefix}NAME" for prefix in prefixes)
    for at, condition in enumerate(conditions):
        here = f"when[{at}]"
        name = condition.attribute or ""
        if condition.answer is not None:
            yield Fault(f"{here}.answer", f"nothing is answered yet; write attribute: {wanted}")
        elif not any(name.startswith(prefix) and name != prefix for prefix in prefixes):
            yield Fault(f"{here}.attribute", f"{name[:60]!r} is not known; write {wanted}")
        yield from value_faults(condition, here)


def is_whole(duration: timedelta) -> bool:
    return not duration.microseconds


def _time_faults(ask: AskFile) -> Iterator[Fault]:
    for field, duration in (("wait", ask.wait), ("expires", ask.expires)):
        if not timedelta(0) <= duration <= LONGEST_TIME or not is_whole(duration):
            yield Fault(field, f"write a time in whole seconds, at most {LONGEST_TIME.days} days")
    if ask.channel is AskChannel.WIDGET and ask.wait:
        yield Fault("wait", "the widget asks while the page is open; wait 0 (PT0S)")
    if ask.expires <= ask.wait:
        yield Fault("expires", "the survey would be over before it is sent; make this longer than the wait")


def _event_faults(ask: AskFile, touchpoint_event: str, surveys: Collection[str]) -> Iterator[Fault]:
    event = ask.event or touchpoint_event
    if ask.event and not ask.event.strip():
        yield Fault("event", "this is blank; name an event, or leave it out for the touchpoint's own")
    elif ask.event and ask.event == touchpoint_event:
        yield Fault("event", "this is the touchpoint's own event; leave it out")
    elif ask.every is None and event.startswith(SCHEDULED):
        yield Fault("event", f"names that begin with {SCHEDULED} are Kept's own; make a schedule (every) instead")
    if ask.every is None and event.startswith(ANSWERED):
        survey = event.removeprefix(ANSWERED)
        if survey not in surveys:
            yield Fault("event", f"no survey here has the key {survey[:64]}; name one of {', '.join(surveys) or '-'}")
        if ask.channel in (AskChannel.WIDGET, AskChannel.LINK):
            yield Fault("channel", f"no program is there when a survey was answered; write {_SENT}")


_SENT = f"{AskChannel.MAIL} or {AskChannel.WEBHOOK}"


def _schedule_faults(ask: AskFile) -> Iterator[Fault]:
    if ask.every is None:
        return
    if not SHORTEST_SCHEDULE <= ask.every <= LONGEST_SCHEDULE or not is_whole(ask.every):
        words = f"{SHORTEST_SCHEDULE.days} to {LONGEST_SCHEDULE.days:,} days"
        yield Fault("every", f"write {words}, in whole seconds")
    if ask.event:
        yield Fault("event", "a schedule waits for no event; take this out, or the schedule (every)")
    if ask.channel in (AskChannel.WIDGET, AskChannel.LINK):
        yield Fault("channel", f"no program is there when a schedule comes round; write {_SENT}")


def _window_faults(window: SendWindow | None) -> Iterator[Fault]:
    if window is None:
        return
    for field, moment in (("start", window.start), ("end", window.end)):
        if moment.tzinfo is not None or moment.microsecond:
            yield Fault(f"window.{field}", "write the contact's own time, such as 09:00:00, without a zone")
    if _bare(window.start) == _bare(window.end):
        yield Fault("window.end", "this is the start too; write when the window closes, or leave the window out")
    if not window.days:
        yield Fault("window.days", "name at least one day, or leave this out for all")
    if len(set(window.days)) < len(window.days):
        yield Fault("window.days", "name each day once")


def _bare(moment: time) -> time:
    return moment.replace(tzinfo=None)


def _instead_faults(ask: AskFile, surveys: Collection[str]) -> Iterator[Fault]:
    for at, instead in enumerate(ask.instead):
        if instead.survey not in surveys:
            yield Fault(f"instead[{at}].survey", f"no survey here has the key {instead.survey}; add it to surveys")
        if not instead.personas and instead.share == 1:
            yield Fault(f"instead[{at}].share", f"{ask.survey} would never be asked; name personas, or a share below 1")


def _reminder_faults(ask: AskFile) -> Iterator[Fault]:
    if ask.remind is None:
        return
    if ask.channel is not AskChannel.MAIL:
        yield Fault("remind", "only mail reminds; take this out")
    elif ask.remind <= timedelta(0) or not is_whole(ask.remind):
        yield Fault("remind", "write whole seconds, longer than 0, such as 3 days (P3D)")
    elif ask.wait + ask.remind >= ask.expires:
        yield Fault(
            "remind",
            "the survey would be over by then; with the wait, make this shorter than the survey lasts (expires)",
        )


def _channel_faults(ask: AskFile) -> Iterator[Fault]:
    if ask.channel is AskChannel.WIDGET and ask.window is not None:
        yield Fault("window", "the widget asks while the page is open; take this out")
    if ask.sender is not None and ask.channel is not AskChannel.MAIL:
        yield Fault("sender", "only mail has a sender; take this out")
    if ask.channel is AskChannel.WEBHOOK and ask.messenger is None:
        yield Fault("messenger", "name the messenger that hands the survey on")
    if ask.channel is not AskChannel.WEBHOOK and ask.messenger is not None:
        yield Fault("messenger", "only a messenger (the channel webhook) hands surveys on; take this out")
