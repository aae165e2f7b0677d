"""An event as programs send it, and what they get back."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from surveys.journey_file import PersonaKind

LONGEST_SHORT_TEXT = 200
LONGEST_LOCALE = 35
LOCALE = r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$"

ShortText = Annotated[
    str, Meta(min_length=1, max_length=LONGEST_SHORT_TEXT, description="a text of 1 to 200 characters")
]
Address = Annotated[str, Meta(max_length=254, description="an e-mail address of up to 254 characters")]
PersonName = Annotated[str, Meta(max_length=200, description="a name of up to 200 characters")]
Locale = Annotated[
    str, Meta(max_length=LONGEST_LOCALE, pattern=LOCALE, description="a language such as en or a locale such as de-AT")
]
TimeZoneName = Annotated[str, Meta(max_length=64, description="a time zone by its IANA name, such as Europe/Vienna")]
Moment = Annotated[
    datetime, Meta(tz=True, description="a time with its offset from UTC, such as 2026-03-02T09:30:00+01:00")
]
ConsentState = Annotated[Literal["given", "withdrawn"], Meta(description="given or withdrawn")]


class AccountSaid(Struct, frozen=True, forbid_unknown_fields=True):
    """The company whose person a contact is, by the sender's own id."""

    id: ShortText
    name: PersonName | UnsetType = UNSET


class ConsentSaid(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether somebody agreed to be asked; `source` is where they said so, such as the name of a form."""

    state: ConsentState
    source: ShortText
    at: Moment | UnsetType = UNSET  # now, if left out


class EventContact(Struct, frozen=True, forbid_unknown_fields=True):
    """Who it happened to, by the sender's own id; whatever else is given is kept on the contact."""

    id: ShortText
    email: Address | UnsetType = UNSET
    name: PersonName | UnsetType = UNSET
    kind: PersonaKind | UnsetType = UNSET
    persona: ShortText | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    account: AccountSaid | UnsetType = UNSET
    time_zone: TimeZoneName | UnsetType = UNSET
    attributes: dict[str, Any] | UnsetType = UNSET  # each is kept by its name; null takes one away
    consent: ConsentSaid | UnsetType = UNSET


class IncomingEvent(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happened. `key` is the sender's own: an event with a known key is not taken twice."""

    key: ShortText
    name: ShortText
    contact: EventContact
    occurred_at: Moment | UnsetType = UNSET  # now, if left out
    touchpoint: ShortText | UnsetType = UNSET  # only surveys at this one may follow
    properties: dict[str, Any] = {}


class DecisionReceipt(Struct, frozen=True, omit_defaults=True):
    """What was decided for one trigger; `touchpoint` is None where no trigger listens.

    `deferred_until` stands with what is asked later than its trigger would; `link` is the address of the survey where
    the trigger hands links out.
    """

    touchpoint: str | None
    outcome: str
    reason: str
    deferred_until: datetime | None = None
    link: str | None = None


class EventReceipt(Struct, frozen=True):
    """What became of one event. `is_new` is False where its key was known: the decisions are the first ones."""

    key: str
    is_new: bool
    decisions: tuple[DecisionReceipt, ...]
