"""The five gaps between the records of a promise, each with its test (METHOD, section 3).

The names follow SERVQUAL (Parasuraman, Zeithaml & Berry). A gap over fewer than k contacts is not shown, one over
fewer than `tested_from` is shown without a test. The p values are two-sided and of each gap alone: whoever lists gaps
of many touchpoints adjusts them with `benjamini_hochberg`.
"""

from enum import StrEnum
from math import inf

from msgspec import Struct

from analysis.contrasts import Contrast, Term, contrast, plus_one_term
from analysis.experience import Disclosure, Estimate, disclosure_of
from analysis.promise_records import KeptReplies, PromiseRecords, TeamBelief
from analysis.promises import KeptAnswers, PairedTest, against_share
from analysis.report import Interval, ReportSettings


class GapName(StrEnum):
    """The numbers are those of SERVQUAL, whose gaps 2 and 3 lie inside the company and leave no answers."""

    KNOWLEDGE = "knowledge"  # 1: the team's guess of the expectation, minus the expectation
    COMMUNICATION = "communication"  # 4: actual minus brand promise
    SERVICE = "service"  # 5: actual minus expectation
    INSIDE_OUT = "inside_out"  # the team's guess of the experience, minus the experience
    DISCONFIRMATION = "disconfirmation"  # "compared with what we promised", as said


class Gap(Struct, frozen=True):
    """`value` is the difference of the means drawn, the interval and `p` are those of the test. In x, or in shares.

    Below 0: less than promised or expected; of the two guesses, that the team thinks too little of itself.
    """

    name: GapName
    value: float | None = None
    interval: Interval | None = None
    p: float | None = None
    n: int = 0  # the smallest number of contacts behind it
    is_share: bool = False


def gaps_of(actual: Estimate | None, records: PromiseRecords, settings: ReportSettings) -> tuple[Gap, ...]:
    """All five in the order of GapName; one that lacks a side has no value."""
    found = (
        _guess_gap(GapName.KNOWLEDGE, records.believed_expectation, records.expectation, settings),
        _communication_gap(actual, records, settings),
        _service_gap(actual, records, settings),
        _guess_gap(GapName.INSIDE_OUT, records.believed_experience, actual, settings),
        _disconfirmation_gap(records, settings),
    )
    return tuple(_disclosed(gap, settings) for gap in found)


def _guess_gap(name: GapName, guess: TeamBelief | None, measured: Estimate | None, settings: ReportSettings) -> Gap:
    """The guess is a plain level: its range is no sampling error."""
    if guess is None or measured is None:
        return Gap(name)
    test = contrast([Term(guess.mean, 0.0, inf), plus_one_term(measured, -1.0)], settings.confidence)
    return _gap(name, guess.mean - measured.mean, test, measured.n)


def _communication_gap(actual: Estimate | None, records: PromiseRecords, settings: ReportSettings) -> Gap:
    if records.brand_share is not None:
        return _share_gap(records.kept, records.brand_share, settings)
    if actual is None or records.brand_level is None:
        return Gap(GapName.COMMUNICATION)
    test = contrast([plus_one_term(actual), Term(records.brand_level, 0.0, inf, -1.0)], settings.confidence)
    return _gap(GapName.COMMUNICATION, actual.mean - records.brand_level, test, actual.n)


def _share_gap(kept: KeptReplies | None, promised: float, settings: ReportSettings) -> Gap:
    """Wilson's interval, and twice the smaller of the two exact binomial tails."""
    test = None if kept is None else against_share(KeptAnswers(kept.fully, kept.n, promised), settings.margin)
    if kept is None or kept.share is None or test is None:
        return Gap(GapName.COMMUNICATION, is_share=True)
    around = kept.interval(settings.confidence)
    return Gap(
        GapName.COMMUNICATION,
        kept.share - promised,
        Interval(around.lo - promised, around.hi - promised),
        min(1.0, 2 * min(test.p_broken, test.p_kept)),
        kept.n,
        is_share=True,
    )


def _service_gap(actual: Estimate | None, records: PromiseRecords, settings: ReportSettings) -> Gap:
    """Of the same contacts where enough of them said both, else of two samples (Welch)."""
    paired = records.paired
    if paired is not None and disclosure_of(paired.n, settings) is Disclosure.TESTED:
        return _paired_gap(paired)
    if actual is None or records.expectation is None:
        return Gap(GapName.SERVICE) if paired is None else _paired_gap(paired)
    expected = records.expectation
    test = contrast([plus_one_term(actual), plus_one_term(expected, -1.0)], settings.confidence)
    return _gap(GapName.SERVICE, actual.mean - expected.mean, test, min(actual.n, expected.n))


def _paired_gap(paired: PairedTest) -> Gap:
    return Gap(GapName.SERVICE, paired.mean, paired.interval, paired.p, paired.n)


def _disconfirmation_gap(records: PromiseRecords, settings: ReportSettings) -> Gap:
    if records.disconfirmation is None:
        return Gap(GapName.DISCONFIRMATION)
    said = records.disconfirmation.estimate
    test = contrast([plus_one_term(said)], settings.confidence)
    return _gap(GapName.DISCONFIRMATION, said.mean, test, said.n)


def _gap(name: GapName, value: float, test: Contrast, n: float) -> Gap:
    return Gap(name, value, test.interval, test.p, int(n))


def _disclosed(gap: Gap, settings: ReportSettings) -> Gap:
    disclosure = disclosure_of(gap.n, settings)
    if disclosure is Disclosure.SUPPRESSED:
        return Gap(gap.name, is_share=gap.is_share)
    if disclosure is Disclosure.INDICATIVE:
        return Gap(gap.name, gap.value, gap.interval, None, gap.n, is_share=gap.is_share)
    return gap
