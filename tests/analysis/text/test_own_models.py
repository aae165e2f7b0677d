"""Models of a workspace's own: trained from a hundred corrections on, used only where they measure better."""

from datetime import UTC, datetime

import pytest

from analysis.text.evidence import Leaning
from analysis.text.label_comments import label_sentiment
from analysis.text.load_models import load_models
from analysis.text.load_rules import load_rules
from analysis.text.reading import read_comment
from analysis.text.reading_pool import Unread
from analysis.text.sentiment import SentimentState
from analysis.text.train_own_models import (
    LEAST_LABELS,
    LEAST_OF_EACH,
    NEW_LABELS,
    Labelled,
    train,
    train_own_models,
)
from core.database import fetch
from tests.analysis.answers import contacts_of
from tests.analysis.text.commenting import said, scored
from tests.factories import Hands, make_journey
from tests.people import People

POSITIVE, NEUTRAL, NEGATIVE = SentimentState.POSITIVE, SentimentState.NEUTRAL, SentimentState.NEGATIVE
# What nobody but this workspace knows: codes its people write for what they felt.
OWN_WORDS = {POSITIVE: "blauw", NEGATIVE: "rood", NEUTRAL: "groen"}
PLACES = ("kantoor", "winkel", "balie", "magazijn", "werkplaats")


def in_own_words(at: int) -> tuple[str, SentimentState]:
    state = (POSITIVE, NEGATIVE, NEUTRAL)[at % 3]
    return f"Het was {OWN_WORDS[state]} vandaag bij jullie {PLACES[at % 5]} nummer {at}", state


async def corrected(people: People, hands: Hands, n: int, *, language: str = "nl", first: int = 0) -> None:
    """`n` more comments in words of their own, each of another contact and each labelled, a minute after the other."""
    contacts = await fetch("SELECT id FROM contact WHERE workspace = $1 ORDER BY id", people.acme)
    for at in range(first, first + n):
        text, state = in_own_words(at)
        comment = await said(people.acme, contacts[at]["id"], text, hands.now)
        await scored(comment, "not_scored", None, language=language)
        hands.move(minutes=1)
        await fetch(
            "INSERT INTO sentiment_label (answer, state, labelled_at) VALUES ($1, $2, $3)", comment, state, hands.now
        )


@pytest.fixture
async def workspace(people: People, hands: Hands) -> int:
    await make_journey(people.acme, hands.now)
    await contacts_of(people.acme, LEAST_LABELS + NEW_LABELS)
    return people.acme


async def versions() -> list[tuple[int, int, bool]]:
    rows = await fetch("SELECT version, n_labels, is_used FROM own_model ORDER BY version")
    return [(row["version"], row["n_labels"], row["is_used"]) for row in rows]


async def test_ninety_nine_corrections_train_nothing(people: People, hands: Hands, workspace: int) -> None:
    await corrected(people, hands, LEAST_LABELS - 1)
    assert await train_own_models(hands.now) == 0
    assert await versions() == []


async def test_a_hundred_in_a_language_that_nothing_reads_make_a_model_that_reads_it(
    people: People, hands: Hands, workspace: int
) -> None:
    await corrected(people, hands, LEAST_LABELS)
    assert await train_own_models(hands.now) == 1
    assert await train_own_models(hands.now) == 0
    [model] = await fetch("SELECT * FROM own_model")
    assert (model["language"], model["n_labels"], model["is_used"]) == ("nl", LEAST_LABELS, True)
    assert model["f1_shipped"] == 0  # not scored is never right
    assert model["f1_own"] > 0.9
    rules = (await load_rules([workspace]))[workspace]
    text, _ = in_own_words(999)
    found = read_comment(text, locale="nl", offered=("nl",), leaning=Leaning.OPEN, rules=rules)
    assert (found.state, found.analyser) == (POSITIVE, f"own-{workspace}-nl-1")
    [run] = await fetch("SELECT workspace, since, finished_at FROM rescoring")
    assert (run["workspace"], run["finished_at"], run["since"] < hands.now) == (workspace, None, True)
    assert (await load_rules([people.other]))[people.other].models == ()


async def test_it_is_trained_again_after_twenty_five_new_ones(people: People, hands: Hands, workspace: int) -> None:
    await corrected(people, hands, LEAST_LABELS)
    await train_own_models(hands.now)
    await corrected(people, hands, NEW_LABELS - 1, first=LEAST_LABELS)
    assert await train_own_models(hands.now) == 0
    await corrected(people, hands, 1, first=LEAST_LABELS + NEW_LABELS - 1)
    assert await train_own_models(hands.now) == 1
    assert await versions() == [(1, LEAST_LABELS, False), (2, LEAST_LABELS + NEW_LABELS, True)]
    [reading] = await load_models(workspace)
    assert [version.version for version in reading.versions] == [2, 1]
    assert (reading.in_use, reading.n_new) == (reading.versions[0], 0)


async def test_labels_that_were_changed_are_new_again(people: People, hands: Hands, workspace: int) -> None:
    await corrected(people, hands, LEAST_LABELS)
    await train_own_models(hands.now)
    hands.move(days=1)
    rows = await fetch("SELECT answer, state FROM sentiment_label ORDER BY id LIMIT $1", NEW_LABELS)
    for row in rows:  # to say the same again is nothing new
        await label_sentiment(workspace, row["answer"], SentimentState(row["state"]), None, hands.now)
    assert await train_own_models(hands.now) == 0
    for row in rows:
        await label_sentiment(workspace, row["answer"], SentimentState.MIXED, None, hands.now)
    assert await train_own_models(hands.now) == 1


async def test_labels_of_one_kind_alone_train_nothing(people: People, hands: Hands, workspace: int) -> None:
    """Such a model would call every comment the same."""
    await corrected(people, hands, LEAST_LABELS)
    of_a_kind = "UPDATE sentiment_label SET state = 'positive' WHERE id NOT IN (SELECT id FROM ({}) few)"
    few = " UNION ALL ".join(
        f"(SELECT id FROM sentiment_label WHERE state = '{state}' ORDER BY id LIMIT {n})"
        for state, n in (("negative", LEAST_OF_EACH), ("neutral", LEAST_OF_EACH - 1))
    )
    await fetch(of_a_kind.format(few))
    assert await train_own_models(hands.now) == 0
    await fetch(
        "UPDATE sentiment_label SET state = 'neutral' "
        "WHERE id = (SELECT max(id) FROM sentiment_label WHERE state = 'positive')"
    )
    assert await train_own_models(hands.now) == 1


async def test_a_model_that_measures_no_better_is_kept_and_not_used(
    people: People, hands: Hands, workspace: int
) -> None:
    await corrected(people, hands, LEAST_LABELS, language="en")
    await fetch(PLAINLY_ENGLISH)
    assert await train_own_models(hands.now) == 1
    [model] = await fetch("SELECT is_used, f1_own, f1_shipped FROM own_model")
    assert (model["is_used"], model["f1_shipped"], model["f1_own"] <= 1) == (False, 1, True)
    assert await fetch("SELECT FROM rescoring") == []


async def test_the_newest_measurement_decides_even_where_an_own_model_has_read(
    people: People, hands: Hands, workspace: int
) -> None:
    await corrected(people, hands, LEAST_LABELS, language="en")
    await fetch(PLAINLY_ENGLISH)
    await fetch(
        "INSERT INTO own_model (workspace, language, version, content, n_labels, f1_own, f1_shipped, is_used, "
        "trained_at) VALUES ($1, 'en', 7, '{}', 100, 0.9, 0.1, true, $2)",
        workspace,
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert await train_own_models(hands.now) == 1
    assert await versions() == [(7, 100, False), (8, LEAST_LABELS, False)]
    assert len(await fetch("SELECT FROM rescoring")) == 1


async def test_a_workspace_learns_from_its_own_labels_alone(people: People, hands: Hands, workspace: int) -> None:
    await corrected(people, hands, LEAST_LABELS - 1)
    await make_journey(people.other, hands.now)
    [contact] = await contacts_of(people.other, 1)
    comment = await said(people.other, contact, "Het was blauw vandaag bij jullie", hands.now)
    await scored(comment, "not_scored", None, language="nl")
    await fetch("INSERT INTO sentiment_label (answer, state, labelled_at) VALUES ($1, 'positive', now())", comment)
    assert await train_own_models(hands.now) == 0
    await corrected(people, hands, 1, first=LEAST_LABELS - 1)
    assert await train_own_models(hands.now) == 1
    assert await versions() == [(1, LEAST_LABELS, True)]
    assert [reading.versions for reading in await load_models(people.other)] == [()]


def test_the_same_labels_give_the_same_model() -> None:
    labelled = [
        Labelled(Unread(text, "nl", ("nl",), Leaning.OPEN), state, at)
        for at, (text, state) in enumerate(map(in_own_words, range(60)))
    ]
    assert train("nl", labelled, "own-1-nl-1") == train("nl", labelled, "own-1-nl-1")


async def test_the_page_says_what_reads_and_how_well(people: People, hands: Hands, workspace: int) -> None:
    assert "No comments yet" in (await people.charlie.get("/w/other/reading")).text
    await corrected(people, hands, LEAST_LABELS)
    before = (await people.bob.get("/w/acme/reading")).text
    assert "Dutch" in before
    assert "Kept can't read this language yet" in before
    assert "100 of the 100 corrections" in before
    await train_own_models(hands.now)
    page = (await people.bob.get("/w/acme/reading")).text
    assert "Your own model, version 1" in page
    assert "0.00 without it, n = 100 corrected comments" in page
    assert "<code>blauw</code>" in page
    assert "0 of the 25 new corrections" in page


# What the model that ships reads without a fault.
PLAINLY_ENGLISH = """
WITH written AS (
    UPDATE answer SET text = CASE id % 3
        WHEN 0 THEN 'Excellent, I am very happy' WHEN 1 THEN 'Terrible, I am angry' ELSE 'We bought it in May' END
    WHERE text IS NOT NULL RETURNING id
)
UPDATE sentiment_label SET state = CASE answer % 3 WHEN 0 THEN 'positive' WHEN 1 THEN 'negative' ELSE 'neutral' END
WHERE answer IN (SELECT id FROM written)
"""
