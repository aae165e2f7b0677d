"""The instruments a question may use, and the scale each of them has."""

from enum import StrEnum

from msgspec import Struct


class Instrument(StrEnum):
    """What a question is asked with: an instrument of survey research or a form element; the values stand in files."""

    ANCHOR = "anchor"  # five faces, "How did you feel about this step?"
    NPS = "nps"
    CSAT = "csat"
    CSAT7 = "csat7"
    CSAT10 = "csat10"
    CES = "ces"  # CES 2.0, "made it easy", agreement 1-7
    CES1 = "ces1"  # CES 1.0, "how much effort", 1-5: high is bad
    THUMBS = "thumbs"
    EMOTION = "emotion"
    EXPECTATION = "expectation"  # asked before: "What do you expect of this step?"
    KEPT = "kept"  # "Was the promise kept?": 1 no, 2 partly, 3 fully
    DISCONFIRMATION = "disconfirmation"  # "Compared with what we promised", much worse to much better
    IMPORTANCE = "importance"  # "How important is this step to you?"
    COMMENT = "comment"
    CHOICE = "choice"  # one of several
    CHOICES = "choices"  # any of several
    CONSENT = "consent"  # a box to tick
    CONTACT = "contact"  # "May we contact you about your answer?"
    STATEMENT = "statement"  # words alone: nothing is answered


class Scale(Struct, frozen=True):
    """The integers an answer may take, both ends included; `is_reversed` where high is bad."""

    low: int
    high: int
    is_reversed: bool = False

    @property
    def points(self) -> range:
        return range(self.low, self.high + 1)


SCALES: dict[Instrument, Scale] = {
    Instrument.ANCHOR: Scale(1, 5),
    Instrument.NPS: Scale(0, 10),
    Instrument.CSAT: Scale(1, 5),
    Instrument.CSAT7: Scale(1, 7),
    Instrument.CSAT10: Scale(1, 10),
    Instrument.CES: Scale(1, 7),
    Instrument.CES1: Scale(1, 5, is_reversed=True),
    Instrument.THUMBS: Scale(0, 1),
    Instrument.EXPECTATION: Scale(1, 5),
    Instrument.KEPT: Scale(1, 3),
    Instrument.DISCONFIRMATION: Scale(1, 5),
    Instrument.IMPORTANCE: Scale(1, 5),
}
# What says how a touchpoint was experienced; the others say what was expected, promised or wanted of it.
EXPERIENCE = (
    Instrument.ANCHOR,
    Instrument.NPS,
    Instrument.CSAT,
    Instrument.CSAT7,
    Instrument.CSAT10,
    Instrument.CES,
    Instrument.CES1,
    Instrument.THUMBS,
    Instrument.EMOTION,
)
# What is answered by picking from choices that the survey itself names; it has no worth in x.
CHOOSING = (Instrument.CHOICE, Instrument.CHOICES)
YES, NO = 1, 0  # the answers to CONSENT and CONTACT
OTHER = "other"  # the pick that stands for something else, in words


class Look(StrEnum):
    """How a scale that can be drawn in several ways is drawn; the answer is the same."""

    NUMBERS = "numbers"
    FACES = "faces"
    STARS = "stars"


LOOKS: dict[Instrument, tuple[Look, ...]] = {
    Instrument.CSAT: (Look.NUMBERS, Look.FACES, Look.STARS),
    Instrument.CSAT7: (Look.NUMBERS, Look.STARS),
    Instrument.CSAT10: (Look.NUMBERS, Look.STARS),
}
FACE_LABELS = ("Very bad", "Bad", "Neither good nor bad", "Good", "Very good")
# What is answered with a face or with words, from the lowest point up, in the words of the staff's pages; customers
# read those of their language (surveys/texts).
POINT_LABELS: dict[Instrument, tuple[str, ...]] = {
    Instrument.ANCHOR: FACE_LABELS,
    Instrument.EXPECTATION: FACE_LABELS,
    Instrument.THUMBS: ("Thumbs down", "Thumbs up"),
    Instrument.KEPT: ("No", "Partly", "Fully"),
    Instrument.DISCONFIRMATION: ("Much worse", "Worse", "As promised", "Better", "Much better"),
}


def label_of(instrument: Instrument, value: int) -> str:
    """The staff's words for a point of a scale; empty where the scale shows its numbers."""
    labels = POINT_LABELS.get(instrument)
    return labels[value - SCALES[instrument].low] if labels else ""


# Every emotion a picker may offer, the most pleasant first (METHOD, section 1). How each feels is for analysis to say.
EMOTIONS = (
    "happy",
    "pleased",
    "trusting",
    "valued",
    "cared for",
    "safe",
    "excited",
    "focused",
    "interested",
    "energetic",
    "stimulated",
    "hopeful",
    "relieved",
    "exploratory",
    "indulgent",
    "surprised",
    "indifferent",
    "hurried",
    "confused",
    "afraid of failing",
    "stressed",
    "anxious",
    "disappointed",
    "unsatisfied",
    "neglected",
    "irritated",
    "frustrated",
    "unhappy",
    "angry",
)
PLEASANT = EMOTIONS[: EMOTIONS.index("surprised")]
UNPLEASANT = EMOTIONS[EMOTIONS.index("hurried") :]
# The ten emotions a picker offers unless its survey names others: five of each sign, so neither side is easier to find.
DEFAULT_EMOTIONS = (
    "happy",
    "trusting",
    "valued",
    "relieved",
    "interested",
    "confused",
    "stressed",
    "disappointed",
    "frustrated",
    "angry",
)
MAX_EMOTION_PICKS = 3
MAX_STRENGTH = 3  # of what was felt: a little, clearly, very strongly
MAX_COMMENT_CHARACTERS = 2_000
