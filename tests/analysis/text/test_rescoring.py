"""Comments read again: what is read otherwise is stored, the former score beside it, and what people say stays."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from analysis.rebuild_tally import rebuild_tally
from analysis.remove_responses import delete_response
from analysis.score_responses import score_responses
from analysis.text import compare_readings as comparing
from analysis.text import rescore
from analysis.text.compare_readings import compare_readings
from analysis.text.rescore import (
    FROM_THE_START,
    ask_rescoring,
    finish_rescoring,
    load_rescoring,
    rescore_batch,
    rescore_comments,
    take_up_rescoring,
)
from analysis.text.rescoring_diff import in_words
from core.database import fetch, transaction
from core.errors import NotFound
from core.site import Site
from tests.analysis.changing import counted
from tests.analysis.text.reading_examples import WORDS, kept_rows, readings, said, unscored
from tests.factories import Hands, Letterbox, make_journey
from tests.feedback.answering import Desk
from tests.people import People

OLD = "kept-old-1"
PATIENCE = 20  # seconds after which a test fails that waits for what never comes


@pytest.fixture
async def answers(people: People, hands: Hands) -> list[int]:
    """The comments of WORDS in one workspace, scored."""
    await make_journey(people.acme, hands.now)
    return await said(people.acme, hands, *WORDS)


@pytest.fixture(autouse=True)
async def no_runs_left(database: None) -> AsyncIterator[None]:
    """Those over all workspaces go with none of them."""
    yield
    await fetch("DELETE FROM rescoring")


async def held_by_an_old_analyser(*answers: int) -> None:
    """As if a version had read them that knew little."""
    await fetch(
        "UPDATE comment_score SET state = 'neutral', polarity = 0, probability = NULL, analyser = $2, packs = 'old' "
        "WHERE answer = ANY($1)",
        answers,
        OLD,
    )
    for table in ("comment_clause", "comment_theme", "comment_emotion"):
        await fetch(f"DELETE FROM {table} WHERE answer = ANY($1)", answers)
    await fetch(
        "INSERT INTO comment_theme (answer, theme, clause, start, stop) "
        "SELECT answer, 'old.chairs', 0, 0, 3 FROM unnest($1::bigint[]) answer",
        answers,
    )


async def reread(workspace: int | None, now: datetime, since: datetime = FROM_THE_START) -> tuple[int, int]:
    """Work a new run off; how many comments it read, and how many of them changed."""
    run = await ask_rescoring(workspace, since, now)
    while await rescore_comments(now):
        pass
    done = await load_rescoring(run)
    assert done.finished_at == now
    return done.n_read, done.n_changed


class TestWhatIsStored:
    async def test_all_is_as_if_it_had_been_read_so_at_first(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        before = await readings()
        await held_by_an_old_analyser(*answers[:4])
        assert await readings() != before
        assert await reread(people.acme, hands.now) == (len(answers), 4)
        assert await readings() == before

    async def test_the_score_that_was_held_is_kept_until_when_it_was(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        await held_by_an_old_analyser(answers[0])
        scored_at = hands.now
        hands.move(days=1)
        await reread(people.acme, hands.now)
        [past] = (await kept_rows())["past_comment_score"]
        assert (past["answer"], past["state"], past["polarity"], past["analyser"]) == (answers[0], "neutral", 0, OLD)
        assert (past["scored_at"], past["replaced_at"]) == (scored_at, hands.now)

    async def test_where_nothing_changes_nothing_is_written(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        before = await kept_rows()
        hands.move(days=1)
        assert await reread(people.acme, hands.now) == (len(answers), 0)
        assert await kept_rows() == before

    async def test_who_read_it_is_brought_up_to_date_without_a_past(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        before = await kept_rows()
        await fetch("UPDATE comment_score SET analyser = $1", OLD)
        assert await reread(people.acme, hands.now) == (len(answers), 0)
        now = await kept_rows()
        assert [row["analyser"] for row in now["comment_score"]] == [row["analyser"] for row in before["comment_score"]]
        assert now["past_comment_score"] == []

    async def test_a_theme_alone_leaves_no_past_score(self, people: People, hands: Hands, answers: list[int]) -> None:
        before = await readings()
        await fetch("DELETE FROM comment_theme WHERE answer = $1", answers[0])
        assert await reread(people.acme, hands.now) == (len(answers), 1)
        assert await readings() == before
        assert (await kept_rows())["past_comment_score"] == []

    async def test_what_people_say_is_never_touched(self, people: People, hands: Hands, answers: list[int]) -> None:
        await fetch(
            "INSERT INTO sentiment_label (answer, state, labelled_at) SELECT id, 'mixed', $1 FROM answer", hands.now
        )
        await fetch(
            "INSERT INTO theme_label (answer, theme, is_present, labelled_at) "
            "SELECT id, 'general.slow', true, $1 FROM answer",
            hands.now,
        )
        labels = await fetch("SELECT * FROM sentiment_label"), await fetch("SELECT * FROM theme_label")
        await held_by_an_old_analyser(*answers)
        assert (await reread(people.acme, hands.now))[1] == len(answers)
        assert (await fetch("SELECT * FROM sentiment_label"), await fetch("SELECT * FROM theme_label")) == labels

    async def test_the_tallies_stay_as_they_are(self, people: People, hands: Hands, answers: list[int]) -> None:
        before = await counted()
        await held_by_an_old_analyser(*answers)
        await reread(people.acme, hands.now)
        assert await counted() == before
        assert (await rebuild_tally()).differing == 0


class TestWhich:
    async def test_only_those_of_the_workspace(self, people: People, hands: Hands, answers: list[int]) -> None:
        await make_journey(people.other, hands.now)
        others = await said(people.other, hands, *WORDS[:2])
        await held_by_an_old_analyser(*answers, *others)
        assert await reread(people.other, hands.now) == (2, 2)
        held = await fetch("SELECT answer FROM comment_score WHERE analyser = $1 ORDER BY answer", OLD)
        assert [row["answer"] for row in held] == answers
        assert await reread(None, hands.now) == (len(answers) + 2, len(answers))

    async def test_only_those_given_since_then(self, people: People, hands: Hands, answers: list[int]) -> None:
        await held_by_an_old_analyser(*answers)
        third = hands.now - timedelta(days=1) + timedelta(minutes=2)
        assert await reread(people.acme, hands.now, since=third) == (len(answers) - 2, len(answers) - 2)

    async def test_nothing_at_all_is_soon_done(self, people: People, hands: Hands) -> None:
        assert await reread(people.acme, hands.now) == (0, 0)


class TestRuns:
    @pytest.fixture(autouse=True)
    def small_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rescore, "BATCH", 3)

    async def test_one_that_was_stopped_goes_on_where_it_was(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        await held_by_an_old_analyser(*answers)
        run = await take_up_rescoring(people.acme, FROM_THE_START, hands.now)
        await rescore_batch(run, hands.now)  # begins
        assert await rescore_batch(run, hands.now) == 3
        stopped = await load_rescoring(run)
        assert (stopped.done_to, stopped.n_read, stopped.share_done > 0) == (answers[2], 3, True)
        assert await take_up_rescoring(people.acme, FROM_THE_START, hands.now) == run
        shares: list[float] = []
        done = await finish_rescoring(run, hands, shares.append)
        assert (done.n_read, done.n_changed, done.is_covered) == (len(answers), len(answers), False)
        assert shares == sorted(shares)
        assert shares[-1] == 1
        assert await take_up_rescoring(people.acme, FROM_THE_START, hands.now) != run

    async def test_a_later_one_that_covers_it_takes_its_place(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        first = await ask_rescoring(people.acme, hands.now - timedelta(days=366), hands.now)
        await rescore_batch(first, hands.now)
        await rescore_batch(first, hands.now)
        later = await ask_rescoring(None, FROM_THE_START, hands.now)
        await rescore_comments(hands.now)
        assert (await load_rescoring(first)).is_covered
        assert (await finish_rescoring(later, hands, lambda _: None)).n_read == len(answers)

    async def test_a_later_one_that_covers_less_waits(self, people: People, hands: Hands, answers: list[int]) -> None:
        first = await ask_rescoring(None, FROM_THE_START, hands.now)
        later = await ask_rescoring(people.acme, FROM_THE_START, hands.now)
        for _ in range(len(answers) // 3 + 2):
            await rescore_comments(hands.now)
        found = await load_rescoring(first)
        assert (found.n_read, found.is_covered) == (len(answers), False)
        assert (await load_rescoring(later)).n_read == 0
        while await rescore_comments(hands.now):
            pass
        assert (await load_rescoring(later)).n_read == len(answers)

    async def test_one_begun_by_another_version_begins_again(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        run = await ask_rescoring(people.acme, FROM_THE_START, hands.now)
        await rescore_batch(run, hands.now)
        await rescore_batch(run, hands.now)
        await fetch("UPDATE rescoring SET analyser = $2 WHERE id = $1", run, OLD)
        await held_by_an_old_analyser(*answers)
        done = await finish_rescoring(run, hands, lambda _: None)
        assert (done.n_read, done.n_changed) == (len(answers), len(answers))

    async def test_several_workers_read_each_comment_once(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        await held_by_an_old_analyser(*answers)
        run = await ask_rescoring(people.acme, FROM_THE_START, hands.now)
        await asyncio.gather(*(finish_rescoring(run, hands, lambda _: None) for _ in range(4)))
        done = await load_rescoring(run)
        assert (done.n_read, done.n_changed) == (len(answers), len(answers))
        assert len((await kept_rows())["past_comment_score"]) == len(answers)

    async def test_two_runs_over_the_same_comments_keep_each_past_score_once(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        await held_by_an_old_analyser(*answers)
        everywhere = await ask_rescoring(None, FROM_THE_START, hands.now)
        here = await ask_rescoring(people.acme, FROM_THE_START, hands.now)
        runs = (everywhere, here, everywhere, here)
        done = await asyncio.gather(*(finish_rescoring(run, hands, lambda _: None) for run in runs))
        assert sum(run.n_changed for run in done[:2]) == len(answers)
        assert [row["answer"] for row in (await kept_rows())["past_comment_score"]] == answers

    async def test_there_is_none_of_that_number(self, people: People) -> None:
        with pytest.raises(NotFound):
            await load_rescoring(0)


class TestBesideOthers:
    """The batch stands open, all its locks held, while somebody else does something on another connection."""

    @pytest.fixture
    async def desk(self, people: People, site: Site, letterbox: Letterbox, hands: Hands) -> Desk:
        return Desk(people, site, letterbox, hands)

    async def test_answers_come_in_and_are_scored_and_labelled_meanwhile(
        self, people: People, hands: Hands, answers: list[int], desk: Desk
    ) -> None:
        await held_by_an_old_analyser(*answers)
        run = await ask_rescoring(people.acme, FROM_THE_START, hands.now)
        await rescore_batch(run, hands.now)
        open_, over = asyncio.Event(), asyncio.Event()

        async def read_on() -> None:
            async with transaction():
                assert await rescore_batch(run, hands.now) == len(answers)
                open_.set()
                await over.wait()

        batch = asyncio.create_task(read_on())
        async with asyncio.timeout(PATIENCE):
            await open_.wait()
            visitor = await desk.visited("meanwhile")
            assert (await visitor.sends(felt="2", why=WORDS[0])).status_code == 303
            assert await score_responses(hands.now) == 1
            await fetch(
                "INSERT INTO sentiment_label (answer, state, labelled_at) VALUES ($1, 'mixed', $2)",
                answers[0],
                hands.now,
            )
            assert (await people.alice.get("/w/acme/responses")).status_code == 200
            over.set()
            await batch
        assert await fetch("SELECT id FROM comment_score WHERE analyser = $1", OLD) == []

    async def test_what_somebody_deletes_just_now_is_passed_over(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        await held_by_an_old_analyser(*answers)
        response = (await fetch("SELECT response FROM answer WHERE id = $1", answers[1]))[0]["response"]
        open_, over = asyncio.Event(), asyncio.Event()

        async def delete() -> None:
            async with transaction():
                await delete_response(people.acme, response)
                open_.set()
                await over.wait()

        deletion = asyncio.create_task(delete())
        async with asyncio.timeout(PATIENCE):
            await open_.wait()
            assert await reread(people.acme, hands.now) == (len(answers), len(answers) - 1)
            over.set()
            await deletion
        assert [row["answer"] for row in await readings()] == [*answers[:1], *answers[2:]]

    async def test_a_run_begins_after_all_that_is_being_read_by_the_rules_before_it(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        [late] = await unscored(people.acme, hands, WORDS[0])
        open_, over = asyncio.Event(), asyncio.Event()

        async def score() -> None:
            async with transaction():
                await score_responses(hands.now)
                open_.set()
                await over.wait()

        scoring = asyncio.create_task(score())
        async with asyncio.timeout(PATIENCE):
            await open_.wait()
            run = await ask_rescoring(people.acme, FROM_THE_START, hands.now)
            beginning = asyncio.create_task(rescore_batch(run, hands.now))
            await asyncio.sleep(0.2)
            assert not beginning.done()
            over.set()
            await asyncio.gather(scoring, beginning)
            done = await finish_rescoring(run, hands, lambda _: None)
        assert (done.last_answer, done.n_read) == (late, len(answers) + 1)


class TestDryRun:
    async def test_it_says_what_would_change_and_stores_nothing(
        self, people: People, hands: Hands, answers: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comparing, "BATCH", 2)
        states = {row["answer"]: row["state"] for row in await readings()}
        await held_by_an_old_analyser(*answers[:3])
        before = await kept_rows()
        shares: list[float] = []
        found = await compare_readings(people.acme, FROM_THE_START, shares.append)
        assert await kept_rows() == before
        assert await fetch("SELECT id FROM rescoring") == []
        assert shares == sorted(shares)
        old = found.pop(OLD)
        assert (old.n_read, old.n_changed) == (3, 3)
        moved = [states[answer] for answer in answers[:3] if states[answer] != "neutral"]
        assert {after: n for (_, after), n in old.moves.items()} == {state: moved.count(state) for state in moved}
        assert sorted(id_ for ids in old.examples.values() for id_ in ids) == [
            answer for answer in answers[:3] if states[answer] != "neutral"
        ]
        assert old.lost == {"old.chairs": 3}
        assert old.gained["general.bugs"] == 1
        [rest] = found.values()
        assert (rest.n_read, rest.n_changed, rest.moves, rest.gained, rest.lost) == (len(answers) - 3, 0, {}, {}, {})

    async def test_it_is_what_the_rescoring_then_does(self, people: People, hands: Hands, answers: list[int]) -> None:
        await held_by_an_old_analyser(*answers)
        found = await compare_readings(None, FROM_THE_START)
        assert (found[OLD].n_read, found[OLD].n_changed) == await reread(None, hands.now)

    async def test_a_private_word_is_in_none_of_its_lines(
        self, people: People, hands: Hands, answers: list[int]
    ) -> None:
        await held_by_an_old_analyser(*answers)
        told = "\n".join(in_words(await compare_readings(None, FROM_THE_START)))
        assert f"read by {OLD}: {len(answers)}, of which {len(answers)} would change" in told
        assert f"neutral -> not_scored: 1 (such as answer {answers[4]})" in told
        assert [word for word in ("Great staff", "crashing", "forty", "Rechnung", "brown") if word in told] == []


async def test_nobody_needs_the_text_stack_to_ask_for_a_rescoring(people: People, hands: Hands) -> None:
    run = await load_rescoring(await ask_rescoring(people.acme, datetime(2026, 1, 1, tzinfo=UTC), hands.now))
    assert msgspec.to_builtins(run)["analyser"] == ""
    assert run.share_done == 0
