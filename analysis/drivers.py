"""What the overall answer goes with: Johnson's relative weights and Shapley's (LMG), with bootstrap intervals.

Both share out R squared among drivers that are correlated themselves (Johnson 2000; Lindeman, Merenda & Gold 1980).
Association, not cause: `LABEL` goes wherever these figures go. (METHOD, section 5)
"""

from collections.abc import Iterator, Sequence
from math import factorial

# At the top, because scipy.special, which every figure needs, has loaded it already.
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from analysis.experience import CONFIDENCE
from analysis.report import Interval

LABEL = "association, not cause"
LEAST_CONTACTS = 100
CONTACTS_PER_DRIVER = 10
MOST_SHARED = 12  # drivers that Shapley can take: it looks at every subset, 4,096 of twelve
DRAWS = 500
SEED = 20_000
_NOTHING = 1e-10  # an eigenvalue or a rest of variance below this is rounding

Floats = NDArray[np.float64]


class Weights(Struct, frozen=True):
    """R squared and its parts in the order of the drivers, adding up to it; Shapley for up to MOST_SHARED drivers."""

    r_squared: float
    johnson: tuple[float, ...]
    shapley: tuple[float, ...] | None


class Driver(Struct, frozen=True):
    """A driver's part of R squared both ways, and its plain correlation with the outcome, for the sign."""

    name: str
    correlation: float
    johnson: float
    johnson_interval: Interval
    shapley: float | None
    shapley_interval: Interval | None


class DriverAnalysis(Struct, frozen=True):
    """No drivers where contacts are fewer than `n_needed`, or where everybody says the same.

    `unvaried` names those left out because all contacts gave them the same answer.
    """

    n: int
    n_needed: int
    r_squared: float | None
    drivers: tuple[Driver, ...]
    unvaried: tuple[str, ...]
    label: str = LABEL


def contacts_needed(n_drivers: int) -> int:
    """How many contacts it takes to compare so many drivers."""
    return max(LEAST_CONTACTS, CONTACTS_PER_DRIVER * n_drivers)


def relative_weights(correlations: Sequence[Sequence[float]], with_outcome: Sequence[float]) -> Weights:
    """From the correlations of the drivers among themselves and with the outcome."""
    if not with_outcome:
        return Weights(0.0, (), ())
    among, outcome = np.array([correlations], dtype=np.float64), np.array([with_outcome], dtype=np.float64)
    johnson, shapley = _johnson(among, outcome)[0], _shapley(among, outcome)
    shared = None if shapley is None else tuple(float(part) for part in shapley[0])
    return Weights(float(johnson.sum()), tuple(float(part) for part in johnson), shared)


def drivers_of(
    names: Sequence[str],
    rows: Sequence[Sequence[float | None]],
    outcome: Sequence[float | None],
    confidence: float = CONFIDENCE,
) -> DriverAnalysis:
    """One row per contact: x at each driver, and x of the overall answer. Rows with a hole are left out."""
    complete = _complete_rows(rows, outcome)
    n_needed = contacts_needed(len(names))
    if not names or len(complete) < n_needed:
        return DriverAnalysis(len(complete), n_needed, None, (), ())
    table = np.array(complete, dtype=np.float64)
    varies = np.ptp(table, axis=0) > 0
    unvaried = tuple(name for name, is_varied in zip(names, varies[:-1], strict=True) if not is_varied)
    if not varies[-1] or len(unvaried) == len(names):
        return DriverAnalysis(len(complete), n_needed, None, (), unvaried)
    kept = tuple(name for name in names if name not in unvaried)
    return _analysis(kept, table[:, varies], n_needed, unvaried, confidence)


def _complete_rows(rows: Sequence[Sequence[float | None]], outcome: Sequence[float | None]) -> list[list[float]]:
    """In the order of their values, so that the order of the contacts can't change the draws."""
    joined = ([*row, y] for row, y in zip(rows, outcome, strict=True))
    return sorted([x for x in row if x is not None] for row in joined if None not in row)


def _analysis(
    names: Sequence[str], table: Floats, n_needed: int, unvaried: tuple[str, ...], confidence: float
) -> DriverAnalysis:
    own = _correlations(table)
    drawn = _redrawn(table)
    p = len(names)
    weights = relative_weights(own[:p, :p].tolist(), own[:p, p].tolist())
    johnson = _bounds(_johnson(drawn[:, :p, :p], drawn[:, :p, p]), confidence)
    redrawn_shapley = _shapley(drawn[:, :p, :p], drawn[:, :p, p])
    shapley = None if redrawn_shapley is None else _bounds(redrawn_shapley, confidence)
    drivers = tuple(
        Driver(
            name=name,
            correlation=float(own[index, p]),
            johnson=weights.johnson[index],
            johnson_interval=johnson[index],
            shapley=weights.shapley[index] if weights.shapley else None,
            shapley_interval=shapley[index] if shapley else None,
        )
        for index, name in enumerate(names)
    )
    return DriverAnalysis(len(table), n_needed, weights.r_squared, drivers, unvaried)


def _redrawn(table: Floats) -> Floats:
    """The correlation matrices of DRAWS samples of the same contacts, drawn with replacement."""
    random = np.random.default_rng(SEED)
    return np.stack([_correlations(table[random.integers(len(table), size=len(table))]) for _ in range(DRAWS)])


def _correlations(table: Floats) -> Floats:
    """Of the columns; one that doesn't vary in this sample is correlated with nothing."""
    deviations = table - table.mean(axis=0)
    products = deviations.T @ deviations
    spread = np.sqrt(np.diag(products))
    scale = np.where(spread > _NOTHING, spread, 1.0)
    correlations: Floats = np.clip(products / np.outer(scale, scale), -1.0, 1.0)
    np.fill_diagonal(correlations, 1.0)
    return correlations


def _bounds(drawn: Floats, confidence: float) -> tuple[Interval, ...]:
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return tuple(Interval(float(lo), float(hi)) for lo, hi in zip(low, high, strict=True))


def _johnson(among: Floats, with_outcome: Floats) -> Floats:
    """The parts of R squared, shape (samples, drivers), of correlations of shape (samples, drivers, drivers).

    The drivers are replaced by the uncorrelated variables nearest to them, whose parts are plain squares, and these are
    carried back. Directions without variance carry nothing.
    """
    values, vectors = np.linalg.eigh(among)
    is_real = values > _NOTHING
    root = np.sqrt(np.where(is_real, values, 0.0))
    inverse = np.where(is_real, 1 / np.where(is_real, root, 1.0), 0.0)
    turned = vectors.swapaxes(-1, -2)
    nearest = (vectors * root[:, None, :]) @ turned  # correlations of the drivers with the uncorrelated ones
    slopes = ((vectors * inverse[:, None, :]) @ turned @ with_outcome[..., None])[..., 0]
    parts: Floats = np.einsum("sij,sj->si", nearest**2, slopes**2)
    return parts


def _shapley(among: Floats, with_outcome: Floats) -> Floats | None:
    """The mean gain of R squared by each driver over all orders in which they may enter; shape (samples, drivers)."""
    p = with_outcome.shape[1]
    if p > MOST_SHARED:
        return None
    orders = [factorial(size) * factorial(p - size - 1) / factorial(p) for size in range(p)]
    parts = np.zeros_like(with_outcome)
    for subset, r_squared in _subsets(among, with_outcome, np.zeros(len(among)), (), range(p)):
        size, is_member = len(subset), np.isin(np.arange(p), subset)
        parts[:, is_member] += orders[size - 1] * r_squared[:, None]
        if size < p:
            parts[:, ~is_member] -= orders[size] * r_squared[:, None]
    return parts


def _subsets(
    rest: Floats, covariances: Floats, r_squared: Floats, chosen: tuple[int, ...], open_: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], Floats]]:
    """Every non-empty subset once with its R squared: each driver enters after those before it, by elimination.

    `rest` and `covariances` are what the drivers in `open_` still hold once the `chosen` ones are accounted for.
    """
    for index, driver in enumerate(open_):
        variance = rest[:, index, index]
        pivot = np.where(variance > _NOTHING, variance, np.inf)  # a driver that adds nothing gains nothing
        gained = r_squared + covariances[:, index] ** 2 / pivot
        yield (*chosen, driver), gained
        after = slice(index + 1, None)
        column = rest[:, after, index] / pivot[:, None]
        yield from _subsets(
            rest[:, after, after] - column[:, :, None] * rest[:, None, index, after],
            covariances[:, after] - column * covariances[:, index, None],
            gained,
            (*chosen, driver),
            open_[index + 1 :],
        )
