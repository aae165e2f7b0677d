"""Store what was read out of comments: the score, the clauses, the themes and the emotions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from analysis.text.reading import CommentReading
from analysis.text.rescoring_diff import as_stored
from core.database import fetch


async def store_readings(readings: Mapping[int, CommentReading], now: datetime) -> None:
    """Inside the caller's transaction: each in the place of what was read of its answer before.

    What people say of a comment stands in tables of its own and is never touched.
    """
    records = [{"answer": answer, **_record(as_stored(reading))} for answer, reading in sorted(readings.items())]
    await fetch(_FORGET, list(readings))
    await fetch(_STORE, msgspec.json.encode(records).decode(), now)


def _record(reading: CommentReading) -> dict[str, Any]:
    clauses = [{"number": number, **msgspec.to_builtins(clause)} for number, clause in enumerate(reading.clauses)]
    return {**msgspec.to_builtins(reading), "language": reading.language or "", "clauses": clauses}


_FORGET = """
WITH clauses AS (DELETE FROM comment_clause WHERE answer = ANY($1)),
     emotions AS (DELETE FROM comment_emotion WHERE answer = ANY($1))
DELETE FROM comment_theme WHERE answer = ANY($1)
"""

_STORE = """
WITH reading AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
        AS r(answer bigint, language text, state text, polarity float8, probability float8, analyser text, packs text,
             clauses jsonb, themes jsonb, emotions jsonb)
), clauses AS (
    INSERT INTO comment_clause (answer, number, start, stop, state, polarity, probability)
    SELECT r.answer, c.* FROM reading r, jsonb_to_recordset(r.clauses)
        AS c(number smallint, start int, stop int, state text, polarity float8, probability float8)
), themes AS (
    INSERT INTO comment_theme (answer, theme, clause, start, stop)
    SELECT r.answer, t.* FROM reading r, jsonb_to_recordset(r.themes)
        AS t(theme text, clause smallint, start int, stop int)
), emotions AS (
    INSERT INTO comment_emotion (answer, emotion, start, stop)
    SELECT r.answer, e.* FROM reading r, jsonb_to_recordset(r.emotions) AS e(emotion text, start int, stop int)
)
INSERT INTO comment_score (answer, language, state, polarity, probability, analyser, packs, scored_at)
SELECT answer, language, state, polarity, probability, analyser, packs, $2::timestamptz FROM reading ORDER BY answer
ON CONFLICT (answer) DO UPDATE SET
    language = excluded.language, state = excluded.state, polarity = excluded.polarity,
    probability = excluded.probability, analyser = excluded.analyser, packs = excluded.packs,
    scored_at = excluded.scored_at
"""
