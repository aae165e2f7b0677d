"""The responses as the page lists them: who answered what, and how their words were read."""

from datetime import datetime

import msgspec
from msgspec import Struct

from core.database import fetch
from surveys.instruments import Instrument

PAGE = 50


class AnswerView(Struct, frozen=True):
    """One answer of a response; the last three fields are set for comments."""

    question: str
    instrument: Instrument
    value: int | None
    picks: tuple[str, ...] | None
    text: str | None
    sentiment: str | None
    language: str | None
    themes: tuple[str, ...]


class ResponseView(Struct, frozen=True):
    """One response, newest first."""

    id: int
    contact: str
    persona: str | None
    touchpoint: str
    submitted_at: datetime
    answers: tuple[AnswerView, ...]


async def list_responses(workspace: int, before: int | None, touchpoint: str | None) -> list[ResponseView]:
    """One page of responses, older than number `before`, of one touchpoint if its key is given."""
    rows = await fetch(_RESPONSES, workspace, before, touchpoint, PAGE)
    return [
        ResponseView(**{**row, "answers": msgspec.json.decode(row["answers"], type=tuple[AnswerView, ...])})
        for row in rows
    ]


_RESPONSES = """
SELECT r.id, c.external_id AS contact, p.name AS persona, t.name AS touchpoint, r.submitted_at, (
    SELECT coalesce(json_agg(json_build_object(
        'question', a.question, 'instrument', a.instrument, 'value', a.value, 'picks', a.picks, 'text', a.text,
        'sentiment', s.state, 'language', s.language,
        'themes', ARRAY(SELECT h.theme FROM comment_theme h WHERE h.answer = a.id ORDER BY h.start)
    ) ORDER BY a.id), '[]')
    FROM answer a LEFT JOIN comment_score s ON s.answer = a.id WHERE a.response = r.id
) AS answers
FROM response r JOIN contact c ON c.id = r.contact JOIN touchpoint t ON t.id = r.touchpoint
LEFT JOIN persona p ON p.id = r.persona
WHERE r.workspace = $1 AND ($2::bigint IS NULL OR r.id < $2) AND ($3::text IS NULL OR t.key = $3)
ORDER BY r.id DESC LIMIT $4
"""
