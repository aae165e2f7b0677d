"""Scoring stores all that is read out of a comment, read as its survey and its workspace have it."""

import asyncio
import multiprocessing
import os
import re
import signal
from typing import Any

from structlog.testing import capture_logs

from analysis.apply_changes import apply_changes
from analysis.score_responses import score_responses
from analysis.text import reading_pool
from analysis.text.evidence import Leaning
from analysis.text.load_rules import load_rules
from analysis.text.reading import CommentReading, read_comment
from analysis.text.reading_pool import MANY_CHARACTERS, Unread, cores, read_all
from analysis.text.rescore import read_last_year_again, rescore_comments
from core.database import fetch
from core.site import Site
from tests.analysis.answers import contacts_of, given
from tests.analysis.changing import Voices
from tests.analysis.text.reading_examples import WORDS, kept_rows, readings, said, unscored
from tests.factories import JOURNEY, Hands, Letterbox, make_journey
from tests.feedback.answering import Desk
from tests.people import People

WORDLESS = re.sub(r"    (title|thanks): .*\n|, text: [^,}]*", "", JOURNEY)
LIKED = JOURNEY.replace("What could we do better", "What did you like best")


async def reading_of(workspace: int, words: str, leaning: Leaning) -> CommentReading:
    rules = (await load_rules([workspace]))[workspace]
    return read_comment(words, locale="", offered=("en",), leaning=leaning, rules=rules)


async def begun() -> None:
    """Until the processes that read are ready."""
    assert cores() > 1, "on one core there is nothing to test: give the tests two"
    await asyncio.gather(*map(asyncio.wrap_future, reading_pool._readers().beginnings))


async def test_all_that_is_read_is_stored_with_who_read_it_and_when(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await said(people.acme, hands, WORDS[0])
    found = await reading_of(people.acme, WORDS[0], Leaning.BETTER)
    kept = await kept_rows()
    [score] = kept["comment_score"]
    assert (score["language"], score["state"], score["polarity"]) == (found.language, found.state, found.polarity)
    assert (score["probability"], score["analyser"], score["packs"]) == (
        found.probability,
        found.analyser,
        found.packs,
    )
    assert score["scored_at"] == hands.now
    assert len(found.clauses) == 2
    assert [(row["number"], row["start"], row["stop"], row["state"]) for row in kept["comment_clause"]] == [
        (number, clause.start, clause.stop, clause.state) for number, clause in enumerate(found.clauses)
    ]
    assert found.themes
    assert {(row["theme"], row["clause"]) for row in kept["comment_theme"]} == {
        (hit.theme, hit.clause) for hit in found.themes
    }


async def test_an_emotion_is_stored_at_its_words(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await said(people.acme, hands, WORDS[1])
    rows = (await kept_rows())["comment_emotion"]
    assert "furious" in [WORDS[1][row["start"] : row["stop"]] for row in rows]


async def test_a_theme_that_a_clause_names_twice_is_stored_once_at_its_first_mention(
    people: People, hands: Hands
) -> None:
    await make_journey(people.acme, hands.now)
    words = "It crashes and crashes and crashes"
    await said(people.acme, hands, words)
    rows = [row for row in (await kept_rows())["comment_theme"] if row["theme"] == "general.bugs"]
    assert len({row["clause"] for row in rows}) == len(rows)
    assert rows[0]["start"] == words.index("crashes")


async def test_a_bare_wish_is_read_by_what_the_question_asks_for(people: People, hands: Hands) -> None:
    words = "The search"
    await make_journey(people.acme, hands.now)
    [wished] = await said(people.acme, hands, words)
    await make_journey(people.other, hands.now, LIKED)
    await said(people.other, hands, words)
    states = {row["answer"]: row["state"] for row in await readings()}
    better = await reading_of(people.acme, words, Leaning.BETTER)
    liked = await reading_of(people.other, words, Leaning.LIKED)
    assert better.state != liked.state
    assert states.pop(wished) == better.state
    assert list(states.values()) == [liked.state]


async def test_a_survey_in_every_language_leaves_two_words_without_a_locale_unread(
    people: People, hands: Hands
) -> None:
    """One without words of its own is asked in the reader's language, whichever that is."""
    words = "Very good"
    await make_journey(people.acme, hands.now)
    await said(people.acme, hands, words)
    await make_journey(people.other, hands.now, WORDLESS)
    await said(people.other, hands, words)
    one, any_of_all = await readings()
    assert (one["language"], one["state"] == "not_scored") == ("en", False)
    assert (any_of_all["language"], any_of_all["state"]) == ("", "not_scored")


async def test_a_backlog_in_many_processes_is_read_as_one_by_one(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    rules = (await load_rules([people.acme]))[people.acme]
    comments = [Unread(f"{words} {number}", "en", ("en",), Leaning.OPEN) for number in range(200) for words in WORDS]
    assert sum(len(comment.text) for comment in comments) >= MANY_CHARACTERS
    alone = [read_comment(one.text, locale="en", offered=("en",), leaning=one.leaning, rules=rules) for one in comments]
    assert await read_all(comments, rules) == alone  # while the processes begin
    await begun()
    assert await read_all(comments, rules) == alone
    assert len(multiprocessing.active_children()) == cores()


async def test_a_reading_process_that_is_killed_costs_no_comment(people: People) -> None:
    rules = (await load_rules([people.acme]))[people.acme]
    comments = [Unread(f"{WORDS[0]} {number}", "en", ("en",), Leaning.OPEN) for number in range(1_500)]
    before = await read_all(comments, rules)
    await begun()
    killed = {child.pid for child in multiprocessing.active_children()}
    for pid in killed:
        os.kill(pid or 0, signal.SIGKILL)
    assert await read_all(comments, rules) == before
    assert await read_all(comments, rules) == before  # others begin
    await begun()
    assert await read_all(comments, rules) == before
    assert killed.isdisjoint({child.pid for child in multiprocessing.active_children()})


async def test_changed_words_are_read_under_the_same_question(
    people: People, hands: Hands, site: Site, letterbox: Letterbox
) -> None:
    voices = Voices(Desk(people, site, letterbox, hands))
    await voices.begin()
    voice = await voices.answers(0, hands.now, felt="2", why=WORDS[3])
    await voices.settle()
    await voices.changes(voice, felt="2", why=WORDS[0])
    assert await apply_changes(hands.now) == 1
    changed = [{**row, "answer": 0} for row in await readings()]
    await fetch("DELETE FROM response")
    await said(people.acme, hands, WORDS[0])
    assert [{**row, "answer": 0} for row in await readings()] == changed


async def test_what_is_not_in_words_is_not_read(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    [contact] = await contacts_of(people.acme, 1)
    await given(people.acme, contact, hands.now, ("felt", "anchor", 3))
    assert await score_responses(hands.now) == 1
    assert await readings() == []


async def test_two_workers_never_read_one_comment_twice(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    answers = await unscored(people.acme, hands, *WORDS)
    assert sum(await asyncio.gather(*(score_responses(hands.now) for _ in range(4)))) == len(WORDS)
    assert [row["answer"] for row in await readings()] == answers


async def test_a_comment_on_which_the_reader_fails_keeps_no_other_from_being_read(people: People) -> None:
    rules = (await load_rules([people.acme]))[people.acme]
    broken: Any = None
    unread = [Unread(WORDS[0], "en", offered, Leaning.OPEN) for offered in (("en",), broken, ("nl",))]
    first, failed, last = await read_all(unread, rules)
    assert (failed.state, failed.polarity, failed.analyser) == ("not_scored", None, "unread: TypeError")
    assert [first, last] == await read_all([unread[0], unread[2]], rules)


async def test_rules_that_cannot_be_read_by_cost_no_other_workspace_its_scores(people: People, hands: Hands) -> None:
    """What failed is counted, and its words stay out of the log; the rules mended, it is read again."""
    for workspace in (people.acme, people.other):
        await make_journey(workspace, hands.now)
    await fetch(
        "INSERT INTO theme_edit (workspace, theme, title, phrases, edited_at) "
        "VALUES ($1, 'own.broken', 'Broken', '{p*}', now())",
        people.acme,
    )
    with capture_logs() as logged:
        [failed] = await unscored(people.acme, hands, WORDS[1])
        [read] = await said(people.other, hands, WORDS[1])
    states = {row["answer"]: row["state"] for row in await readings()}
    assert states == {failed: "not_scored", read: "negative"}
    assert [entry for entry in logged if entry["event"] == "comments_unread"] == [
        {"event": "comments_unread", "log_level": "error", "workspace": people.acme, "fault": "WordListFault", "n": 1}
    ]
    assert "furious" not in str(logged)
    assert "1 comment could not be read" in (await people.alice.get("/w/acme/reading")).text
    await fetch("DELETE FROM theme_edit")
    await read_last_year_again(people.acme, hands.now)
    while await rescore_comments(hands.now):
        pass
    assert {row["state"] for row in await readings()} == {"negative"}
