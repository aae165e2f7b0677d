"""What a survey asks: the definition that each of its versions holds."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from surveys.instruments import DEFAULT_EMOTIONS, MAX_COMMENT_CHARACTERS, Instrument, Look
from surveys.plain_text import LONGEST_TEXT

END = "end"  # where a branch goes that ends the survey

# PostgreSQL stores neither NUL nor half of a surrogate pair. `\Z`, because `$` would let a line break follow.
STORABLE = r"(?s)^[^\x00\ud800-\udfff]*\Z"
STORABLE_AND_NOT_BLANK = r"(?s)^(?=.*\S)[^\x00\ud800-\udfff]*\Z"
_EMPTY_OR_NOT_BLANK = r"(?s)^(?=.*\S|\Z)[^\x00\ud800-\udfff]*\Z"

# Their descriptions are what a fault tells people to write.
Key = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,63}\Z",
        description="a key of at most 64 small letters, digits and hyphens, such as online-demo",
    ),
]
Name = Annotated[str, Meta(pattern=STORABLE_AND_NOT_BLANK, max_length=200, description="a text of 1 to 200 characters")]
OptionalName = Annotated[str, Meta(pattern=STORABLE, max_length=200, description="a text of at most 200 characters")]
Text = Annotated[
    str, Meta(pattern=STORABLE_AND_NOT_BLANK, max_length=LONGEST_TEXT, description="a text that is not empty")
]
OptionalText = Annotated[str, Meta(pattern=STORABLE, max_length=LONGEST_TEXT, description="a text")]
Wording = Annotated[
    str,
    Meta(
        pattern=_EMPTY_OR_NOT_BLANK,
        max_length=LONGEST_TEXT,
        description="a text that is not blank, or leave it out for the instrument's own words",
    ),
]
Language = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z", max_length=35, description="a language tag such as en or pt-BR"
    ),
]
FieldName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}\Z",
        description="a name of at most 64 letters, digits, hyphens and underscores, such as utm_source",
    ),
]
Moment = Annotated[
    datetime, Meta(tz=True, description="a moment with its time zone, such as 2026-03-01T09:00:00+01:00")
]
Characters = Annotated[
    int, Meta(ge=1, le=MAX_COMMENT_CHARACTERS, description=f"a number from 1 to {MAX_COMMENT_CHARACTERS}")
]
Count = Annotated[int, Meta(ge=1, le=1_000_000_000, description="a whole number from 1 up")]
# Beyond these no program that reads JSON keeps numbers exact.
Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Bound = Annotated[Whole | Annotated[float, Meta(ge=-(2**53), le=2**53)], Meta(description="a number")]
Value = Annotated[Whole | OptionalText, Meta(description="a point of the scale, the key of a choice, or a text")]
Values = Annotated[tuple[Value, ...], Meta(description="a list of points of the scale, keys of choices, or texts")]


class Layout(StrEnum):
    """How many questions a screen shows; a question with branches always ends its screen."""

    PAGE = "page"
    STEPS = "steps"  # one question a screen


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the answers to choose from."""

    key: Key
    text: Name


class Condition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Holds of the answer to a question, or of an attribute, that is in a list, in a range, or there at all.

    Attributes are `channel`, `language`, `contact.kind`, `contact.persona`, `event.` and the name of a property of the
    event, and `hidden.` and the name of a hidden field. Of several picks one suffices.
    """

    answer: Key | None = None
    attribute: Name | None = None
    one_of: Values | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    is_answered: bool | None = None


class Branch(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to go on, the key of a later question or `end`, if all conditions hold; the first such branch counts."""

    go: Key
    when: tuple[Condition, ...] = ()


class Question(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question. Without `text` it is asked in the words of its instrument.

    An emotion picker that names no emotions gets the default ones, so that a version holds them.
    """

    key: Key
    instrument: Instrument
    text: Wording = ""
    required: bool = False
    emotions: tuple[str, ...] = ()
    hint: OptionalName = ""
    look: Look = Look.NUMBERS
    low: OptionalName = ""  # the words at the lowest point, where they aren't the instrument's own
    high: OptionalName = ""
    choices: tuple[Choice, ...] = ()
    has_other: bool = False  # beside the choices, something else in words
    at_most: Count | None = None  # of the choices
    is_shuffled: bool = False  # choices or emotions in an order of chance, whose seed the response keeps
    asks_strength: bool = False  # of what was picked
    shows_pictures_only: bool = False
    max_characters: Characters | None = None
    branches: tuple[Branch, ...] = ()

    def __post_init__(self) -> None:
        if self.instrument is Instrument.EMOTION and not self.emotions:
            force_setattr(self, "emotions", DEFAULT_EMOTIONS)


class Quota(Struct, frozen=True, forbid_unknown_fields=True):
    """How many responses are wanted of those that meet all conditions; the survey is over for the next."""

    key: Key
    limit: Count
    when: tuple[Condition, ...] = ()


class QuestionWords(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question in another language: what the original says in words of its own."""

    text: Wording = ""
    hint: OptionalName = ""
    low: OptionalName = ""
    high: OptionalName = ""
    choices: dict[Key, Name] = {}


class Translation(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A survey in another language."""

    title: OptionalName = ""
    intro: OptionalText = ""
    thanks: OptionalText = ""
    questions: dict[Key, QuestionWords] = {}


Questions = Annotated[
    tuple[Question, ...], Meta(min_length=1, max_length=50, description="a list of 1 to 50 questions")
]


class SurveyDefinition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Exactly what is asked, in order, with the words around it; without a title, in those of the interface."""

    key: Key
    name: Name
    language: Language = "en"
    title: OptionalName = ""
    intro: OptionalText = ""
    thanks: OptionalText = ""
    layout: Layout = Layout.PAGE
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    hidden: tuple[FieldName, ...] = ()
    quotas: tuple[Quota, ...] = ()
    questions: Questions
    translations: dict[Language, Translation] = {}

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)
