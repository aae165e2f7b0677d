"""What customers fill in, checked against what was asked."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Fault, Invalid
from surveys.answering import check_answer, check_answers, missing
from surveys.definition import Choice, Question, SurveyDefinition
from surveys.given_answer import GivenAnswer
from surveys.instruments import MAX_COMMENT_CHARACTERS, SCALES, Instrument, Look
from surveys.texts import languages, texts_in

FELT = Question("felt", Instrument.ANCHOR, "How did you feel?", required=True)
RECOMMEND = Question("recommend", Instrument.NPS, "How likely?")
MOOD = Question(
    "mood", Instrument.EMOTION, "Which?", emotions=("happy", "trusting", "relieved", "confused", "stressed", "angry")
)
WHY = Question("why", Instrument.COMMENT, "Why?")
SURVEY = SurveyDefinition(key="s", name="S", title="T", questions=(FELT, RECOMMEND, MOOD, WHY))
ENGLISH = texts_in("en")
THREE = (Choice("price", "The price"), Choice("speed", "The speed"), Choice("people", "The people"))
ONE = Question("one", Instrument.CHOICE, "Which?", choices=THREE, has_other=True)
SOME = Question("some", Instrument.CHOICES, "Which?", choices=THREE, has_other=True, at_most=3)
CONTACT = Question("contact", Instrument.CONTACT)


def checked(question: Question, *raw: str, **beside: str) -> GivenAnswer | None:
    """The answer to a form with these values, and with those of the fields beside it, such as `other`."""
    form = {question.key: list(raw), **{f"{question.key}.{name}": [value] for name, value in beside.items()}}
    return check_answer(question, form, ENGLISH)


def refusal(question: Question, *raw: str, **beside: str) -> str:
    with pytest.raises(Invalid) as caught:
        checked(question, *raw, **beside)
    (fault,) = caught.value.faults
    assert fault.field == question.key
    return fault.message


def test_a_whole_form_becomes_answers_in_the_order_of_the_questions() -> None:
    form = {"why": ["  Slow.\r\nVery slow. "], "mood": ["angry", "confused"], "recommend": ["3"], "felt": ["2"]}
    answers = check_answers(SURVEY, form, ENGLISH)
    assert list(answers) == ["felt", "recommend", "mood", "why"]
    assert list(answers.values()) == [
        GivenAnswer("felt", Instrument.ANCHOR, value=2),
        GivenAnswer("recommend", Instrument.NPS, value=3),
        GivenAnswer("mood", Instrument.EMOTION, picks=("confused", "angry")),
        GivenAnswer("why", Instrument.COMMENT, text="Slow.\nVery slow."),
    ]


def test_what_is_left_blank_takes_its_answer_back_and_what_is_left_out_says_nothing() -> None:
    form = {"felt": ["4"], "recommend": [""], "why": [" \r\n "]}
    answers = {"felt": GivenAnswer("felt", Instrument.ANCHOR, value=4), "recommend": None, "why": None}
    assert check_answers(SURVEY, form, ENGLISH) == answers


@pytest.mark.parametrize("instrument", SCALES)
def test_both_ends_of_a_scale_are_taken_and_what_lies_beyond_is_not(instrument: Instrument) -> None:
    scale, question = SCALES[instrument], Question("q", instrument, "?")
    for value in scale.points:
        assert checked(question, str(value)) == GivenAnswer("q", instrument, value=value)
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
        (Instrument.THUMBS, "Please choose one of the answers shown."),
        (Instrument.CHOICE, "Please choose one of the answers shown."),
        (Instrument.CHOICES, "Please choose from the answers shown."),
        (Instrument.CONSENT, "Please tick the box to go on."),
        (Instrument.CONTACT, "Please choose one of the answers shown."),
        (Instrument.EXPECTATION, "Please choose one of the five faces."),
        (Instrument.KEPT, "Please choose one of the answers shown."),
        (Instrument.DISCONFIRMATION, "Please choose one of the answers shown."),
        (Instrument.IMPORTANCE, "Please choose a number from 1 to 5."),
        (Instrument.EMOTION, "Please choose one to 3 of the words."),
        (Instrument.COMMENT, "Please write a few words."),
    ],
)
def test_a_required_question_says_how_to_answer_it(instrument: Instrument, words: str) -> None:
    question = Question("q", instrument, "?", required=True)
    assert checked(question, " ") is None
    assert missing(question, ENGLISH) == Fault("q", words)


def test_an_emotion_that_was_not_offered_is_refused() -> None:
    assert refusal(MOOD, "happy", "valued") == "Please choose only from the words shown."


def test_the_same_emotion_twice_counts_once_and_a_fourth_is_refused() -> None:
    answer = checked(MOOD, "angry", "angry", "happy", "angry")
    assert answer is not None
    assert answer.picks == ("happy", "angry")
    assert refusal(MOOD, "happy", "trusting", "angry", "stressed") == "Please choose 3 at most."


def test_a_comment_of_the_greatest_length_is_taken_and_one_more_is_refused() -> None:
    longest = "é" * MAX_COMMENT_CHARACTERS
    assert checked(WHY, longest) == GivenAnswer("why", Instrument.COMMENT, text=longest)
    assert refusal(WHY, longest + "é") == "You wrote 2,001 characters. Please shorten it to 2,000."


def test_a_comment_of_a_megabyte_is_refused_by_its_length() -> None:
    assert refusal(WHY, "a" * 1_000_000).startswith("You wrote 1,000,000 characters.")


def test_a_line_break_counts_as_one_character() -> None:
    assert checked(WHY, "a" + "\r\n" * (MAX_COMMENT_CHARACTERS - 2) + "b") is not None


@pytest.mark.parametrize(("raw", "text"), [("a\x00b", "ab"), ("a\ud800", "a"), ("\x00", None)])
def test_what_can_not_be_stored_is_left_out_of_a_comment(raw: str, text: str | None) -> None:
    answer = checked(WHY, raw)
    assert (answer.text if answer else None) == text


def test_every_bad_question_has_its_own_fault() -> None:
    with pytest.raises(Invalid) as caught:
        check_answers(SURVEY, {"felt": ["0"], "recommend": ["11"], "mood": ["blue"], "why": ["x" * 2_001]}, ENGLISH)
    assert [fault.field for fault in caught.value.faults] == ["felt", "mood", "recommend", "why"]


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        check_answers(SURVEY, {"felt": ["3"], "colour": ["red"]}, ENGLISH)
    words = "This survey has no such question. Please reload the page and try again."
    assert caught.value.faults == (Fault("colour", words),)


@pytest.mark.parametrize("form", [{}, {"recommend": [], "why": [" "]}])
def test_an_empty_form_answers_nothing(form: dict[str, list[str]]) -> None:
    assert [answer for answer in check_answers(SURVEY, form, ENGLISH).values() if answer] == []


def test_a_comment_has_the_length_that_its_question_allows() -> None:
    short = Question("short", Instrument.COMMENT, max_characters=5)
    assert checked(short, "a\r\nbcd") == GivenAnswer("short", Instrument.COMMENT, text="a\nbcd")
    assert refusal(short, "abcdef") == "You wrote 6 characters. Please shorten it to 5."


def test_a_thumb_is_down_or_up() -> None:
    thumbs = Question("good", Instrument.THUMBS)
    assert checked(thumbs, "0") == GivenAnswer("good", Instrument.THUMBS, value=0)
    assert refusal(thumbs, "2") == "Please choose one of the answers shown."


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Look.NUMBERS, "Please choose a number from 1 to 5."),
        (Look.FACES, "Please choose one of the five faces."),
        (Look.STARS, "Please choose one of the answers shown."),
    ],
)
def test_a_scale_takes_the_same_in_every_look_and_refuses_in_its_words(look: Look, words: str) -> None:
    question = Question("q", Instrument.CSAT, look=look)
    assert checked(question, "5") == GivenAnswer("q", Instrument.CSAT, value=5)
    assert refusal(question, "6") == words


def test_one_choice_is_taken_and_two_are_not() -> None:
    assert checked(ONE, "speed") == GivenAnswer("one", Instrument.CHOICE, picks=("speed",))
    assert refusal(ONE, "speed", "price") == "Please choose 1 at most."
    assert refusal(ONE, "The speed") == "Please choose one of the answers shown."


def test_several_choices_are_kept_in_the_order_in_which_they_are_listed() -> None:
    assert checked(SOME, "people", "price") == GivenAnswer("some", Instrument.CHOICES, picks=("price", "people"))
    assert refusal(SOME, "price", "blue") == "Please choose from the answers shown."
    assert refusal(SOME, "price", "speed", "people", "other", other="x") == "Please choose 3 at most."


@pytest.mark.parametrize("question", [ONE, SOME])
def test_something_else_comes_with_its_words_whether_or_not_its_box_is_ticked(question: Question) -> None:
    said = GivenAnswer(question.key, question.instrument, picks=("other",), other="The parking")
    assert checked(question, "other", other=" The parking ") == said
    assert checked(question, other="The parking") == said
    assert refusal(question, "other", other=" ") == "Please write what else it is."
    assert refusal(question, "other", other="x" * 201) == "You wrote 201 characters. Please shorten it to 200."


def test_something_else_stands_beside_other_choices_only_where_several_may_be_chosen() -> None:
    both = checked(SOME, "speed", other="The parking")
    assert both == GivenAnswer("some", Instrument.CHOICES, picks=("speed", "other"), other="The parking")
    written = checked(ONE, "speed", other="The parking")
    assert written == GivenAnswer("one", Instrument.CHOICE, picks=("other",), other="The parking")


def test_words_for_something_else_that_was_not_offered_are_passed_over() -> None:
    closed = Question("one", Instrument.CHOICE, "Which?", choices=THREE)
    assert checked(closed, "speed", other="x") == GivenAnswer("one", Instrument.CHOICE, picks=("speed",))
    assert checked(closed, other="x") is None
    assert refusal(closed, "other") == "Please choose one of the answers shown."


def test_a_feeling_has_a_strength_where_it_is_asked_for() -> None:
    strong = Question("mood", Instrument.EMOTION, asks_strength=True)
    felt = GivenAnswer("mood", Instrument.EMOTION, picks=("happy",), strength=3)
    assert checked(strong, "happy", strength="3") == felt
    assert checked(strong, "happy") == GivenAnswer("mood", Instrument.EMOTION, picks=("happy",))
    assert checked(strong, strength="3") is None
    assert refusal(strong, "happy", strength="4") == "Please choose one of the answers shown."
    assert checked(MOOD, "happy", strength="3") == GivenAnswer("mood", Instrument.EMOTION, picks=("happy",))


def test_consent_is_a_tick_and_nothing_else() -> None:
    consent = Question("consent", Instrument.CONSENT, "You may quote me.")
    assert checked(consent, "1") == GivenAnswer("consent", Instrument.CONSENT, value=1)
    assert checked(consent) is None
    for raw in ("0", "on", "yes"):
        assert refusal(consent, raw) == "Please tick the box to go on."


def test_the_address_counts_only_for_one_who_may_be_contacted() -> None:
    yes = GivenAnswer("contact", Instrument.CONTACT, value=1, other="ann@home.example")
    assert checked(CONTACT, "1", email=" ann@home.example ") == yes
    assert checked(CONTACT, "1") == GivenAnswer("contact", Instrument.CONTACT, value=1)
    assert checked(CONTACT, "0", email="ann@home.example") == GivenAnswer("contact", Instrument.CONTACT, value=0)
    assert checked(CONTACT, email="ann@home.example") is None
    assert refusal(CONTACT, "2") == "Please choose one of the answers shown."


@pytest.mark.parametrize(
    "address", ["ann", "ann@", "@home.example", "ann@home", "a b@home.example", "a" * 250 + "@b.cd"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert refusal(CONTACT, "1", email=address) == "This is no e-mail address. Please check it."


def test_a_statement_is_not_answered() -> None:
    statement = Question("note", Instrument.STATEMENT, "Nearly done.")
    assert checked(statement) is None
    assert refusal(statement, "1") == "This survey has no such question. Please reload the page and try again."


@pytest.mark.parametrize("language", languages())
def test_every_refusal_is_said_in_every_language(language: str) -> None:
    texts = texts_in(language)
    form = {"felt": ["0"], "recommend": ["11"], "mood": ["blue"], "why": ["x" * 2_001], "one": ["x"], "some": ["x"],
            "contact": ["1"], "contact.email": ["x"], "colour": ["red"]}  # fmt: skip
    survey = SurveyDefinition(key="s", name="S", questions=(FELT, RECOMMEND, MOOD, WHY, ONE, SOME, CONTACT))
    with pytest.raises(Invalid) as caught:
        check_answers(survey, form, texts)
    assert len(caught.value.faults) == 8
    assert all(fault.message and "{" not in fault.message for fault in caught.value.faults)


FIELDS = ["felt", "recommend", "mood", "why", "x", "one", "one.other", "some", "some.other", "contact",
          "contact.email", "mood.strength"]  # fmt: skip
ANYTHING = SurveyDefinition(key="s", name="S", questions=(FELT, RECOMMEND, MOOD, WHY, ONE, SOME, CONTACT))


@given(st.dictionaries(st.sampled_from(FIELDS), st.lists(st.text() | st.sampled_from(["1", "other"]), max_size=4)))
def test_any_form_is_either_taken_or_refused_as_invalid(form: dict[str, list[str]]) -> None:
    with suppress(Invalid):
        assert set(check_answers(ANYTHING, form, ENGLISH)) == {field.partition(".")[0] for field in form}
