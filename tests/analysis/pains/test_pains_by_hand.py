"""The method once more, in a few lines of numpy that share nothing with it, over people drawn by lot."""

from statistics import NormalDist

import numpy as np
import pytest

from analysis.pains.keep_pains import set_status, track
from analysis.pains.load_pain import load_pain
from analysis.pains.load_pains import load_pains
from analysis.pains.pain_list import PainFilter
from analysis.pains.pain_point import PainStatus
from analysis.pains.read_pains import load_themes
from core.database import fetch
from tests.analysis.answers import contacts_of
from tests.analysis.pains.seeding import PERIOD, SLOW, WAIT, came, count, said
from tests.factories import Hands, make_journey
from tests.people import People

HERE = "buying/delivery"


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_figure_of_the_list_is_what_a_few_lines_say(people: People, hands: Hands, seed: int) -> None:
    dice = np.random.default_rng(seed)
    await make_journey(people.acme, hands.now)
    themes = await _themes_there(people.acme)
    contacts = await contacts_of(people.acme, 60)
    says = dice.random((60, len(themes))) < np.linspace(0.4, 0.15, len(themes))
    faces = np.clip(np.where(says.any(axis=1), dice.integers(1, 4, 60), dice.integers(3, 6, 60)), 1, 5)
    for at, contact in enumerate(contacts):
        named = [theme for theme, told in zip(themes, says[at], strict=True) if told]
        await said(people.acme, contact, int(faces[at]), *named)
    await came(people.acme, contacts)
    await count(hands)
    rows = {row.pain_id.split("/")[2]: row for row in (await load_pains(people.acme, "buying", PERIOD)).rows}
    x, reach = (faces - 3) / 2, 60 / PERIOD.days * 30
    drawn = _losses(x, says, reach, dice)
    place = {theme: at for at, theme in enumerate(themes)}
    shown = [theme for theme in themes if says[:, place[theme]].sum() >= 5]
    assert set(rows) - {"promise"} == set(shown)
    for theme in shown:
        own, row = says[:, place[theme]], rows[theme]
        drop = max(0.0, x[~own].mean() - x[own].mean())
        assert (row.n_mentions, row.n_contacts) == (own.sum(), 60)
        assert row.drop == pytest.approx(drop)
        assert row.loss_month == pytest.approx(reach * own.mean() * drop)
        assert (row.share_lo, row.share_hi) == pytest.approx(_wilson(own.sum(), 60, 0.8))
        lo, hi = np.quantile(drawn[:, place[theme]], [0.1, 0.9])
        assert (row.loss_lo, row.loss_hi) == pytest.approx((lo, hi), abs=0.12 * reach * own.mean())
        best = np.argsort(-drawn[:, [place[one] for one in shown]], axis=1)[:, :3]
        assert row.p_top3 == pytest.approx((best == shown.index(theme)).any(axis=1).mean(), abs=0.06)
    by_bound = sorted(shown, key=lambda theme: -(rows[theme].loss_lo or 0))
    assert [rows[theme].rank for theme in by_bound] == list(range(1, len(shown) + 1))


async def test_words_of_a_few_others_are_not_given_away_by_a_persona(people: People, hands: Hands) -> None:
    """Enough others answer, and only three of them write: their mean would be that of all, less the persona's."""
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 40)
    buyer = (await fetch("SELECT id FROM persona WHERE workspace = $1 AND key = 'buyer'", people.acme))[0]["id"]
    for at, contact in enumerate(contacts):
        state = "negative" if at < 23 else "no_signal"
        await said(people.acme, contact, 1 + at % 3, SLOW, persona=buyer if at < 20 else None, state="negative")
        if state == "no_signal":
            await fetch("UPDATE comment_score SET polarity = NULL WHERE id = (SELECT max(id) FROM comment_score)")
    await count(hands)
    everybody, narrow = [
        {row.pain_id: row for row in (await load_pains(people.acme, "buying", PERIOD, pains=chosen)).rows}
        for chosen in (PainFilter(), PainFilter(persona="buyer"))
    ]
    assert everybody[f"{HERE}/{SLOW}"].sentiment_mean is not None
    assert narrow[f"{HERE}/{SLOW}"].n_mentions == 20
    assert {row.sentiment_mean for row in narrow.values()} == {None}
    assert {row.sentiment_coverage for row in narrow.values()} == {None}


async def test_what_was_noted_of_a_theme_follows_it_into_another(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await track(people.acme, f"{HERE}/{SLOW}", PainStatus.CONFIRMED, "seen", "Ida", None, hands.now)
    await fetch(
        "INSERT INTO theme_edit (workspace, theme, state, merged_into, edited_at) VALUES ($1, $2, 'merged', $3, now())",
        people.acme,
        SLOW,
        WAIT,
    )
    for address in (SLOW, WAIT):
        page = await load_pain(people.acme, f"{HERE}/{address}", PERIOD)
        assert (page.pain.pain_id, page.pain.status, page.pain.owner) == (f"{HERE}/{WAIT}", "confirmed", "Ida")
        assert [change.note for change in page.history] == ["seen"]
    await set_status(people.acme, f"{HERE}/{SLOW}", PainStatus.SOLVED, "", None, hands.now)
    assert (await load_pain(people.acme, f"{HERE}/{WAIT}", PERIOD)).pain.status is PainStatus.SOLVED
    assert len(await fetch("SELECT FROM pain")) == 1


async def test_quotes_stand_in_the_first_rows_only_and_change_no_hash(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    for at, contact in enumerate(await contacts_of(people.acme, 30)):
        await said(people.acme, contact, 1 + at % 3, SLOW if at % 2 else WAIT, words=f"It is slow, says number{at}.")
    await count(hands)
    whole = await load_pains(people.acme, "buying", PERIOD)
    first = await load_pains(people.acme, "buying", PERIOD, most_quoted=1)
    assert [bool(row.quote_1) for row in whole.rows if row.theme] == [True, True]
    assert [bool(row.quote_1) for row in first.rows if row.theme].count(True) == int(bool(first.rows[0].theme))
    assert first.data_hash == whole.data_hash


async def _themes_there(workspace: int) -> list[str]:
    pains = [key for key, theme in (await load_themes(workspace)).items() if theme.tone == "pain"]
    return [SLOW, WAIT, *[key for key in pains if key not in (SLOW, WAIT)][:2]]


def _losses(x: np.ndarray, says: np.ndarray, reach: float, dice: np.random.Generator) -> np.ndarray:
    found = []
    for _ in range(1_500):
        who = dice.integers(0, len(x), len(x))
        own, felt = says[who], x[who]
        found.append(
            [
                reach * one.mean() * max(0.0, felt[~one].mean() - felt[one].mean()) if 0 < one.sum() < len(x) else 0.0
                for one in own.T
            ]
        )
    return np.array(found)


def _wilson(m: int, n: int, level: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + level) / 2)
    roots = np.roots([n + z * z, -(2 * m + z * z), m * m / n])
    return float(min(roots)), float(max(roots))
