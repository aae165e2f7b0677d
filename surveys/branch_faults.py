"""What is wrong with the branches and conditions of a survey: every way must lead onward, to a question or the end."""

from collections.abc import Iterator, Sequence

from core.errors import Fault
from surveys.definition import END, Condition, Question, SurveyDefinition
from surveys.instruments import CHOOSING, OTHER, SCALES, Instrument
from surveys.piping import EVENT, HIDDEN

ATTRIBUTES = ("channel", "language", "contact.kind", "contact.persona")


def branch_faults(definition: SurveyDefinition) -> Iterator[Fault]:
    places = {question.key: at for at, question in enumerate(definition.questions)}
    for at, question in enumerate(definition.questions):
        asked = definition.questions[: at + 1]
        for number, branch in enumerate(question.branches):
            place = f"questions[{at}].branches[{number}]"
            if branch.go != END and branch.go not in places:
                yield Fault(f"{place}.go", f"no question has the key {branch.go}; name a later one, or {END}")
            elif branch.go != END and places[branch.go] <= at:
                yield Fault(
                    f"{place}.go", f"{branch.go} does not come later, so this is a loop; go onward, or to {END}"
                )
            if number and not question.branches[number - 1].when:
                yield Fault(place, "the branch before this one is always taken; give it conditions, or take this out")
            yield from condition_faults(definition, branch.when, f"{place}.when", asked)
    yield from _unreached(definition, places)


def _unreached(definition: SurveyDefinition, places: dict[str, int]) -> Iterator[Fault]:
    reached = {0}
    for at, question in enumerate(definition.questions):
        if at not in reached:
            yield Fault(f"questions[{at}]", "no way leads to this question; let a branch go to it, or take it out")
        reached |= {places[branch.go] for branch in question.branches if branch.go in places}
        if all(branch.when for branch in question.branches):
            reached.add(at + 1)


def condition_faults(
    definition: SurveyDefinition, conditions: Sequence[Condition], place: str, asked: Sequence[Question]
) -> Iterator[Fault]:
    """`asked` are the questions that may have been answered by then."""
    for at, condition in enumerate(conditions):
        here = f"{place}[{at}]"
        if (condition.answer is None) == (condition.attribute is None):
            yield Fault(here, "write either answer, the key of a question, or attribute, exactly one of them")
        elif condition.answer is not None:
            yield from _answer_faults(definition, condition, here, asked)
        else:
            yield from attribute_faults(definition, condition.attribute or "", f"{here}.attribute")
        yield from value_faults(condition, here)


def attribute_faults(definition: SurveyDefinition, name: str, place: str) -> Iterator[Fault]:
    if name.startswith(HIDDEN):
        if name.removeprefix(HIDDEN) not in definition.hidden:
            yield Fault(place, f"no hidden field is called {name.removeprefix(HIDDEN)[:60]}; add it to hidden")
    elif name not in ATTRIBUTES and not (name.startswith(EVENT) and name != EVENT):
        known = ", ".join(ATTRIBUTES)
        yield Fault(
            place, f"{name[:60]!r} is not known; write {known}, {EVENT} and a property, or {HIDDEN} and a field"
        )


def _answer_faults(
    definition: SurveyDefinition, condition: Condition, place: str, asked: Sequence[Question]
) -> Iterator[Fault]:
    question = next((question for question in asked if question.key == condition.answer), None)
    if question is None:
        is_later = definition.question(condition.answer or "") is not None
        why = "is only asked later" if is_later else "is no question of this survey"
        yield Fault(f"{place}.answer", f"{condition.answer} {why}; name one that is asked before")
        return
    if question.instrument is Instrument.STATEMENT:
        yield Fault(f"{place}.answer", f"{question.key} is a statement, which nobody answers; name a question")
    if (condition.at_least, condition.at_most) != (None, None) and question.instrument not in SCALES:
        yield Fault(place, f"{question.key} has no scale; write one_of instead of at_least and at_most")
    for at, value in enumerate(condition.one_of or ()):
        values = values_of(question)
        if values is not None and str(value) not in values:
            known = ", ".join(values)
            yield Fault(f"{place}.one_of[{at}]", f"{str(value)[:60]!r} is no answer to {question.key}; write {known}")


def values_of(question: Question) -> tuple[str, ...] | None:
    """What can be answered, as text; None for free words."""
    if question.instrument in SCALES:
        return tuple(str(point) for point in SCALES[question.instrument].points)
    if question.instrument is Instrument.EMOTION:
        return question.emotions
    if question.instrument in CHOOSING:
        keys = tuple(choice.key for choice in question.choices)
        return (*keys, OTHER) if question.has_other else keys
    if question.instrument in (Instrument.CONSENT, Instrument.CONTACT):
        return ("0", "1")
    return None


def value_faults(condition: Condition, place: str) -> Iterator[Fault]:
    """Of what a condition wants of its value, whatever that is of."""
    is_range = (condition.at_least, condition.at_most) != (None, None)
    tests = (is_range, condition.one_of is not None, condition.is_answered is not None)
    if sum(tests) != 1:
        yield Fault(place, "write one of: one_of; at_least, at_most or both; is_answered")
    if condition.one_of == ():
        yield Fault(f"{place}.one_of", "this is empty; write at least one value")
    if condition.at_least is not None and condition.at_most is not None and condition.at_most < condition.at_least:
        yield Fault(f"{place}.at_most", "this is below at_least, so it never holds; mend one of them")
