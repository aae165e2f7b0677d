"""Read comments: their sentiment and the themes in them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from core.database import fetch

if TYPE_CHECKING:
    from analysis.text.sentiment import Sentiment
    from analysis.text.themes import ThemeHit


async def score_comments(answers: Sequence[int], now: datetime) -> None:
    """Score those of the answers that hold words, inside the caller's transaction.

    The text stack is imported at the first call, so that only a worker ever loads it.
    """
    from analysis.text.sentiment import score
    from analysis.text.themes import find_themes, shipped_packs

    comments = await fetch(_COMMENTS, answers)
    await _store_sentiments(
        [(row["id"], score(row["text"], row["locale"], (row["language"],))) for row in comments], now
    )
    await _store_themes((row["id"], hit) for row in comments for hit in find_themes(row["text"], shipped_packs()))


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
        {"answer": answer, "theme": theme, "start": hit.start, "stop": hit.stop}
        for (answer, theme), hit in first.items()
    ]
    await fetch(_INSERT_THEMES, msgspec.json.encode(records).decode())


# A definition leaves out what it does not change: without a language it is in English.
_COMMENTS = """
SELECT a.id, a.text, r.locale, coalesce(v.definition ->> 'language', 'en') AS language
FROM answer a JOIN response r ON r.id = a.response JOIN survey_version v ON v.id = r.survey_version
WHERE a.id = ANY($1) AND a.text IS NOT NULL ORDER BY a.id
"""

_INSERT_SENTIMENTS = """
INSERT INTO comment_score (answer, language, state, polarity, analyser, packs, scored_at)
SELECT answer, language, state, polarity, analyser, '', $2::timestamptz FROM jsonb_to_recordset($1::jsonb)
    AS r(answer bigint, language text, state text, polarity float8, analyser text)
"""

_INSERT_THEMES = """
INSERT INTO comment_theme (answer, theme, clause, start, stop)
SELECT answer, theme, 0, start, stop FROM jsonb_to_recordset($1::jsonb) AS r(answer bigint, theme text, start int, stop int)
"""
