"""What the page of a trigger offers to choose from, and what the list says of the last days."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from core.database import fetch
from feedback.contacts.contacts import list_personas
from feedback.intake.heard import list_heard
from surveys.surveys import SurveySummary, list_surveys
from surveys.triggers import Place, list_places

CONTACT_ATTRIBUTES = ("contact.kind", "contact.persona", "contact.locale")  # those that every contact has
COUNTED_FOR = timedelta(days=30)
COUNTED = 50_000  # decisions, the newest: a list waits for no more


class Choices(Struct, frozen=True):
    """All that a trigger can name. `events` are names that were heard, `attributes` what conditions may name;
    personas are keys with their names, senders and messengers keys."""

    places: list[Place]
    surveys: list[SurveySummary]
    events: list[str]
    attributes: list[str]
    personas: list[tuple[str, str]]
    senders: list[str]
    messengers: list[str]


class TriggerCount(Struct, frozen=True):
    """How often a trigger asked, later ones among them, and how often it did not."""

    trigger: int
    asked: int
    refused: int


async def load_choices(workspace: int, now: datetime) -> Choices:
    keys = await fetch(_KEYS, workspace)
    heard = await list_heard(workspace, now)
    return Choices(
        places=await list_places(workspace),
        surveys=await list_surveys(workspace),
        events=[name.name for name in heard.names],
        attributes=[*CONTACT_ATTRIBUTES, *sorted({f"event.{name}" for one in heard.names for name in one.properties})],
        personas=await list_personas(workspace),
        senders=[row["key"] for row in keys if row["kind"] == "sender"],
        messengers=[row["key"] for row in keys if row["kind"] == "messenger"],
    )


async def count_decisions(workspace: int, now: datetime) -> dict[int, TriggerCount]:
    """By trigger, of the last 30 days and the newest 50,000 decisions."""
    rows = await fetch(_COUNTS, workspace, now - COUNTED_FOR, COUNTED)
    return {row["trigger"]: msgspec.convert(row, TriggerCount) for row in rows}


_KEYS = """
SELECT 'sender' AS kind, key FROM sender WHERE workspace = $1
UNION ALL SELECT 'messenger', key FROM messenger WHERE workspace = $1 ORDER BY kind, key
"""

_COUNTS = """
SELECT d.trigger, count(*) FILTER (WHERE d.outcome IN ('asked', 'deferred')) AS asked,
    count(*) FILTER (WHERE d.outcome = 'refused') AS refused
FROM (
    SELECT trigger, outcome, decided_at FROM decision WHERE workspace = $1 ORDER BY id DESC LIMIT $3
) d WHERE d.decided_at >= $2 AND d.trigger IS NOT NULL GROUP BY d.trigger
"""
