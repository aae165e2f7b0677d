"""A child process is started again when it ends, ever more slowly, and ends with its parent."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core import child
from core.child import kept_running

SLEEPS = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(600)"
ENDS = "import sys; open(sys.argv[1], 'a').write('x\\n'); sys.exit(3)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which each start writes a line; the pauses are short."""
    monkeypatch.setattr(child, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(child, "LONGEST_PAUSE", 0.2)
    return tmp_path / "starts"


def lines_of(file: Path, at_least: int) -> list[str]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = file.read_text().splitlines() if file.exists() else []
        if len(lines) >= at_least:
            return lines
        time.sleep(0.01)
    pytest.fail("it was not started often enough")


def is_there(process: str) -> bool:
    """Whether the process exists; a zombie does."""
    return Path(f"/proc/{process}").exists()


def test_a_killed_child_is_reaped_and_replaced(starts: Path) -> None:
    with capture_logs() as logged, kept_running("sleeper", [sys.executable, "-c", SLEEPS, str(starts)], os.environ):
        [first] = lines_of(starts, 1)
        os.kill(int(first), signal.SIGKILL)
        second = lines_of(starts, 2)[1]
        assert (is_there(first), is_there(second)) == (False, True)
    assert not is_there(second)
    assert [(line["event"], line["process"], line["status"]) for line in logged] == [("process_ended", "sleeper", -9)]


def test_the_pauses_grow_to_the_longest(starts: Path) -> None:
    with capture_logs() as logged, kept_running("ender", [sys.executable, "-c", ENDS, str(starts)], os.environ):
        lines_of(starts, 5)
    assert [line["starts_again_in_seconds"] for line in logged[:4]] == [0.05, 0.1, 0.2, 0.2]
    assert {line["status"] for line in logged} == {3}


def test_the_end_does_not_wait_for_a_pause(starts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "FIRST_PAUSE", 600.0)
    with capture_logs() as logged, kept_running("ender", [sys.executable, "-c", ENDS, str(starts)], os.environ):
        deadline = time.monotonic() + 20
        while not logged and time.monotonic() < deadline:
            time.sleep(0.01)
        ended = time.monotonic()
    assert time.monotonic() - ended < 5
    assert len(lines_of(starts, 1)) == 1


def test_a_child_that_will_not_end_is_killed(starts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "PATIENCE", 0.3)
    with capture_logs() as logged, kept_running("mule", [sys.executable, "-c", STUBBORN, str(starts)], os.environ):
        [mule] = lines_of(starts, 1)
    assert not is_there(mule)
    assert logged == []
