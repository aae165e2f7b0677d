"""What an answer is worth in x, for every value that a scale or a picker allows: the one map, as SQL takes it."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from analysis.scales import experience_of, official_nps_lens, picker_experience
from surveys.instruments import SCALES, Instrument

PICK_SEPARATOR = "+"


class Worth(Struct, frozen=True):
    """A value in x, and through the official NPS lens where it has one; elsewhere the two are the same."""

    instrument: str
    value: str
    x: float
    lens: float


def worth_of(instrument: str, value: str) -> Worth:
    """`value` as the tally writes it: "4", or picks joined as "angry+frustrated"."""
    kind = Instrument(instrument)
    if kind is Instrument.EMOTION:
        x = picker_experience(value.split(PICK_SEPARATOR)) or 0.0
        return Worth(instrument, value, x, x)
    x = experience_of(kind, int(value))
    return Worth(instrument, value, x, official_nps_lens(int(value)) if kind is Instrument.NPS else x)


def worth_as_json(emotions: Iterable[str]) -> str:
    """Every point of every scale, and the given combinations of picks, for the statements that average in SQL."""
    points = [worth_of(instrument, str(value)) for instrument, scale in SCALES.items() for value in scale.points]
    picks = [worth_of(Instrument.EMOTION, value) for value in emotions]
    return msgspec.json.encode([*points, *picks]).decode()
