"""Score the responses nobody has scored yet: sentiment and themes of comments, and the tally."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from analysis.recount import lock_tallies, recounted
from analysis.tally import add_to_tally, cells_of
from core.database import Row, fetch, transaction

if TYPE_CHECKING:
    from analysis.sentiment import Sentiment
    from analysis.themes import ThemeHit

BATCH = 200


async def score_responses(now: datetime) -> int:
    """Score one batch in one transaction; returns how many responses it held.

    The text stack is imported at the first call, so that only a worker ever loads it.
    """
    from analysis.sentiment import score
    from analysis.themes import find_themes, shipped_packs

    async with transaction():
        responses = await fetch(_CLAIM, BATCH)
        claimed = [row["id"] for row in responses]
        if not claimed:
            return 0
        answers = await fetch(_ANSWERS, claimed)
        comments = [row for row in answers if row["text"]]
        await _store_sentiments(
            [(row["id"], score(row["text"], row["locale"], (row["language"],))) for row in comments], now
        )
        await _store_themes((row["id"], hit) for row in comments for hit in find_themes(row["text"], shipped_packs()))
        await _count(responses, answers, now)
    return len(claimed)


async def _count(responses: list[Row], answers: list[Row], now: datetime) -> None:
    """Put the answers into both tallies and mark their responses, so that an answer is counted exactly once."""
    contacts = {row["contact"] for row in responses}
    await lock_tallies()
    await add_to_tally(cells_of(responses, answers))
    async with recounted(contacts):
        await fetch("UPDATE response SET scored_at = $1 WHERE id = ANY($2)", now, [row["id"] for row in responses])


async def _store_sentiments(scored: "Iterable[tuple[int, Sentiment]]", now: datetime) -> None:
    records = [
        {"answer": answer, **msgspec.structs.asdict(sentiment), "language": sentiment.language or ""}
        for answer, sentiment in scored
    ]
    await fetch(_INSERT_SENTIMENTS, msgspec.json.encode(records).decode(), now)


async def _store_themes(found: "Iterable[tuple[int, ThemeHit]]") -> None:
    """Each theme once a comment, at its first mention."""
    first = {(answer, hit.theme): hit for answer, hit in reversed(list(found))}
    records = [
        {"answer": answer, "theme": theme, "start": hit.start, "stop": hit.end}
        for (answer, theme), hit in first.items()
    ]
    await fetch(_INSERT_THEMES, msgspec.json.encode(records).decode())


_CLAIM = """
SELECT id, contact, touchpoint, occurred_at, channel, persona FROM response
WHERE scored_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
"""

_ANSWERS = """
SELECT a.id, a.question, a.instrument, a.value, a.picks, a.text, r.touchpoint, r.occurred_at, r.channel, r.persona,
       r.locale, v.definition ->> 'language' AS language
FROM answer a JOIN response r ON r.id = a.response JOIN survey_version v ON v.id = r.survey_version
WHERE r.id = ANY($1) ORDER BY a.id
"""

_INSERT_SENTIMENTS = """
INSERT INTO comment_score (answer, language, state, polarity, analyser, scored_at)
SELECT answer, language, state, polarity, analyser, $2::timestamptz FROM jsonb_to_recordset($1::jsonb)
    AS r(answer bigint, language text, state text, polarity float8, analyser text)
"""

_INSERT_THEMES = """
INSERT INTO comment_theme (answer, theme, start, stop)
SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(answer bigint, theme text, start int, stop int)
"""
