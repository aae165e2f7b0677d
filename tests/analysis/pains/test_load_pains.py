"""The pain-point list of a journey, reckoned by hand from what is in the database."""

import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from analysis.pains.keep_pains import add_hypothesis, set_owner, set_status
from analysis.pains.load_pain import load_pain
from analysis.pains.load_pains import load_pains
from analysis.pains.pain_list import PainFilter, PainOrder
from analysis.pains.pain_point import PainPoint, PainStatus
from analysis.report import Verdict
from core.database import fetch
from core.errors import Invalid, NotFound
from tests.analysis.answers import contacts_of, felt
from tests.analysis.pains.seeding import PERIOD, SLOW, TODAY, WAIT, came, count, said
from tests.factories import Hands, make_journey
from tests.people import People

HERE = "buying/delivery"


@pytest.fixture
async def contacts(people: People, hands: Hands) -> list[int]:
    await make_journey(people.acme, hands.now)
    return await contacts_of(people.acme, 60)


async def complaints(people: People, hands: Hands, contacts: list[int]) -> None:
    """Of 40 who answered 10 find it slow (x -1), 6 waited (x -.5, four of them slow as well); the rest are at .5."""
    for at, contact in enumerate(contacts[:10]):
        await said(people.acme, contact, 1, SLOW, *([WAIT] if at < 4 else []))
    for contact in contacts[10:12]:
        await said(people.acme, contact, 2, WAIT)
    await felt(people.acme, contacts[12:40], [4] * 28, TODAY)
    await came(people.acme, contacts[:40])
    await count(hands)


async def rows_of(workspace: int, **asked: object) -> dict[str, PainPoint]:
    found = await load_pains(workspace, "buying", PERIOD, pains=PainFilter(**asked))  # type: ignore[arg-type]
    return {row.pain_id: row for row in found.rows}


async def test_the_loss_is_reach_times_share_times_drop(people: People, hands: Hands, contacts: list[int]) -> None:
    await complaints(people, hands, contacts)
    slow = (await rows_of(people.acme))[f"{HERE}/{SLOW}"]
    without = (28 * 0.5 - 2 * 0.5) / 30
    assert (slow.n_mentions, slow.n_contacts, slow.share) == (10, 40, 0.25)
    assert (slow.x_without, slow.drop) == (pytest.approx(without), pytest.approx(without + 1))
    assert slow.reach_month == pytest.approx(40 / 3)
    assert slow.loss_month == pytest.approx(40 / 3 * 0.25 * (without + 1))
    assert slow.loss_lo is not None
    assert slow.loss_hi is not None
    assert 0 < slow.loss_lo < slow.loss_month < slow.loss_hi
    assert (slow.rank, slow.p_top3, slow.first_seen, slow.sentiment_coverage) == (1, 1.0, TODAY, 1.0)
    assert slow.sentiment_mean is None  # two more wrote: beside the mean of all it would tell theirs
    assert slow.quotes_shown == "1 of 10 shown"


async def test_both_orders(people: People, hands: Hands, contacts: list[int]) -> None:
    """Most are slowed a little, six wait for ever."""
    for contact in contacts[:6]:
        await said(people.acme, contact, 1, WAIT)
    for contact in contacts[6:40]:
        await said(people.acme, contact, 2, SLOW)
    await felt(people.acme, contacts[40:], [4] * 20, TODAY)
    await came(people.acme, contacts)
    await count(hands)
    loss = (await load_pains(people.acme, "buying", PERIOD)).rows
    depth = (await load_pains(people.acme, "buying", PERIOD, order=PainOrder.DEPTH)).rows
    themes = [[row.pain_id.split("/")[2] for row in rows] for rows in (loss, depth)]
    assert themes == [[SLOW, WAIT, "promise"], ["promise", WAIT, SLOW]]
    assert [row.rank for row in loss] == [1, 2, None]
    assert [row.depth_rank for row in depth] == [1, 2, 3]
    assert {row.data_hash for row in loss} == {row.data_hash for row in depth}


async def test_a_theme_that_may_be_praise_is_a_pain_in_a_negative_clause_only(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await fetch(_OWN_THEME, people.acme)
    for contact in contacts[:8]:
        await said(people.acme, contact, 1, "own.parking", state="negative")
    for contact in contacts[8:20]:
        await said(people.acme, contact, 5, "own.parking", state="positive")
    await count(hands)
    found = (await rows_of(people.acme))[f"{HERE}/own.parking"]
    assert (found.n_mentions, found.theme, found.theme_method) == (8, "Parking", "own theme")


async def test_what_a_person_took_away_or_added_counts(people: People, hands: Hands, contacts: list[int]) -> None:
    answers = [await said(people.acme, contact, 1, SLOW) for contact in contacts[:9]]
    added = [await said(people.acme, contact, 1) for contact in contacts[9:15]]
    await felt(people.acme, contacts[20:40], [4] * 20, TODAY)
    await count(hands)
    await fetch(_LABEL, answers[0], SLOW, False)
    for answer in added:
        await fetch(_LABEL, answer, WAIT, True)
    found = await rows_of(people.acme)
    assert found[f"{HERE}/{SLOW}"].n_mentions == 8
    assert (found[f"{HERE}/{WAIT}"].n_mentions, found[f"{HERE}/{WAIT}"].theme_method) == (6, "label")


@pytest.mark.parametrize("faces", [[1] * 6 + [5] * 6 + [5], [1] * 5 + [5] * 7 + [1]])
async def test_where_one_does_not_mention_it_nothing_tells_what_the_twelve_felt(
    people: People, hands: Hands, contacts: list[int], faces: list[int]
) -> None:
    for at, face in enumerate(faces):
        await said(people.acme, contacts[at], face, *([SLOW] if at < 12 else []), words="Slow.")
    await came(people.acme, contacts[:13])
    await count(hands)
    row = (await rows_of(people.acme))[f"{HERE}/{SLOW}"]
    assert (row.n_contacts, row.n_mentions, row.evidence_level) == (13, 12, "suppressed")
    assert (row.x_without, row.drop, row.loss_month, row.rank, row.depth_rank, row.sentiment_mean) == (None,) * 6
    assert row.suppressed_reason == "Fewer than 5 contacts answered without mentioning it."


async def test_a_theme_of_four_is_not_shown(people: People, hands: Hands, contacts: list[int]) -> None:
    for contact in contacts[:4]:
        await said(people.acme, contact, 1, SLOW)
    await felt(people.acme, contacts[4:40], [5] * 36, TODAY)
    await count(hands)
    assert await rows_of(people.acme) == {}


async def test_a_touchpoint_that_breaks_its_promise_is_a_pain_of_its_own(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await felt(people.acme, contacts[:40], [2] * 20 + [3] * 20, TODAY)
    await came(people.acme, contacts[:40])
    await count(hands)
    [row] = (await rows_of(people.acme)).values()
    assert (row.pain_id, row.theme, row.theme_method, row.verdict) == (f"{HERE}/promise", "", "verdict", Verdict.BROKEN)
    assert (row.share, row.loss_month, row.rank, row.depth_rank, row.gap) == (None, None, None, 1, pytest.approx(-1))


async def test_where_the_reach_is_unknown_there_is_no_loss(people: People, hands: Hands, contacts: list[int]) -> None:
    for contact in contacts[:10]:
        await said(people.acme, contact, 1, SLOW)
    await felt(people.acme, contacts[10:40], [5] * 30, TODAY)
    await count(hands)
    found = await load_pains(people.acme, "buying", PERIOD)
    slow = next(row for row in found.rows if row.theme)
    assert (slow.reach_month, slow.reach_source, slow.loss_month, slow.rank, slow.p_top3) == (
        None,
        "unknown",
        None,
        None,
        None,
    )
    assert (slow.drop, slow.sentiment_mean) == (pytest.approx(2), -0.5)
    assert any("Delivery" in note for note in found.notes)


async def test_neither_the_order_of_answers_nor_another_workspace_changes_a_row(people: People, hands: Hands) -> None:
    found = []
    for seed, workspace in ((1, people.acme), (2, people.other)):
        await make_journey(workspace, hands.now)
        contacts = await contacts_of(workspace, 30)
        people_of = list(enumerate(contacts))
        random.Random(seed).shuffle(people_of)
        for at, contact in people_of:
            themes = ([SLOW] if at % 2 else []) + ([WAIT] if at % 3 == 0 else [])
            await said(
                workspace,
                contact,
                1 + at % 5,
                *themes,
                words=f"Word{at} and word{at % 7}",
                day=TODAY - timedelta(days=at),
            )
        await came(workspace, contacts)
        await count(hands)
        found.append(await load_pains(workspace, "buying", PERIOD))
        found.append(await load_pains(people.acme, "buying", PERIOD))
    assert len(found[0].rows) >= 2
    assert found[0] == found[1] == found[2] == found[3]


async def test_a_persona_narrows_the_figures(people: People, hands: Hands, contacts: list[int]) -> None:
    personas = {
        row["key"]: row["id"] for row in await fetch("SELECT key, id FROM persona WHERE workspace = $1", people.acme)
    }
    await fetch("UPDATE contact SET persona = $1 WHERE id = ANY($2)", personas["buyer"], contacts[:30])
    for at, contact in enumerate(contacts):
        who = personas["buyer" if at < 30 else "architect"]
        await said(people.acme, contact, 1 if at % 3 == 0 else 4, *([SLOW] if at % 3 == 0 else []), persona=who)
    await came(people.acme, contacts)
    await count(hands)
    [slow, *_] = (await rows_of(people.acme, persona="buyer")).values()
    assert (slow.persona, slow.n_contacts, slow.n_mentions, slow.mean_x) == ("Buyer", 30, 10, pytest.approx(0))
    assert slow.reach_month == pytest.approx(10)
    assert slow.loss_month == pytest.approx(10 * 10 / 30 * 1.5)
    with pytest.raises(Invalid):
        await rows_of(people.acme, persona="nobody")


async def test_the_rest_of_a_persona_is_not_given_away(people: People, hands: Hands, contacts: list[int]) -> None:
    buyer = (await fetch("SELECT id FROM persona WHERE workspace = $1 AND key = 'buyer'", people.acme))[0]["id"]
    for at, contact in enumerate(contacts[:30]):
        await said(people.acme, contact, 1, SLOW, persona=buyer if at < 27 else None)
    await felt(people.acme, contacts[30:], [4] * 30, TODAY)
    await count(hands)
    assert (await rows_of(people.acme))[f"{HERE}/{SLOW}"].n_mentions == 30
    assert f"{HERE}/{SLOW}" not in await rows_of(people.acme, persona="buyer")


async def test_what_is_dismissed_leaves_the_list_and_its_rank(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await complaints(people, hands, contacts)
    pain_id = f"{HERE}/{SLOW}"
    await set_status(people.acme, pain_id, PainStatus.DISMISSED, "by design", None, hands.now)
    found = await load_pains(people.acme, "buying", PERIOD)
    assert pain_id not in {row.pain_id for row in found.rows}
    assert [row.rank for row in found.rows if row.pain_id == f"{HERE}/{WAIT}"] == [1]
    assert {row.p_top3 for row in found.rows if row.rank} == {1.0}
    assert "Dismissed, and left out here: 1." in found.notes
    dismissed = await rows_of(people.acme, status=PainStatus.DISMISSED)
    assert list(dismissed) == [pain_id]
    assert (dismissed[pain_id].rank, dismissed[pain_id].p_top3) == (None, None)
    assert dismissed[pain_id].loss_month


async def test_filters_take_rows_and_change_none(people: People, hands: Hands, contacts: list[int]) -> None:
    await complaints(people, hands, contacts)
    await set_owner(people.acme, f"{HERE}/{SLOW}", "Ida", hands.now)
    await set_status(people.acme, f"{HERE}/{SLOW}", PainStatus.CONFIRMED, "", None, hands.now)
    everything = await rows_of(people.acme)
    for asked in ({"owner": "Ida"}, {"status": PainStatus.CONFIRMED}):
        assert await rows_of(people.acme, **asked) == {f"{HERE}/{SLOW}": everything[f"{HERE}/{SLOW}"]}
    assert await rows_of(people.acme, phase="Purchase", touchpoint="delivery") == everything
    assert await rows_of(people.acme, touchpoint="shop") == {}
    assert (await load_pains(people.acme, "buying", PERIOD)).choices.owners == ("Ida", "Logistics")


async def test_a_hypothesis_stands_in_the_list_without_a_figure(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    pain_id = await add_hypothesis(people.acme, "buying", "shop", "Nobody finds the door", None, hands.now)
    row = (await rows_of(people.acme))[pain_id]
    assert (row.title, row.evidence_level, row.theme_method) == (
        "Shop: Nobody finds the door",
        "hypothesis",
        "workshop",
    )
    assert (row.n_mentions, row.rank, row.quote_1) == (0, None, "")


async def test_what_somebody_dealt_with_stays_when_few_mention_it(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await set_status(people.acme, f"{HERE}/{SLOW}", PainStatus.SOLVED, "faster now", None, hands.now)
    row = (await rows_of(people.acme))[f"{HERE}/{SLOW}"]
    assert (row.status, row.n_mentions, row.share) == (PainStatus.SOLVED, 0, None)
    assert row.suppressed_reason == "Fewer than 5 contacts mention it on these days."
    assert (await load_pain(people.acme, f"{HERE}/{SLOW}", PERIOD)).pain == row


async def test_an_outsider_finds_nothing(people: People, hands: Hands, contacts: list[int]) -> None:
    await complaints(people, hands, contacts)
    for wanted in (load_pains(people.other, "buying", PERIOD), load_pain(people.other, f"{HERE}/{SLOW}", PERIOD)):
        with pytest.raises(NotFound):
            await wanted
    with pytest.raises(NotFound):
        await load_pain(people.acme, f"{HERE}/general.no_such", PERIOD)


async def test_equal_lists_of_two_databases_have_an_equal_hash(people: People, hands: Hands) -> None:
    """The number of a hypothesis is that of its database."""
    found = []
    for workspace in (people.acme, people.other):
        await make_journey(workspace, hands.now)
        await add_hypothesis(workspace, "buying", "shop", "Nobody finds the door", None, hands.now)
        found.append(await load_pains(workspace, "buying", PERIOD))
    assert found[0].rows[0].pain_id != found[1].rows[0].pain_id
    assert found[0].data_hash == found[1].data_hash
    assert found[0].data_hash != replace(found[0], data_hash="").data_hash


def test_the_web_process_loads_no_text_stack() -> None:
    code = (
        "import sys, analysis.pains.load_pain, analysis.pains.keep_pains;"
        "print({'textblob', 'py3langid', 'nltk'} & set(sys.modules))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


_LABEL = "INSERT INTO theme_label (answer, theme, is_present, labelled_at) VALUES ($1, $2, $3, now())"

_OWN_THEME = """
INSERT INTO theme_edit (workspace, theme, title, description, tone, language, phrases, state, edited_at)
VALUES ($1, 'own.parking', 'Parking', 'Where to leave the car', 'either', 'en', '{parking}', 'active', now())
"""
