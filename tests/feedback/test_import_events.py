"""Events from files: looked at whole, told by line, taken once however often it is run."""

import gzip
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import Clock
from core.database import fetch
from core.errors import Invalid
from feedback.intake import import_events as module
from feedback.intake.import_events import Imported, check_events, import_events
from tests.factories import UNLIMITED, Hands, delivered, make_journey, set_policy
from tests.people import People

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def nobody_looks(_: int) -> None:
    """A progress that nobody watches."""


def lines(*said: Any) -> bytes:
    texts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in said]
    return b"\n".join(texts) + b"\n"


def write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await set_policy(people.acme, UNLIMITED)


async def check(file: Path, people: People) -> Imported:
    return await check_events(file, people.acme, NOW, nobody_looks)


async def count() -> int:
    return int((await fetch("SELECT count(*) AS n FROM event"))[0]["n"])


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
async def test_a_file_is_taken_and_a_second_time_changes_nothing(
    file: Path, people: People, hands: Hands, pack: Any
) -> None:
    write(file, pack(b"\xef\xbb\xbf" + lines(delivered("c1"), b"", delivered("c2"), b"   ")))
    found = await import_events(file, people.acme, hands, nobody_looks)
    assert (found.lines, found.new, found.known, found.asked) == (2, 2, 0, 2)
    again = await import_events(file, people.acme, hands, nobody_looks)
    assert (again.new, again.known, again.asked) == (0, 2, 0)
    assert await count() == 2


async def test_looking_stores_nothing_and_says_every_fault_with_its_line(file: Path, people: People) -> None:
    mixed = {**delivered("c3"), "contact": {"id": "c3", "email": "kim@pаypal.example"}}
    write(
        file,
        lines(
            delivered("c1"),
            b"",
            b"{",
            {**delivered("c2"), "colour": "red", "key": ""},
            mixed,
            [delivered("c4")],
            b"\xff\xfe{\x00",
            {**delivered("c5"), "name": "answered:x"},
            b'"' + b"x" * (300 * 1024) + b'"',
            delivered("c6", touchpoint="moon"),
        ),
    )
    found = await check(file, people)
    assert (found.lines, found.faulty) == (9, 8)
    assert [fault.field for fault in found.faults] == [
        "line 3",
        "line 4: colour",
        "line 4: key",
        "line 5: contact.email",
        "line 6",
        "line 7",
        "line 8: name",
        "line 9",
        "line 10: touchpoint",
    ]
    assert await count() == 0


async def test_of_many_faults_the_first_are_told_and_all_are_counted(file: Path, people: People) -> None:
    write(file, lines(*[b"{"] * 60))
    found = await check(file, people)
    assert (found.faulty, len(found.faults), found.faults[-1].field) == (60, 25, "line 25")


async def test_faulty_lines_are_left_out(file: Path, people: People, hands: Hands) -> None:
    write(file, lines(delivered("c1"), b"{", delivered("c2")))
    found = await import_events(file, people.acme, hands, nobody_looks)
    assert (found.lines, found.faulty, found.new) == (3, 1, 2)


async def test_a_packed_file_that_breaks_off_is_at_fault(file: Path, people: People) -> None:
    packed = gzip.compress(lines(*[delivered(f"c{number}") for number in range(3)]))
    write(file, packed[:-9])
    found = await check(file, people)
    assert (found.faulty, "damaged" in found.faults[0].message) == (1, True)


async def test_an_import_that_was_killed_goes_on_where_it_stopped(
    file: Path, people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, lines(*[delivered(f"c{number}") for number in range(25)]))
    monkeypatch.setattr(module, "LARGEST_BATCH", 10)
    with pytest.raises(InterruptedError):
        await import_events(file, people.acme, stopping(hands, after=2), nobody_looks)
    assert await count() == 10
    found = await import_events(file, people.acme, hands, nobody_looks)
    assert (found.new, found.known, await count()) == (15, 10, 25)


def stopping(hands: Hands, after: int) -> Clock:
    """A clock that stops the program when it is looked at once more."""
    left = iter(range(after))

    def clock() -> datetime:
        if next(left, None) is None:
            raise InterruptedError
        return hands()

    return clock


async def test_a_touchpoint_that_went_meanwhile_is_told_with_its_line(
    file: Path, people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, lines(delivered("c1"), b"", delivered("c2", touchpoint="delivery")))
    names = module._Names({}, {"delivery": (1,)})

    async def stale(_: int) -> module._Names:
        return module._Names({"buyer": 1}, names.touchpoints)

    monkeypatch.setattr(module, "_names", stale)
    await fetch("UPDATE touchpoint SET is_removed = true")
    with pytest.raises(Invalid) as refused:
        await import_events(file, people.acme, hands, nobody_looks)
    assert [fault.field for fault in refused.value.faults] == ["line 3: touchpoint"]


async def test_memory_does_not_grow_with_the_file(file: Path, people: People) -> None:
    peaks = []
    for number in (200, 4_000):
        write(file, lines(*[delivered(f"c{at}", properties={"note": "x" * 500}) for at in range(number)]))
        tracemalloc.start()
        await check(file, people)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000


async def test_progress_tells_the_bytes_that_are_behind(file: Path, people: People) -> None:
    content = lines(delivered("c1"), delivered("c2"))
    write(file, content)
    told: list[int] = []
    await check_events(file, people.acme, NOW, told.append)
    assert (told == sorted(told), told[-1]) == (True, len(content))
