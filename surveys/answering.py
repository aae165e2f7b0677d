"""What was filled in, checked against what was asked. Customers read these messages, each in their language."""

import re
from collections.abc import Callable, Mapping

from core.errors import Fault, Invalid
from surveys.definition import Question, SurveyDefinition
from surveys.given_answer import GivenAnswer
from surveys.instruments import (
    CHOOSING,
    MAX_COMMENT_CHARACTERS,
    MAX_EMOTION_PICKS,
    MAX_STRENGTH,
    NO,
    OTHER,
    SCALES,
    YES,
    Instrument,
    Look,
)
from surveys.texts import Texts

LONGEST_SHOWN_KEY = 64
LONGEST_OTHER = 200
LONGEST_ADDRESS = 254
# What a question's field is called in a form beside that of the answer itself; no key of a question has a dot.
OTHER_FIELD, STRENGTH_FIELD, EMAIL_FIELD = ".other", ".strength", ".email"

# NUL and halves of surrogate pairs carry no meaning and can't be stored.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_ADDRESS = re.compile(r"[^\s@<>,;\"()]+@[^\s@<>,;\"()]+\.[^\s@<>,;\"()]+")

Form = Mapping[str, list[str]]


def check_answers(definition: SurveyDefinition, form: Form, texts: Texts) -> dict[str, GivenAnswer | None]:
    """The answers in the order of the questions, by key; None where a question stands in the form and was left empty.

    `form` holds a list of raw values for each field. Raises Invalid with one fault for each bad question.
    """
    asked = {key.partition(".")[0] for key in form}
    faults = [
        Fault(key[:LONGEST_SHOWN_KEY], texts("fault_unknown"))
        for key in sorted(asked - {question.key for question in definition.questions})
    ]
    answers = {}
    for question in definition.questions:
        if question.key in asked:
            try:
                answers[question.key] = check_answer(question, form, texts)
            except Invalid as fault:
                faults.extend(fault.faults)
    if faults:
        raise Invalid(*sorted(faults, key=lambda fault: fault.field))
    return answers


def check_answer(question: Question, form: Form, texts: Texts) -> GivenAnswer | None:
    """The answer to one question, None where it was left out. Raises Invalid with one fault, its field the key."""
    given = _filled_in(form.get(question.key, []))
    if not given and not (question.has_other and _filled_in(form.get(question.key + OTHER_FIELD, []))):
        return None
    return _CHECKS.get(question.instrument, _value)(question, given, form, texts)


def missing(question: Question, texts: Texts) -> Fault:
    """What is said where a question must be answered and was not."""
    return Fault(question.key, _how_to_answer(question, texts))


def _filled_in(raw: list[str]) -> list[str]:
    cleaned = [_UNSTORABLE.sub("", value).strip() for value in raw]
    return [value for value in cleaned if value]


def _comment(question: Question, given: list[str], _: Form, texts: Texts) -> GivenAnswer:
    # Browsers send a line break as two characters; the customer typed one.
    text = "\n".join(given).replace("\r\n", "\n")
    most = question.max_characters or MAX_COMMENT_CHARACTERS
    if len(text) > most:
        raise _refused(question, texts("fault_long", n=len(text), most=most))
    return GivenAnswer(question.key, question.instrument, text=text)


def _emotions(question: Question, given: list[str], form: Form, texts: Texts) -> GivenAnswer:
    picks = _picks(question, given, question.emotions, MAX_EMOTION_PICKS, texts("fault_words_shown"), texts)
    strength = _filled_in(form.get(question.key + STRENGTH_FIELD, [])) if question.asks_strength else []
    if strength and strength[0] not in map(str, range(1, MAX_STRENGTH + 1)):
        raise _refused(question, texts("fault_shown"))
    return GivenAnswer(question.key, question.instrument, picks=picks, strength=int(strength[0]) if strength else None)


def _choices(question: Question, given: list[str], form: Form, texts: Texts) -> GivenAnswer:
    """Who writes what else it is has chosen that, whether or not the box was ticked."""
    other = "\n".join(_filled_in(form.get(question.key + OTHER_FIELD, []))) if question.has_other else ""
    if len(other) > LONGEST_OTHER:
        raise _refused(question, texts("fault_long", n=len(other), most=LONGEST_OTHER))
    if OTHER in given and question.has_other and not other:
        raise _refused(question, texts("fault_other"))
    is_single = question.instrument is Instrument.CHOICE
    offered = (*(choice.key for choice in question.choices), *([OTHER] if question.has_other else []))
    most = 1 if is_single else question.at_most or len(offered)
    chosen = given if not other or OTHER in given else [OTHER] if is_single else [*given, OTHER]
    message = texts("fault_shown" if is_single else "fault_shown_any")
    picks = _picks(question, chosen, offered, most, message, texts)
    return GivenAnswer(
        question.key, question.instrument, picks=picks, other=other if OTHER in picks and other else None
    )


def _picks(
    question: Question, given: list[str], offered: tuple[str, ...], most: int, message: str, texts: Texts
) -> tuple[str, ...]:
    """In the order in which they are listed."""
    chosen = set(given)
    if not chosen <= set(offered):
        raise _refused(question, message)
    if len(chosen) > most:
        raise _refused(question, texts("fault_at_most", n=most))
    return tuple(one for one in offered if one in chosen)


def _consent(question: Question, given: list[str], _: Form, texts: Texts) -> GivenAnswer:
    if given != [str(YES)]:
        raise _refused(question, texts("fault_consent"))
    return GivenAnswer(question.key, question.instrument, value=YES)


def _contact(question: Question, given: list[str], form: Form, texts: Texts) -> GivenAnswer:
    """The address counts only for one who may be contacted; without it, the address that is known is meant."""
    if given not in ([str(YES)], [str(NO)]):
        raise _refused(question, texts("fault_shown"))
    address = "".join(_filled_in(form.get(question.key + EMAIL_FIELD, []))) if given == [str(YES)] else ""
    if address and (len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address)):
        raise _refused(question, texts("fault_email"))
    return GivenAnswer(question.key, question.instrument, value=int(given[0]), other=address or None)


def _statement(question: Question, _: list[str], __: Form, texts: Texts) -> GivenAnswer:
    raise Invalid(Fault(question.key, texts("fault_unknown")))


def _value(question: Question, given: list[str], _: Form, texts: Texts) -> GivenAnswer:
    # Compared as text: `int()` would also take "1_0", "+7" and digits of other scripts.
    points = {str(point): point for point in SCALES[question.instrument].points}
    if len(given) != 1 or given[0] not in points:
        raise _refused(question, _how_to_answer(question, texts))
    return GivenAnswer(question.key, question.instrument, value=points[given[0]])


_Check = Callable[[Question, list[str], Form, Texts], GivenAnswer]
_CHECKS: dict[Instrument, _Check] = {
    Instrument.COMMENT: _comment,
    Instrument.EMOTION: _emotions,
    **dict.fromkeys(CHOOSING, _choices),
    Instrument.CONSENT: _consent,
    Instrument.CONTACT: _contact,
    Instrument.STATEMENT: _statement,
}


def _how_to_answer(question: Question, texts: Texts) -> str:
    instrument = question.instrument
    if instrument in (Instrument.ANCHOR, Instrument.EXPECTATION) or question.look is Look.FACES:
        return texts("fault_face")
    if instrument is Instrument.EMOTION:
        return texts("fault_words", n=MAX_EMOTION_PICKS)
    if instrument is Instrument.COMMENT:
        return texts("fault_comment")
    if instrument is Instrument.CONSENT:
        return texts("fault_consent")
    if instrument is Instrument.CHOICES:
        return texts("fault_shown_any")
    if instrument in SCALES and not texts.labels(instrument, question.look):
        return texts("fault_number", low=SCALES[instrument].low, high=SCALES[instrument].high)
    return texts("fault_shown")


def _refused(question: Question, message: str) -> Invalid:
    return Invalid(Fault(question.key, message))
