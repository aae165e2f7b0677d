"""A reminder is mail like any other: it stops with consent and keeps off quiet days; what was sent stays sent."""

from datetime import UTC, datetime, timedelta

import pytest

from core.database import Row, fetch
from core.site import Site
from feedback.contacts.suppressions import suppress
from feedback.deciding.policy import Budget, Policy
from feedback.tables import Suppressed
from surveys.trigger_rule import Weekday
from tests.factories import UNLIMITED, Hands, Letterbox, make_journey, set_policy, work
from tests.feedback.passing import FOUR, change_rules, happened, post
from tests.people import People

BUSY = Policy(overall_days=0, account_budget=Budget(1, 30), contact_budget=None)


@pytest.fixture(autouse=True)
async def reminded(people: People, hands: Hands, site: Site, letterbox: Letterbox) -> None:
    """Somebody who got a mail on Monday, and whose reminder is due on Wednesday."""
    await make_journey(people.acme, hands.now, FOUR)
    await change_rules(remind='"P2D"')
    await set_policy(people.acme, UNLIMITED)
    await post(people, hands, happened(who={"account": {"id": "globex"}}))
    hands.move(hours=3)
    await work(site)
    assert len(letterbox.mails) == 1
    hands.move(days=2)


async def invitation() -> Row:
    rows = await fetch("SELECT * FROM invitation ORDER BY id")
    return rows[0]


async def test_whoever_withdraws_consent_is_not_reminded(site: Site, letterbox: Letterbox) -> None:
    await fetch("UPDATE contact SET consent = 'withdrawn'")
    await work(site)
    assert len(letterbox.mails) == 1
    assert (await invitation())["state"] == "sent"


async def test_consent_that_goes_between_the_reminder_and_its_claim_stops_it(
    people: People, site: Site, hands: Hands, letterbox: Letterbox
) -> None:
    await fetch("UPDATE invitation SET state = 'due', reminded_at = $1, due_at = $1, remind_at = NULL", hands.now)
    await fetch("UPDATE contact SET consent = 'withdrawn'")
    await work(site)
    assert len(letterbox.mails) == 1
    assert (await invitation())["state"] == "sent"


async def test_a_reminder_waits_for_the_end_of_a_quiet_day(
    people: People, site: Site, hands: Hands, letterbox: Letterbox
) -> None:
    today = list(Weekday)[hands.now.weekday()]
    await set_policy(people.acme, Policy(quiet_weekdays=(today,)))
    await work(site)
    assert len(letterbox.mails) == 1
    hands.now = datetime.combine(hands.now.date() + timedelta(days=1), datetime.min.time(), UTC)
    await work(site)
    assert len(letterbox.mails) == 2


async def test_a_sent_mail_spends_the_budget_while_its_reminder_waits_past_the_period(
    people: People, hands: Hands
) -> None:
    await set_policy(people.acme, BUSY)
    hands.now = datetime(2026, 3, 7, 23, 50, tzinfo=UTC)  # ten minutes before the period ends
    await fetch(
        "UPDATE invitation SET state = 'due', reminded_at = $1, due_at = $2", hands.now, hands.now + timedelta(hours=1)
    )
    await change_channel("link")
    [found] = await post(people, hands, happened("c2", "first.done", who={"account": {"id": "globex"}}))
    assert found["reason"] == "account_budget"


async def test_a_sent_mail_counts_at_the_recheck_while_its_reminder_waits(
    people: People, site: Site, hands: Hands, letterbox: Letterbox
) -> None:
    await post(people, hands, happened("c2", "first.done", who={"account": {"id": "globex"}}))
    await set_policy(people.acme, BUSY)
    await fetch(
        "UPDATE invitation SET state = 'held', reminded_at = $1, remind_at = NULL WHERE sent_at IS NOT NULL", hands.now
    )
    hands.move(hours=3)
    await work(site)
    assert [mail.to for mail in letterbox.mails] == ["c1@customer.example"]


async def test_whoever_opts_out_before_the_reminder_was_asked_all_the_same(people: People, hands: Hands) -> None:
    await fetch("UPDATE invitation SET state = 'due', reminded_at = $1, remind_at = NULL", hands.now)
    await suppress(people.acme, "c1@customer.example", Suppressed.BY_HAND, "test", hands.now)
    assert (await invitation())["state"] == "sent"
    await set_policy(people.acme, BUSY)
    [found] = await post(people, hands, happened("c2", "first.done", who={"account": {"id": "globex"}}))
    assert found["reason"] == "account_budget"


async def change_channel(channel: str) -> None:
    await fetch("UPDATE trigger SET channel = $1, wait_seconds = 0", channel)
