"""Settings: typed and checked at start, documented to the letter, their secrets never shown."""

import re
import threading
from pathlib import Path

import msgspec
import pytest

from core.errors import SetupFault
from core.settings import (
    BASE_FOLDER,
    SECRETS,
    Settings,
    environment_of,
    list_settings,
    read_settings,
    secret_key_of,
)

KEY = "0123456789abcdef" * 2


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_another_port_is_the_port_of_links_too_unless_their_address_is_set() -> None:
    assert read_settings({"KEPT_PORT": "8177"}).base_url == "http://127.0.0.1:8177"
    set_ = {"KEPT_PORT": "8177", "KEPT_BASE_URL": "https://kept.example"}
    assert read_settings(set_).base_url == "https://kept.example"


def test_a_secret_that_is_set_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("secret")
    with pytest.raises(SetupFault, match="KEPT_SMTP_PASSWORD_FILE and KEPT_SMTP_PASSWORD are both set"):
        read_settings({"KEPT_SMTP_PASSWORD": "other", "KEPT_SMTP_PASSWORD_FILE": str(tmp_path / "word")})


def test_what_is_not_for_kept_is_left_alone() -> None:
    assert read_settings({"PATH": "/bin", "KEPTLY": "1", "kept_port": "9"}) == Settings()


def test_every_setting_can_be_set() -> None:
    environment = {
        "KEPT_DATA_FOLDER": "/srv/kept",
        "KEPT_DATABASE_URL": "postgresql://kept@db/kept",
        "KEPT_DATABASE_CONNECTIONS": "3",
        "KEPT_SECRET_KEY": KEY,
        "KEPT_BASE_URL": "https://kept.example",
        "KEPT_HOST": "0.0.0.0",
        "KEPT_PORT": "9000",
        "KEPT_MAIL_TRANSPORT": "smtp",
        "KEPT_MAIL_FROM": "Example <ask@kept.example>",
        "KEPT_SMTP_HOST": "mail.kept.example",
        "KEPT_SMTP_PORT": "465",
        "KEPT_SMTP_USERNAME": "kept",
        "KEPT_SMTP_PASSWORD": "word",
        "KEPT_SMTP_TLS": "tls",
        "KEPT_SMTP_TIMEOUT_SECONDS": "2.5",
        "KEPT_SMTP_CONNECTIONS": "8",
        "KEPT_MESSENGERS_INSIDE": "true",
        "KEPT_WORKER_PAUSE_SECONDS": "0.5",
        "KEPT_WORKER_LEASE_SECONDS": "30",
        "KEPT_LOG_FORMAT": "json",
        "KEPT_LOG_LEVEL": "warning",
    }
    assert {line.variable for line in list_settings(Settings())} == set(environment)
    found, untouched = read_settings(environment), Settings()
    assert [name for name in Settings.__struct_fields__ if getattr(found, name) == getattr(untouched, name)] == []
    assert (found.data_folder, found.port, found.smtp_timeout_seconds) == (Path("/srv/kept"), 9000, 2.5)


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("KEPT_PORT", "abc", "Expected `int`"),
        ("KEPT_PORT", "0", "Expected `int` >= 1"),
        ("KEPT_PORT", "70000", "Expected `int` <= 65535"),
        ("KEPT_DATABASE_CONNECTIONS", "0", "Expected `int` >= 1"),
        ("KEPT_BASE_URL", "https://kept.example/surveys", "without a path"),
        ("KEPT_BASE_URL", "kept.example", "The address people reach Kept at"),
        ("KEPT_HOST", "", "The address to listen on"),
        ("KEPT_MAIL_TRANSPORT", "pigeon", "choose outbox or smtp"),
        ("KEPT_MAIL_FROM", "nobody", "such as Example <ask@example.com>"),
        ("KEPT_MAIL_FROM", "a@kept.example\nBcc: b@kept.example", "such as Example <ask@example.com>"),
        ("KEPT_SMTP_TLS", "ssl", "choose none or starttls or tls"),
        ("KEPT_SMTP_TIMEOUT_SECONDS", "0", "Expected `float` > 0.0"),
        ("KEPT_SMTP_CONNECTIONS", "0", "Expected `int` >= 1"),
        ("KEPT_WORKER_LEASE_SECONDS", "1", "Expected `float` >= 5.0"),
        ("KEPT_WORKER_PAUSE_SECONDS", "soon", "how long an idle worker waits"),
        ("KEPT_LOG_FORMAT", "xml", "choose console or json"),
        ("KEPT_LOG_LEVEL", "loud", "choose debug or info or warning or error"),
        ("KEPT_SECRET_KEY", "short", "make one with: openssl rand -hex 32"),
        ("KEPT_PRT", "8000", "did you mean KEPT_PORT?"),
        ("KEPT_SECRET_KEY_FIL", "x", "did you mean KEPT_SECRET_KEY_FILE?"),
        ("KEPT_PORT_FILE", "x", "is not a setting of Kept"),
        ("KEPT_XYZZY", "1", "see: kept settings"),
        ("KEPT_SMTP_PASSWORD_FILE", "/nowhere/at/all", "can't be read: No such file or directory"),
    ],
)
def test_a_fault_is_one_line_with_the_variable_and_the_remedy(variable: str, value: str, remedy: str) -> None:
    with pytest.raises(SetupFault) as refused:
        read_settings({variable: value})
    said = str(refused.value)
    assert said.startswith(variable)
    assert remedy.lower() in said.lower()
    assert "\n" not in said


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_may_be_in_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{KEY}\n")
    assert getattr(read_settings({f"KEPT_{name.upper()}_FILE": str(file)}), name) == KEY


def test_a_file_of_secrets_that_is_no_text_is_one_line_too(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"\xd0\x00\xff")
    with pytest.raises(SetupFault, match=r"KEPT_SMTP_PASSWORD_FILE names .* is not text"):
        read_settings({"KEPT_SMTP_PASSWORD_FILE": str(file)})


def test_a_short_key_in_a_file_is_refused_without_being_told(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("swordfish")
    with pytest.raises(SetupFault, match="shorter than 32") as refused:
        read_settings({"KEPT_SECRET_KEY_FILE": str(file)})
    assert "swordfish" not in str(refused.value)


def test_the_list_masks_secrets_and_nothing_else() -> None:
    given = Settings(database_url="postgresql://kept:sesame@db/kept", secret_key=KEY, smtp_password="word", port=9000)
    shown = {line.variable: line.value for line in list_settings(given)}
    masked = {variable for variable, value in shown.items() if value == "(set)"}
    assert masked == {"KEPT_DATABASE_URL", "KEPT_SECRET_KEY", "KEPT_SMTP_PASSWORD"}
    assert shown["KEPT_PORT"] == "9000"


def test_the_list_says_where_a_secret_is_not_set() -> None:
    shown = {line.variable: line.value for line in list_settings(Settings())}
    assert [shown[f"KEPT_{name.upper()}"] for name in SECRETS] == ["", "", ""]


def test_the_page_for_operators_lists_every_setting_as_it_is() -> None:
    page = (BASE_FOLDER / "docs" / "running.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `(KEPT_\w+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", page, flags=re.MULTILINE)
    assert documented == [(line.variable, line.value, line.help) for line in list_settings(Settings())]


def test_the_key_that_is_set_is_the_key(tmp_path: Path) -> None:
    assert secret_key_of(Settings(secret_key=KEY, data_folder=tmp_path)) == KEY
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path / "new")
    key = secret_key_of(settings)
    assert len(key) == 64
    assert secret_key_of(settings) == key
    [file] = settings.data_folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_another_folder_has_another_key(tmp_path: Path) -> None:
    assert secret_key_of(Settings(data_folder=tmp_path / "a")) != secret_key_of(Settings(data_folder=tmp_path / "b"))


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    keys: list[str] = []
    for attempt in range(20):
        settings = Settings(data_folder=tmp_path / str(attempt))
        start = threading.Barrier(4)

        def begin(settings: Settings = settings, start: threading.Barrier = start) -> None:
            start.wait()
            keys.append(secret_key_of(settings))

        threads = [threading.Thread(target=begin) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {len(key) for key in keys} == {64}
    assert len(set(keys)) == 20


def test_a_folder_that_can_not_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupFault, match=r"can't keep a secret key in .*Not a directory"):
        secret_key_of(Settings(data_folder=tmp_path / "file" / "data"))


def test_another_process_reads_the_settings_of_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = Settings(data_folder=Path("data/demo"), secret_key=KEY, smtp_password="word", port=9000, log_level="warning")
    environment = environment_of(here)
    monkeypatch.chdir("/")
    there = read_settings(environment)
    assert there.data_folder == tmp_path / "data" / "demo"
    assert msgspec.structs.replace(there, data_folder=here.data_folder) == here
