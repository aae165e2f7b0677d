"""The tables of what it means: tallies, valences, actions, guesses."""

from piccolo.columns import (
    BigInt,
    BigSerial,
    Date,
    DoublePrecision,
    ForeignKey,
    OnDelete,
    Serial,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from accounts.tables import User, Workspace
from surveys.tables import Persona, Touchpoint


class Tally(Table):
    """How often a value was answered; every metric of METHOD follows from these counts.

    A row of the grain `day` counts a day, `month` and `week` the days of theirs, under its first.
    """

    id = BigSerial(primary_key=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    grain = Varchar(length=5)
    day = Date(default=None)  # of the experience, in UTC
    instrument = Varchar(length=16)
    question = Varchar(length=64)
    channel = Varchar(length=16)
    persona = ForeignKey(Persona, on_delete=OnDelete.cascade)
    value = Varchar(length=120)  # as answered: "4", or picks joined as "angry+frustrated"
    n = BigInt()
    # A report reads one touchpoint's months, and the days at both ends: the first three columns.
    tally_count = Unique([touchpoint, grain, day, instrument, question, channel, persona, value], nulls_distinct=False)


class ContactTally(Table):
    """What the sums over contacts are corrected by where contacts answered more than once (analysis/contact_tally.py).

    Rows of other grains than `day` hold sums of those (see COARSER_GRAINS there). Sums are whole numbers of its UNIT.
    """

    id = BigSerial(primary_key=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    instrument = Varchar(length=16)
    part = Varchar(length=8)  # which answers of a contact are averaged: see analysis/contact_tally.py
    persona = ForeignKey(Persona, on_delete=OnDelete.cascade)
    channel = Varchar(length=16)
    grain = Varchar(length=5)
    first_day = Date(default=None)
    last_day = Date(default=None)
    n = BigInt()  # negative: contacts that the tally counts too often
    x = BigInt()
    x_squared = BigInt()
    lens = BigInt()
    lens_squared = BigInt()
    n_satisfied = BigInt()
    # A report reads ranges of one touchpoint's grain: the first columns.
    contact_tally_sums = Unique(
        [touchpoint, grain, first_day, last_day, instrument, part, persona, channel], nulls_distinct=False
    )


class TallyState(Table):
    """The edition of the tallies that are stored, one row; where it isn't the present one they are counted again."""

    id = SmallInt(primary_key=True)
    edition = Varchar(length=64)


class EmotionValence(Table):
    """How a workspace says that an emotion feels, in x, where it differs from what we ship."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    emotion = Varchar(length=32)
    valence = DoublePrecision()
    set_at = Timestamptz(default=None)
    emotion_valence_once = Unique([workspace, emotion])
    emotion_valence_on_scale = Check("valence BETWEEN -1 AND 1")


class LoggedAction(Table, tablename="action"):
    """Something done at a touchpoint on a day; what is compared before and after it."""

    id = Serial(primary_key=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade, index=True)
    what = Varchar(length=200)
    on_day = Date(default=None)
    window_days = SmallInt()
    washout_days = SmallInt()
    decision_day = Date(null=True, default=None)
    logged_at = Timestamptz(default=None)
    action_window = Check("window_days >= 1 AND washout_days >= 0")


class TeamGuess(Table):
    """What one of the team guesses, in x, before seeing a figure: what customers expect here, and what they find."""

    id = Serial(primary_key=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    guessed_by = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    expectation = DoublePrecision(null=True, default=None)
    experience = DoublePrecision(null=True, default=None)
    guessed_at = Timestamptz(default=None)
    team_guess_once = Unique([touchpoint, guessed_by])
    team_guess_on_scale = Check("expectation BETWEEN -1 AND 1 AND experience BETWEEN -1 AND 1")
