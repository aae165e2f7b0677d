"""Load how a workspace's comments are read: by language what reads them, and how its own models have measured."""

from datetime import datetime

import msgspec
from msgspec import Struct

from analysis.text.linear_model import LinearModel, top_weights
from analysis.text.reading_pool import UNREAD
from analysis.text.sentiment import SentimentState
from core.database import Row, fetch

TOP_TERMS = 12


class ModelVersion(Struct, frozen=True, kw_only=True):
    """One training: macro-F1 out of fold over `n_labels` corrected comments, and that of what reads without it."""

    version: int
    n_labels: int
    f1_own: float
    f1_shipped: float
    is_used: bool
    trained_at: datetime


class Reader(Struct, frozen=True):
    """An analyser by name and version, and how many comments carry its score."""

    analyser: str
    n: int


class LanguageReading(Struct, frozen=True, kw_only=True):
    """How one language is read; empty for comments whose language is unknown or that have no words.

    `n_new` labels were seen by no model yet. `terms` are what weighs most, by state, in the newest.
    """

    language: str
    readers: tuple[Reader, ...]  # the one with the most comments first
    n_comments: int
    n_not_scored: int
    n_labels: int
    n_alike: int  # labels that say what was read
    n_new: int
    versions: tuple[ModelVersion, ...]  # the newest first
    terms: dict[SentimentState, tuple[tuple[str, float], ...]]

    @property
    def n_unread(self) -> int:
        """Comments on which the reader failed."""
        return sum(reader.n for reader in self.readers if reader.analyser.startswith(UNREAD))

    @property
    def in_use(self) -> ModelVersion | None:
        return next((version for version in self.versions if version.is_used), None)


async def load_models(workspace: int) -> list[LanguageReading]:
    """The language with the most comments first."""
    read = await fetch(_READ, workspace)
    models = await fetch(_MODELS, workspace)
    contents = {row["language"]: row["content"] for row in await fetch(_NEWEST, workspace)}
    languages = dict.fromkeys([row["language"] for row in read] + [row["language"] for row in models])
    return [
        _reading(
            language,
            [row for row in read if row["language"] == language],
            [row for row in models if row["language"] == language],
            contents.get(language),
        )
        for language in languages
    ]


def _reading(language: str, read: list[Row], models: list[Row], content: str | None) -> LanguageReading:
    model = msgspec.json.decode(content, type=LinearModel) if content else None
    versions = tuple(
        ModelVersion(**{name: row[name] for name in ModelVersion.__struct_fields__})
        for row in sorted(models, key=lambda row: -row["version"])
    )
    return LanguageReading(
        language=language,
        readers=tuple(Reader(row["analyser"], row["n"]) for row in read),
        n_comments=sum(row["n"] for row in read),
        n_not_scored=sum(row["n_not_scored"] for row in read),
        n_labels=sum(row["n_labels"] for row in read),
        n_alike=sum(row["n_alike"] for row in read),
        n_new=sum(row["n_new"] for row in read),
        versions=versions,
        terms=top_weights(model, TOP_TERMS) if model else {},
    )


_READ = """
SELECT s.language, s.analyser, count(*)::int AS n,
       (count(*) FILTER (WHERE s.state = 'not_scored'))::int AS n_not_scored, count(l.id)::int AS n_labels,
       (count(*) FILTER (WHERE l.state = s.state))::int AS n_alike,
       (count(*) FILTER (WHERE NOT l.is_learned))::int AS n_new
FROM response r JOIN answer a ON a.response = r.id JOIN comment_score s ON s.answer = a.id
LEFT JOIN sentiment_label l ON l.answer = a.id
WHERE r.workspace = $1 GROUP BY s.language, s.analyser
ORDER BY sum(count(*)) OVER (PARTITION BY s.language) DESC, s.language, n DESC, s.analyser
"""

_MODELS = """
SELECT language, version, n_labels, f1_own, f1_shipped, is_used, trained_at FROM own_model WHERE workspace = $1
ORDER BY language, version DESC
"""

_NEWEST = """
SELECT DISTINCT ON (language) language, content FROM own_model WHERE workspace = $1 ORDER BY language, version DESC
"""
