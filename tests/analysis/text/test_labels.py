"""What people say of a comment: their word outweighs the score, in their own workspace, and outlives a rescoring."""

import asyncio

import pytest

from analysis.responses import Wanted, list_responses
from analysis.text.edit_themes import choose_packs, dismiss_theme, merge_theme, restore_theme
from analysis.text.label_comments import (
    LABELS,
    label_sentiment,
    label_themes,
    load_labels,
    take_label_back,
)
from analysis.text.load_comments import CommentView, load_comments
from analysis.text.rescore import FROM_THE_START, ask_rescoring, rescore_comments
from analysis.text.sentiment import SentimentState
from core.database import fetch, transaction
from core.errors import Invalid, NotFound
from tests.analysis.answers import contacts_of
from tests.analysis.text.commenting import about, clause, said, scored
from tests.analysis.text.reading_examples import said as read_as
from tests.factories import Hands, make_journey
from tests.people import People, id_of_alice

TEXT = "Great driver, but the parcel was late & <b>wet</b>"
SLOW, BUGS, WAIT = "general.slow", "general.bugs", "general.long_wait"
NEGATIVE, POSITIVE, MIXED = SentimentState.NEGATIVE, SentimentState.POSITIVE, SentimentState.MIXED


@pytest.fixture
async def comment(people: People, hands: Hands) -> int:
    """A comment of Acme's, read as positive and as about something slow."""
    await make_journey(people.acme, hands.now)
    [contact] = await contacts_of(people.acme, 1)
    found = await said(people.acme, contact, TEXT, hands.now, ("felt", "anchor", 2))
    await scored(found, "positive", 0.8, probability=0.7)
    await clause(found, 0, 0, 13, "positive", 0.9)
    await clause(found, 1, 14, len(TEXT), "negative", 0.6)
    await about(found, "general.slow", 22, 37, 1)
    return found


async def held(comment: int) -> CommentView:
    return (await load_comments([comment]))[comment]


async def test_a_label_outweighs_the_score_until_it_is_taken_back(people: People, hands: Hands, comment: int) -> None:
    await label_sentiment(people.acme, comment, NEGATIVE, None, hands.now)
    found = await held(comment)
    assert (found.state, found.polarity, found.scored, found.is_labelled) == (NEGATIVE, -0.6, POSITIVE, True)
    assert found.probability is None
    await take_label_back(people.acme, comment)
    found = await held(comment)
    assert (found.state, found.polarity, found.probability, found.is_labelled) == (POSITIVE, 0.8, 0.7, False)


async def test_a_label_that_agrees_keeps_the_polarity_that_was_read(people: People, hands: Hands, comment: int) -> None:
    await label_sentiment(people.acme, comment, POSITIVE, None, hands.now)
    assert ((await held(comment)).polarity, (await held(comment)).is_labelled) == (0.8, True)


async def test_a_later_label_replaces_the_earlier_one(people: People, hands: Hands, comment: int) -> None:
    await label_sentiment(people.acme, comment, NEGATIVE, None, hands.now)
    hands.move(days=1)
    await label_sentiment(people.acme, comment, MIXED, None, hands.now)
    [row] = await fetch("SELECT state, labelled_at FROM sentiment_label")
    assert row == {"state": "mixed", "labelled_at": hands.now}


async def test_labels_given_at_once_leave_one(people: People, hands: Hands, comment: int) -> None:
    await asyncio.gather(*(label_sentiment(people.acme, comment, state, None, hands.now) for state in LABELS * 3))
    assert len(await fetch("SELECT FROM sentiment_label")) == 1


async def test_nobody_says_that_there_is_no_signal(people: People, hands: Hands, comment: int) -> None:
    for state in set(SentimentState) - set(LABELS):
        with pytest.raises(Invalid):
            await label_sentiment(people.acme, comment, state, None, hands.now)


async def test_another_workspace_has_no_such_comment(people: People, hands: Hands, comment: int) -> None:
    with pytest.raises(NotFound):
        await label_sentiment(people.other, comment, NEGATIVE, None, hands.now)
    with pytest.raises(NotFound):
        await take_label_back(people.other, comment)
    with pytest.raises(NotFound):
        await label_themes(people.other, comment, {"general.slow": False}, None, hands.now)
    with pytest.raises(NotFound):
        await load_labels(people.other, comment)
    assert await fetch("SELECT FROM sentiment_label UNION ALL SELECT FROM theme_label") == []


async def test_only_words_can_be_labelled(people: People, hands: Hands, comment: int) -> None:
    [face] = await fetch("SELECT id FROM answer WHERE instrument = 'anchor'")
    with pytest.raises(NotFound):
        await label_sentiment(people.acme, face["id"], NEGATIVE, None, hands.now)
    with pytest.raises(NotFound):
        await label_themes(people.acme, face["id"], {"general.slow": True}, None, hands.now)


async def test_a_theme_is_taken_away_and_added_again(people: People, hands: Hands, comment: int) -> None:
    await label_themes(people.acme, comment, {"general.slow": False, "general.bugs": True}, None, hands.now)
    assert (await held(comment)).theme_keys == ("general.bugs",)
    assert (await load_labels(people.acme, comment)).theme_labels == {"general.slow": False, "general.bugs": True}
    await label_themes(people.acme, comment, {"general.slow": True}, None, hands.now)
    assert (await held(comment)).theme_keys == ("general.slow", "general.bugs")


async def test_with_a_theme_goes_what_was_merged_into_it(people: People, hands: Hands, comment: int) -> None:
    await merge_theme(people.acme, SLOW, BUGS, await id_of_alice(), hands.now)
    assert (await held(comment)).theme_keys == ("general.bugs",)
    await label_themes(people.acme, comment, {"general.bugs": False}, None, hands.now)
    assert (await held(comment)).theme_keys == ()
    await label_themes(people.acme, comment, {"general.bugs": True}, None, hands.now)
    assert (await held(comment)).theme_keys == ("general.bugs",)


@pytest.fixture
async def crawls(people: People, hands: Hands) -> int:
    """A comment as it is really read: about something slow, and that alone."""
    await make_journey(people.acme, hands.now)
    [found] = await read_as(people.acme, hands, "Everything is so slow")
    assert (await held(found)).theme_keys == (SLOW,)
    return found


async def read_again(workspace: int, hands: Hands) -> None:
    await ask_rescoring(workspace, FROM_THE_START, hands.now)
    while await rescore_comments(hands.now):
        pass


async def test_what_is_not_about_a_theme_is_not_about_what_it_was_merged_into(
    people: People, hands: Hands, crawls: int
) -> None:
    alice = await id_of_alice()
    [other] = await read_as(people.acme, hands, "It is slow")
    await label_themes(people.acme, crawls, {SLOW: False}, None, hands.now)
    await merge_theme(people.acme, SLOW, BUGS, alice, hands.now)
    for _ in range(2):
        assert [(await held(one)).theme_keys for one in (crawls, other)] == [(), (BUGS,)]
        await read_again(people.acme, hands)
    await label_themes(people.acme, other, {BUGS: False}, None, hands.now)  # as it is called now
    assert (await held(other)).theme_keys == ()
    await restore_theme(people.acme, SLOW, alice, hands.now)
    assert [(await held(one)).theme_keys for one in (crawls, other)] == [(), (SLOW,)]


async def test_a_label_of_a_theme_counts_as_what_it_was_merged_into(people: People, hands: Hands, crawls: int) -> None:
    alice = await id_of_alice()
    await label_themes(people.acme, crawls, {WAIT: True}, None, hands.now)
    await merge_theme(people.acme, WAIT, BUGS, alice, hands.now)
    assert (await held(crawls)).theme_keys == (SLOW, BUGS)
    await dismiss_theme(people.acme, BUGS, alice, hands.now)
    assert (await held(crawls)).theme_keys == (SLOW,)
    await restore_theme(people.acme, WAIT, alice, hands.now)
    assert (await held(crawls)).theme_keys == (SLOW, WAIT)


async def test_a_pack_that_is_off_counts_from_that_moment_no_more(people: People, hands: Hands, crawls: int) -> None:
    await label_themes(people.acme, crawls, {WAIT: True}, None, hands.now)
    await choose_packs(people.acme, {"software"}, hands.now)
    assert (await held(crawls)).theme_keys == ()
    assert await list_responses(people.acme, Wanted(theme=SLOW)) == []
    await choose_packs(people.acme, {"software", "general"}, hands.now)
    assert (await held(crawls)).theme_keys == (SLOW, WAIT)
    await choose_packs(people.acme, set(), hands.now)
    await read_again(people.acme, hands)
    await choose_packs(people.acme, {"general"}, hands.now)
    await read_again(people.acme, hands)
    assert (await held(crawls)).theme_keys == (SLOW, WAIT)


async def test_a_comment_that_is_deleted_while_it_is_labelled_is_not_found(
    people: People, hands: Hands, comment: int
) -> None:
    async def label_when_it_goes() -> None:
        await going.wait()
        await label_sentiment(people.acme, comment, NEGATIVE, None, hands.now)

    going = asyncio.Event()
    labelling = asyncio.create_task(label_when_it_goes())
    async with transaction():
        await fetch("DELETE FROM answer WHERE id = $1", comment)
        going.set()
        while not await fetch("SELECT FROM pg_locks WHERE NOT granted"):
            await fetch("SELECT pg_sleep(0.01)")
    with pytest.raises(NotFound):
        await labelling


async def test_a_theme_that_nobody_knows_is_refused_and_nothing_is_kept(
    people: People, hands: Hands, comment: int
) -> None:
    with pytest.raises(Invalid, match="no theme of this workspace"):
        await label_themes(people.acme, comment, {"general.slow": False, "made.up": True}, None, hands.now)
    assert await fetch("SELECT FROM theme_label") == []


async def test_the_text_is_cut_at_its_clauses_and_marks(comment: int) -> None:
    marked = (await held(comment)).marked
    assert ["".join(piece.text for piece in one.pieces) for one in marked] == [TEXT[:13], " ", TEXT[14:]]
    assert [(one.state, one.probability) for one in marked] == [(POSITIVE, 0.9), (None, None), (NEGATIVE, 0.6)]
    assert [piece.text for one in marked for piece in one.pieces if piece.themes] == ["parcel was late"]


async def test_responses_are_found_by_what_their_comments_are_held_for(
    people: People, hands: Hands, comment: int
) -> None:
    async def found(**wanted: object) -> int:
        return len(await list_responses(people.acme, Wanted(**wanted)))  # type: ignore[arg-type]

    await fetch("INSERT INTO comment_emotion (answer, emotion, start, stop) VALUES ($1, 'pleased', 0, 5)", comment)
    assert await found(sentiment=POSITIVE, theme="general.slow", emotion="pleased", touchpoint="delivery") == 1
    assert await found(mismatch=True) == 1  # rated -0.5, said 0.8
    await label_sentiment(people.acme, comment, NEGATIVE, None, hands.now)
    await label_themes(people.acme, comment, {"general.slow": False}, None, hands.now)
    assert [await found(sentiment=POSITIVE), await found(sentiment=NEGATIVE)] == [0, 1]
    assert [await found(theme="general.slow"), await found(emotion="angry"), await found(mismatch=True)] == [0, 0, 0]
    assert [await found(written=True), await found(written=True, theme="general.slow")] == [1, 0]
    assert [await found(touchpoint="shop"), await found(response=0), await found(before=1)] == [0, 1, 0]
    assert await list_responses(people.other, Wanted(sentiment=NEGATIVE)) == []
