"""The tables of what people write: what was read out of a comment, what people corrected, and their words for it."""

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Boolean,
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

from accounts.tables import User, Workspace
from feedback.tables import Answer


class CommentScore(Table):
    """The sentiment of one comment, as it was read; what a person says of it stands in `sentiment_label`."""

    id = BigSerial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade, unique=True)
    language = Varchar(length=16)
    state = Varchar(length=16)
    polarity = DoublePrecision(null=True, default=None)
    probability = DoublePrecision(null=True, default=None)  # of the state, calibrated; None where nothing is known
    analyser = Varchar(length=64)  # name and version, so that a score can be recomputed and compared
    packs = Varchar(length=64)  # the edition of the theme packs the comment was read with
    scored_at = Timestamptz(default=None)


class PastCommentScore(Table):
    """A score that a rescoring has replaced: what the comment was held for, by which analyser, until when."""

    id = BigSerial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade, index=True)
    language = Varchar(length=16)
    state = Varchar(length=16)
    polarity = DoublePrecision(null=True, default=None)
    probability = DoublePrecision(null=True, default=None)
    analyser = Varchar(length=64)
    scored_at = Timestamptz(default=None)
    replaced_at = Timestamptz(default=None)


class CommentClause(Table):
    """The sentiment of one clause of a comment: the characters `start` to `stop` (not included)."""

    id = BigSerial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade)
    number = SmallInt()
    start = Integer()
    stop = Integer()
    state = Varchar(length=16)
    polarity = DoublePrecision(null=True, default=None)
    probability = DoublePrecision(null=True, default=None)
    comment_clause_once = Unique([answer, number])


class CommentTheme(Table):
    """One theme found in one clause of a comment; its first mention there is at the characters `start` to `stop`."""

    id = BigSerial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade)
    theme = Varchar(length=64)
    clause = SmallInt()
    start = Integer()
    stop = Integer()
    comment_theme_once_a_clause = Unique([answer, theme, clause])


class CommentEmotion(Table):
    """One emotion that a comment's words show, at the characters `start` to `stop`."""

    id = BigSerial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade)
    emotion = Varchar(length=16)
    start = Integer()
    stop = Integer()
    comment_emotion_once = Unique([answer, emotion, start])


class SentimentLabel(Table):
    """What a person says a comment's sentiment is; it outweighs the score and outlives every rescoring."""

    id = Serial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade, unique=True)
    state = Varchar(length=16)
    labelled_by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.set_null)
    labelled_at = Timestamptz(default=None)
    is_learned = Boolean(default=False)  # whether a model of the workspace's own was trained with it, as it is now
    sentiment_label_known = Check("state IN ('positive', 'neutral', 'negative', 'mixed')")


class ThemeLabel(Table):
    """A person says that a comment is, or is not, about a theme."""

    id = Serial(primary_key=True)
    answer = ForeignKey(Answer, null=False, on_delete=OnDelete.cascade)
    theme = Varchar(length=64)
    is_present = Boolean()
    labelled_by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.set_null)
    labelled_at = Timestamptz(default=None)
    theme_label_once = Unique([answer, theme])


class PackChoice(Table):
    """Whether a workspace reads with a theme pack, where that differs from what is read with by default."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    pack = Varchar(length=32)
    is_active = Boolean()
    pack_choice_once = Unique([workspace, pack])


class ThemeEdit(Table):
    """What a workspace changed about a theme, or a theme of its own; what is null stays as its pack has it.

    The key ("general.slow", "own.parking") stands for ever: a renamed theme keeps it, a merged one points to another.
    """

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    theme = Varchar(length=64)
    title = Varchar(length=120, null=True, default=None)
    description = Varchar(length=300, null=True, default=None)
    tone = Varchar(length=8, null=True, default=None)
    language = Varchar(length=16, null=True, default=None)  # of a theme of their own
    phrases = Array(base_column=Text(), null=True, default=None)
    state = Varchar(length=10, default="active")
    merged_into = Varchar(length=64, null=True, default=None)
    edited_by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.set_null)
    edited_at = Timestamptz(default=None)
    theme_edit_once = Unique([workspace, theme])
    theme_edit_state = Check(
        "state IN ('active', 'dismissed', 'merged') AND (state = 'merged') = (merged_into IS NOT NULL)"
    )


class TermDecision(Table):
    """What a workspace decided about a term that was proposed to it, so that it is not proposed again."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    language = Varchar(length=16)
    term = Varchar(length=80)
    theme = Varchar(length=64, null=True, default=None)  # into which it went; None where it was dismissed
    decided_by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.set_null)
    decided_at = Timestamptz(default=None)
    term_decision_once = Unique([workspace, language, term])


class OwnModel(Table):
    """A linear model that a workspace's own corrections trained, and how it measured against the layer before it."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=False, on_delete=OnDelete.cascade)
    language = Varchar(length=16)
    version = Integer()
    content = JSONB()  # weights, intercepts and calibration: see analysis/text/linear_model.py
    n_labels = Integer()
    f1_own = DoublePrecision()  # macro-F1 out of fold
    f1_shipped = DoublePrecision()  # macro-F1 on the same comments of what was in use without it
    is_used = Boolean()
    trained_at = Timestamptz(default=None)
    own_model_once = Unique([workspace, language, version])


class Rescoring(Table):
    """A run that reads comments again; where it stopped it goes on."""

    id = Serial(primary_key=True)
    workspace = ForeignKey(Workspace, null=True, default=None, on_delete=OnDelete.cascade)  # None: all of them
    since = Timestamptz(default=None)
    analyser = Varchar(length=64)
    first_answer = BigInt()
    last_answer = BigInt()  # the highest id there was at its start; later ones are read by the new analyser anyway
    done_to = BigInt()  # answers up to this id are read
    n_read = BigInt(default=0)
    n_changed = BigInt(default=0)
    started_at = Timestamptz(default=None)
    finished_at = Timestamptz(null=True, default=None)
