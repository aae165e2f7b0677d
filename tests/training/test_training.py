"""The model that ships is the one its comments make."""

import csv
from pathlib import Path

import pytest

from analysis.text.reading import ENGLISH_MODEL
from analysis.text.sentiment import SentimentState
from training.__main__ import encoded, trained
from training.read_comments import FOLDER, CommentFault, is_held_out, read_comments

PUBLIC = Path(__file__).parents[3] / "shared" / "data"


def test_training_gives_the_shipped_model_bit_for_bit() -> None:
    assert encoded(trained(read_comments())) == ENGLISH_MODEL.read_bytes()


def test_there_are_comments_enough_of_every_state_and_a_fifth_is_held_out() -> None:
    comments = read_comments()
    assert len(comments) >= 3_000
    assert {one.state for one in comments} == {
        SentimentState.POSITIVE,
        SentimentState.NEGATIVE,
        SentimentState.NEUTRAL,
        SentimentState.MIXED,
    }
    assert 0.18 < sum(map(is_held_out, comments)) / len(comments) < 0.22


def test_no_comment_stands_in_the_public_sets() -> None:
    """What Kept is measured on was never trained on; where those sets are not at hand there is nothing to compare."""
    public: set[str] = set()
    for path in PUBLIC.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            public |= {row["text"].strip().casefold() for row in csv.DictReader(lines)}
    shared = {one.text for one in read_comments() if one.text.casefold() in public and len(one.text.split()) > 3}
    assert not shared


def test_a_bad_line_is_named_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.read_comments.FOLDER", tmp_path)
    (tmp_path / "mine.tsv").write_text("label\tquestion\ttext\npositive\t\tfine\nhappy\t\tgood\n", encoding="utf-8")
    with pytest.raises(CommentFault, match=r"mine\.tsv:3: `happy`"):
        read_comments()
    (tmp_path / "mine.tsv").write_text("label\tquestion\ttext\npositive\t\tfine\npositive\t\tFine\n", encoding="utf-8")
    with pytest.raises(CommentFault, match=r"mine\.tsv:3: the same comment stands at mine\.tsv:2"):
        read_comments()


def test_every_file_is_read() -> None:
    assert len(list(FOLDER.glob("*.tsv"))) >= 6
