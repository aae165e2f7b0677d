"""The tables of the conversation: contacts, events, decisions, invitations, responses, the outbox."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from accounts.tables import Workspace
from surveys.tables import Persona, Survey, SurveyVersion, Touchpoint, Trigger


class Outcome(StrEnum):
    """What was decided about an event."""

    ASKED = "asked"
    REFUSED = "refused"
    NOT_USED = "not_used"  # heard, but no trigger listens


class InvitationState(StrEnum):
    """Where an invitation stands."""

    DUE = "due"  # waits for its moment, or for another attempt
    SENT = "sent"
    FAILED = "failed"  # given up: the address or the server refused for good
    MISSED = "missed"  # its time was over before it could be sent
    CANCELLED = "cancelled"  # the contact opted out, or the touchpoint was removed


class Contact(Table):
    """Somebody we may ask."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    external_id = Varchar(length=200)
    email = Varchar(length=254, null=True, default=None)
    name = Varchar(length=200)
    kind = Varchar(length=20)
    persona = ForeignKey(Persona, on_delete=OnDelete.set_null)
    locale = Varchar(length=35)
    created_at = Timestamptz(default=None)
    unsubscribed_at = Timestamptz(null=True, default=None)
    contact_external_id = Unique([workspace, external_id])


class Event(Table):
    """Something that happened to a contact. `key` is the sender's own, so that a repeated event counts once."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    key = Varchar(length=200)
    name = Varchar(length=200)
    contact = ForeignKey(Contact, null=False, on_delete=OnDelete.cascade, index=True)
    touchpoint = ForeignKey(Touchpoint, on_delete=OnDelete.set_null)  # where the sender says which
    occurred_at = Timestamptz(default=None)
    received_at = Timestamptz(default=None)
    properties = JSONB()
    event_key = Unique([workspace, key])


class Decision(Table):
    """Why somebody was asked or not; one for each event and trigger, and one where no trigger listens."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade)
    contact = ForeignKey(Contact, null=False, on_delete=OnDelete.cascade, index=True)
    trigger = ForeignKey(Trigger, on_delete=OnDelete.set_null)
    touchpoint = ForeignKey(Touchpoint, on_delete=OnDelete.cascade)
    outcome = Varchar(length=16, choices=Outcome)
    reason = Varchar(length=32)
    facts = JSONB()  # the figures the rule saw
    decided_at = Timestamptz(default=None)
    decision_once = Unique([event, trigger], nulls_distinct=False)


class Invitation(Table):
    """A survey on its way to a contact: the worker's queue."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    decision = ForeignKey(Decision, null=False, on_delete=OnDelete.cascade, unique=True)
    contact = ForeignKey(Contact, null=False, on_delete=OnDelete.cascade, index=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    survey_version = ForeignKey(SurveyVersion, null=False, on_delete=OnDelete.restrict)
    channel = Varchar(length=16)
    occurred_at = Timestamptz(default=None)  # when the experience happened
    due_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    state = Varchar(length=16, choices=InvitationState)
    leased_until = Timestamptz(null=True, default=None)
    attempts = SmallInt(default=0)
    sent_at = Timestamptz(null=True, default=None)
    opened_at = Timestamptz(null=True, default=None)
    last_error = Varchar(length=200)


class Response(Table):
    """What one contact answered: to one invitation, in one visit to a link or kiosk, or, where imported, to neither.

    It is kept from the first tap on; `is_complete` once all that is asked was passed.
    """

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    invitation = ForeignKey(Invitation, on_delete=OnDelete.cascade, unique=True)
    visit = Varchar(length=32, null=True, default=None, unique=True)
    contact = ForeignKey(Contact, null=False, on_delete=OnDelete.cascade, index=True)
    persona = ForeignKey(Persona, on_delete=OnDelete.set_null)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    survey_version = ForeignKey(SurveyVersion, null=False, on_delete=OnDelete.restrict)
    channel = Varchar(length=16)
    locale = Varchar(length=35)
    occurred_at = Timestamptz(default=None)
    submitted_at = Timestamptz(default=None)  # the first answer
    touched_at = Timestamptz(null=True, default=None)  # the latest
    is_complete = Boolean(default=True)
    seed = Integer(null=True, default=None)  # of the order in which choices were shown
    hidden = JSONB(default="{}")  # what the survey's hidden fields held
    quotas = Array(base_column=Varchar(length=64), default=[])  # those it counts towards
    scored_at = Timestamptz(null=True, default=None)  # None: the worker has yet to score it


class Answer(Table):
    """The raw answer to one question: a value on the instrument's scale, picked emotions, or words."""

    id = BigSerial(primary_key=True)
    response = ForeignKey(Response, null=False, on_delete=OnDelete.cascade)
    question = Varchar(length=64)
    instrument = Varchar(length=16)
    value = SmallInt(null=True, default=None)
    picks = Array(base_column=Varchar(length=64), null=True, default=None)
    text = Text(null=True, default=None)
    strength = SmallInt(null=True, default=None)  # of the picked emotions, 1 to 3
    other = Text(null=True, default=None)  # beside a choice, what else it is; beside a contact, the address
    answer_once = Unique([response, question])


class AnswerChange(Table):
    """What somebody changed an answer to after it was scored; the worker puts it in its place and counts again.

    With neither value nor picks nor text the answer is taken back.
    """

    id = BigSerial(primary_key=True)
    response = ForeignKey(Response, null=False, on_delete=OnDelete.cascade)
    question = Varchar(length=64)
    instrument = Varchar(length=16)
    value = SmallInt(null=True, default=None)
    picks = Array(base_column=Varchar(length=64), null=True, default=None)
    text = Text(null=True, default=None)
    strength = SmallInt(null=True, default=None)
    other = Text(null=True, default=None)
    changed_at = Timestamptz(default=None)
    answer_change_once = Unique([response, question])


class Click(Table):
    """A score that was opened from a mail: provisional until somebody confirms it, rejected where a scanner did it."""

    id = BigSerial(primary_key=True)
    invitation = ForeignKey(Invitation, null=False, on_delete=OnDelete.cascade, index=True)
    question = Varchar(length=64)  # empty for the link that no person sees
    value = SmallInt(null=True, default=None)
    clicked_at = Timestamptz(default=None)
    reason = Varchar(length=32)  # why it is a scanner's; empty while nothing says so


class QuotaCount(Table):
    """How many responses a quota of a survey has taken."""

    id = BigSerial(primary_key=True)
    survey = ForeignKey(Survey, null=False, on_delete=OnDelete.cascade)
    quota = Varchar(length=64)
    n = BigInt(default=0)
    quota_count_once = Unique([survey, quota])


class Refusal(Table):
    """How many answers and questions of the widget were refused on a day; nothing else is kept of them."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    day = Date(default=None)
    reason = Varchar(length=32)
    n = BigInt(default=0)
    refusal_once = Unique([workspace, day, reason])


class OutboxMail(Table):
    """A mail of the outbox transport, kept to be read on a page instead of being sent."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade, index=True)
    to = Varchar(length=254)
    subject = Varchar(length=998)
    text = Text()
    html = Text()
    message_id = Varchar(length=200, unique=True)
    created_at = Timestamptz(default=None)
