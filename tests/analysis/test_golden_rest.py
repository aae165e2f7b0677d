"""The worked results of the method's later sections: peaks, drivers, asking, before and after, segments."""

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.asking_weights import hajek_estimate
from analysis.before_after import Counts, Sides, change_of, felt_of
from analysis.drivers import relative_weights
from analysis.experience import (
    Estimate,
    Moments,
    estimate_of,
    moments_of_counts,
    moments_of_weighted,
    poststratification_weights,
)
from analysis.importance import opportunity
from analysis.peaks import landmarks_of
from analysis.planner import contacts_per_group
from analysis.report import ActionVerdict, ReportSettings
from analysis.scales import experience_on_points
from analysis.segments import mixed
from analysis.summaries import peak_end
from analysis.text.theme_terms import ctfidf
from feedback.deciding.lottery import asked_first_come

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "golden" / "golden.json").read_text())
JOURNEY: list[dict[str, Any]] = GOLDEN["journey"]
SETTINGS = ReportSettings()


def exactly(value: Any) -> Any:
    """To 1e-5: the golden values are rounded to five or six decimals."""
    return pytest.approx(value, abs=1e-5, rel=0)


def counts_of(counts: list[int]) -> Counts:
    """x with its count, from the counts of the points of a scale, worst first."""
    return [(experience_on_points(rating, len(counts)), n) for rating, n in enumerate(counts, start=1)]


def estimated(row: dict[str, Any]) -> Estimate:
    estimate = estimate_of(moments_of_counts(counts_of(row["counts"])))
    assert estimate is not None
    return estimate


@pytest.fixture(scope="module")
def tested_rows() -> list[dict[str, Any]]:
    return [row for row in JOURNEY if row["n"] >= SETTINGS.tested_from]


def test_the_pit_and_the_peak_of_a_journey(tested_rows: list[dict[str, Any]]) -> None:
    golden = GOLDEN["peak"]
    assert [row["name"] for row in tested_rows] == golden["names"]
    landmarks = landmarks_of({row["name"]: estimated(row) for row in tested_rows})
    extremities = [landmarks.extremities[name] for name in golden["names"]]
    assert [extremity.p_worst for extremity in extremities] == pytest.approx(golden["P_worst"], abs=0.005, rel=0)
    assert [extremity.p_best for extremity in extremities] == pytest.approx(golden["P_best"], abs=0.005, rel=0)
    assert (landmarks.pit, landmarks.peak) == ("T4 Implementation", "T2 Demo")


def test_peak_and_end(tested_rows: list[dict[str, Any]]) -> None:
    golden = GOLDEN["peak_end"]
    found = peak_end([estimated(row).mean for row in tested_rows])
    assert found is not None
    assert [found.mean, found.extreme, found.end, found.peak_end] == exactly(
        [golden[name] for name in ("mean", "most_extreme_vs_mean", "end", "peak_end")]
    )


def test_drivers_share_out_the_variance() -> None:
    golden = GOLDEN["drivers"]
    weights = relative_weights(golden["R"], golden["ry"])
    assert weights.r_squared == exactly(golden["R2"])
    assert weights.johnson == exactly(golden["johnson"])
    assert weights.shapley == exactly(golden["shapley"])


def test_an_opportunity_is_important_and_unsatisfied() -> None:
    golden = GOLDEN["ulwick"]
    assert opportunity(golden["I"], golden["S"]) == exactly(golden["opp"])


def test_terms_that_set_a_class_apart() -> None:
    """Golden gives no counts; four "late" and three "delivery" against one "late" and five "app" have these weights."""
    found = ctfidf({"A": {"late": 4, "delivery": 3}, "B": {"late": 1, "app": 5}})
    assert found.keys() == GOLDEN["ctfidf"].keys()
    for name, terms in GOLDEN["ctfidf"].items():
        assert found[name] == exactly(terms)


def test_the_estimate_of_a_lottery() -> None:
    """40 contacts asked with probability .8 and 10 asked with .2: raw .44, weighted .20."""
    golden = GOLDEN["hajek"]
    estimate = hajek_estimate([0.6] * 40 + [-0.2] * 10, [0.8] * 40 + [0.2] * 10)
    assert estimate is not None
    assert [estimate.mean, estimate.n] == exactly([golden["weighted"], golden["n_eff"]])


def test_the_mix_of_events_and_the_post_stratified_estimate_agree() -> None:
    """Two ways to one number: weights per answer, and strata at a fixed mix."""
    golden = GOLDEN["poststrat"]
    weights = poststratification_weights(["shop"] * 80 + ["phone"] * 20, {"shop": 300, "phone": 300})
    by_weight = estimate_of(moments_of_weighted([0.8] * 80 + [0.2] * 20, weights))
    strata = {"shop": moments_of_counts([(0.8, 80)]), "phone": moments_of_counts([(0.2, 20)])}
    by_mix = mixed(strata, {"shop": 300, "phone": 300}, SETTINGS.k).adjusted
    for estimate in (by_weight, by_mix):
        assert estimate is not None
        assert [estimate.mean, estimate.n] == exactly([golden["weighted"], golden["n_eff"]])


def test_first_come_asking_starves_the_steps_between() -> None:
    golden = GOLDEN["quarantine"]
    assert asked_first_come(golden["days"], golden["rule"]) == golden["asked_steps"]


def test_before_and_after_net_of_regression_to_the_mean() -> None:
    golden = GOLDEN["before_after"]
    others = [Sides(felt_of(counts_of(row["counts"]))) for row in JOURNEY if row["name"] != "T4 Implementation"]
    touched = Sides(felt_of(counts_of(golden["before"])), felt_of(counts_of(golden["after"])))
    change = change_of(touched, others, SETTINGS)
    difference = change.difference
    assert difference is not None
    assert difference.interval is not None
    assert change.net is not None
    assert [difference.value, difference.t, difference.p] == exactly(
        [golden[name] for name in ("diff", "welch_t", "p")]
    )
    assert difference.freedom == pytest.approx(golden["df"], abs=5.1e-5, rel=0)
    assert [difference.interval.lo, difference.interval.hi] == exactly(golden["ci"])
    assert change.p_after_better == exactly(golden["P_after_better"])
    assert change.expected_regression == exactly(golden["expected_regression_to_mean"])
    assert change.net.value == exactly(golden["diff_net_of_rtm"])
    assert change.verdict is ActionVerdict.IMPROVED


@pytest.mark.parametrize(("difference", "n"), [(0.1, "sd.6 d0.1"), (0.2, "sd.6 d0.2"), (0.3, "sd.6 d0.3")])
def test_the_planner(difference: float, n: str) -> None:
    assert contacts_per_group(difference, spread=0.6) == GOLDEN["mde_n_per_group"][n]


def test_a_mix_that_shifts_is_no_change_for_the_worse() -> None:
    """Simpson: every segment rises while the crude mean falls."""
    golden = GOLDEN["simpson"]
    mix = {segment: float(n) for segment, (n, _) in golden["jan"].items()}
    months = [
        mixed({segment: Moments(n, n * mean, n * mean**2) for segment, (n, mean) in month.items()}, mix, SETTINGS.k)
        for month in (golden["jan"], golden["feb"])
    ]
    assert [month.crude.mean for month in months if month.crude] == exactly(golden["crude"])
    assert [month.adjusted.mean for month in months if month.adjusted] == exactly(golden["mix_adjusted_to_jan"])
