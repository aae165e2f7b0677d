"""From passing a touchpoint to an answer about it: how many are left at each step, and who was not asked and why."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from analysis.chart_sheet import MANY_LINES, NOTHING_YET, Sheet, add_text, begun, ended, nothing_yet
from analysis.chart_words import NO_BREAK, Table, percent
from analysis.curve_shapes import Area, Column, Ink, Layout, Role, Rule
from analysis.curve_theme import Theme
from analysis.finding import shortened
from analysis.funnel import Funnel, Group, Step
from analysis.label_placing import Box
from analysis.lettering import LINE, wrapped

NAME, LABEL, SMALL = 13.0, 12.0, 11.0
NAMES_WIDTH = 220.0
BAR, WIDE_ROW, PHONE_BAR = 12.0, 50.0, 19.0
STEP_WIDTH, COUNT_WIDTH = 66.0, 92.0  # beside the bars of the phone layout


# Beside the steps: whose provider said that the mail arrived, who waits for a later moment or for sending to go on, who
# opened a score of the mail and did not confirm it, and whose mail only scanners opened.
BESIDE = ("Arrival confirmed", "Deferred, still waiting", "Held", "Clicked, not confirmed", "Clicked by a scanner")
GROUP_WORDS = {
    Group.COULD_NOT: "Could not be asked",
    Group.POLICY: "The policy said no",
    Group.NOT_DRAWN: "Not drawn",
}
LOST = {
    Step.ELIGIBLE: "because they could not be asked",
    Step.ASKED: "because they were not asked",
    Step.SENT: "because the invitation was not sent",
    Step.DELIVERED: "because the invitation came back",
    Step.OPENED: "because the invitation was not opened",
    Step.ANSWERED: "between opening the survey and answering it",
}


def funnel_spec(funnels: Sequence[Funnel], k: int, *, layout: Layout, theme: Theme) -> dict[str, Any]:
    """A Vega-Lite specification with its data inside; fewer than `k` answers are not counted out."""
    # Altair takes 0.2 s to import: only who draws pays for it.
    from analysis.sheet_drawing import drawn

    return drawn(sheet_of(funnels, k, layout), theme)


def title_of(funnels: Sequence[Funnel]) -> str:
    """How many of those who passed answered, and where most were lost; of touchpoints whose answers are shown."""
    if not any(funnel.largest for funnel in funnels):
        return f"{NOTHING_YET}: nobody has passed a touchpoint in this period"
    shown = [funnel for funnel in funnels if funnel.answered is not None]
    passed, answered = (sum(funnel.counts[step] or 0 for funnel in shown) for step in (Step.PASSED, Step.ANSWERED))
    if not shown or passed == 0:
        return f"{sum(funnel.sent for funnel in funnels):,} invitations were sent; too little is known for shares"
    start = f"{percent(answered / passed)} of {passed:,} passages were answered"
    losses = _losses(shown)
    step = max(losses, key=losses.__getitem__)
    return f"{start}; most are lost {LOST[step]} ({losses[step]:,})" if losses[step] > 0 else start


def table_of(funnels: Sequence[Funnel], k: int) -> Table:
    """One row a touchpoint."""
    headers = ("Touchpoint", *(step.value.capitalize() for step in Step), *BESIDE, *GROUP_WORDS.values())
    return Table(headers, tuple(_cells(funnel, k) for funnel in funnels))


def sheet_of(funnels: Sequence[Funnel], k: int, layout: Layout) -> Sheet:
    """Every shape of the chart."""
    if not any(funnel.largest for funnel in funnels):
        return nothing_yet(title_of(funnels), layout)
    subtitle = "Events by touchpoint, and in % of those that passed there. A bar is as long as its share."
    sheet = begun(title_of(funnels), [subtitle], layout)
    sheet.height += 14
    if sheet.is_wide:
        _add_step_names(sheet)
    for funnel in funnels:
        top = sheet.height
        if sheet.is_wide:
            _add_wide_row(sheet, funnel, k)
        else:
            _add_phone_row(sheet, funnel, k)
        cells = dict(zip(table_of((), k).headers[1:], _cells(funnel, k)[1:], strict=True))
        box = Box(sheet.left, top, sheet.right, sheet.height)
        sheet.columns.append(Column(key=funnel.key, box=box, tip={"title": funnel.name, **cells}))
    is_partial = any(funnel.answered is None for funnel in funnels)
    notes = [f"The title leaves out touchpoints with fewer than {k} answers."] if is_partial else []
    return ended(sheet, notes=notes)


def _losses(funnels: Sequence[Funnel]) -> dict[Step, int]:
    totals = {step: sum(funnel.counts[step] or 0 for funnel in funnels) for step in Step}
    return {later: totals[earlier] - totals[later] for earlier, later in pairwise(Step)}


def _cells(funnel: Funnel, k: int) -> tuple[str, ...]:
    counts = (funnel.confirmed, funnel.waiting, funnel.held, funnel.provisional, funnel.rejected)
    beside = (_share(funnel, n, k) for n in counts)
    return (funnel.name, *(_count(funnel, step, k) for step in Step), *beside, *(_reasons(funnel, g) for g in Group))


def _count(funnel: Funnel, step: Step, k: int) -> str:
    return f"{funnel.passed:,}" if step is Step.PASSED else _share(funnel, funnel.counts[step], k)


def _share(funnel: Funnel, n: int | None, k: int) -> str:
    if n is None:
        return f"fewer than {k}"
    return f"{n:,}{NO_BREAK}({percent(n / funnel.passed)})" if funnel.passed else f"{n:,}"


def _reasons(funnel: Funnel, group: Group) -> str:
    found = [reason for reason in funnel.not_asked if reason.group is group and reason.n]
    most_first = sorted(found, key=lambda reason: (-reason.n, reason.reason))
    return ", ".join(f"{reason.reason}: {reason.n:,}" for reason in most_first)


def _add_step_names(sheet: Sheet) -> None:
    for i, step in enumerate(Step):
        x = _step_left(sheet, i)
        add_text(sheet, step.value, x, sheet.height + 8, size=LABEL, ink=Ink.SOFT, role=Role.AXIS, bold=True)
    sheet.height += 24


def _step_width(sheet: Sheet) -> float:
    return (sheet.right - sheet.left - NAMES_WIDTH) / len(Step)


def _step_left(sheet: Sheet, i: int) -> float:
    return sheet.left + NAMES_WIDTH + i * _step_width(sheet)


def _add_wide_row(sheet: Sheet, funnel: Funnel, k: int) -> None:
    """A bar in each step's column, its count over it; the reasons for not asking under all of them."""
    top = sheet.height
    sheet.rules.append(Rule(x=sheet.left, y=top, x2=sheet.right, y2=top, ink=Ink.GRID))
    for row, line in enumerate(wrapped(funnel.name, NAMES_WIDTH - 20, NAME, lines=2)):
        add_text(sheet, line, sheet.left, top + 16 + row * NAME * LINE, size=NAME, role=Role.NAME)
    for i, step in enumerate(Step):
        x = _step_left(sheet, i)
        add_text(sheet, _count(funnel, step, k), x, top + 15, size=LABEL)
        _add_bar(sheet, funnel, step, x, top + 26, _step_width(sheet) - 18)
    sheet.height = top + WIDE_ROW
    _add_reasons(sheet, funnel, sheet.left + NAMES_WIDTH)


def _add_phone_row(sheet: Sheet, funnel: Funnel, k: int) -> None:
    """The steps under each other, their counts to the right."""
    sheet.rules.append(Rule(x=sheet.left, y=sheet.height, x2=sheet.right, y2=sheet.height, ink=Ink.GRID))
    for line in wrapped(funnel.name, sheet.right - sheet.left, NAME, lines=2, bold=True):
        add_text(sheet, line, sheet.left, sheet.height + 15, size=NAME, role=Role.NAME, bold=True)
        sheet.height += NAME * LINE
    sheet.height += 10
    left, right = sheet.left + STEP_WIDTH, sheet.right - COUNT_WIDTH
    for step in Step:
        y = sheet.height + PHONE_BAR / 2
        add_text(sheet, step.value, sheet.left, y, size=SMALL, ink=Ink.SOFT)
        _add_bar(sheet, funnel, step, left, y - BAR / 2, right - left)
        add_text(sheet, _count(funnel, step, k), sheet.right, y, size=SMALL, align="right")
        sheet.height += PHONE_BAR
    sheet.height += 8
    _add_reasons(sheet, funnel, sheet.left)
    sheet.height += 6


def _add_bar(sheet: Sheet, funnel: Funnel, step: Step, x: float, y: float, width: float) -> None:
    """On a pale ground as long as all that passed; of the answered, in the colour of an answer."""
    sheet.areas.append(Area(x=x, y=y, x2=x + width, y2=y + BAR, ink=Ink.GRID, opacity=0.7))
    n = funnel.counts[step]
    if n and funnel.largest:
        ink = Ink.KEPT if step is Step.ANSWERED else Ink.OVER_DELIVERED
        # Where answers came without an event more answered than passed: the largest count fills the bar.
        sheet.areas.append(Area(x=x, y=y, x2=x + width * n / funnel.largest, y2=y + BAR, ink=ink, opacity=0.85))


def _add_reasons(sheet: Sheet, funnel: Funnel, x: float) -> None:
    """A line for each group of reasons, and one for those who are asked and whose invitation waits."""
    found = [f"{GROUP_WORDS[group].lower()} – {_reasons(funnel, group)}" for group in Group if _reasons(funnel, group)]
    waiting = {"deferred, still waiting": funnel.waiting, "held": funnel.held}
    found += [", ".join(f"{words}: {n:,}" for words, n in waiting.items() if n)] if any(waiting.values()) else []
    for words in found:
        for line in wrapped(shortened(words, 400), sheet.right - x, SMALL, lines=MANY_LINES):
            add_text(sheet, line, x, sheet.height, size=SMALL, ink=Ink.SOFT)
            sheet.height += SMALL * LINE
    sheet.height += 4 if found else 0
