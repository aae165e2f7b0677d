"""Comments that are read already, put straight into the database: what matters here is what is made of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from analysis.load_report import Period
from analysis.score_responses import score_responses
from core.database import fetch
from tests.analysis.answers import given, noon
from tests.factories import Hands

TODAY = date(2026, 3, 2)
PERIOD = Period(TODAY - timedelta(days=89), TODAY)
SLOW, WAIT = "general.slow", "general.long_wait"


async def said(
    workspace: int,
    contact: int,
    face: int,
    *themes: str,
    day: date = TODAY,
    words: str = "It takes so very long.",
    state: str = "negative",
    **where: Any,
) -> int:
    """One contact's face and comment, which tells of the themes; the id of the comment."""
    response = await given(workspace, contact, noon(day), ("felt", "anchor", face), **where)
    return (await fetch(_READ, response, words, state, list(themes)))[0]["id"]


async def came(workspace: int, contacts: Sequence[int], day: date = TODAY, event: str = "order.delivered") -> None:
    """Each contact comes through the touchpoint with that event."""
    await fetch(_CAME, workspace, list(contacts), event, noon(day))


async def count(hands: Hands) -> None:
    """Let the worker count the answers; comments were read already."""
    texts = await fetch("UPDATE answer SET text = NULL, other = text WHERE text IS NOT NULL RETURNING id")
    while await score_responses(hands.now):
        pass
    await fetch("UPDATE answer SET text = other, other = NULL WHERE id = ANY($1)", [row["id"] for row in texts])


_READ = """
WITH wrote AS (
    INSERT INTO answer (response, question, instrument, text) VALUES ($1, 'why', 'comment', $2::text) RETURNING id
), scored AS (
    INSERT INTO comment_score (answer, language, state, polarity, analyser, packs, scored_at)
    SELECT id, 'en', $3::text, CASE $3::text WHEN 'negative' THEN -0.5 WHEN 'positive' THEN 0.5 END, 'hand 1', '', now()
    FROM wrote
), clause AS (
    INSERT INTO comment_clause (answer, number, start, stop, state, polarity)
    SELECT id, 0, 0, length($2::text), $3::text, NULL FROM wrote
), themed AS (
    INSERT INTO comment_theme (answer, theme, clause, start, stop)
    SELECT id, theme, 0, 0, 4 FROM wrote, unnest($4::text[]) AS theme
)
SELECT id FROM wrote
"""

_CAME = """
INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
SELECT $1, 'came-' || $3 || c || '-' || $4::date, $3, c, $4, $4, '{}' FROM unnest($2::bigint[]) AS c
"""
