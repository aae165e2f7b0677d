"""Read comments again beside what is held of them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from analysis.text.read_comments import read_comments
from analysis.text.reading import CommentReading
from analysis.text.rescoring_diff import Reread, as_stored
from core.database import Row, fetch


class Scope(Struct, frozen=True):
    """Comments of answers after `done_to` up to `last_answer`, given since then; of all workspaces if it is None."""

    workspace: int | None
    since: datetime
    done_to: int
    last_answer: int


async def load_rereads(scope: Scope, most: int) -> list[Reread]:
    """The first of them, in the order of their answers; nothing is stored and nothing is locked."""
    rows = await fetch(_HELD, scope.workspace, scope.since, scope.done_to, scope.last_answer, most)
    readings = await read_comments(rows)
    return [Reread(row["answer"], _held(row), as_stored(reading)) for row, reading in zip(rows, readings, strict=True)]


async def whole_scope(workspace: int | None, since: datetime) -> Scope:
    """All comments that were read up to now."""
    rows = await fetch("SELECT coalesce(min(answer), 1) AS first, coalesce(max(answer), 0) AS last FROM comment_score")
    return Scope(workspace, since, rows[0]["first"] - 1, rows[0]["last"])


def after(scope: Scope, rereads: Sequence[Reread]) -> Scope:
    return msgspec.structs.replace(scope, done_to=rereads[-1].answer)


def _held(row: Row) -> CommentReading:
    spans = msgspec.json.decode(row["spans"])
    return msgspec.convert({**row, **spans, "language": row["language"] or None}, CommentReading)


# Rows of other workspaces are passed over in the order of the index; each is met once in a run.
_HELD = """
WITH due AS MATERIALIZED (
    SELECT s.answer, s.language, s.state, s.polarity, s.probability, s.analyser, s.packs, a.question, a.text,
           r.workspace, r.survey_version, r.locale
    FROM comment_score s JOIN answer a ON a.id = s.answer JOIN response r ON r.id = a.response
    WHERE s.answer > $3 AND s.answer <= $4 AND r.submitted_at >= $2 AND ($1::int IS NULL OR r.workspace = $1)
        AND a.text IS NOT NULL
    ORDER BY s.answer LIMIT $5
)
SELECT d.*, jsonb_build_object(
    'clauses', ARRAY(
        SELECT jsonb_build_object('start', c.start, 'stop', c.stop, 'state', c.state, 'polarity', c.polarity,
                                  'probability', c.probability)
        FROM comment_clause c WHERE c.answer = d.answer ORDER BY c.number
    ),
    'emotions', ARRAY(
        SELECT jsonb_build_object('start', e.start, 'stop', e.stop, 'emotion', e.emotion)
        FROM comment_emotion e WHERE e.answer = d.answer ORDER BY e.start, e.stop, e.emotion
    ),
    'themes', ARRAY(
        SELECT jsonb_build_object('start', t.start, 'stop', t.stop, 'theme', t.theme, 'clause', t.clause)
        FROM comment_theme t WHERE t.answer = d.answer ORDER BY t.start, t.stop, t.theme COLLATE "C", t.clause
    )
) AS spans
FROM due d ORDER BY d.answer
"""
