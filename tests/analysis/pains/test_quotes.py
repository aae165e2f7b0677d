"""Quotes: at most three and a counter-quote, central, different, recent, redacted, and always the same."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from analysis.pains.quotes import MAX_QUOTE_CHARACTERS, Candidate, choose_quotes

START = datetime(2026, 1, 1, tzinfo=UTC)


def comment(number: int, text: str, x: float | None = -0.5) -> Candidate:
    return Candidate(str(number), text, x, START + timedelta(days=number))


MENTIONS = [
    comment(1, "The invoice arrived late and the invoice was wrong again this month"),
    comment(2, "Our invoice was wrong and support never corrected the invoice"),
    comment(3, "Wrong invoice for the second time, nobody corrected it for us"),
    comment(4, "Every invoice shows the wrong address although we reported it twice"),
    comment(5, "Lovely weather in the mountains with goats and cheese yesterday"),
    comment(6, "invoice"),
]
OTHERS = [
    comment(7, "The invoice was right and easy to understand this month", 0.5),
    comment(8, "Nothing to say about this step of the process really", -0.5),
]


def ids(choice: object) -> list[str]:
    return [quote.id for quote in choice.quotes]  # type: ignore[attr-defined]


def test_at_most_three_are_shown_and_the_rest_is_counted() -> None:
    choice = choose_quotes(MENTIONS, OTHERS, n_contacts=6)
    assert len(choice.quotes) == 3
    assert choice.n_candidates == 6


def test_fewer_than_five_contacts_show_none_however_much_they_wrote() -> None:
    choice = choose_quotes(MENTIONS, OTHERS, n_contacts=4)
    assert choice.is_suppressed
    assert choice.quotes == ()
    assert choice.counter_quote is None


def test_what_is_central_comes_first_and_neither_the_outlier_nor_the_single_word() -> None:
    first = ids(choose_quotes(MENTIONS, OTHERS, n_contacts=6))[0]
    assert first in {"1", "2", "3", "4"}


def test_two_quotes_never_say_the_same() -> None:
    same = [comment(number, "The invoice was wrong and nobody corrected it") for number in range(1, 6)]
    assert ids(choose_quotes(same, (), n_contacts=5)) == ["5"]


def test_among_equals_the_most_recent_is_chosen() -> None:
    twice = [comment(1, "The invoice was wrong and late"), comment(9, "The invoice was wrong and late")]
    assert ids(choose_quotes(twice, (), n_contacts=5)) == ["9"]


def test_the_counter_quote_lies_on_the_other_side() -> None:
    choice = choose_quotes(MENTIONS, OTHERS, n_contacts=6)
    assert choice.counter_quote is not None
    assert choice.counter_quote.id == "7"


def test_without_a_contradiction_there_is_no_counter_quote() -> None:
    assert choose_quotes(MENTIONS, OTHERS[1:], n_contacts=6).counter_quote is None
    unrated = [comment(number, "The invoice was wrong", None) for number in range(5)]
    assert choose_quotes(unrated, OTHERS, n_contacts=5).counter_quote is None


def test_the_order_of_the_comments_does_not_matter() -> None:
    choices = {choose_quotes(order, OTHERS, n_contacts=6) for order in permutations(MENTIONS[:5])}
    assert len(choices) == 1


def test_quotes_are_redacted_on_one_line_and_cut_after_a_word() -> None:
    long = [comment(n, f"Mail me at anna{n}@mail.example\n" + f"about the wrong invoice {n} " * 40) for n in range(5)]
    for quote in choose_quotes(long, (), n_contacts=5).quotes:
        assert "@" not in quote.text
        assert "\n" not in quote.text
        assert len(quote.text) <= MAX_QUOTE_CHARACTERS
        assert quote.text.endswith("…")


def test_comments_without_words_are_never_quoted() -> None:
    empty = [comment(n, text) for n, text in enumerate(["", "   ", "👍", "\x00", "+44 20 7946 0958"])]
    choice = choose_quotes(empty, (), n_contacts=5)
    assert choice.quotes == ()
    assert not choice.is_suppressed
