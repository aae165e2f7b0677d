"""Load what was read out of comments and what people say of them, as pages show it."""

from collections.abc import Collection

import msgspec
from msgspec import Struct

from analysis.text.marked_text import ClauseSpan, Mark, MarkedClause, marked_text
from analysis.text.mismatches import Beside
from analysis.text.ratings import RATING
from analysis.text.read_scores import HELD_MENTIONS, HELD_SCORES
from analysis.text.sentiment import SentimentState
from core.database import fetch


class ThemeSpan(Struct, frozen=True):
    """A theme the comment counts for; without a place where a person added it."""

    theme: str
    start: int | None
    stop: int | None


class EmotionSpan(Struct, frozen=True):
    emotion: str
    start: int
    stop: int


class CommentView(Struct, frozen=True, kw_only=True):
    """One comment that was read. `state` and `polarity` are what it is held for, `scored` is what was read.

    `probability` is that of the state and None where a person gave it; `rating` is the x of the same response.
    """

    id: int
    text: str
    state: SentimentState
    polarity: float | None
    probability: float | None
    scored: SentimentState
    language: str
    analyser: str
    is_labelled: bool
    labelled_by: str | None
    rating: float | None
    clauses: tuple[ClauseSpan, ...]
    themes: tuple[ThemeSpan, ...]
    emotions: tuple[EmotionSpan, ...]

    @property
    def beside(self) -> Beside:
        return Beside(self.state, self.polarity, self.rating)

    @property
    def theme_keys(self) -> tuple[str, ...]:
        """Each theme once, in the order in which the text speaks of them, those that people added last."""
        return tuple(dict.fromkeys(span.theme for span in self.themes))

    @property
    def marked(self) -> tuple[MarkedClause, ...]:
        """The text with its marks. A comment of one clause sounds as the whole does."""
        themes = [
            Mark(s.start, s.stop, theme=s.theme) for s in self.themes if s.start is not None and s.stop is not None
        ]
        emotions = [Mark(span.start, span.stop, emotion=span.emotion) for span in self.emotions]
        clauses = self.clauses
        if len(clauses) == 1:
            clauses = (msgspec.structs.replace(clauses[0], state=self.state, probability=self.probability),)
        return marked_text(self.text, clauses, [*themes, *emotions])


async def load_comments(answers: Collection[int]) -> dict[int, CommentView]:
    """By the ids of their answers, of one workspace; those that nobody has read yet are left out."""
    rows = await fetch(_COMMENTS, list(answers))
    return {row["id"]: msgspec.convert({**row, **_spans(row["spans"])}, CommentView, strict=False) for row in rows}


def _spans(found: str) -> dict[str, object]:
    return msgspec.json.decode(found, type=dict[str, object])


_COMMENTS = f"""
SELECT a.id, a.text, s.state, s.polarity, s.probability, s.language, s.analyser, s.is_labelled, read.state AS scored,
       coalesce(nullif(u.name, ''), u.email) AS labelled_by, {RATING}::float8 AS rating, json_build_object(
    'clauses', (SELECT coalesce(json_agg(json_build_object(
        'start', c.start, 'stop', c.stop, 'state', c.state, 'probability', c.probability
    ) ORDER BY c.number), '[]') FROM comment_clause c WHERE c.answer = a.id),
    'themes', (SELECT coalesce(json_agg(json_build_object(
        'theme', m.theme, 'start', m.start, 'stop', m.stop
    ) ORDER BY m.start, m.theme), '[]') FROM {HELD_MENTIONS} m WHERE m.answer = a.id),
    'emotions', (SELECT coalesce(json_agg(json_build_object(
        'emotion', e.emotion, 'start', e.start, 'stop', e.stop
    ) ORDER BY e.start, e.emotion), '[]') FROM comment_emotion e WHERE e.answer = a.id)
) AS spans
FROM answer a JOIN response r ON r.id = a.response JOIN {HELD_SCORES} s ON s.answer = a.id
JOIN comment_score read ON read.answer = a.id
LEFT JOIN sentiment_label l ON l.answer = a.id LEFT JOIN kept_user u ON u.id = l.labelled_by
WHERE a.id = ANY($1)
"""
