"""Comments put straight into the database, and scored as a test says: what matters here is what is made of them."""

from datetime import datetime
from typing import Any

from core.database import fetch
from tests.analysis.answers import given


async def said(
    workspace: int, contact: int, text: str, moment: datetime, *answers: tuple[str, str, int], at: str = "delivery"
) -> int:
    """A response of `contact` with a comment that nobody has read yet; returns the comment's answer."""
    response = await given(workspace, contact, moment, *answers, touchpoint=at)
    await fetch("UPDATE response SET locale = 'en' WHERE id = $1", response)
    rows = await fetch(
        "INSERT INTO answer (response, question, instrument, text) VALUES ($1, 'why', 'comment', $2) RETURNING id",
        response,
        text,
    )
    return int(rows[0]["id"])


async def scored(comment: int, state: str, polarity: float | None, **more: Any) -> None:
    """Let the comment be read as this: in English by "test-1", unless `more` says otherwise."""
    row = {"language": "en", "analyser": "test-1", "probability": None, **more}
    await fetch(_SCORE, comment, state, polarity, row["language"], row["analyser"], row["probability"])
    await fetch("UPDATE response SET scored_at = now() WHERE id = (SELECT response FROM answer WHERE id = $1)", comment)


async def about(comment: int, theme: str, start: int, stop: int, clause: int = 0) -> None:
    """Let a theme be found in it."""
    await fetch(
        "INSERT INTO comment_theme (answer, theme, clause, start, stop) VALUES ($1, $2, $3, $4, $5)",
        comment,
        theme,
        clause,
        start,
        stop,
    )


async def clause(comment: int, number: int, start: int, stop: int, state: str, probability: float | None) -> None:
    await fetch(_CLAUSE, comment, number, start, stop, state, probability)


_SCORE = """
INSERT INTO comment_score (answer, state, polarity, language, analyser, probability, packs, scored_at)
VALUES ($1, $2, $3, $4, $5, $6, '', now())
"""

_CLAUSE = """
INSERT INTO comment_clause (answer, number, start, stop, state, polarity, probability)
VALUES ($1, $2, $3, $4, $5, NULL, $6)
"""
