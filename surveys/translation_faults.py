"""What a translation of a survey lacks, or has too much of: every language must say all that the original says."""

from collections.abc import Iterator

from core.errors import Fault
from surveys.definition import Question, QuestionWords, SurveyDefinition, Translation

_AROUND = ("title", "intro", "thanks")
_OF_A_QUESTION = ("text", "hint", "low", "high")


def translation_faults(definition: SurveyDefinition) -> Iterator[Fault]:
    for language, translation in definition.translations.items():
        place = f"translations.{language}"
        if language == definition.language:
            yield Fault(place, f"{language} is the survey's own language; take this out")
        yield from _unlike(definition, translation, _AROUND, place)
        for key in translation.questions:
            if definition.question(key) is None:
                yield Fault(f"{place}.questions.{key[:60]}", "no question has this key; take it out, or mend it")
        for question in definition.questions:
            words = translation.questions.get(question.key, QuestionWords())
            here = f"{place}.questions.{question.key}"
            yield from _unlike(question, words, _OF_A_QUESTION, here)
            yield from _choices_unlike(question, words, f"{here}.choices")


def _unlike(
    original: SurveyDefinition | Question,
    words: Translation | QuestionWords,
    fields: tuple[str, ...],
    place: str,
) -> Iterator[Fault]:
    for field in fields:
        theirs, ours = getattr(original, field), getattr(words, field)
        if theirs and not ours:
            yield Fault(f"{place}.{field}", f"this is missing; translate {theirs[:60]!r}")
        elif ours and not theirs:
            yield Fault(f"{place}.{field}", "the original says nothing here; take this out, or add the original")


def _choices_unlike(question: Question, words: QuestionWords, place: str) -> Iterator[Fault]:
    keys = {choice.key for choice in question.choices}
    for choice in question.choices:
        if choice.key not in words.choices:
            yield Fault(f"{place}.{choice.key}", f"this is missing; translate {choice.text[:60]!r}")
    for key in words.choices:
        if key not in keys:
            yield Fault(f"{place}.{key[:60]}", "no choice has this key; take it out, or mend it")
