"""What was rated and what was said stay apart; the rating fills in only where the words say nothing."""

from datetime import timedelta
from typing import Any

import pytest

from analysis.load_report import Period
from analysis.responses import Wanted, list_responses
from analysis.text.label_comments import label_sentiment
from analysis.text.load_mismatches import Mismatches, load_mismatches
from analysis.text.mismatches import Beside
from analysis.text.sentiment import SentimentState
from tests.analysis.answers import contacts_of
from tests.analysis.text.commenting import said, scored
from tests.factories import Hands, make_journey, make_key
from tests.people import People

POSITIVE, NEGATIVE, NEUTRAL = SentimentState.POSITIVE, SentimentState.NEGATIVE, SentimentState.NEUTRAL
NO_SIGNAL, NOT_SCORED = SentimentState.NO_SIGNAL, SentimentState.NOT_SCORED


@pytest.mark.parametrize(
    ("polarity", "rating", "is_mismatch"),
    [(0.5, -0.5, False), (0.51, -0.5, True), (-0.51, 0.5, True), (None, 1.0, False), (1.0, None, False)],
)
def test_more_than_one_apart_is_a_mismatch(polarity: float | None, rating: float | None, is_mismatch: bool) -> None:
    assert Beside(POSITIVE, polarity, rating).is_mismatch == is_mismatch


@pytest.mark.parametrize(
    ("state", "rating", "filled_in"),
    [
        (NO_SIGNAL, 1.0, POSITIVE),
        (NO_SIGNAL, -0.5, NEGATIVE),
        (NO_SIGNAL, 0.0, NEUTRAL),
        (NO_SIGNAL, None, None),
        (NOT_SCORED, 1.0, None),
        (NEUTRAL, 1.0, None),
        (NEGATIVE, 1.0, None),
    ],
)
def test_the_rating_fills_in_where_there_is_no_signal_and_nowhere_else(
    state: SentimentState, rating: float | None, filled_in: SentimentState | None
) -> None:
    assert Beside(state, None, rating).filled_in is filled_in


async def written(people: People, hands: Hands) -> list[int]:
    """Rated 5, 1, 3, not at all, 5 faces; read as what was said."""
    await make_journey(people.acme, hands.now)
    found = []
    contacts = await contacts_of(people.acme, 5)
    read: list[tuple[str, float | None, Any]] = [
        ("negative", -0.9, 5),
        ("positive", 0.7, 1),
        ("positive", 0.9, 3),
        ("negative", -0.9, None),
        ("no_signal", None, 5),
    ]
    for contact, (state, polarity, face) in zip(contacts, read, strict=True):
        rated = [("felt", "anchor", face), ("nps", "nps", 0)] if face else []
        comment = await said(people.acme, contact, f"{state} <i>words</i>", hands.now - timedelta(days=1), *rated)
        await scored(comment, state, polarity)
        found.append(comment)
    return found


async def of_quarter(workspace: int, hands: Hands) -> Mismatches:
    return await load_mismatches(workspace, Period(hands.now.date() - timedelta(days=89), hands.now.date()))


async def test_those_furthest_apart_come_first(people: People, hands: Hands) -> None:
    comments = await written(people, hands)
    found = await of_quarter(people.acme, hands)
    assert [(row.comment, row.rating, row.polarity) for row in found.comments] == [
        (comments[0], 1.0, -0.9),  # the faces decide, not the NPS beside them
        (comments[1], -1.0, 0.7),
    ]
    [row] = found.counts
    assert (row.touchpoint, row.n, row.n_rated_better, row.n_spoke_better, row.n_apart) == ("delivery", 3, 1, 1, 2)
    assert await of_quarter(people.other, hands) == Mismatches((), ())


async def test_words_that_leave_by_a_program_are_redacted(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    [contact] = await contacts_of(people.acme, 1)
    words = "Awful, write to carla@customer.example"
    comment = await said(people.acme, contact, words, hands.now - timedelta(days=1), ("felt", "anchor", 5))
    await scored(comment, "negative", -0.9)
    [found] = (await of_quarter(people.acme, hands)).comments
    assert found.text == "Awful, write to [e-mail]"


async def test_older_ones_belong_to_other_days(people: People, hands: Hands) -> None:
    await written(people, hands)
    hands.move(days=91)
    assert await of_quarter(people.acme, hands) == Mismatches((), ())


@pytest.mark.parametrize("days", ["since=2026-03-02&until=2026-03-01", "until=9999-12-31"])
async def test_days_that_make_no_period_are_refused(people: People, days: str) -> None:
    assert (await people.alice.get(f"/w/acme/mismatches?{days}")).status_code == 422


async def test_a_comment_that_was_put_right_is_none_any_more(people: People, hands: Hands) -> None:
    comments = await written(people, hands)
    await label_sentiment(people.acme, comments[0], POSITIVE, None, hands.now)
    assert [row.comment for row in (await of_quarter(people.acme, hands)).comments] == [comments[1]]
    assert len(await list_responses(people.acme, Wanted(mismatch=True))) == 1


async def test_the_page_and_the_program_are_told(people: People, hands: Hands) -> None:
    comments = await written(people, hands)
    html = (await people.bob.get("/w/acme/mismatches")).text
    assert "Rated +1.00, said −0.90" in html
    assert "negative &lt;i&gt;words&lt;/i&gt;" in html
    assert "by the rating: positive" in (await people.bob.get("/w/acme/responses?sentiment=no_signal")).text
    key = await make_key(people.acme, hands.now)
    found = (await people.nobody.get("/api/v1/mismatches", headers=key)).json()
    assert [row["comment"] for row in found["comments"]] == comments[:2]
    assert {row["note"] for row in found["comments"]} == {"mixed or ironic"}
