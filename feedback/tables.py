"""The tables of the conversation: contacts, events, decisions, invitations, delivery, responses, the outbox."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    DoublePrecision,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
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
    DEFERRED = "deferred"  # asked, but later than the trigger would: `deferred_until` says when
    REFUSED = "refused"
    NOT_USED = "not_used"  # heard, but no trigger listens


class InvitationState(StrEnum):
    """Where an invitation stands."""

    DUE = "due"  # waits for its moment, or for another attempt
    HELD = "held"  # sending is paused
    SENT = "sent"
    BOUNCED = "bounced"  # it was sent, and came back
    FAILED = "failed"  # given up: the address or the server refused for good
    MISSED = "missed"  # its time was over before it could be sent
    CANCELLED = "cancelled"  # the contact opted out, or the touchpoint was removed


class Suppressed(StrEnum):
    """Why an address is never written to."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"
    BY_HAND = "by_hand"


class Consent(StrEnum):
    """Whether somebody agreed to be asked."""

    UNKNOWN = ""
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Account(Table):
    """A company whose people are contacts."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    external_id = Varchar(length=200)
    name = Varchar(length=200)
    created_at = Timestamptz(default=None)
    account_external_id = Unique([workspace, external_id])


class Contact(Table):
    """Somebody we may ask."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    external_id = Varchar(length=200)
    email = Varchar(length=254, null=True, default=None)
    name = Varchar(length=200)
    kind = Varchar(length=20)
    address_hash = Varchar(length=64, null=True, default=None)  # of the address (core/addresses.py), to find it by
    account = ForeignKey(Account, on_delete=OnDelete.set_null, index=True)
    persona = ForeignKey(Persona, on_delete=OnDelete.set_null)
    is_persona_said = Boolean(default=False)  # by a sender or by hand: no rule over attributes changes it
    locale = Varchar(length=35)
    time_zone = Varchar(length=64, default="")  # as the IANA names it; empty: the workspace's
    attributes = JSONB(default="{}")
    consent = Varchar(length=16, default="", choices=Consent)
    consent_source = Varchar(length=200, default="")
    consent_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(null=True, default=None)
    unsubscribed_at = Timestamptz(null=True, default=None)
    contact_external_id = Unique([workspace, external_id])


class ContactAlias(Table):
    """Another external id of a contact: that of one which was merged into it."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    external_id = Varchar(length=200)
    contact = ForeignKey(Contact, null=False, on_delete=OnDelete.cascade, index=True)
    contact_alias_once = Unique([workspace, external_id])


class Suppression(Table):
    """An address that nothing may write to. Of one that was erased only the hash is left."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    address_hash = Varchar(length=64)
    address = Varchar(length=254, null=True, default=None)
    reason = Varchar(length=16, choices=Suppressed)
    source = Varchar(length=200, default="")  # who or what said so
    created_at = Timestamptz(default=None)
    suppression_once = Unique([workspace, address_hash])


class Sender(Table):
    """An address that a workspace writes from, and the server its mail leaves by. Secrets are sealed."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    key = Varchar(length=64)
    address = Varchar(length=320)  # such as Example <ask@example.com>
    reply_to = Varchar(length=254, default="")
    bounce_address = Varchar(length=254, default="")  # where undelivered mail comes back; empty: to the address itself
    smtp_host = Varchar(length=253, default="")  # empty: the installation's server
    smtp_port = Integer(default=587)
    smtp_username = Varchar(length=200, default="")
    smtp_password = Bytea(null=True, default=None)  # sealed
    smtp_tls = Varchar(length=8, default="starttls")
    dkim_domain = Varchar(length=253, default="")
    dkim_selector = Varchar(length=63, default="")
    dkim_key = Bytea(null=True, default=None)  # sealed; PEM
    first_day_limit = Integer(null=True, default=None)  # mails on the first day of a warm-up; it doubles every day
    warm_up_from = Date(null=True, default=None)
    day_limit = Integer(null=True, default=None)  # mails a day, at all times
    domain_minute_limit = Integer(null=True, default=None)  # mails a minute to one domain
    hook_token = Varchar(length=64, unique=True)  # in the address of its provider's webhook
    hook_key = Bytea(null=True, default=None)  # sealed: what the provider signs its webhooks with
    paused_at = Timestamptz(null=True, default=None)
    is_default = Boolean(default=False)
    created_at = Timestamptz(default=None)
    sender_key = Unique([workspace, key])


class SentCount(Table):
    """How many mails a sender sent in a day, or to one domain in a minute; without a sender, by the installation's."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    sender = ForeignKey(Sender, on_delete=OnDelete.cascade)
    domain = Varchar(length=253, default="")  # empty: to all, in a day
    since = Timestamptz(default=None)  # when the day or the minute began
    n = BigInt(default=0)
    sent_count_once = Unique([workspace, sender, domain, since], nulls_distinct=False)


class DomainPause(Table):
    """A domain whose server has asked to be written to later."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    sender = ForeignKey(Sender, on_delete=OnDelete.cascade)
    domain = Varchar(length=253)
    failures = SmallInt(default=0)  # in a row
    paused_until = Timestamptz(default=None)
    reason = Varchar(length=200, default="")
    domain_pause_once = Unique([workspace, sender, domain], nulls_distinct=False)


class Messenger(Table):
    """A program of the company's that hands survey links on; `key` is what a trigger names."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    key = Varchar(length=64)
    url = Varchar(length=500)
    secret = Bytea()  # sealed; it signs what is posted
    created_at = Timestamptz(default=None)
    paused_at = Timestamptz(null=True, default=None)
    messenger_key = Unique([workspace, key])


class ContactPolicy(Table):
    """A workspace's contact policy (feedback/deciding/policy.py); without a row, the shipped one holds."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade, unique=True)
    policy = JSONB()
    paused_at = Timestamptz(null=True, default=None)  # nothing leaves while it is set
    updated_at = Timestamptz(default=None)


class TouchpointWorth(Table):
    """What one more answer is worth at a touchpoint, as analysis last worked it out (METHOD, section 7)."""

    id = Serial(primary_key=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade, unique=True)
    worth = DoublePrecision()
    computed_at = Timestamptz(default=None)


class LotteryOdds(Table):
    """The probability of being asked at a touchpoint in one period; fixed with the period's first decision."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    period_start = Date(default=None)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    position = SmallInt()  # on the line that a draw is laid along
    probability = DoublePrecision()
    lottery_odds_once = Unique([workspace, period_start, touchpoint])


class ContactImport(Table):
    """A file of contacts on its way in; `done` rows are kept, and a stopped import goes on after them."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade, index=True)
    name = Varchar(length=200)
    content = Bytea(null=True, default=None)  # until all rows are in
    columns = JSONB(default="{}")  # which column is what
    total = Integer()
    done = Integer(default=0)
    created = Integer(default=0)
    updated = Integer(default=0)
    unchanged = Integer(default=0)
    faults = JSONB(default="[]")
    state = Varchar(length=16)
    source = Varchar(length=200, default="")  # of consent, where the file says that it was given
    leased_until = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)
    finished_at = Timestamptz(null=True, default=None)


class ScheduleRun(Table):
    """Where a schedule stands: moments up to `looked_until` are over, those of the next slice up to `last_contact`."""

    id = Serial(primary_key=True)
    trigger = ForeignKey(Trigger, null=False, on_delete=OnDelete.cascade, unique=True)
    looked_until = Timestamptz(default=None)
    last_contact = BigInt(default=0)


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
    survey_version = ForeignKey(SurveyVersion, on_delete=OnDelete.set_null)  # that was chosen
    probability = DoublePrecision(null=True, default=None)  # with which this event was to be asked about, by all draws
    deferred_until = Timestamptz(null=True, default=None)
    decided_at = Timestamptz(default=None)
    decision_once = Unique([event, trigger], nulls_distinct=False)


class Invitation(Table):
    """A survey on its way to a contact: the worker's queue."""

    id = BigSerial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    decision = ForeignKey(Decision, null=False, on_delete=OnDelete.cascade, unique=True)
    contact = ForeignKey(Contact, null=False, on_delete=OnDelete.cascade, index=True)
    account = ForeignKey(Account, on_delete=OnDelete.set_null, index=True)  # the contact's, when it was decided
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    survey = ForeignKey(Survey, on_delete=OnDelete.cascade)
    survey_version = ForeignKey(SurveyVersion, null=False, on_delete=OnDelete.restrict)
    channel = Varchar(length=16)
    sender = ForeignKey(Sender, on_delete=OnDelete.set_null)  # None: the installation's own
    messenger = ForeignKey(Messenger, on_delete=OnDelete.set_null)  # of the channel webhook
    is_follow_up = Boolean(default=False)
    occurred_at = Timestamptz(default=None)  # when the experience happened
    due_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    state = Varchar(length=16, choices=InvitationState)
    leased_until = Timestamptz(null=True, default=None)
    leased_by = Varchar(length=32, null=True, default=None)  # the worker that holds it: another's record is void
    attempts = SmallInt(default=0)
    message_id = Varchar(length=200, null=True, default=None)  # of its mail, the same at every attempt
    sent_at = Timestamptz(null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)  # where the provider has said so
    bounced_at = Timestamptz(null=True, default=None)
    remind_at = Timestamptz(null=True, default=None)  # when to remind whoever has not answered
    reminded_at = Timestamptz(null=True, default=None)
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
    followed_up_at = Timestamptz(null=True, default=None)  # None: the worker has yet to see whether a trigger listens


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
