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
    by_key = {one.key: one for one in definitions}
    async with transaction():
        await lock_workspace(workspace)
        await fetch(_UPSERT_SURVEYS, workspace, list(by_key), [one.name for one in by_key.values()])
        rows = await fetch(_LATEST, workspace, list(by_key))
        found = {row["key"]: _outcome(row, by_key[row["key"]]) for row in rows}
        changed = {key: one for key, one in found.items() if one.change is not Change.UNCHANGED}
        await fetch(
            _INSERT_VERSIONS,
            [one.survey for one in changed.values()],
            [one.number for one in changed.values()],
            [msgspec.json.encode(by_key[key]).decode() for key in changed],
            now,
        )
    return found


async def lock_workspace(workspace: int) -> None:
    """Until the transaction ends, nobody else publishes or imports here. Raises NotFound.

    The rows that are written lock themselves; this one lock before them keeps two who write the same rows in different
    orders from waiting for each other forever. Events and answers, which only refer to the workspace, are not held up.
    """
    if not await fetch("SELECT id FROM workspace WHERE id = $1 FOR NO KEY UPDATE", workspace):
        raise NotFound("There is no such workspace.")


def _outcome(latest: Row, wanted: SurveyDefinition) -> Published:
    """`latest` is the survey with the number and the definition of its latest version, None where there is none yet.

    What is stored may say the same in another form than it would be stored in today, with every default written out.
    """
    if latest["number"] is None:
        return Published(latest["survey"], 1, Change.CREATED)
    if msgspec.json.decode(latest["definition"], type=SurveyDefinition) == wanted:
        return Published(latest["survey"], latest["number"], Change.UNCHANGED)
    return Published(latest["survey"], latest["number"] + 1, Change.UPDATED)


# In the order given, so that the ids of new surveys keep the order of a journey's file.
_UPSERT_SURVEYS = """
INSERT INTO survey AS s (workspace, key, name)
SELECT $1::int, w.key, w.name
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS w(key, name, place)
ORDER BY w.place
ON CONFLICT (workspace, key) DO UPDATE SET name = excluded.name WHERE s.name <> excluded.name
"""

_LATEST = """
SELECT s.id AS survey, s.key, latest.number, latest.definition
FROM survey s
LEFT JOIN LATERAL (
    SELECT v.number, v.definition FROM survey_version v WHERE v.survey = s.id ORDER BY v.number DESC LIMIT 1
) latest ON true
WHERE s.workspace = $1 AND s.key = ANY($2)
"""

# The lock on the workspace keeps the numbers free until the transaction ends.
_INSERT_VERSIONS = """
INSERT INTO survey_version (survey, number, definition, published_at)
SELECT w.survey, w.number, w.definition::jsonb, $4::timestamptz
FROM unnest($1::int[], $2::int[], $3::text[]) AS w(survey, number, definition)
"""
