"""Contacts as programs and people read them: one, a page of them, and those that a search finds."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from core.addresses import address_hash
from core.database import Row, fetch
from core.errors import NotFound
from feedback.contacts.suppressions import SUPPRESSED_AS

PAGE = 100
MOST_FOUND = 50
MOST_ALIASES = 50
# How the ids of passers-by begin, of links and kiosks (feedback/answering/keep_answers.py) and of the widget
# (feedback/answering/widget.py): nobody can be looked up by them.
VISITORS = ("visit:", "visitor:")
_IS_VISITOR = "^@ ANY('{visit:,visitor:}')"
_LAST_CHARACTER = "\U0010ffff"


class AccountView(Struct, frozen=True):
    """The company whose person somebody is, by the sender's own id."""

    id: str
    name: str


class ConsentView(Struct, frozen=True):
    """The last word on being asked: `given` or `withdrawn`, where it was said and when."""

    state: str
    source: str
    at: datetime


class ContactView(Struct, frozen=True, kw_only=True):
    """A contact. `id` is the sender's own, `other_ids` are those of contacts that were merged into it.

    `suppressed_as` says why it is never written to, if so; `number` is its number in the addresses of pages.
    """

    id: str
    number: int
    email: str | None
    name: str
    kind: str
    persona: str | None
    is_persona_said: bool
    locale: str
    time_zone: str
    account: AccountView | None
    attributes: dict[str, Any]
    consent: ConsentView | None
    suppressed_as: str | None
    other_ids: tuple[str, ...]
    created_at: datetime
    updated_at: datetime | None


class ContactFilter(Struct, frozen=True):
    """Which contacts: all that is given must fit. `email` is meant in every spelling, the rest exactly."""

    external_id: str | None = None
    email: str | None = None
    account: str | None = None
    kind: str | None = None
    persona: str | None = None


async def load_contact(workspace: int, number: int) -> ContactView:
    """Raises NotFound where this workspace has no such contact."""
    rows = await fetch(f"{_VIEW} WHERE c.workspace = $1 AND c.id = $2", workspace, number)
    return _one(rows)


async def load_contact_by_id(workspace: int, external_id: str) -> ContactView:
    """By its own external id, or that of a contact that was merged into it. Raises NotFound."""
    return _one(await fetch(f"{_VIEW} WHERE c.workspace = $1 AND {_NAMED.format(at=2)}", workspace, external_id))


async def list_contacts(workspace: int, wanted: ContactFilter, after: str | None = None) -> list[ContactView]:
    """One page in the order of the external ids, after one of them; passers-by are left out."""
    values: list[Any] = [workspace]
    conditions = ["c.workspace = $1", f"NOT c.external_id {_IS_VISITOR}"]
    given = {**msgspec.structs.asdict(wanted), "email": address_hash(wanted.email), "after": after}
    for name, value in given.items():
        if value is not None:
            values.append(value)
            conditions.append(_CONDITIONS[name].format(at=len(values)))
    where = " AND ".join(conditions)
    return [_view(row) for row in await fetch(f"{_VIEW} WHERE {where} ORDER BY c.external_id LIMIT {PAGE}", *values)]


async def search_contacts(workspace: int, words: str, *, with_addresses: bool) -> list[ContactView]:
    """Whose external id begins with `words`, or, for those who may see addresses, whose address does.

    At most MOST_FOUND; passers-by are left out.
    """
    address = words.lower() if with_addresses else None
    found = await fetch(
        _SEARCH,
        workspace,
        words,
        words + _LAST_CHARACTER,
        address,
        None if address is None else address + _LAST_CHARACTER,
        address_hash(words) if with_addresses and "@" in words else None,
    )
    return [_view(row) for row in found]


async def list_personas(workspace: int) -> list[tuple[str, str]]:
    """The personas of the workspace by key and name."""
    rows = await fetch("SELECT key, name FROM persona WHERE workspace = $1 ORDER BY name, id", workspace)
    return [(row["key"], row["name"]) for row in rows]


def _one(rows: list[Row]) -> ContactView:
    if not rows:
        raise NotFound("There is no such contact.")
    return _view(rows[0])


def _view(row: Row) -> ContactView:
    account = AccountView(row["account"], row["account_name"]) if row["account"] is not None else None
    consent = ConsentView(row["consent"], row["consent_source"], row["consent_at"]) if row["consent_at"] else None
    own = {name: row[name] for name in ContactView.__struct_fields__ if name in row}
    return ContactView(
        **{
            **own,
            "account": account,
            "consent": consent,
            "attributes": msgspec.json.decode(row["attributes"]),
            "other_ids": tuple(row["other_ids"]),
        }
    )


_COLUMNS = f"""
SELECT c.external_id AS id, c.id AS number, c.email, c.name, c.kind, p.key AS persona, c.is_persona_said, c.locale,
       c.time_zone, a.external_id AS account, a.name AS account_name, c.attributes, c.consent, c.consent_source,
       c.consent_at, {SUPPRESSED_AS} AS suppressed_as, c.created_at, c.updated_at,
       ARRAY(SELECT l.external_id FROM contact_alias l WHERE l.contact = c.id ORDER BY l.id LIMIT {MOST_ALIASES})
           AS other_ids
"""
_JOINED = "LEFT JOIN account a ON a.id = c.account LEFT JOIN persona p ON p.id = c.persona"
_VIEW = f"{_COLUMNS} FROM contact c {_JOINED}"

_NAMED = """c.id = coalesce(
    (SELECT l.contact FROM contact_alias l WHERE l.workspace = $1 AND l.external_id = ${at}),
    (SELECT n.id FROM contact n WHERE n.workspace = $1 AND n.external_id = ${at}))"""

_CONDITIONS = {
    "external_id": _NAMED,
    "email": "c.address_hash = ${at}",
    "account": "c.account = (SELECT o.id FROM account o WHERE o.workspace = $1 AND o.external_id = ${at})",
    "kind": "c.kind = ${at}",
    "persona": "c.persona = (SELECT o.id FROM persona o WHERE o.workspace = $1 AND o.key = ${at})",
    "after": "c.external_id > ${at}",
}

# Compared character by character, whatever the language of the database: those are the operators that an index for
# beginnings serves. Each way is limited on its own, so that a search reads no more than it shows.
_SEARCH = f"""
WITH found AS (
    (SELECT f.id FROM contact f WHERE f.workspace = $1 AND f.external_id ~>=~ $2 AND f.external_id ~<~ $3
         AND NOT f.external_id {_IS_VISITOR}
     ORDER BY f.external_id USING ~<~ LIMIT {MOST_FOUND})
    UNION
    (SELECT f.id FROM contact f WHERE f.workspace = $1 AND lower(f.email) ~>=~ $4 AND lower(f.email) ~<~ $5
     ORDER BY lower(f.email) USING ~<~ LIMIT {MOST_FOUND})
    UNION
    (SELECT f.id FROM contact f WHERE f.workspace = $1 AND f.address_hash = $6 LIMIT {MOST_FOUND})
    UNION
    (SELECT l.contact FROM contact_alias l WHERE l.workspace = $1 AND l.external_id = $2)
)
{_COLUMNS} FROM contact c JOIN found ON found.id = c.id {_JOINED}
ORDER BY c.external_id LIMIT {MOST_FOUND}
"""
