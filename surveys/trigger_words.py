"""A trigger's rule in plain words, as lists show it."""

from collections.abc import Iterator
from datetime import time, timedelta

from surveys.ask_file import AskChannel, AskFile
from surveys.definition import Condition
from surveys.trigger_rule import ANSWERED, Instead, SendWindow, Weekday

UNITS = {"days": timedelta(days=1), "hours": timedelta(hours=1), "minutes": timedelta(minutes=1)}
CHANNELS = {
    AskChannel.MAIL: "by mail",
    AskChannel.WIDGET: "in the page",
    AskChannel.LINK: "by a link",
    AskChannel.WEBHOOK: "by a messenger",
}
_WEEK = tuple(Weekday)
_WORKING_DAYS = _WEEK[:5]
_SHARES = {0.5: "half of them", 0.25: "a quarter of them", 0.75: "three quarters of them"}


def rule_words(ask: AskFile, event: str) -> str:
    """Such as "3 days after order.delivered, weekdays 9-18 their time, half of them"; `event` is what it listens to."""
    return ", ".join(_parts(ask, event))


def duration_words(duration: timedelta) -> str:
    """Such as "3 days" or "90 minutes"."""
    number, unit = amount_of(duration)
    return f"{number:,} {unit if number != 1 else unit.removesuffix('s')}"


def amount_of(duration: timedelta) -> tuple[int, str]:
    """In the largest unit that divides it."""
    for name, unit in UNITS.items():
        if duration and not duration % unit:
            return duration // unit, name
    return int(duration.total_seconds()), "seconds"


def condition_words(condition: Condition) -> str:
    """Such as "event.plan is pro or team"."""
    name = condition.attribute or ""
    if condition.one_of is not None:
        return f"{name} is {' or '.join(map(str, condition.one_of))}"
    if condition.is_answered is not None:
        return f"{name} is {'' if condition.is_answered else 'not '}known"
    bounds = (("at least", condition.at_least), ("at most", condition.at_most))
    return f"{name} is {' and '.join(f'{words} {bound}' for words, bound in bounds if bound is not None)}"


def _parts(ask: AskFile, event: str) -> Iterator[str]:
    yield _start(ask, event)
    if ask.when:
        yield f"if {' and '.join(condition_words(condition) for condition in ask.when)}"
    if ask.window is not None:
        yield _window_words(ask.window)
    if ask.share < 1:
        yield _SHARES.get(ask.share, f"{ask.share * 100:.4g} % of them")
    yield from (_instead_words(instead) for instead in ask.instead)
    if ask.remind is not None:
        yield f"one reminder after {duration_words(ask.remind)}"


def _start(ask: AskFile, event: str) -> str:
    waits = f"{duration_words(ask.wait)} after " if ask.wait else "at once after "
    if ask.every is not None:
        return f"every {duration_words(ask.every)}, each contact at a moment of their own"
    if event.startswith(ANSWERED):
        return f"{waits}an answer to {event.removeprefix(ANSWERED)}"
    return f"{waits}{event}"


def _window_words(window: SendWindow) -> str:
    days = tuple(day for day in _WEEK if day in window.days)
    named = {_WEEK: "", _WORKING_DAYS: "weekdays ", _WEEK[5:]: "weekends "}
    said = named.get(days, f"{', '.join(day.capitalize() for day in days)} ")
    return f"{said}{_hour(window.start)}–{_hour(window.end)} their time"


def _hour(moment: time) -> str:
    return f"{moment:%H:%M}" if moment.minute or moment.second else str(moment.hour)


def _instead_words(instead: Instead) -> str:
    whom = f" for {' or '.join(instead.personas)}" if instead.personas else ""
    share = "" if instead.share == 1 else f" in {instead.share * 100:.4g} % of cases"
    return f"{instead.survey} instead{whom}{share}"
