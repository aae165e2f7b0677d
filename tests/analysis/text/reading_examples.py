"""Comments in the database as customers leave them, and what was read out of them."""

from datetime import timedelta
from typing import Any

from core.database import fetch
from tests.analysis.answers import commented, contacts_of, given, score
from tests.factories import Hands

TABLES = ("comment_score", "comment_clause", "comment_theme", "comment_emotion", "past_comment_score")
WORDS = (
    "Great staff, but the app keeps crashing.",
    "We were on hold for forty minutes and nobody helped. I am furious.",
    "The checkout is far too complicated.",
    "Everything was perfect, thank you!",
    "Die Rechnung kam viel zu spät und niemand hat geantwortet",
    "The table is brown",
    "A faster search",
)


async def said(workspace: int, hands: Hands, *comments: str, touchpoint: str = "delivery") -> list[int]:
    """Each from a contact of its own, a minute apart, and scored; the ids of the answers that hold them."""
    answers = await unscored(workspace, hands, *comments, touchpoint=touchpoint)
    await score(hands)
    return answers


async def unscored(workspace: int, hands: Hands, *comments: str, touchpoint: str = "delivery") -> list[int]:
    known = (await fetch("SELECT count(*) AS n FROM contact WHERE workspace = $1", workspace))[0]["n"]
    contacts = (await contacts_of_more(workspace, known, len(comments))) if known else None
    contacts = contacts or await contacts_of(workspace, len(comments))
    for minute, (contact, words) in enumerate(zip(contacts, comments, strict=True)):
        moment = hands.now - timedelta(days=1) + timedelta(minutes=minute)
        await given(workspace, contact, moment, touchpoint=touchpoint)
        await commented(contact, words)
    rows = await fetch(
        "SELECT a.id FROM answer a JOIN response r ON r.id = a.response WHERE r.contact = ANY($1) ORDER BY a.id",
        contacts,
    )
    return [row["id"] for row in rows]


async def contacts_of_more(workspace: int, known: int, n: int) -> list[int]:
    rows = await fetch(
        "INSERT INTO contact (workspace, external_id, name, kind, locale, created_at) "
        "SELECT $1, 'more' || n, '', 'customer', '', now() FROM generate_series($2::int, $2::int + $3::int - 1) n "
        "RETURNING id",
        workspace,
        known,
        n,
    )
    return [row["id"] for row in rows]


async def kept_rows() -> dict[str, list[dict[str, Any]]]:
    """All that was read out of comments, and when."""
    return {table: await fetch(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


async def readings() -> list[dict[str, Any]]:
    """What the comments are held for, without who read them and the numbers of rows."""
    return await fetch(_READINGS)


_READINGS = """
SELECT s.answer, s.language, s.state, s.polarity, s.probability,
    ARRAY(SELECT concat_ws(' ', number, start, stop, state, polarity, probability)
          FROM comment_clause c WHERE c.answer = s.answer ORDER BY number) AS clauses,
    ARRAY(SELECT concat_ws(' ', theme, clause, start, stop)
          FROM comment_theme t WHERE t.answer = s.answer ORDER BY theme, clause) AS themes,
    ARRAY(SELECT concat_ws(' ', emotion, start, stop)
          FROM comment_emotion e WHERE e.answer = s.answer ORDER BY emotion, start) AS emotions
FROM comment_score s ORDER BY s.answer
"""
