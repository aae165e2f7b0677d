"""Surveys to start from: one for each instrument, and one for each phase of a customer relationship."""

from functools import cache
from pathlib import Path

from core.errors import NotFound
from surveys.definition import SurveyDefinition
from surveys.survey_file import read_survey

_FOLDER = Path(__file__).parent / "starters"
PHASES = ("awareness", "consideration", "purchase", "onboarding", "use", "support", "renewal", "leaving")


@cache
def starters() -> tuple[SurveyDefinition, ...]:
    """Those for an instrument by key, then those for a phase in the order in which customers go through them."""
    found = (read_survey(file.read_text(encoding="utf-8"), file.name) for file in _FOLDER.glob("*.yaml"))
    return tuple(sorted(found, key=_place))


def starter(key: str) -> SurveyDefinition:
    """Raises NotFound, which names those there are."""
    for one in starters():
        if one.key == key:
            return one
    raise NotFound(f"There is no starter {key[:64]}; there are {', '.join(one.key for one in starters())}.")


def _place(definition: SurveyDefinition) -> tuple[int, str]:
    return (PHASES.index(definition.key) if definition.key in PHASES else -1, definition.key)
