"""The comments written for Kept: one file an area of life, each with the feeling most readers would hear in it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from analysis.text.evidence import Leaning
from analysis.text.sentiment import SentimentState
from analysis.text.train_model import Example

FOLDER = Path(__file__).parent / "comments"
HEADER = ["label", "question", "text"]
LABELS = ("negative", "neutral", "positive", "mixed")
HELD_OUT = 5  # one comment in so many is kept out of training, to measure on


class CommentFault(ValueError):
    """A line of a file that can't be used. The message names the file, the line, and what is wrong there."""


def read_comments() -> list[Example]:
    """All of them, in the order of the files; raises CommentFault."""
    examples: list[Example] = []
    seen: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.tsv")):
        for place, example in _lines(path):
            first = seen.setdefault(f"{example.leaning} {example.text.casefold()}", place)
            if first != place:
                raise CommentFault(f"{place}: the same comment stands at {first}")
            examples.append(example)
    return examples


def is_held_out(example: Example) -> bool:
    """By the text alone, so that adding comments moves none from one side to the other."""
    return hashlib.sha256(example.text.encode()).digest()[0] % HELD_OUT == 0


def _lines(path: Path) -> Iterator[tuple[str, Example]]:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    if header.split("\t") != HEADER:
        raise CommentFault(f"{path.name}: the first line must be {' '.join(HEADER)}, with tabs between")
    for number, line in enumerate(lines, start=2):
        place = f"{path.name}:{number}"
        parts = line.split("\t")
        if len(parts) != len(HEADER) or not parts[2].strip():
            raise CommentFault(f"{place}: needs a label, a question (or nothing) and a text, with tabs between")
        label, question, text = parts
        if label not in LABELS:
            raise CommentFault(f"{place}: `{label}` is none of {', '.join(LABELS)}")
        if question not in ("", Leaning.BETTER, Leaning.LIKED):
            raise CommentFault(f"{place}: `{question}` is no question: better, liked or nothing")
        yield place, Example(text, SentimentState(label), Leaning(question or Leaning.OPEN))
