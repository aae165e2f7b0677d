"""Import a journey: everything in its file created or brought up to date by key, in one transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from core.database import Row, fetch, transaction
from surveys.ask_file import event_of
from surveys.journey_file import JourneyFile, PromiseFile, TouchpointFile
from surveys.keep_triggers import UPSERT_TRIGGERS, trigger_record
from surveys.publish import Change, Published, lock_workspace, publish_all


class ImportedJourney(Struct, frozen=True):
    """How many things were created, updated, left alone and removed.

    Counted are the journey, its personas, surveys, stages, touchpoints (each with its promises) and asks.
    """

    journey: int
    created: int
    updated: int
    unchanged: int
    removed: int

    def summary(self) -> str:
        """As in "3 created, 1 updated, 40 unchanged, 0 removed"."""
        return f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged, {self.removed} removed"


class _Stored(Struct, frozen=True):
    """A thing's row, and what became of it."""

    id: int
    change: Change


async def import_journey(workspace: int, file: JourneyFile, now: datetime) -> ImportedJourney:
    """Store the journey. What the file no longer names is marked as removed, because answers point at it.

    The same file again changes nothing. Raises NotFound where there is no such workspace.
    """
    async with transaction():
        await lock_workspace(workspace)
        personas = await _upsert(_UPSERT_PERSONAS, _persona_records(file), workspace)
        surveys = await publish_all(workspace, file.surveys, now)
        journey = (await _upsert(_UPSERT_JOURNEY, [_journey_record(file)], workspace, now))[file.key]
        stages = await _upsert(_UPSERT_STAGES, _stage_records(file), journey.id)
        touchpoints = await _upsert(_UPSERT_TOUCHPOINTS, _touchpoint_records(file, stages), journey.id)
        touchpoints = await _replace_promises(file, touchpoints)
        asks = await _upsert(UPSERT_TRIGGERS, _trigger_records(file, touchpoints, surveys), workspace)
        removed = await _remove(_REMOVE_STAGES, journey.id, list(stages))
        removed += await _remove(_REMOVE_TOUCHPOINTS, journey.id, list(touchpoints))
        removed += await _remove(_STOP_TRIGGERS, workspace, journey.id, [ask.id for ask in asks.values()])
        stored = (personas, surveys, {file.key: journey}, stages, touchpoints, asks)
        imported = _count(journey.id, stored, removed)
        if imported.created or imported.updated or imported.removed:
            await fetch("UPDATE journey SET updated_at = $1 WHERE id = $2", now, journey.id)
    return imported


async def _upsert(sql: str, records: Sequence[object], *values: object) -> dict[str, _Stored]:
    """Run a statement that takes the records as JSON and says for each its key, its id and its change."""
    rows = await fetch(sql, msgspec.json.encode(records).decode(), *values)
    return {row["key"]: _Stored(row["id"], Change(row["change"])) for row in rows}


async def _remove(sql: str, *values: object) -> int:
    return len(await fetch(sql, *values))


def _count(
    journey: int, stored: Iterable[Mapping[str, _Stored] | Mapping[str, Published]], removed: int
) -> ImportedJourney:
    counts = Counter(one.change for things in stored for one in things.values())
    return ImportedJourney(journey, counts[Change.CREATED], counts[Change.UPDATED], counts[Change.UNCHANGED], removed)


def _persona_records(file: JourneyFile) -> list[dict[str, Any]]:
    return [{**msgspec.structs.asdict(persona), "rule": persona.when} for persona in file.personas]


def _journey_record(file: JourneyFile) -> dict[str, Any]:
    return {
        "key": file.key,
        "name": file.name,
        "description": file.description,
        "personas": [persona.key for persona in file.personas],
        "overall": file.overall,
    }


def _stage_records(file: JourneyFile) -> list[dict[str, Any]]:
    return [
        {"position": at, "key": stage.key, "name": stage.name, "phase": stage.phase}
        for at, stage in enumerate(file.stages, start=1)
    ]


def _touchpoint_records(file: JourneyFile, stages: Mapping[str, _Stored]) -> list[dict[str, Any]]:
    return [
        {"stage": stages[stage.key].id, "position": at, **msgspec.structs.asdict(touchpoint)}
        for stage in file.stages
        for at, touchpoint in enumerate(stage.touchpoints, start=1)
    ]


def _trigger_records(
    file: JourneyFile, touchpoints: Mapping[str, _Stored], surveys: Mapping[str, Published]
) -> list[dict[str, Any]]:
    return [
        trigger_record(
            ask,
            event_of(ask, file.key, touchpoint.key, touchpoint.event),
            touchpoints[touchpoint.key].id,
            surveys[ask.survey].survey,
        )
        for touchpoint in _touchpoints(file)
        for ask in touchpoint.asks
    ]


def _touchpoints(file: JourneyFile) -> list[TouchpointFile]:
    return [touchpoint for stage in file.stages for touchpoint in stage.touchpoints]


async def _replace_promises(file: JourneyFile, touchpoints: Mapping[str, _Stored]) -> dict[str, _Stored]:
    """Where a touchpoint's promises differ, all of them are written anew; the touchpoint then counts as updated."""
    standing = _promises_by_touchpoint(await fetch(_PROMISES, [stored.id for stored in touchpoints.values()]))
    differing = [
        touchpoint
        for touchpoint in _touchpoints(file)
        if touchpoint.promises != standing.get(touchpoints[touchpoint.key].id, ())
    ]
    records = [
        {"touchpoint": touchpoints[touchpoint.key].id, **msgspec.structs.asdict(promise)}
        for touchpoint in differing
        for promise in touchpoint.promises
    ]
    await fetch("DELETE FROM promise WHERE touchpoint = ANY($1)", [touchpoints[one.key].id for one in differing])
    await fetch(_INSERT_PROMISES, msgspec.json.encode(records).decode())
    return {**touchpoints, **{one.key: _touched(touchpoints[one.key]) for one in differing}}


def _touched(stored: _Stored) -> _Stored:
    return _Stored(stored.id, Change.UPDATED) if stored.change is Change.UNCHANGED else stored


def _promises_by_touchpoint(rows: Iterable[Row]) -> dict[int, tuple[PromiseFile, ...]]:
    found: dict[int, tuple[PromiseFile, ...]] = {}
    for row in rows:
        touchpoint = row.pop("touchpoint")
        found[touchpoint] = (*found.get(touchpoint, ()), msgspec.convert(row, PromiseFile))
    return found


# Each statement writes only the rows that differ, and returns all of them: what it wrote, and what stood there already.
# A row that was inserted has never been touched by a later transaction: its xmax is 0.

_UPSERT_PERSONAS = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(key text, name text, kind text, description text, rule jsonb)
), written AS (
    INSERT INTO persona AS p (workspace, key, name, kind, description, rule)
    SELECT $2::int, key, name, kind, description, rule FROM wanted
    ON CONFLICT (workspace, key) DO UPDATE
        SET name = excluded.name, kind = excluded.kind, description = excluded.description, rule = excluded.rule
        WHERE (p.name, p.kind, p.description, p.rule)
            IS DISTINCT FROM (excluded.name, excluded.kind, excluded.description, excluded.rule)
    RETURNING id, key, CASE WHEN xmax = 0 THEN 'created' ELSE 'updated' END AS change
)
SELECT id, key, change FROM written
UNION ALL
SELECT p.id, p.key, 'unchanged' FROM persona p JOIN wanted ON wanted.key = p.key
WHERE p.workspace = $2::int AND p.key NOT IN (SELECT key FROM written)
"""

_UPSERT_JOURNEY = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
        AS r(key text, name text, description text, personas varchar[], overall varchar)
), written AS (
    INSERT INTO journey AS j (workspace, key, name, description, personas, overall, updated_at)
    SELECT $2::int, key, name, description, personas, overall, $3::timestamptz FROM wanted
    ON CONFLICT (workspace, key) DO UPDATE
        SET name = excluded.name, description = excluded.description, personas = excluded.personas,
            overall = excluded.overall
        WHERE (j.name, j.description, j.personas, j.overall)
            IS DISTINCT FROM (excluded.name, excluded.description, excluded.personas, excluded.overall)
    RETURNING id, key, CASE WHEN xmax = 0 THEN 'created' ELSE 'updated' END AS change
)
SELECT id, key, change FROM written
UNION ALL
SELECT j.id, j.key, 'unchanged' FROM journey j JOIN wanted ON wanted.key = j.key
WHERE j.workspace = $2::int AND j.key NOT IN (SELECT key FROM written)
"""

_UPSERT_STAGES = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(position smallint, key text, name text, phase text)
), written AS (
    INSERT INTO stage AS s (journey, position, key, name, phase, is_removed)
    SELECT $2::int, position, key, name, phase, false FROM wanted
    ON CONFLICT (journey, key) DO UPDATE
        SET position = excluded.position, name = excluded.name, phase = excluded.phase, is_removed = false
        WHERE (s.position, s.name, s.phase, s.is_removed)
            IS DISTINCT FROM (excluded.position, excluded.name, excluded.phase, false)
    RETURNING id, key, CASE WHEN xmax = 0 THEN 'created' ELSE 'updated' END AS change
)
SELECT id, key, change FROM written
UNION ALL
SELECT s.id, s.key, 'unchanged' FROM stage s JOIN wanted ON wanted.key = s.key
WHERE s.journey = $2::int AND s.key NOT IN (SELECT key FROM written)
"""

_UPSERT_TOUCHPOINTS = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(
        stage int, position smallint, key text, name text, period text, step text, location text, channel text,
        customer_intent text, communication_type text, business_intent text, goals text[], needs text[],
        obstacles text[], owner text, event text)
), written AS (
    INSERT INTO touchpoint AS t (
        journey, stage, position, key, name, period, step, location, channel, customer_intent, communication_type,
        business_intent, goals, needs, obstacles, owner, event, is_removed)
    SELECT $2::int, stage, position, key, name, period, step, location, channel, customer_intent, communication_type,
        business_intent, goals, needs, obstacles, owner, event, false
    FROM wanted
    ON CONFLICT (journey, key) DO UPDATE
        SET stage = excluded.stage, position = excluded.position, name = excluded.name, period = excluded.period,
            step = excluded.step, location = excluded.location, channel = excluded.channel,
            customer_intent = excluded.customer_intent, communication_type = excluded.communication_type,
            business_intent = excluded.business_intent, goals = excluded.goals, needs = excluded.needs,
            obstacles = excluded.obstacles, owner = excluded.owner, event = excluded.event, is_removed = false
        WHERE (t.stage, t.position, t.name, t.period, t.step, t.location, t.channel, t.customer_intent,
                t.communication_type, t.business_intent, t.goals, t.needs, t.obstacles, t.owner, t.event, t.is_removed)
            IS DISTINCT FROM
            (excluded.stage, excluded.position, excluded.name, excluded.period, excluded.step, excluded.location,
                excluded.channel, excluded.customer_intent, excluded.communication_type, excluded.business_intent,
                excluded.goals, excluded.needs, excluded.obstacles, excluded.owner, excluded.event, false)
    RETURNING id, key, CASE WHEN xmax = 0 THEN 'created' ELSE 'updated' END AS change
)
SELECT id, key, change FROM written
UNION ALL
SELECT t.id, t.key, 'unchanged' FROM touchpoint t JOIN wanted ON wanted.key = t.key
WHERE t.journey = $2::int AND t.key NOT IN (SELECT key FROM written)
"""

_PROMISES = """
SELECT touchpoint, claim, source, owner, valid_from, valid_to, level, share
FROM promise WHERE touchpoint = ANY($1) ORDER BY id
"""

# In the order of the file, so that the ids keep it.
_INSERT_PROMISES = """
INSERT INTO promise (touchpoint, claim, source, owner, valid_from, valid_to, level, share)
SELECT touchpoint, claim, source, owner, valid_from, valid_to, level, share
FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (
    touchpoint int, claim text, source text, owner text, valid_from date, valid_to date, level float8, share float8
)) WITH ORDINALITY AS r(touchpoint, claim, source, owner, valid_from, valid_to, level, share, place)
ORDER BY place
"""

_REMOVE_STAGES = """
UPDATE stage SET is_removed = true WHERE journey = $1 AND NOT is_removed AND key <> ALL($2::text[]) RETURNING id
"""

_REMOVE_TOUCHPOINTS = """
UPDATE touchpoint SET is_removed = true WHERE journey = $1 AND NOT is_removed AND key <> ALL($2::text[]) RETURNING id
"""

_STOP_TRIGGERS = """
UPDATE trigger g SET is_active = false FROM touchpoint t
WHERE g.workspace = $1 AND t.id = g.touchpoint AND t.journey = $2 AND g.is_active AND g.id <> ALL($3::int[])
RETURNING g.id
"""
