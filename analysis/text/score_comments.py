"""Read comments that nobody has read yet, and keep what they say."""

from collections.abc import Sequence
from datetime import datetime

from analysis.text.read_comments import hold_rules, read_comments
from analysis.text.store_readings import store_readings
from core.database import fetch


async def score_comments(answers: Sequence[int], now: datetime) -> None:
    """Score those of the answers that hold words, inside the caller's transaction and before it locks the tallies.

    The text stack is loaded at the first comment, so that only a worker ever loads it.
    """
    await hold_rules()
    comments = await fetch(_COMMENTS, answers)
    readings = await read_comments(comments)
    await store_readings({row["id"]: reading for row, reading in zip(comments, readings, strict=True)}, now)


_COMMENTS = """
SELECT a.id, a.question, a.text, r.workspace, r.survey_version, r.locale
FROM answer a JOIN response r ON r.id = a.response WHERE a.id = ANY($1) AND a.text IS NOT NULL ORDER BY a.id
"""
