"""Publish surveys: a changed definition becomes a new version, which then never changes."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from core.database import Row, fetch, transaction
from core.errors import Invalid, NotFound
from surveys.definition import SurveyDefinition
from surveys.definition_faults import faults_of


class Change(StrEnum):
    """What became of one thing that was to be stored."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Published(Struct, frozen=True):
    """A survey's row, and the number of its version in force."""

    survey: int
    number: int
    change: Change


async def publish(workspace: int, definition: SurveyDefinition, now: datetime) -> int:
    """The number of the version that holds `definition`: a new one only if it differs from the latest.

    Raises Invalid for a definition nobody could answer, NotFound where there is no such workspace.
    """
    return (await publish_all(workspace, [definition], now))[definition.key].number


async def publish_all(workspace: int, definitions: Sequence[SurveyDefinition], now: datetime) -> dict[str, Published]:
    """Publish several surveys of different keys in one transaction; the result is by key."""
    faults = [fault for definition in definitions for fault in faults_of(definition)]
    if faults:
        raise Invalid(*faults)
    wanted = msgspec.json.encode([{"key": one.key, "name": one.name, "definition": one} for one in definitions])
    async with transaction():
        await lock_workspace(workspace)
        await fetch(_UPSERT_SURVEYS, wanted.decode(), workspace)
        written = {row["survey"] for row in await fetch(_INSERT_CHANGED, wanted.decode(), workspace, now)}
        rows = await fetch(_LATEST, workspace, [definition.key for definition in definitions])
    return {row["key"]: Published(row["survey"], row["number"], _change(row, written)) for row in rows}


async def lock_workspace(workspace: int) -> None:
    """Until the transaction ends, nobody else publishes or imports here. Raises NotFound.

    The rows that are written lock themselves; this one lock before them keeps two who write the same rows in different
    orders from waiting for each other forever. Events and answers, which only refer to the workspace, are not held up.
    """
    if not await fetch("SELECT id FROM workspace WHERE id = $1 FOR NO KEY UPDATE", workspace):
        raise NotFound("There is no such workspace.")


def _change(row: Row, written: set[int]) -> Change:
    if row["survey"] not in written:
        return Change.UNCHANGED
    return Change.CREATED if row["number"] == 1 else Change.UPDATED


# In the order given, so that the ids of new surveys keep the order of a journey's file.
_UPSERT_SURVEYS = """
INSERT INTO survey AS s (workspace, key, name)
SELECT $2::int, w.key, w.name
FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (key text, name text)) WITH ORDINALITY AS w(key, name, place)
ORDER BY w.place
ON CONFLICT (workspace, key) DO UPDATE SET name = excluded.name WHERE s.name <> excluded.name
"""

_INSERT_CHANGED = """
INSERT INTO survey_version (survey, number, definition, published_at)
SELECT s.id, coalesce(latest.number, 0) + 1, w.definition, $3::timestamptz
FROM jsonb_to_recordset($1::jsonb) AS w(key text, definition jsonb)
JOIN survey s ON s.workspace = $2::int AND s.key = w.key
LEFT JOIN LATERAL (
    SELECT v.number, v.definition FROM survey_version v WHERE v.survey = s.id ORDER BY v.number DESC LIMIT 1
) latest ON true
WHERE latest.definition IS DISTINCT FROM w.definition
RETURNING survey
"""

_LATEST = """
SELECT s.id AS survey, s.key, max(v.number) AS number
FROM survey s JOIN survey_version v ON v.survey = s.id
WHERE s.workspace = $1 AND s.key = ANY($2) GROUP BY s.id, s.key
"""
