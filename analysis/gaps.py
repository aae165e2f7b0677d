"""The five gaps between the records of a promise, each with its test (METHOD, section 3).

The names follow SERVQUAL (Parasuraman, Zeithaml & Berry). A gap over fewer than k contacts is not shown, one over
fewer than `tested_from` is shown without a test. The p values are two-sided and of each gap alone; over the touchpoints
of a report they are adjusted with Benjamini-Hochberg, each kind of gap by itself.
"""

from collections.abc import Sequence
from math import inf

from msgspec.structs import replace

from analysis.contrasts import Term, contrast, plus_one_term
from analysis.experience import Disclosure, Estimate, disclosure_of
from analysis.interval import Contrast
from analysis.promise_records import PromiseRecords, TeamBelief
from analysis.promises import KeptAnswers, PairedTest, against_share, kept_interval
from analysis.report import Gap, GapName, Interval, ReportSettings
from analysis.verdicts import benjamini_hochberg


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


def adjusted(gaps_by_touchpoint: Sequence[tuple[Gap, ...]]) -> list[tuple[Gap, ...]]:
    """The gaps of all touchpoints of a report, with their q values."""
    tested = [(at, gap) for at, gaps in enumerate(gaps_by_touchpoint) for gap in gaps if gap.p is not None]
    q_values: dict[tuple[int, GapName], float] = {}
    for name in GapName:
        family = [(at, gap.p) for at, gap in tested if gap.name is name and gap.p is not None]
        for (at, _), q in zip(family, benjamini_hochberg([p for _, p in family]), strict=True):
            q_values[at, name] = q
    return [
        tuple(replace(gap, q=q_values.get((at, gap.name))) for gap in gaps)
        for at, gaps in enumerate(gaps_by_touchpoint)
    ]


def _guess_gap(name: GapName, guess: TeamBelief | None, measured: Estimate | None, settings: ReportSettings) -> Gap:
    """The guess is a plain level: its range is no sampling error."""
    if guess is None or measured is None:
        return Gap(name)
    test = contrast([Term(guess.mean, 0.0, inf), plus_one_term(measured, -1.0)], settings.confidence)
    return _gap(name, guess.mean - measured.mean, test, measured.n)


def _communication_gap(actual: Estimate | None, records: PromiseRecords, settings: ReportSettings) -> Gap:
    if records.delivered is not None:
        return _share_gap(records.delivered, settings)
    judged = records.judged or actual
    if judged is None or records.brand_level is None:
        return Gap(GapName.COMMUNICATION)
    test = contrast([plus_one_term(judged), Term(records.brand_level, 0.0, inf, -1.0)], settings.confidence)
    return _gap(GapName.COMMUNICATION, judged.mean - records.brand_level, test, judged.n)


def _share_gap(delivered: KeptAnswers, settings: ReportSettings) -> Gap:
    """Wilson's interval, and twice the smaller of the two exact binomial tails."""
    test = against_share(delivered, settings.margin)
    if delivered.share is None or test is None:
        return Gap(GapName.COMMUNICATION, is_share=True)
    around, promised = kept_interval(delivered, settings.confidence), delivered.promised
    return Gap(
        GapName.COMMUNICATION,
        delivered.share - promised,
        Interval(around.lo - promised, around.hi - promised),
        min(1.0, 2 * min(test.p_broken, test.p_kept)),
        n=int(delivered.n),
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
    return Gap(GapName.SERVICE, paired.mean, paired.interval, paired.p, n=paired.n, is_paired=True)


def _disconfirmation_gap(records: PromiseRecords, settings: ReportSettings) -> Gap:
    if records.disconfirmation is None:
        return Gap(GapName.DISCONFIRMATION)
    said = records.disconfirmation.estimate
    test = contrast([plus_one_term(said)], settings.confidence)
    return _gap(GapName.DISCONFIRMATION, said.mean, test, said.n)


def _gap(name: GapName, value: float, test: Contrast, n: float) -> Gap:
    return Gap(name, value, test.interval, test.p, n=int(n))


def _disclosed(gap: Gap, settings: ReportSettings) -> Gap:
    disclosure = disclosure_of(gap.n, settings)
    if disclosure is Disclosure.SUPPRESSED:
        return Gap(gap.name, is_share=gap.is_share)
    if disclosure is Disclosure.INDICATIVE:
        return replace(gap, p=None)
    return gap
