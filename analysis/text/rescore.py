"""Read comments again, in batches: after a change of themes, with a new model, or because an operator asks for it.

Nothing else hangs on what was read: tallies count what was chosen, and all that shows sentiment or themes is read from
the scores each time. So a batch stores its readings and that is all.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from analysis.text.load_rereads import Scope, load_rereads
from analysis.text.read_comments import await_readers
from analysis.text.reading import ReadingRules, analyser_version
from analysis.text.rescoring_diff import Reread
from analysis.text.store_readings import store_readings
from core.clock import Clock
from core.database import fetch, transaction
from core.errors import NotFound

BATCH = 500
RESCORING_LOCK = 0x61676169  # "agai"; one batch at a time, so that no two runs store the same comment at once
_PAUSE = 0.2  # seconds, while another worker reads
RESCORED_DAYS = 366
FROM_THE_START = datetime(1970, 1, 1, tzinfo=UTC)


class Rescoring(Struct, frozen=True):
    """A run as its table has it; without an analyser it has not begun, and has no span of answers yet."""

    id: int
    workspace: int | None
    since: datetime
    analyser: str
    first_answer: int
    last_answer: int
    done_to: int
    n_read: int
    n_changed: int
    finished_at: datetime | None

    @property
    def scope(self) -> Scope:
        return Scope(self.workspace, self.since, self.done_to, self.last_answer)

    @property
    def is_covered(self) -> bool:
        """Whether it was dropped for a later one that covers it."""
        return self.finished_at is not None and (not self.analyser or self.done_to < self.last_answer)

    @property
    def share_done(self) -> float:
        """From 0 to 1, by the answers it has passed."""
        if self.finished_at is not None:
            return 1.0
        span = self.last_answer - self.first_answer + 1
        return (self.done_to - self.first_answer + 1) / span if self.analyser and span else 0.0


async def ask_rescoring(workspace: int | None, since: datetime, now: datetime) -> int:
    """Let the worker read the comments again that were given since then, in all workspaces if it is None.

    Returns the id of the run. It waits for nobody, and one asked for before it that covers no more is dropped.
    """
    return int((await fetch(_ASK, workspace, since, now))[0]["id"])


async def read_last_year_again(workspace: int, now: datetime) -> int:
    """After a change of how a workspace reads: older comments stay as they are until `kept rescore`.

    A year and a day is what pages look back at. It begins at midnight, so that a later change of the same day covers
    an earlier one, and the comments are not read once for each.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return await ask_rescoring(workspace, midnight - timedelta(days=RESCORED_DAYS), now)


async def take_up_rescoring(workspace: int | None, since: datetime, now: datetime) -> int:
    """The run that was stopped half-way, where there is one over the same comments; else a new one."""
    stopped = await fetch(_STOPPED, workspace, since)
    return int(stopped[0]["id"]) if stopped else await ask_rescoring(workspace, since, now)


async def load_rescoring(run: int) -> Rescoring:
    rows = await fetch(f"SELECT {_COLUMNS} FROM rescoring WHERE id = $1", run)
    if not rows:
        raise NotFound("There is no such rescoring.")
    return Rescoring(**rows[0])


async def finish_rescoring(run: int, clock: Clock, progress: Callable[[float], None]) -> Rescoring:
    """Work the run off, beside a worker that may be at it too; `progress` is told which share is done."""
    while (found := await load_rescoring(run)).finished_at is None:
        progress(found.share_done)
        if not await rescore_batch(run, clock()):
            await asyncio.sleep(_PAUSE)
    progress(1)
    return found


async def rescore_comments(now: datetime) -> int:
    """One batch of the run that waits longest; returns how many comments it read, and 1 for a run that is done."""
    return await rescore_batch(None, now)


async def rescore_batch(run: int | None, now: datetime) -> int:
    """The next batch of this run, or of any; 0 where it is done or another worker reads again just now.

    A worker that is killed leaves nothing half: what was read is stored with how far the run is, in one transaction.
    Answers are locked only while they are stored, and those that somebody is deleting are passed over.
    """
    async with transaction():
        if not (await fetch("SELECT pg_try_advisory_xact_lock($1) AS is_ours", RESCORING_LOCK))[0]["is_ours"]:
            return 0
        await fetch(_DROP_COVERED, now)
        claimed = await fetch(_CLAIM, run)
        if not claimed:
            return 0
        found = Rescoring(**claimed[0])
        version = await asyncio.to_thread(analyser_version, ReadingRules(()))
        if found.analyser != version:
            await _begin(found.id, version)
            return 1
        rereads = await load_rereads(found.scope, BATCH)
        changed = await _store(rereads, now)
        await fetch(_PROGRESS, found.id, max((one.answer for one in rereads), default=None), len(rereads), changed)
        if len(rereads) < BATCH:
            await fetch("UPDATE rescoring SET done_to = last_answer, finished_at = $2 WHERE id = $1", found.id, now)
    return len(rereads) or 1


async def _begin(run: int, version: str) -> None:
    """Also where another version of the analyser had begun: what it has read is read again."""
    await await_readers()
    await fetch(_BEGIN, run, version)


async def _store(rereads: list[Reread], now: datetime) -> int:
    """What is read otherwise than it is held, the former score beside it; returns how many of them say otherwise."""
    held = {row["id"] for row in await fetch(_HOLD, [one.answer for one in rereads if one.is_to_be_stored])}
    differing = [one for one in rereads if one.answer in held]
    await fetch(_KEEP_PAST, [one.answer for one in differing if one.changes_score], now)
    await store_readings({one.answer: one.after for one in differing}, now)
    return sum(one.changes_anything for one in differing)


_COLUMNS = "id, workspace, since, analyser, first_answer, last_answer, done_to, n_read, n_changed, finished_at"

_ASK = """
INSERT INTO rescoring (workspace, since, analyser, first_answer, last_answer, done_to, n_read, n_changed, started_at)
VALUES ($1, $2, '', 0, 0, 0, 0, 0, $3) RETURNING id
"""

_STOPPED = """
SELECT id FROM rescoring WHERE finished_at IS NULL AND workspace IS NOT DISTINCT FROM $1 AND since = $2
ORDER BY id DESC LIMIT 1
"""

# A later run reads the rest as well, by newer rules.
_DROP_COVERED = """
UPDATE rescoring SET finished_at = $1 WHERE id IN (
    SELECT r.id FROM rescoring r WHERE r.finished_at IS NULL AND EXISTS (
        SELECT FROM rescoring later
        WHERE later.finished_at IS NULL AND later.id > r.id AND later.since <= r.since
            AND (later.workspace IS NULL OR later.workspace = r.workspace)
    ) FOR UPDATE OF r SKIP LOCKED
)
"""

_CLAIM = f"""
SELECT {_COLUMNS} FROM rescoring WHERE finished_at IS NULL AND ($1::int IS NULL OR id = $1)
ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""

_BEGIN = """
UPDATE rescoring SET analyser = $2, n_read = 0, n_changed = 0, first_answer = span.first, last_answer = span.last,
    done_to = span.first - 1
FROM (SELECT coalesce(min(answer), 1) AS first, coalesce(max(answer), 0) AS last FROM comment_score) span
WHERE id = $1
"""

_PROGRESS = """
UPDATE rescoring SET done_to = coalesce($2, done_to), n_read = n_read + $3, n_changed = n_changed + $4 WHERE id = $1
"""

# Whoever deletes an answer holds it already, and may be waiting for this one's neighbour.
_HOLD = "SELECT id FROM answer WHERE id = ANY($1) ORDER BY id FOR KEY SHARE SKIP LOCKED"

_KEEP_PAST = """
INSERT INTO past_comment_score (answer, language, state, polarity, probability, analyser, scored_at, replaced_at)
SELECT answer, language, state, polarity, probability, analyser, scored_at, $2
FROM comment_score WHERE answer = ANY($1) ORDER BY answer
"""
