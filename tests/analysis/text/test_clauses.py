"""Where a clause ends: at its sentence, before a contrast, and where praise turns into pain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.clauses import clause_spans
from analysis.text.heard import hear


def clauses(text: str) -> list[str]:
    heard = hear(text, "en")
    return [text[heard.place(span.first)[0] : heard.place(span.last)[1]] for span in heard.clauses()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("great staff, but the app crashed", ["great staff,", "but the app crashed"]),
        ("The food was great, service was slow", ["The food was great,", "service was slow"]),
        ("nice, clean and friendly", ["nice, clean and friendly"]),
        ("I like it. The price is too high.", ["I like it.", "The price is too high."]),
        ("Good although the queue was awful", ["Good", "although the queue was awful"]),
        ("Love it!!!", ["Love it!!!"]),
        ("It isn’t bad; it is terrible", ["It isn’t bad;", "it is terrible"]),
        ("But it works", ["But it works"]),
        ("ok", ["ok"]),
    ],
)
def test_clauses_of(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


@given(st.lists(st.sampled_from(["good", "bad", "the", "but", ",", ".", "!", "and"]), max_size=40))
def test_every_word_is_in_exactly_one_clause(words: list[str]) -> None:
    feelings = [(place, 0.5 if word == "good" else -0.5) for place, word in enumerate(words) if word in ("good", "bad")]
    covered = [place for span in clause_spans(words, feelings) for place in range(span.first, span.last + 1)]
    assert covered == list(range(len(words)))
