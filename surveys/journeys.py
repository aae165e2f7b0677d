"""What is stored of journeys, as the other rooms and the pages read it."""

from collections.abc import Collection
from datetime import date, datetime

import msgspec
from msgspec import Struct

from core.database import fetch
from core.errors import NotFound
from surveys.journey_file import AskChannel
from surveys.trigger_rule import TriggerRule


class JourneySummary(Struct, frozen=True, kw_only=True):
    """A journey in a list; `asked` counts the touchpoints at which a survey goes out."""

    id: int
    key: str
    name: str
    description: str
    stages: int
    touchpoints: int
    asked: int
    updated_at: datetime


class PersonaView(Struct, frozen=True, kw_only=True):
    """A kind of contact."""

    id: int
    key: str
    name: str
    kind: str
    description: str


class PromiseView(Struct, frozen=True, kw_only=True):
    """A promise with the days it is in force, both included: a level in x or a share on [0, 1]."""

    id: int
    claim: str
    source: str
    owner: str
    valid_from: date
    valid_to: date | None
    level: float | None
    share: float | None


class TouchpointView(Struct, frozen=True, kw_only=True):
    """A touchpoint with all its promises, the earliest first."""

    id: int
    position: int
    key: str
    name: str
    period: str
    step: str
    location: str
    channel: str
    customer_intent: str
    communication_type: str
    business_intent: str
    goals: tuple[str, ...]
    needs: tuple[str, ...]
    obstacles: tuple[str, ...]
    owner: str
    event: str
    promises: tuple[PromiseView, ...]
    has_survey: bool


class StageView(Struct, frozen=True, kw_only=True):
    """A stage with its touchpoints in order."""

    id: int
    position: int
    key: str
    name: str
    phase: str
    touchpoints: tuple[TouchpointView, ...]


class JourneyView(Struct, frozen=True, kw_only=True):
    """A journey as it stands: removed stages and touchpoints are left out.

    `overall` is the key of the touchpoint whose answers are about the whole journey."""

    id: int
    key: str
    name: str
    description: str
    updated_at: datetime
    overall: str | None
    personas: tuple[PersonaView, ...]
    stages: tuple[StageView, ...]

    @property
    def touchpoints(self) -> tuple[TouchpointView, ...]:
        """All of them, in the order of the journey."""
        return tuple(touchpoint for stage in self.stages for touchpoint in stage.touchpoints)


class LatestSurvey(Struct, frozen=True):
    """A survey and its latest version, by their ids."""

    survey: int
    version: int


class TriggerView(Struct, frozen=True, kw_only=True):
    """After `event`, wait, then ask `survey_version`, the id of the survey's latest version, at `touchpoint`, an id.

    `instead` holds the surveys that the rule names for some, by key.
    """

    id: int
    event: str
    journey_key: str
    touchpoint: int
    touchpoint_key: str
    survey: int
    survey_version: int
    wait_seconds: int
    expires_seconds: int
    channel: AskChannel
    rule: TriggerRule = TriggerRule()
    instead: dict[str, LatestSurvey] = {}


async def list_journeys(workspace: int) -> list[JourneySummary]:
    """By name."""
    return msgspec.convert(await fetch(_SUMMARIES, workspace), list[JourneySummary])


async def load_journey(workspace: int, key: str) -> JourneyView:
    """Raises NotFound where this workspace has no such journey."""
    rows = await fetch(_VIEW, workspace, key)
    if not rows:
        raise NotFound(f"There is no journey {key}.")
    return msgspec.json.decode(rows[0]["view"], type=JourneyView)


async def active_triggers(workspace: int, event_names: Collection[str]) -> list[TriggerView]:
    """The triggers that listen to one of these events, in the order in which they are tried.

    Those of the widget come first: who is asked in the page needs no mail about the same event.
    """
    rows = await fetch(_TRIGGERS, workspace, list(event_names))
    return [
        TriggerView(
            **{
                **row,
                "channel": AskChannel(row["channel"]),
                "rule": msgspec.json.decode(row["rule"], type=TriggerRule),
                "instead": msgspec.json.decode(row["instead"] or "{}", type=dict[str, LatestSurvey]),
            }
        )
        for row in rows
    ]


async def persona_ids(workspace: int) -> dict[str, int]:
    """The ids of the workspace's personas by key."""
    return {row["key"]: row["id"] for row in await fetch("SELECT id, key FROM persona WHERE workspace = $1", workspace)}


async def touchpoints_by_name(workspace: int) -> dict[str, tuple[int, ...]]:
    """The ids of all touchpoints that are not removed, by `journey/touchpoint` and by the touchpoint's key alone.

    A key alone has several ids where several journeys use it.
    """
    found: dict[str, tuple[int, ...]] = {}
    for row in await fetch(_TOUCHPOINT_NAMES, workspace):
        found[f"{row['journey']}/{row['key']}"] = (row["id"],)
        found[row["key"]] = (*found.get(row["key"], ()), row["id"])
    return found


_SUMMARIES = """
SELECT j.id, j.key, j.name, j.description, j.updated_at,
    (SELECT count(*) FROM stage s WHERE s.journey = j.id AND NOT s.is_removed) AS stages,
    (SELECT count(*) FROM touchpoint t WHERE t.journey = j.id AND NOT t.is_removed) AS touchpoints,
    (SELECT count(DISTINCT t.id) FROM touchpoint t JOIN trigger g ON g.touchpoint = t.id
     WHERE t.journey = j.id AND NOT t.is_removed AND g.workspace = j.workspace AND g.is_active) AS asked
FROM journey j WHERE j.workspace = $1 ORDER BY j.name, j.id
"""

# One statement, so that an import meanwhile is seen whole or not at all. The columns are the fields of the views.
_VIEW = """
SELECT row_to_json(f) AS view FROM (
    SELECT j.id, j.key, j.name, j.description, j.updated_at, j.overall,
        ARRAY(SELECT row_to_json(p) FROM (
            SELECT p.id, p.key, p.name, p.kind, p.description
            FROM unnest(j.personas) WITH ORDINALITY AS named(key, place)
            JOIN persona p ON p.workspace = j.workspace AND p.key = named.key
            ORDER BY named.place
        ) p) AS personas,
        ARRAY(SELECT row_to_json(s) FROM (
            SELECT s.id, s.position, s.key, s.name, s.phase,
                ARRAY(SELECT row_to_json(t) FROM (
                    SELECT t.id, t.position, t.key, t.name, t.period, t.step, t.location, t.channel, t.customer_intent,
                        t.communication_type, t.business_intent, t.goals, t.needs, t.obstacles, t.owner, t.event,
                        ARRAY(SELECT row_to_json(p) FROM (
                            SELECT p.id, p.claim, p.source, p.owner, p.valid_from, p.valid_to, p.level, p.share
                            FROM promise p WHERE p.touchpoint = t.id ORDER BY p.valid_from, p.id
                        ) p) AS promises,
                        EXISTS (
                            SELECT FROM trigger g
                            WHERE g.workspace = j.workspace AND g.touchpoint = t.id AND g.is_active
                        ) AS has_survey
                    FROM touchpoint t WHERE t.stage = s.id AND NOT t.is_removed ORDER BY t.position
                ) t) AS touchpoints
            FROM stage s WHERE s.journey = j.id AND NOT s.is_removed ORDER BY s.position
        ) s) AS stages
    FROM journey j WHERE j.workspace = $1 AND j.key = $2
) f
"""

_TRIGGERS = """
SELECT g.id, g.event, j.key AS journey_key, g.touchpoint, t.key AS touchpoint_key, g.survey,
    latest.id AS survey_version, g.wait_seconds, g.expires_seconds, g.channel, g.rule,
    (SELECT json_object_agg(y.key, json_build_object('survey', y.id, 'version',
        (SELECT v.id FROM survey_version v WHERE v.survey = y.id ORDER BY v.number DESC LIMIT 1)))
     FROM survey y WHERE y.workspace = g.workspace AND y.key IN (
        SELECT named ->> 'survey' FROM jsonb_array_elements(g.rule -> 'instead') named)) AS instead
FROM trigger g JOIN touchpoint t ON t.id = g.touchpoint AND NOT t.is_removed JOIN journey j ON j.id = t.journey
JOIN LATERAL (
    SELECT v.id FROM survey_version v WHERE v.survey = g.survey ORDER BY v.number DESC LIMIT 1
) latest ON true
WHERE g.workspace = $1 AND g.event = ANY($2) AND g.is_active ORDER BY g.channel <> 'widget', g.id
"""

_TOUCHPOINT_NAMES = """
SELECT t.id, t.key, j.key AS journey FROM touchpoint t JOIN journey j ON j.id = t.journey
WHERE j.workspace = $1 AND NOT t.is_removed ORDER BY t.id
"""
