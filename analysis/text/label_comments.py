"""Say how a comment sounds, or what it is about: a label outweighs the score and outlives every rescoring."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from analysis.text.load_theme_book import load_theme_book
from analysis.text.read_scores import HELD_MENTIONS
from analysis.text.sentiment import POLARITY_OF_LABEL, SentimentState
from core.database import fetch, transaction
from core.errors import Fault, Invalid, NotFound

LABELS = tuple(POLARITY_OF_LABEL)  # the states that a person may give, in the order in which they are offered
_NOT_FOUND = "There is no such comment."


class CommentLabels(Struct, frozen=True, kw_only=True):
    """What was read out of a comment and what people say of it."""

    comment: int
    scored: SentimentState | None  # None: the worker has yet to read it
    probability: float | None
    label: SentimentState | None
    labelled_at: datetime | None
    themes: tuple[str, ...]  # what it counts for, labels heard
    theme_labels: dict[str, bool]  # by theme, whether people say that it is there


async def label_sentiment(workspace: int, comment: int, state: SentimentState, by: int | None, now: datetime) -> None:
    """`comment` is the id of its answer; `by` a user, None for a program. A later label replaces the earlier one.

    Raises NotFound where this workspace has no such comment, Invalid for a state that only the analyser gives.
    """
    if state not in POLARITY_OF_LABEL:
        raise Invalid(Fault("state", f"choose one of {', '.join(LABELS)}"))
    if not await fetch(_LABEL, workspace, comment, state, by, now):
        raise NotFound(_NOT_FOUND)


async def take_label_back(workspace: int, comment: int) -> None:
    """The score holds again. Raises NotFound as labelling does; without a label, nothing happens."""
    async with transaction():
        await _expect(workspace, comment)
        await fetch("DELETE FROM sentiment_label WHERE answer = $1", comment)


async def label_themes(workspace: int, comment: int, themes: Mapping[str, bool], by: int | None, now: datetime) -> None:
    """Say for each theme whether the comment is about it: all, or with a fault none.

    Raises NotFound, and Invalid for a theme that this workspace does not read with.
    """
    known = (await load_theme_book(workspace)).readings
    faults = [Fault("theme", f"“{theme}” is no theme of this workspace") for theme in themes if theme not in known]
    if faults:
        raise Invalid(*faults)
    said = [{"theme": theme, "is_present": is_present} for theme, is_present in themes.items()]
    async with transaction():
        await _expect(workspace, comment)
        await fetch(_LABEL_THEMES, comment, msgspec.json.encode(said).decode(), by, now)


async def label_all(
    workspace: int, comment: int, state: SentimentState, themes: Mapping[str, bool], now: datetime
) -> None:
    """The sentiment and any themes at once, by a program; all or, with a fault, nothing."""
    async with transaction():
        await label_sentiment(workspace, comment, state, None, now)
        await label_themes(workspace, comment, themes, None, now)


async def take_all_back(workspace: int, comment: int) -> None:
    async with transaction():
        await take_label_back(workspace, comment)
        await fetch("DELETE FROM theme_label WHERE answer = $1", comment)


async def load_labels(workspace: int, comment: int) -> CommentLabels:
    """Raises NotFound where this workspace has no such comment."""
    rows = await fetch(_LABELS, workspace, comment)
    if not rows:
        raise NotFound(_NOT_FOUND)
    row = rows[0]
    return CommentLabels(
        comment=comment,
        scored=row["scored"] and SentimentState(row["scored"]),
        probability=row["probability"],
        label=row["label"] and SentimentState(row["label"]),
        labelled_at=row["labelled_at"],
        themes=tuple(row["themes"]),
        theme_labels=msgspec.json.decode(row["theme_labels"], type=dict[str, bool]),
    )


async def _expect(workspace: int, comment: int) -> None:
    """The comment stays for as long as the transaction lasts."""
    if not await fetch(_COMMENT, workspace, comment):
        raise NotFound(_NOT_FOUND)


_COMMENT = """
SELECT a.id FROM answer a JOIN response r ON r.id = a.response
WHERE r.workspace = $1 AND a.id = $2 AND a.text IS NOT NULL FOR KEY SHARE OF a
"""

_LABEL = """
INSERT INTO sentiment_label AS l (answer, state, labelled_by, labelled_at)
SELECT a.id, $3, $4, $5 FROM answer a JOIN response r ON r.id = a.response
WHERE r.workspace = $1 AND a.id = $2 AND a.text IS NOT NULL FOR KEY SHARE OF a
ON CONFLICT (answer) DO UPDATE
SET state = excluded.state, labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at,
    is_learned = l.is_learned AND l.state = excluded.state
RETURNING answer
"""

_LABEL_THEMES = """
INSERT INTO theme_label (answer, theme, is_present, labelled_by, labelled_at)
SELECT $1, theme, is_present, $3, $4 FROM jsonb_to_recordset($2::jsonb) AS s(theme text, is_present boolean)
ON CONFLICT (answer, theme) DO UPDATE
SET is_present = excluded.is_present, labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at
"""

_LABELS = f"""
SELECT s.state AS scored, s.probability, l.state AS label, l.labelled_at,
       ARRAY(SELECT DISTINCT m.theme FROM {HELD_MENTIONS} m WHERE m.answer = a.id ORDER BY m.theme) AS themes,
       (SELECT coalesce(jsonb_object_agg(t.theme, t.is_present), '{{}}') FROM theme_label t WHERE t.answer = a.id)
           AS theme_labels
FROM answer a JOIN response r ON r.id = a.response
LEFT JOIN comment_score s ON s.answer = a.id LEFT JOIN sentiment_label l ON l.answer = a.id
WHERE r.workspace = $1 AND a.id = $2 AND a.text IS NOT NULL
"""
