"""Against the period before: a direction only where the test says so, and only what one instrument measured twice."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from analysis.compare_periods import PeriodChange, compare
from analysis.contrasts import contrast, plus_one_term
from analysis.experience import estimate_of, moments_of, moments_of_counts
from analysis.gap_words import q_in_words
from analysis.load_overlays import period_before
from analysis.load_report import load_report
from analysis.official import NpsCounts, newcombe, official_figures
from analysis.period_words import change_in_words, official_change_in_words
from analysis.report import JourneyReport, TouchpointFigure
from analysis.scales import experience_of
from analysis.score_responses import score_responses
from analysis.trend_figures import Direction
from analysis.verdicts import benjamini_hochberg
from core.templating import template_environment
from surveys.instruments import Instrument
from tests.analysis.answers import contacts_of, given, noon, nps_difference, sums_of
from tests.analysis.curve_reports import report_of, touchpoint
from tests.analysis.test_comparisons import PERIOD, TODAY
from tests.factories import Hands, make_journey
from tests.people import People

faces = st.lists(st.integers(1, 5), min_size=5, max_size=60)


def answered(key: str, values: list[int], instrument: Instrument = Instrument.ANCHOR, **more: Any) -> TouchpointFigure:
    """A touchpoint as a report shows it, each value by a contact of its own."""
    counts = tuple((value, values.count(value)) for value in sorted(set(values)))
    estimate = estimate_of(moments_of_counts([(experience_of(instrument, value), n) for value, n in counts]))
    assert estimate is not None
    figure = touchpoint(key, estimate.mean, n=len(values), instrument=instrument.value)
    return replace(
        figure,
        centre=estimate.centre,
        se=estimate.se,
        interval=estimate.interval,
        distribution=counts,
        official=official_figures(instrument, sums_of(instrument, counts)),
        **more,
    )


def changed(before: list[TouchpointFigure], after: list[TouchpointFigure]) -> tuple[PeriodChange, ...]:
    return compare(report_of(*after), report_of(*before))


def test_a_change_is_tested_with_welch_and_adjusted_over_all_that_are_tested() -> None:
    then, now = [2, 3, 3, 2, 1, 3, 2, 4, 2, 3, 2, 3], [4, 5, 4, 5, 5, 4, 3, 5, 4, 5, 4]
    same = [3, 4, 2, 3, 5, 4, 3, 2, 4, 3]
    found = changed(
        [answered("a", then), answered("b", same), answered("c", same[:6])],
        [answered("a", now), answered("b", same[::-1]), answered("c", now[:6])],
    )
    assert [(change.key, change.direction) for change in found] == [("a", Direction.UP), ("b", None), ("c", None)]
    sides = [estimate_of(moments_of([(face - 3) / 2 for face in side])) for side in (now, then)]
    assert sides[0] is not None
    assert sides[1] is not None
    test = contrast([plus_one_term(sides[0]), plus_one_term(sides[1], -1.0)])
    assert (found[0].p, found[0].interval) == (test.p, test.interval)
    assert found[0].difference == pytest.approx(sides[0].mean - sides[1].mean)
    assert [found[0].q, found[1].q] == benjamini_hochberg([change.p for change in found[:2] if change.p is not None])
    assert (found[2].p, found[2].q) == (None, None)  # six contacts: shown, never tested
    assert [change_in_words(change) for change in found] == ["better", "no clear change", "not tested"]


def test_many_quiet_touchpoints_hold_a_weak_change_back() -> None:
    then, now = [3, 2, 4, 3, 2, 3, 3, 4, 2, 3] * 2, [4, 3, 4, 3, 2, 4, 3, 4, 4, 3] * 2
    [alone] = changed([answered("a", then)], [answered("a", now)])
    quiet = [answered(f"t{at}", then) for at in range(11)]
    among = changed([answered("a", then), *quiet], [answered("a", now), *quiet])
    assert (alone.direction, among[0].direction) == (Direction.UP, None)
    assert alone.p == among[0].p


def test_only_one_instrument_is_compared_and_only_what_both_show() -> None:
    values = [5, 4, 5, 3, 5, 5, 4, 5, 4, 5]
    found = changed(
        [answered("a", values), touchpoint("b"), answered("gone", values)],
        [answered("a", values, Instrument.CSAT), answered("b", values), touchpoint("gone")],
    )
    [change] = found
    assert (change.key, change.is_measured_otherwise, change.difference, change.q) == ("a", True, None, None)
    assert change_in_words(change) == "measured otherwise before"


def test_official_scores_have_their_own_tests() -> None:
    low, high = [6] * 12 + [8] * 5 + [9] * 3, [6] * 4 + [8] * 6 + [10] * 12
    [change] = changed([answered("a", low, Instrument.NPS)], [answered("a", high, Instrument.NPS)])
    [nps] = change.official
    expected = nps_difference(NpsCounts(3, 5, 12), NpsCounts(12, 6, 4))
    assert expected is not None
    assert (nps.before, nps.after) == pytest.approx((-45, 100 * 8 / 22))
    assert (nps.difference, nps.z, nps.p) == (expected.points, expected.z, expected.p)
    assert official_change_in_words(nps).startswith("NPS +81.4 (z\xa0+")
    few = changed([answered("a", low[9:16], Instrument.NPS)], [answered("a", high, Instrument.NPS)])
    assert official_change_in_words(few[0].official[0]).startswith("NPS +")
    assert few[0].official[0].z is None


def test_shares_are_compared_even_where_the_curve_draws_something_else() -> None:
    satisfied = official_figures(Instrument.CSAT, sums_of(Instrument.CSAT, [(2, 18), (5, 42)]))
    more = official_figures(Instrument.CSAT, sums_of(Instrument.CSAT, [(2, 7), (4, 55)]))
    values = [4] * 12
    [change] = changed([answered("a", values)], [answered("a", values)])
    assert change.official == ()
    before, after = (replace(answered("a", values), official=found) for found in (satisfied, more))
    [share] = changed([before], [after])[0].official
    expected = newcombe((42, 60), (55, 62))
    assert expected is not None
    assert (share.difference, share.interval) == (expected.difference, expected.interval)
    assert official_change_in_words(share) == "CSAT top-2-box +19\xa0pp (+4 to +32)"


@for_all(st.lists(st.tuples(faces, faces), max_size=6))
def test_there_and_back_is_the_same_change(pairs: list[tuple[list[int], list[int]]]) -> None:
    before = [answered(str(at), then) for at, (then, _) in enumerate(pairs)]
    after = [answered(str(at), now) for at, (_, now) in enumerate(pairs)]
    turned = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP, None: None}
    for there, back in zip(changed(before, after), changed(after, before), strict=True):
        assert there.difference == -(back.difference or 0)
        assert there.p == pytest.approx(back.p)
        assert there.q == pytest.approx(back.q)
        assert there.direction is turned[back.direction]
        assert there.direction is None or (there.q is not None and there.q <= 0.10)
        assert there.interval is not None
        assert there.direction is None or there.interval.lo <= (there.difference or 0) <= there.interval.hi


def page_of(report: JourneyReport, found: tuple[PeriodChange, ...]) -> str:
    words = {
        "change_in_words": change_in_words,
        "official_change_in_words": official_change_in_words,
        "q_in_words": q_in_words,
    }
    macros = template_environment().get_template("analysis/report_tables.html").make_module(words)
    return str(macros.changes(report, found, "/touchpoints/"))  # type: ignore[attr-defined]


async def test_a_report_is_compared_with_the_days_before(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    for at, contact in enumerate(await contacts_of(people.acme, 26)):
        is_late = at >= 14
        day = TODAY - timedelta(days=0 if is_late else 100)
        face = 5 - at % 2 if is_late else 1 + at % 3
        await given(people.acme, contact, noon(day), ("felt", "anchor", face), ("nps", "nps", 9))
    await score_responses(hands.now)
    report = await load_report(people.acme, "buying", PERIOD)
    earlier = await load_report(people.acme, "buying", period_before(report))
    [change] = compare(report, earlier)
    assert (change.key, change.n_before, change.n_after, change.direction) == ("delivery", 14, 12, Direction.UP)
    [nps] = change.official  # the NPS beside the faces
    assert (nps.name, nps.before, nps.after, nps.difference) == ("NPS", 100, 100, 0)
    page = page_of(report, (change,))
    assert ">better</span>" in page
    assert "14, then 12" in page
    assert "under 0.001" in page
    assert "nan" not in page.lower()
    assert compare(earlier, report_of()) == ()
