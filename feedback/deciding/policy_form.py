"""The contact policy as a form: every field as somebody wrote it, read into a policy with all its faults."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from core.errors import Fault, Invalid
from feedback.deciding.policy import Budget, CoolDownGroup, Draw, Policy, QuietDates
from feedback.intake.event_faults import time_zone_faults
from surveys.trigger_rule import Weekday

LONGEST_FIELD = 10_000  # characters
MOST_DAYS = 3_660
MOST_INVITATIONS = 1_000
MOST_LINES = 100  # of groups, and of quiet dates
LONGEST_NAME = 100
MOST_QUIET_DAYS = 366
_GROUP = re.compile(r"(?P<name>.+), *(?P<days>[0-9]{1,6}) days? *: *(?P<touchpoints>.+)")
_DATES = re.compile(r"(?P<first>\S+)(?: +to +(?P<last>\S+))?")


class PolicyForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields; a budget with both fields empty is none."""

    draw: str = Draw.LOTTERY.value
    contact_invitations: str = ""
    contact_days: str = ""
    account_invitations: str = ""
    account_days: str = ""
    touchpoint_days: str = ""
    survey_days: str = ""
    overall_days: str = ""
    groups: str = ""
    quiet_weekdays: tuple[str, ...] = ()
    quiet_dates: str = ""
    needs_consent: bool = False
    time_zone: str = ""


def form_of(policy: Policy) -> PolicyForm:
    """As the form shows a policy that is kept."""
    contact, account = policy.contact_budget, policy.account_budget
    return PolicyForm(
        draw=policy.draw.value,
        contact_invitations=str(contact.invitations) if contact else "",
        contact_days=str(contact.days) if contact else "",
        account_invitations=str(account.invitations) if account else "",
        account_days=str(account.days) if account else "",
        touchpoint_days=str(policy.touchpoint_days),
        survey_days=str(policy.survey_days),
        overall_days=str(policy.overall_days),
        groups="\n".join(_group_line(group) for group in policy.groups),
        quiet_weekdays=tuple(day.value for day in policy.quiet_weekdays),
        quiet_dates="\n".join(_dates_line(dates) for dates in policy.quiet_dates),
        needs_consent=policy.needs_consent,
        time_zone=policy.time_zone,
    )


def filled_form(values: Mapping[str, Sequence[str]]) -> PolicyForm:
    """From the texts of a form that was sent, by the names of its fields."""
    fields = {
        name: values[name][0].replace("\0", "")[:LONGEST_FIELD].strip()
        for name in PolicyForm.__struct_fields__
        if values.get(name) and name not in ("quiet_weekdays", "needs_consent")
    }
    days = tuple(values.get("quiet_weekdays", ()))
    return PolicyForm(**fields, quiet_weekdays=days, needs_consent="needs_consent" in values)


def read_policy(form: PolicyForm, touchpoints: Collection[str]) -> Policy:
    """The policy that the form says; `touchpoints` are those there are, as `journey/touchpoint`.

    Raises Invalid with every fault; its fields are the names of the form's.
    """
    faults: list[Fault] = list(time_zone_faults("time_zone", form.time_zone))
    policy = Policy(
        draw=_draw(form.draw, faults),
        contact_budget=_budget("contact", form.contact_invitations, form.contact_days, faults),
        account_budget=_budget("account", form.account_invitations, form.account_days, faults),
        touchpoint_days=_number("touchpoint_days", form.touchpoint_days, 0, MOST_DAYS, faults),
        survey_days=_number("survey_days", form.survey_days, 0, MOST_DAYS, faults),
        overall_days=_number("overall_days", form.overall_days, 0, MOST_DAYS, faults),
        groups=tuple(_groups(form.groups, touchpoints, faults)),
        quiet_weekdays=_weekdays(form.quiet_weekdays, faults),
        quiet_dates=tuple(_quiet_dates(form.quiet_dates, faults)),
        needs_consent=form.needs_consent,
        time_zone=form.time_zone,
    )
    if policy.draw is Draw.LOTTERY and not (form.contact_invitations or form.contact_days):
        words = "a lottery shares out how often somebody may be asked: say how often, or choose first come"
        faults.append(Fault("contact_invitations", words))
    if faults:
        raise Invalid(*faults)
    return policy


def _draw(text: str, faults: list[Fault]) -> Draw:
    if text not in {draw.value for draw in Draw}:
        faults.append(Fault("draw", "choose the lottery or first come"))
        return Draw.LOTTERY
    return Draw(text)


def _budget(whose: str, invitations: str, days: str, faults: list[Fault]) -> Budget | None:
    if not invitations and not days:
        return None
    return Budget(
        _number(f"{whose}_invitations", invitations, 1, MOST_INVITATIONS, faults),
        _number(f"{whose}_days", days, 1, MOST_DAYS, faults),
    )


def _number(field: str, text: str, least: int, most: int, faults: list[Fault]) -> int:
    """`least` beside a fault where it is no number that may stand there."""
    if re.fullmatch("[0-9]{1,6}", text) and least <= int(text) <= most:
        return int(text)
    faults.append(Fault(field, f"write a whole number from {least} to {most:,}"))
    return least


def _weekdays(days: Sequence[str], faults: list[Fault]) -> tuple[Weekday, ...]:
    chosen = tuple(day for day in Weekday if day.value in days)
    if len(chosen) == len(Weekday):
        faults.append(Fault("quiet_weekdays", "leave one day of the week on which surveys may leave"))
    return chosen


def _groups(text: str, touchpoints: Collection[str], faults: list[Fault]) -> Iterator[CoolDownGroup]:
    for number, line in _lines("groups", text, faults):
        found = _GROUP.fullmatch(line)
        if found is None:
            example = "After the sale, 14 days: buying/delivery, buying/invoice"
            faults.append(Fault("groups", f"line {number}: write a group such as {example}"))
            continue
        names = tuple(dict.fromkeys(name.strip() for name in found["touchpoints"].split(",") if name.strip()))
        unknown = next((name for name in names if name not in touchpoints), None)
        if unknown is not None:
            faults.append(Fault("groups", f"line {number}: there is no touchpoint {unknown[:LONGEST_NAME]}"))
        elif len(found["name"]) > LONGEST_NAME or not 1 <= int(found["days"]) <= MOST_DAYS or len(names) < 2:
            faults.append(Fault("groups", f"line {number}: give a short name, 1 day or more, and two touchpoints"))
        else:
            yield CoolDownGroup(found["name"].strip(), names, int(found["days"]))


def _quiet_dates(text: str, faults: list[Fault]) -> Iterator[QuietDates]:
    for number, line in _lines("quiet_dates", text, faults):
        found = _DATES.fullmatch(line)
        try:
            first = date.fromisoformat(found["first"] if found else "")
            last = date.fromisoformat((found["last"] or found["first"]) if found else "")
        except ValueError:
            words = "write a day, or two such as 2026-12-24 to 2027-01-02"
            faults.append(Fault("quiet_dates", f"line {number}: {words}"))
            continue
        if last < first:
            faults.append(Fault("quiet_dates", f"line {number}: it ends before it starts; swap the two days"))
        elif (last - first).days > MOST_QUIET_DAYS:
            faults.append(Fault("quiet_dates", f"line {number}: this is more than a year; pause sending instead"))
        else:
            yield QuietDates(first, last)


def _lines(field: str, text: str, faults: list[Fault]) -> list[tuple[int, str]]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        faults.append(Fault(field, f"write at most {MOST_LINES} lines"))
    return lines[:MOST_LINES]


def _group_line(group: CoolDownGroup) -> str:
    return f"{group.name}, {group.days} day{'' if group.days == 1 else 's'}: {', '.join(group.touchpoints)}"


def _dates_line(dates: QuietDates) -> str:
    return f"{dates.first}" if dates.first == dates.last else f"{dates.first} to {dates.last}"
