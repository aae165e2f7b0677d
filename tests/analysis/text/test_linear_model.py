"""A linear model is trained, measured and applied the same way everywhere, and can be read by people."""

from math import isclose

import msgspec
import pytest

from analysis.text.evidence import Leaning, evidence
from analysis.text.heard import hear
from analysis.text.judging import LinearJudge
from analysis.text.linear_model import STATES, Calibration, LinearModel, top_weights
from analysis.text.reading import ReadingRules, leaning_of, read_comment, shipped_model
from analysis.text.sentiment import SentimentState
from analysis.text.themes import shipped_pack_files
from analysis.text.train_model import CrossFit, Example, cross_fitted, macro_f1, train_model

POSITIVE, NEGATIVE, NEUTRAL, MIXED = (
    SentimentState.POSITIVE,
    SentimentState.NEGATIVE,
    SentimentState.NEUTRAL,
    SentimentState.MIXED,
)
KIND = ["de monteur was vriendelijk", "vriendelijk geholpen", "snel en vriendelijk", "keurig en snel", "keurig gedaan"]
CROSS = ["veel te laat gekomen", "te laat en slordig", "slordig werk", "veel te duur", "duur en slordig"]
DUTCH = [Example(f"{text} {n}", POSITIVE, group=n) for n, text in enumerate(KIND * 6, start=1)] + [
    Example(f"{text} {n}", NEGATIVE, group=n) for n, text in enumerate(CROSS * 6, start=101)
]


def words_of(text: str, leaning: Leaning = Leaning.OPEN) -> set[str]:
    heard = hear(text, "en")
    return set(evidence(heard.words, heard.hits, 0.0, leaning))


def test_evidence_names_words_pairs_and_the_reach_of_a_negation() -> None:
    terms = words_of("It was not a very clean room")
    assert {"clean", "not a", "clean room", "~clean", "~room"} <= terms
    assert "was" not in terms  # says nothing by itself
    assert "a very" not in terms


def test_a_sign_ends_the_reach_of_a_negation() -> None:
    assert "~clean" not in words_of("not now, clean room")


def test_silence_of_the_lexicon_is_evidence_too() -> None:
    assert "=silence" in words_of("the table is brown")
    assert "=silence" not in words_of("the table is horrible")


def test_a_bare_noun_is_known_as_a_wish_by_its_question() -> None:
    assert {"?better", "?better short"} <= words_of("parking", Leaning.BETTER)
    assert not {term for term in words_of("parking") if term.startswith("?")}


def test_probabilities_add_up_to_one_and_follow_the_weights() -> None:
    model = LinearModel(
        language="en", version="t", n=1, intercepts=(0, 0, 0), calibration={}, weights={"bad": (1000.0, 0, 0)}
    )
    negative, neutral, positive = model.probabilities({"bad": 1.0})
    assert isclose(negative + neutral + positive, 1)
    assert negative > 0.999
    assert model.probabilities({"unknown": 1.0}) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_training_twice_gives_the_same_bytes_whatever_the_order() -> None:
    one = train_model("nl", DUTCH, "own")
    other = train_model("nl", DUTCH[::-1], "own")
    assert msgspec.json.encode(one, order="sorted") == msgspec.json.encode(other, order="sorted")


def test_an_own_model_reads_a_language_that_nothing_else_reads() -> None:
    rules = ReadingRules((), (train_model("nl", DUTCH, "own-nl-1"),))
    text = "Het was slordig gedaan en veel te laat, zeiden wij nog"
    without = read_comment(text, locale="nl", offered=["nl"], leaning=Leaning.OPEN, rules=ReadingRules(()))
    with_it = read_comment(text, locale="nl", offered=["nl"], leaning=Leaning.OPEN, rules=rules)
    assert without.state is SentimentState.NOT_SCORED
    assert (with_it.state, with_it.language, with_it.analyser) == (NEGATIVE, "nl", "own-nl-1")


def test_an_own_model_finds_no_signal_in_words_it_does_not_know() -> None:
    rules = ReadingRules((), (train_model("nl", DUTCH, "own-nl-1"),))
    found = read_comment("Woensdag om kwart voor negen", locale="nl", offered=["nl"], leaning=Leaning.OPEN, rules=rules)
    assert found.state is SentimentState.NO_SIGNAL


def test_a_clause_in_another_language_may_be_neutral() -> None:
    """No lexicon is silent there: what its own model learned to be neutral is neutral, in a clause as in a whole."""
    plain = [Example(f"monteur kwam op dinsdag {n}", NEUTRAL, group=n) for n in range(201, 231)]
    rules = ReadingRules((), (train_model("nl", [*DUTCH, *plain], "own-nl-1"),))
    text = "De monteur kwam op dinsdag. Hij was vriendelijk en snel, heel keurig gedaan."
    found = read_comment(text, locale="nl", offered=["nl"], leaning=Leaning.OPEN, rules=rules)
    assert [clause.state for clause in found.clauses] == [NEUTRAL, POSITIVE]


def test_a_comment_in_an_unknown_language_has_no_english_themes() -> None:
    rules = ReadingRules(shipped_pack_files())
    known, unknown = (
        read_comment("very slow app", locale=locale, offered=["de", "en"], leaning=Leaning.OPEN, rules=rules)
        for locale in ("en", None)
    )
    assert known.themes
    assert (unknown.language, unknown.themes) == (None, ())


@pytest.mark.parametrize(
    ("question", "leaning"),
    [
        ("What could we do better?", Leaning.BETTER),
        ("What should we change?", Leaning.BETTER),
        ("What did you like most?", Leaning.LIKED),
        ("What did you like most, and what could be better?", Leaning.OPEN),
        ("How did the change of your contract go?", Leaning.OPEN),
        ("What is the main reason for your score?", Leaning.OPEN),
    ],
)
def test_what_a_question_asks_for(question: str, leaning: Leaning) -> None:
    assert leaning_of(question) is leaning


def test_a_model_survives_being_stored() -> None:
    model = train_model("nl", DUTCH, "own")
    stored = msgspec.json.decode(msgspec.json.encode(model), type=LinearModel)
    assert stored == model


def test_cross_fitting_compares_on_comments_the_model_has_not_seen() -> None:
    found = cross_fitted("nl", DUTCH, lambda _: SentimentState.NOT_SCORED)
    assert found == CrossFit(f1_own=1.0, f1_baseline=0.0, n=60, states=(NEGATIVE, POSITIVE))


def test_one_contacts_comments_never_stand_on_both_sides_of_a_fold() -> None:
    """Words that only one contact uses teach nothing about the others: out of fold they are unknown."""
    same = [Example(f"eigenaardig woord {n}", POSITIVE, group=7) for n in range(40)]
    found = cross_fitted("nl", same, lambda _: POSITIVE)
    assert found.f1_own == 0.0
    assert found.f1_baseline == 1.0


def test_what_speaks_most_for_a_state_can_be_shown() -> None:
    top = top_weights(train_model("nl", DUTCH, "own"), 3)
    assert "slordig" in dict(top[NEGATIVE])
    assert "vriendelijk" in dict(top[POSITIVE])
    assert all(weight > 0 for found in top.values() for _, weight in found)


def test_macro_f1_of_known_counts() -> None:
    given, judged = ["a", "a", "b", "b"], ["a", "b", "b", "b"]
    assert macro_f1(given, judged, ["a", "b"]) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert macro_f1(given, judged, ["c"]) == 0


def test_calibration_keeps_the_order_and_stays_a_probability() -> None:
    shown = [Calibration(0.7, -0.3).of(raw) for raw in (0.0, 0.3, 0.5, 0.9, 1.0)]
    assert shown == sorted(shown)
    assert all(0 < one < 1 for one in shown)


def test_the_shipped_model_says_which_clause_hurts() -> None:
    text = "The consultant was friendly and patient, but the migration failed twice and nobody called back."
    whole, clauses = LinearJudge(shipped_model()).read(hear(text, "en"), Leaning.OPEN)
    assert whole.state is MIXED
    assert [one.state for _, one in clauses] == [POSITIVE, NEGATIVE]


@pytest.mark.parametrize(
    ("text", "leaning", "state"),
    [
        ("parking", Leaning.BETTER, NEUTRAL),
        ("the staff", Leaning.LIKED, POSITIVE),
        ("Absolutely brilliant service from start to finish", Leaning.OPEN, POSITIVE),
        ("Complete waste of time, nobody answers", Leaning.OPEN, NEGATIVE),
        ("The app keeps crashing", Leaning.OPEN, NEGATIVE),
        ("I couldn't be happier", Leaning.OPEN, POSITIVE),
    ],
)
def test_the_shipped_model_reads(text: str, leaning: Leaning, state: SentimentState) -> None:
    found = read_comment(text, locale="en", offered=["en"], leaning=leaning, rules=ReadingRules(()))
    assert found.state is state
    assert found.probability is not None
    assert found.probability > 1 / 3


def test_the_states_of_a_model_are_in_the_order_of_its_weights() -> None:
    assert STATES == (NEGATIVE, NEUTRAL, POSITIVE)
