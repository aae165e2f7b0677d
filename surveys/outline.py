"""What a survey asks, question by question, in words that the staff read."""

from collections.abc import Sequence

from msgspec import Struct

from surveys.definition import END, Branch, Condition, Question, Quota, SurveyDefinition
from surveys.instruments import CHOOSING, MAX_COMMENT_CHARACTERS, MAX_EMOTION_PICKS, SCALES, Instrument
from surveys.texts import Texts, texts_in
from surveys.wording import worded

_ANSWERED_WITH = {
    Instrument.CONSENT: "A box to tick",
    Instrument.CONTACT: "Yes or no, and an e-mail address",
    Instrument.STATEMENT: "Nothing: it is only read",
}


class QuestionOutline(Struct, frozen=True):
    """One question: its words, what it is answered with, what is special about it, and where it leads to."""

    key: str
    instrument: str
    text: str
    answers: str
    notes: tuple[str, ...]
    ways: tuple[str, ...]
    decides: bool  # whether what comes next depends on conditions


def outline_of(definition: SurveyDefinition) -> tuple[QuestionOutline, ...]:
    """In the survey's own language, the instruments' words where it has none of its own."""
    texts = texts_in(definition.language)
    return tuple(
        QuestionOutline(
            key=question.key,
            instrument=question.instrument.value,
            text=question.text,
            answers=_answers(question, texts),
            notes=tuple(_notes(question)),
            ways=tuple(_way(branch) for branch in question.branches),
            decides=any(branch.when for branch in question.branches),
        )
        for question in worded(definition, definition.language).questions
    )


def quota_words(quota: Quota) -> str:
    """Such as "At most 200 responses where hidden.store is berlin"."""
    return f"At most {quota.limit:,} responses{_where(quota.when, ' where ')}"


def _answers(question: Question, texts: Texts) -> str:
    if question.instrument in SCALES:
        labels = texts.labels(question.instrument, question.look)
        scale = SCALES[question.instrument]
        return ", ".join(labels) or f"{scale.low} ({question.low}) to {scale.high} ({question.high})"
    if question.instrument is Instrument.EMOTION:
        return f"Up to {MAX_EMOTION_PICKS} of: {', '.join(texts.emotions[emotion] for emotion in question.emotions)}"
    if question.instrument in CHOOSING:
        return _choices(question, texts)
    if question.instrument is Instrument.COMMENT:
        return f"Words, at most {question.max_characters or MAX_COMMENT_CHARACTERS:,} characters"
    return _ANSWERED_WITH[question.instrument]


def _choices(question: Question, texts: Texts) -> str:
    offered = [choice.text for choice in question.choices]
    if question.has_other:
        offered.append(f"{texts('other')} (in words)")
    most = 1 if question.instrument is Instrument.CHOICE else question.at_most or len(offered)
    many = "One" if most == 1 else "Any" if most == len(offered) else f"Up to {most}"
    return f"{many} of: {', '.join(offered)}"


def _notes(question: Question) -> list[str]:
    notes = {
        "must be answered": question.required,
        "in an order of chance": question.is_shuffled,
        "asks how strongly": question.asks_strength,
        "pictures only": question.shows_pictures_only,
    }
    return [words for words, holds in notes.items() if holds]


def _way(branch: Branch) -> str:
    goes = "the survey ends" if branch.go == END else f"goes on with {branch.go}"
    return f"{_where(branch.when, 'If ')}, {goes}" if branch.when else f"Then {goes}"


def _where(conditions: Sequence[Condition], lead: str) -> str:
    return f"{lead}{' and '.join(condition_words(one) for one in conditions)}" if conditions else ""


def condition_words(condition: Condition) -> str:
    """Such as "felt is 1 or 2", "hidden.store is not known" or "easy is at least 5"."""
    name = condition.answer or condition.attribute
    if condition.is_answered is not None:
        known = "answered" if condition.answer else "known"
        return f"{name} is {known}" if condition.is_answered else f"{name} is not {known}"
    if condition.one_of is not None:
        return f"{name} is {' or '.join(map(str, condition.one_of))}"
    if condition.at_least is None:
        return f"{name} is at most {condition.at_most:g}"
    if condition.at_most is None:
        return f"{name} is at least {condition.at_least:g}"
    return f"{name} is {condition.at_least:g} to {condition.at_most:g}"
