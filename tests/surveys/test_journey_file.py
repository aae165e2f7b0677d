"""A journey as a file: what is read, what is refused and where, and that writing loses nothing."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Fault, Invalid
from surveys.definition import Question, SurveyDefinition
from surveys.instruments import PLEASANT, UNPLEASANT, Instrument
from surveys.journey_file import (
    AskFile,
    Channel,
    JourneyFile,
    Period,
    PersonaFile,
    PersonaKind,
    PromiseFile,
    StageFile,
    TouchpointFile,
    read_journey,
    warnings_of,
    write_journey,
)
from surveys.tidy_writing import iso_duration

DEMO = Path(__file__).parents[2] / "demo" / "journey.yaml"

# The smallest journey that has one of everything; each test of a fault changes one thing in it.
GOOD = """
kept: journey/1
key: buying
name: Buying
personas:
  - {key: buyer, name: Buyer, kind: customer}
surveys:
  - key: after-demo
    name: After the demo
    language: en
    title: Your demo
    questions:
      - {key: felt, instrument: anchor, text: How was it, required: true}
stages:
  - key: trying
    name: Trying
    phase: Consideration
    touchpoints:
      - key: demo
        name: Demo
        period: before
        channel: video
        event: demo.held
        promises:
          - {claim: Forty minutes., valid_from: 2024-01-01, valid_to: 2024-12-31, level: 0}
          - {claim: Thirty minutes., valid_from: 2025-01-01, share: 0.95}
        asks:
          - {survey: after-demo, wait: PT2H, expires: P14D}
"""


def faults_in(text: str, name: str = "journey.yaml") -> tuple[Fault, ...]:
    with pytest.raises(Invalid) as caught:
        read_journey(text, name)
    return caught.value.faults


def changed(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must stand once in the good journey"
        text = text.replace(old, new)
    return text


def test_the_small_journey_is_read_as_it_stands() -> None:
    file = read_journey(GOOD, "journey.yaml")
    (touchpoint,) = file.stages[0].touchpoints
    assert [promise.level for promise in touchpoint.promises] == [0.0, None]
    assert touchpoint.promises[1].valid_from == date(2025, 1, 1)
    assert touchpoint.asks == (AskFile("after-demo", timedelta(hours=2), timedelta(days=14)),)
    assert warnings_of(file) == []


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_byte_order_mark_is_passed_over(form: Literal["yaml", "json"]) -> None:
    file = read_journey(GOOD, "journey.yaml")
    assert read_journey("\ufeff" + write_journey(file, form), f"j.{form}") == file


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_demo_is_read_and_survives_writing(form: Literal["yaml", "json"]) -> None:
    file = read_journey(DEMO.read_text(encoding="utf-8"), DEMO.name)
    assert len([touchpoint for stage in file.stages for touchpoint in stage.touchpoints]) >= 10
    assert read_journey(write_journey(file, form), f"again.{form}") == file


def test_a_written_journey_is_tidy() -> None:
    assert write_journey(read_journey(GOOD, "journey.yaml"), "yaml") == TIDY


TIDY = """\
kept: journey/1
key: buying
name: Buying
personas:
  - key: buyer
    name: Buyer
    kind: customer
surveys:
  - key: after-demo
    name: After the demo
    title: Your demo
    questions:
      - key: felt
        instrument: anchor
        text: How was it
        required: true
stages:
  - key: trying
    name: Trying
    phase: Consideration
    touchpoints:
      - key: demo
        name: Demo
        period: before
        channel: video
        event: demo.held
        promises:
          - claim: Forty minutes.
            valid_from: 2024-01-01
            valid_to: 2024-12-31
            level: 0.0
          - claim: Thirty minutes.
            valid_from: 2025-01-01
            share: 0.95
        asks:
          - survey: after-demo
            wait: PT2H
            expires: P14D
"""

T0 = "stages[0].touchpoints[0]"


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ("level: 0}", "level: 1.5}", f"{T0}.promises[0].level", "this is 1.5; write a number from -1 to 1"),
        ("level: 0}", "level: .nan}", f"{T0}.promises[0].level", "a number from -1 to 1"),
        ("level: 0}", "share: 0, level: 0}", f"{T0}.promises[0].level", "exactly one"),
        (", level: 0}", "}", f"{T0}.promises[0].level", "exactly one"),
        ("share: 0.95", "share: 95", f"{T0}.promises[1].share", "a number from 0 to 1"),
        ("valid_to: 2024-12-31", "valid_to: 2023-12-31", f"{T0}.promises[0].valid_to", "before valid_from"),
        ("valid_to: 2024-12-31", "valid_to: 2025-01-01", f"{T0}.promises[1].valid_from", "promises[0] is still"),
        ("valid_to: 2024-12-31, ", "", f"{T0}.promises[1].valid_from", "promises[0] is still in force"),
        ("valid_from: 2025-01-01", "valid_from: soon", f"{T0}.promises[1].valid_from", "a date such as 2025-01-31"),
        ("wait: PT2H", "wait: 2 hours", f"{T0}.asks[0].wait", "a duration such as PT2H"),
        ("wait: PT2H", "wait: -PT2H", f"{T0}.asks[0].wait", "whole seconds"),
        ("wait: PT2H", "wait: PT0.5S", f"{T0}.asks[0].wait", "whole seconds"),
        ("wait: PT2H", "wait: P14D", f"{T0}.asks[0].expires", "over before it is sent"),
        ("expires: P14D", "expires: P400D", f"{T0}.asks[0].expires", "at most 366 days"),
        ("survey: after-demo", "survey: after-call", f"{T0}.asks[0].survey", "no survey here has the key after-call"),
        ("        event: demo.held\n", "", f"{T0}.event", "name the event"),
        ("name: Buying\n", "name: Buying\noverall: demos\n", "overall", "no touchpoint here has the key demos"),
        ("name: Buying\n", "name: Buying\noverall: The Demo\n", "overall", "small letters"),
        ("period: before", "period: later", f"{T0}.period", "one of before, during, after"),
        ("channel: video", "chanel: video", f"{T0}.chanel", "did you mean channel?"),
        ("channel: video", "channel:", f"{T0}.channel", "this is empty; write one of web"),
        ("name: Demo\n", "name: No\n", f"{T0}.name", "in quotes"),
        ("name: Demo\n", 'name: "a\\0b"\n', f"{T0}.name", "a text"),
        ("key: demo\n", "key: The Demo\n", f"{T0}.key", "small letters"),
        ("kind: customer", "kind: boss", "personas[0].kind", "one of customer, prospect"),
        ("phase: Consideration", f"phase: {'a' * 65}", "stages[0].phase", "1 to 64 characters"),
        ("instrument: anchor", "instrument: stars", "surveys[0].questions[0].instrument", "one of anchor, nps"),
        (
            "text: How was it",
            "text: How was it, emotions: [happy]",
            "surveys[0].questions[0].emotions",
            "take it out",
        ),
        ("language: en", "language: english please", "surveys[0].language", "such as en"),
        ("name: Buying", "name: [Buying]", "name", "this is a list of 1; write a text"),
        ("key: buying\n", "", "key", "this is missing; write a key"),
        ("kept: journey/1", "kept: journey/2", "kept", "this version of Kept reads `kept: journey/1`"),
        ("kept: journey/1\n", "", "kept", "begins with the line `kept: journey/1`"),
    ],
)
def test_a_fault_names_its_place_and_how_to_mend_it(old: str, new: str, field: str, words: str) -> None:
    first = faults_in(changed((old, new)))[0]
    assert first.field == field
    assert words in first.message


def test_every_fault_is_named_at_once() -> None:
    text = changed(("level: 0}", "level: 9}"), ("kind: customer", "kind: boss"), ("text: How was it", "text: ' '"))
    fields = ["personas[0].kind", "surveys[0].questions[0].text", f"{T0}.promises[0].level"]
    assert [fault.field for fault in faults_in(text)] == fields


def test_a_journey_without_stages_is_refused() -> None:
    assert [fault.field for fault in faults_in("kept: journey/1\nkey: a\nname: A\nstages: []\n")] == ["stages"]


@pytest.mark.parametrize(
    ("kind", "place"),
    [("personas", "personas[1].key"), ("surveys", "surveys[1].key"), ("stages", "stages[1].key")],
)
def test_a_key_that_stands_twice_is_refused(kind: str, place: str) -> None:
    plain = yaml.safe_load(GOOD)
    plain[kind].append({**plain[kind][0], "touchpoints": []} if kind == "stages" else plain[kind][0])
    (fault,) = faults_in(json.dumps(plain, default=str), "journey.json")
    assert fault.field == place


def test_a_touchpoint_key_is_taken_in_the_whole_journey() -> None:
    plain = yaml.safe_load(GOOD)
    plain["stages"].append({**plain["stages"][0], "key": "again"})
    (fault,) = faults_in(json.dumps(plain, default=str), "journey.json")
    assert fault.field == "stages[1].touchpoints[0].key"


def test_a_survey_asked_twice_at_one_touchpoint_is_refused() -> None:
    plain = yaml.safe_load(GOOD)
    plain["stages"][0]["touchpoints"][0]["asks"] *= 2
    (fault,) = faults_in(json.dumps(plain, default=str), "journey.json")
    assert fault.field == f"{T0}.asks[1].survey"


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("", "j.yaml", "this is no journey"),
        ("- kept", "j.yaml", "this is no journey"),
        ("Dear customers,", "j.yaml", "this is no journey"),
        ("kept: [journey/1\nkey: a\n", "j.yaml", "line 2, column 4: this is no YAML"),
        ('{"kept": "journey/1",}', "j.json", "line 1, column 22: this is no JSON"),
        ("kept: journey/1\nkey: a\nkey: b\n", "j.yaml", "line 3: the field 'key' stands twice"),
        ('{"kept": "journey/1", "key": "a", "key": "b"}', "j.json", "the field 'key' stands twice"),
        ('{"kept": "journey/1", "level": NaN}', "j.json", "NaN is no number"),
        ('{"kept": "journey/1", "name": "\\ud800"}', "upload", "surrogates not allowed"),
        ("kept: journey/1\nvalid_from: 2025-02-30\n", "j.yaml", "day is out of range"),
        ("a: !!python/object/apply:os.system [ls]", "j.yaml", "this is no YAML"),
        ("a: &anchor [1]\nb: *anchor\n", "j.yaml", "line 1: anchors and aliases"),
        ("[" * 100_000, "j.yaml", "too deep"),
        ("[" * 100_000, "j.json", "too deep"),
        (f"a: 1{':1' * 100_000}", "j.yaml", "10,000 characters"),
        ("9" * 10_000, "j.json", "Exceeds the limit"),
        ("a" * 1_000_001, "j.yaml", "larger than 1 MB"),
        ("é" * 500_001, "j.yaml", "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_journey_is_refused_as_a_whole(text: str, name: str, words: str) -> None:
    (fault,) = faults_in(text, name)
    assert fault.field == name
    assert words in fault.message


def test_an_alias_bomb_is_refused_before_it_is_built() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12))
    (fault,) = faults_in(f"kept: journey/1\nl0: &l0 [lol]\n{levels}\n")
    assert "anchors and aliases" in fault.message


def test_no_more_faults_are_named_than_anybody_mends_at_once() -> None:
    personas = "\n".join(f"  - {{key: p{n}, name: P, kind: boss}}" for n in range(1_000))
    assert len(faults_in(changed(("  - {key: buyer, name: Buyer, kind: customer}", personas)))) == 25


def test_nps_at_a_touchpoint_many_questions_and_unasked_surveys_are_warned_of() -> None:
    questions = "".join(f"      - {{key: {key}, instrument: ces, text: Easy?}}\n" for key in "abc")
    idle_survey = "key: idle, name: Idle, title: T, questions: [{key: a, instrument: csat, text: A}]"
    text = changed(
        ("instrument: anchor", "instrument: nps"),
        ("stages:\n", f"{questions}  - {{{idle_survey}}}\nstages:\n"),
    )
    nps, many, idle = warnings_of(read_journey(text, "j.yaml"))
    assert nps.startswith("touchpoint demo: survey after-demo asks NPS")
    assert many.startswith("survey after-demo: 4 questions")
    assert idle.startswith("survey idle: no touchpoint asks it")


@pytest.mark.parametrize("said", ["PT0S", "PT2H", "P14D", "P1DT12H", "PT90S", "P1DT1H1M1S"])
def test_a_duration_is_written_as_people_write_it(said: str) -> None:
    duration = msgspec.convert(said, timedelta)
    assert iso_duration(duration) == said.replace("PT90S", "PT1M30S")


@pytest.mark.parametrize("form", ["yaml", "json"])
@settings(max_examples=300, deadline=None)
@given(
    text=st.text(st.sampled_from("ab: #-'\"|>&*!%@`{}[]?,\\\n\r\t\x85\u2028\u2029\ufeff\x01\x7f\xa0é😀~0"), max_size=12)
)
def test_any_text_survives_writing(form: Literal["yaml", "json"], text: str) -> None:
    file = JourneyFile(key="a", name="A", description=text, stages=(StageFile("first", "First", "Phase"),))
    assert read_journey(write_journey(file, form), f"j.{form}") == file


def test_nps_at_the_overall_touchpoint_is_no_cause_for_a_warning() -> None:
    nps = changed(("instrument: anchor", "instrument: nps"))
    assert "asks NPS" in warnings_of(read_journey(nps, "journey.yaml"))[0]
    assert warnings_of(read_journey(nps.replace("name: Buying\n", "name: Buying\noverall: demo\n"), "j.yaml")) == []


def test_a_text_of_several_lines_is_written_as_lines() -> None:
    file = JourneyFile(key="a", name="A", description="One.\nTwo.\n", stages=(StageFile("first", "First", "Phase"),))
    assert "description: |\n  One.\n  Two.\n" in write_journey(file, "yaml")


keys = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)
# Braces stand for pipes in a survey; those that are none are refused.
storable = st.characters(exclude_categories=["Cs"], exclude_characters="\x00{}")
texts = st.text(storable, max_size=150)
names = st.text(storable, min_size=1, max_size=60).filter(str.strip)
periods = st.lists(st.dates(), min_size=1, max_size=4, unique=True).map(sorted)


SIDES = (PLEASANT, UNPLEASANT)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Question, ...]:
    number = st.sampled_from([Instrument.CSAT, Instrument.CES])
    found = [Question(key, draw(number), draw(names), draw(st.booleans())) for key in draw(st.sets(keys, max_size=2))]
    pleasant, unpleasant = (draw(st.lists(st.sampled_from(one), min_size=4, max_size=4, unique=True)) for one in SIDES)
    return (*found, Question("mood-of-it-all-", Instrument.EMOTION, draw(names), emotions=(*pleasant, *unpleasant)))


@st.composite
def promises(draw: st.DrawFn) -> tuple[PromiseFile, ...]:
    days = draw(periods)
    ends = [next_day - timedelta(days=1) for next_day in days[1:]] + [draw(st.none() | st.just(date.max))]
    made = []
    for start, end in zip(days, ends, strict=True):
        has_level = draw(st.booleans())
        promised = {"level": draw(st.floats(-1, 1))} if has_level else {"share": draw(st.floats(0, 1))}
        made.append(PromiseFile(claim=draw(names), source=draw(texts), valid_from=start, valid_to=end, **promised))
    return tuple(draw(st.permutations(made)))


@st.composite
def touchpoints(draw: st.DrawFn, key: str, surveys: list[str]) -> TouchpointFile:
    asked = draw(st.lists(st.sampled_from(surveys), unique=True) if surveys else st.just([]))
    waits = st.integers(0, 86_400 * 30).map(lambda seconds: timedelta(seconds=seconds))
    return TouchpointFile(
        key=key,
        name=draw(names),
        period=draw(st.sampled_from(Period)),
        channel=draw(st.sampled_from(Channel)),
        step=draw(texts),
        customer_intent=draw(texts),
        goals=tuple(draw(st.lists(names, max_size=3))),
        event=draw(names),
        promises=draw(promises()),
        asks=tuple(AskFile(survey, draw(waits), timedelta(days=31)) for survey in asked),
    )


@st.composite
def journeys(draw: st.DrawFn) -> JourneyFile:
    surveys = [
        SurveyDefinition(key=key, name=draw(names), title=draw(names), intro=draw(texts), questions=draw(questions()))
        for key in sorted(draw(st.sets(keys, max_size=2)))
    ]
    points = draw(st.lists(keys, max_size=3, unique=True))
    overall = draw(st.none() | st.sampled_from(points)) if points else None
    made = tuple(draw(touchpoints(key, [survey.key for survey in surveys])) for key in points)
    return JourneyFile(
        key=draw(keys),
        name=draw(names),
        description=draw(texts),
        overall=overall,
        personas=(PersonaFile("buyer", draw(names), draw(st.sampled_from(PersonaKind)), draw(texts)),),
        surveys=tuple(surveys),
        stages=(StageFile("first", "First", "Phase", made), StageFile("second", "Second", "Phase")),
    )


@pytest.mark.parametrize("form", ["yaml", "json"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(file=journeys())
def test_any_journey_that_is_written_reads_back_the_same(form: Literal["yaml", "json"], file: JourneyFile) -> None:
    assert read_journey(write_journey(file, form), f"j.{form}") == file
