"""The command line, as real processes on an embedded PostgreSQL that each of them starts and stops."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core.settings import BASE_FOLDER, Settings, list_settings

pytestmark = pytest.mark.live

DEMO = BASE_FOLDER / "demo" / "journey.yaml"
LATIN_1 = "name: Büro".encode("latin-1")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """This process's own, with none of its settings of Kept."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
    return {**own, "KEPT_DATA_FOLDER": str(folder), **more}


def kept(folder: Path, *words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `kept` to its end, and see that it left no PostgreSQL behind."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=BASE_FOLDER,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not is_running(folder)
    return done


def is_running(folder: Path) -> bool:
    """Whether a PostgreSQL keeps its database in `folder` now: it removes this file when it stops."""
    return (folder / "postgres" / "postmaster.pid").exists()


def refusal(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of a command that refused: each says who speaks, and nothing is printed beside them."""
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert [line for line in lines if not line.startswith("kept: ")] == []
    return lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which a workspace was set up."""
    folder = tmp_path_factory.mktemp("kept") / "data"
    done = kept(folder, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "alice@acme.example")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("http://127.0.0.1:8000/sign-in/")
    assert done.stdout.count("\n") == 1
    return folder


def test_settings_are_listed_with_their_values_and_no_secrets(tmp_path: Path) -> None:
    done = kept(tmp_path / "data", "settings", KEPT_PORT="9000", KEPT_SMTP_PASSWORD="sesame")
    assert done.returncode == 0
    for line in list_settings(Settings()):
        assert f"{line.variable}=" in done.stdout
        assert line.help in done.stdout
    assert "KEPT_PORT=9000\n" in done.stdout
    assert "KEPT_SMTP_PASSWORD=(set)\n" in done.stdout
    assert "sesame" not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_is_none_is_one_line(tmp_path: Path) -> None:
    [line] = refusal(kept(tmp_path / "data", "serve", KEPT_PRT="9000"))
    assert line == "kept: KEPT_PRT is not a setting of Kept; did you mean KEPT_PORT?"


def test_a_data_folder_that_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    [line] = refusal(kept(tmp_path / "file" / "data", "migrate"))
    assert line.startswith("kept: can't write to the data folder")


@pytest.mark.parametrize("url", ["postgresql://kept:sesame@127.0.0.1:1/kept", "mysql://kept:sesame@127.0.0.1/kept"])
def test_a_database_that_does_not_answer_is_one_line_without_its_password(tmp_path: Path, url: str) -> None:
    [line] = refusal(kept(tmp_path / "data", "migrate", KEPT_DATABASE_URL=url))
    assert line.startswith("kept: can't reach the database: ")
    assert "sesame" not in line


def test_a_workspace_is_set_up_once(folder: Path) -> None:
    again = kept(folder, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "eve@evil.example")
    assert refusal(again) == ["kept: There is a workspace acme already."]
    assert refusal(kept(folder, "sign-in-link", "eve@evil.example")) == [
        "kept: no user eve@evil.example, or 5 links are open already"
    ]


def test_a_sign_in_link_leads_to_the_address_that_is_set(folder: Path) -> None:
    done = kept(folder, "sign-in-link", "alice@acme.example", KEPT_BASE_URL="https://kept.example")
    assert done.stdout.startswith("https://kept.example/sign-in/")


def test_a_journey_is_imported_exported_and_imported_again(folder: Path, tmp_path: Path) -> None:
    imported = kept(folder, "journey", "import", DEMO, "--workspace", "acme")
    assert imported.returncode == 0, imported.stderr
    assert "crm-purchase: " in imported.stdout
    assert " 0 updated, 0 unchanged, 0 removed\n" in imported.stdout
    exported = kept(folder, "journey", "export", "crm-purchase", "--workspace", "acme")
    assert exported.returncode == 0, exported.stderr
    file = tmp_path / "exported.yaml"
    file.write_text(exported.stdout, encoding="utf-8")
    again = kept(folder, "journey", "import", file, "--workspace", "acme")
    assert again.stdout.startswith("crm-purchase: 0 created, 0 updated, ")
    assert again.stdout.endswith(" unchanged, 0 removed\n")
    assert kept(folder, "journey", "export", "crm-purchase", "--workspace", "acme").stdout == exported.stdout


def test_a_file_that_is_no_journey_is_refused_with_a_line_for_each_fault(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("kept: journey/1\nkey: broken\nname: Broken\ncolour: red\nstages:\n  - {key: A b, name: One}\n")
    lines = refusal(kept(folder, "journey", "import", file, "--workspace", "acme"))
    assert sorted(line.split(": ")[1] for line in lines) == ["colour", "stages[0].key", "stages[0].phase"]
    [missing] = refusal(kept(folder, "journey", "export", "broken", "--workspace", "acme"))
    assert "no such journey" in missing or "no journey" in missing


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"{", b"just words", LATIN_1], ids=repr)
def test_a_file_that_is_nothing_of_the_kind_is_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(content)
    [line] = refusal(kept(tmp_path / "data", "journey", "import", file, "--workspace", "acme"))
    assert "file.yaml" in line


def test_a_file_that_is_not_there_is_told_before_anything_is_started(tmp_path: Path) -> None:
    done = kept(tmp_path / "data", "journey", "import", tmp_path / "none.yaml", "--workspace", "acme")
    assert done.returncode == 2
    assert "none.yaml' does not exist" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_that_is_not_there_is_one_line(folder: Path) -> None:
    done = kept(folder, "journey", "import", DEMO, "--workspace", "moon")
    assert refusal(done) == ["kept: there is no workspace moon"]


def test_a_taken_port_is_one_line_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        [line] = refusal(kept(tmp_path / "data", "serve", KEPT_PORT=str(port)))
    assert line.startswith(f"kept: can't listen on 127.0.0.1:{port}: Address already in use; ")
    assert line.endswith("set KEPT_PORT to another")
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_works_once_ends_by_itself(folder: Path) -> None:
    done = kept(folder, "worker", "--once")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@pytest.fixture
def server(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`kept serve` with its worker, answering; killed with all its processes should a test leave it running."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve"],
        cwd=BASE_FOLDER,
        env=environment(folder, KEPT_PORT=str(port)),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the server gave up"
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within 20 s")


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_serving_ends_with_everything_it_started(
    folder: Path, server: subprocess.Popen[str], name: signal.Signals
) -> None:
    assert is_running(folder)
    server.send_signal(name)
    _, said = server.communicate(timeout=30)
    assert "Traceback" not in said
    assert server.returncode in (0, 130)
    assert not is_running(folder)
    with pytest.raises(ProcessLookupError):  # the worker is of its group, and the group is empty
        os.killpg(server.pid, 0)
