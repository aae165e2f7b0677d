"""Kept as real processes, on ports and in a folder of a test's own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest


def environment_in(data_folder: Path) -> dict[str, str]:
    """The variables of a Kept that keeps its data in `data_folder` and listens on a free port."""
    port = free_port()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("KEPT_")},
        "KEPT_DATA_FOLDER": str(data_folder),
        "KEPT_PORT": str(port),
        "KEPT_BASE_URL": f"http://127.0.0.1:{port}",
        "KEPT_WORKER_PAUSE_SECONDS": "0.1",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept(environment: dict[str, str], *arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "cli", *arguments], env=environment, capture_output=True, text=True, timeout=60
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


@contextmanager
def served(environment: dict[str, str]) -> Iterator[httpx.Client]:
    process = subprocess.Popen([sys.executable, "-m", "cli", "serve"], env=environment)
    try:
        with httpx.Client(base_url=environment["KEPT_BASE_URL"]) as client:
            until(lambda: client.get("/healthz").status_code == 200)
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Ask until it holds; what never holds fails the test."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("this did not come true in time")
