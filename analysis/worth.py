"""What an answer is worth in x, for every value that a scale or a picker allows: the one map, as SQL takes it."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from analysis.scales import VALENCES, experience_of, official_nps_lens, picker_experience
from surveys.instruments import CHOOSING, SCALES, Instrument

CHOSEN = (*CHOOSING, Instrument.CONSENT, Instrument.CONTACT)  # counted as well, but worth nothing in x
PICK_SEPARATOR = "+"
EVERY_WORKSPACE = 0  # a scale means the same to all; how an emotion feels is for each workspace to say


class Worth(Struct, frozen=True):
    """A value in x, and through the official NPS lens where it has one; elsewhere the two are the same."""

    instrument: str
    value: str
    x: float
    lens: float
    workspace: int = EVERY_WORKSPACE


def has_worth(instrument: str) -> bool:
    """Whether its answers are worth something in x: those on a scale and picked emotions are; a choice is just made."""
    return instrument in SCALES or instrument == Instrument.EMOTION


def worth_of(
    instrument: str, value: str, valences: Mapping[str, float] = VALENCES, workspace: int = EVERY_WORKSPACE
) -> Worth:
    """`value` as the tally writes it: "4", or picks joined as "angry+frustrated". Invalid for what has no worth."""
    kind = Instrument(instrument)
    if kind is Instrument.EMOTION:
        x = picker_experience(value.split(PICK_SEPARATOR), valences) or 0.0
        return Worth(instrument, value, x, x, workspace)
    x = experience_of(kind, int(value))
    return Worth(instrument, value, x, official_nps_lens(int(value)) if kind is Instrument.NPS else x)


def worth_as_json(picks: Iterable[tuple[int, str]], valences: Mapping[int, Mapping[str, float]]) -> str:
    """Every point of every scale, and the picks, given as (workspace, value), with the valences of their workspace."""
    points = [worth_of(instrument, str(value)) for instrument, scale in SCALES.items() for value in scale.points]
    felt = [
        worth_of(Instrument.EMOTION, value, valences.get(workspace, VALENCES), workspace) for workspace, value in picks
    ]
    return msgspec.json.encode([*points, *felt]).decode()
