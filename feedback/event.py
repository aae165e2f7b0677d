"""An event as programs send it, and what they get back."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from surveys.journey_file import PersonaKind

ShortText = Annotated[str, Meta(min_length=1, max_length=200)]
Address = Annotated[str, Meta(max_length=254)]
PersonName = Annotated[str, Meta(max_length=200)]
LOCALE = r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$"
LONGEST_LOCALE = 35
Locale = Annotated[str, Meta(max_length=LONGEST_LOCALE, pattern=LOCALE)]


class EventContact(Struct, frozen=True, forbid_unknown_fields=True):
    """Who it happened to, by the sender's own id; whatever else is given is kept on the contact."""

    id: ShortText
    email: Address | UnsetType = UNSET
    name: PersonName | UnsetType = UNSET
    kind: PersonaKind | UnsetType = UNSET
    persona: ShortText | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET


class IncomingEvent(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happened. `key` is the sender's own: an event with a known key is not taken twice."""

    key: ShortText
    name: ShortText
    contact: EventContact
    occurred_at: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET  # now, if left out
    touchpoint: ShortText | UnsetType = UNSET  # only surveys at this one may follow
    properties: dict[str, Any] = {}


class DecisionReceipt(Struct, frozen=True):
    """What was decided for one trigger; `touchpoint` is None where no trigger listens."""

    touchpoint: str | None
    outcome: str
    reason: str


class EventReceipt(Struct, frozen=True):
    """What became of one event. `is_new` is False where its key was known: the decisions are the first ones."""

    key: str
    is_new: bool
    decisions: tuple[DecisionReceipt, ...]
