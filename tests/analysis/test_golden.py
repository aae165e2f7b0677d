"""The worked results of the method, reproduced to the digits they are given with."""

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.blind_spots import worst_case_bounds
from analysis.experience import (
    Estimate,
    Moments,
    estimate_of,
    hajek_weights,
    moments_of,
    moments_of_counts,
    moments_of_weighted,
    poststratification_weights,
    shrink,
    wilson,
)
from analysis.official import (
    NpsCounts,
    adjusted_wald_interval,
    newcombe,
    nps,
    official_figures,
    wald_interval,
)
from analysis.pains.loss import loss_per_month
from analysis.promises import KeptAnswers, against_share, disconfirmation, kept_interval, paired_difference
from analysis.report import Interval, ReportSettings
from analysis.scales import (
    VALENCES,
    calibrated_valence,
    experience_of,
    experience_on_points,
    net_emotional_value,
    official_nps_lens,
    picker_experience,
)
from analysis.verdicts import Judgement, Standing, benjamini_hochberg, judge, promise_test
from surveys.instruments import SCALES, Instrument
from tests.analysis.answers import nps_difference, sums_of

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "golden" / "golden.json").read_text())
JOURNEY: list[dict[str, Any]] = GOLDEN["journey"]
JOURNEY_NAMES = [row["name"] for row in JOURNEY]
INSTRUMENTS = {
    "csat5": Instrument.CSAT,
    "smiley5": Instrument.ANCHOR,
    "ces7": Instrument.CES,
    "nps": Instrument.NPS,
}
SETTINGS = ReportSettings()


def exactly(value: Any) -> Any:
    """To 1e-5: the golden values are rounded to five or six decimals."""
    return pytest.approx(value, abs=1e-5, rel=0)


def in_four_decimals(value: Any) -> Any:
    """For golden values that are given with four decimals only."""
    return pytest.approx(value, abs=5.1e-5, rel=0)


def bounds(interval: Interval) -> list[float]:
    return [interval.lo, interval.hi]


def distribution_of(row: dict[str, Any]) -> list[tuple[int, int]]:
    return list(zip(SCALES[INSTRUMENTS[row["type"]]].points, row["counts"], strict=True))


def moments_of_row(row: dict[str, Any]) -> Moments:
    return moments_of_counts((experience_of(INSTRUMENTS[row["type"]], value), n) for value, n in distribution_of(row))


def official_moments(row: dict[str, Any]) -> Moments | None:
    if row["type"] != "nps":
        return None
    return moments_of_counts((official_nps_lens(value), n) for value, n in distribution_of(row))


def estimated(moments: Moments) -> Estimate:
    estimate = estimate_of(moments)
    assert estimate is not None
    return estimate


@pytest.fixture(scope="module")
def judgements() -> dict[str, Judgement]:
    standings = [
        Standing(
            n_contacts=row["n"],
            moments=moments_of_row(row),
            level=row["promise"],
            official_lens=official_moments(row),
        )
        for row in JOURNEY
    ]
    return dict(zip(JOURNEY_NAMES, judge(standings, SETTINGS), strict=True))


def test_every_instrument_maps_onto_the_same_scale() -> None:
    assert {
        "csat5_4": experience_of(Instrument.CSAT, 4),
        "ces7_5": experience_of(Instrument.CES, 5),
        "ces1_2of5_reversed": experience_of(Instrument.CES1, 2),
        "nps_8": experience_of(Instrument.NPS, 8),
        "nps_6": experience_of(Instrument.NPS, 6),
        "smiley3_1": experience_on_points(1, 3),
        "stars10_7": experience_of(Instrument.CSAT10, 7),
    } == exactly(GOLDEN["map"])


def test_nps_has_its_score_and_both_intervals() -> None:
    golden = GOLDEN["nps"]
    counts = NpsCounts(*golden["counts"])
    wald, adjusted = wald_interval(counts), adjusted_wald_interval(counts.moments)
    assert wald is not None
    assert adjusted is not None
    assert nps(counts) == in_four_decimals(golden["nps"])
    assert bounds(wald.interval) == in_four_decimals(golden["wald"])
    assert adjusted.centre == in_four_decimals(golden["adjwald_centre"])
    assert bounds(adjusted.interval) == in_four_decimals(golden["adjwald"])


def test_csat_is_the_share_of_the_top_two_boxes() -> None:
    (figure,) = official_figures(Instrument.CSAT, sums_of(Instrument.CSAT, [(1, 3), (2, 2), (3, 3), (4, 20), (5, 22)]))
    assert (figure.value, figure.n) == (42 / 50, 50)
    assert bounds(figure.interval) == exactly(GOLDEN["csat_top2"]["wilson"])
    assert bounds(wilson(5, 5)) == exactly(GOLDEN["csat_top2"]["k_n_5of5"])


def test_ces_is_a_mean_and_a_share() -> None:
    golden = GOLDEN["ces2"]
    mean, share = official_figures(Instrument.CES, sums_of(Instrument.CES, enumerate(golden["counts1..7"], start=1)))
    assert mean.value == exactly(golden["mean"])
    assert share.value == exactly(golden["pct_5plus"])
    assert bounds(share.interval) == exactly(golden["wilson"])


@pytest.mark.parametrize("row", JOURNEY, ids=JOURNEY_NAMES)
def test_the_experience_of_a_journey(row: dict[str, Any]) -> None:
    estimate = estimated(moments_of_row(row))
    figures = [estimate.n, estimate.mean, estimate.centre, estimate.se, *bounds(estimate.interval)]
    assert figures == exactly([row[name] for name in ("n", "mean", "centre", "se", "lo", "hi")])


@pytest.mark.parametrize("row", JOURNEY, ids=JOURNEY_NAMES)
def test_the_verdicts_of_a_journey(row: dict[str, Any], judgements: dict[str, Judgement]) -> None:
    judgement = judgements[row["name"]]
    assert judgement.verdict == row["verdict"]
    figures = [judgement.gap, judgement.p_broken, judgement.p_kept, judgement.p_over_delivered]
    assert figures == exactly([row[name] for name in ("gap", "p_broken", "p_kept", "p_over")])
    if "q_kept" in row:
        assert [judgement.q_broken, judgement.q_kept] == exactly([row["q_broken"], row["q_kept"]])
    else:
        assert (judgement.q_broken, judgement.q_kept) == (None, None)


def test_the_two_lenses_of_nps_disagree(judgements: dict[str, Judgement]) -> None:
    golden = GOLDEN["nps_lens_T7"]
    row = next(row for row in JOURNEY if row["type"] == "nps")
    official = official_moments(row)
    assert official is not None
    estimate = estimated(official)
    assert estimated(moments_of_row(row)).mean == exactly(golden["linear_mean"])
    assert estimate.mean == exactly(golden["trinomial_mean"])
    assert bounds(estimate.interval) == exactly(golden["trinomial_ci"])
    test = promise_test(Standing(n_contacts=row["n"], moments=official, level=row["promise"]), SETTINGS)
    assert test is not None
    assert test.p_broken == pytest.approx(golden["p_broken_trinomial"], abs=1e-8)
    assert judgements[row["name"]].lens_sensitive is True
    assert [judgements[name].lens_sensitive for name in JOURNEY_NAMES if name != row["name"]] == [None] * 7


def test_ten_perfect_answers_are_no_certainty() -> None:
    golden = GOLDEN["all_top_n10"]
    estimate = estimated(moments_of([1.0] * 10))
    figures = [estimate.mean, estimate.centre, estimate.se, *bounds(estimate.interval)]
    assert figures == exactly([golden[name] for name in ("mean", "centre", "se", "lo", "hi")])


def test_rankings_are_shrunk_by_empirical_bayes() -> None:
    golden = GOLDEN["eb"]
    groups = [moments_of_row(row) for row in JOURNEY]
    shrinkage = shrink(groups)
    figures = [
        shrinkage.within_variance,
        shrinkage.heterogeneity,
        shrinkage.between_variance,
        shrinkage.centre,
    ]
    assert figures == exactly([golden[name] for name in ("s2_within", "Q", "tau2", "mu")])
    assert list(shrinkage.factors) == in_four_decimals(golden["B"])
    assert list(shrinkage.means) == in_four_decimals(golden["eb"])
    assert [group.mean for group in groups] == in_four_decimals(golden["raw"])


def test_the_gap_of_the_same_contacts_is_paired() -> None:
    """Golden gives no rows; eight contacts one step of x below what they expected and four on it have these moments."""
    golden = GOLDEN["paired_gap"]
    paired = paired_difference([-1.0] * 8 + [0.0] * 4)
    assert paired is not None
    assert paired.interval is not None
    figures = [paired.mean, paired.t, paired.p, *bounds(paired.interval)]
    assert figures == exactly([golden["mean"], golden["t"], golden["p"], *golden["ci"]])


def test_direct_disconfirmation() -> None:
    golden = GOLDEN["disconfirmation"]
    result = disconfirmation(golden["counts"])
    assert result is not None
    estimate = result.estimate
    figures = [estimate.mean, estimate.centre, estimate.se, *bounds(estimate.interval)]
    assert figures == exactly([golden[name] for name in ("mean", "centre", "se", "lo", "hi")])
    assert result.p_worse == pytest.approx(golden["p_worse"], abs=1e-8)


def test_a_promised_share_is_tested_by_the_exact_binomial() -> None:
    golden = GOLDEN["promise_share"]
    n_kept, n = golden["k_n"]
    answers = KeptAnswers(n_kept, n, golden["promised"])
    test = against_share(answers, SETTINGS.margin)
    assert test is not None
    assert test.p_broken == pytest.approx(golden["p_binom_less"], abs=1e-8)
    assert bounds(kept_interval(answers)) == exactly(golden["wilson"])


def test_the_difference_of_two_nps() -> None:
    golden = GOLDEN["nps_diff"]
    difference = nps_difference(NpsCounts(*golden["a"]), NpsCounts(*golden["b"]))
    assert difference is not None
    assert [difference.points, difference.z, difference.p] == exactly([golden[name] for name in ("diff_pts", "z", "p")])


def test_the_difference_of_two_shares() -> None:
    result = newcombe((42, 60), (55, 62))
    assert result is not None
    assert [result.difference, *bounds(result.interval)] == exactly(GOLDEN["newcombe"]["d_lo_hi"])


def test_the_false_discovery_rate() -> None:
    assert benjamini_hochberg(GOLDEN["bh"]["p"]) == exactly(GOLDEN["bh"]["q"])


def test_post_stratification_undoes_an_unequal_response() -> None:
    """80 answers from one stratum and 20 from another that has as many events: raw .68, weighted .50."""
    golden = GOLDEN["poststrat"]
    values = [0.8] * 80 + [0.2] * 20
    weights = poststratification_weights(["shop"] * 80 + ["phone"] * 20, {"shop": 300, "phone": 300})
    weighted = moments_of_weighted(values, weights)
    assert [moments_of(values).mean, weighted.mean, weighted.n] == exactly(
        [golden["raw"], golden["weighted"], golden["n_eff"]]
    )


def test_hajek_weights_undo_an_unequal_lottery() -> None:
    """40 contacts asked with probability .8 and 10 asked with .2: raw .44, weighted .20."""
    golden = GOLDEN["hajek"]
    values = [0.6] * 40 + [-0.2] * 10
    weighted = moments_of_weighted(values, hajek_weights([0.8] * 40 + [0.2] * 10))
    assert [moments_of(values).mean, weighted.mean, weighted.n] == exactly(
        [golden["raw"], golden["weighted"], golden["n_eff"]]
    )


def test_the_emotion_picker() -> None:
    """Golden gives the x of five contacts; these seven picks have them."""
    golden = GOLDEN["emotion"]
    pickers = [["stressed", "confused"], ["relieved"], ["happy", "pleased"], ["frustrated"], ["hopeful"]]
    felt = [x for picks in pickers if (x := picker_experience(picks)) is not None]
    assert felt == exactly(golden["x"])
    assert moments_of(felt).mean == exactly(golden["mean"])
    assert net_emotional_value(pickers) == in_four_decimals(golden["nev_picks"])
    assert calibrated_valence(VALENCES["frustrated"], [-0.55] * 30) == exactly(golden["calibrated_frustrated"])


@pytest.mark.parametrize(
    ("name", "reach", "n", "n_mentions"),
    [
        ("T4 handover delays", 120, 45, 18),
        ("T7 slow/bugs", 2400, 60, 15),
        ("T6 long wait", 900, 50, 14),
        ("T3 unclear price", 310, 40, 5),
    ],
)
def test_the_loss_of_a_pain_point(name: str, reach: int, n: int, n_mentions: int) -> None:
    """The drop is given with four decimals, so a loss can be wrong by the reach times half of the last one."""
    golden = GOLDEN["pain"][name]
    loss = loss_per_month(reach, n, n_mentions, mean_without=golden["drop"], mean_with=0.0)
    assert loss.share == exactly(golden["f"])
    assert loss.share_interval is not None
    assert loss.share_interval.lo == exactly(golden["f_lo80"])
    assert loss.drop == in_four_decimals(golden["drop"])
    half_a_digit = reach * golden["f"] * 5e-5 + 5e-4
    assert [loss.loss, loss.loss_lo] == pytest.approx([golden["loss"], golden["loss_lo"]], abs=half_a_digit, rel=0)


def test_the_worst_case_of_a_low_response_rate() -> None:
    golden = GOLDEN["manski"]
    assert bounds(worst_case_bounds(golden["r"], golden["m"])) == exactly(golden["bounds"])
