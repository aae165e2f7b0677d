"""Events out of a file of JSON lines: looked at whole, then taken batch by batch, however large it is."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from msgspec import Struct

from core.clock import Clock
from core.errors import Fault, Invalid
from feedback.intake.event import EventReceipt, IncomingEvent
from feedback.intake.event_faults import event_faults
from feedback.intake.read_events import event_in
from feedback.intake.take_events import LARGEST_BATCH, take_events
from surveys.journeys import persona_ids, touchpoints_by_name

LONGEST_LINE = 256 * 1024  # bytes: many times what an event with all its properties and attributes takes
MOST_FAULTS_SHOWN = 25
GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Progress = Callable[[int], object]  # is told after each line how many bytes of the file are behind


class Imported(Struct):
    """What became of a file. `faults` holds the first of them, each with the number of its line; `faulty` lines."""

    lines: int = 0
    faulty: int = 0
    new: int = 0
    known: int = 0
    asked: int = 0
    deferred: int = 0
    faults: list[Fault] = []


class _Names(Struct, frozen=True):
    """What events may name in a workspace."""

    personas: Mapping[str, int]
    touchpoints: Mapping[str, tuple[int, ...]]


class _Line(Struct, frozen=True):
    """One line: its event, or why it is none."""

    number: int
    event: IncomingEvent | None
    faults: tuple[Fault, ...] = ()


async def check_events(path: Path, workspace: int, now: datetime, progress: Progress) -> Imported:
    """Look at every line of the file and store nothing."""
    names, found = await _names(workspace), Imported()
    for line in _lines(path, names, now, progress):
        found.lines += 1
        if line.faults:
            found.faulty += 1
            found.faults += line.faults[: MOST_FAULTS_SHOWN - len(found.faults)]
    return found


async def import_events(path: Path, workspace: int, clock: Clock, progress: Progress) -> Imported:
    """Take the events of all lines that are not at fault, batch by batch, each in a transaction of its own.

    Whoever stopped half-way begins again: what was taken is known by its key, and is not taken twice.
    """
    names, found = await _names(workspace), Imported()
    batch: list[_Line] = []
    for line in _lines(path, names, clock(), progress):
        found.lines += 1
        if line.event is None:
            found.faulty += 1
            continue
        batch.append(line)
        if len(batch) == LARGEST_BATCH:
            await _take(workspace, batch, clock(), found)
            batch.clear()
    if batch:
        await _take(workspace, batch, clock(), found)
    return found


async def _names(workspace: int) -> _Names:
    return _Names(await persona_ids(workspace), await touchpoints_by_name(workspace))


async def _take(workspace: int, batch: list[_Line], now: datetime, found: Imported) -> None:
    """Raises Invalid with the numbers of the lines where the workspace has changed since they were looked at."""
    try:
        receipts = await take_events(workspace, [line.event for line in batch if line.event], now)
    except Invalid as invalid:
        raise Invalid(*(_of_line(fault, batch) for fault in invalid.faults)) from invalid
    for receipt in receipts:
        _count(receipt, found)


def _count(receipt: EventReceipt, found: Imported) -> None:
    if not receipt.is_new:
        found.known += 1
        return
    found.new += 1
    found.asked += sum(decision.outcome == "asked" for decision in receipt.decisions)
    found.deferred += sum(decision.outcome == "deferred" for decision in receipt.decisions)


def _of_line(fault: Fault, batch: list[_Line]) -> Fault:
    index, _, inside = fault.field.partition(".")
    return Fault(_place(batch[int(index.strip("[]"))].number, inside), fault.message)


def _place(number: int, inside: str) -> str:
    return f"line {number}: {inside}" if inside and inside != "body" else f"line {number}"


def _lines(path: Path, names: _Names, now: datetime, progress: Progress) -> Iterator[_Line]:
    """Every line that says something, with its number from 1 on; a file that breaks off ends with a fault."""
    number = 0
    try:
        with path.open("rb") as file:
            for raw in _raw_lines(_unpacked(file)):
                number += 1
                progress(file.tell())
                text = raw.removeprefix(BYTE_ORDER_MARK) if number == 1 else raw
                if text.strip():
                    yield _line(number, text, names, now)
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        yield _Line(number + 1, None, (Fault(_place(number + 1, ""), f"the packed file is damaged here: {fault}"),))


def _line(number: int, text: bytes, names: _Names, now: datetime) -> _Line:
    try:
        if len(text) > LONGEST_LINE:
            raise Invalid(Fault("", f"this line is longer than {LONGEST_LINE >> 10} KiB; write one event a line"))
        event = event_in(text)
        faults = tuple(event_faults(event, names.personas, names.touchpoints, now))
    except Invalid as invalid:
        event, faults = None, invalid.faults
    if not faults:
        return _Line(number, event)
    return _Line(number, None, tuple(Fault(_place(number, fault.field), fault.message) for fault in faults))


def _unpacked(file: BinaryIO) -> BinaryIO:
    """What is packed is known by its first bytes, whatever its name is."""
    is_packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    file.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_packed else file


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines, of those that are too long no more than shows that they are."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE + 1)
