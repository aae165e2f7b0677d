"""`kept pains export`, as a process of its own, on the database that is there."""

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from analysis.pains.exports.json_file import pain_schema
from analysis.pains.exports.pain_files import FILES
from analysis.pains.keep_pains import add_hypothesis, set_status
from analysis.pains.pain_list import PainOrder
from analysis.pains.pain_point import PainStatus
from commands.pains import KINDS, ORDERS, STATUSES
from core.settings import BASE_FOLDER, Settings, environment_of
from core.site import Site
from tests.factories import Hands, make_journey
from tests.people import People

pytestmark = pytest.mark.live

EXPORT = ("pains", "export", "--workspace", "acme", "--journey", "buying")
DAYS = ("--since", "2025-12-03", "--until", "2026-03-02")


@pytest.fixture
def settings(site: Site, database_url: str) -> Settings:
    return Settings(
        data_folder=site.settings.data_folder,
        secret_key=site.settings.secret_key,
        database_url=database_url,
        base_url="https://kept.example",
    )


@pytest.fixture(autouse=True)
async def hypotheses(people: People, hands: Hands) -> None:
    """Two, of which one was dismissed."""
    await make_journey(people.acme, hands.now)
    await add_hypothesis(people.acme, "buying", "delivery", "Stairs", None, hands.now)
    dismissed = await add_hypothesis(people.acme, "buying", "shop", "Too cold", None, hands.now)
    await set_status(people.acme, dismissed, PainStatus.DISMISSED, "", None, hands.now)


async def kept(settings: Settings, *words: str | Path) -> tuple[int, str]:
    """The code it ended with, and what it said beside its file."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "cli", *map(str, words)],
        cwd=BASE_FOLDER,
        env={**os.environ, **environment_of(settings)},
        capture_output=True,
        timeout=60,
    )
    return done.returncode, (done.stdout + done.stderr).decode().strip()


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def test_the_command_takes_every_kind_every_status_and_every_order() -> None:
    """Its choices stand there in words, so that `kept --help` loads no engine."""
    assert (tuple(FILES), tuple(PainStatus), tuple(PainOrder)) == (KINDS, STATUSES, ORDERS)


async def test_the_list_is_written_as_json_that_its_schema_knows(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "pains.json"
    assert await kept(settings, *EXPORT, *DAYS, "--format", "json", "--out", file) == (0, "1 of 2 pain points")
    written = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate(written, pain_schema())
    assert [row["evidence_level"] for row in written["pains"]] == ["hypothesis"]
    assert (written["report"]["since"], written["report"]["until"]) == ("2025-12-03", "2026-03-02")


async def test_a_tracker_gets_tickets_that_lead_back(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "jira.csv"
    assert (await kept(settings, *EXPORT, *DAYS, "--format", "jira", "--out", file))[0] == 0
    [ticket] = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
    assert "Stairs" in ticket["Summary"]
    assert "|https://kept.example/w/acme/pain-points/buying/delivery/hypothesis-" in ticket["Description"]


async def test_a_status_can_be_asked_for(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "pains.xlsx"
    assert (await kept(settings, *EXPORT, "--format", "xlsx", "--status", "dismissed", "--out", file))[0] == 0
    rows = list(openpyxl.load_workbook(file)["Pain points"].iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in rows] == ["dismissed"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--workspace", "moon"), "there is no workspace moon"),
        (("--journey", "moon"), "moon"),
        (("--since", "2026-03-02", "--until", "2026-03-01"), ""),
        (("--out", "/nowhere/at/all.csv"), "can't write"),
    ],
)
async def test_what_can_not_be_done_is_one_line_and_leaves_no_file(
    settings: Settings, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    code, told = await kept(settings, *EXPORT, "--out", tmp_path / "pains.csv", *words)
    assert code == 1
    assert told.startswith("kept: ")
    assert said in told
    assert len(told.splitlines()) == 1
    assert files_in(tmp_path) == []
