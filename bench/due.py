"""A queue of invitations that are due, made in a moment: what a bench or a test of sending begins with."""

from datetime import datetime

from accounts.membership import create_workspace
from core.addresses import address_hash
from core.database import fetch
from core.settings import BASE_FOLDER
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey

DOMAINS = 50  # that the contacts are spread over


async def make_workspace(key: str, now: datetime) -> int:
    """A workspace with the demo's journey."""
    workspace = await create_workspace(key, key.title(), now)
    journey = read_journey((BASE_FOLDER / "demo" / "journey.yaml").read_text(encoding="utf-8"), "journey.yaml")
    await import_journey(workspace, journey, now)
    return workspace


async def make_due(workspace: int, n: int, now: datetime, first: int = 1) -> None:
    """`n` contacts with one mail each, due now; `first` is the number of the first of them."""
    numbers = range(first, first + n)
    addresses = [f"c{number}@d{number % DOMAINS}.example" for number in numbers]
    hashes = [address_hash(address) for address in addresses]
    await fetch(_MAKE_DUE, workspace, list(numbers), addresses, hashes, now)


_MAKE_DUE = """
WITH asked AS (
    SELECT g.id AS trigger, g.touchpoint, g.survey, g.event, v.id AS survey_version FROM trigger g
    JOIN survey_version v ON v.survey = g.survey WHERE g.workspace = $1 AND g.channel = 'mail' ORDER BY g.id LIMIT 1
), made AS (
    INSERT INTO contact (workspace, external_id, email, address_hash, name, kind, locale, attributes, created_at)
    SELECT $1, 'c' || number, address, hash, 'Customer ' || number, 'customer', 'en', '{}', $5
    FROM unnest($2::bigint[], $3::text[], $4::text[]) AS given(number, address, hash)
    RETURNING id, external_id
), happened AS (
    INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties)
    SELECT $1, 'event-' || m.external_id, a.event, m.id, $5, $5, '{}' FROM made m CROSS JOIN asked a
    RETURNING id, contact
), decided AS (
    INSERT INTO decision (workspace, event, contact, trigger, touchpoint, outcome, reason, facts, decided_at)
    SELECT $1, h.id, h.contact, a.trigger, a.touchpoint, 'asked', 'due', '{}', $5 FROM happened h CROSS JOIN asked a
    RETURNING id, contact
)
INSERT INTO invitation (workspace, decision, contact, touchpoint, survey, survey_version, channel, occurred_at, due_at,
    expires_at, state, attempts, is_follow_up, last_error)
SELECT $1, d.id, d.contact, a.touchpoint, a.survey, a.survey_version, 'mail', $5, $5, $5 + interval '14 days', 'due', 0,
    false, ''
FROM decided d CROSS JOIN asked a ORDER BY d.id
"""
