"""Which questions are asked: the way through a survey that answers and attributes open, and its screens."""

from collections.abc import Mapping, Sequence

from surveys.definition import END, Condition, Layout, Question, SurveyDefinition
from surveys.given_answer import GivenAnswer
from surveys.instruments import Instrument

Answers = Mapping[str, GivenAnswer]
Attributes = Mapping[str, object]  # by name, such as `event.plan`; what is not known is not there
Screen = tuple[Question, ...]


def path_of(definition: SurveyDefinition, answers: Answers, attributes: Attributes) -> Screen:
    """The questions that are asked, in order, if nothing more is answered: branches only ever lead onward."""
    places = {question.key: at for at, question in enumerate(definition.questions)}
    path: list[Question] = []
    passed: dict[str, GivenAnswer] = {}
    at = 0
    while at < len(definition.questions):
        question = definition.questions[at]
        path.append(question)
        if question.key in answers:
            passed[question.key] = answers[question.key]
        go = next((branch.go for branch in question.branches if holds(branch.when, passed, attributes)), None)
        at = at + 1 if go is None else places.get(go, len(places))  # END is no question's place
    return tuple(path)


def longest_way(definition: SurveyDefinition) -> int:
    """The most questions that anybody is asked; statements, which nobody answers, don't count."""
    longest = {END: 0}
    after = 0
    for question in reversed(definition.questions):
        ways = [longest[branch.go] for branch in question.branches]
        if all(branch.when for branch in question.branches):
            ways.append(after)
        after = max(ways) + (question.instrument is not Instrument.STATEMENT)
        longest[question.key] = after
    return after


def screens_of(definition: SurveyDefinition, path: Sequence[Question]) -> tuple[Screen, ...]:
    """The path cut into screens: one question each, or all up to the next that decides how to go on."""
    screens: list[Screen] = []
    screen: list[Question] = []
    for question in path:
        screen.append(question)
        if definition.layout is Layout.STEPS or question.branches:
            screens.append(tuple(screen))
            screen = []
    return (*screens, tuple(screen)) if screen else tuple(screens)


def screen_with(screens: Sequence[Screen], key: str | None) -> int | None:
    """The place of the screen on which a question stands."""
    return next((at for at, screen in enumerate(screens) if any(question.key == key for question in screen)), None)


def screen_to_resume(screens: Sequence[Screen], answers: Answers) -> int:
    """The place of the screen to go on with: the first, or the one with the last answer, or the next if it is whole."""
    last = max((at for at, screen in enumerate(screens) if any(one.key in answers for one in screen)), default=None)
    if last is None:
        return 0
    is_whole = all(one.key in answers or one.instrument is Instrument.STATEMENT for one in screens[last])
    return min(last + is_whole, len(screens) - 1)


def holds(conditions: Sequence[Condition], answers: Answers, attributes: Attributes) -> bool:
    """Whether all of them do; none at all always hold."""
    return all(_holds(condition, answers, attributes) for condition in conditions)


def _holds(condition: Condition, answers: Answers, attributes: Attributes) -> bool:
    found = _values(condition, answers, attributes)
    if condition.is_answered is not None:
        return bool(found) is condition.is_answered
    if condition.one_of is not None:
        wanted = {_as_written(value) for value in condition.one_of}
        return any(_as_written(value) in wanted for value in found)
    low = -float("inf") if condition.at_least is None else condition.at_least
    high = float("inf") if condition.at_most is None else condition.at_most
    return any(low <= value <= high for value in map(_number, found) if value is not None)


def _values(condition: Condition, answers: Answers, attributes: Attributes) -> tuple[object, ...]:
    if condition.attribute is not None:
        found = attributes.get(condition.attribute)
        return () if found is None else tuple(found) if isinstance(found, list) else (found,)
    answer = answers.get(condition.answer or "")
    if answer is None:
        return ()
    if answer.picks is not None:
        return answer.picks
    return (answer.text if answer.value is None else answer.value,)


def _as_written(value: object) -> str:
    """As files and JSON write it: `true`, and 1 for 1.0."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
