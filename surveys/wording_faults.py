"""What is wrong with the pipes in the texts of a survey."""

from collections.abc import Iterator, Sequence

from core.errors import Fault
from surveys.branch_faults import attribute_faults
from surveys.definition import Question, QuestionWords, SurveyDefinition, Translation
from surveys.instruments import Instrument
from surveys.piping import ANSWER, CONTACT_NAME, is_broken, pipes_in


def pipe_faults(definition: SurveyDefinition) -> Iterator[Fault]:
    """In the survey's own words and in each translation."""
    yield from _in_words(definition, definition, "")
    for at, question in enumerate(definition.questions):
        yield from _in_question(definition, question, f"questions[{at}]", definition.questions[:at])
    for language, translation in definition.translations.items():
        yield from _in_words(definition, translation, f"translations.{language}.")
        for at, question in enumerate(definition.questions):
            words = translation.questions.get(question.key, QuestionWords())
            place = f"translations.{language}.questions.{question.key}"
            yield from _in_question(definition, words, place, definition.questions[:at])


def _in_words(definition: SurveyDefinition, words: SurveyDefinition | Translation, place: str) -> Iterator[Fault]:
    for field in ("title", "intro"):
        yield from _in_text(definition, getattr(words, field), f"{place}{field}", ())
    yield from _in_text(definition, words.thanks, f"{place}thanks", definition.questions)


def _in_question(
    definition: SurveyDefinition, words: Question | QuestionWords, place: str, asked: Sequence[Question]
) -> Iterator[Fault]:
    for field in ("text", "hint"):
        yield from _in_text(definition, getattr(words, field), f"{place}.{field}", asked)
    if isinstance(words, Question):
        for at, choice in enumerate(words.choices):
            yield from _in_text(definition, choice.text, f"{place}.choices[{at}].text", asked)
    else:
        for key, text in words.choices.items():
            yield from _in_text(definition, text, f"{place}.choices.{key}", asked)


def _in_text(definition: SurveyDefinition, text: str, place: str, asked: Sequence[Question]) -> Iterator[Fault]:
    if is_broken(text):
        yield Fault(place, "a pair of braces is open or closed alone; write {{name|words for where there is none}}")
    for pipe in pipes_in(text):
        if pipe.fallback is None:
            yield Fault(place, f"{{{{{pipe.name[:60]}}}}} has no words for where there is none; write them after a |")
        if pipe.name.startswith(ANSWER):
            key = pipe.name.removeprefix(ANSWER)
            if not any(question.key == key and question.instrument is not Instrument.STATEMENT for question in asked):
                yield Fault(place, f"no question that is asked before this has the key {key[:60]}")
        elif pipe.name != CONTACT_NAME:
            yield from attribute_faults(definition, pipe.name, place)
