"""A survey as a file: what is read, what is refused, and that writing loses nothing."""

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from core.errors import Invalid
from surveys.definition import Condition, Question, SurveyDefinition
from surveys.instruments import DEFAULT_EMOTIONS, Instrument
from surveys.kept_files import MOST_FAULTS
from surveys.piping import is_broken, piped, pipes_in
from surveys.survey_file import read_survey, survey_warnings, write_survey
from tests.surveys.any_definition import definitions

DOCS = Path(__file__).parents[2] / "docs" / "survey-files.md"
GOOD = """
kept: survey/1
key: after-demo
name: After the demo
questions:
  - {key: felt, instrument: anchor, required: true}
"""
SURVEY = SurveyDefinition(
    key="after-demo", name="After the demo", questions=(Question("felt", Instrument.ANCHOR, required=True),)
)


def faults_in(text: str, name: str = "survey.yaml") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_survey(text, name)
    return [(fault.field, fault.message) for fault in caught.value.faults]


def test_the_smallest_survey_is_read_as_it_stands() -> None:
    assert read_survey(GOOD, "survey.yaml") == SURVEY


def test_what_says_no_more_than_its_default_is_not_written() -> None:
    tidy = "kept: survey/1\nkey: after-demo\nname: After the demo\nquestions:\n"
    assert write_survey(SURVEY, "yaml") == f"{tidy}  - key: felt\n    instrument: anchor\n    required: true\n"


def test_what_is_false_but_no_default_is_written() -> None:
    asked = Condition(answer="felt", is_answered=False)
    question = {"key": "felt", "instrument": "anchor", "branches": [{"go": "end", "when": [asked]}]}
    definition = msgspec.convert({"key": "a", "name": "A", "questions": [question]}, SurveyDefinition)
    assert "is_answered: false" in write_survey(definition, "yaml")
    assert read_survey(write_survey(definition, "json"), "s.json") == definition


def test_the_default_emotions_are_written_out_so_that_a_file_says_what_is_asked() -> None:
    definition = msgspec.structs.replace(SURVEY, questions=(Question("mood", Instrument.EMOTION),))
    assert all(f"- {emotion}\n" in write_survey(definition, "yaml") for emotion in DEFAULT_EMOTIONS)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_moment_keeps_its_time_and_its_zone(form: Literal["yaml", "json"]) -> None:
    moment = datetime(2026, 3, 1, 9, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    definition = msgspec.structs.replace(SURVEY, opens_at=moment)
    text = write_survey(definition, form)
    assert "2026-03-01T09:00:00.250000+05:30" in text
    assert read_survey(text, f"s.{form}").opens_at == moment


@pytest.mark.parametrize("said", ["2026-03-01 09:00:00Z", "2026-03-01T10:00:00+01:00", '"2026-03-01T09:00:00Z"'])
def test_a_moment_is_read_however_it_is_written(said: str) -> None:
    found = read_survey(f"{GOOD}opens_at: {said}\n", "s.yaml")
    assert found.opens_at == datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("said", ["2026-03-01", "2026-03-01T09:00:00", "tomorrow", "12"])
def test_a_moment_without_a_zone_is_refused(said: str) -> None:
    [(field, message)] = faults_in(f"{GOOD}opens_at: {said}\n")
    assert field == "opens_at"
    assert "write a moment with its time zone, such as 2026-03-01T09:00:00+01:00" in message


@pytest.mark.parametrize("form", ["yaml", "json"])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(definition=definitions())
def test_any_survey_that_is_written_reads_back_the_same(
    form: Literal["yaml", "json"], definition: SurveyDefinition
) -> None:
    assert read_survey(write_survey(definition, form), f"s.{form}") == definition


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(definition=definitions())
def test_any_survey_that_is_stored_reads_back_the_same(definition: SurveyDefinition) -> None:
    assert msgspec.json.decode(msgspec.json.encode(definition), type=SurveyDefinition) == definition


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("- a\n", "survey.yaml", "this is no survey: it must begin with the line `kept: survey/1`"),
        ("key: a\n", "kept", "this is missing; a survey's file begins with the line `kept: survey/1`"),
        (GOOD.replace("survey/1", "journey/1"), "kept", "this says 'journey/1'"),
        (GOOD.replace("key: after-demo", "key: after-demo\nquestion: []"), "question", "did you mean questions?"),
        (f"{GOOD}translations: {{no: {{}}}}\n", "translations.False", "put words such as yes and no in quotes"),
        (f"{GOOD}key: b\n", "survey.yaml", "stands twice"),
        ("kept: [", "survey.yaml", "this is no YAML"),
        (
            GOOD.replace("key: after-demo", f"key: 0x{'f' * 5_000}"),
            "survey.yaml",
            "line 3: this is a number of too many",
        ),
        (f"kept: {':'.join(['59'] * 3_000)}", "kept", "this says '59:59:59"),
    ],
)
def test_a_file_that_is_no_survey_is_refused_with_its_place(text: str, field: str, words: str) -> None:
    first = faults_in(text)[0]
    assert first[0] == field
    assert words in first[1]


def test_no_more_faults_are_named_than_anybody_mends_at_once() -> None:
    many = "".join(f"  - {{key: q{n}, instrument: stars}}\n" for n in range(50))
    assert len(faults_in(GOOD + many)) == MOST_FAULTS


def test_more_than_three_questions_on_one_way_are_warned_of() -> None:
    more = "".join(f"  - {{key: {key}, instrument: ces}}\n" for key in "abc")
    assert list(survey_warnings(read_survey(GOOD + more, "s.yaml"))) == [
        "4 questions on one way through it; three or fewer get more answers"
    ]
    apart = GOOD.replace("required: true", "branches: [{go: c, when: [{answer: felt, at_least: 4}]}, {go: c}]")
    with pytest.raises(Invalid):
        read_survey(apart + more, "s.yaml")  # a and b are never reached
    halved = more.replace("key: a, instrument: ces", "key: a, instrument: ces, branches: [{go: c}]")
    both = GOOD.replace("required: true", "branches: [{go: b, when: [{answer: felt, at_least: 4}]}]")
    assert list(survey_warnings(read_survey(both + halved, "s.yaml"))) == []


def test_every_example_in_the_docs_is_read() -> None:
    examples = [part.split("```")[0] for part in DOCS.read_text(encoding="utf-8").split("```yaml\n")[1:]]
    whole = [example for example in examples if example.startswith("kept: survey/1")]
    assert len(whole) >= 5
    for example in whole:
        read_survey(example, "survey-files.md")


@pytest.mark.parametrize("braces", ["{{", "{{a|", "{", "{{a|b}}"])
def test_no_row_of_braces_takes_long_to_read(braces: str) -> None:
    began = time.perf_counter()
    text = braces * (60_000 // len(braces))
    sum(1 for _ in pipes_in(text))
    assert piped(text, {"a": "x"}).count("x") == text.count("}}")
    assert is_broken(text) is ("}}" not in text and "{{" in text)
    assert time.perf_counter() - began < 5  # seconds; read to its end from each, a row takes a minute
