"""The experience of a touchpoint: how many contacts, their mean x, how sure, what may be shown (METHOD, section 2).

The unit is a contact. Every sum is taken with fsum, so the order of the rows can't change a digit.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from math import fsum, sqrt
from typing import TypeVar

from msgspec import Struct
from scipy.special import ndtri, stdtrit

from analysis.interval import Estimate as Estimate  # who estimates finds it here
from analysis.interval import Interval
from analysis.report import Evidence, ReportSettings
from core.errors import Fault, Invalid

CONFIDENCE = 0.95
SOLID_HALF_WIDTH = 0.15
FAIR_HALF_WIDTH = 0.30
LEAST_WEIGHT = 0.2  # of post-stratification; beyond these few contacts would speak for all
MOST_WEIGHT = 5.0

Stratum = TypeVar("Stratum")


class Moments(Struct, frozen=True):
    """All that the formulas need of a sample of x. `n` is the effective n where answers were weighted."""

    n: float
    sum: float
    sum_squares: float
    is_two_valued: bool = False  # every answer is -1 or +1, as thumbs are

    @property
    def mean(self) -> float | None:
        return self.sum / self.n if self.n > 0 else None

    @property
    def squared_deviations(self) -> float:
        """The sum of squares around the mean; never negative."""
        return max(0.0, self.sum_squares - self.sum**2 / self.n) if self.n > 0 else 0.0

    def resized(self, n: float) -> "Moments":
        """The same mean and spread seen on `n` contacts; `self.n` must not be 0."""
        return Moments(n, n * (self.sum / self.n), n * (self.sum_squares / self.n), self.is_two_valued)


class Disclosure(StrEnum):
    """What may be done with figures over so many contacts."""

    SUPPRESSED = "suppressed"  # not shown at all
    INDICATIVE = "indicative"  # shown, never tested
    TESTED = "tested"


class Hidden(Struct, frozen=True):
    """Which parts of a split stay hidden, and whether their total may be shown at all."""

    parts: frozenset[str]
    is_total_shown: bool


class Shrinkage(Struct, frozen=True):
    """Empirical Bayes over groups, in their order; None for a group of nobody. `heterogeneity` is Cochran's Q."""

    within_variance: float
    between_variance: float
    heterogeneity: float | None
    centre: float | None
    factors: tuple[float | None, ...]  # B: 1 keeps the raw mean, 0 gives the common one
    means: tuple[float | None, ...]


def contact_means(answers: Iterable[tuple[Stratum, float]]) -> dict[Stratum, float]:
    """The mean x of each contact, from (contact, x): one who answered twelve times is one voice."""
    by_contact: defaultdict[Stratum, list[float]] = defaultdict(list)
    for contact, x in answers:
        by_contact[contact].append(x)
    return {contact: fsum(values) / len(values) for contact, values in by_contact.items()}


def moments_of(values: Iterable[float], *, is_two_valued: bool = False) -> Moments:
    return moments_of_counts(((x, 1) for x in values), is_two_valued=is_two_valued)


def moments_of_counts(counts: Iterable[tuple[float, int]], *, is_two_valued: bool = False) -> Moments:
    """From (x, how many contacts)."""
    pairs = list(counts)
    return Moments(
        float(sum(n for _, n in pairs)),
        fsum(x * n for x, n in pairs),
        fsum(x * x * n for x, n in pairs),
        is_two_valued,
    )


def moments_together(groups: Iterable[Moments]) -> Moments:
    """Of groups that share no contact, as one; all of one instrument, or empty."""
    found = list(groups)
    return Moments(
        fsum(m.n for m in found),
        fsum(m.sum for m in found),
        fsum(m.sum_squares for m in found),
        any(m.is_two_valued for m in found),
    )


def moments_of_weighted(values: Sequence[float], weights: Sequence[float]) -> Moments:
    """Weighted mean and mean square, carried by the effective n (Kish); weights may have any unit."""
    largest = max(weights, default=0.0)
    if largest <= 0:
        return Moments(0.0, 0.0, 0.0)
    shares = [weight / largest for weight in weights]  # so that no tiny weight underflows when squared
    total = fsum(shares)
    n = total**2 / fsum(share * share for share in shares)
    pairs = list(zip(values, shares, strict=True))
    mean = fsum(x * share for x, share in pairs) / total
    return Moments(n, n * mean, n * (fsum(x * x * share for x, share in pairs) / total))


def hajek_weights(probabilities: Iterable[float]) -> list[float]:
    """1/probability of having been asked, as recorded when the lot was drawn (Hajek 1971)."""
    drawn = list(probabilities)
    if any(not 0 < probability <= 1 for probability in drawn):
        raise Invalid(Fault("probability", "an answer needs the probability it was asked with, above 0 and at most 1"))
    return [1 / probability for probability in drawn]


def poststratification_weights(strata: Sequence[Stratum], events: Mapping[Stratum, float]) -> list[float]:
    """One weight per answer: the share of its stratum among the events over its share among the answers, trimmed.

    Strata nobody answered from are left out, because no weight can speak for them. Without events every weight is 1.
    """
    answered = Counter(strata)
    passed = fsum(events.get(stratum, 0.0) for stratum in answered)
    if passed <= 0:
        return [1.0] * len(strata)
    weights = {stratum: (events.get(stratum, 0.0) / passed) / (n / len(strata)) for stratum, n in answered.items()}
    return [min(max(weights[stratum], LEAST_WEIGHT), MOST_WEIGHT) for stratum in strata]


def recency_weights(ages_days: Iterable[float], half_life_days: float) -> list[float]:
    """Half the weight for every half-life an answer is old."""
    if half_life_days <= 0:
        raise Invalid(Fault("half_life_days", "a half-life is longer than zero days"))
    return [0.5 ** (age / half_life_days) for age in ages_days]


def estimate_of(moments: Moments, confidence: float = CONFIDENCE) -> Estimate | None:
    """The mean with the interval that suits the item: Wilson for thumbs, plus-one for all others. None over nobody.

    The plus-one interval adds half a response at -1 and half at +1 and takes Student's t on n - 1. A single contact has
    no spread to judge by: the interval is the whole scale.
    """
    mean = moments.mean
    if mean is None:
        return None
    if moments.is_two_valued:
        return _two_valued_estimate(moments.n, mean, confidence)
    n = moments.n
    centre = moments.sum / (n + 1)
    # The two half responses alone leave 1/(n+1) of variance; the bound only guards against rounding.
    variance = max((moments.sum_squares + 1) / (n + 1) - centre**2, 1 / (n + 1))
    se = sqrt(variance / (n + 1))
    return Estimate(n, mean, centre, se, _within_scale(centre, two_sided_t(n - 1, confidence) * se if n > 1 else 2.0))


def wilson(successes: float, n: float, confidence: float = CONFIDENCE) -> Interval:
    """The interval of a share (Wilson 1927); the whole of [0, 1] over nobody."""
    if n <= 0:
        return Interval(0.0, 1.0)
    centre, se = _wilson_centre(successes / n, n, two_sided_z(confidence))
    half = two_sided_z(confidence) * se
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def evidence_of(interval: Interval) -> Evidence:
    half_width = (interval.hi - interval.lo) / 2
    if half_width <= SOLID_HALF_WIDTH:
        return Evidence.SOLID
    return Evidence.FAIR if half_width <= FAIR_HALF_WIDTH else Evidence.WEAK


def disclosure_of(n_contacts: int, settings: ReportSettings, n_effective: float | None = None) -> Disclosure:
    """Showing is a question of privacy, so of contacts; testing one of evidence, so of the effective n if smaller."""
    if n_contacts < max(settings.k, 1):
        return Disclosure.SUPPRESSED
    n = n_contacts if n_effective is None else min(n_contacts, n_effective)
    return Disclosure.TESTED if n >= settings.tested_from else Disclosure.INDICATIVE


def leaves_few(whole: float, part: float, k: int) -> bool:
    """Whether subtracting a part from a whole that is shown as well gives figures of fewer than `k` contacts."""
    return 0 < whole - part < k


def hidden_parts(n_by_part: Mapping[str, int], k: int, n_total: int | None = None) -> Hidden:
    """Which parts to hide when all parts of a whole and its total stand on one page, so that nothing can be subtracted.

    The parts must add up to the total, or `n_total` says how many contacts there are in all. Parts of fewer than `k`
    contacts are hidden. One more, the smallest of the others, goes with them where they are only one, or together fewer
    than `k`. An empty part hides nobody, so it may be shown and protects nothing.

    Contacts in several parts make these add up to more than `n_total`, contacts in none to less. Where that is by fewer
    than `k`, all parts and the total would tell what those few answered: at least one part is hidden then.
    """
    parts = sorted((n, part) for part, n in n_by_part.items() if n > 0)
    small = [(n, part) for n, part in parts if n < k]
    is_total_shown = not parts or sum(n for n, _ in parts) >= k
    if small and (len(small) == 1 or sum(n for n, _ in small) < k):
        small = parts[: len(small) + 1]
    n_several = 0 if n_total is None else sum(n for n, _ in parts) - n_total
    if leaves_few(abs(n_several), 0, k):
        while len(small) < len(parts) and sum(n for n, _ in small) - max(0, n_several) < k:
            small = parts[: len(small) + 1]
    return Hidden(frozenset(part for _, part in small), is_total_shown)


def shrink(groups: Sequence[Moments]) -> Shrinkage:
    """Empirical Bayes for rankings: pooled within-variance, DerSimonian and Laird's between-variance (1986)."""
    known = [group for group in groups if group.n > 0]
    freedom = fsum(group.n - 1 for group in known)
    within = fsum(group.squared_deviations for group in known) / freedom if freedom > 0 else 0.0
    spread, between = _between_variance(known, within)
    centre = _common_mean(known, within, between)
    factors = tuple(_shrink_factor(group, within, between) for group in groups)
    means = tuple(_shrunk(group, factor, centre) for group, factor in zip(groups, factors, strict=True))
    return Shrinkage(within, between, spread / within if within > 0 else None, centre, factors, means)


def two_sided_z(confidence: float) -> float:
    return float(ndtri((1 + confidence) / 2))


def two_sided_t(freedom: float, confidence: float) -> float:
    return float(stdtrit(freedom, (1 + confidence) / 2))


def _two_valued_estimate(n: float, mean: float, confidence: float) -> Estimate:
    z = two_sided_z(confidence)
    centre, se = _wilson_centre((mean + 1) / 2, n, z)
    return Estimate(n, mean, 2 * centre - 1, 2 * se, _within_scale(2 * centre - 1, 2 * z * se))


def _wilson_centre(share: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's centre and the standard error that, times z, is his half-width."""
    inflation = 1 + z * z / n
    variance = max(0.0, share * (1 - share)) / n + z * z / (4 * n * n)
    return (share + z * z / (2 * n)) / inflation, sqrt(variance) / inflation


def _within_scale(centre: float, half_width: float) -> Interval:
    return Interval(max(-1.0, centre - half_width), min(1.0, centre + half_width))


def _between_variance(groups: Sequence[Moments], within: float) -> tuple[float, float]:
    """The spread of the means, sum n (m - mean)^2, and tau squared.

    Q is that spread over the within-variance; the moment equation is written without the division, so that groups of
    equal answers, whose within-variance is 0, need no case of their own.
    """
    n = fsum(group.n for group in groups)
    if len(groups) < 2:
        return 0.0, 0.0
    mean = fsum(group.sum for group in groups) / n
    spread = fsum(group.n * (group.sum / group.n - mean) ** 2 for group in groups)
    scaling = n - fsum(group.n**2 for group in groups) / n
    return spread, max(0.0, (spread - (len(groups) - 1) * within) / scaling)


def _common_mean(groups: Sequence[Moments], within: float, between: float) -> float | None:
    """The mean of means under random effects; where nothing varies, the mean of all contacts."""
    if not groups:
        return None
    if within == 0 and between == 0:
        return fsum(group.sum for group in groups) / fsum(group.n for group in groups)
    weights = [1 / (between + within / group.n) for group in groups]
    means = [group.sum / group.n for group in groups]
    return fsum(weight * mean for weight, mean in zip(weights, means, strict=True)) / fsum(weights)


def _shrink_factor(group: Moments, within: float, between: float) -> float | None:
    if group.n <= 0:
        return None
    noise = within / group.n
    return between / (between + noise) if noise > 0 else 1.0


def _shrunk(group: Moments, factor: float | None, centre: float | None) -> float | None:
    if group.mean is None or factor is None or centre is None:
        return None
    return factor * group.mean + (1 - factor) * centre
