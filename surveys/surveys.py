"""What is stored of surveys and their versions, as the other rooms and the pages read it."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from msgspec import Struct

from core.database import Row, fetch
from core.errors import NotFound
from surveys.definition import SurveyDefinition
from surveys.wording import languages_of


class SurveySummary(Struct, frozen=True, kw_only=True):
    """A survey in a list; `number`, questions and languages are those of its latest version."""

    key: str
    name: str
    number: int
    published_at: datetime
    questions: int
    languages: tuple[str, ...]


class SurveyVersionView(Struct, frozen=True, kw_only=True):
    """One version with what it asks; `survey` is the id of its survey."""

    id: int
    survey: int
    number: int
    definition: SurveyDefinition
    published_at: datetime


class VersionSummary(Struct, frozen=True, kw_only=True):
    """A version in a list."""

    id: int
    number: int
    published_at: datetime


async def list_surveys(workspace: int) -> list[SurveySummary]:
    """By name, each as its latest version says."""
    return [_summary(row) for row in await fetch(_SUMMARIES, workspace)]


async def load_survey(workspace: int, key: str, number: int | None = None) -> SurveyVersionView:
    """The version with that number, or the latest. Raises NotFound."""
    rows = await fetch(_VERSION, workspace, key, number)
    if not rows:
        raise NotFound(f"There is no survey {key}." if number is None else f"Survey {key} has no version {number}.")
    return SurveyVersionView(**{**rows[0], "definition": _definition(rows[0])})


async def list_versions(workspace: int, key: str) -> list[VersionSummary]:
    """The latest first. Raises NotFound where this workspace has no such survey."""
    versions = msgspec.convert(await fetch(_VERSIONS, workspace, key), list[VersionSummary])
    if not versions:
        raise NotFound(f"There is no survey {key}.")
    return versions


async def load_definitions(versions: Collection[int]) -> dict[int, SurveyDefinition]:
    """What these versions ask, by their ids, which come from rows of one workspace."""
    rows = await fetch("SELECT id, definition FROM survey_version WHERE id = ANY($1)", list(versions))
    return {row["id"]: _definition(row) for row in rows}


async def has_survey(workspace: int, key: str) -> bool:
    return bool(await fetch("SELECT id FROM survey WHERE workspace = $1 AND key = $2", workspace, key))


def _summary(row: Row) -> SurveySummary:
    definition = _definition(row)
    return SurveySummary(
        key=row["key"],
        name=row["name"],
        number=row["number"],
        published_at=row["published_at"],
        questions=len(definition.questions),
        languages=languages_of(definition),
    )


def _definition(row: Row) -> SurveyDefinition:
    return msgspec.json.decode(row["definition"], type=SurveyDefinition)


_SUMMARIES = """
SELECT s.key, s.name, latest.number, latest.definition, latest.published_at
FROM survey s JOIN LATERAL (
    SELECT v.number, v.definition, v.published_at
    FROM survey_version v WHERE v.survey = s.id ORDER BY v.number DESC LIMIT 1
) latest ON true
WHERE s.workspace = $1 ORDER BY s.name, s.id
"""

_VERSION = """
SELECT v.id, v.survey, v.number, v.definition, v.published_at
FROM survey s JOIN survey_version v ON v.survey = s.id
WHERE s.workspace = $1 AND s.key = $2 AND ($3::bigint IS NULL OR v.number = $3)
ORDER BY v.number DESC LIMIT 1
"""

_VERSIONS = """
SELECT v.id, v.number, v.published_at
FROM survey s JOIN survey_version v ON v.survey = s.id
WHERE s.workspace = $1 AND s.key = $2 ORDER BY v.number DESC
"""
