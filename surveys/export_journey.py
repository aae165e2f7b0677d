"""Export a journey: the file that imports to what is stored."""

import msgspec

from core.database import fetch
from core.errors import NotFound
from surveys.journey_file import JourneyFile
from surveys.keep_triggers import ASK
from surveys.trigger_rule import ANSWERED


async def export_journey(workspace: int, key: str) -> JourneyFile:
    """The journey as a file: what was removed left out, surveys as their latest versions say. Raises NotFound."""
    rows = await fetch(_FILE, workspace, key)
    if not rows:
        raise NotFound(f"There is no journey {key}.")
    return msgspec.json.decode(rows[0]["file"], type=JourneyFile)


# One statement, so that an import meanwhile is seen whole or not at all. The columns are the fields of the file. Of the
# surveys those that are asked, and those whose answers are waited for.
_FILE = f"""
SELECT row_to_json(f) AS file FROM (
    SELECT j.key, j.name, j.description, j.overall,
        ARRAY(SELECT row_to_json(p) FROM (
            SELECT p.key, p.name, p.kind, p.description, p.rule AS when
            FROM unnest(j.personas) WITH ORDINALITY AS named(key, place)
            JOIN persona p ON p.workspace = j.workspace AND p.key = named.key
            ORDER BY named.place
        ) p) AS personas,
        ARRAY(
            SELECT latest.definition
            FROM survey s JOIN LATERAL (
                SELECT v.definition FROM survey_version v WHERE v.survey = s.id ORDER BY v.number DESC LIMIT 1
            ) latest ON true
            WHERE s.workspace = j.workspace AND EXISTS (
                SELECT FROM trigger g JOIN touchpoint t ON t.id = g.touchpoint
                WHERE g.workspace = j.workspace AND t.journey = j.id AND g.is_active AND (
                    g.survey = s.id OR g.event = '{ANSWERED}' || s.key
                    OR g.rule -> 'instead' @> jsonb_build_array(jsonb_build_object('survey', s.key)))
            )
            ORDER BY s.id
        ) AS surveys,
        ARRAY(SELECT row_to_json(s) FROM (
            SELECT s.key, s.name, s.phase,
                ARRAY(SELECT row_to_json(t) FROM (
                    SELECT t.key, t.name, t.period, t.step, t.location, t.channel, t.customer_intent,
                        t.communication_type, t.business_intent, t.goals, t.needs, t.obstacles, t.owner, t.event,
                        ARRAY(SELECT row_to_json(p) FROM (
                            SELECT p.claim, p.source, p.owner, p.valid_from, p.valid_to, p.level, p.share
                            FROM promise p WHERE p.touchpoint = t.id ORDER BY p.id
                        ) p) AS promises,
                        ARRAY(
                            SELECT {ASK}
                            FROM trigger g JOIN survey y ON y.id = g.survey
                            WHERE g.workspace = j.workspace AND g.touchpoint = t.id AND g.is_active ORDER BY g.id
                        ) AS asks
                    FROM touchpoint t WHERE t.stage = s.id AND NOT t.is_removed ORDER BY t.position
                ) t) AS touchpoints
            FROM stage s WHERE s.journey = j.id AND NOT s.is_removed ORDER BY s.position
        ) s) AS stages
    FROM journey j WHERE j.workspace = $1 AND j.key = $2
) f
"""
