"""One reminder, and only of who could still answer and has not."""

from datetime import datetime, timedelta

import pytest

from core.database import Row, fetch
from feedback.contacts.opting_out import unsubscribe
from feedback.delivery.remind import remind
from feedback.intake.take_events import take_events
from tests.factories import UNLIMITED, Hands, make_journey, set_policy
from tests.feedback.test_follow_up import happened
from tests.people import People


@pytest.fixture
async def invitation(people: People, hands: Hands) -> Row:
    """Sent, and to be reminded of tomorrow."""
    await make_journey(people.acme, hands.now)
    await set_policy(people.acme, UNLIMITED)
    await take_events(people.acme, [happened("kim", hands.now)], hands.now)
    await fetch(
        "UPDATE invitation SET state = 'sent', sent_at = $1, remind_at = $2, attempts = 1, message_id = 'm1'",
        hands.now,
        hands.now + timedelta(days=1),
    )
    return await stored()


async def stored() -> Row:
    (row,) = await fetch("SELECT * FROM invitation")
    return row


async def test_who_has_not_answered_is_put_back_in_the_queue_once(invitation: Row, hands: Hands) -> None:
    assert await remind(hands.now + timedelta(hours=23)) == 0
    later = hands.now + timedelta(days=1)
    assert await remind(later) == 1
    reminded = await stored()
    assert (reminded["state"], reminded["due_at"], reminded["reminded_at"]) == ("due", later, later)
    assert (reminded["attempts"], reminded["message_id"], reminded["remind_at"]) == (0, None, None)
    await fetch("UPDATE invitation SET state = 'sent', remind_at = $1", later)  # whatever becomes of the reminder
    assert await remind(later) == 1
    assert (await stored())["state"] == "sent"


async def answers(invitation: Row, now: datetime) -> None:
    await fetch(
        "INSERT INTO response (workspace, invitation, contact, touchpoint, survey_version, channel, locale, "
        "occurred_at, submitted_at, is_complete) VALUES ($1, $2, $3, $4, $5, 'mail', 'en', $6, $6, false)",
        *[invitation[name] for name in ("workspace", "id", "contact", "touchpoint", "survey_version")],
        now,
    )


async def opts_out(invitation: Row, now: datetime) -> None:
    await unsubscribe(invitation["contact"], now)


async def expires(invitation: Row, now: datetime) -> None:
    await fetch("UPDATE invitation SET expires_at = $1", now)


async def bounces(invitation: Row, now: datetime) -> None:
    await fetch("UPDATE invitation SET state = 'bounced'")


@pytest.mark.parametrize("what", [answers, opts_out, expires, bounces])
async def test_nobody_else_is_reminded(what: object, invitation: Row, hands: Hands) -> None:
    assert callable(what)
    later = hands.now + timedelta(days=1)
    await what(invitation, later)
    before = await stored()
    await remind(later)
    assert await stored() == {**before, "remind_at": None}


async def test_what_waits_in_the_queue_keeps_its_reminder(invitation: Row, hands: Hands) -> None:
    await fetch("UPDATE invitation SET state = 'held'")
    assert await remind(hands.now + timedelta(days=2)) == 0
    assert (await stored())["remind_at"] == invitation["remind_at"]
