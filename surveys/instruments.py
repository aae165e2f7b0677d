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
}

FACE_LABELS = ("Very bad", "Bad", "Neither good nor bad", "Good", "Very good")

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
