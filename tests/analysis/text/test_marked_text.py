"""A comment in pieces: nothing of it is lost, whatever was found in it and wherever."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.text.marked_text import ClauseSpan, Mark, MarkedClause, Piece, marked_text
from analysis.text.sentiment import SentimentState

places = st.integers(-3, 30)
marks = st.builds(
    Mark, places, places, st.sampled_from(["", "general.slow", "general.bugs"]), st.sampled_from(["", "angry"])
)
POSITIVE, NEGATIVE = SentimentState.POSITIVE, SentimentState.NEGATIVE


@st.composite
def clauses_in_order(draw: st.DrawFn) -> list[ClauseSpan]:
    borders = sorted(draw(st.sets(st.integers(0, 30), max_size=8)))
    return [ClauseSpan(start, stop, POSITIVE, None) for start, stop in zip(borders[::2], borders[1::2], strict=False)]


@given(st.text(max_size=25), clauses_in_order(), st.lists(marks, max_size=8))
def test_every_character_stands_in_one_piece(text: str, clauses: list[ClauseSpan], found: list[Mark]) -> None:
    marked = marked_text(text, clauses, found)
    assert "".join(piece.text for clause in marked for piece in clause.pieces) == text


@given(st.text(min_size=1, max_size=25), clauses_in_order(), st.lists(marks, max_size=8))
def test_a_character_has_the_marks_that_reach_over_it(text: str, clauses: list[ClauseSpan], found: list[Mark]) -> None:
    shown = [piece for clause in marked_text(text, clauses, found) for piece in clause.pieces for _ in piece.text]
    for place, piece in enumerate(shown):
        here = [mark for mark in found if mark.start <= place < mark.stop]
        assert set(piece.themes) == {mark.theme for mark in here if mark.theme}
        assert set(piece.emotions) == {mark.emotion for mark in here if mark.emotion}


def test_a_mark_may_reach_from_one_clause_into_the_next() -> None:
    clauses = [ClauseSpan(0, 4, POSITIVE, 0.9), ClauseSpan(5, 9, NEGATIVE, None)]
    assert marked_text("nice slow", clauses, [Mark(2, 7, theme="t"), Mark(5, 9, emotion="e")]) == (
        MarkedClause(POSITIVE, 0.9, (Piece("ni"), Piece("ce", ("t",)))),
        MarkedClause(None, None, (Piece(" ", ("t",)),)),
        MarkedClause(NEGATIVE, None, (Piece("sl", ("t",), ("e",)), Piece("ow", (), ("e",)))),
    )


def test_very_many_marks_are_no_more_than_so_many_pieces() -> None:
    found = [Mark(at, at + 2, theme=f"t{at}") for at in range(9_998)]
    [clause] = marked_text("x" * 10_000, [], found)
    assert len(clause.pieces) <= 2 * len(found) + 1


def test_no_text_has_no_pieces() -> None:
    assert marked_text("", [], [Mark(0, 3, theme="t")]) == ()
