"""The same quotes whatever the hashes begin with, whatever the order of the comments; and none tells whose."""

import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import msgspec

from analysis.pains.quotes import Candidate, QuoteChoice, choose_quotes
from core.settings import BASE_FOLDER

START = datetime(2026, 1, 1, tzinfo=UTC)
SAID = (
    "My name is Jane Doe and the invoice was wrong again, mail me at jane.doe@mail.example",
    "The invoice was wrong, I called +44 20 7946 0958 and nobody corrected it. Regards, tom",
    "Wrong invoice, order ORD-2024/00017, I live at 12 Baker Street, London",
    "I spoke to priya from billing about the wrong invoice and she hung up",
    "Every invoice shows the wrong address although Mr. van der Berg promised to correct it",
    "The invoice came twice, charged to my card 4111 1111 1111 1111 both times",
    "Refund the wrong invoice to DE89 3704 0044 0532 0130 00 please, @janedoe",
    "An invoice should list what was bought, ours lists nothing at all",
)
PRIVATE = ("jane", "doe", "tom", "priya", "berg", "@", "7946", "00017", "baker", "london", "4111", "3704")
PRAISE = "Thanks to Maria at the desk the invoice was right, clear and easy to pay"
MENTIONS = [
    *(
        Candidate(str(n), f"{said} {n % 3 * 'again '}", -0.5, START + timedelta(n % 7))
        for n, said in enumerate(SAID * 6)
    ),
    Candidate("praise", PRAISE, 0.9, START),
]
PROGRAM = """
import sys
import msgspec
from analysis.pains.quotes import Candidate, choose_quotes

mentions = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Candidate])
sys.stdout.buffer.write(msgspec.json.encode(choose_quotes(mentions, (), n_contacts=9)))
"""


def choose_elsewhere(seed: str, mentions: list[Candidate]) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=BASE_FOLDER,
        env={**os.environ, "PYTHONPATH": str(BASE_FOLDER), "PYTHONHASHSEED": seed},
        input=msgspec.json.encode(mentions),
        capture_output=True,
        check=True,
    )
    return done.stdout


def shuffled(seed: int) -> list[Candidate]:
    return random.Random(seed).sample(MENTIONS, len(MENTIONS))


def chosen() -> QuoteChoice:
    return choose_quotes(MENTIONS, (), n_contacts=9)


def test_three_processes_with_other_hashes_and_orders_choose_the_same() -> None:
    here = msgspec.json.encode(chosen())
    assert [choose_elsewhere(str(seed), shuffled(seed)) for seed in (1, 2, 3)] == [here] * 3


def test_no_order_of_the_comments_changes_the_choice() -> None:
    assert {choose_quotes(shuffled(seed), shuffled(-seed), n_contacts=9) for seed in range(40)} == {chosen()}


def test_no_quote_tells_whose_it_is() -> None:
    for said in SAID:
        same = [Candidate(str(n), said, -0.5, START) for n in range(5)]
        shown = choose_quotes(same, (), n_contacts=5).quotes[0].text.lower()
        assert [word for word in PRIVATE if word in shown] == []


def test_the_only_contradiction_stands_against_the_quotes_and_not_among_them() -> None:
    choice = chosen()
    assert len(choice.quotes) == 3
    assert choice.counter_quote is not None
    assert choice.counter_quote.id == "praise"
    assert "Maria" not in choice.counter_quote.text


def test_a_central_contradiction_is_no_quote_either() -> None:
    same = "the invoice was wrong and nobody corrected the invoice"
    mentions = [
        Candidate(str(n), f"{same} {word}", -0.5, START) for n, word in enumerate(("twice", "again", "yet", "so"))
    ]
    mentions.append(Candidate("other", same, 0.4, START + timedelta(9)))
    choice = choose_quotes(mentions, (), n_contacts=5)
    assert "other" not in [quote.id for quote in choice.quotes]
    assert choice.counter_quote is not None
    assert choice.counter_quote.id == "other"
