"""A survey in the words of one language: its translation, the instruments' words where it has none, pipes filled."""

from collections.abc import Mapping

import msgspec

from surveys.definition import Choice, Question, QuestionWords, SurveyDefinition, Translation
from surveys.given_answer import GivenAnswer
from surveys.instruments import SCALES, Instrument
from surveys.piping import ANSWER, piped
from surveys.texts import Texts, first_understood, languages, texts_in


def languages_of(definition: SurveyDefinition) -> tuple[str, ...]:
    """The languages a survey can be answered in, its own first; all there are where it says nothing of its own."""
    if has_own_words(definition):
        return (definition.language, *definition.translations)
    return (definition.language, *(language for language in languages() if language != definition.language))


def has_own_words(definition: SurveyDefinition) -> bool:
    around = (definition.title, definition.intro, definition.thanks)
    return any(around) or any(
        question.text or question.hint or question.low or question.high or question.choices
        for question in definition.questions
    )


def language_for(definition: SurveyDefinition, *wanted: str) -> str:
    """The first language wanted that the survey can be answered in, else its own; empty ones are passed over."""
    return first_understood(wanted, languages_of(definition)) or definition.language


def worded(definition: SurveyDefinition, language: str) -> SurveyDefinition:
    """The survey in one of `languages_of`, with every text that is shown."""
    translation = definition.translations.get(language, Translation())
    texts = texts_in(language)
    return msgspec.structs.replace(
        definition,
        language=language,
        title=translation.title or definition.title or texts("title"),
        intro=translation.intro or definition.intro,
        thanks=translation.thanks or definition.thanks or texts("thanks"),
        questions=tuple(
            _question(question, translation.questions.get(question.key, QuestionWords()), texts)
            for question in definition.questions
        ),
    )


def _question(question: Question, words: QuestionWords, texts: Texts) -> Question:
    low, high = texts.ends_of(question.instrument) or ("", "")
    return msgspec.structs.replace(
        question,
        text=words.text or question.text or texts.question(question.instrument),
        hint=words.hint or question.hint,
        low=words.low or question.low or low,
        high=words.high or question.high or high,
        choices=tuple(Choice(one.key, words.choices.get(one.key, one.text)) for one in question.choices),
    )


def with_pipes(definition: SurveyDefinition, values: Mapping[str, str]) -> SurveyDefinition:
    """A worded survey with the pipes of all its texts filled; `values` are words by name, such as `event.plan`."""
    return msgspec.structs.replace(
        definition,
        title=piped(definition.title, values),
        intro=piped(definition.intro, values),
        thanks=piped(definition.thanks, values),
        questions=tuple(
            msgspec.structs.replace(
                question,
                text=piped(question.text, values),
                hint=piped(question.hint, values),
                choices=tuple(Choice(one.key, piped(one.text, values)) for one in question.choices),
            )
            for question in definition.questions
        ),
    )


def answers_in_words(definition: SurveyDefinition, answers: Mapping[str, GivenAnswer], texts: Texts) -> dict[str, str]:
    """What was answered as the person reads it, by the names that pipes use; `definition` is the worded one."""
    return {
        f"{ANSWER}{question.key}": answer_in_words(question, answers[question.key], texts)
        for question in definition.questions
        if question.key in answers
    }


def answer_in_words(question: Question, answer: GivenAnswer, texts: Texts) -> str:
    """Such as "Good", "7", "happy, relieved" or what somebody wrote."""
    if answer.value is not None:
        if question.instrument in (Instrument.CONSENT, Instrument.CONTACT):
            return texts("say_yes" if answer.value else "say_no")
        return point_in_words(question, answer.value, texts)
    if answer.picks is not None:
        names = choice_texts(question) | texts.emotions
        said = [names.get(pick, "") for pick in answer.picks]
        return ", ".join(filter(None, [*said, answer.other or ""]))
    return answer.text or ""


def choice_texts(question: Question) -> dict[str, str]:
    """The words of each choice by its key."""
    return {choice.key: choice.text for choice in question.choices}


def point_in_words(question: Question, value: int, texts: Texts) -> str:
    labels = texts.labels(question.instrument, question.look)
    return labels[value - SCALES[question.instrument].low] if labels else str(value)
