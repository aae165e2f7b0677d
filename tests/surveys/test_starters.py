"""The surveys to start from: without a fault, short, and with the same first question."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotFound
from surveys.branching import longest_way, path_of
from surveys.definition import Question, SurveyDefinition
from surveys.definition_faults import faults_of
from surveys.given_answer import GivenAnswer
from surveys.instruments import EXPERIENCE, SCALES, Instrument, Look
from surveys.starters import PHASES, starter, starters
from surveys.survey_file import read_survey, write_survey
from surveys.texts import languages
from surveys.wording import has_own_words, languages_of
from tests.surveys.any_definition import answers_to

MOST_QUESTIONS = 4
# Asked before the step, so that nothing was felt yet; and for people who don't read, with one row of faces only.
WITHOUT_ANCHOR = {"expectation": Instrument.EXPECTATION, "emotion-pictures": Instrument.EMOTION}

each = pytest.mark.parametrize("survey", starters(), ids=[one.key for one in starters()])
each_phase = pytest.mark.parametrize("phase", PHASES)


@each
def test_a_starter_has_no_fault_and_survives_writing(survey: SurveyDefinition) -> None:
    assert list(faults_of(survey)) == []
    assert read_survey(write_survey(survey, "yaml"), "s.yaml") == survey


@each
def test_a_starter_begins_with_the_five_faces_in_their_own_words(survey: SurveyDefinition) -> None:
    first = survey.questions[0]
    if survey.key in WITHOUT_ANCHOR:
        assert first.instrument is WITHOUT_ANCHOR[survey.key]
    else:
        plain = Question("felt", Instrument.ANCHOR, required=True, branches=first.branches)
        assert first == plain


@pytest.mark.parametrize("survey", starters(), ids=[one.key for one in starters()])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_nobody_is_asked_more_than_four_questions(data: st.DataObject, survey: SurveyDefinition) -> None:
    assert longest_way(survey) <= MOST_QUESTIONS
    assert len(path_of(survey, data.draw(answers_to(survey)), {})) <= MOST_QUESTIONS


def test_every_instrument_of_experience_and_promise_has_a_starter_in_every_look() -> None:
    asked = {(question.instrument, question.look) for one in starters() for question in one.questions}
    shown = {(instrument, Look.NUMBERS) for instrument in (*SCALES, *EXPERIENCE)}
    assert asked >= shown | {(Instrument.CSAT, Look.FACES), (Instrument.CSAT, Look.STARS)}


def test_a_starter_of_an_instrument_speaks_every_language() -> None:
    for one in starters():
        if one.key not in PHASES:
            assert not has_own_words(one)
            assert set(languages_of(one)) == set(languages())


@each_phase
def test_a_starter_of_a_phase_speaks_english_and_german(phase: str) -> None:
    assert languages_of(starter(phase)) == ("en", "de")


@each_phase
@pytest.mark.parametrize("value", SCALES[Instrument.ANCHOR].points)
def test_only_who_is_unhappy_is_asked_what_went_wrong(phase: str, value: int) -> None:
    survey = starter(phase)
    felt = {"felt": GivenAnswer("felt", Instrument.ANCHOR, value=value)}
    wrong = survey.questions[1]
    assert wrong.instrument is Instrument.CHOICE
    assert wrong.has_other
    assert (wrong in path_of(survey, felt, {})) is (value <= 2)


def test_starters_come_by_instrument_then_by_phase_in_the_order_of_the_relationship() -> None:
    found = [one.key for one in starters()]
    assert found[-len(PHASES) :] == list(PHASES)
    assert found[: -len(PHASES)] == sorted(found[: -len(PHASES)])
    assert len(found) == 16 + len(PHASES)


def test_a_starter_that_is_none_is_not_found_and_the_others_are_named() -> None:
    with pytest.raises(NotFound, match="There is no starter nothing; there are anchor, "):
        starter("nothing")
