"""What a survey may ask."""

import msgspec
import pytest

from surveys.definition import Question, SurveyDefinition
from surveys.definition_faults import faults_of
from surveys.instruments import DEFAULT_EMOTIONS, EMOTIONS, Instrument

FELT = Question("felt", Instrument.ANCHOR, "How did you feel about this step?", required=True)
EXPECTED = Question("expected", Instrument.EXPECTATION, "What did you expect?")
WHY = Question("why", Instrument.COMMENT, "Why?")
SIX = EMOTIONS[:6]


def survey(*questions: Question) -> SurveyDefinition:
    return SurveyDefinition(key="after-demo", name="After the demo", title="Your demo", questions=questions)


def fields_at_fault(definition: SurveyDefinition) -> list[str]:
    return [fault.field for fault in faults_of(definition)]


def test_a_plain_survey_has_no_fault() -> None:
    assert fields_at_fault(survey(FELT, WHY)) == []


def test_every_record_of_a_promise_may_be_asked_for_in_one_survey() -> None:
    kept = Question("kept", Instrument.KEPT, "Was the promise kept?")
    compared = Question("compared", Instrument.DISCONFIRMATION, "Compared with what we promised?")
    important = Question("important", Instrument.IMPORTANCE, "How important is this step to you?")
    assert fields_at_fault(survey(FELT, EXPECTED, kept, compared, important, WHY)) == []


def test_every_default_emotion_is_known() -> None:
    assert set(DEFAULT_EMOTIONS) <= set(EMOTIONS)
    assert len(set(EMOTIONS)) == len(EMOTIONS) == 29


def test_a_picker_without_emotions_holds_the_default_ones() -> None:
    assert Question("felt", Instrument.EMOTION, "Which?").emotions == DEFAULT_EMOTIONS


@pytest.mark.parametrize(
    ("questions", "field"),
    [
        ((), "questions"),
        ((FELT, Question("felt", Instrument.CSAT, "Satisfied?")), "questions[1].key"),
        ((WHY, Question("more", Instrument.COMMENT, "What else?")), "questions"),
        ((FELT, Question("again", Instrument.ANCHOR, "And now?")), "questions"),
        ((EXPECTED, Question("again", Instrument.EXPECTATION, "And now?")), "questions"),
        ((Question("one", Instrument.KEPT, "Kept?"), Question("two", Instrument.KEPT, "Really?")), "questions"),
        (
            (Question("one", Instrument.DISCONFIRMATION, "?"), Question("two", Instrument.DISCONFIRMATION, "?")),
            "questions",
        ),
        ((Question("one", Instrument.IMPORTANCE, "?"), Question("two", Instrument.IMPORTANCE, "?")), "questions"),
        ((Question("felt", Instrument.ANCHOR, "How?", emotions=SIX),), "questions[0].emotions"),
        ((Question("felt", Instrument.EMOTION, "Which?", emotions=SIX[:5]),), "questions[0].emotions"),
        ((Question("felt", Instrument.EMOTION, "Which?", emotions=EMOTIONS[:11]),), "questions[0].emotions"),
        ((Question("felt", Instrument.EMOTION, "Which?", emotions=(*SIX, "happy")),), "questions[0].emotions"),
        ((Question("felt", Instrument.EMOTION, "Which?", emotions=(*SIX, "blue")),), "questions[0].emotions"),
        ((Question("felt", Instrument.EMOTION, "Which?", emotions=SIX),), "questions[0].emotions"),  # all pleasant
        (
            (Question("felt", Instrument.EMOTION, "Which?", emotions=(*SIX[:4], *EMOTIONS[-2:])),),
            "questions[0].emotions",
        ),
    ],
)
def test_a_survey_that_cannot_be_asked_has_one_fault(questions: tuple[Question, ...], field: str) -> None:
    assert fields_at_fault(survey(*questions)) == [field]


def test_two_questions_of_agreement_may_stand_in_one_survey() -> None:
    fast, clear = (Question(key, Instrument.CES, "It was easy.") for key in ("fast", "clear"))
    assert fields_at_fault(survey(fast, clear)) == []


@pytest.mark.parametrize("key", ["", "Felt", "-felt", "felt_now", "felt\n", "a" * 65, "fü"])
def test_a_key_has_small_letters_digits_and_hyphens_only(key: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"key": key, "instrument": "anchor", "text": "How?"}, Question)


@pytest.mark.parametrize("text", ["  ", "a\x00b", "\ud800"])
def test_a_question_has_words_that_can_be_stored(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"key": "felt", "instrument": "anchor", "text": text}, Question)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"key": "felt", "instrument": "anchor", "text": "How?", "colour": "red"}, Question)


def test_what_a_version_holds_reads_back_as_it_was() -> None:
    definition = survey(FELT, Question("mood", Instrument.EMOTION, "Which?", emotions=SIX), WHY)
    assert msgspec.json.decode(msgspec.json.encode(definition), type=SurveyDefinition) == definition
