"""Keep the contacts that events speak of: one row each, brought up to date field by field."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from core.addresses import address_hash
from core.database import fetch
from feedback.event import EventContact


async def lock_contacts(workspace: int, external_ids: Collection[str], now: datetime) -> dict[str, int]:
    """The contact numbers by external id, those of new contacts too.

    The rows stay locked until the transaction ends, so decisions on one contact fall one by one.
    """
    await fetch(_ADD_CONTACTS, workspace, list(external_ids), now)
    rows = await fetch(_LOCK_CONTACTS, workspace, list(external_ids))
    return {row["external_id"]: row["id"] for row in rows}


async def update_contacts(
    said: Iterable[EventContact], contacts: Mapping[str, int], personas: Mapping[str, int]
) -> None:
    """Keep what was said, the last word on each field; what nobody spoke of stays as it was."""
    merged: dict[int, dict[str, Any]] = {}
    for contact in said:
        merged.setdefault(contacts[contact.id], {}).update(_fields_of(contact, personas))
    records = [{**fields, "id": number} for number, fields in merged.items()]
    await fetch(_UPDATE_CONTACTS, msgspec.json.encode(records).decode())


def _fields_of(contact: EventContact, personas: Mapping[str, int]) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(contact)  # without those that are unset
    if "email" in fields:
        fields["address_hash"] = address_hash(fields["email"])
    if "persona" in fields:
        fields["persona"] = personas[fields["persona"]]
    return fields


# Both in the order of the external ids, so that two batches wait for the same contact first and never for each other.
_ADD_CONTACTS = """
INSERT INTO contact (workspace, external_id, name, kind, locale, created_at)
SELECT $1::int, given.external_id, '', 'customer', '', $3::timestamptz
FROM (SELECT DISTINCT unnest($2::text[]) AS external_id) given ORDER BY given.external_id
ON CONFLICT (workspace, external_id) DO NOTHING
"""

_LOCK_CONTACTS = """
SELECT id, external_id FROM contact WHERE workspace = $1 AND external_id = ANY($2)
ORDER BY external_id FOR NO KEY UPDATE
"""

# An empty address is none.
_UPDATE_CONTACTS = """
UPDATE contact c SET email = nullif(coalesce(r.email, c.email), ''),
    address_hash = CASE WHEN r.email IS NULL THEN c.address_hash ELSE r.address_hash END,
    name = coalesce(r.name, c.name), kind = coalesce(r.kind, c.kind), locale = coalesce(r.locale, c.locale), persona = coalesce(r.persona, c.persona)
FROM jsonb_to_recordset($1::jsonb) AS r(
    id bigint, email text, address_hash text, name text, kind text, locale text, persona int)
WHERE c.id = r.id
"""
