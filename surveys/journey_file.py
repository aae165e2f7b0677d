"""A journey as a file: stages, touchpoints, promises and what is asked there, in YAML or JSON."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from core.errors import Fault, Invalid
from surveys.definition import (
    STORABLE,
    STORABLE_AND_NOT_BLANK,
    Key,
    Name,
    OptionalName,
    OptionalText,
    SurveyDefinition,
    Text,
)
from surveys.definition_faults import faults_of, faults_of_repeats
from surveys.instruments import Instrument
from surveys.plain_text import read_plain, write_json, write_yaml
from surveys.structure_faults import structure_faults

FORMAT = "journey/1"
MOST_FAULTS = 25  # as many as anybody mends at once
LONGEST_TIME = timedelta(days=366)  # to wait, and until a survey is over
MOST_QUESTIONS_ADVISED = 3

CommunicationType = Annotated[
    str, Meta(pattern=STORABLE, max_length=100, description="a text of at most 100 characters")
]
Phase = Annotated[str, Meta(pattern=STORABLE_AND_NOT_BLANK, max_length=64, description="a text of 1 to 64 characters")]
Level = Annotated[float, Meta(ge=-1, le=1, description="a number from -1 to 1")]
Share = Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1")]


class PersonaKind(StrEnum):
    """How a contact stands to the company."""

    CUSTOMER = "customer"
    PROSPECT = "prospect"
    FORMER_CUSTOMER = "former_customer"
    STAKEHOLDER = "stakeholder"


class Period(StrEnum):
    """Before, during or after doing business."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Channel(StrEnum):
    """Where customer and company meet."""

    WEB = "web"
    MAIL = "mail"
    PHONE = "phone"
    IN_PERSON = "in_person"
    APP = "app"
    DOCUMENT = "document"
    VIDEO = "video"
    EVENT = "event"


class PersonaFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of contact."""

    key: Key
    name: Name
    kind: PersonaKind
    description: OptionalText = ""


class PromiseFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was promised, word for word, on the days from `valid_from` to `valid_to`, both included."""

    claim: Text
    source: OptionalText = ""
    owner: OptionalName = ""
    valid_from: date
    valid_to: date | None = None
    level: Level | None = None  # in x; a promise has a level or a share, never both
    share: Share | None = None


class AskFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask `survey` by mail once `wait` has passed since the event, until `expires` has passed since it."""

    survey: Key
    wait: timedelta
    expires: timedelta


class TouchpointFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A point at which customer and company meet; `event` is what says that a contact came through."""

    key: Key
    name: Name
    period: Period
    step: OptionalName = ""
    location: OptionalName = ""
    channel: Channel
    customer_intent: OptionalText = ""
    communication_type: CommunicationType = ""
    business_intent: OptionalText = ""
    goals: tuple[Text, ...] = ()
    needs: tuple[Text, ...] = ()
    obstacles: tuple[Text, ...] = ()
    owner: OptionalName = ""
    event: OptionalName = ""
    promises: tuple[PromiseFile, ...] = ()
    asks: tuple[AskFile, ...] = ()


class StageFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A chapter of the journey."""

    key: Key
    name: Name
    phase: Phase
    touchpoints: tuple[TouchpointFile, ...] = ()


Stages = Annotated[tuple[StageFile, ...], Meta(min_length=1, description="a list of at least one stage")]


class JourneyFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A customer's way, with everybody and everything it needs.

    `overall` is the key of the touchpoint whose answers are about the whole journey."""

    key: Key
    name: Name
    description: OptionalText = ""
    overall: Key | None = None
    personas: tuple[PersonaFile, ...] = ()
    surveys: tuple[SurveyDefinition, ...] = ()
    stages: Stages


def read_journey(text: str, name: str) -> JourneyFile:
    """The journey in `text`; `name` is the file's.

    Raises Invalid with up to 25 faults, each with its place, such as `stages[2].touchpoints[0].promises[1].level`.
    """
    plain = read_plain(text, name)
    if not isinstance(plain, dict):
        raise Invalid(Fault(name, f"this is no journey: it must begin with the line `kept: {FORMAT}`"))
    if plain.get("kept") != FORMAT:
        raise Invalid(Fault("kept", _format_words(plain.get("kept"))))
    content = {field: value for field, value in plain.items() if field != "kept"}
    _refuse(structure_faults(content, JourneyFile))
    file = msgspec.convert(content, JourneyFile)
    _refuse(_faults_across(file))
    return file


def write_journey(file: JourneyFile, form: Literal["yaml", "json"]) -> str:
    """The file's text, fields in their order, empty optional ones left out; reading it gives `file` again."""
    plain = {"kept": FORMAT, **_written_struct(file)}
    return write_json(plain) if form == "json" else write_yaml(plain)


def warnings_of(file: JourneyFile) -> list[str]:
    """What can be taken, but may not be what was meant."""
    surveys = {survey.key: survey for survey in file.surveys}
    asked = [(touchpoint, ask.survey) for _, touchpoint in _touchpoints(file) for ask in touchpoint.asks]
    warnings = [
        f"touchpoint {touchpoint.key}: survey {key} asks NPS, which is about the whole relationship, not one touchpoint"
        for touchpoint, key in asked
        if touchpoint.key != file.overall
        and any(question.instrument is Instrument.NPS for question in surveys[key].questions)
    ]
    for survey in file.surveys:
        if survey.key not in {key for _, key in asked}:
            warnings.append(f"survey {survey.key}: no touchpoint asks it, so an export will leave it out")
        if len(survey.questions) > MOST_QUESTIONS_ADVISED:
            warnings.append(f"survey {survey.key}: {len(survey.questions)} questions; three or fewer get more answers")
    return warnings


def _refuse(faults: Iterator[Fault]) -> None:
    first = tuple(islice(faults, MOST_FAULTS))
    if first:
        raise Invalid(*first)


def _format_words(said: object) -> str:
    if said is None:
        return f"this is missing; a journey's file begins with the line `kept: {FORMAT}`"
    return f"this says {str(said)[:60]!r}; this version of Kept reads `kept: {FORMAT}`"


def _faults_across(file: JourneyFile) -> Iterator[Fault]:
    """What no field alone can show."""
    places = [place for place, _ in _touchpoints(file)]
    yield from faults_of_repeats([persona.key for persona in file.personas], "personas[{}].key")
    yield from faults_of_repeats([survey.key for survey in file.surveys], "surveys[{}].key")
    yield from faults_of_repeats([stage.key for stage in file.stages], "stages[{}].key")
    for fault in faults_of_repeats([touchpoint.key for _, touchpoint in _touchpoints(file)], "{}"):
        yield Fault(f"{places[int(fault.field)]}.key", fault.message)
    for at, survey in enumerate(file.surveys):
        for fault in faults_of(survey):
            yield Fault(f"surveys[{at}].{fault.field}", fault.message)
    surveys = {survey.key for survey in file.surveys}
    for place, touchpoint in _touchpoints(file):
        yield from _ask_faults(touchpoint, surveys, place)
        yield from _promise_faults(touchpoint, place)
    if file.overall is not None and file.overall not in {touchpoint.key for _, touchpoint in _touchpoints(file)}:
        yield Fault(
            "overall", f"no touchpoint here has the key {file.overall}; name one of this journey's, or leave it out"
        )


def _touchpoints(file: JourneyFile) -> Iterator[tuple[str, TouchpointFile]]:
    """Every touchpoint in order, with its place."""
    for at_stage, stage in enumerate(file.stages):
        for at, touchpoint in enumerate(stage.touchpoints):
            yield f"stages[{at_stage}].touchpoints[{at}]", touchpoint


def _ask_faults(touchpoint: TouchpointFile, surveys: set[str], place: str) -> Iterator[Fault]:
    if touchpoint.asks and not touchpoint.event.strip():
        yield Fault(f"{place}.event", "name the event after which to ask, or take the asks out")
    yield from faults_of_repeats([ask.survey for ask in touchpoint.asks], f"{place}.asks[{{}}].survey")
    for at, ask in enumerate(touchpoint.asks):
        here = f"{place}.asks[{at}]"
        if ask.survey not in surveys:
            yield Fault(f"{here}.survey", f"no survey here has the key {ask.survey}; add it to surveys")
        for field, duration in (("wait", ask.wait), ("expires", ask.expires)):
            if not timedelta(0) <= duration <= LONGEST_TIME or duration.microseconds:
                yield Fault(f"{here}.{field}", f"write whole seconds, at most {LONGEST_TIME.days} days")
        if ask.expires <= ask.wait:
            yield Fault(f"{here}.expires", "the survey would be over before it is sent; make this longer than wait")


def _promise_faults(touchpoint: TouchpointFile, place: str) -> Iterator[Fault]:
    for at, promise in enumerate(touchpoint.promises):
        here = f"{place}.promises[{at}]"
        if (promise.level is None) == (promise.share is None):
            yield Fault(f"{here}.level", "write either a level (-1 to 1) or a share (0 to 1), exactly one of them")
        if promise.valid_to is not None and promise.valid_to < promise.valid_from:
            yield Fault(f"{here}.valid_to", f"this is before valid_from, {promise.valid_from}; swap or mend them")
    yield from _overlaps(touchpoint, place)


def _overlaps(touchpoint: TouchpointFile, place: str) -> Iterator[Fault]:
    """Promises in force on the same day: nobody could say which one an answer is judged by."""
    in_time = sorted(enumerate(touchpoint.promises), key=lambda numbered: numbered[1].valid_from)
    last_day, longest = date.min, 0  # the promise that has been in force longest so far
    for count, (at, promise) in enumerate(in_time):
        if count and promise.valid_from <= last_day:
            yield Fault(
                f"{place}.promises[{at}].valid_from",
                f"promises[{longest}] is still in force on {promise.valid_from}; let its valid_to end it before",
            )
        ends = promise.valid_to or date.max
        if ends >= last_day:
            last_day, longest = ends, at


def _written_struct(struct: Struct) -> dict[str, object]:
    given = {name: _written(getattr(struct, name)) for name in struct.__struct_fields__}
    return {name: value for name, value in given.items() if not _is_empty(value)}


def _is_empty(value: object) -> bool:
    return value is None or value is False or value == "" or value == []  # not 0.0, which equals False


def _written(value: object) -> object:
    match value:
        case Struct():
            return _written_struct(value)
        case tuple():
            return [_written(part) for part in value]
        case StrEnum():
            return value.value
        case timedelta():
            return iso_duration(value)
    return value


def iso_duration(duration: timedelta) -> str:
    """Days, hours, minutes and seconds as people write them: P14D, PT2H, P1DT12H."""
    hours, seconds = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    days = f"{duration.days}D" if duration.days else ""
    time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"P{days}T{time}" if time else f"P{days}" if days else "PT0S"
