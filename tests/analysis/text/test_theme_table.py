"""Themes by touchpoint: each contact once, nothing shown that tells of a few, and a difference that is no mix."""

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from analysis.experience import Moments, moments_of, wilson
from analysis.load_report import last_days
from analysis.report import ReportSettings
from analysis.text.edit_themes import dismiss_theme, merge_theme
from analysis.text.load_theme_table import load_theme_table
from analysis.text.sentiment import SentimentState
from analysis.text.theme_table import Place, ThemeRow, Voices, theme_rows
from core.database import fetch
from tests.analysis.answers import ASKED_AT_BOTH, contacts_of, given, score
from tests.factories import Hands, make_journey, make_key
from tests.people import People, id_of_alice

SETTINGS = ReportSettings()
BAD, GOOD = SentimentState.NEGATIVE, SentimentState.POSITIVE


def voices(touchpoint: str, state: SentimentState, *x: float, theme: str = "general.slow") -> Voices:
    return Voices(theme, touchpoint, state, len(x), moments_of(x))


def row_of(found: list[Voices], places: list[Place], total: int | None = None) -> ThemeRow:
    n = sum(own.n for own in found) if total is None else total
    return theme_rows(found, places, {"general.slow": n}, SETTINGS)[0]


def test_the_share_is_of_those_who_wrote_with_its_interval() -> None:
    place = Place("shop", 40, moments_of([0.5] * 50))
    (cell,) = row_of([voices("shop", BAD, *[-0.5] * 12)], [place]).cells
    assert (cell.n, cell.share) == (12, 0.3)
    assert cell.interval == wilson(12, 40)


def test_the_impact_is_the_mean_of_those_who_mention_it_minus_the_others() -> None:
    with_it, others = [-0.5, -1.0] * 6, [0.5, 1.0] * 10
    place = Place("shop", 40, moments_of([*with_it, *others]))
    (cell,) = row_of([voices("shop", BAD, *with_it)], [place]).cells
    assert cell.impact is not None
    assert cell.impact.difference == pytest.approx(-1.5)
    assert (cell.impact.n_with, cell.impact.n_without) == (12, 20)
    # Welch by hand: both variances over n - 1, Student's t on Satterthwaite's freedom (here 22.97).
    assert cell.impact.interval is not None
    assert cell.impact.interval.lo == pytest.approx(-1.6948, abs=2e-3)
    assert cell.impact.interval.hi == pytest.approx(-1.3052, abs=2e-3)


def test_few_on_one_side_are_compared_with_nobody_and_under_ten_without_an_interval() -> None:
    for n_others, is_compared, is_tested in ((4, False, False), (7, True, False), (12, True, True)):
        place = Place("shop", 40, moments_of([*[-0.5] * 12, *[0.5] * n_others]))
        (cell,) = row_of([voices("shop", BAD, *[-0.5] * 12)], [place]).cells
        assert (cell.impact is not None) is is_compared
        assert (cell.impact is not None and cell.impact.interval is not None) is is_tested


def test_over_touchpoints_no_mix_makes_a_difference() -> None:
    """Everybody is unhappier at the shop, and the shop is where people speak of it: that is no impact of the theme."""
    shop, delivery = [-0.5] * 30, [0.5] * 30
    found = [voices("shop", BAD, *[-0.5] * 20), voices("delivery", BAD, *[0.5] * 5)]
    impact = row_of(found, [Place("shop", 30, moments_of(shop)), Place("delivery", 30, moments_of(delivery))]).impact
    assert impact is not None
    assert impact.difference == pytest.approx(0)
    assert (impact.n_with, impact.n_without) == (25, 35)


def test_over_touchpoints_each_weighs_as_many_as_speak_of_it_there() -> None:
    shop, delivery = [*[-0.5] * 20, *[0.5] * 10], [0.5] * 30
    found = [voices("shop", BAD, *[-0.5] * 20), voices("delivery", BAD, *[0.5] * 5)]
    impact = row_of(found, [Place("shop", 30, moments_of(shop)), Place("delivery", 30, moments_of(delivery))]).impact
    assert impact is not None
    assert impact.difference == pytest.approx(-1 * 20 / 25)


def test_a_touchpoint_with_few_is_hidden_and_one_more_with_it() -> None:
    found = [voices("a", BAD, *[0.0] * 20), voices("b", BAD, *[0.0] * 8), voices("c", BAD, *[0.0] * 3)]
    row = row_of(found, [Place(name, 30, moments_of([0.0] * 30)) for name in "abc"])
    assert [cell.n for cell in row.cells] == [20, None, None]
    assert row.n == 31


def test_a_theme_of_few_has_no_figure_at_all() -> None:
    row = row_of([voices("a", BAD, *[0.0] * 4)], [Place("a", 30, moments_of([0.0] * 30))])
    assert (row.n, row.impact) == (None, None)
    assert [(cell.n, cell.share, cell.states, cell.impact) for cell in row.cells] == [(None, None, None, None)]


def test_a_state_of_few_is_hidden_and_one_more_with_it() -> None:
    found = [voices("a", BAD, *[0.0] * 9), voices("a", GOOD, *[0.0] * 6), voices("a", SentimentState.MIXED, 0.0)]
    (cell,) = row_of(found, [Place("a", 30, moments_of([0.0] * 30))]).cells
    assert cell.states is not None
    assert (cell.states[BAD], cell.states[GOOD], cell.states[SentimentState.MIXED]) == (9, None, None)


@examples(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_the_hidden_touchpoints_of_a_theme_are_never_few_together(counts: list[int]) -> None:
    found = [voices(str(n), BAD, *[0.0] * size) for n, size in enumerate(counts) if size]
    if not found:
        return
    row = row_of(found, [Place(str(n), 30, moments_of([0.0] * 30)) for n in range(len(counts))])
    hidden = sum(counts) - sum(cell.n or 0 for cell in row.cells)
    assert row.n is None or hidden == 0 or hidden >= SETTINGS.k
    assert all(cell.n is None or cell.n >= SETTINGS.k for cell in row.cells)


async def wrote(people: People, hands: Hands, contact: int, face: int, *mentions: str, at: str = "delivery") -> int:
    """A rating with a comment that a worker has read; each mention is "theme state", one a clause."""
    response = await given(people.acme, contact, hands.now, ("felt", "anchor", face), touchpoint=at)
    rows = await fetch(
        "INSERT INTO answer (response, question, instrument, text) VALUES ($1, 'why', 'comment', $2) RETURNING id",
        response,
        "一二三",  # a language no pack reads: what counts is put in by hand
    )
    answer: int = rows[0]["id"]
    await score(hands)
    await fetch("DELETE FROM comment_theme WHERE answer = $1", answer)
    await fetch("DELETE FROM comment_clause WHERE answer = $1", answer)
    for number, mention in enumerate(mentions):
        theme, state = mention.split()
        await fetch(
            "INSERT INTO comment_clause (answer, number, start, stop, state) SELECT $1, n, n, n + 1, $3 "
            "FROM (SELECT $2::int) AS clause(n)",
            answer,
            number,
            state,
        )
        await fetch(
            "INSERT INTO comment_theme (answer, theme, clause, start, stop) SELECT $1, $2, n, n, n + 1 "
            "FROM (SELECT $3::int) AS clause(n)",
            answer,
            theme,
            number,
        )
    return answer


async def test_a_contact_counts_once_and_is_mixed_who_says_both(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, ASKED_AT_BOTH)
    contacts = await contacts_of(people.acme, 24)
    for place, contact in enumerate(contacts):
        if place < 6:
            await wrote(people, hands, contact, 1, "general.slow negative", "general.slow positive")
        elif place < 12:
            await wrote(people, hands, contact, 2, "general.slow negative")
            await wrote(people, hands, contact, 2, "general.slow negative")
        else:
            await wrote(people, hands, contact, 5)
    table = await load_theme_table(people.acme, "buying", last_days(hands.now))
    (row,) = table.rows
    (cell,) = row.cells
    assert (table.themes[0].theme, row.n, cell.touchpoint, cell.n) == ("general.slow", 12, "delivery", 12)
    assert cell.share == pytest.approx(12 / 24)
    assert cell.states is not None
    assert (cell.states[SentimentState.MIXED], cell.states[BAD]) == (6, 6)
    assert cell.impact is not None
    assert cell.impact.difference == pytest.approx((6 * -1 + 6 * -0.5) / 12 - 1)


async def test_merges_and_dismissals_count_at_once(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    alice = await id_of_alice()
    for place, contact in enumerate(await contacts_of(people.acme, 12)):
        await wrote(people, hands, contact, 2, f"general.{'slow' if place < 6 else 'bugs'} negative")
    await merge_theme(people.acme, "general.slow", "general.bugs", alice, hands.now)
    table = await load_theme_table(people.acme, "buying", last_days(hands.now))
    assert [(row.theme, row.n) for row in table.rows] == [("general.bugs", 12)]
    await dismiss_theme(people.acme, "general.bugs", alice, hands.now)
    assert (await load_theme_table(people.acme, "buying", last_days(hands.now))).rows == ()


async def test_the_page_and_the_api_show_the_table(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    for place, contact in enumerate(await contacts_of(people.acme, 24)):
        await wrote(people, hands, contact, 1 if place < 12 else 5, *(["general.slow negative"] if place < 12 else []))
    page = (await people.bob.get("/w/acme/journeys/buying/themes")).text
    assert "12 negative" in page
    assert "−2.00" in page
    assert "50 %" in page
    answered = await people.nobody.get("/api/v1/journeys/buying/themes", headers=await make_key(people.acme, hands.now))
    cell = answered.json()["rows"][0]["cells"][0]
    assert (cell["n"], cell["impact"]["n_without"]) == (12, 12)
    assert (await people.charlie.get("/w/acme/journeys/buying/themes")).status_code == 404


def test_the_moments_of_the_others_are_those_of_all_without_these() -> None:
    place = Place("shop", 40, Moments(20, 0.0, 20.0))
    (cell,) = row_of([voices("shop", BAD, *[-1.0] * 10)], [place]).cells
    assert cell.impact is not None
    assert cell.impact.difference == pytest.approx(-2)
