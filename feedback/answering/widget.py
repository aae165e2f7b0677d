"""What the widget asks of the server: an event or a question at a touchpoint, answered with the survey to show."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

from msgspec import UNSET, Meta, Struct

from accounts.widget_keys import WidgetKeyInfo, identity_secret, is_signed, widget_key_of
from core.database import fetch
from core.errors import Fault, Invalid, NotAllowed
from core.settings import secret_key_of
from core.site import Site
from feedback.answering.answer_screen import shown_to
from feedback.answering.asking import AskingState, find_invitation
from feedback.answering.keep_answers import has_all_answers
from feedback.answering.refusals import count_refusal
from feedback.deciding.deciding import PageState, Reason
from feedback.delivery.invitation_mail import answer_link
from feedback.intake.event import (
    LOCALE,
    LONGEST_LOCALE,
    Address,
    EventContact,
    IncomingEvent,
    Locale,
    PersonName,
    ShortText,
)
from feedback.intake.event_faults import reserved_faults, touchpoint_faults
from feedback.intake.take_events import take_events
from surveys.journeys import touchpoints_by_name
from surveys.wording import language_for

NOTHING_TO_ASK = "nothing_to_ask"  # no ask of the widget listens there
KEY_PREFIX = 10  # characters of the public key that stand in the keys of its events
LARGEST_NUMBER = 2**63 - 1

Number = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
Chance = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{16,64}\Z")]


class WidgetContact(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who looks at the page: somebody whose id the page's server has signed, or a visitor without a name."""

    id: ShortText | Number | None = None
    hash: Annotated[str, Meta(max_length=200)] | None = None
    visitor: Chance | None = None
    email: Address | None = None
    name: PersonName | None = None
    locale: Locale | None = None


class WidgetCall(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every request carries. `once` tells it from all others; a repeated one gets the first one's answer."""

    key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
    once: Chance
    contact: WidgetContact
    language: Annotated[str, Meta(max_length=100)] = ""  # the page's, whatever it says
    is_busy: bool = False  # the page shows a survey already


class WidgetEvent(WidgetCall, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something happened in the page."""

    name: ShortText
    properties: dict[str, Any] | None = None


class WidgetAsk(WidgetCall, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody is at a touchpoint: its event happens now."""

    touchpoint: ShortText


class ToShow(Struct, frozen=True):
    """A survey for the page's frame."""

    url: str
    title: str


class WidgetAnswer(Struct, frozen=True):
    """`reason` is one of the ledger, or `nothing_to_ask`."""

    ask: ToShow | None
    reason: str


class RefusedCall(StrEnum):
    """Why a request was not taken at all."""

    FOREIGN_ORIGIN = "foreign_origin"
    FORGED_IDENTITY = "forged_identity"


class WidgetRefused(NotAllowed):
    """A request from a page or with an identity that is not what it says; all that is kept of it is its count."""

    WORDS: ClassVar = {
        RefusedCall.FOREIGN_ORIGIN: "This widget key does not belong to the origin of this page.",
        RefusedCall.FORGED_IDENTITY: "The hash is not the one of this contact's id.",
    }

    def __init__(self, reason: RefusedCall) -> None:
        super().__init__(self.WORDS[reason])
        self.reason = reason


async def key_of_page(public_key: str, origin: str, now: datetime) -> WidgetKeyInfo:
    """Raises NotSignedIn for a key that is none, WidgetRefused where the key is not that origin's."""
    key = await widget_key_of(public_key)
    if origin not in key.origins:
        await _refuse(key, RefusedCall.FOREIGN_ORIGIN, now)
    return key


async def ask_in_page(
    site: Site, key: WidgetKeyInfo, call: WidgetEvent | WidgetAsk, origin: str, now: datetime
) -> WidgetAnswer:
    """Take the event and answer with the survey it asks for. Raises Invalid, or WidgetRefused for a forged identity."""
    contact = await _contact_of(site, key, call, now)
    event = await _event_of(key, call, contact)
    if event is None:
        return WidgetAnswer(None, NOTHING_TO_ASK)
    await take_events(key.workspace, [event], now, PageState.NONE if call.is_busy else PageState.READY)
    rows = await fetch(_DECIDED, key.workspace, event.key, contact.id)
    if not rows:
        return WidgetAnswer(None, NOTHING_TO_ASK)
    found = await _to_show(site, rows[0]["invitation"], call, origin, now) if rows[0]["invitation"] else None
    is_over = found is None and rows[0]["reason"] == Reason.DUE
    return WidgetAnswer(found, NOTHING_TO_ASK if is_over else rows[0]["reason"])


async def _refuse(key: WidgetKeyInfo, reason: RefusedCall, now: datetime) -> None:
    await count_refusal(key.workspace, reason, now)
    raise WidgetRefused(reason)


async def _contact_of(site: Site, key: WidgetKeyInfo, call: WidgetCall, now: datetime) -> EventContact:
    said = call.contact
    if said.id is None:
        if said.visitor is None:
            raise Invalid(Fault("contact.visitor", "say who looks at the page: an id with its hash, or a visitor"))
        locale = said.locale or _language(call)
        return EventContact(id=f"visitor:{said.visitor}", locale=locale or UNSET)
    secret = identity_secret(secret_key_of(site.settings), key.public_key)
    if not is_signed(secret, str(said.id), said.hash or "", said.email):
        await _refuse(key, RefusedCall.FORGED_IDENTITY, now)
    return EventContact(
        id=str(said.id), email=said.email or UNSET, name=said.name or UNSET, locale=said.locale or UNSET
    )


async def _event_of(key: WidgetKeyInfo, call: WidgetEvent | WidgetAsk, contact: EventContact) -> IncomingEvent | None:
    """None where somebody is at a touchpoint at which the widget never asks.

    Raises Invalid for a touchpoint that is unknown, and for an event that only Kept itself can tell.
    """
    once = f"widget:{key.public_key[:KEY_PREFIX]}:{call.once}"
    if isinstance(call, WidgetEvent):
        event = IncomingEvent(key=once, name=call.name, contact=contact, properties=call.properties or {})
        if reserved := list(reserved_faults(event)):
            raise Invalid(*reserved)
        return event
    touchpoints = await touchpoints_by_name(key.workspace)
    faults = list(touchpoint_faults(call.touchpoint, touchpoints))
    if faults:
        raise Invalid(*faults)
    rows = await fetch(_LISTENED_TO, key.workspace, touchpoints[call.touchpoint][0])
    if not rows:
        return None
    return IncomingEvent(key=once, name=rows[0]["event"], contact=contact, touchpoint=call.touchpoint)


async def _to_show(site: Site, invitation: int, call: WidgetCall, origin: str, now: datetime) -> ToShow | None:
    """None where the survey is not open: answered, over, not begun, or with all the answers it wants."""
    asking = await find_invitation(invitation)
    if asking.state(now) is not AskingState.OPEN or await has_all_answers(asking):
        return None
    language = _language(call)
    survey = shown_to(asking, language_for(asking.definition, language, asking.locale)).survey
    query = {"from": origin, **({"lang": language} if language else {})}
    return ToShow(f"{answer_link(site, invitation)}?{urlencode(query)}", survey.title)


def _language(call: WidgetCall) -> str:
    """The page's language where it is a tag: a page may say anything."""
    is_tag = len(call.language) <= LONGEST_LOCALE and re.fullmatch(LOCALE, call.language)
    return call.language if is_tag else ""


# Of this contact: whoever guesses the key of somebody else's request learns nothing by it.
_DECIDED = """
SELECT d.reason, i.id AS invitation
FROM event e JOIN contact c ON c.id = e.contact JOIN decision d ON d.event = e.id
JOIN trigger g ON g.id = d.trigger AND g.channel = 'widget' LEFT JOIN invitation i ON i.decision = d.id
WHERE e.workspace = $1 AND e.key = $2 AND (c.external_id = $3 OR EXISTS (
    SELECT FROM contact_alias a WHERE a.workspace = $1 AND a.external_id = $3 AND a.contact = c.id))
ORDER BY i.id NULLS LAST, d.id LIMIT 1
"""

_LISTENED_TO = """
SELECT event FROM trigger WHERE workspace = $1 AND touchpoint = $2 AND channel = 'widget' AND is_active LIMIT 1
"""
