"""An answer as it is stored."""

from msgspec import Struct

from surveys.instruments import Instrument


class GivenAnswer(Struct, frozen=True):
    """A value on the scale, picks in the order they are listed in, or words.

    `strength` says how strongly the picked emotions were felt; `other` is what somebody wrote beside a choice, or the
    address at which they may be contacted.
    """

    question: str
    instrument: Instrument
    value: int | None = None
    picks: tuple[str, ...] | None = None
    text: str | None = None
    strength: int | None = None
    other: str | None = None
