"""Taking a screen of answers in: what is known afterwards, and which screen comes next."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from core.errors import Fault, Invalid
from surveys.answering import Form, check_answers, missing
from surveys.branching import Attributes, Screen, path_of, screen_with, screens_of
from surveys.definition import Question, SurveyDefinition
from surveys.given_answer import GivenAnswer
from surveys.texts import Texts


class Taken(Struct, frozen=True):
    """The answers known after a screen; `next` is the key of the next screen's first question, None at the end."""

    answers: dict[str, GivenAnswer]
    next: str | None

    @property
    def is_complete(self) -> bool:
        return self.next is None


def take_screen(
    definition: SurveyDefinition,
    known: Mapping[str, GivenAnswer],
    form: Form,
    at: str | None,
    attributes: Attributes,
    texts: Texts,
) -> Taken:
    """Go on from the screen with the question `at`, or with all that is filled in where None says no screen.

    Raises Invalid with one fault for each bad question, one that must be answered, and one that this way does not ask;
    a fault with the field "" is about the form as a whole.
    """
    answers = merged(definition, known, form, attributes, texts)
    path = path_of(definition, answers, attributes)
    screens = screens_of(definition, path)
    places = (screen_with(screens, _question_of(field)) for field in (at, *form))
    last = max((place for place in places if place is not None), default=0)
    shown = {question.key for question in screens[last]} if at else set()
    faults = [missing(question, texts) for question in _unanswered(screens[: last + 1], answers)]
    if at and any(fault.field not in shown for fault in faults):
        # Somebody went past a question by its address: that one comes next.
        return Taken(answers, next(fault.field for fault in faults if fault.field not in shown))
    if faults:
        raise Invalid(*faults)
    if last + 1 < len(screens):
        return Taken(answers, screens[last + 1][0].key)
    if not answers:
        raise Invalid(Fault("", texts("fault_nothing")))
    return Taken(on_the_way(definition, answers, attributes), None)


def on_the_way(
    definition: SurveyDefinition, answers: Mapping[str, GivenAnswer], attributes: Attributes
) -> dict[str, GivenAnswer]:
    """The answers to what is asked: somebody may have gone back and on by another way."""
    asked = {question.key for question in path_of(definition, answers, attributes)}
    return {key: answer for key, answer in answers.items() if key in asked}


def merged(
    definition: SurveyDefinition,
    known: Mapping[str, GivenAnswer],
    form: Form,
    attributes: Attributes,
    texts: Texts,
) -> dict[str, GivenAnswer]:
    """What is known with what was filled in; an empty field takes its answer back. Raises Invalid."""
    checked = check_answers(definition, form, texts)
    both = {**known, **checked}
    answers = {key: answer for key, answer in both.items() if answer is not None}
    asked = {question.key for question in path_of(definition, answers, attributes)}
    faults = [Fault(key, texts("fault_not_asked")) for key, answer in checked.items() if answer and key not in asked]
    if faults:
        raise Invalid(*faults)
    return answers


def _unanswered(screens: Sequence[Screen], answers: Mapping[str, GivenAnswer]) -> list[Question]:
    return [one for screen in screens for one in screen if one.required and one.key not in answers]


def _question_of(field: str | None) -> str | None:
    return None if field is None else field.partition(".")[0]
