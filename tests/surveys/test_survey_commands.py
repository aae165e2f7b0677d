"""Surveys on the command line, as real processes on the test's own database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accounts.membership import create_workspace
from surveys.starters import starter, starters
from surveys.survey_file import read_survey
from tests.test_cli import kept, refusal

pytestmark = pytest.mark.live


@pytest.fixture
async def stored(database: None, database_url: str) -> dict[str, str]:
    """The settings of a process that works on this database, in which there is a workspace."""
    await create_workspace("acme", "Acme", datetime(2026, 3, 1, tzinfo=UTC))
    return {"KEPT_DATABASE_URL": database_url}


def test_every_starter_is_listed(tmp_path: Path) -> None:
    lines = kept(tmp_path, "survey", "starters").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == [one.key for one in starters()]


def test_a_new_survey_is_published_once_and_exported_again(tmp_path: Path, stored: dict[str, str]) -> None:
    made = kept(tmp_path, "survey", "new", "leaving", "--key", "bye", "--name", "Good bye")
    file = tmp_path / "bye.yaml"
    file.write_text(made.stdout, encoding="utf-8")
    checked = kept(tmp_path, "survey", "check", file)
    assert checked.stdout == "bye: no faults; 4 questions at most; en, de\n"
    assert checked.stderr == "note: 4 questions on one way through it; three or fewer get more answers\n"
    published = [kept(tmp_path, "survey", "publish", file, "--workspace", "acme", **stored).stdout for _ in range(2)]
    assert published == ["bye: version 1 published\n", "bye: unchanged since version 1\n"]
    for form in ([], ["--json"]):
        exported = kept(tmp_path, "survey", "export", "bye", "--workspace", "acme", *form, **stored).stdout
        assert read_survey(exported, "survey") == read_survey(made.stdout, "survey")
        assert form or exported == made.stdout  # to the letter: git sees no change
    assert read_survey(made.stdout, "survey").questions == starter("leaving").questions


def test_a_file_with_faults_is_refused_with_a_line_for_each(tmp_path: Path, stored: dict[str, str]) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("kept: survey/1\nkey: Bad\nname: Bad\nquestions: [{key: a, instrument: stars}]\n")
    lines = refusal(kept(tmp_path, "survey", "check", file))
    assert [line.split(": ")[1] for line in lines] == ["key", "questions[0].instrument"]
    assert refusal(kept(tmp_path, "survey", "publish", file, "--workspace", "acme", **stored)) == lines


def test_what_is_not_there_is_one_line(tmp_path: Path, stored: dict[str, str]) -> None:
    [line] = refusal(kept(tmp_path, "survey", "new", "moon"))
    assert line.startswith("kept: There is no starter moon; there are anchor, ")
    [line] = refusal(kept(tmp_path, "survey", "new", "anchor", "--key", "No key"))
    assert line.startswith("kept: key: this is 'No key'; write a key")
    gone = kept(tmp_path, "survey", "export", "moon", "--workspace", "acme", **stored)
    assert refusal(gone) == ["kept: There is no survey moon."]
