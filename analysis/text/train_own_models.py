"""Train a workspace's own models on its corrections, and take them into use where they measure better.

From LEAST_LABELS labels in a language on, LEAST_OF_EACH of each state, and again after every NEW_LABELS: the model is
measured out of fold on the very comments that people corrected, beside what is in use without it. Every training is
kept as a version. The newest measurement decides; where it says that the own model is no better, the shipped layer
reads again. Who corrects mistakes alone makes the shipped layer look worse than it is: pages say so.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from analysis.text.read_comments import as_asked
from analysis.text.reading import ReadingRules, read_comment, shipped_model
from analysis.text.reading_pool import Unread
from analysis.text.rescore import read_last_year_again
from analysis.text.sentiment import SentimentState
from core.database import fetch, transaction

LEAST_LABELS = 100
LEAST_OF_EACH = 10  # of negative, neutral and positive: a model never finds what it was not shown
NEW_LABELS = 25
MOST_LABELS = 20_000  # the newest; what a model learns from beyond them is not worth the minutes


class Labelled(Struct, frozen=True):
    """A comment, with all that reading it takes, and what people say of it."""

    comment: Unread
    state: SentimentState
    contact: int


class Trained(Struct, frozen=True):
    """A model as JSON, and how it measured."""

    content: str
    f1_own: float
    f1_shipped: float
    n: int

    @property
    def is_better(self) -> bool:
        return self.f1_own > self.f1_shipped


async def train_own_models(now: datetime) -> int:
    """Train the model that waits longest, if one does; returns how many were trained.

    No lock is held meanwhile: where two workers train the same one, the first to be through counts.
    """
    due = await fetch(_DUE, LEAST_LABELS, NEW_LABELS, LEAST_OF_EACH)
    if not due:
        return 0
    workspace, language, version = due[0]["workspace"], due[0]["language"], due[0]["version"]
    rows = await fetch(_LABELLED, workspace, language, MOST_LABELS)
    comments = await as_asked(rows)
    labelled = [
        Labelled(comment, SentimentState(row["state"]), row["contact"])
        for comment, row in zip(comments, rows, strict=True)
    ]
    trained = await asyncio.to_thread(train, language, labelled, f"own-{workspace}-{language}-{version}")
    async with transaction():
        was_used = await fetch(_TURN_OFF, workspace, language, version)
        kept = await fetch(
            _KEEP, workspace, language, version, trained.content, trained.n, trained.f1_own, trained.f1_shipped,
            trained.is_better, now,
        )  # fmt: skip
        await fetch(_LEARNED, workspace, language, max(row["labelled_at"] for row in rows))
        if kept and (trained.is_better or was_used):
            await read_last_year_again(workspace, now)
    return 1


def train(language: str, labelled: Sequence[Labelled], version: str) -> Trained:
    """Takes seconds of a core for a thousand labels; the same labels give the same model.

    Numbers are learned with numpy and scipy, which are loaded here and not before.
    """
    from analysis.text.train_model import Example, cross_fitted, train_model

    examples = {Example(one.comment.text, one.state, one.comment.leaning, one.contact): one.comment for one in labelled}
    shipped = shipped_model()
    taught_by = shipped if shipped.language == language else None
    measured = cross_fitted(language, list(examples), lambda example: _as_shipped(examples[example]), taught_by)
    model = train_model(language, list(examples), version, taught_by)
    return Trained(msgspec.json.encode(model).decode(), measured.f1_own, measured.f1_baseline, measured.n)


def _as_shipped(comment: Unread) -> SentimentState:
    """How it reads without an own model; nobody labels "no signal", so that it counts as neutral."""
    read = read_comment(
        comment.text, locale=comment.locale, offered=comment.offered, leaning=comment.leaning, rules=_SHIPPED
    )
    return SentimentState.NEUTRAL if read.state is SentimentState.NO_SIGNAL else read.state


_SHIPPED = ReadingRules(())

# Only labels that no model has seen are looked at, for this is asked all the time. Without a model those are all.
_DUE = """
WITH new AS (
    SELECT r.workspace, s.language, count(*) AS n, max(l.labelled_at) AS newest,
           least(count(*) FILTER (WHERE l.state = 'negative'), count(*) FILTER (WHERE l.state = 'neutral'),
                 count(*) FILTER (WHERE l.state = 'positive')) AS n_of_each
    FROM sentiment_label l JOIN comment_score s ON s.answer = l.answer
    JOIN answer a ON a.id = l.answer JOIN response r ON r.id = a.response
    WHERE NOT l.is_learned AND s.language <> '' GROUP BY r.workspace, s.language
), newest_model AS (
    SELECT workspace, language, max(version) AS version FROM own_model GROUP BY workspace, language
)
SELECT workspace, language, coalesce(m.version, 0) + 1 AS version
FROM new LEFT JOIN newest_model m USING (workspace, language)
WHERE CASE WHEN m.version IS NULL THEN new.n >= $1 AND new.n_of_each >= $3 ELSE new.n >= $2 END
ORDER BY new.newest, workspace, language LIMIT 1
"""

_LABELLED = """
SELECT a.text, a.question, l.state, l.labelled_at, r.contact, r.locale, r.survey_version
FROM sentiment_label l JOIN comment_score s ON s.answer = l.answer
JOIN answer a ON a.id = l.answer JOIN response r ON r.id = a.response
WHERE r.workspace = $1 AND s.language = $2 ORDER BY l.labelled_at DESC, l.id DESC LIMIT $3
"""

_TURN_OFF = """
UPDATE own_model SET is_used = false WHERE workspace = $1 AND language = $2 AND version < $3 AND is_used RETURNING id
"""

_KEEP = """
INSERT INTO own_model (workspace, language, version, content, n_labels, f1_own, f1_shipped, is_used, trained_at)
VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id
"""

# Those that were given or changed meanwhile are new to the next.
_LEARNED = """
UPDATE sentiment_label l SET is_learned = true
FROM comment_score s, answer a, response r
WHERE s.answer = l.answer AND a.id = l.answer AND r.id = a.response AND r.workspace = $1 AND s.language = $2
    AND l.labelled_at <= $3 AND NOT l.is_learned
"""
