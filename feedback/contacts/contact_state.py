"""What is known of a contact, and what becomes of it when something more is said."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from feedback.contacts.persona_rules import PersonaRule, contact_attributes, persona_by_rule
from feedback.intake.event import ConsentSaid, EventContact
from feedback.tables import Consent

# What a statement says as it is to be kept; the rest is weighed against what was known.
_TAKEN_AS_SAID = ("name", "kind", "locale", "time_zone")


class ContactState(Struct, frozen=True, kw_only=True):
    """A contact's row as rules and people see it: the account by its external id, the persona by its number."""

    email: str | None = None
    name: str = ""
    kind: str = "customer"
    locale: str = ""
    time_zone: str = ""
    account: str | None = None
    persona: int | None = None
    is_persona_said: bool = False
    attributes: dict[str, Any] = {}
    consent: Consent = Consent.UNKNOWN
    consent_source: str = ""
    consent_at: datetime | None = None


def told(
    state: ContactState, said: Iterable[EventContact], personas: Sequence[PersonaRule], now: datetime
) -> ContactState:
    """`state` after all statements in order, and the persona that the rules then give where nobody says one."""
    keys = {persona.key: persona.id for persona in personas}
    for statement in said:
        state = _after(state, statement, keys, now)
    return with_persona_by_rule(state, personas)


def with_persona_by_rule(state: ContactState, personas: Sequence[PersonaRule]) -> ContactState:
    """Nothing changes where somebody has said the persona, or where the workspace has no rule."""
    if state.is_persona_said or not any(persona.rule for persona in personas):
        return state
    known = contact_attributes(state.kind, state.account, state.attributes)
    return msgspec.structs.replace(state, persona=persona_by_rule(personas, known))


def is_same(one: ContactState, other: ContactState) -> bool:
    """As JSON tells them apart: to Python 1 and true are equal."""
    return msgspec.json.encode(one, order="deterministic") == msgspec.json.encode(other, order="deterministic")


def _after(state: ContactState, said: EventContact, personas: Mapping[str, int], now: datetime) -> ContactState:
    changes: dict[str, Any] = {
        name: value for name in _TAKEN_AS_SAID if (value := getattr(said, name)) is not UNSET and value is not None
    }
    if said.kind is not UNSET:
        changes["kind"] = said.kind.value
    if said.email is not UNSET:
        changes["email"] = said.email or None  # an empty address is none
    if said.account is not UNSET:
        changes["account"] = said.account.id
    if said.persona is not UNSET:
        changes |= {"persona": personas[said.persona], "is_persona_said": True}
    if said.attributes is not UNSET:
        merged = {**state.attributes, **said.attributes}
        changes["attributes"] = {name: value for name, value in merged.items() if value is not None}
    if said.consent is not UNSET:
        changes |= _consent(state, said.consent, now)
    return msgspec.structs.replace(state, **changes)


def _consent(state: ContactState, said: ConsentSaid, now: datetime) -> dict[str, Any]:
    """The newest statement counts, of two at one moment the withdrawal.

    Who only repeats what is known, without a time, adds nothing: the first time is the evidence.
    """
    is_repeated = (said.state, said.source) == (state.consent, state.consent_source)
    if said.at is UNSET and is_repeated:
        return {}
    at = now if said.at is UNSET else said.at.astimezone(UTC)
    if state.consent_at is not None and at < state.consent_at:
        return {}
    if at == state.consent_at and said.state != Consent.WITHDRAWN.value:
        return {}
    return {"consent": Consent(said.state), "consent_source": said.source, "consent_at": at}
