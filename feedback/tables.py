"""The tables of the conversation: contacts, events, decisions, invitations, responses, the outbox."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    Array,
    BigSerial,
    ForeignKey,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from accounts.tables import Workspace
from surveys.tables import Persona, SurveyVersion, Touchpoint, Trigger


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
    """What one contact answered, to one invitation or, where answers came by a link or an import, to none."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    invitation = ForeignKey(Invitation, on_delete=OnDelete.cascade, unique=True)
    contact = ForeignKey(Contact, null=False, on_delete=OnDelete.cascade, index=True)
    persona = ForeignKey(Persona, on_delete=OnDelete.set_null)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    survey_version = ForeignKey(SurveyVersion, null=False, on_delete=OnDelete.restrict)
    channel = Varchar(length=16)
    locale = Varchar(length=35)
    occurred_at = Timestamptz(default=None)
    submitted_at = Timestamptz(default=None)
    scored_at = Timestamptz(null=True, default=None)  # None: the worker has yet to score it


class Answer(Table):
    """The raw answer to one question: a value on the instrument's scale, picked emotions, or words."""

    id = BigSerial(primary_key=True)
    response = ForeignKey(Response, null=False, on_delete=OnDelete.cascade)
    question = Varchar(length=64)
    instrument = Varchar(length=16)
    value = SmallInt(null=True, default=None)
    picks = Array(base_column=Varchar(length=32), null=True, default=None)
    text = Text(null=True, default=None)
    answer_once = Unique([response, question])


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
