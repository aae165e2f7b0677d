"""What is wrong with a survey that its types alone can't see; fields are paths such as `questions[1].emotions`."""

from collections import Counter
from collections.abc import Iterator, Sequence

from core.errors import Fault
from surveys.branch_faults import branch_faults, condition_faults
from surveys.definition import END, Question, SurveyDefinition
from surveys.instruments import CHOOSING, EMOTIONS, LOOKS, OTHER, PLEASANT, UNPLEASANT, Instrument, Look
from surveys.texts import texts_in
from surveys.translation_faults import translation_faults
from surveys.wording_faults import pipe_faults

NO_KEYS = ("new", "preview")  # pages stand there, so that of a survey with this key could not be opened
# Every clock and database counts these in every zone; the first and the last year that can be written it does not.
FIRST_YEAR, LAST_YEAR = 1900, 2200
FEWEST_EMOTIONS, MOST_EMOTIONS = 6, 10
FEWEST_CHOICES, MOST_CHOICES = 2, 20
ONCE_A_SURVEY = (
    Instrument.ANCHOR,
    Instrument.NPS,
    Instrument.EMOTION,
    Instrument.EXPECTATION,
    Instrument.KEPT,
    Instrument.DISCONFIRMATION,
    Instrument.IMPORTANCE,
    Instrument.COMMENT,
    Instrument.CONTACT,
)


def faults_of(definition: SurveyDefinition) -> Iterator[Fault]:
    """All of them, in the order of the file."""
    if definition.key in NO_KEYS:
        yield Fault("key", f"{definition.key} is the address of another page; give this survey another key")
    if definition.opens_at and definition.closes_at and definition.closes_at <= definition.opens_at:
        yield Fault("closes_at", f"this is not after opens_at, {definition.opens_at.isoformat()}; swap or mend them")
    for field, moment in (("opens_at", definition.opens_at), ("closes_at", definition.closes_at)):
        if moment and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            yield Fault(field, f"the year {moment.year} is too far off; write one from {FIRST_YEAR} to {LAST_YEAR}")
    yield from faults_of_repeats(definition.hidden, "hidden[{}]")
    yield from _quota_faults(definition)
    yield from faults_of_repeats([question.key for question in definition.questions], "questions[{}].key")
    yield from _questions_faults(definition.questions)
    for at, question in enumerate(definition.questions):
        for field, message in _question_faults(question):
            yield Fault(f"questions[{at}].{field}", message)
    yield from branch_faults(definition)
    yield from pipe_faults(definition)
    yield from translation_faults(definition)


def faults_of_repeats(keys: Sequence[str], place: str) -> Iterator[Fault]:
    """A fault for each key that stood before; `{}` in `place` stands for its position."""
    seen: set[str] = set()
    for at, key in enumerate(keys):
        if key in seen:
            yield Fault(place.format(at), f"the key {key} is taken already; give this one another")
        seen.add(key)


def _questions_faults(questions: Sequence[Question]) -> Iterator[Fault]:
    if all(question.instrument is Instrument.STATEMENT for question in questions):
        yield Fault("questions", "ask at least one question")
    counts = Counter(question.instrument for question in questions)
    for instrument in ONCE_A_SURVEY:
        if counts[instrument] > 1:
            yield Fault("questions", f"ask at most one question with the instrument {instrument}")


def _quota_faults(definition: SurveyDefinition) -> Iterator[Fault]:
    yield from faults_of_repeats([quota.key for quota in definition.quotas], "quotas[{}].key")
    for at, quota in enumerate(definition.quotas):
        yield from condition_faults(definition, quota.when, f"quotas[{at}].when", definition.questions)


def _question_faults(question: Question) -> Iterator[tuple[str, str]]:
    """Field and message."""
    if question.key == END:
        yield "key", f"{END} is where a branch ends the survey; give this question another key"
    if not question.text and not texts_in("en").question(question.instrument):
        yield "text", f"the instrument {question.instrument} has no words of its own; write the question"
    yield from _emotion_faults(question)
    yield from _choice_faults(question)
    yield from _display_faults(question)


def _emotion_faults(question: Question) -> Iterator[tuple[str, str]]:
    if question.instrument is not Instrument.EMOTION:
        for field in ("emotions", "asks_strength", "shows_pictures_only"):
            if getattr(question, field):
                yield field, f"only a question with the instrument emotion has {field}; take it out"
        return
    messages = list(_list_faults(question.emotions))
    pleasant, unpleasant = (len(set(side).intersection(question.emotions)) for side in (PLEASANT, UNPLEASANT))
    if not messages and abs(pleasant - unpleasant) > 1:
        messages.append(
            f"{pleasant} are pleasant and {unpleasant} unpleasant; name as many of each, give or take one, so that "
            "neither side is easier to find"
        )
    for message in messages:
        yield "emotions", message


def _list_faults(emotions: Sequence[str]) -> Iterator[str]:
    if not FEWEST_EMOTIONS <= len(emotions) <= MOST_EMOTIONS:
        yield f"name {FEWEST_EMOTIONS} to {MOST_EMOTIONS} emotions, not {len(emotions)}"
    if len(set(emotions)) < len(emotions):
        yield "name each emotion once"
    for emotion in emotions:
        if emotion not in EMOTIONS:
            yield f"{emotion[:40]!r} is not known; choose from {', '.join(EMOTIONS)}"


def _choice_faults(question: Question) -> Iterator[tuple[str, str]]:
    if question.instrument not in CHOOSING:
        for field in ("choices", "has_other"):
            if getattr(question, field):
                yield field, f"only questions with the instruments choice and choices have {field}; take it out"
    elif not FEWEST_CHOICES <= len(question.choices) <= MOST_CHOICES:
        yield "choices", f"name {FEWEST_CHOICES} to {MOST_CHOICES} choices, not {len(question.choices)}"
    for fault in faults_of_repeats([choice.key for choice in question.choices], "choices[{}].key"):
        yield fault.field, fault.message
    if question.has_other and any(choice.key == OTHER for choice in question.choices):
        yield "choices", f"with has_other the key {OTHER} is taken; give that choice another"
    if question.at_most is not None:
        if question.instrument is not Instrument.CHOICES:
            yield "at_most", "only a question with the instrument choices has at_most; take it out"
        elif question.at_most > len(question.choices) + question.has_other:
            yield "at_most", f"there are only {len(question.choices) + question.has_other} to choose from"


def _display_faults(question: Question) -> Iterator[tuple[str, str]]:
    looks = LOOKS.get(question.instrument, (Look.NUMBERS,))
    if question.look not in looks:
        yield "look", f"{question.instrument} can't be shown as {question.look}; write {' or '.join(looks)}"
    if question.is_shuffled and question.instrument not in (*CHOOSING, Instrument.EMOTION):
        yield "is_shuffled", "a scale has its order; only choices and emotions are shuffled"
    if question.max_characters is not None and question.instrument is not Instrument.COMMENT:
        yield "max_characters", "only a comment has max_characters; take it out"
    if question.required and question.instrument is Instrument.STATEMENT:
        yield "required", "a statement is not answered; take this out"
    has_ends = texts_in("en").ends_of(question.instrument) is not None and question.look is Look.NUMBERS
    for field in ("low", "high"):
        if getattr(question, field) and not has_ends:
            yield field, f"{question.instrument} has its own words at every point; take this out"
