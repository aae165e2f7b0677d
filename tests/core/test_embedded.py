"""The embedded PostgreSQL: started for whoever comes first, shared, stopped by whoever leaves last."""

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from core.embedded import embedded_postgres
from core.errors import SetupFault
from core.settings import BASE_FOLDER

GUEST = """
import sys
from pathlib import Path
from core.embedded import embedded_postgres
with embedded_postgres(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.readline()
"""


class Guest:
    """Another process that uses the server of `folder` until it is sent away."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", GUEST, str(folder)],
            cwd=BASE_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def leave(self) -> None:
        self._process.communicate("\n", timeout=30)
        assert self._process.returncode == 0


def is_running(folder: Path) -> bool:
    return (folder / "postgres" / "postmaster.pid").exists()


async def test_processes_share_a_server_and_the_last_to_leave_stops_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with embedded_postgres(folder) as url:
        guests = [Guest(folder), Guest(folder)]
        assert [guest.url() for guest in guests] == [url, url]
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE kept_here AS SELECT 7 AS n")
        guests[0].leave()
        assert await connection.fetchval("SELECT n FROM kept_here") == 7
        await connection.close()
    assert is_running(folder)
    guests[1].leave()
    assert not is_running(folder)
    returned = Guest(folder)
    connection = await asyncpg.connect(returned.url())
    assert await connection.fetchval("SELECT n FROM kept_here") == 7
    await connection.close()
    returned.leave()
    assert not is_running(folder)


def test_a_folder_that_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    # A path below a file, and not one without permission: whoever is root may write everywhere.
    (tmp_path / "file").touch()
    with pytest.raises(SetupFault) as refused, embedded_postgres(tmp_path / "file" / "data"):
        pass
    assert str(refused.value) == f"can't write to the data folder {tmp_path / 'file' / 'data'}: Not a directory"


def test_a_folder_of_something_else_is_one_line_that_names_the_log(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("99\n")
    did_not_start = r"the embedded PostgreSQL did not start; see .*/postgres/log$"
    with pytest.raises(SetupFault, match=did_not_start), embedded_postgres(tmp_path):
        pass
