"""Keep the contacts that events, programs and files speak of: one row each, brought up to date field by field."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from core.addresses import address_hash
from core.database import Row, fetch, transaction
from feedback.contacts.contact_state import ContactState, is_same, told
from feedback.contacts.persona_rules import PersonaRule, read_rule
from feedback.intake.event import EventContact


class Kept(StrEnum):
    """What became of a contact that somebody spoke of."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Upserted(Struct, frozen=True):
    """What became of one contact, by the external id under which it was spoken of."""

    id: str
    outcome: Kept


async def lock_contacts(workspace: int, external_ids: Collection[str], now: datetime) -> dict[str, int]:
    """The contact numbers by external id, those of new contacts too; who was merged is the one they were merged into.

    The rows stay locked until the transaction ends, so decisions on one contact fall one by one.
    """
    return (await _lock(workspace, external_ids, now))[0]


async def update_contacts(
    workspace: int, said: Sequence[EventContact], contacts: Mapping[str, int], now: datetime
) -> frozenset[int]:
    """Keep what was said, the last word on each field; what nobody spoke of stays as it was.

    `contacts` are locked; given back are the numbers of those that are now other than before. Personas must be known.
    """
    statements = _by_contact(said, contacts)
    personas = await load_personas(workspace)
    if not any(persona.rule for persona in personas) and not any(map(_says_something, said)):
        return frozenset()
    before = await load_states(statements)
    after = {number: told(state, statements[number], personas, now) for number, state in before.items()}
    changed = {number: state for number, state in after.items() if not is_same(state, before[number])}
    await _keep_accounts(workspace, said, list(contacts.values()), now)
    if changed:
        await write_states(workspace, changed, now)
    return frozenset(changed)


async def upsert_contacts(workspace: int, said: Sequence[EventContact], now: datetime) -> list[Upserted]:
    """What became of each contact, in the order in which they were spoken of; all are kept, or none."""
    async with transaction():
        contacts, created = await _lock(workspace, {contact.id for contact in said}, now)
        changed = await update_contacts(workspace, said, contacts, now)
    return [Upserted(contact.id, _outcome(contact.id, contacts, created, changed)) for contact in said]


async def preview_contacts(workspace: int, said: Sequence[EventContact], now: datetime) -> list[Upserted]:
    """What would become of each contact if `upsert_contacts` took them now; nothing is changed."""
    ids = list({contact.id for contact in said})
    contacts = {row["said"]: row["id"] for row in await fetch(_NAMED, workspace, ids) if row["id"] is not None}
    personas = await load_personas(workspace)
    known = [contact for contact in said if contact.id in contacts]
    statements = _by_contact(known, contacts)
    before = await load_states(statements)
    changed = [
        number for number, state in before.items() if not is_same(state, told(state, statements[number], personas, now))
    ]
    created = {contact.id for contact in said} - contacts.keys()
    return [Upserted(contact.id, _outcome(contact.id, contacts, created, changed)) for contact in said]


async def load_personas(workspace: int) -> list[PersonaRule]:
    """The workspace's personas in the order of their numbers."""
    rows = await fetch("SELECT id, key, rule FROM persona WHERE workspace = $1 ORDER BY id", workspace)
    return [PersonaRule(row["id"], row["key"], read_rule(row["rule"])) for row in rows]


async def load_states(contacts: Collection[int]) -> dict[int, ContactState]:
    """What is known of each of these contacts, by their numbers."""
    rows = await fetch(_STATES, list(contacts))
    return {row.pop("id"): state_of(row) for row in rows}


def state_of(row: Row) -> ContactState:
    """Of a row with the columns of a ContactState."""
    return msgspec.convert({**row, "attributes": msgspec.json.decode(row["attributes"])}, ContactState)


async def write_states(workspace: int, states: Mapping[int, ContactState], now: datetime) -> None:
    """Put these states in the place of what was known, inside a transaction that has locked the contacts."""
    records: list[dict[str, Any]] = [
        {**msgspec.structs.asdict(state), "id": number, "address_hash": address_hash(state.email)}
        for number, state in states.items()
    ]
    await fetch(_WRITE, msgspec.json.encode(records).decode(), workspace, now)


async def _lock(workspace: int, external_ids: Collection[str], now: datetime) -> tuple[dict[str, int], set[str]]:
    """The contact numbers by external id, and which of the ids are new.

    An id whose contact was merged or erased while its row was waited for is looked for once more.
    """
    found: dict[str, int] = {}
    created: set[str] = set()
    while missing := sorted(set(external_ids) - found.keys()):
        created |= {row["external_id"] for row in await fetch(_ADD, workspace, missing, now)}
        rows = await fetch(_LOCK, workspace, missing)
        found |= {said: row["id"] for row in rows for said in row["said"]}
    return found, created


def _by_contact(said: Iterable[EventContact], contacts: Mapping[str, int]) -> dict[int, list[EventContact]]:
    """Two external ids may be of one contact."""
    found: defaultdict[int, list[EventContact]] = defaultdict(list)
    for contact in said:
        found[contacts[contact.id]].append(contact)
    return dict(found)


def _says_something(contact: EventContact) -> bool:
    return any(getattr(contact, name) is not UNSET for name in contact.__struct_fields__ if name != "id")


def _outcome(external_id: str, contacts: Mapping[str, int], created: Collection[str], changed: Collection[int]) -> Kept:
    if external_id in created:
        return Kept.CREATED
    return Kept.UPDATED if contacts[external_id] in changed else Kept.UNCHANGED


async def _keep_accounts(workspace: int, said: Sequence[EventContact], contacts: list[int], now: datetime) -> None:
    """Every account that somebody named, with the name they gave it."""
    names: dict[str, str | None] = {}
    for contact in said:
        if contact.account is not UNSET:
            name = None if contact.account.name is UNSET else contact.account.name
            names[contact.account.id] = name if name is not None else names.get(contact.account.id)
    if not names:
        return
    known = {row["external_id"]: row["name"] for row in await fetch(_ACCOUNTS, workspace, list(names))}
    records = [{"external_id": key, "name": name or ""} for key, name in names.items() if key not in known]
    if records:
        await fetch(_ADD_ACCOUNTS, msgspec.json.encode(records).decode(), workspace, now)
    renamed = {key: name for key, name in names.items() if name is not None and known.get(key, name) != name}
    if renamed:
        # All that a decision on these contacts may lock, in the one order in which everybody locks accounts.
        await fetch(_LOCK_ACCOUNTS, workspace, list(names), contacts)
        await fetch(_RENAME_ACCOUNTS, msgspec.json.encode(renamed).decode(), workspace)


# Both in the order of the external ids, so that two batches wait for the same contact first and never for each other.
_ADD = """
INSERT INTO contact (workspace, external_id, name, kind, locale, created_at)
SELECT $1::int, given.external_id, '', 'customer', '', $3::timestamptz
FROM unnest($2::text[]) AS given(external_id)
WHERE NOT EXISTS (SELECT FROM contact_alias a WHERE a.workspace = $1 AND a.external_id = given.external_id)
ORDER BY given.external_id
ON CONFLICT (workspace, external_id) DO NOTHING
RETURNING external_id
"""

# Whom each id means: an alias goes before a contact of that id, which two transactions at once could leave behind.
_NAMED = """
SELECT given.external_id AS said, coalesce(a.contact, c.id) AS id
FROM unnest($2::text[]) AS given(external_id)
LEFT JOIN contact_alias a ON a.workspace = $1 AND a.external_id = given.external_id
LEFT JOIN contact c ON c.workspace = $1 AND c.external_id = given.external_id
"""

_LOCK = f"""
WITH meant AS (
    SELECT named.id, array_agg(named.said) AS said FROM ({_NAMED}) named WHERE named.id IS NOT NULL GROUP BY named.id
)
SELECT c.id, meant.said FROM contact c JOIN meant ON meant.id = c.id
ORDER BY c.external_id FOR NO KEY UPDATE OF c
"""

_STATES = """
SELECT c.id, c.email, c.name, c.kind, c.locale, c.time_zone, a.external_id AS account, c.persona, c.is_persona_said,
       c.attributes, c.consent, c.consent_source, c.consent_at
FROM contact c LEFT JOIN account a ON a.id = c.account WHERE c.id = ANY($1)
"""

_WRITE = """
UPDATE contact c SET email = r.email, address_hash = r.address_hash, name = r.name, kind = r.kind, locale = r.locale,
    time_zone = r.time_zone, persona = r.persona, is_persona_said = r.is_persona_said, attributes = r.attributes,
    consent = r.consent, consent_source = r.consent_source, consent_at = r.consent_at, updated_at = $3,
    account = (SELECT a.id FROM account a WHERE a.workspace = $2 AND a.external_id = r.account)
FROM jsonb_to_recordset($1::jsonb) AS r(
    id bigint, email text, address_hash text, name text, kind text, locale text, time_zone text, account text,
    persona int, is_persona_said bool, attributes jsonb, consent text, consent_source text, consent_at timestamptz)
WHERE c.id = r.id
"""

_ACCOUNTS = "SELECT external_id, name FROM account WHERE workspace = $1 AND external_id = ANY($2)"

_ADD_ACCOUNTS = """
INSERT INTO account (workspace, external_id, name, created_at)
SELECT $2::int, r.external_id, r.name, $3::timestamptz
FROM jsonb_to_recordset($1::jsonb) AS r(external_id text, name text) ORDER BY r.external_id
ON CONFLICT (workspace, external_id) DO NOTHING
"""

_LOCK_ACCOUNTS = """
SELECT id FROM account WHERE id IN (
    SELECT a.id FROM account a WHERE a.workspace = $1 AND a.external_id = ANY($2)
    UNION SELECT c.account FROM contact c WHERE c.id = ANY($3)
) ORDER BY id FOR NO KEY UPDATE
"""

_RENAME_ACCOUNTS = """
UPDATE account a SET name = r.value FROM jsonb_each_text($1::jsonb) AS r
WHERE a.workspace = $2 AND a.external_id = r.key AND a.name <> r.value
"""
