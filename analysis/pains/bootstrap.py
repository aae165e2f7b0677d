"""How sure the losses are: contacts drawn again, with replacement, a thousand times (METHOD, section 10).

A touchpoint's contacts are drawn all at once, with what each felt and mentions, so that pains of the same people rise
and fall together. Who answered at two touchpoints is drawn at each for itself. The reach is taken as known: it is
counted, not sampled. Draws are of counts of alike contacts, so that many contacts take no longer than many kinds.
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from analysis.report import Interval

DRAWS = 1_000
TOP = 3
TAIL = 0.10  # beyond each bound, so that 80 % of the draws lie between them
_UNIT = 1e6  # x in whole millionths: sums of whole numbers are exact, in whatever order a machine adds them up

Losses = NDArray[np.float64]  # one a draw


class Cell(Struct, frozen=True, order=True):
    """`n` contacts who all felt `x` and mention the same themes, in their order."""

    x: float
    themes: tuple[str, ...]
    n: int


class Certainty(Struct, frozen=True):
    """The 80 % interval of a loss, and the share of draws in which it is among the TOP largest of its journey."""

    interval: Interval
    p_top: float


def drawn_losses(place: str, cells: Sequence[Cell], reach: float, themes: Sequence[str]) -> dict[str, Losses]:
    """The loss of each theme at one touchpoint in each draw; all contacts who answered there are in `cells`.

    Seeded by `place`, the name of journey and touchpoint, so that what is drawn here depends on nothing elsewhere. A
    draw in which nobody, or everybody, mentions a theme knows of no drop: its loss is 0 there.
    """
    kinds = sorted(cell for cell in cells if cell.n > 0)
    n = sum(cell.n for cell in kinds)
    if not themes or n == 0:
        return {theme: np.zeros(DRAWS) for theme in themes}
    sizes = np.array([cell.n for cell in kinds], dtype=np.float64)
    dice = np.random.Generator(np.random.PCG64(_seed(place)))
    drawn = dice.multinomial(n, sizes / sizes.sum(), size=DRAWS).astype(np.float64)
    x = np.rint(np.array([cell.x for cell in kinds]) * _UNIT)
    mentions = np.array([[float(theme in cell.themes) for theme in themes] for cell in kinds])
    n_with, sum_with = drawn @ mentions, drawn @ (x[:, None] * mentions)
    n_without, sum_without = n - n_with, (drawn @ x)[:, None] - sum_with
    is_known = (n_with > 0) & (n_without > 0)
    drop = sum_without / np.maximum(n_without, 1.0) - sum_with / np.maximum(n_with, 1.0)
    losses = np.where(is_known, reach * (n_with / n) * (np.maximum(drop, 0.0) / _UNIT), 0.0)
    return {theme: losses[:, at] for at, theme in enumerate(themes)}


def certainties(losses: Mapping[str, Losses]) -> dict[str, Certainty]:
    """By pain point, of a whole journey. In a draw equal losses stand in the order of their ids."""
    if not losses:
        return {}
    ids = sorted(losses)
    drawn = np.stack([losses[pain_id] for pain_id in ids], axis=1)
    best = np.argsort(-drawn, axis=1, kind="stable")[:, :TOP]
    n_top = np.bincount(best.ravel(), minlength=len(ids))
    drawn.sort(axis=0)
    return {pain_id: Certainty(_interval(drawn[:, at]), int(n_top[at]) / len(drawn)) for at, pain_id in enumerate(ids)}


def _interval(sorted_losses: Losses) -> Interval:
    """The draws that a tenth of all lie below, and above: no interpolation, so nothing to round."""
    beyond = int(TAIL * len(sorted_losses))
    return Interval(float(sorted_losses[beyond]), float(sorted_losses[-1 - beyond]))


def _seed(place: str) -> int:
    return int.from_bytes(hashlib.sha256(place.encode()).digest()[:8], "big")
