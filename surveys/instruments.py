"""The instruments a question may use, and the scale each of them has."""

from enum import StrEnum

from msgspec import Struct


class Instrument(StrEnum):
    """A measuring instrument of survey research; the values are what files and the API say."""

    ANCHOR = "anchor"  # five faces, "How did you feel about this step?"
    NPS = "nps"
    CSAT = "csat"
    CES = "ces"  # CES 2.0, "made it easy", agreement 1-7
    EMOTION = "emotion"
    EXPECTATION = "expectation"  # asked before: "What do you expect of this step?"
    KEPT = "kept"  # "Was the promise kept?": 1 no, 2 partly, 3 fully
    DISCONFIRMATION = "disconfirmation"  # "Compared with what we promised", much worse to much better
    IMPORTANCE = "importance"  # "How important is this step to you?"
    COMMENT = "comment"


class Scale(Struct, frozen=True):
    """The integers an answer may take, both ends included, with the words at the ends."""

    low: int
    high: int
    low_label: str
    high_label: str

    @property
    def points(self) -> range:
        return range(self.low, self.high + 1)


SCALES: dict[Instrument, Scale] = {
    Instrument.ANCHOR: Scale(1, 5, "Very bad", "Very good"),
    Instrument.NPS: Scale(0, 10, "Not at all likely", "Extremely likely"),
    Instrument.CSAT: Scale(1, 5, "Very dissatisfied", "Very satisfied"),
    Instrument.CES: Scale(1, 7, "Strongly disagree", "Strongly agree"),
    Instrument.EXPECTATION: Scale(1, 5, "Very bad", "Very good"),
    Instrument.KEPT: Scale(1, 3, "No", "Fully"),
    Instrument.DISCONFIRMATION: Scale(1, 5, "Much worse", "Much better"),
    Instrument.IMPORTANCE: Scale(1, 5, "Not important at all", "Extremely important"),
}
# What says how a touchpoint was experienced; the others say what was expected, promised or wanted of it.
EXPERIENCE = (Instrument.ANCHOR, Instrument.NPS, Instrument.CSAT, Instrument.CES, Instrument.EMOTION)

FACE_LABELS = ("Very bad", "Bad", "Neither good nor bad", "Good", "Very good")
# What is answered with a face or with words, from the lowest point up; the other scales show their numbers.
POINT_LABELS: dict[Instrument, tuple[str, ...]] = {
    Instrument.ANCHOR: FACE_LABELS,
    Instrument.EXPECTATION: FACE_LABELS,
    Instrument.KEPT: ("No", "Partly", "Fully"),
    Instrument.DISCONFIRMATION: ("Much worse", "Worse", "As promised", "Better", "Much better"),
}


def label_of(instrument: Instrument, value: int) -> str:
    """The words of a point of a scale; empty where the scale shows its numbers."""
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
MAX_COMMENT_CHARACTERS = 2_000
