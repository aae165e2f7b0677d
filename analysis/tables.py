"""The tables of what it means: sentiment and themes of comments, tallies."""

from piccolo.columns import (
    BigInt,
    BigSerial,
    Date,
    DoublePrecision,
    ForeignKey,
    Integer,
    Numeric,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from feedback.tables import Answer
from surveys.tables import Persona, Touchpoint


class CommentScore(Table):
    """The sentiment of one comment."""

    id = BigSerial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade, unique=True)
    language = Varchar(length=16)
    state = Varchar(length=16)
    polarity = DoublePrecision(null=True, default=None)
    analyser = Varchar(length=64)  # name and version, so that a score can be recomputed and compared
    scored_at = Timestamptz(default=None)


class CommentTheme(Table):
    """One theme found in one comment; its first mention is at the characters `start` to `stop`."""

    id = BigSerial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade)
    theme = Varchar(length=64)
    start = Integer()
    stop = Integer()
    comment_theme_once = Unique([answer, theme])


class Tally(Table):
    """How often a value was answered; every metric of METHOD follows from these counts."""

    id = BigSerial(primary_key=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    day = Date(default=None)  # of the experience, in UTC
    instrument = Varchar(length=16)
    question = Varchar(length=64)
    channel = Varchar(length=16)
    persona = ForeignKey(Persona, on_delete=OnDelete.cascade)
    value = Varchar(length=120)  # as answered: "4", or picks joined as "angry+frustrated"
    n = BigInt()
    # A report reads one touchpoint's days: the first two columns.
    tally_cell = Unique([touchpoint, day, instrument, question, channel, persona, value], nulls_distinct=False)


class ContactTally(Table):
    """What the sums over contacts are corrected by where contacts answered more than once (analysis/contact_tally.py).

    A `month` row holds the sum of the `day` rows whose first and last day lie in the months of its own.
    """

    id = BigSerial(primary_key=True)
    touchpoint = ForeignKey(Touchpoint, null=False, on_delete=OnDelete.cascade)
    instrument = Varchar(length=16)
    grain = Varchar(length=5)
    first_day = Date(default=None)
    last_day = Date(default=None)
    n = BigInt()  # negative: contacts that the tally counts too often
    x = Numeric()
    x_squared = Numeric()
    lens = Numeric()
    lens_squared = Numeric()
    n_satisfied = BigInt()
    # A report reads one touchpoint's months, or days: the first two columns.
    contact_tally_cell = Unique([touchpoint, grain, first_day, last_day, instrument])
