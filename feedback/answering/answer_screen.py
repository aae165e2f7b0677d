"""One screen of a survey as the page shows it: whose words, which questions, what is chosen, what comes before."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from core.errors import Fault
from feedback.answering.asking import Asking, AskingChannel
from feedback.answering.pipe_values import pipe_values
from surveys.answering import EMAIL_FIELD, OTHER_FIELD, STRENGTH_FIELD
from surveys.branching import Attributes, Screen, path_of, screen_to_resume, screen_with, screens_of
from surveys.choice_order import shown_order
from surveys.definition import Layout, Question, SurveyDefinition
from surveys.given_answer import GivenAnswer
from surveys.instruments import SCALES, Instrument
from surveys.texts import Texts, texts_in
from surveys.wording import answers_in_words, languages_of, point_in_words, with_pipes, worded

Values = Mapping[str, list[str]]  # raw values by the name of a form's field

LONGEST_SHOWN = 10_000  # characters of an answer that comes back to be shortened


class Shown(Struct, frozen=True):
    """A survey in the language of who answers, as it stands for them now."""

    asking: Asking
    language: str
    survey: SurveyDefinition  # worded, with its pipes filled
    screens: tuple[Screen, ...]

    @property
    def texts(self) -> Texts:
        return texts_in(self.language)

    @property
    def attributes(self) -> Attributes:
        return {**self.asking.attributes, "language": self.language}


class AnswerScreen(Struct, frozen=True, kw_only=True):
    """All that the template of a screen needs of it."""

    questions: Screen
    n: int  # of `total` screens on the way as it is known now
    total: int
    back: str | None  # the first question of the screen before
    is_last: bool
    given: Values
    chosen: str  # the answer that was clicked in a mail, in words
    faults: Mapping[str, str]
    is_shortened: bool

    @property
    def is_tapped(self) -> bool:
        """Whether the answer is one tap, which also leads on."""
        return self.tapped is not None

    @property
    def tapped(self) -> Question | None:
        [*others, question] = self.questions
        return None if others or not _is_one_tap(question) else question


def shown_to(asking: Asking, language: str) -> Shown:
    survey = worded(asking.definition, language)
    known = pipe_values(asking.contact_name, asking.properties, asking.hidden_now)
    # A choice is said as it was read, which may itself hold what was known.
    said = answers_in_words(with_pipes(survey, known), asking.answers, texts_in(language))
    piped = with_pipes(survey, {**known, **said})
    path = path_of(piped, asking.answers, {**asking.attributes, "language": language})
    return Shown(asking, language, piped, screens_of(piped, path))


def screen_at(
    shown: Shown,
    at: str | None,
    values: Values | None = None,
    faults: Sequence[Fault] = (),
    chosen: Values | None = None,
) -> AnswerScreen:
    """The screen with the question `at`, else the one to go on with.

    `values` are those of a form that comes back with `faults`; `chosen` was clicked in a mail, and is left out where
    its question is not asked any more.
    """
    answers = shown.asking.answers
    place = screen_with(shown.screens, at or next(iter(chosen or ()), None))
    if place is None:
        place, chosen = screen_to_resume(shown.screens, answers), None
    given = {**values_of(answers), **(chosen or {}), **(values or {})}
    return AnswerScreen(
        questions=shown.screens[place],
        n=place + 1,
        total=len(shown.screens),
        back=shown.screens[place - 1][0].key if place else None,
        is_last=place + 1 == len(shown.screens),
        given={name: [value[:LONGEST_SHOWN] for value in found] for name, found in given.items()},
        chosen=_chosen_words(shown, chosen),
        faults={fault.field: fault.message for fault in faults},
        is_shortened=any(len(value) > LONGEST_SHOWN for found in given.values() for value in found),
    )


def values_of(answers: Mapping[str, GivenAnswer]) -> dict[str, list[str]]:
    """Answers as a form holds them."""
    values: dict[str, list[str]] = {}
    for key, answer in answers.items():
        said = answer.text if answer.value is None else str(answer.value)
        values[key] = list(answer.picks) if answer.picks is not None else [said or ""]
        if answer.strength is not None:
            values[key + STRENGTH_FIELD] = [str(answer.strength)]
        if answer.other is not None:
            field = EMAIL_FIELD if answer.instrument is Instrument.CONTACT else OTHER_FIELD
            values[key + field] = [answer.other]
    return values


def question_context(shown: Shown) -> dict[str, Any]:
    """What the template asks about a question: its scale, the words at its points, its choices in their order."""
    texts, seed = shown.texts, shown.asking.seed
    return {
        "texts": texts,
        "scales": SCALES,
        "labels": lambda question: texts.labels(question.instrument, question.look),
        "choices": lambda question: shown_order(question, question.choices, seed),
        "emotions": lambda question: shown_order(question, question.emotions, seed),
        "promise": shown.asking.promise,
        "asks_address": not shown.asking.has_address,
        "survey": shown.survey,
        "asking": shown.asking,
        "languages": languages_of(shown.asking.definition),
        "is_steps": shown.survey.layout is Layout.STEPS,
        "is_widget": shown.asking.channel is AskingChannel.WIDGET,
        "restart": _restart(shown.asking),
    }


def _restart(asking: Asking) -> str | None:
    """Where a kiosk begins anew for the next person: with all that its address said, such as the store."""
    if asking.channel is not AskingChannel.KIOSK:
        return None
    said = {**asking.hidden_now, **({"lang": asking.link_language} if asking.link_language else {})}
    return f"/k/{asking.code}?{urlencode(said)}" if said else f"/k/{asking.code}"


def _is_one_tap(question: Question) -> bool:
    if question.instrument is Instrument.CHOICE:
        return not question.has_other
    return question.instrument in SCALES


def _chosen_words(shown: Shown, chosen: Values | None) -> str:
    for key, [value, *_] in (chosen or {}).items():
        question = shown.survey.question(key)
        if question is not None and question.instrument in SCALES:
            return point_in_words(question, int(value), shown.texts)
    return ""
