"""The bounds of a loss and P(rank <= 3): drawn over contacts, the same on every machine."""

import random

import pytest

from analysis.pains.bootstrap import DRAWS, MANY_KINDS, Cell, certainties, drawn_losses
from analysis.pains.loss import loss_per_month
from tests.analysis.test_golden import GOLDEN

PEOPLE = [
    Cell(-1.0, ("slow",), 14),
    Cell(-1.0, ("bugs", "slow"), 6),
    Cell(-0.5, ("bugs",), 5),
    Cell(0.5, (), 40),
    Cell(1.0, (), 35),
    Cell(1.0, ("bugs",), 1),
]


def test_the_bounds_lie_around_the_loss() -> None:
    sure = certainties(drawn_losses("buying/delivery", PEOPLE, 300.0, ["bugs", "slow"]))
    everybody = sum(cell.x * cell.n for cell in PEOPLE)
    for theme in ("bugs", "slow"):
        n = sum(cell.n for cell in PEOPLE if theme in cell.themes)
        told = sum(cell.x * cell.n for cell in PEOPLE if theme in cell.themes)
        loss = loss_per_month(300, 101, n, (everybody - told) / (101 - n), told / n).loss
        assert loss is not None
        assert sure[theme].interval.lo < loss < sure[theme].interval.hi
        assert sure[theme].interval.hi < 4 * sure[theme].interval.lo


@pytest.mark.parametrize("name", GOLDEN["pain"])
def test_with_a_drop_that_all_agree_on_the_bound_is_near_the_closed_form(name: str) -> None:
    """Draws hold whole mentions, so the two differ by less than one of them."""
    reach, n, mentions = {
        "T4 handover delays": (120, 45, 18),
        "T7 slow/bugs": (2400, 60, 15),
        "T6 long wait": (900, 50, 14),
        "T3 unclear price": (310, 40, 5),
    }[name]
    golden = GOLDEN["pain"][name]
    people = [Cell(-golden["drop"], ("it",), mentions), Cell(0.0, (), n - mentions)]
    sure = certainties(drawn_losses(name, people, reach, ["it"]))["it"]
    assert sure.interval.lo == pytest.approx(golden["loss_lo"], abs=reach * golden["drop"] / n)
    assert sure.interval.lo < golden["loss"] < sure.interval.hi


def test_no_order_of_rows_changes_a_digit() -> None:
    dice = random.Random(3)
    first = drawn_losses("a/b", PEOPLE, 100.0, ["bugs", "slow"])
    for _ in range(5):
        shuffled = dice.sample(PEOPLE, len(PEOPLE))
        again = drawn_losses("a/b", shuffled, 100.0, ["slow", "bugs"])
        assert all((first[theme] == again[theme]).all() for theme in first)


def test_the_digits_are_these_on_every_machine() -> None:
    sure = certainties(drawn_losses("a/b", PEOPLE, 100.0, ["bugs", "slow"]))
    assert {theme: (found.interval.lo, found.interval.hi) for theme, found in sure.items()} == DIGITS


def test_pains_of_the_same_people_rise_and_fall_together() -> None:
    people = [Cell(-1.0, ("bugs", "slow"), 10), Cell(0.5, (), 20)]
    drawn = drawn_losses("a/b", people, 100.0, ["bugs", "slow"])
    assert (drawn["bugs"] == drawn["slow"]).all()
    assert len(set(drawn["bugs"])) > 5


def test_what_others_feel_elsewhere_changes_nothing_here() -> None:
    here = drawn_losses("a/b", PEOPLE, 100.0, ["bugs"])
    alone = certainties({"b/bugs": here["bugs"]})
    elsewhere = drawn_losses("a/c", [Cell(-1.0, ("slow",), 9), Cell(1.0, (), 9)], 5.0, ["slow"])
    both = certainties({"b/bugs": here["bugs"], "c/slow": elsewhere["slow"]})
    assert both["b/bugs"].interval == alone["b/bugs"].interval


def test_three_of_each_draw_are_at_the_top() -> None:
    drawn = {
        f"p{at}": drawn_losses(f"a/{at}", [Cell(-1.0, ("it",), 10), Cell(1.0, (), 30)], reach, ["it"])["it"]
        for at, reach in enumerate((5000.0, 4000.0, 100.0, 95.0, 1.0))
    }
    sure = certainties(drawn)
    assert sum(found.p_top for found in sure.values()) == pytest.approx(3)
    assert [sure["p0"].p_top, sure["p1"].p_top, sure["p4"].p_top] == [1, 1, 0]
    assert 0.3 < sure["p3"].p_top < sure["p2"].p_top < 0.7


def test_many_kinds_of_contacts_are_drawn_as_few_kinds_are() -> None:
    """The same people, once told apart by a theme nobody asks for: the draws differ, their bounds hardly."""
    alike = [Cell(-0.5, ("it",), 300), Cell(0.5, (), 1200)]
    apart = [Cell(cell.x, (*cell.themes, f"other.{at}"), 1) for cell in alike for at in range(cell.n)]
    few, many = [certainties(drawn_losses("a/b", people, 100.0, ["it"]))["it"].interval for people in (alike, apart)]
    assert len(apart) > MANY_KINDS
    assert (many.lo, many.hi) == pytest.approx((few.lo, few.hi), rel=0.02)


def test_nobody_and_everybody_know_of_no_drop() -> None:
    assert set(drawn_losses("a/b", [Cell(-1.0, ("it",), 9)], 100.0, ["it"])["it"]) == {0.0}
    assert len(drawn_losses("a/b", [], 100.0, ["it"])["it"]) == DRAWS
    assert certainties({}) == {}


DIGITS = {"bugs": (7.662734358542238, 18.10211141596087), "slow": (24.781257195486987, 42.21782178217822)}
