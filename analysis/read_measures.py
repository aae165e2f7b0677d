"""Read the measures of windows of days from the tallies: whole, by segment, by week."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from msgspec import Struct

from analysis.contact_sums import ContactSums, counted_once, together
from analysis.contact_tally import read_corrections, read_weekly_corrections
from analysis.measured import Measure
from analysis.tally import RESPONSES, Split, ValueCount, Window, read_tally, read_weeks
from analysis.valences import Valences
from analysis.worth import CHOSEN, has_worth, worth_of


class WindowMeasures(Struct, frozen=True):
    """What was counted in one window: its responses, and a measure of each instrument with a worth in x."""

    n_responses: int = 0
    measures: tuple[Measure, ...] = ()
    is_chosen: bool = False  # whether there are answers without such a worth, such as choices

    def of(self, instrument: str | None) -> Measure | None:
        return next((measure for measure in self.measures if measure.instrument == instrument), None)


async def read_measures(windows: Sequence[Window], valences: Valences) -> list[WindowMeasures]:
    """In the order of the windows."""
    found = await read_segments(windows, Split.WHOLE, valences)
    return [found.get((at, ""), WindowMeasures()) for at in range(len(windows))]


async def read_segments(
    windows: Sequence[Window], split: Split, valences: Valences
) -> dict[tuple[int, str], WindowMeasures]:
    """By the window's place in the list, and the segment: a persona's id or a channel, "" for contacts without one."""
    counts = groupby(await read_tally(windows, split), key=lambda count: (count.window, count.segment))
    corrections = await read_corrections(windows, split)
    return {place: window_measures(list(own), corrections.get(place, {}), valences) for place, own in counts}


async def read_weekly(
    touchpoints: Sequence[int], since: date, until: date, valences: Valences
) -> dict[tuple[int, date], WindowMeasures]:
    """By touchpoint and Monday, from the Monday `since` to the Sunday `until`."""
    counts = groupby(await read_weeks(touchpoints, since, until), key=lambda count: (count.touchpoint, count.week))
    corrections = await read_weekly_corrections(touchpoints, since, until)
    return {week: window_measures(list(own), corrections.get(week, {}), valences) for week, own in counts}


def window_measures(
    counts: Sequence[ValueCount], corrections: Mapping[str, ContactSums], valences: Valences
) -> WindowMeasures:
    """From the counts of one window, by instrument and value, and the corrections by instrument."""
    answers = [count for count in counts if has_worth(count.instrument)]
    return WindowMeasures(
        sum(count.n for count in counts if count.instrument == RESPONSES),
        tuple(
            _measure(instrument, list(group), corrections.get(instrument), valences)
            for instrument, group in groupby(answers, key=lambda count: count.instrument)
        ),
        is_chosen=any(count.instrument in CHOSEN for count in counts),
    )


def _measure(
    instrument: str, counts: Sequence[ValueCount], correction: ContactSums | None, valences: Valences
) -> Measure:
    """Every answer counted as a contact's only one, then corrected for the contacts who gave several."""
    alone = counted_once([(worth_of(instrument, count.value, valences), count.n) for count in counts])
    sums = alone if correction is None else together([alone, correction])
    return Measure(instrument, tuple((count.value, count.n) for count in counts), sums)
