"""A whole response is an event, where a trigger listens to it; nothing is followed up twice or lost."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from core.database import Row, fetch
from feedback.deciding.follow_up import follow_up
from feedback.intake import own_events
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.take_events import take_events
from surveys.branching import holds
from surveys.definition import Condition
from tests.factories import JOURNEY, UNLIMITED, Hands, make_journey, set_policy
from tests.people import People

# A low score is asked why, the next day.
FOLLOWED = JOURNEY.replace(
    "asks: [{survey: after-delivery, wait: PT2H, expires: P14D}]",
    """asks:
          - {survey: after-delivery, wait: PT2H, expires: P14D}
          - {survey: why, event: "answered:after-delivery", wait: P1D, expires: P7D,
             when: [{attribute: event.felt, at_most: 2}]}""",
).replace(
    "surveys:\n",
    "surveys:\n  - {key: why, name: Why, questions: [{key: reason, instrument: comment, text: 'Why?'}]}\n",
    1,
)


def happened(contact: str, now: datetime, key: str = "", **properties: Any) -> IncomingEvent:
    who = EventContact(contact, email=f"{contact}@customer.example")
    return IncomingEvent(key or f"{contact}-{now}", "order.delivered", who, now, properties=properties)


@pytest.fixture
async def workspace(people: People, hands: Hands) -> int:
    await make_journey(people.acme, hands.now, FOLLOWED)
    await set_policy(people.acme, UNLIMITED)
    return people.acme


async def respond(workspace: int, now: datetime, contact: str, felt: int = 1, is_complete: bool = True) -> int:
    """The id of a response with a score, two moods and a comment."""
    email = None if contact.startswith("visit:") else f"{contact}@customer.example"
    (row,) = await fetch(_RESPOND, workspace, contact, email, now, is_complete)
    await fetch(
        "INSERT INTO answer (response, question, instrument, value, picks, text) VALUES "
        "($1, 'felt', 'anchor', $2, NULL, NULL), ($1, 'mood', 'emotion', NULL, '{angry,sad}', NULL), "
        "($1, 'why', 'comment', NULL, NULL, 'Call me at 555')",
        row["id"],
        felt,
    )
    return int(row["id"])


async def decisions() -> list[Row]:
    return await fetch(
        "SELECT e.key, e.name, c.external_id AS contact, e.properties, e.occurred_at, d.outcome, i.is_follow_up, "
        "i.due_at FROM event e JOIN contact c ON c.id = e.contact JOIN decision d ON d.event = e.id "
        "LEFT JOIN invitation i ON i.decision = d.id ORDER BY e.id"
    )


async def test_a_low_score_is_asked_why_the_next_day(workspace: int, hands: Hands) -> None:
    response = await respond(workspace, hands.now, "kim")
    assert await follow_up(hands.now) == 1
    (decision,) = await decisions()
    assert (decision["key"], decision["name"]) == (f"answered:{response}", "answered:after-delivery")
    assert (decision["contact"], decision["outcome"], decision["is_follow_up"]) == ("kim", "asked", True)
    assert decision["due_at"] == hands.now + timedelta(days=1)
    assert msgspec.json.decode(decision["properties"]) == {
        "felt": 1,
        "mood": ["angry", "sad"],
        "has_comment": True,
        "survey": "after-delivery",
        "touchpoint": "delivery",
    }


async def test_a_high_score_is_not(workspace: int, hands: Hands) -> None:
    await respond(workspace, hands.now, "kim", felt=5)
    await follow_up(hands.now)
    assert [decision["outcome"] for decision in await decisions()] == ["refused"]


async def test_the_words_of_a_comment_stay_where_they_are(workspace: int, hands: Hands) -> None:
    await respond(workspace, hands.now, "kim")
    await follow_up(hands.now)
    assert "555" not in str(await fetch("SELECT * FROM event"))


async def test_a_response_is_followed_up_once(workspace: int, hands: Hands) -> None:
    for number in range(20):
        await respond(workspace, hands.now, f"c{number}")
    done = await asyncio.gather(*[follow_up(hands.now) for _ in range(4)])
    assert sum(done) >= 20
    assert await follow_up(hands.now) == 0
    assert len(await decisions()) == 20


async def test_a_worker_that_is_stopped_in_the_middle_has_done_nothing(
    workspace: int, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await respond(workspace, hands.now, "kim")

    async def take_and_stop(*given: Any) -> None:
        await take_events(*given)
        raise ConnectionError("stopped")

    with monkeypatch.context() as patched:
        patched.setattr(own_events, "take_events", take_and_stop)
        with pytest.raises(ConnectionError):
            await follow_up(hands.now)
    assert await decisions() == []
    assert await follow_up(hands.now) == 1
    assert len(await decisions()) == 1


async def test_who_stopped_in_the_middle_is_followed_up_after_a_day(workspace: int, hands: Hands) -> None:
    await respond(workspace, hands.now, "kim", is_complete=False)
    assert await follow_up(hands.now + timedelta(hours=23)) == 0
    assert await follow_up(hands.now + timedelta(hours=24)) == 1
    assert len(await decisions()) == 1


@pytest.mark.parametrize("contact", ["visit:abc", "visitor:abc"])
async def test_a_passer_by_cannot_be_written_to(workspace: int, hands: Hands, contact: str) -> None:
    await respond(workspace, hands.now, contact)
    assert await follow_up(hands.now) == 1
    assert await decisions() == []
    assert await follow_up(hands.now) == 0


async def test_without_a_trigger_there_is_no_event(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await respond(people.acme, hands.now, "kim")
    assert await follow_up(hands.now) == 1
    assert await decisions() == []


async def test_an_id_from_before_ids_were_checked_holds_nobody_up(workspace: int, hands: Hands) -> None:
    await respond(workspace, hands.now, "two\nlines")
    await respond(workspace, hands.now, "kim")
    assert await follow_up(hands.now) == 2
    assert [decision["contact"] for decision in await decisions()] == ["kim"]
    assert await follow_up(hands.now) == 0


def test_of_several_picks_one_suffices() -> None:
    angry = Condition(attribute="event.mood", one_of=("angry",))
    assert holds((angry,), {}, {"event.mood": ["sad", "angry"]})
    assert not holds((angry,), {}, {"event.mood": ["sad"]})
    assert not holds((Condition(attribute="event.mood", is_answered=True),), {}, {"event.mood": []})


_RESPOND = """
WITH who AS (
    INSERT INTO contact (workspace, external_id, email, name, kind, locale, created_at)
    VALUES ($1, $2, $3, '', 'customer', 'en', $4) RETURNING id
)
INSERT INTO response (workspace, contact, touchpoint, survey_version, channel, locale, occurred_at, submitted_at,
                      touched_at, is_complete)
SELECT $1, who.id, t.id, v.id, 'mail', 'en', $4, $4, $4, $5
FROM who, touchpoint t JOIN journey j ON j.id = t.journey, survey_version v JOIN survey y ON y.id = v.survey
WHERE j.workspace = $1 AND t.key = 'delivery' AND y.workspace = $1 AND y.key = 'after-delivery' RETURNING id
"""
