"""The demo starts over in a folder that it made itself, and in no other."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import SetupFault
from core.settings import BASE_FOLDER
from demo.__main__ import STARTED, _asks_to_start_over, _start_over
from tests.live.processes import environment_in, kept


def names_in(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


@pytest.mark.live
@pytest.mark.parametrize("fresh", ["", "0", "1"])
def test_the_data_of_a_company_survive_the_demo(tmp_path: Path, fresh: str) -> None:
    folder = tmp_path / "data"
    environment = environment_in(folder)
    kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "alice@acme.example")
    (folder / "secret.key").write_text("not-a-secret-" * 3)
    before = names_in(folder)
    refused = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=BASE_FOLDER,
        env={**environment, "FRESH": fresh},
        capture_output=True,
        text=True,
        timeout=60,
    )
    [line] = refused.stderr.splitlines()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert line.startswith(f"kept: {folder} was not made by the demo: it holds no {STARTED}; ")
    assert names_in(folder) == before
    assert "/sign-in/" in kept(environment, "sign-in-link", "alice@acme.example")


def test_a_new_folder_is_marked_before_anything_is_in_it(tmp_path: Path) -> None:
    _start_over(tmp_path / "demo")
    assert names_in(tmp_path / "demo") == {STARTED}


def test_half_a_demo_is_removed(tmp_path: Path) -> None:
    (tmp_path / STARTED).touch()
    (tmp_path / "secret.key").touch()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "vega.js").touch()
    _start_over(tmp_path)
    assert names_in(tmp_path) == {STARTED}


def test_what_somebody_put_beside_the_demo_is_not_removed(tmp_path: Path) -> None:
    for name in (STARTED, "secret.key", "thesis.odt"):
        (tmp_path / name).touch()
    with pytest.raises(SetupFault, match=r"it holds thesis\.odt"):
        _start_over(tmp_path)
    assert names_in(tmp_path) == {STARTED, "secret.key", "thesis.odt"}


def test_only_one_means_to_start_over() -> None:
    assert {fresh: _asks_to_start_over(fresh) for fresh in ("", "0", "1")} == {"": False, "0": False, "1": True}
    with pytest.raises(SetupFault, match="FRESH is no; say FRESH=1"):
        _asks_to_start_over("no")
