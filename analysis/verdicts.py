"""The verdict on each promise of a report: broken, kept, over-delivered, or what is missing (METHOD, section 4)."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from analysis.experience import Disclosure, Moments, disclosure_of, estimate_of
from analysis.promises import KeptAnswers, PromiseTest, against_level, against_share, gap
from analysis.report import ReportSettings, Verdict

MOST_NEEDED = 10_000  # `n_needed` stops here: "10,000 or more" says that asking won't settle it


class Standing(Struct, frozen=True, kw_only=True):
    """A touchpoint as it comes to judgement: its experience, and what was promised, a level or a share or nothing.

    `n_contacts` decides what may be shown; the n of the moments, smaller where answers were weighted, what is tested.
    """

    n_contacts: int
    moments: Moments
    level: float | None = None
    share: KeptAnswers | None = None
    official_lens: Moments | None = None  # NPS only: the same answers as -1, 0, +1


class Judgement(Struct, frozen=True, kw_only=True):
    """The verdict and its figures, named as in TouchpointFigure; None where it may not be shown or makes no sense."""

    verdict: Verdict
    gap: float | None = None
    p_broken: float | None = None
    p_kept: float | None = None
    p_over_delivered: float | None = None
    q_broken: float | None = None
    q_kept: float | None = None
    q_over_delivered: float | None = None
    n_needed: int | None = None
    lens_sensitive: bool | None = None


def judge(standings: Sequence[Standing], settings: ReportSettings) -> tuple[Judgement, ...]:
    """One judgement for each touchpoint of a report, in their order; the false discovery rate is that of the whole."""
    judged = _judge_one_lens(standings, settings)
    if all(standing.official_lens is None for standing in standings):
        return judged
    otherwise = _judge_one_lens([_through_official_lens(standing) for standing in standings], settings)
    return tuple(
        _with_sensitivity(judgement, other) if standing.official_lens is not None else judgement
        for standing, judgement, other in zip(standings, judged, otherwise, strict=True)
    )


def promise_test(standing: Standing, settings: ReportSettings) -> PromiseTest | None:
    """The p values of one touchpoint, unadjusted; None without a promise or without enough to test it on."""
    if standing.share is not None:
        return against_share(standing.share, settings.margin)
    estimate = estimate_of(standing.moments, settings.confidence)
    if standing.level is None or estimate is None:
        return None
    return against_level(estimate, standing.level, settings.margin)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """q values in the order of the p values (Benjamini & Hochberg 1995)."""
    q_values = [1.0] * len(p_values)
    least = 1.0
    by_size = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank in range(len(by_size), 0, -1):
        index = by_size[rank - 1]
        least = min(least, p_values[index] * (len(p_values) / rank))  # this order of rounding keeps q >= p
        q_values[index] = least
    return q_values


def contacts_needed(standing: Standing, settings: ReportSettings, n_tested: int = 1) -> int:
    """How many more contacts, at the present mean and spread, until broken or kept is significant; 1 to MOST_NEEDED.

    Significant means p <= q for this touchpoint alone. Where it is that already and only the others of the report hold
    it back, it means p <= q / n_tested, at which it passes whatever the others say.
    """
    for level in (settings.q, settings.q / n_tested):
        if not _is_significant(promise_test(standing, settings), level):
            return _contacts_until(standing, settings, level)
    return 1


def _judge_one_lens(standings: Sequence[Standing], settings: ReportSettings) -> tuple[Judgement, ...]:
    judgements = [_unadjusted(standing, settings) for standing in standings]
    tests = {
        index: test
        for index, (standing, judgement) in enumerate(zip(standings, judgements, strict=True))
        if judgement.verdict is Verdict.UNDETERMINED and (test := promise_test(standing, settings))
    }
    q_broken = benjamini_hochberg([test.p_broken for test in tests.values()])
    q_kept = benjamini_hochberg([test.p_kept for test in tests.values()])
    q_over = benjamini_hochberg([test.p_over_delivered for test in tests.values()])
    for index, broken, kept, over in zip(tests, q_broken, q_kept, q_over, strict=True):
        verdict = _verdict(broken, kept, over, settings.q)
        needed = contacts_needed(standings[index], settings, len(tests)) if verdict is Verdict.UNDETERMINED else None
        judgements[index] = replace(
            judgements[index], verdict=verdict, q_broken=broken, q_kept=kept, q_over_delivered=over, n_needed=needed
        )
    return tuple(judgements)


def _unadjusted(standing: Standing, settings: ReportSettings) -> Judgement:
    """The judgement before Benjamini-Hochberg; `undetermined` marks those that go into it."""
    if disclosure_of(standing.n_contacts, settings) is Disclosure.SUPPRESSED:
        return Judgement(verdict=Verdict.BLIND)
    if standing.level is None and standing.share is None:
        return Judgement(verdict=Verdict.NO_PROMISE)
    disclosure, test = _disclosure_of_promise(standing, settings), promise_test(standing, settings)
    if test is None or disclosure is Disclosure.SUPPRESSED:
        return Judgement(verdict=Verdict.INDICATIVE)
    return Judgement(
        verdict=Verdict.UNDETERMINED if disclosure is Disclosure.TESTED else Verdict.INDICATIVE,
        gap=_gap(standing),
        p_broken=test.p_broken,
        p_kept=test.p_kept,
        p_over_delivered=test.p_over_delivered,
    )


def _disclosure_of_promise(standing: Standing, settings: ReportSettings) -> Disclosure:
    """Those who said whether a promised share was kept may be fewer than those who rated the touchpoint."""
    if standing.share is not None:
        return disclosure_of(int(standing.share.n), settings)
    return disclosure_of(standing.n_contacts, settings, standing.moments.n)


def _gap(standing: Standing) -> float | None:
    if standing.share is not None:
        return gap(standing.share.share, standing.share.promised)
    return gap(standing.moments.mean, standing.level)


def _verdict(q_broken: float, q_kept: float, q_over_delivered: float, q: float) -> Verdict:
    if q_broken <= q:
        return Verdict.BROKEN
    if q_kept > q:
        return Verdict.UNDETERMINED
    return Verdict.OVER_DELIVERED if q_over_delivered <= q else Verdict.KEPT


def _through_official_lens(standing: Standing) -> Standing:
    return standing if standing.official_lens is None else replace(standing, moments=standing.official_lens)


def _with_sensitivity(judgement: Judgement, other_lens: Judgement) -> Judgement:
    """None for verdicts that were never a matter of testing."""
    if judgement.q_broken is None:
        return judgement
    return replace(judgement, lens_sensitive=judgement.verdict is not other_lens.verdict)


def _is_significant(test: PromiseTest | None, level: float) -> bool:
    return test is not None and min(test.p_broken, test.p_kept) <= level


def _contacts_until(standing: Standing, settings: ReportSettings, level: float) -> int:
    """Bisects, because more contacts of the same kind only ever make the same answer surer."""
    too_few, enough = 0, MOST_NEEDED
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if _is_significant(promise_test(_grown(standing, middle), settings), level):
            enough = middle
        else:
            too_few = middle
    return enough


def _grown(standing: Standing, n_more: int) -> Standing:
    """The same mean, spread, share and weighting, seen on so many more contacts."""
    growth = (standing.n_contacts + n_more) / standing.n_contacts
    share = standing.share
    return replace(
        standing,
        moments=standing.moments.resized(standing.moments.n * growth) if standing.moments.n > 0 else standing.moments,
        share=replace(share, n_kept=share.n_kept * growth, n=share.n * growth) if share is not None else None,
    )
