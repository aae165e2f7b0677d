"""An import whose process is killed goes on where it was: every row is in once, and counted once."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.live.processes import environment_in, kept

ROWS = 12_000
KILLS = 3

pytestmark = pytest.mark.live


def test_an_import_that_is_killed_again_and_again_is_whole_in_the_end(tmp_path: Path) -> None:
    environment = environment_in(tmp_path / "data")
    kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "alice@acme.example")
    file = tmp_path / "contacts.csv"
    rows = "".join(f"c{at},c{at}@customer.example,{'pro' if at % 3 else 'free'}\n" for at in range(ROWS))
    file.write_text(f"id,email,plan\n{rows}", encoding="utf-8")
    command = ["contact", "import", str(file), "--workspace", "acme"]
    kills = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", *command], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stderr
        seen = b""
        while b"importing" not in seen and (more := process.stderr.read(1)):  # the bar of what is being let in
            seen += more
        time.sleep(0.4)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate(timeout=30)
    told = kept(environment, *command)
    assert kills >= 1
    counts = re.search(r"(\d+) were created, (\d+) updated, (\d+) unchanged; (\d+) with faults", told)
    assert counts
    assert [int(count) for count in counts.groups()] in ([ROWS, 0, 0, 0], [0, 0, ROWS, 0])
    again = kept(environment, *command, "--dry-run")
    assert f"0 would be created, 0 updated, {ROWS} unchanged; 0 with faults" in again
