"""Whether to ask after an event: the rules, in the order in which they are tried."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from feedback.tables import Outcome
from surveys.journey_file import AskChannel
from surveys.journeys import TriggerView

ASKED_HERE_DAYS = 30


class Reason(StrEnum):
    """Why a decision fell as it did."""

    DUE = "due"
    # deferred
    SEND_WINDOW = "send_window"
    QUIET_DAY = "quiet_day"
    # refused
    NO_TRIGGER = "no_trigger"
    CONDITIONS = "conditions"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    NO_PAGE = "no_page"
    TOO_LATE = "too_late"
    ASKED_HERE_RECENTLY = "asked_here_recently"
    SURVEY_COOL_DOWN = "survey_cool_down"
    GROUP_COOL_DOWN = "group_cool_down"
    COOL_DOWN = "cool_down"
    CONTACT_BUDGET = "contact_budget"
    ACCOUNT_BUDGET = "account_budget"
    NOT_SAMPLED = "not_sampled"
    NOT_DRAWN = "not_drawn"
    ASKED_IN_PAGE = "asked_in_page"


class PageState(StrEnum):
    """Whether a survey can be shown where the event happened."""

    NONE = "none"  # there is no page, or one that shows a survey already
    READY = "ready"
    TAKEN = "taken"  # this event has brought a survey already


class ContactFacts(Struct, frozen=True):
    """What the rules must know of a contact."""

    has_address: bool
    is_unsubscribed: bool
    page: PageState
    asked_here: datetime | None  # of the experiences asked about at the trigger's touchpoint, the one nearest in time


class Verdict(Struct, frozen=True):
    """The decision for one event and trigger, with the figures the rule saw."""

    outcome: Outcome
    reason: Reason
    due_at: datetime | None = None
    expires_at: datetime | None = None
    facts: dict[str, str] = {}


NOT_USED = Verdict(Outcome.NOT_USED, Reason.NO_TRIGGER)


def decide(occurred_at: datetime, trigger: TriggerView, contact: ContactFacts, now: datetime) -> Verdict:
    """Whether `trigger` asks this contact about what occurred. The first rule that refuses is the reason."""
    expires_at = occurred_at + timedelta(seconds=trigger.expires_seconds)
    if contact.is_unsubscribed:
        return _refused(Reason.UNSUBSCRIBED)
    if trigger.channel is AskChannel.WIDGET and contact.page is PageState.NONE:
        return _refused(Reason.NO_PAGE)
    if trigger.channel is AskChannel.MAIL and not contact.has_address:
        return _refused(Reason.NO_ADDRESS)
    if expires_at <= now:
        return _refused(Reason.TOO_LATE, expired_at=expires_at.isoformat())
    if contact.asked_here and abs(occurred_at - contact.asked_here) < timedelta(days=ASKED_HERE_DAYS):
        asked_about = contact.asked_here.isoformat()
        return _refused(Reason.ASKED_HERE_RECENTLY, asked_about=asked_about, days=str(ASKED_HERE_DAYS))
    if trigger.channel is AskChannel.WIDGET and contact.page is PageState.TAKEN:
        return _refused(Reason.ASKED_IN_PAGE)
    due_at = max(now, occurred_at + timedelta(seconds=trigger.wait_seconds))
    return Verdict(Outcome.ASKED, Reason.DUE, due_at, max(expires_at, due_at + timedelta(days=1)))


def _refused(reason: Reason, **facts: str) -> Verdict:
    return Verdict(Outcome.REFUSED, reason, facts=facts)
