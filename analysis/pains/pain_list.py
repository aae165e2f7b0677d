"""The pain-point list of a journey: its rows, in one of two orders, all of them or those asked for."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from analysis.pains.pain_point import PainPoint, PainStatus
from analysis.report import ReportSettings


class PainOrder(StrEnum):
    """The deepest pit is often not the biggest loss."""

    LOSS = "loss"  # what it costs a month, by the lower bound
    DEPTH = "depth"  # how much worse it is for those it happens to, however few they are


class PainFilter(Struct, frozen=True, kw_only=True):
    """Which rows; None means any. Ranks are those of the whole list.

    A persona narrows the data and not the rows: every figure is then that of its contacts. Without a status, all but
    those dismissed.
    """

    phase: str | None = None  # as it is called
    persona: str | None = None  # its key
    owner: str | None = None  # as shown in the row
    status: PainStatus | None = None
    touchpoint: str | None = None  # its key

    def takes(self, pain: PainPoint) -> bool:
        """Whether the row is one of those asked for."""
        status = pain.status is not PainStatus.DISMISSED if self.status is None else pain.status is self.status
        return (
            status
            and self.phase in (None, pain.phase)
            and self.owner in (None, pain.owner)
            and self.touchpoint in (None, pain.pain_id.split("/")[1])
        )


ALL = PainFilter()


class Choice(Struct, frozen=True):
    """Something that a list can be narrowed to: what PainFilter takes, and how it is called."""

    key: str
    name: str


class PainChoices(Struct, frozen=True, kw_only=True):
    """What the form of a list offers; of statuses and owners only those that occur."""

    phases: tuple[str, ...]
    personas: tuple[Choice, ...]
    owners: tuple[str, ...]
    statuses: tuple[PainStatus, ...]
    touchpoints: tuple[Choice, ...]


class PainList(Struct, frozen=True, kw_only=True):
    """The rows asked for, over the days `since` to `until`, both included. Exports print what is beside `rows`."""

    journey: str
    name: str  # of the journey
    since: date
    until: date
    chosen: PainFilter
    order: PainOrder
    rows: tuple[PainPoint, ...]
    n_all: int  # rows before `chosen` took some
    n_comments: int  # comments that were read
    notes: tuple[str, ...]  # whole sentences for those who read the list, such as what was left out, and why
    choices: PainChoices
    settings: ReportSettings
    method_version: str
    report_id: str  # the journey and its days
    data_hash: str  # of all rows and of the report they stand on


def narrowed(whole: PainList, chosen: PainFilter, order: PainOrder) -> PainList:
    """The rows asked for of a list that has all of them, in the order asked for."""
    rows = [pain for pain in whole.rows if chosen.takes(pain)]
    n_dismissed = sum(pain.status is PainStatus.DISMISSED for pain in whole.rows)
    notes = list(whole.notes)
    if n_dismissed and chosen.status is None:
        notes.append(f"Dismissed, and left out here: {n_dismissed}.")
    return replace(whole, chosen=chosen, order=order, rows=tuple(ordered(rows, order)), notes=tuple(notes))


def ordered(pains: Iterable[PainPoint], order: PainOrder) -> list[PainPoint]:
    """Ranked ones first; those without a rank by the other order, then by id."""

    def place(pain: PainPoint) -> tuple[tuple[bool, int], ...]:
        by_loss, by_depth = _last_where_none(pain.rank), _last_where_none(pain.depth_rank)
        return (by_loss, by_depth) if order is PainOrder.LOSS else (by_depth, by_loss)

    return sorted(pains, key=lambda pain: (place(pain), pain.pain_id))


def _last_where_none(rank: int | None) -> tuple[bool, int]:
    return rank is None, rank or 0


def choices_of(
    pains: Sequence[PainPoint], personas: Sequence[Choice], phases: Iterable[str], touchpoints: Sequence[Choice]
) -> PainChoices:
    """Phases in the order given, each once; owners by name."""
    found = {pain.status for pain in pains}
    return PainChoices(
        phases=tuple(dict.fromkeys(phases)),
        personas=tuple(personas),
        owners=tuple(sorted({pain.owner for pain in pains if pain.owner})),
        statuses=tuple(status for status in PainStatus if status in found),
        touchpoints=tuple(touchpoints),
    )
