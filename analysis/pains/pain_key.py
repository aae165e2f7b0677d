"""The id of a pain point: its journey, its touchpoint, and what of it. It stands for ever."""

from msgspec import Struct

from core.errors import NotFound

PROMISE = "promise"  # what of it, where the pain is the touchpoint itself; a theme's key has a full stop in it
HYPOTHESIS = "hypothesis-"  # with the number that the hypothesis has in this database
_LARGEST = 2**31 - 1


class PainKey(Struct, frozen=True):
    """`theme` is empty where the touchpoint itself breaks its promise, None for a hypothesis, which has a number."""

    journey: str
    touchpoint: str
    theme: str | None = None
    hypothesis: int | None = None

    def __str__(self) -> str:
        what = f"{HYPOTHESIS}{self.hypothesis}" if self.theme is None else self.theme or PROMISE
        return f"{self.journey}/{self.touchpoint}/{what}"


def read_pain_id(pain_id: str) -> PainKey:
    """The parts of an id such as "buying/delivery/general.slow". Raises NotFound for what is none."""
    journey, _, rest = pain_id.partition("/")
    touchpoint, _, what = rest.partition("/")
    number = what.removeprefix(HYPOTHESIS)
    if journey and touchpoint and "\x00" not in pain_id:
        if what == PROMISE:
            return PainKey(journey, touchpoint, "")
        if "." in what and "/" not in what:
            return PainKey(journey, touchpoint, what)
        if what != number and number.isascii() and number.isdigit() and int(number[:12]) <= _LARGEST:
            return PainKey(journey, touchpoint, hypothesis=int(number))
    raise NotFound(f"There is no pain point {pain_id!a}.")
