"""How sure the losses are: contacts drawn again, with replacement, a thousand times (METHOD, section 10).

A touchpoint's contacts are drawn all at once, with what each felt and mentions, so that pains of the same people rise
and fall together. Who answered at two touchpoints is drawn at each for itself. The reach is taken as known: it is
counted, not sampled. Draws are of counts of alike contacts, so that many contacts take no longer than many kinds.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from analysis.report import Interval

DRAWS = 1_000
AT_A_TIME = 50
MANY_KINDS = 1_000
ALIKE = 4  # contacts a kind
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
    sizes = np.array([cell.n for cell in kinds])
    dice = np.random.Generator(np.random.PCG64(_seed(place)))
    x = np.rint(np.array([cell.x for cell in kinds]) * _UNIT).astype(np.int64)
    who = _who_mentions(kinds, themes)
    sums = np.concatenate([_sums(counts, x, who) for counts in _drawn(dice, sizes)])
    n_with, sum_with, everybody = sums[:, : len(themes)], sums[:, len(themes) : -1], sums[:, -1:]
    n_without, sum_without = n - n_with, everybody - sum_with
    is_known = (n_with > 0) & (n_without > 0)
    drop = sum_without / np.maximum(n_without, 1.0) - sum_with / np.maximum(n_with, 1.0)
    losses = np.where(is_known, reach * (n_with / n) * (np.maximum(drop, 0.0) / _UNIT), 0.0)
    return {theme: losses[:, at] for at, theme in enumerate(themes)}


def _drawn(dice: np.random.Generator, sizes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """How often each kind is drawn, a row a draw, a few draws at a time: all of them would be much to hold.

    Where nearly every contact is a kind of its own, contacts are drawn one by one, which is a few times faster than a
    lot over so many kinds and comes to the same.
    """
    n, n_kinds = int(sizes.sum()), len(sizes)
    if n_kinds <= MANY_KINDS or n > ALIKE * n_kinds:
        for _ in range(DRAWS // AT_A_TIME):
            yield dice.multinomial(n, sizes / n, size=AT_A_TIME)
        return
    kind_of = np.repeat(np.arange(n_kinds), sizes)
    offsets = n_kinds * np.arange(AT_A_TIME)[:, None]
    for _ in range(DRAWS // AT_A_TIME):
        places = kind_of[dice.integers(0, n, size=(AT_A_TIME, n))] + offsets
        yield np.bincount(places.ravel(), minlength=AT_A_TIME * n_kinds).reshape(AT_A_TIME, n_kinds)


def _who_mentions(kinds: Sequence[Cell], themes: Sequence[str]) -> list[NDArray[np.int64]]:
    """For each theme the places of the kinds that mention it."""
    found: dict[str, list[int]] = {theme: [] for theme in themes}
    for at, cell in enumerate(kinds):
        for theme in cell.themes:
            if theme in found:
                found[theme].append(at)
    return [np.array(found[theme], dtype=np.int64) for theme in themes]


def _sums(counts: NDArray[np.int64], x: NDArray[np.int64], who: Sequence[NDArray[np.int64]]) -> Losses:
    """A row a draw: of each theme how many mention it, then of each the sum of their x, then the sum of all x.

    Few kinds mention a theme, so they are looked up; and all is whole numbers, so that every sum is exact.
    """
    n_with = [counts[:, own].sum(axis=1) for own in who]
    sum_with = [counts[:, own] @ x[own] for own in who]
    return np.stack([*n_with, *sum_with, counts @ x], axis=1).astype(np.float64)


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
