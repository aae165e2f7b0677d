"""Words keep their places in the text as it was written, whatever stands between and around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.words import Tokenizer

TOKENIZER = Tokenizer([":-(", ":)"])


def shown(text: str) -> list[tuple[str, str]]:
    """Each word as it is read, and what the text has at its place."""
    words = TOKENIZER.split(text)
    return [(word, text[start:stop]) for word, start, stop in zip(*words, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It ISN’T good", [("it", "It"), ("isn't", "ISN’T"), ("good", "good")]),
        ("fast &amp; kind", [("fast", "fast"), ("&", "&"), ("kind", "kind")]),
        ("don&#39;t", [("don't", "don&#39;t")]),
        ("<b class='x'>slow</b> app", [("slow", "slow"), ("app", "app")]),
        ("see https://a.example/bad now", [("see", "see"), ("now", "now")]),
        ("lov\u200bely", [("lovely", "lov\u200bely")]),
        ("❤\ufe0f ok", [("❤", "❤"), ("ok", "ok")]),
        ("sad :-( day", [("sad", "sad"), (":-(", ":-("), ("day", "day")]),
        ("İyi hizmet", [("İyi", "İyi"), ("hizmet", "hizmet")]),
        ("well-made", [("well", "well"), ("made", "made")]),
        ("", []),
    ],
)
def test_a_word_stands_where_it_was_written(text: str, expected: list[tuple[str, str]]) -> None:
    assert shown(text) == expected


@given(st.text(max_size=200))
def test_places_never_overlap_or_leave_the_text(text: str) -> None:
    words = TOKENIZER.split(text)
    end = 0
    for start, stop in zip(words.starts, words.stops, strict=True):
        assert end <= start < stop <= len(text)
        end = stop


def test_only_the_first_ten_thousand_characters_are_read() -> None:
    words = TOKENIZER.split("a " * 50_000)
    assert len(words.texts) == 5_000
    assert words.stops[-1] <= 10_000
