"""A journey as a file: stages, touchpoints, promises and what is asked there, in YAML or JSON."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from core.errors import Fault
from surveys.ask_file import AskChannel as AskChannel
from surveys.ask_file import AskFile as AskFile
from surveys.ask_file import event_of, surveys_asked
from surveys.definition import (
    STORABLE,
    STORABLE_AND_NOT_BLANK,
    Condition,
    Key,
    Name,
    OptionalName,
    OptionalText,
    SurveyDefinition,
    Text,
)
from surveys.definition_faults import faults_of, faults_of_repeats
from surveys.instruments import Instrument
from surveys.kept_files import Form, read_file, write_file
from surveys.survey_file import survey_warnings
from surveys.translation_order import in_order
from surveys.trigger_faults import ask_faults, persona_faults
from surveys.trigger_rule import answered_event

FORMAT = "journey/1"

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
    when: tuple[Condition, ...] = ()  # over `contact.` attributes: who meets all of them is of this kind


class PromiseFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was promised, word for word, on the days from `valid_from` to `valid_to`, both included."""

    claim: Text
    source: OptionalText = ""
    owner: OptionalName = ""
    valid_from: date
    valid_to: date | None = None
    level: Level | None = None  # in x; a promise has a level or a share, never both
    share: Share | None = None


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
    return read_file(text, name, FORMAT, JourneyFile, _faults_across)


def write_journey(file: JourneyFile, form: Form) -> str:
    """The file's text; reading it gives `file` again."""
    surveys = tuple(in_order(survey) for survey in file.surveys)
    return write_file(msgspec.structs.replace(file, surveys=surveys), FORMAT, form)


def warnings_of(file: JourneyFile) -> list[str]:
    """What can be taken, but may not be what was meant."""
    surveys = {survey.key: survey for survey in file.surveys}
    asks = [(touchpoint, ask) for _, touchpoint in _touchpoints(file) for ask in touchpoint.asks]
    warnings = [
        f"touchpoint {touchpoint.key}: survey {key} asks NPS, which is about the whole relationship, not one touchpoint"
        for touchpoint, ask in asks
        for key in surveys_asked(ask)
        if touchpoint.key != file.overall
        and any(question.instrument is Instrument.NPS for question in surveys[key].questions)
    ]
    personas = {persona.key for persona in file.personas}
    for touchpoint, ask in asks:
        named = {key for instead in ask.instead for key in instead.personas}
        warnings += [
            f"touchpoint {touchpoint.key}: no persona here has the key {key}" for key in sorted(named - personas)
        ]
    events = {ask.event or touchpoint.event for touchpoint, ask in asks}
    exported = {key for _, ask in asks for key in surveys_asked(ask)}
    for survey in file.surveys:
        if survey.key not in exported and answered_event(survey.key) not in events:
            warnings.append(f"survey {survey.key}: no touchpoint asks it, so an export will leave it out")
        warnings.extend(f"survey {survey.key}: {warning}" for warning in survey_warnings(survey))
    return warnings


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
    for at, persona in enumerate(file.personas):
        for fault in persona_faults(persona.when):
            yield Fault(f"personas[{at}].{fault.field}", fault.message)
    surveys = [survey.key for survey in file.surveys]
    for place, touchpoint in _touchpoints(file):
        yield from _ask_faults(file, touchpoint, surveys, place)
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


def _ask_faults(file: JourneyFile, touchpoint: TouchpointFile, surveys: list[str], place: str) -> Iterator[Fault]:
    if not touchpoint.event.strip() and any(not ask.event and ask.every is None for ask in touchpoint.asks):
        yield Fault(f"{place}.event", "name the event after which to ask, or take the asks out")
    seen = set()
    for at, ask in enumerate(touchpoint.asks):
        here = f"{place}.asks[{at}]"
        trigger = (event_of(ask, file.key, touchpoint.key, touchpoint.event), ask.survey, ask.channel)
        if trigger in seen:
            yield Fault(f"{here}.survey", f"{ask.survey} is asked here already after the same; take one of them out")
        seen.add(trigger)
        for fault in ask_faults(ask, touchpoint.event, surveys):
            yield Fault(f"{here}.{fault.field}", fault.message)
    for at in [at for at, ask in enumerate(touchpoint.asks) if ask.every is not None][1:]:
        yield Fault(f"{place}.asks[{at}].every", "a touchpoint has one schedule; take this or the other out")


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
