"""What the columns of a file of contacts mean, and a row of it as a contact."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from core.addresses import normal_address
from core.errors import Fault
from feedback.intake.event import EventContact
from surveys.structure_faults import structure_faults


class Column(StrEnum):
    """What a column may hold; `attribute` keeps it under the name in the header."""

    ID = "id"
    EMAIL = "email"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    KIND = "kind"
    PERSONA = "persona"
    LOCALE = "locale"
    TIME_ZONE = "time_zone"
    ACCOUNT = "account"
    ACCOUNT_NAME = "account_name"
    CONSENT = "consent"
    CONSENT_SOURCE = "consent_source"
    CONSENT_AT = "consent_at"
    ATTRIBUTE = "attribute"
    IGNORED = "ignored"


COLUMN_WORDS = {
    Column.ID: "your id of the contact",
    Column.EMAIL: "e-mail address",
    Column.NAME: "name",
    Column.FIRST_NAME: "first name",
    Column.LAST_NAME: "last name",
    Column.KIND: "kind of contact",
    Column.PERSONA: "persona",
    Column.LOCALE: "language",
    Column.TIME_ZONE: "time zone",
    Column.ACCOUNT: "account: its id",
    Column.ACCOUNT_NAME: "account: its name",
    Column.CONSENT: "consent",
    Column.CONSENT_SOURCE: "consent: where it was given",
    Column.CONSENT_AT: "consent: when it was given",
    Column.ATTRIBUTE: "kept as an attribute",
    Column.IGNORED: "left out",
}

# How programs call their columns, in small letters without anything but letters and digits.
_CALLED = {
    Column.ID: ("id", "externalid", "contactid", "customerid", "userid", "personid", "customernumber", "contact"),
    Column.EMAIL: ("email", "emailaddress", "mail", "address", "mailaddress", "emailid"),
    Column.NAME: ("name", "fullname", "contactname", "customername", "displayname"),
    Column.FIRST_NAME: ("firstname", "givenname", "forename"),
    Column.LAST_NAME: ("lastname", "surname", "familyname"),
    Column.KIND: ("kind", "type", "contacttype", "relationship"),
    Column.PERSONA: ("persona", "personakey"),
    Column.LOCALE: ("locale", "language", "lang", "preferredlanguage"),
    Column.TIME_ZONE: ("timezone", "tz"),
    Column.ACCOUNT: ("account", "accountid", "companyid", "organisationid", "organizationid"),
    Column.ACCOUNT_NAME: ("accountname", "company", "companyname", "organisation", "organization", "employer"),
    Column.CONSENT: ("consent", "optin", "optedin", "marketingconsent", "permission"),
    Column.CONSENT_SOURCE: ("consentsource", "optinsource"),
    Column.CONSENT_AT: ("consentat", "consentdate", "consenttime", "optindate", "optintime"),
}
_MEANING = {name: column for column, names in _CALLED.items() for name in names}

_GIVEN = {"given", "yes", "y", "true", "1", "x", "optin", "optedin", "subscribed", "granted"}
_WITHDRAWN = {"withdrawn", "no", "n", "false", "0", "optout", "optedout", "unsubscribed", "denied", "revoked"}
_NO_CONSENT_SOURCE = "say where consent was given: in a column consent_source, or for the whole file"


class Columns(Struct, frozen=True):
    """The columns of a file in order, with what each means, and where consent was given if no column says so."""

    header: tuple[str, ...]
    meanings: tuple[Column, ...]
    consent_source: str = ""


class Named(Struct, frozen=True):
    """Whom a row is about; empty where it does not say."""

    id: str
    email: str


def guess_columns(header: Sequence[str]) -> tuple[Column, ...]:
    """What each column means by its name, no meaning twice; others become attributes."""
    found: list[Column] = []
    for name in header:
        meant = _MEANING.get(_plain(name), Column.ATTRIBUTE) if name else Column.IGNORED
        found.append(Column.ATTRIBUTE if meant in found and meant is not Column.IGNORED else meant)
    return tuple(found)


def column_faults(columns: Columns) -> list[Fault]:
    """What is wrong with the columns as a whole, whatever stands in them."""
    single: list[Column] = [
        meaning for meaning in columns.meanings if meaning not in (Column.ATTRIBUTE, Column.IGNORED)
    ]
    faults = [
        Fault("columns", f"two columns hold the {COLUMN_WORDS[meaning]}; choose one of them")
        for meaning in Column
        if single.count(meaning) > 1
    ]
    if Column.ID not in single and Column.EMAIL not in single:
        faults.append(Fault("columns", "no column holds an id or an e-mail address; choose the one that does"))
    if Column.CONSENT in single and Column.CONSENT_SOURCE not in single and not columns.consent_source.strip():
        faults.append(Fault("consent_source", _NO_CONSENT_SOURCE))
    return faults


def contact_of_row(columns: Columns, cells: Sequence[str]) -> EventContact | list[Fault]:
    """The contact that a row speaks of, or what is wrong with it. An empty cell says nothing.

    Where no column holds an id, the address is the id.
    """
    said: dict[Column, str] = {}
    attributes: dict[str, str] = {}
    for name, meaning, cell in zip(columns.header, columns.meanings, cells, strict=True):
        value = cell.strip()
        if value and meaning is Column.ATTRIBUTE:
            attributes[name] = value
        elif value:
            said[meaning] = value
    faults: list[Fault] = []
    raw = _fields(said, columns, faults)
    if attributes:
        raw["attributes"] = attributes
    try:
        contact = msgspec.convert(raw, EventContact)
    except msgspec.ValidationError:
        return [*faults, *structure_faults(raw, EventContact)]
    return faults or contact


def who_is_named(columns: Columns, cells: Sequence[str]) -> Named:
    """The id and the address in a row, whatever else stands in it."""
    said = {meaning: cell.strip() for meaning, cell in zip(columns.meanings, cells, strict=True)}
    email = said.get(Column.EMAIL, "")
    return Named(said[Column.ID] if Column.ID in said else _id_of(email), email)


def _id_of(email: str) -> str:
    return normal_address(email) if email else ""


def _fields(said: Mapping[Column, str], columns: Columns, faults: list[Fault]) -> dict[str, Any]:
    raw: dict[str, Any] = {column.value: said[column] for column in _KEPT_AS_WRITTEN if column in said}
    if Column.ID not in columns.meanings and Column.EMAIL in said:
        raw["id"] = _id_of(said[Column.EMAIL])
    names = [said[column] for column in (Column.FIRST_NAME, Column.LAST_NAME) if column in said]
    if names and Column.NAME not in said:
        raw["name"] = " ".join(names)
    if Column.KIND in said:
        raw["kind"] = re.sub(r"[\s-]+", "_", said[Column.KIND].lower())
    if account := said.get(Column.ACCOUNT, said.get(Column.ACCOUNT_NAME)):
        raw["account"] = {"id": account}
        if Column.ACCOUNT_NAME in said:
            raw["account"]["name"] = said[Column.ACCOUNT_NAME]
    if Column.CONSENT in said:
        raw |= _consent(said, columns, faults)
    return raw


def _consent(said: Mapping[Column, str], columns: Columns, faults: list[Fault]) -> dict[str, Any]:
    word = _plain(said[Column.CONSENT])
    if word not in _GIVEN | _WITHDRAWN:
        faults.append(Fault("consent", "this is neither given nor withdrawn; write yes or no"))
        return {}
    source = said.get(Column.CONSENT_SOURCE, columns.consent_source.strip())
    if not source:
        faults.append(Fault("consent_source", _NO_CONSENT_SOURCE))
        return {}
    consent: dict[str, Any] = {"state": "given" if word in _GIVEN else "withdrawn", "source": source}
    if Column.CONSENT_AT in said:
        at = _moment(said[Column.CONSENT_AT])
        if at is None:
            faults.append(Fault("consent_at", "this is no date; write one such as 2026-03-31"))
        else:
            consent["at"] = at.isoformat()
    return {"consent": consent}


def _moment(text: str) -> datetime | None:
    """A day or a time as ISO 8601 writes it; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def example_values(rows: Sequence[Sequence[str]], at: int, most: int = 3) -> list[str]:
    """The first different values that stand in a column."""
    return list(dict.fromkeys(row[at] for row in rows if len(row) > at and row[at].strip()))[:most]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


_KEPT_AS_WRITTEN = (Column.ID, Column.EMAIL, Column.NAME, Column.PERSONA, Column.LOCALE, Column.TIME_ZONE)
