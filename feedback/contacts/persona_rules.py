"""Which persona a contact is by its attributes, where nobody has said it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from surveys.branching import holds
from surveys.definition import Condition

CONTACT = "contact."


class PersonaRule(Struct, frozen=True):
    """A persona of a workspace, an id, with the conditions that all hold of whom it stands for; none: nobody."""

    id: int
    key: str
    rule: tuple[Condition, ...] = ()


def read_rule(stored: str) -> tuple[Condition, ...]:
    """A rule out of its column, JSON."""
    return msgspec.json.decode(stored, type=tuple[Condition, ...])


def contact_attributes(kind: str, account: str | None, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What conditions may speak of: `contact.kind`, `contact.account` (its external id), `contact.` and an attribute.

    The contact's own kind and account go before attributes of the same names.
    """
    own = {"kind": kind or None, "account": account}
    return {f"{CONTACT}{name}": value for name, value in {**attributes, **own}.items()}


def persona_by_rule(rules: Sequence[PersonaRule], known: Mapping[str, Any]) -> int | None:
    """The first persona, in the order of ids, whose rule holds of the `contact_attributes`; None where none does."""
    ordered = sorted(rules, key=lambda persona: persona.id)
    return next((persona.id for persona in ordered if persona.rule and holds(persona.rule, {}, known)), None)
