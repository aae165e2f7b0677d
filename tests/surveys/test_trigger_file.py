"""What an ask and a persona may say in a journey's file: faults with their places, and nothing lost on the way."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from uuid import uuid4

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Fault, Invalid
from surveys.ask_file import AskChannel, AskFile, event_of, rule_of
from surveys.definition import Condition, Question, SurveyDefinition
from surveys.export_journey import export_journey
from surveys.import_journey import import_journey
from surveys.instruments import Instrument
from surveys.journey_file import (
    Channel,
    JourneyFile,
    Period,
    PersonaFile,
    PersonaKind,
    StageFile,
    TouchpointFile,
    read_journey,
    warnings_of,
    write_journey,
)
from surveys.journeys import active_triggers
from surveys.trigger_rule import Instead, SendWindow, Weekday
from tests.surveys.test_import_journey import everything, make_workspace

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

GOOD = """
kept: journey/1
key: buying
name: Buying
personas:
  - key: pro
    name: Pro
    kind: customer
    when: [{attribute: contact.plan, one_of: [pro, team]}]
surveys:
  - {key: delivered, name: Delivered, questions: [{key: felt, instrument: anchor}]}
  - {key: short, name: Short, questions: [{key: felt, instrument: anchor}]}
  - {key: why, name: Why, questions: [{key: why, instrument: comment, text: "Why?"}]}
stages:
  - key: buy
    name: Buy
    phase: Purchase
    touchpoints:
      - key: delivery
        name: Delivery
        period: during
        channel: in_person
        event: order.delivered
        asks:
          - survey: delivered
            wait: PT2H
            expires: P14D
            when:
              - {attribute: event.total, at_least: 100, at_most: 1000.5}
              - {attribute: contact.country, is_answered: true}
            window: {start: 09:00:00, end: 18:00:00, days: [mon, tue, wed]}
            share: 0.5
            instead: [{survey: short, personas: [pro]}, {survey: why, share: 0.25}]
            remind: P3D
            sender: shop
          - {survey: delivered, wait: PT0S, expires: P1D, channel: widget}
          - {survey: delivered, wait: PT0S, expires: P1D, channel: webhook, messenger: chat}
          - survey: why
            wait: PT0S
            expires: P7D
            event: answered:delivered
            when: [{attribute: event.felt, at_most: 2}]
      - key: whole
        name: All of it
        period: after
        channel: mail
        asks:
          - {survey: short, wait: PT0S, expires: P14D, every: P90D}
"""
DELIVERY, WHOLE = "stages[0].touchpoints[0]", "stages[0].touchpoints[1]"


def plain() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(GOOD.replace("18:00:00", "'18:00:00'"))
    return found


def faults_of(data: dict[str, Any]) -> list[Fault]:
    with pytest.raises(Invalid) as caught:
        read_journey(json.dumps(data), "journey.json")
    return list(caught.value.faults)


def test_the_file_is_read_as_it_stands() -> None:
    file = read_journey(GOOD, "journey.yaml")
    assert file.personas[0].when == (Condition(attribute="contact.plan", one_of=("pro", "team")),)
    asks = file.stages[0].touchpoints[0].asks
    assert asks[0].window == SendWindow(time(9), time(18), (Weekday.MON, Weekday.TUE, Weekday.WED))
    assert asks[0].instead == (Instead("short", ("pro",)), Instead("why", share=0.25))
    assert rule_of(asks[0]).remind == timedelta(days=3)
    assert [event_of(ask, "buying", "delivery", "order.delivered") for ask in asks] == [
        "order.delivered", "order.delivered", "order.delivered", "answered:delivered",
    ]  # fmt: skip
    assert event_of(file.stages[0].touchpoints[1].asks[0], "buying", "whole", "") == "schedule:buying/whole"
    assert warnings_of(file) == []


def test_a_time_of_day_is_no_number_of_base_60() -> None:
    window = read_journey(GOOD, "j.yaml").stages[0].touchpoints[0].asks[0].window
    assert window is not None
    assert window.end == time(18)


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_writing_it_loses_nothing(form: Literal["yaml", "json"]) -> None:
    file = read_journey(GOOD, "journey.yaml")
    assert read_journey(write_journey(file, form), f"j.{form}") == file


FIRST = f"{DELIVERY}.asks[0]"
CONDITION = {"attribute": "event.total", "at_least": 100}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"when": [{**CONDITION, "attribute": "total"}]}, f"{FIRST}.when[0].attribute", "write event.NAME or contact"),
        ({"when": [{**CONDITION, "attribute": "event."}]}, f"{FIRST}.when[0].attribute", "is not known"),
        ({"when": [{**CONDITION, "attribute": "hidden.a"}]}, f"{FIRST}.when[0].attribute", "is not known"),
        ({"when": [{"answer": "felt", "at_least": 1}]}, f"{FIRST}.when[0].answer", "nothing is answered yet"),
        ({"when": [{"attribute": "event.a"}]}, f"{FIRST}.when[0]", "write one of: one_of"),
        ({"when": [{**CONDITION, "is_answered": True}]}, f"{FIRST}.when[0]", "write one of: one_of"),
        ({"when": [{**CONDITION, "one_of": ["a"]}]}, f"{FIRST}.when[0]", "write one of: one_of"),
        ({"when": [{"attribute": "event.a", "one_of": []}]}, f"{FIRST}.when[0].one_of", "at least one value"),
        ({"when": [{**CONDITION, "at_most": 1}]}, f"{FIRST}.when[0].at_most", "below at_least"),
        ({"when": [CONDITION] * 21}, f"{FIRST}.when", "at most 20 conditions"),
        ({"remind": "P13DT22H"}, f"{FIRST}.remind", "over by then"),
        ({"remind": "PT0S"}, f"{FIRST}.remind", "longer than 0"),
        ({"remind": "PT0.5S"}, f"{FIRST}.remind", "whole seconds"),
        ({"channel": "link"}, f"{FIRST}.remind", "only mail reminds"),
        ({"channel": "link", "remind": None}, f"{FIRST}.sender", "only mail has a sender"),
        ({"channel": "webhook", "remind": None, "sender": None}, f"{FIRST}.messenger", "name the messenger"),
        ({"messenger": "chat"}, f"{FIRST}.messenger", "hands surveys on"),
        ({"window": {"start": "09:00:00", "end": "09:00:00"}}, f"{FIRST}.window.end", "this is the start too"),
        ({"window": {"start": "09:00:00Z", "end": "10:00:00"}}, f"{FIRST}.window.start", "own time"),
        ({"window": {"start": "9", "end": "10:00:00"}}, f"{FIRST}.window.start", "a time of day such as 09:00:00"),
        ({"window": {"start": "09:00:00", "end": "10:00:00", "days": []}}, f"{FIRST}.window.days", "at least one"),
        ({"instead": [{"survey": "none"}]}, f"{FIRST}.instead[0].survey", "no survey here has the key none"),
        ({"instead": [{"survey": "short"}]}, f"{FIRST}.instead[0].share", "would never be asked"),
        ({"share": 0}, f"{FIRST}.share", "a share above 0"),
        ({"event": "order.delivered"}, f"{FIRST}.event", "leave it out"),
        ({"event": " "}, f"{FIRST}.event", "this is blank"),
        ({"event": "answered:none"}, f"{FIRST}.event", "name one of delivered, short, why"),
        ({"event": "schedule:buying/whole"}, f"{FIRST}.event", "make a schedule"),
        ({"every": "PT23H"}, f"{FIRST}.every", "1 to 3,660 days"),
        ({"every": "P3661D"}, f"{FIRST}.every", "1 to 3,660 days"),
        ({"every": "P9D", "event": "a.b"}, f"{FIRST}.event", "a schedule waits for no event"),
        ({"survey": "none"}, f"{FIRST}.survey", "no survey here"),
    ],
)
def test_a_fault_names_its_place_and_how_to_mend_it(change: dict[str, Any], field: str, words: str) -> None:
    data = plain()
    ask = data["stages"][0]["touchpoints"][0]["asks"][0]
    ask.update(change)
    for name in [name for name, value in ask.items() if value is None]:
        del ask[name]
    assert [fault.message for fault in faults_of(data) if fault.field == field and words in fault.message]


@pytest.mark.parametrize("channel", ["widget", "link"])
@pytest.mark.parametrize(("ask", "touchpoint"), [(3, 0), (0, 1)])
def test_what_no_program_waits_for_is_mailed_or_posted(channel: str, ask: int, touchpoint: int) -> None:
    data = plain()
    data["stages"][0]["touchpoints"][touchpoint]["asks"][ask]["channel"] = channel
    place = f"stages[0].touchpoints[{touchpoint}].asks[{ask}].channel"
    assert [
        fault.message for fault in faults_of(data) if fault.field == place and "write mail or webhook" in fault.message
    ]


def test_the_widget_knows_no_window_no_wait_and_no_reminder() -> None:
    data = plain()
    first = data["stages"][0]["touchpoints"][0]["asks"][0]
    first.update(channel="widget", event="other")
    fields = {fault.field.removeprefix(f"{FIRST}.") for fault in faults_of(data)}
    assert fields >= {"wait", "remind", "window", "sender"}


def test_an_ask_needs_an_event_of_its_own_where_its_touchpoint_has_none() -> None:
    data = plain()
    data["stages"][0]["touchpoints"][1]["asks"].append({"survey": "why", "wait": "PT0S", "expires": "P1D"})
    assert [fault.field for fault in faults_of(data)] == [f"{WHOLE}.event"]
    data["stages"][0]["touchpoints"][1]["asks"][1]["event"] = "all.done"
    read_journey(json.dumps(data), "j.json")


def test_a_touchpoint_has_one_schedule() -> None:
    data = plain()
    asks = data["stages"][0]["touchpoints"][1]["asks"]
    asks.append({**asks[0], "survey": "why"})
    assert [fault.field for fault in faults_of(data)] == [f"{WHOLE}.asks[1].every"]


@pytest.mark.parametrize(
    ("attribute", "words"),
    [("event.plan", "write contact.NAME"), ("contact.persona", "what this rule finds out"), ("plan", "contact.NAME")],
)
def test_a_persona_goes_by_attributes_of_the_contact(attribute: str, words: str) -> None:
    data = plain()
    data["personas"][0]["when"][0]["attribute"] = attribute
    (fault,) = faults_of(data)
    assert fault.field == "personas[0].when[0].attribute"
    assert words in fault.message


def test_a_persona_that_nobody_has_is_warned_of() -> None:
    file = read_journey(GOOD.replace("personas: [pro]", "personas: [prow]"), "j.yaml")
    assert warnings_of(file) == ["touchpoint delivery: no persona here has the key prow"]


keys = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)
storable = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
words = st.text(storable, min_size=1, max_size=20)
names = words.filter(str.strip)
seconds = st.integers(0, 86_400 * 30).map(lambda n: timedelta(seconds=n))
bounds = st.integers(-(2**53), 2**53) | st.floats(-(2**53), 2**53, allow_subnormal=False).map(lambda x: x + 0.0)


@st.composite
def conditions(draw: st.DrawFn, prefixes: tuple[str, ...]) -> Condition:
    attribute = draw(st.sampled_from(prefixes)) + draw(names)
    kind = draw(st.sampled_from(["one_of", "range", "low", "is_answered"]))
    if kind == "one_of":
        values = st.integers(-(2**53), 2**53) | st.text(storable, max_size=20)
        return Condition(attribute=attribute, one_of=tuple(draw(st.lists(values, min_size=1, max_size=4))))
    if kind == "is_answered":
        return Condition(attribute=attribute, is_answered=draw(st.booleans()))
    low, high = sorted((draw(bounds), draw(bounds)))
    return Condition(attribute=attribute, at_least=low, at_most=high if kind == "range" else None)


@st.composite
def windows(draw: st.DrawFn) -> SendWindow:
    clock = st.integers(0, 86_399).map(lambda n: (datetime(2026, 1, 1) + timedelta(seconds=n)).time())  # noqa: DTZ001
    start, end = draw(st.lists(clock, min_size=2, max_size=2, unique=True))
    return SendWindow(start, end, tuple(draw(st.lists(st.sampled_from(Weekday), min_size=1, unique=True))))


@st.composite
def asks(draw: st.DrawFn, at: int, surveys: list[str], own_event: str) -> AskFile:
    """Those of a touchpoint differ by `at`, in their events or as the one schedule there."""
    is_schedule = at == 0 and draw(st.booleans())
    is_follow_up = not is_schedule and 1 <= at <= len(surveys) and draw(st.booleans())
    event = f"answered:{surveys[at - 1]}" if is_follow_up else f"{at}.{draw(words)}"
    channel = draw(
        st.sampled_from([AskChannel.MAIL, AskChannel.WEBHOOK] if is_schedule or is_follow_up else AskChannel)
    )
    is_own = not is_schedule and not is_follow_up and at == 1 and bool(own_event)
    in_page, by_mail = channel is AskChannel.WIDGET, channel is AskChannel.MAIL
    wait = timedelta(0) if in_page else draw(seconds)
    instead = st.builds(Instead, st.sampled_from(surveys), st.lists(keys, max_size=2).map(tuple), st.floats(0.01, 0.99))
    return AskFile(
        draw(st.sampled_from(surveys)),
        wait,
        timedelta(days=90),
        channel,
        event="" if is_schedule or is_own else event,
        every=timedelta(days=1) + draw(seconds) if is_schedule else None,
        when=tuple(draw(st.lists(conditions(("event.", "contact.")), max_size=3))),
        window=None if in_page else draw(st.none() | windows()),
        share=draw(st.floats(0, 1, exclude_min=True, allow_subnormal=False)),
        instead=tuple(draw(st.lists(instead, max_size=2))),
        remind=timedelta(seconds=1) + draw(seconds) if by_mail and draw(st.booleans()) else None,
        sender=draw(st.none() | keys) if by_mail else None,
        messenger=draw(keys) if channel is AskChannel.WEBHOOK else None,
    )


@st.composite
def journeys(draw: st.DrawFn) -> JourneyFile:
    """Every survey is named by an ask: an export leaves others out."""
    surveys = sorted(draw(st.sets(keys.filter(lambda key: key not in ("new", "preview")), min_size=1, max_size=3)))
    own_event = draw(st.just("") | names)
    made = [draw(asks(at, surveys, own_event)) for at in range(draw(st.integers(0, 4)))]
    made += [AskFile(key, timedelta(0), timedelta(1), event=f"9.{key}") for key in surveys]
    touchpoint = TouchpointFile(
        key="only", name="O", period=Period.AFTER, channel=Channel.WEB, event=own_event, asks=tuple(made)
    )
    rule = tuple(draw(st.lists(conditions(("contact.a",)), max_size=3)))
    question = Question("felt", Instrument.ANCHOR)
    return JourneyFile(
        key="any",
        name="Any",
        personas=(PersonaFile("pro", "Pro", PersonaKind.CUSTOMER, "", rule),),
        surveys=tuple(SurveyDefinition(key=key, name=key, questions=(question,)) for key in surveys),
        stages=(StageFile("one", "One", "Phase", (touchpoint,)),),
    )


ANY = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("form", ["yaml", "json"])
@settings(ANY, max_examples=100)
@given(file=journeys())
def test_any_rule_survives_writing(form: Literal["yaml", "json"], file: JourneyFile) -> None:
    assert read_journey(write_journey(file, form), f"j.{form}") == file


@settings(ANY, max_examples=40)
@given(file=journeys())
async def test_any_file_is_exported_as_it_was_imported_and_then_changes_nothing(
    file: JourneyFile, database: None
) -> None:
    workspace = await make_workspace(uuid4().hex)
    await import_journey(workspace, file, NOW)
    assert await export_journey(workspace, "any") == file
    before = await everything()
    again = await import_journey(workspace, await export_journey(workspace, "any"), NOW + timedelta(days=1))
    assert (again.created, again.updated, again.removed) == (0, 0, 0)
    assert await everything() == before


async def test_one_survey_is_asked_by_mail_and_in_the_page_at_one_touchpoint(database: None) -> None:
    workspace = await make_workspace("a")
    file = read_journey(GOOD, "journey.yaml")
    await import_journey(workspace, file, NOW)
    assert await export_journey(workspace, "buying") == file
    triggers = await active_triggers(workspace, ["order.delivered", "answered:delivered", "schedule:buying/whole"])
    assert [(one.channel, one.touchpoint_key) for one in triggers] == [
        ("widget", "delivery"), ("mail", "delivery"), ("webhook", "delivery"), ("mail", "delivery"), ("mail", "whole"),
    ]  # fmt: skip
    assert set(triggers[1].instead) == {"short", "why"}


def test_a_rule_that_says_nothing_is_stored_as_nothing() -> None:
    """As those were that stood before there were rules: the same file again changes nothing."""
    ask = AskFile("after-delivery", timedelta(hours=2), timedelta(days=14))
    assert msgspec.json.encode(rule_of(ask)) == b"{}"
