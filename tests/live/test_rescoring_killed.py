"""A rescoring whose process is killed goes on where it was: each comment is read and kept once, in every process."""

import asyncio
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from core.embedded import embedded_postgres
from tests.factories import JOURNEY
from tests.live.processes import environment_in, kept, until

COMMENTS = 4_000
BEGUN = 500  # comments read before it is killed
OLD = "kept-old-1"

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A Kept with many comments, scored by its worker, and held by an analyser that knew nothing."""
    folder = tmp_path_factory.mktemp("kept")
    environment = environment_in(folder / "data")
    journey = folder / "journey.yaml"
    journey.write_text(JOURNEY, encoding="utf-8")
    kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "alice@acme.example")
    kept(environment, "journey", "import", str(journey), "--workspace", "acme")
    asked(environment, _COMMENTS.format(n=COMMENTS))
    kept(environment, "worker", "--once")
    return environment


def asked(environment: dict[str, str], statement: str) -> list[dict[str, Any]]:
    async def ask(url: str) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(url)
        try:
            return [dict(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    with embedded_postgres(Path(environment["KEPT_DATA_FOLDER"])) as url:
        return asyncio.run(ask(url))


def children_of(process: int) -> list[int]:
    found = [path.read_text().split() for path in Path(f"/proc/{process}/task").glob("*/children")]
    return [int(child) for children in found for child in children]


def is_alive(process: int) -> bool:
    status = Path(f"/proc/{process}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def test_a_rescoring_that_is_killed_reads_each_comment_once_in_the_end(environment: dict[str, str]) -> None:
    held = asked(environment, _HELD)
    assert len(held) == COMMENTS
    asked(environment, f"UPDATE comment_score SET state = 'neutral', polarity = 0, analyser = '{OLD}'")
    asked(environment, "INSERT INTO sentiment_label (answer, state, labelled_at) SELECT answer, 'mixed', now() "
                       "FROM comment_score LIMIT 100")  # fmt: skip
    dry = kept(environment, "rescore", "--workspace", "acme", "--dry-run")
    changed = int(re.findall(r"([\d,]+) would change", dry)[0].replace(",", ""))
    assert changed > COMMENTS / 2
    assert dry.endswith("nothing was stored")

    with embedded_postgres(Path(environment["KEPT_DATA_FOLDER"])):  # so that only the reading is killed
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "rescore", "--workspace", "acme"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: bool(asked(environment, f"SELECT FROM rescoring WHERE n_read >= {BEGUN}")))
        readers = children_of(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        until(lambda: not any(map(is_alive, readers)))  # they end with the one that started them
        [run] = asked(environment, "SELECT id, n_read, n_changed, done_to, finished_at FROM rescoring")
        assert BEGUN <= run["n_read"] < COMMENTS
        assert run["finished_at"] is None
        [half] = asked(environment, f"SELECT count(*) AS n FROM comment_score WHERE analyser = '{OLD}'")
        assert half["n"] == COMMENTS - run["n_read"]

    told = kept(environment, "rescore", "--workspace", "acme")
    assert told == f"{COMMENTS:,} comments read again, {changed:,} changed"
    assert asked(environment, _HELD) == held
    [past] = asked(environment, "SELECT count(*) AS n, count(DISTINCT answer) AS answers FROM past_comment_score")
    assert (past["n"], past["answers"]) == (changed, changed)
    assert len(asked(environment, "SELECT FROM sentiment_label WHERE state = 'mixed'")) == 100
    assert [row["id"] for row in asked(environment, "SELECT id FROM rescoring")] == [run["id"]]


def test_its_words_are_one_line_and_a_workspace_that_is_not_there_another(environment: dict[str, str]) -> None:
    assert kept(environment, "rescore", "--since", "2100-01-01") == "0 comments read again, 0 changed"
    refused = subprocess.run(
        [sys.executable, "-m", "cli", "rescore", "--workspace", "moon"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "kept: there is no workspace moon\n"


_COMMENTS = """
WITH people AS (
    INSERT INTO contact (workspace, external_id, name, kind, locale, created_at)
    SELECT w.id, 'c' || n, '', 'customer', 'en', now() FROM workspace w, generate_series(1, {n}) n
    RETURNING id, workspace
), responses AS (
    INSERT INTO response (workspace, contact, touchpoint, survey_version, channel, locale, occurred_at, submitted_at)
    SELECT p.workspace, p.id, t.id, (SELECT max(id) FROM survey_version), 'mail', 'en', now(), now()
    FROM people p, touchpoint t WHERE t.key = 'delivery' RETURNING id
)
INSERT INTO answer (response, question, instrument, text)
SELECT id, 'why', 'comment', (ARRAY[
    'Great staff, but the app keeps crashing.', 'We were on hold for forty minutes and nobody helped.',
    'The checkout is far too complicated.', 'Everything was perfect, thank you!', 'It lost half of my data again.'
])[1 + id % 5] || ' Order ' || id FROM responses
"""

_HELD = """
SELECT s.answer, s.state, s.polarity, s.probability, s.analyser, s.packs,
       ARRAY(SELECT theme || ' ' || start FROM comment_theme t WHERE t.answer = s.answer ORDER BY start) AS themes,
       ARRAY(SELECT state || ' ' || start FROM comment_clause c WHERE c.answer = s.answer ORDER BY start) AS clauses
FROM comment_score s ORDER BY s.answer
"""
