"""What was filled in, checked against what was asked. Customers read these messages."""

import re
from collections.abc import Mapping

from msgspec import Struct

from core.errors import Fault, Invalid
from surveys.definition import Question, SurveyDefinition
from surveys.instruments import MAX_COMMENT_CHARACTERS, MAX_EMOTION_PICKS, SCALES, Instrument

LONGEST_SHOWN_KEY = 64

# NUL and halves of surrogate pairs carry no meaning and can't be stored.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class GivenAnswer(Struct, frozen=True):
    """An answer as it is stored: a value on the scale, picks in the order they were offered, or words."""

    question: str
    instrument: Instrument
    value: int | None = None
    picks: tuple[str, ...] | None = None
    text: str | None = None


def check_answers(definition: SurveyDefinition, form: Mapping[str, list[str]]) -> tuple[GivenAnswer, ...]:
    """The answers in the order of the questions; `form` holds a list of raw values for each question's key.

    Raises Invalid with one fault for each bad question; a fault with the field "" is about the form as a whole.
    """
    faults = [
        Fault(key[:LONGEST_SHOWN_KEY], "This survey has no such question. Please reload the page and try again.")
        for key in form.keys() - {question.key for question in definition.questions}
    ]
    answers = []
    for question in definition.questions:
        try:
            answers.append(check_answer(question, form.get(question.key, [])))
        except Invalid as fault:
            faults.extend(fault.faults)
    if not any(_filled_in(raw) for raw in form.values()):
        faults.append(Fault("", "Nothing is filled in yet. Please answer at least one question."))
    if faults:
        raise Invalid(*sorted(faults, key=lambda fault: fault.field))
    return tuple(answer for answer in answers if answer is not None)


def check_answer(question: Question, raw: list[str]) -> GivenAnswer | None:
    """The answer to one question, None where it was left out. Raises Invalid with one fault, its field the key."""
    given = _filled_in(raw)
    if not given:
        if question.required:
            raise _refused(question, _how_to_answer(question))
        return None
    if question.instrument is Instrument.COMMENT:
        return _comment(question, given)
    if question.instrument is Instrument.EMOTION:
        return _picks(question, given)
    return _value(question, given)


def _filled_in(raw: list[str]) -> list[str]:
    cleaned = [_UNSTORABLE.sub("", value).strip() for value in raw]
    return [value for value in cleaned if value]


def _comment(question: Question, given: list[str]) -> GivenAnswer:
    # Browsers send a line break as two characters; the customer typed one.
    text = "\n".join(given).replace("\r\n", "\n")
    if len(text) > MAX_COMMENT_CHARACTERS:
        longest = f"{MAX_COMMENT_CHARACTERS:,}"
        raise _refused(question, f"Your comment has {len(text):,} characters. Please shorten it to {longest}.")
    return GivenAnswer(question.key, question.instrument, text=text)


def _picks(question: Question, given: list[str]) -> GivenAnswer:
    chosen = set(given)
    if not chosen <= set(question.emotions):
        raise _refused(question, "Please choose only from the words shown.")
    if len(chosen) > MAX_EMOTION_PICKS:
        raise _refused(question, f"Please choose {MAX_EMOTION_PICKS} at most.")
    picks = tuple(emotion for emotion in question.emotions if emotion in chosen)
    return GivenAnswer(question.key, question.instrument, picks=picks)


def _value(question: Question, given: list[str]) -> GivenAnswer:
    # Compared as text: `int()` would also take "1_0", "+7" and digits of other scripts.
    points = {str(point): point for point in SCALES[question.instrument].points}
    if len(given) != 1 or given[0] not in points:
        raise _refused(question, _how_to_answer(question))
    return GivenAnswer(question.key, question.instrument, value=points[given[0]])


def _how_to_answer(question: Question) -> str:
    match question.instrument:
        case Instrument.ANCHOR | Instrument.EXPECTATION:
            return "Please choose one of the five faces."
        case Instrument.EMOTION:
            return f"Please choose one to {MAX_EMOTION_PICKS} of the words."
        case Instrument.COMMENT:
            return "Please write a few words."
        case Instrument.KEPT | Instrument.DISCONFIRMATION:
            return "Please choose one of the answers shown."
        case _:
            scale = SCALES[question.instrument]
            return f"Please choose a number from {scale.low} to {scale.high}."


def _refused(question: Question, message: str) -> Invalid:
    return Invalid(Fault(question.key, message))
