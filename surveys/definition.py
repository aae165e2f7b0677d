"""What a survey asks: the definition that each of its versions holds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from core.errors import Fault
from surveys.instruments import DEFAULT_EMOTIONS, EMOTIONS, Instrument
from surveys.plain_text import LONGEST_TEXT

FEWEST_EMOTIONS, MOST_EMOTIONS = 6, 10
ONCE_A_SURVEY = (
    Instrument.ANCHOR,
    Instrument.NPS,
    Instrument.EMOTION,
    Instrument.EXPECTATION,
    Instrument.KEPT,
    Instrument.DISCONFIRMATION,
    Instrument.IMPORTANCE,
    Instrument.COMMENT,
)

# PostgreSQL stores neither NUL nor half of a surrogate pair. `\Z`, because `$` would let a line break follow.
STORABLE = r"(?s)^[^\x00\ud800-\udfff]*\Z"
STORABLE_AND_NOT_BLANK = r"(?s)^(?=.*\S)[^\x00\ud800-\udfff]*\Z"

# Their descriptions are what a fault tells people to write.
Key = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,63}\Z",
        description="a key of at most 64 small letters, digits and hyphens, such as online-demo",
    ),
]
Name = Annotated[str, Meta(pattern=STORABLE_AND_NOT_BLANK, max_length=200, description="a text of 1 to 200 characters")]
Text = Annotated[
    str, Meta(pattern=STORABLE_AND_NOT_BLANK, max_length=LONGEST_TEXT, description="a text that is not empty")
]
OptionalText = Annotated[str, Meta(pattern=STORABLE, max_length=LONGEST_TEXT, description="a text")]
Language = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z", max_length=35, description="a language tag such as en or pt-BR"
    ),
]


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """One question. An emotion picker that names no emotions gets the default ones, so that a version holds them."""

    key: Key
    instrument: Instrument
    text: Text
    required: bool = False
    emotions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.instrument is Instrument.EMOTION and not self.emotions:
            force_setattr(self, "emotions", DEFAULT_EMOTIONS)


Questions = Annotated[
    tuple[Question, ...], Meta(min_length=1, max_length=20, description="a list of 1 to 20 questions")
]


class SurveyDefinition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Exactly what is asked, in order, with the words around it."""

    key: Key
    name: Name
    language: Language = "en"
    title: Name
    intro: OptionalText = ""
    thanks: OptionalText = ""
    questions: Questions


def faults_of(definition: SurveyDefinition) -> Iterator[Fault]:
    """What the types alone can't see; the fields are paths such as `questions[1].emotions`."""
    yield from faults_of_repeats([question.key for question in definition.questions], "questions[{}].key")
    if not definition.questions:
        yield Fault("questions", "ask at least one question")
    counts = Counter(question.instrument for question in definition.questions)
    for instrument in ONCE_A_SURVEY:
        if counts[instrument] > 1:
            yield Fault("questions", f"ask at most one question with the instrument {instrument}")
    for at, question in enumerate(definition.questions):
        for message in _emotion_faults(question):
            yield Fault(f"questions[{at}].emotions", message)


def faults_of_repeats(keys: Sequence[str], place: str) -> Iterator[Fault]:
    """A fault for each key that stood before; `{}` in `place` stands for its position."""
    seen: set[str] = set()
    for at, key in enumerate(keys):
        if key in seen:
            yield Fault(place.format(at), f"the key {key} is taken already; give this one another")
        seen.add(key)


def _emotion_faults(question: Question) -> Iterator[str]:
    if question.instrument is not Instrument.EMOTION:
        if question.emotions:
            yield "only a question with the instrument emotion has emotions; take them out"
        return
    if not FEWEST_EMOTIONS <= len(question.emotions) <= MOST_EMOTIONS:
        yield f"name {FEWEST_EMOTIONS} to {MOST_EMOTIONS} emotions, not {len(question.emotions)}"
    if len(set(question.emotions)) < len(question.emotions):
        yield "name each emotion once"
    for emotion in question.emotions:
        if emotion not in EMOTIONS:
            yield f"{emotion[:40]!r} is not known; choose from {', '.join(EMOTIONS)}"
