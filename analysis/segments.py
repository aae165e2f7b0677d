"""A journey by segment: an interval for each cell, what differs, and the curve at a fixed mix (METHOD, section 8)."""

from collections.abc import Mapping
from math import fsum

from msgspec.structs import replace

from analysis.contrasts import contrast, plus_one_term
from analysis.experience import (
    CONFIDENCE,
    Disclosure,
    Estimate,
    Moments,
    disclosure_of,
    estimate_of,
    hidden_parts,
    moments_together,
)
from analysis.interval import Contrast
from analysis.report import ReportSettings
from analysis.segment_figures import Cell, Mixed
from analysis.verdicts import benjamini_hochberg

Cells = Mapping[str, Mapping[str, Moments]]  # by touchpoint, then by segment


def cells_of(cells: Cells, settings: ReportSettings, totals: Mapping[str, int] | None = None) -> tuple[Cell, ...]:
    """All cells, touchpoint by touchpoint; those too small to be shown are hidden, and others to protect them.

    `totals` are the contacts of each touchpoint, where some are in several segments.
    """
    found = [
        _cell(touchpoint, segment, by_segment, settings, (totals or {}).get(touchpoint))
        for touchpoint, by_segment in cells.items()
        for segment in by_segment
    ]
    p_values = {index: cell.against_rest.p for index, cell in enumerate(found) if cell.against_rest is not None}
    tested = {index: p for index, p in p_values.items() if p is not None}
    for index, q in zip(tested, benjamini_hochberg(list(tested.values())), strict=True):
        found[index] = replace(found[index], q=q, is_different=q <= settings.q)
    return tuple(found)


def standard_mix(cells: Cells) -> dict[str, float]:
    """The shares of the segments among all contacts of all touchpoints given, as the mix to compare by."""
    counts: dict[str, float] = {}
    for by_segment in cells.values():
        for segment, moments in by_segment.items():
            counts[segment] = counts.get(segment, 0.0) + moments.n
    total = fsum(counts.values())
    return {segment: n / total for segment, n in counts.items()} if total > 0 else {}


def mixed(by_segment: Mapping[str, Moments], mix: Mapping[str, float], k: int, confidence: float = CONFIDENCE) -> Mixed:
    """One touchpoint's mean as it would be with the segments in the shares of `mix`, of any unit.

    Segments too small to be shown count as one together: crude and adjusted mean side by side would give them away.
    """
    crude = moments_together(by_segment.values())
    if crude.n < max(k, 1):
        return Mixed(None, None, 0.0)
    strata = _strata(by_segment, mix, k)
    seen, total = fsum(weight for weight, _ in strata), fsum(mix.values())
    adjusted = estimate_of(_standardised(strata), confidence) if seen > 0 else None
    return Mixed(estimate_of(crude, confidence), adjusted, seen / total if total > 0 else 0.0)


def _cell(
    touchpoint: str, segment: str, by_segment: Mapping[str, Moments], settings: ReportSettings, n_total: int | None
) -> Cell:
    counts = {name: int(moments.n) for name, moments in by_segment.items()}
    estimate = estimate_of(by_segment[segment], settings.confidence)
    if estimate is None or segment in hidden_parts(counts, settings.k, n_total).parts:
        return Cell(touchpoint, segment)
    rest = moments_together(moments for name, moments in by_segment.items() if name != segment)
    return Cell(touchpoint, segment, counts[segment], estimate, _against(estimate, rest, settings))


def _against(own: Estimate, rest: Moments, settings: ReportSettings) -> Contrast | None:
    others = estimate_of(rest, settings.confidence)
    if others is None or disclosure_of(int(min(own.n, rest.n)), settings) is not Disclosure.TESTED:
        return None
    return contrast([plus_one_term(own), plus_one_term(others, -1.0)], settings.confidence)


def _strata(by_segment: Mapping[str, Moments], mix: Mapping[str, float], k: int) -> list[tuple[float, Moments]]:
    """(weight, moments) of each segment of the mix that was seen, the hidden ones together as one."""
    hidden = hidden_parts({segment: int(moments.n) for segment, moments in by_segment.items()}, k).parts
    shown = [(mix.get(segment, 0.0), moments) for segment, moments in by_segment.items() if segment not in hidden]
    pooled = moments_together(by_segment[segment] for segment in sorted(hidden))
    strata = [*shown, (fsum(mix.get(segment, 0.0) for segment in hidden), pooled)]
    return [(weight, moments) for weight, moments in strata if weight > 0 and moments.n > 0]


def _standardised(strata: list[tuple[float, Moments]]) -> Moments:
    """The weighted mean and mean square, carried by the effective n of contacts who weigh weight / n each."""
    total = fsum(weight for weight, _ in strata)
    shares = [(weight / total, moments) for weight, moments in strata]  # so that no tiny weight underflows when squared
    n = 1 / fsum(share**2 / moments.n for share, moments in shares)
    mean = fsum(share * (moments.sum / moments.n) for share, moments in shares)
    mean_square = fsum(share * (moments.sum_squares / moments.n) for share, moments in shares)
    return Moments(n, n * mean, n * mean_square, any(moments.is_two_valued for _, moments in strata))
