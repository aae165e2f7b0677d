"""Answers that are changed after they were scored: counted and read as if they had been given so at first."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analysis.apply_changes import apply_changes
from analysis.load_report import last_days, load_report
from analysis.rebuild_tally import rebuild_tally
from analysis.remove_responses import delete_response, erase_contact
from analysis.responses import list_responses
from analysis.score_responses import STOPPED_AFTER, score_responses
from analysis.text.label_comments import label_sentiment, label_themes
from analysis.text.sentiment import SentimentState
from core.database import fetch
from core.site import Site
from tests.analysis.changing import MOODS, WORDS, Voices, counted, read_out
from tests.factories import Hands, Letterbox, work
from tests.feedback.answering import Desk
from tests.people import People

DAY = datetime(2026, 2, 10, 9, tzinfo=UTC)


@pytest.fixture
async def voices(people: People, site: Site, letterbox: Letterbox, hands: Hands) -> Voices:
    """Six contacts, who come through the delivery again and again."""
    desk = Desk(people, site, letterbox, hands)
    found = Voices(desk)
    await found.begin()
    return found


async def unscored() -> list[dict[str, Any]]:
    return await fetch("SELECT id FROM response WHERE scored_at IS NULL")


class TestOneChange:
    async def test_another_face_moves_the_count_and_the_mean(self, voices: Voices, site: Site) -> None:
        for contact in range(6):
            await voices.answers(contact, DAY + timedelta(days=contact), felt="1")
        await work(site)
        await voices.changes(0, felt="5")
        await work(site)
        rows = await fetch("SELECT value, n FROM tally WHERE instrument = 'anchor' AND grain = 'month' ORDER BY value")
        assert [(row["value"], row["n"]) for row in rows if row["n"]] == [("1", 5), ("5", 1)]
        assert (await rebuild_tally()).differing == 0

    async def test_other_words_have_their_own_score_and_themes(self, voices: Voices, site: Site) -> None:
        await voices.answers(0, DAY, felt="2", why="I was on hold for an hour, horrible.")
        await work(site)
        before = await read_out()
        await voices.changes(0, felt="2", why="Great, friendly people!")
        await work(site)
        after = await read_out()
        assert [row["state"] for row in before["comment_score"]] == ["negative"]
        assert before["comment_theme"] != after["comment_theme"]
        assert [row["state"] for row in after["comment_score"]] == ["positive"]

    async def test_words_that_are_taken_back_leave_nothing(self, voices: Voices, site: Site) -> None:
        await voices.answers(0, DAY, felt="2", why="I was on hold for an hour, horrible.")
        await work(site)
        await voices.changes(0, felt="2", why="")
        await work(site)
        assert await read_out() == {"comment_score": [], "comment_theme": []}

    async def test_words_that_stay_keep_their_score_as_it_is(self, voices: Voices, site: Site) -> None:
        await voices.answers(0, DAY, felt="2", why="I was on hold for an hour.")
        await work(site)
        before = await fetch("SELECT * FROM comment_score")
        await voices.changes(0, felt="3", why="I was on hold for an hour.")
        await work(site)
        assert await fetch("SELECT * FROM comment_score") == before

    async def test_words_that_are_changed_and_changed_back_keep_what_people_say_of_them(
        self, voices: Voices, site: Site, hands: Hands
    ) -> None:
        words = "I was on hold for an hour."
        await voices.answers(0, DAY, felt="2", why=words)
        await work(site)
        [comment] = await fetch("SELECT id FROM answer WHERE text IS NOT NULL")
        workspace = voices.desk.people.acme
        await label_sentiment(workspace, comment["id"], SentimentState.MIXED, None, hands.now)
        await label_themes(workspace, comment["id"], {"general.bugs": True}, None, hands.now)
        before = await fetch("SELECT * FROM comment_score")
        await voices.changes(0, felt="3", why="Great, friendly people!")
        await voices.changes(0, felt="3", why=words)
        await work(site)
        assert await fetch("SELECT * FROM comment_score") == before
        assert await fetch("SELECT answer, state FROM sentiment_label") == [{"answer": comment["id"], "state": "mixed"}]
        assert await fetch("SELECT theme FROM theme_label") == [{"theme": "general.bugs"}]
        assert await fetch("SELECT FROM answer_change") == []
        [face] = await fetch("SELECT value FROM answer WHERE instrument = 'anchor'")
        assert face["value"] == 3

    async def test_an_answer_added_later_and_taken_back_at_once_was_never_there(
        self, voices: Voices, site: Site
    ) -> None:
        await voices.answers(0, DAY, felt="2")
        await work(site)
        before = await counted()
        await voices.changes(0, felt="2", nps="9")
        await voices.changes(0, felt="2", nps="9", mood=MOODS[0])
        await voices.changes(0, felt="2", nps="", mood="")
        await fetch("DELETE FROM answer_change WHERE question = 'nps'")  # a radio button can't be taken back
        await work(site)
        assert await counted() == before

    async def test_reports_hold_the_old_answer_until_it_is_replaced_and_never_both(
        self, voices: Voices, site: Site, hands: Hands
    ) -> None:
        workspace = voices.desk.people.acme
        for n in range(12):
            await voices.answers(n % 6, DAY + timedelta(days=n), felt="1", why=WORDS[0])
        await work(site)
        hashes, shown = [], []
        for _ in range(2):
            hashes.append((await load_report(workspace, "buying", last_days(hands.now))).data_hash)
            [first] = [row for row in await list_responses(workspace) if row.id == voices.ids[0]]
            shown.append({answer.question: answer.value or answer.text for answer in first.answers})
            await voices.changes(0, felt="5", why=WORDS[1])
        await work(site)
        hashes.append((await load_report(workspace, "buying", last_days(hands.now))).data_hash)
        assert hashes[0] == hashes[1] != hashes[2]
        assert shown == [{"felt": 1, "why": WORDS[0]}] * 2
        rows = await fetch(
            "SELECT question, value, text FROM answer WHERE response = $1 ORDER BY question", voices.ids[0]
        )
        assert [row["value"] or row["text"] for row in rows] == [5, WORDS[1]]

    async def test_a_response_that_nobody_has_scored_yet_has_no_changes(self, voices: Voices, hands: Hands) -> None:
        await voices.answers(0, DAY, felt="2")
        await voices.changes(0, felt="3")
        assert await fetch("SELECT FROM answer_change") == []
        assert await apply_changes(hands.now) == 0


class TestHalfAnswered:
    async def test_it_is_scored_a_minute_after_the_last_tap(self, voices: Voices, hands: Hands) -> None:
        visitor = await voices.desk.visited("half")
        await visitor.taps(felt="2")
        hands.move(seconds=40)
        await visitor.taps(why=WORDS[0])
        hands.move(seconds=STOPPED_AFTER.total_seconds() - 1)
        assert await score_responses(hands.now) == 0
        hands.move(seconds=1)
        assert await score_responses(hands.now) == 1
        assert (await unscored(), len((await read_out())["comment_score"])) == ([], 1)

    async def test_who_is_through_is_scored_at_once(self, voices: Voices, hands: Hands) -> None:
        await (await voices.desk.visited("whole")).sends(felt="2")
        assert await score_responses(hands.now) == 1

    async def test_who_goes_on_after_it_is_counted_with_all_they_said_and_once(
        self, voices: Voices, site: Site, hands: Hands
    ) -> None:
        visitor = await voices.desk.visited("half")
        await visitor.taps(felt="2")
        hands.move(minutes=2)
        await work(site)
        await visitor.sends(felt="4", nps="9", why=WORDS[0])
        await work(site)
        late = await counted()
        assert (await rebuild_tally()).differing == 0
        await delete_response(voices.desk.people.acme, (await fetch("SELECT id FROM response"))[0]["id"])
        first = await voices.desk.visited("whole")
        hands.move(minutes=-2)  # as it was when the other was begun
        await first.sends(felt="4", nps="9", why=WORDS[0])
        await work(site)
        assert await counted() == late


class TestTakenAway:
    async def test_a_response_with_a_change_that_waits_is_deleted_with_it(self, voices: Voices, site: Site) -> None:
        await voices.answers(0, DAY, felt="2", mood=MOODS[0], why=WORDS[0])
        await voices.answers(0, DAY + timedelta(days=1), felt="4")
        await work(site)
        await voices.changes(0, felt="5", mood=MOODS[1], why=WORDS[1])
        await delete_response(voices.desk.people.acme, voices.ids[0])
        assert await fetch("SELECT FROM answer_change") == []
        await work(site)
        assert (await rebuild_tally()).differing == 0
        assert await counted() == {("anchor", "felt", "4"): 1, ("response", "", ""): 1}
        assert await read_out() == {"comment_score": [], "comment_theme": []}

    async def test_so_is_a_contact(self, voices: Voices, site: Site) -> None:
        for day in range(3):
            await voices.answers(0, DAY + timedelta(days=day), felt="2", mood=MOODS[0])
        await work(site)
        await voices.changes(0, felt="5", mood=MOODS[1])
        assert await erase_contact(voices.desk.people.acme, "c1", voices.desk.hands.now) == 3
        await work(site)
        assert (await rebuild_tally()).differing == 0
        assert await counted() == {}


class TestAnySequence:
    @pytest.mark.parametrize("seed", range(4))
    async def test_it_leaves_what_the_last_answers_alone_would_have_left(self, voices: Voices, seed: int) -> None:
        """Answer, change, take back, delete, erase, score and apply in any order; then count the same from nothing."""
        dice = random.Random(seed)
        for _ in range(45):
            await voices.does_something(dice)
            if dice.random() < 0.15:
                assert (await rebuild_tally()).differing == 0
        await voices.settle()
        assert (await rebuild_tally()).differing == 0
        assert await voices.stored() == voices.said
        incremental = await counted(), await voices.corrections(), await read_out()
        await voices.say_all_afresh()
        assert await voices.stored() == voices.said
        assert (await counted(), await voices.corrections(), await read_out()) == incremental
