"""A trigger as the form of its page: filled in from an ask, and read back into one."""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from math import isfinite

import msgspec

from core.errors import Fault, Invalid
from surveys.ask_file import AskFile
from surveys.definition import Condition
from surveys.structure_faults import structure_faults
from surveys.tidy_writing import iso_duration
from surveys.trigger_rule import Weekday
from surveys.trigger_words import UNITS, amount_of

Values = dict[str, list[str]]  # by the name of the field, as a form is sent

EVENT, SCHEDULE = "event", "schedule"  # what a trigger starts with
TESTS = {
    "one_of": "is one of",
    "at_least": "is at least",
    "at_most": "is at most",
    "between": "is between",
    "known": "is known",
    "unknown": "is not known",
}
SPARE_ROWS = 3  # empty ones for more conditions or surveys: without a script, a page can't add any
_ROW_FIELDS = {"when": ("attribute", "test", "value"), "instead": ("survey", "personas", "share")}
_TELLING = {"when": ("attribute", "value"), "instead": ("survey", "personas")}  # a row that says none of these is empty
_MOST = 1e9
_BETWEEN = re.compile(r"\s*(-?[\d.]+)\s*(?:to|and|\.\.|–|-)\s*(-?[\d.]+)\s*")
_ONE_UNIT = {**UNITS, "seconds": timedelta(seconds=1)}


def form_of(ask: AskFile, place: str) -> Values:
    """As the page shows it; `place` is `journey/touchpoint`."""
    form: Values = {
        "touchpoint": [place],
        "survey": [ask.survey],
        "channel": [ask.channel.value],
        "starts": [EVENT if ask.every is None else SCHEDULE],
        "event": [ask.event],
        "share": [_percent(ask.share)],
        "sender": [ask.sender or ""],
        "messenger": [ask.messenger or ""],
    }
    for field, duration in (("wait", ask.wait), ("expires", ask.expires), ("remind", ask.remind)):
        number, unit = amount_of(duration) if duration is not None else ("", "days")
        form[field], form[f"{field}_unit"] = [str(number)], [unit if number else "days"]
    if ask.every is not None:
        form["every"] = [f"{ask.every / timedelta(days=1):.10g}"]
    if ask.window is not None:
        form["window.start"], form["window.end"] = [_clock(ask.window.start)], [_clock(ask.window.end)]
        form["window.days"] = [day.value for day in ask.window.days]
    for at, condition in enumerate(ask.when):
        for name, value in zip(_ROW_FIELDS["when"], _condition_row(condition), strict=True):
            form[f"when[{at}].{name}"] = [value]
    for at, instead in enumerate(ask.instead):
        form[f"instead[{at}].survey"], form[f"instead[{at}].share"] = [instead.survey], [_percent(instead.share)]
        form[f"instead[{at}].personas"] = list(instead.personas)
    return form


def tidy_form(values: Mapping[str, list[str]]) -> Values:
    """The rows that say something, one after the other, so that a fault's place is that of its row.

    A condition with a value and no attribute says something, and so does a share of no survey: it is told, not lost.
    """
    form = {name: list(found) for name, found in values.items() if "[" not in name}
    for kind, fields in _ROW_FIELDS.items():
        used = [
            at for at in _rows(values, kind) if any(_text(values, f"{kind}[{at}].{name}") for name in _TELLING[kind])
        ]
        for new, at in enumerate(used):
            form |= {f"{kind}[{new}].{field}": list(values.get(f"{kind}[{at}].{field}", [])) for field in fields}
    return form


def row_count(form: Mapping[str, list[str]], kind: str) -> int:
    """How many rows the page shows: those that are filled in, and spare ones."""
    return max(_rows(form, kind), default=-1) + 1 + SPARE_ROWS


def read_ask(form: Mapping[str, list[str]]) -> AskFile:
    """What a tidied form asks for. Raises Invalid with every fault that the fields have by themselves."""
    faults: list[Fault] = []
    plain: dict[str, object] = {field: _text(form, field) for field in ("survey", "channel")}
    if not plain["survey"]:
        faults.append(Fault("survey", "choose a survey"))
    is_schedule = _text(form, "starts") == SCHEDULE
    plain["event"] = "" if is_schedule else _text(form, "event")
    plain["wait"] = _duration(form, "wait", faults) or iso_duration(timedelta(0))
    plain["expires"] = _duration(form, "expires", faults)
    if is_schedule:
        plain["every"] = _duration(form, "every", faults)
    if _text(form, "remind"):
        plain["remind"] = _duration(form, "remind", faults)
    for field in ("sender", "messenger"):
        plain[field] = _text(form, field) or None
    plain["share"] = _share(form, "share", faults)
    plain["window"] = _window(form, faults)
    plain["when"] = [_condition(form, f"when[{at}]", faults) for at in _rows(form, "when")]
    plain["instead"] = [_instead(form, f"instead[{at}]", faults) for at in _rows(form, "instead")]
    named = {fault.field for fault in faults}
    faults += [fault for fault in structure_faults(plain, AskFile) if fault.field not in named]
    if faults:
        raise Invalid(*faults)
    return msgspec.convert(plain, AskFile)


def _text(form: Mapping[str, list[str]], field: str) -> str:
    return next(iter(form.get(field, [])), "").strip()


def _rows(form: Mapping[str, list[str]], kind: str) -> list[int]:
    found = (re.fullmatch(rf"{kind}\[(\d{{1,3}})\]\.\w+", name) for name in form)
    return sorted({int(one.group(1)) for one in found if one})


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if isfinite(number) and abs(number) <= _MOST else None


def _duration(form: Mapping[str, list[str]], field: str, faults: list[Fault]) -> str | None:
    """As files write it; `every` is said in days."""
    text, unit = _text(form, field), _ONE_UNIT.get(_text(form, f"{field}_unit"), timedelta(days=1))
    number = _number(text) if text else None
    if number is None and text:
        faults.append(Fault(field, "write a number, such as 3"))
    elif number is None and field != "wait":
        faults.append(Fault(field, "write how long, such as 14 days"))
    elif number is not None and not 0 <= number * unit.total_seconds() <= _MOST:
        faults.append(Fault(field, "write a number from 0 up, and less than thirty years"))
    elif number is not None:
        return iso_duration(timedelta(seconds=round(number * unit.total_seconds())))
    return None


def _clock(moment: time) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _percent(share: float) -> str:
    return f"{share * 100:.10g}"


def _share(form: Mapping[str, list[str]], field: str, faults: list[Fault]) -> float:
    text = _text(form, field).removesuffix("%").strip()
    number = _number(text or "100")
    if number is None or not 0 < number <= 100:
        faults.append(Fault(field, "write a number above 0, up to 100"))
        return 1.0
    return round(number / 100, 12)


def _window(form: Mapping[str, list[str]], faults: list[Fault]) -> dict[str, object] | None:
    times = {field: _text(form, f"window.{field}") for field in ("start", "end")}
    days = [day.value for day in Weekday if day.value in form.get("window.days", [])]
    if not any(times.values()):
        if days:
            faults.append(Fault("window.start", "write from when to when on these days, such as 09:00 to 18:00"))
        return None
    if not all(times.values()):
        missing = next(field for field, text in times.items() if not text)
        faults.append(Fault(f"window.{missing}", "write both times, such as 09:00 and 18:00, or neither"))
        return None
    said: dict[str, object] = {field: f"{text}:00" if text.count(":") == 1 else text for field, text in times.items()}
    return said if len(days) in (0, len(Weekday)) else {**said, "days": days}


def _condition(form: Mapping[str, list[str]], row: str, faults: list[Fault]) -> dict[str, object]:
    said: dict[str, object] = {"attribute": _text(form, f"{row}.attribute")}
    if not said["attribute"]:
        faults.append(Fault(f"{row}.attribute", "say of what this holds, such as event.plan or contact.country"))
    test, value = _text(form, f"{row}.test"), _text(form, f"{row}.value")
    if test in ("known", "unknown"):
        return {**said, "is_answered": test == "known"}
    if test == "one_of":
        listed = [one.strip() for one in next(csv.reader([value], skipinitialspace=True), [])]
        return {**said, "one_of": [int(one) if re.fullmatch(r"-?\d{1,15}", one) else one for one in listed if one]}
    bounds = dict(_bounds(test, value))
    if not bounds or any(bound is None for bound in bounds.values()):
        faults.append(Fault(f"{row}.value", "write a number, or two such as 1 to 5 for a range"))
        return {**said, "is_answered": True}
    return {**said, **bounds}


def _bounds(test: str, value: str) -> Iterator[tuple[str, float | None]]:
    between = _BETWEEN.fullmatch(value)
    if test == "between" and between:
        yield "at_least", _whole(_number(between.group(1)))
        yield "at_most", _whole(_number(between.group(2)))
    elif test in ("at_least", "at_most"):
        yield test, _whole(_number(value))


def _whole(number: float | None) -> float | None:
    return int(number) if number is not None and number.is_integer() else number


def _condition_row(condition: Condition) -> tuple[str, str, str]:
    """Attribute, test and value."""
    name = condition.attribute or ""
    if condition.is_answered is not None:
        return name, "known" if condition.is_answered else "unknown", ""
    if condition.one_of is not None:
        return name, "one_of", ", ".join(_quoted(str(value)) for value in condition.one_of)
    if condition.at_least is not None and condition.at_most is not None:
        return name, "between", f"{condition.at_least} to {condition.at_most}"
    if condition.at_least is not None:
        return name, "at_least", str(condition.at_least)
    return name, "at_most", str(condition.at_most)


def _quoted(value: str) -> str:
    return '"{}"'.format(value.replace('"', '""')) if re.search(r'[",]|^\s|\s$', value) else value


def _instead(form: Mapping[str, list[str]], row: str, faults: list[Fault]) -> dict[str, object]:
    if not _text(form, f"{row}.survey"):
        faults.append(Fault(f"{row}.survey", "choose the survey that these get"))
    return {
        "survey": _text(form, f"{row}.survey"),
        "personas": [key for key in form.get(f"{row}.personas", []) if key],
        "share": _share(form, f"{row}.share", faults),
    }
