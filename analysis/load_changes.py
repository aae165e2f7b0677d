"""What changed after each logged action of a journey: the windows of all of them are read at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from analysis.actions import load_actions
from analysis.before_after import (
    NOTHING_FELT,
    ActionEntry,
    Compared,
    Days,
    Felt,
    Sides,
    Windows,
    figure_of,
    windows_of,
)
from analysis.contact_sums import ContactSums, together
from analysis.measured import Measure, plotted_measure
from analysis.read_measures import WindowMeasures, read_measures
from analysis.report import ActionFigure, ReportSettings
from analysis.tally import Window
from analysis.valences import Valences, load_valences
from analysis.worth import worth_of
from core.errors import NotFound
from surveys.instruments import EXPERIENCE
from surveys.journeys import JourneyView, TouchpointView, load_journey


class _Look(Struct, frozen=True):
    """An action as it stands today; `others` are all other actions of its journey."""

    entry: ActionEntry
    windows: Windows
    others: Sequence[ActionEntry]

    def days(self) -> Iterable[Days]:
        return filter(None, (self.windows.before, self.windows.after))

    def also_done_at(self, touchpoint: str) -> list[str]:
        """What else was done at a touchpoint on the days compared."""
        last = self.windows.after.until if self.windows.after else self.windows.before.until
        return [
            other.action.what
            for other in self.others
            if other.touchpoint == touchpoint
            and other.action.on_day <= last
            and other.action.opens >= self.windows.before.since
        ]


async def load_changes(
    workspace: int,
    view: JourneyView,
    valences: Valences,
    today: date,
    settings: ReportSettings,
    only: int | None = None,
) -> tuple[ActionFigure, ...]:
    """The newest action first; `only` the one with that id, if it is there."""
    entries = await load_actions(workspace, view.key)
    looks = [
        _Look(entry, windows_of(entry.action, today), [other for other in entries if other is not entry])
        for entry in entries
        if only in (None, entry.id)
    ]
    places = {touchpoint.key: touchpoint for touchpoint in view.touchpoints}
    looks = [look for look in looks if look.entry.touchpoint in places]
    windows = {
        (touchpoint.id, days): Window(touchpoint.id, days.since, days.until)
        for look in looks
        for days in look.days()
        for touchpoint in view.touchpoints
    }
    measures = await read_measures(list(windows.values()), valences)
    found = dict(zip(windows, measures, strict=True))
    return tuple(_figure(look, places, found, valences, settings) for look in looks)


async def load_change(
    workspace: int, journey: str, action_id: int, today: date, settings: ReportSettings
) -> ActionFigure:
    """What changed after one action. Raises NotFound for an unknown journey, or one whose log has no such action."""
    view = await load_journey(workspace, journey)
    valences = (await load_valences([workspace]))[workspace]
    figures = await load_changes(workspace, view, valences, today, settings, only=action_id)
    if not figures:
        raise NotFound("There is no such action.")
    return figures[0]


def _figure(
    look: _Look,
    places: Mapping[str, TouchpointView],
    found: Mapping[tuple[int, Days], WindowMeasures],
    valences: Valences,
    settings: ReportSettings,
) -> ActionFigure:
    compared = {}
    for key, touchpoint in places.items():
        before, after = look.windows.before, look.windows.after
        measures = found[touchpoint.id, before], found[touchpoint.id, after] if after else WindowMeasures()
        compared[key] = _compared(*measures, valences, settings.k)
    own = compared.pop(look.entry.touchpoint)
    untouched = [
        _untouched(sides.sides, is_touched=bool(look.also_done_at(key)))
        for key, sides in compared.items()
        if sides.sides.before.n >= max(settings.k, 1)
    ]
    return figure_of(look.entry, look.windows, own, untouched, settings, look.also_done_at(look.entry.touchpoint))


def _untouched(sides: Sides, *, is_touched: bool) -> Sides:
    """What was done elsewhere meanwhile is no season, but those touchpoints still say where the mean lies."""
    return Sides(sides.before) if is_touched else sides


def _compared(before: WindowMeasures, after: WindowMeasures, valences: Valences, k: int) -> Compared:
    """By the instrument that is plotted over both sides together, of those that enough contacts gave on both.

    Two sides that are each known, but by different instruments, can't be compared.
    """
    known_before, known_after = _known(before, k), _known(after, k)
    in_common = known_before & known_after
    by_instrument: defaultdict[str, list[ContactSums]] = defaultdict(list)
    for measure in (*before.measures, *after.measures):
        if measure.instrument in in_common or not in_common:
            by_instrument[measure.instrument].append(measure.sums)
    plotted = plotted_measure(tuple(Measure(name, (), together(sums)) for name, sums in by_instrument.items()), k)
    if plotted is None:
        return Compared()
    sides = Sides(_felt(before.of(plotted.instrument), valences), _felt(after.of(plotted.instrument), valences))
    return Compared(sides, plotted.instrument, bool(known_before and known_after and not in_common))


def _known(side: WindowMeasures, k: int) -> set[str]:
    """The instruments by which enough contacts said how they experienced the touchpoint."""
    return {found.instrument for found in side.measures if found.instrument in EXPERIENCE and found.sums.n >= max(k, 1)}


def _felt(measure: Measure | None, valences: Valences) -> Felt:
    if measure is None:
        return NOTHING_FELT
    counts = tuple((worth_of(measure.instrument, value, valences).x, n) for value, n in measure.counts)
    return Felt(measure.sums.x, counts)
