"""The command line, as real processes on an embedded PostgreSQL that each of them starts and stops."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest

from commands import serving
from core.embedded import embedded_postgres
from core.settings import BASE_FOLDER, Settings, list_settings, read_settings
from tests.live.processes import environment_in, until

pytestmark = pytest.mark.live

DEMO = BASE_FOLDER / "demo" / "journey.yaml"
LATIN_1 = "name: Büro".encode("latin-1")


def kept(folder: Path, *words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `kept` to its end, and see that it left no PostgreSQL behind."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=BASE_FOLDER,
        env={**environment_in(folder), **settings},
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
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/sign-in/[\w-]{43}\n", done.stdout)
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
        "kept: there is no user eve@evil.example; add one with: kept member add"
    ]


def test_a_mistyped_owner_leaves_the_workspace_to_be_set_up(folder: Path) -> None:
    words = ("setup", "--workspace", "second", "--name", "Second", "--owner")
    assert refusal(kept(folder, *words, "bob at acme")) == ["kept: email: this is not an e-mail address"]
    assert kept(folder, *words, "bob@acme.example").returncode == 0


def test_a_second_person_is_let_in(folder: Path) -> None:
    added = kept(folder, "member", "add", "Bob@acme.example", "--workspace", "acme", "--role", "editor")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/sign-in/[\w-]{43}\n", added.stdout)
    nowhere = kept(folder, "member", "add", "bob@acme.example", "--workspace", "moon", "--role", "editor")
    assert refusal(nowhere) == ["kept: there is no workspace moon"]
    nobody = kept(folder, "member", "add", "bob at acme", "--workspace", "acme", "--role", "editor")
    assert refusal(nobody) == ["kept: email: this is not an e-mail address"]


def test_the_worker_is_given_every_setting_and_no_secret_on_its_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(
        serving, "kept_running", lambda name, command, environment: started.append((command, environment))
    )
    monkeypatch.setenv("KEPT_SECRET_KEY_FILE", str(tmp_path / "gone since"))
    found = Settings(
        data_folder=tmp_path / "demo", secret_key="sesame-" * 5, log_level="error", base_url="http://kept.example"
    )
    serving._worker_process(found, "postgresql://kept:sesame@db/kept")
    [(command, environment)] = started
    assert read_settings(environment) == msgspec.structs.replace(found, database_url="postgresql://kept:sesame@db/kept")
    assert "sesame" not in " ".join(command)
    assert environment["PATH"] == os.environ["PATH"]


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
def server(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """`kept serve` with its worker, answering; stopped should a test leave it running."""
    environment = environment_in(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve"],
        cwd=BASE_FOLDER,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        until(lambda: httpx.get(f"{environment['KEPT_BASE_URL']}/healthz").status_code == 200)
        until(lambda: asyncio.run(users_of_the_database(folder)) >= 2)  # the server, and its worker too
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


async def users_of_the_database(folder: Path) -> int:
    """How many connections there are beside the one that asks."""
    with embedded_postgres(folder) as url:
        connection = await asyncpg.connect(url)
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        found: int = await connection.fetchval(others)
        await connection.close()
    return found


@pytest.mark.parametrize("ending", ["the supervisor's SIGTERM", "Ctrl-C in a terminal", "a terminal that is closed"])
def test_serving_ends_with_everything_it_started(folder: Path, server: subprocess.Popen[str], ending: str) -> None:
    assert is_running(folder)
    if ending == "the supervisor's SIGTERM":
        server.send_signal(signal.SIGTERM)
    else:  # a terminal tells the whole group
        os.killpg(server.pid, signal.SIGINT if ending.startswith("Ctrl-C") else signal.SIGHUP)
    _, said = server.communicate(timeout=30)  # its stderr ends when the last who may write to it, the worker, is gone
    assert (server.returncode, "Traceback" in said) == (0, False), said
    assert not is_running(folder)
