"""A second curve to lay over a journey's own: of a persona, or of an earlier period."""

from collections.abc import Sequence

from msgspec import Struct

from analysis.report import Interval
from core.errors import Fault, Invalid

MOST_OVERLAYS = 3  # more lines than that can't be told apart


class OverlayPoint(Struct, frozen=True):
    """The experience at one touchpoint of the journey, in x."""

    key: str  # of the touchpoint
    mean: float
    interval: Interval
    n_contacts: int


class Overlay(Struct, frozen=True, kw_only=True):
    """A curve with a name, e.g. "Small business owner" or "1 Jan to 31 Mar 2026".

    A touchpoint without a figure that may be shown has no point."""

    name: str
    points: tuple[OverlayPoint, ...]


def check_overlays(overlays: Sequence[Overlay]) -> None:
    """Raises Invalid where a picture could not keep them apart: too many, one without a name, two of one name."""
    faults = []
    if len(overlays) > MOST_OVERLAYS:
        words = f"at most {MOST_OVERLAYS} can be compared at once, these are {len(overlays)}"
        faults.append(Fault("overlays", words))
    names = [_plain(overlay.name) for overlay in overlays]
    for i, name in enumerate(names):
        if not name:
            faults.append(Fault(f"overlays[{i}].name", "needs a name, which stands beside its line"))
        elif name in names[:i]:
            faults.append(Fault(f"overlays[{i}].name", "is the name of another one too; give each its own"))
    if faults:
        raise Invalid(*faults)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
