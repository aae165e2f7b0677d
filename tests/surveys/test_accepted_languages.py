"""What a browser says of languages, well and badly written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.accepted_languages import MOST_LANGUAGES, accepted_languages
from surveys.texts import first_understood


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", {}),
        ("de", {"de": 1}),
        ("de-CH, fr;q=0.9, en;q=0.8, *;q=0.5", {"de-CH": 1, "fr": 0.9, "en": 0.8}),
        ("fr;q=0.3,de;q=0.7", {"de": 0.7, "fr": 0.3}),
        ("zh-Hant-TW , pt-BR ; Q=0.5", {"zh-Hant-TW": 1, "pt-BR": 0.5}),
        ("de;q=0", {}),
        ("de;q=0.000, fr;q=1.000", {"fr": 1}),
        ("de;q=0.2, de;q=0.9", {"de": 0.2}),  # said twice: the first word counts
        ("*", {}),
        (",, ;q=1, ;;", {}),
        ("de;q=nan, fr;q=inf, es;q=-1, it;q=2, nl;q=0.12345, pl;q=, sv;level=1", {}),
        ("d, en_US, ../../etc, 中文, <script>, de\x00, toolonglanguage", {}),
    ],
)
def test_languages_are_read_with_their_weights(header: str, found: dict[str, float]) -> None:
    assert accepted_languages(header) == found
    assert list(accepted_languages(header)) == list(found)


def test_equal_weights_keep_their_order() -> None:
    assert list(accepted_languages("fr;q=0.5, de, it, es;q=0.5")) == ["de", "it", "fr", "es"]


def test_a_header_without_end_is_read_to_a_limit() -> None:
    names = [f"{chr(97 + one)}{chr(97 + other)}" for one in range(26) for other in range(26)]
    assert len(accepted_languages(",".join(names))) == MOST_LANGUAGES


@given(st.text(alphabet=st.sampled_from("abdeDE-;,=q.019* \x00ü"), max_size=80))
def test_no_header_breaks_the_reading(header: str) -> None:
    weights = accepted_languages(header)
    assert all(0 < weight <= 1 for weight in weights.values())
    assert first_understood(weights, ("de", "en")) in {None, "de", "en"}
