"""The tallies: exact for every period, whatever the order in which answers come, and equal to counting afresh."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from math import fsum

import pytest

from analysis.load_report import Period, measure
from analysis.rebuild_tally import rebuild_tally
from analysis.report import ReportSettings
from analysis.score_responses import score_responses
from analysis.tally import whole_months
from core.database import fetch
from surveys.journeys import load_journey
from tests.analysis.answers import contacts_of, given
from tests.factories import Hands, make_journey
from tests.people import People

START = date(2025, 10, 1)
DAYS = 150


@pytest.fixture
async def contacts(people: People, hands: Hands) -> list[int]:
    await make_journey(people.acme, hands.now)
    return await contacts_of(people.acme, 12)


@pytest.mark.parametrize("seed", range(4))
async def test_every_period_counts_each_contact_once_with_the_mean_of_their_answers(
    people: People, contacts: list[int], hands: Hands, seed: int
) -> None:
    dice = random.Random(seed)
    history = [(dice.choice(contacts), dice.randrange(DAYS), dice.randint(1, 5)) for _ in range(60)]
    for at, (contact, day, face) in enumerate(history):
        moment = datetime(START.year, START.month, START.day, dice.randrange(24), tzinfo=UTC) + timedelta(days=day)
        await given(people.acme, contact, moment, ("felt", "anchor", face))
        if at % 7 == 0:
            await score_responses(hands.now)  # in parts, and late answers after early ones
    await score_responses(hands.now)
    view = await load_journey(people.acme, "buying")
    for _ in range(25):
        first, last = sorted(dice.sample(range(DAYS), 2))
        period = Period(START + timedelta(days=first), START + timedelta(days=last))
        measured = (await measure(people.acme, view, period, ReportSettings(k=1)))["delivery"]
        runs = defaultdict(list)
        for contact, day, face in history:
            if first <= day <= last:
                runs[contact].append((face - 3) / 2)
        means = [fsum(run) / len(run) for run in runs.values()]
        found = measured.sums
        assert found.n == len(means)
        assert found.x.sum == pytest.approx(fsum(means), abs=1e-9)
        assert found.x.sum_squares == pytest.approx(fsum(mean**2 for mean in means), abs=1e-9)
        assert found.n_satisfied == sum(mean >= 0.5 for mean in means)
        assert measured.n_responses == sum(first <= day <= last for _, day, _ in history)


async def test_a_rebuilt_tally_is_the_one_that_was_kept_and_mends_one_that_was_not(
    people: People, contacts: list[int], hands: Hands
) -> None:
    dice = random.Random(7)
    for at in range(80):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(1_200))
        await given(people.acme, dice.choice(contacts), moment, ("felt", "anchor", dice.randint(1, 5)))
        if at % 9 == 0:
            await score_responses(hands.now)
    await score_responses(hands.now)
    assert (await rebuild_tally()).differing == 0
    await fetch("UPDATE tally SET n = n + 1 WHERE id = (SELECT min(id) FROM tally)")
    await fetch("UPDATE contact_tally SET x = x + 1 WHERE id = (SELECT max(id) FROM contact_tally)")
    assert (await rebuild_tally()).differing == 4  # each cell as it was, and as it should have been
    assert (await rebuild_tally()).differing == 0


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), (date(2026, 1, 1), date(2026, 4, 1))),
        (date(2025, 12, 2), date(2026, 2, 27), (date(2026, 1, 1), date(2026, 2, 1))),
        (date(2026, 1, 2), date(2026, 2, 27), (date(2026, 2, 1), date(2026, 2, 1))),
        (date(2026, 2, 10), date(2026, 2, 20), (date(2026, 3, 1), date(2026, 3, 1))),
    ],
)
def test_whole_months_lie_within_the_period(since: date, until: date, months: tuple[date, date]) -> None:
    assert whole_months(since, until) == months
