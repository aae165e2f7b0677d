"""Why a decision fell as it did: the words of the ledger."""

from enum import StrEnum


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
