"""The tables of what we ask, and where: journeys, promises, surveys and their versions, triggers."""

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
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
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from accounts.tables import Workspace


class Persona(Table):
    """A kind of contact, customer or not."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    key = Varchar(length=64)
    name = Varchar(length=200)
    kind = Varchar(length=20)
    description = Text()
    rule = JSONB(default="[]")  # conditions over a contact's attributes: who meets them all is of this kind
    persona_key = Unique([workspace, key])


class Journey(Table):
    """A customer's way, from the customer's side."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    key = Varchar(length=64)
    name = Varchar(length=200)
    description = Text()
    personas = Array(base_column=Varchar(length=64))
    # The key of the touchpoint whose answers are about the whole journey; which summary predicts them is scored.
    overall = Varchar(length=64, null=True, default=None)
    updated_at = Timestamptz(default=None)
    journey_key = Unique([workspace, key])


class Stage(Table):
    """A chapter of a journey, in order; `phase` is the phase of the customer relationship it belongs to."""

    id = Serial(primary_key=True)
    journey = ForeignKey(Journey, null=False, on_delete=OnDelete.cascade)
    position = SmallInt()
    key = Varchar(length=64)
    name = Varchar(length=200)
    phase = Varchar(length=64)
    is_removed = Boolean(default=False)
    stage_key = Unique([journey, key])


class Touchpoint(Table):
    """A point at which customer and company meet. Removed ones stay, because answers point at them."""

    id = Serial(primary_key=True)
    journey = ForeignKey(Journey, null=False, on_delete=OnDelete.cascade)
    stage = ForeignKey(Stage, null=False, on_delete=OnDelete.cascade, index=True)
    position = SmallInt()
    key = Varchar(length=64)
    name = Varchar(length=200)
    period = Varchar(length=8)
    step = Varchar(length=200)
    location = Varchar(length=200)
    channel = Varchar(length=32)
    customer_intent = Text()
    communication_type = Varchar(length=100)
    business_intent = Text()
    goals = Array(base_column=Text())
    needs = Array(base_column=Text())
    obstacles = Array(base_column=Text())
    owner = Varchar(length=200)
    event = Varchar(length=200)  # the event that says a contact came through
    is_removed = Boolean(default=False)
    touchpoint_key = Unique([journey, key])


class Promise(Table):
    """What was promised at a touchpoint, word for word, from a day on. A level or a share, never both."""

    id = Serial(primary_key=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade, index=True)
    claim = Text()
    source = Text()
    owner = Varchar(length=200)
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    level = DoublePrecision(null=True, default=None)
    share = DoublePrecision(null=True, default=None)
    promise_level_or_share = Check("(level IS NULL) <> (share IS NULL)")
    promise_level_on_scale = Check("level BETWEEN -1 AND 1")
    promise_share_is_one = Check("share BETWEEN 0 AND 1")


class Survey(Table):
    """A survey; what it asks stands in its versions."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    key = Varchar(length=64)
    name = Varchar(length=200)
    survey_key = Unique([workspace, key])


class SurveyVersion(Table):
    """Exactly what was asked. A row is written once; the database refuses to change it."""

    id = Serial(primary_key=True)
    survey = ForeignKey(Survey, null=False, on_delete=OnDelete.cascade)
    number = Integer()
    definition = JSONB()
    published_at = Timestamptz(default=None)
    survey_version_number = Unique([survey, number])


class Trigger(Table):
    """After `event`, wait, then ask a survey at a touchpoint, over a channel."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    event = Varchar(length=200)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    survey = ForeignKey(Survey, null=False, on_delete=OnDelete.cascade, index=True)
    wait_seconds = BigInt()
    expires_seconds = BigInt()
    channel = Varchar(length=16, default="mail")
    rule = JSONB(default="{}")  # all else that a trigger may say (surveys/trigger_rule.py)
    is_active = Boolean(default=True)
    # Deciding on an event looks its triggers up by workspace and event: the first two columns.
    trigger_once = Unique([workspace, event, touchpoint, survey, channel])


class SurveyLink(Table):
    """A short link, printed as a QR code or left on a tablet, that asks whoever comes by a survey at a touchpoint."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade, index=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    survey = ForeignKey(Survey, null=False, on_delete=OnDelete.cascade)
    code = Varchar(length=16, unique=True)
    created_at = Timestamptz(default=None)
    closed_at = Timestamptz(null=True, default=None)
    survey_link_once = Unique([touchpoint, survey])


class Theme(Table):
    """How a workspace's answering pages look, where they don't look as shipped."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade, unique=True)
    accent = Varchar(length=7)  # as #rrggbb
    corner = SmallInt()  # the radius, in px
    font = Varchar(length=16)
    logo = Bytea(null=True, default=None)
    logo_type = Varchar(length=16)  # the media type; empty without a logo
    updated_at = Timestamptz(default=None)
