"""The Net Emotional Value with its interval, and arousal: from counts of picks."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.emotions import mean_arousal, net_emotional_figure
from analysis.scales import VALENCES, net_emotional_value
from surveys.instruments import EMOTIONS, PLEASANT, UNPLEASANT

COUNTS = [("happy", 7), ("angry+frustrated", 4), ("happy+surprised", 3), ("indifferent", 2)]
picks = st.lists(st.sampled_from(EMOTIONS), min_size=1, max_size=3, unique=True).map("+".join)


def test_the_figure_is_that_of_every_picker_counted_one_by_one() -> None:
    found = net_emotional_figure(COUNTS, VALENCES)
    assert found is not None
    assert found.value == pytest.approx(net_emotional_value(v.split("+") for v, n in COUNTS for _ in range(n)))
    assert found.value == pytest.approx(100 * (7 - 8 + 3) / (7 + 8 + 6 + 2))
    assert (found.n, found.unit) == (16, "points")
    assert mean_arousal(COUNTS) == pytest.approx((7 * 0.6 + 4 * 0.8 + 3 * 0.7 + 2 * 0.1) / 16)


def test_nobody_has_no_figure() -> None:
    assert net_emotional_figure([], VALENCES) is None
    assert mean_arousal([]) is None


def test_all_alike_keep_an_interval_and_one_alone_knows_nothing() -> None:
    alike = net_emotional_figure([("happy", 30)], VALENCES)
    alone = net_emotional_figure([("happy", 1)], VALENCES)
    assert alike is not None
    assert alone is not None
    assert alike.value == 100
    assert 60 < alike.interval.lo < 100 == alike.interval.hi
    assert (alone.interval.lo, alone.interval.hi) == (-100, 100)


@given(st.dictionaries(picks, st.integers(1, 50), min_size=1))
def test_every_figure_lies_on_its_scale_and_in_any_order(counts: dict[str, int]) -> None:
    found = net_emotional_figure(list(counts.items()), VALENCES)
    again = net_emotional_figure(sorted(counts.items()), VALENCES)
    assert found is not None
    assert found == again
    assert -100 <= found.interval.lo <= found.interval.hi <= 100
    assert 0 <= (mean_arousal(list(counts.items())) or 0) <= 1


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    dice, hits = Random(1), 0
    choices, weights = ["happy", "happy+hopeful", "angry", "angry+stressed+hurried", "indifferent"], [5, 2, 2, 1, 2]
    truth = 100 * (5 + 4 - 2 - 3) / (5 + 4 + 2 + 3 + 2)
    for _ in range(400):
        drawn = dice.choices(choices, weights, k=40)
        found = net_emotional_figure([(value, drawn.count(value)) for value in choices if value in drawn], VALENCES)
        assert found is not None
        hits += found.interval.lo <= truth <= found.interval.hi
    assert 0.93 <= hits / 400 <= 0.98


def test_what_surveys_call_pleasant_is_worth_more_than_nothing_and_unpleasant_less() -> None:
    assert {emotion for emotion, valence in VALENCES.items() if valence > 0} == set(PLEASANT)
    assert {emotion for emotion, valence in VALENCES.items() if valence < 0} == set(UNPLEASANT)
