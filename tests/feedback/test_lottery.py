"""The lottery: the probability that is recorded is the one that holds, and the budget is never exceeded."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.deciding.chances import account_chance, sample_chance, survey_for
from feedback.deciding.deciding import ContactFacts, Past, Verdict, decide
from feedback.deciding.lottery import (
    account_draw_of,
    account_share,
    asked_by_lot,
    draw_of,
    period_end,
    period_start,
    sample_draw_of,
    shared_out,
    split_draw_of,
)
from feedback.deciding.policy import Budget, Policy
from feedback.deciding.policy_check import Asked
from feedback.deciding.reasons import Reason
from surveys.journeys import LatestSurvey
from surveys.trigger_rule import Instead
from tests.feedback.deciding_cases import DAY, NOW, Ledger, ground, happened, somebody, trigger_at

CONTACTS = 20_000
PERIOD = date(2026, 2, 6)  # with 30 days, the one that holds 2 March 2026
TILTED = {1: 0.05, 2: 0.6, 3: 0.25, 4: 0.1}


def is_likely(asked: int, n: int, probability: float) -> bool:
    """Within four and a half standard deviations: not one in a hundred thousand right lotteries is further off."""
    return abs(asked - n * probability) <= 4.5 * sqrt(n * probability * (1 - probability)) + 1e-9


def test_the_recorded_probability_is_the_share_that_is_asked() -> None:
    policy = Policy(account_budget=None)
    ledger = Ledger(policy, odds={PERIOD: TILTED})
    asked: Counter[int] = Counter()
    for number in range(CONTACTS):
        for touchpoint in TILTED:
            verdict = ledger.decide(happened(touchpoint), trigger_at(touchpoint), somebody(number))
            asked[touchpoint] += verdict.asks
            assert verdict.probability in (TILTED[touchpoint], None)
        assert len(ledger.asked.get(number, ())) == 1  # the odds add up to the budget: everybody wins once
    assert all(is_likely(asked[touchpoint], CONTACTS, TILTED[touchpoint]) for touchpoint in TILTED), asked


@pytest.mark.parametrize("touchpoint", TILTED)
def test_it_holds_whatever_other_steps_a_contact_passes(touchpoint: int) -> None:
    """Of those who come through one step alone, as many are asked as of those who come through all."""
    ledger = Ledger(Policy(account_budget=None), odds={PERIOD: TILTED})
    verdicts = [
        ledger.decide(happened(touchpoint), trigger_at(touchpoint), somebody(number)) for number in range(CONTACTS)
    ]
    assert is_likely(sum(verdict.asks for verdict in verdicts), CONTACTS, TILTED[touchpoint])
    assert {verdict.probability for verdict in verdicts} == {TILTED[touchpoint]}
    assert {verdict.reason for verdict in verdicts} == {Reason.DUE, Reason.NOT_DRAWN}


def test_a_cool_down_between_steps_starves_none_of_them() -> None:
    """Three steps within a week, two invitations in thirty days, seven days between: the drawn are asked later."""
    policy = Policy(account_budget=None)
    asked: Counter[int] = Counter()
    for number in range(2_000):
        past: list[Asked] = []
        for step in (1, 2, 3):
            at = NOW + timedelta(days=10 + 2 * step)  # in one period
            known = ground(policy, at, touchpoints=(1, 2, 3))
            verdict = decide(happened(step, at), trigger_at(step), somebody(number), Past(tuple(past)), known)
            if verdict.asks and verdict.due_at and verdict.survey:
                past.append(Asked(verdict.due_at, at, step, verdict.survey.survey))
                asked[step] += 1
                assert verdict.probability == pytest.approx(2 / 3)
        assert all(abs(one.at - other.at) >= timedelta(days=7) for one in past for other in past if one != other)
    assert all(is_likely(asked[step], 2_000, 2 / 3) for step in (1, 2, 3))


def colleague(number: int) -> ContactFacts:
    """One of ten of an account."""
    return somebody(number, account=f"a{number // 10}", account_contacts=10, account_place=number % 10)


def test_the_probability_of_several_draws_is_their_product() -> None:
    """A sample of .5, a touchpoint's .6, and an account of ten contacts with budget for two and a half: for two."""
    policy = Policy(contact_budget=Budget(1, 30), account_budget=Budget(5, 60))
    ledger = Ledger(policy, odds={PERIOD: TILTED})
    trigger = trigger_at(2, share=0.5)
    verdicts: list[Verdict] = [
        ledger.decide(happened(2, key=f"k{number}"), trigger, colleague(number)) for number in range(CONTACTS)
    ]
    assert len({verdict.probability for verdict in verdicts}) == 1
    assert verdicts[0].probability == pytest.approx(0.5 * 0.6 * 0.2)
    assert is_likely(sum(verdict.asks for verdict in verdicts), CONTACTS, 0.5 * 0.6 * 0.2)
    assert {verdict.reason for verdict in verdicts} == {Reason.DUE, Reason.NOT_DRAWN, Reason.NOT_SAMPLED}


def test_a_contact_is_asked_by_the_same_number_in_a_period_and_by_another_in_the_next() -> None:
    ledger = Ledger(Policy(account_budget=None), odds={PERIOD: TILTED})
    first = [ledger.decide(happened(2), trigger_at(2), somebody(number)).asks for number in range(100)]
    again = Ledger(Policy(account_budget=None), odds={PERIOD: TILTED})
    later = NOW + DAY
    assert [again.decide(happened(2, later), trigger_at(2), somebody(n), later).asks for n in range(100)] == first
    assert [draw_of(7, n, PERIOD) < 0.5 for n in range(100)] != [
        draw_of(7, n, date(2026, 3, 8)) < 0.5 for n in range(100)
    ]


def test_the_draws_are_what_anybody_computes_from_the_same_parts() -> None:
    """The first 53 bits of SHA-256: `printf contact/7/1/2026-02-06 | sha256sum` begins with 9958fab83b1645e5."""
    assert draw_of(7, 1, PERIOD) == (0x9958FAB83B1645E5 >> 11) / 2**53


def test_the_draws_are_apart() -> None:
    """No two of them agree: who wins the one has won nothing of the others yet."""
    draws = [draw_of(7, 1, PERIOD), draw_of(8, 1, PERIOD), account_draw_of(7, "1", PERIOD), split_draw_of(7, 1)]
    draws += [sample_draw_of(7, "1"), sample_draw_of(7, "2"), draw_of(7, 11, PERIOD), draw_of(71, 1, PERIOD)]
    assert len(set(draws)) == len(draws)
    assert all(0 <= draw < 1 for draw in draws)


@given(st.timedeltas(0 * DAY, 50_000 * DAY), st.integers(1, 3_660))
def test_periods_are_blocks_that_follow_one_another(since: timedelta, days: int) -> None:
    at = datetime.fromtimestamp(0, UTC) + since
    start, end = period_start(at, days), period_end(at, days)
    assert (start - date(1970, 1, 1)).days % days == 0
    assert datetime.combine(start, datetime.min.time(), UTC) <= at < end
    assert period_start(end, days) == end.date()
    assert (end.date() - start).days == days


@given(st.dictionaries(st.integers(1, 30), st.floats(0, 1e6), max_size=12), st.integers(1, 5), st.floats(0, 0.999999))
def test_no_number_wins_more_than_the_budget(worths: dict[int, float], budget: int, number: float) -> None:
    odds = shared_out(worths, budget)
    assert sum(odds.values()) == pytest.approx(min(budget, len(worths)))
    assert len(asked_by_lot(odds, number)) <= budget + 1  # rounding may let the last one through: the budget holds it


def test_an_account_is_drawn_for_what_its_budget_bears() -> None:
    assert account_share(5 / 30, 10, 1 / 30) == 0.5
    assert account_share(5 / 30, 5, 1 / 30) == 1
    assert account_share(5 / 30, 0, 1 / 30) == 1
    policy = Policy(contact_budget=Budget(1, 30), account_budget=Budget(5, 30))
    assert account_share(5 / 60, 10, 1 / 30) == 0.2  # for two and a half: two
    assert account_share(1 / 60, 10, 1 / 30) == 0.05  # half a contact a period: one in every second
    chance = account_chance(7, "acme", 3, 10, PERIOD, policy)
    assert chance is not None
    assert (chance.probability, chance.facts["contacts"]) == (0.5, "10")
    assert account_chance(7, "acme", 3, 5, PERIOD, policy) is None
    assert account_chance(7, "acme", 3, 10, PERIOD, Policy(account_budget=None)) is None


@pytest.mark.parametrize("contacts", [3, 4, 10])
def test_an_account_starves_nobody_who_comes_late(contacts: int) -> None:
    """All pass two steps; five invitations in thirty days bear two contacts with two each, and the cap refuses none."""
    policy = Policy(overall_days=0)
    asked: Counter[tuple[int, int]] = Counter()
    accounts = 300
    share = account_share(5 / 30, contacts, 2 / 30)
    for account in range(accounts):
        moments: list[datetime] = []
        for step, place in ((step, place) for step in (1, 2) for place in range(contacts)):
            at = NOW + timedelta(days=10 + step, minutes=place)
            who = somebody(100 * account + place, account=f"a{account}", account_contacts=contacts, account_place=place)
            known = ground(policy, at, touchpoints=(1, 2))
            verdict = decide(happened(step, at), trigger_at(step), who, Past((), tuple(moments)), known)
            assert verdict.probability == pytest.approx(share)
            if verdict.asks and verdict.due_at:
                moments.append(verdict.due_at)
                asked[step, place] += 1
        assert len(moments) == 4
    assert all(is_likely(asked[step, place], accounts, share) for step in (1, 2) for place in range(contacts))


def test_a_sample_takes_its_share_of_the_events() -> None:
    trigger = trigger_at(1, share=0.2)
    won = sum(sample_chance(trigger, f"event {number}").is_won for number in range(CONTACTS))
    assert is_likely(won, CONTACTS, 0.2)


def test_a_split_gives_everybody_one_survey_for_good() -> None:
    trigger = trigger_at(1, instead=(Instead("short", share=0.25), Instead("other", share=0.25)))
    surveys = [survey_for(trigger, None, number) for number in range(CONTACTS)]
    assert surveys == [survey_for(trigger, "buyer", number) for number in range(CONTACTS)]
    counts = Counter(survey.survey for survey in surveys)
    assert is_likely(counts[900], CONTACTS, 0.25)
    assert is_likely(counts[910], CONTACTS, 0.25)
    assert is_likely(counts[10], CONTACTS, 0.5)


def test_a_persona_gets_its_survey_and_the_others_the_next_that_fits() -> None:
    rules = (Instead("gone"), Instead("short", personas=("buyer",)), Instead("other", personas=("architect",)))
    trigger = trigger_at(1, instead=rules)
    assert survey_for(trigger, "buyer", 1) == LatestSurvey(900, 901)
    assert survey_for(trigger, "architect", 1) == LatestSurvey(910, 911)
    assert survey_for(trigger, None, 1) == LatestSurvey(10, 11)
