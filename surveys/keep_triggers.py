"""How a trigger is stored, whether a journey's file or a page says it."""

from typing import Any

from surveys.ask_file import AskFile, rule_of


def trigger_record(ask: AskFile, event: str, touchpoint: int, survey: int) -> dict[str, Any]:
    """What UPSERT_TRIGGERS takes; `touchpoint` and `survey` are ids."""
    return {
        "event": event,
        "touchpoint": touchpoint,
        "survey": survey,
        "wait_seconds": int(ask.wait.total_seconds()),
        "expires_seconds": int(ask.expires.total_seconds()),
        "channel": ask.channel,
        "rule": rule_of(ask),
    }


# Writes only the rows that differ, and returns all of them: what it wrote, and what stood there already.
# A trigger has no key of its own: its id, as text, stands for it.
UPSERT_TRIGGERS = """
WITH wanted AS (
    SELECT * FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (
        event text, touchpoint int, survey int, wait_seconds bigint, expires_seconds bigint, channel text, rule jsonb)
    ) WITH ORDINALITY AS r(event, touchpoint, survey, wait_seconds, expires_seconds, channel, rule, place)
), written AS (
    INSERT INTO trigger AS g (
        workspace, event, touchpoint, survey, wait_seconds, expires_seconds, channel, rule, is_active)
    SELECT $2::int, event, touchpoint, survey, wait_seconds, expires_seconds, channel, rule, true
    FROM wanted ORDER BY place
    ON CONFLICT (workspace, event, touchpoint, survey, channel) DO UPDATE
        SET wait_seconds = excluded.wait_seconds, expires_seconds = excluded.expires_seconds, rule = excluded.rule,
            is_active = true
        WHERE (g.wait_seconds, g.expires_seconds, g.rule, g.is_active)
            IS DISTINCT FROM (excluded.wait_seconds, excluded.expires_seconds, excluded.rule, true)
    RETURNING id, CASE WHEN xmax = 0 THEN 'created' ELSE 'updated' END AS change
)
SELECT id, id::text AS key, change FROM written
UNION ALL
SELECT g.id, g.id::text, 'unchanged' FROM trigger g JOIN wanted
    ON (wanted.event, wanted.touchpoint, wanted.survey, wanted.channel) = (g.event, g.touchpoint, g.survey, g.channel)
WHERE g.workspace = $2::int AND g.id NOT IN (SELECT id FROM written)
"""

# The row of a trigger `g`, its touchpoint `t` and its survey `y` as a journey's file says them.
ASK = """
jsonb_build_object('survey', y.key, 'wait', 'PT' || g.wait_seconds || 'S', 'expires', 'PT' || g.expires_seconds || 'S',
    'channel', g.channel, 'event', CASE WHEN g.rule ? 'every' OR g.event = t.event THEN '' ELSE g.event END) || g.rule
"""
