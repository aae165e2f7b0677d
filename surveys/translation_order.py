"""Translations in the order of what they translate: the database keeps none, and a file in git shall not change."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from surveys.definition import SurveyDefinition, Translation

Words = TypeVar("Words")


def in_order(definition: SurveyDefinition) -> SurveyDefinition:
    """The same survey: languages by their tags, questions and choices as the survey asks them."""
    ordered = {tag: _ordered(definition, definition.translations[tag]) for tag in sorted(definition.translations)}
    return msgspec.structs.replace(definition, translations=ordered)


def _ordered(definition: SurveyDefinition, translation: Translation) -> Translation:
    questions = _by(translation.questions, (question.key for question in definition.questions))
    for question in definition.questions:
        if question.key in questions:
            words = questions[question.key]
            choices = _by(words.choices, (choice.key for choice in question.choices))
            questions[question.key] = msgspec.structs.replace(words, choices=choices)
    return msgspec.structs.replace(translation, questions=questions)


def _by(words: dict[str, Words], keys: Iterable[str]) -> dict[str, Words]:
    places = {key: place for place, key in enumerate(keys)}
    return dict(sorted(words.items(), key=lambda item: places.get(item[0], len(places))))
