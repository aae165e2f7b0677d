"""What the demo's team said of comments: mostly what Kept read, here and there something else."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from analysis.text.label_comments import label_sentiment
from analysis.text.sentiment import SentimentState
from core.database import fetch
from demo.files import read_file


async def correct_comments(workspace: int, editor: int, now: datetime) -> None:
    """Label the comments of labels.yaml that somebody wrote; every text is written once at most."""
    labels = labels_of(read_file("labels.yaml"), read_file("comments.yaml"))
    for row in await fetch(_WRITTEN, workspace, list(labels)):
        await label_sentiment(workspace, row["id"], labels[row["text"]], editor, now)


def labels_of(said: Mapping[str, Any], comments: Mapping[str, Any]) -> dict[str, SentimentState]:
    """By text how it sounds; those that nothing is said of are left out."""
    usual = {felt: SentimentState(state) for felt, state in said["usual"].items()}
    otherwise = {text: SentimentState(state) for state, texts in said["otherwise"].items() for text in texts}
    return {
        text: otherwise.get(text) or usual[felt]
        for touchpoint, felt, text in _texts(comments)
        if text in otherwise or (touchpoint in said["touchpoints"] and felt in usual)
    }


def _texts(comments: Mapping[str, Mapping[int, list[str]]]) -> Iterator[tuple[str, int, str]]:
    for touchpoint, by_score in comments.items():
        for felt, texts in by_score.items():
            yield from ((touchpoint, felt, text) for text in texts)


_WRITTEN = """
SELECT a.id, a.text FROM answer a JOIN response r ON r.id = a.response
WHERE r.workspace = $1 AND a.text = ANY($2) ORDER BY a.id
"""
