"""What customers fill in, checked against what was asked."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Fault, Invalid
from surveys.answering import GivenAnswer, check_answer, check_answers
from surveys.definition import Question, SurveyDefinition
from surveys.instruments import MAX_COMMENT_CHARACTERS, SCALES, Instrument

FELT = Question("felt", Instrument.ANCHOR, "How did you feel?", required=True)
RECOMMEND = Question("recommend", Instrument.NPS, "How likely?")
MOOD = Question(
    "mood", Instrument.EMOTION, "Which?", emotions=("happy", "trusting", "relieved", "confused", "stressed", "angry")
)
WHY = Question("why", Instrument.COMMENT, "Why?")
SURVEY = SurveyDefinition(key="s", name="S", title="T", questions=(FELT, RECOMMEND, MOOD, WHY))


def refusal(question: Question, *raw: str) -> str:
    with pytest.raises(Invalid) as caught:
        check_answer(question, list(raw))
    (fault,) = caught.value.faults
    assert fault.field == question.key
    return fault.message


def test_a_whole_form_becomes_answers_in_the_order_of_the_questions() -> None:
    form = {"why": ["  Slow.\r\nVery slow. "], "mood": ["angry", "confused"], "recommend": ["3"], "felt": ["2"]}
    assert check_answers(SURVEY, form) == (
        GivenAnswer("felt", Instrument.ANCHOR, value=2),
        GivenAnswer("recommend", Instrument.NPS, value=3),
        GivenAnswer("mood", Instrument.EMOTION, picks=("confused", "angry")),
        GivenAnswer("why", Instrument.COMMENT, text="Slow.\nVery slow."),
    )


def test_what_is_left_out_or_blank_is_no_answer() -> None:
    form = {"felt": ["4"], "recommend": [""], "why": [" \r\n "]}
    assert check_answers(SURVEY, form) == (GivenAnswer("felt", Instrument.ANCHOR, value=4),)


@pytest.mark.parametrize("instrument", SCALES)
def test_both_ends_of_a_scale_are_taken_and_what_lies_beyond_is_not(instrument: Instrument) -> None:
    scale, question = SCALES[instrument], Question("q", instrument, "?")
    for value in scale.points:
        assert check_answer(question, [str(value)]) == GivenAnswer("q", instrument, value=value)
    for value in (scale.low - 1, scale.high + 1):
        refusal(question, str(value))


@pytest.mark.parametrize("raw", ["11", "-1", "seven", "7.0", "1_0", "+7", "07", "٧", "7 8", "1e1"])
def test_anything_but_a_number_of_the_scale_is_refused(raw: str) -> None:
    assert refusal(RECOMMEND, raw) == "Please choose a number from 0 to 10."


def test_two_numbers_for_one_question_are_refused() -> None:
    assert refusal(RECOMMEND, "7", "8") == "Please choose a number from 0 to 10."


@pytest.mark.parametrize(
    ("instrument", "words"),
    [
        (Instrument.ANCHOR, "Please choose one of the five faces."),
        (Instrument.CES, "Please choose a number from 1 to 7."),
        (Instrument.EXPECTATION, "Please choose one of the five faces."),
        (Instrument.KEPT, "Please choose one of the answers shown."),
        (Instrument.DISCONFIRMATION, "Please choose one of the answers shown."),
        (Instrument.IMPORTANCE, "Please choose a number from 1 to 5."),
        (Instrument.EMOTION, "Please choose one to 3 of the words."),
        (Instrument.COMMENT, "Please write a few words."),
    ],
)
def test_a_required_question_says_how_to_answer_it(instrument: Instrument, words: str) -> None:
    assert refusal(Question("q", instrument, "?", required=True), " ") == words


def test_an_emotion_that_was_not_offered_is_refused() -> None:
    assert refusal(MOOD, "happy", "valued") == "Please choose only from the words shown."


def test_the_same_emotion_twice_counts_once_and_a_fourth_is_refused() -> None:
    answer = check_answer(MOOD, ["angry", "angry", "happy", "angry"])
    assert answer is not None
    assert answer.picks == ("happy", "angry")
    assert refusal(MOOD, "happy", "trusting", "angry", "stressed") == "Please choose 3 at most."


def test_a_comment_of_the_greatest_length_is_taken_and_one_more_is_refused() -> None:
    longest = "é" * MAX_COMMENT_CHARACTERS
    assert check_answer(WHY, [longest]) == GivenAnswer("why", Instrument.COMMENT, text=longest)
    assert refusal(WHY, longest + "é") == "Your comment has 2,001 characters. Please shorten it to 2,000."


def test_a_comment_of_a_megabyte_is_refused_by_its_length() -> None:
    assert refusal(WHY, "a" * 1_000_000).startswith("Your comment has 1,000,000 characters.")


def test_a_line_break_counts_as_one_character() -> None:
    assert check_answer(WHY, ["a" + "\r\n" * (MAX_COMMENT_CHARACTERS - 2) + "b"]) is not None


@pytest.mark.parametrize(("raw", "text"), [("a\x00b", "ab"), ("a\ud800", "a"), ("\x00", None)])
def test_what_can_not_be_stored_is_left_out_of_a_comment(raw: str, text: str | None) -> None:
    answer = check_answer(WHY, [raw])
    assert (answer.text if answer else None) == text


def test_every_bad_question_has_its_own_fault() -> None:
    with pytest.raises(Invalid) as caught:
        check_answers(SURVEY, {"recommend": ["11"], "mood": ["blue"], "why": ["x" * 2_001]})
    assert [fault.field for fault in caught.value.faults] == ["felt", "mood", "recommend", "why"]


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        check_answers(SURVEY, {"felt": ["3"], "colour": ["red"]})
    words = "This survey has no such question. Please reload the page and try again."
    assert caught.value.faults == (Fault("colour", words),)


@pytest.mark.parametrize("form", [{}, {"recommend": [], "why": [" "]}])
def test_an_empty_form_is_asked_for_at_least_one_answer(form: dict[str, list[str]]) -> None:
    nothing_required = SurveyDefinition(key="s", name="S", title="T", questions=(RECOMMEND, WHY))
    with pytest.raises(Invalid) as caught:
        check_answers(nothing_required, form)
    assert caught.value.faults == (Fault("", "Nothing is filled in yet. Please answer at least one question."),)


@given(st.dictionaries(st.sampled_from(["felt", "recommend", "mood", "why", "x"]), st.lists(st.text(), max_size=4)))
def test_any_form_is_either_taken_or_refused_as_invalid(form: dict[str, list[str]]) -> None:
    with suppress(Invalid):
        assert check_answers(SURVEY, form)
