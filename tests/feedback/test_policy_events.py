"""The contact policy on its whole way: events come in by the API, decisions and invitations are what is left."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from core.database import fetch
from core.site import Site
from feedback.deciding.load_policy import load_policy, save_policy
from feedback.deciding.policy import Budget, CoolDownGroup, Draw, Policy
from feedback.delivery.invitation_mail import answer_link
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.take_events import take_events
from tests.factories import Hands, make_journey, set_policy
from tests.feedback.passing import ASKS, FIRST_COME, FOUR, change_rules, happened, post
from tests.people import People

DAY = timedelta(days=1)
NINE_IN_CALIFORNIA = datetime(2026, 3, 2, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, FOUR)


async def decisions(columns: str = "reason, probability, facts") -> list[dict[str, Any]]:
    return await fetch(f"SELECT {columns} FROM decision ORDER BY id")


async def test_the_shipped_policy_draws_and_records_the_probability(people: People, hands: Hands) -> None:
    contacts = [f"c{number}" for number in range(200)]
    outcomes = await post(people, hands, *(happened(contact) for contact in contacts))
    assert {decision["reason"] for decision in outcomes} == {"due", "not_drawn"}
    assert {row["probability"] for row in await decisions()} == {0.5}
    odds = await fetch("SELECT period_start, position, probability FROM lottery_odds ORDER BY position")
    assert [(str(row["period_start"]), row["position"], row["probability"]) for row in odds] == [
        ("2026-02-06", position, 0.5) for position in range(4)
    ]
    asked = sum(decision["outcome"] == "asked" for decision in outcomes)
    assert 70 <= asked <= 130  # of 200, with a probability of a half


async def test_everybody_who_passes_all_steps_spends_the_budget_with_a_cool_down_between(
    people: People, hands: Hands
) -> None:
    names = ("order.delivered", "first.done", "second.done", "third.done")
    await post(people, hands, *(happened(f"c{number}", name) for number in range(50) for name in names))
    counts = await fetch("SELECT count(*) AS n, max(due_at) - min(due_at) AS apart FROM invitation GROUP BY contact")
    assert [(row["n"], row["apart"]) for row in counts] == [(2, timedelta(days=7))] * 50
    put_off = await fetch("SELECT reason, count(*) AS n FROM decision WHERE outcome = 'deferred' GROUP BY reason")
    assert [(row["reason"], row["n"]) for row in put_off] == [("cool_down", 50)]


async def test_odds_hold_for_a_period_and_follow_the_worth_in_the_next(people: People, hands: Hands) -> None:
    await post(people, hands, happened())
    await fetch(
        "INSERT INTO touchpoint_worth (touchpoint, worth, computed_at) "
        "SELECT id, CASE key WHEN 'delivery' THEN 9 ELSE 0 END, $1 FROM touchpoint",
        hands.now,
    )
    await post(people, hands, happened("c2"))
    assert [row["probability"] for row in await decisions()] == [0.5, 0.5]
    hands.move(days=30)
    await post(people, hands, happened("c3"))
    assert (await decisions())[2]["probability"] == 1.0


async def test_a_touchpoint_that_comes_later_gets_an_even_share_and_moves_no_other(
    people: People, hands: Hands
) -> None:
    await post(people, hands, happened())
    await make_journey(people.acme, hands.now, FOUR.replace("event: shop.visited}", f"event: shop.visited, {ASKS}}}"))
    await post(people, hands, happened("c2", "shop.visited"), happened("c3"))
    assert [row["probability"] for row in await decisions()] == [0.5, 0.4, 0.5]
    odds = await fetch("SELECT position, probability FROM lottery_odds ORDER BY position")
    assert [(row["position"], row["probability"]) for row in odds] == [*((at, 0.5) for at in range(4)), (4, 0.4)]


async def test_another_budget_makes_the_odds_anew(people: People, hands: Hands) -> None:
    await post(people, hands, happened())
    await set_policy(people.acme, Policy(contact_budget=Budget(3, 30)))
    await post(people, hands, happened("c2"))
    assert (await decisions())[1]["probability"] == 0.75


async def test_batches_at_once_make_the_odds_of_a_period_once(people: People, hands: Hands) -> None:
    await asyncio.gather(*(post(people, hands, happened(f"c{number}")) for number in range(8)))
    assert len(await fetch("SELECT FROM lottery_odds")) == 4
    assert {row["probability"] for row in await decisions()} == {0.5}


@pytest.mark.parametrize("draw", Draw)
async def test_batches_at_once_never_exceed_the_budget_of_their_account(
    people: People, hands: Hands, draw: Draw
) -> None:
    await set_policy(people.acme, Policy(draw=draw, contact_budget=None, account_budget=Budget(3, 30)))
    account = {"account": {"id": "globex", "name": "Globex"}}
    batches = [[happened(f"c{batch}-{number}", who=account) for number in range(5)] for batch in range(8)]
    # The contacts are known: each batch locks its own, and the account alone makes them wait.
    for batch in batches:
        await post(people, hands, *({**event, "name": "signup", "key": f"s-{event['key']}"} for event in batch))
    results = await asyncio.gather(*(post(people, hands, *batch) for batch in batches))
    reasons = [decision["reason"] for batch in results for decision in batch]
    assert (reasons.count("due"), reasons.count("account_budget")) == (3, 37)
    rows = await fetch("SELECT count(*) AS n FROM invitation i JOIN account a ON a.id = i.account")
    assert rows[0]["n"] == 3


async def test_events_at_once_never_exceed_the_budget_of_their_contact(people: People, hands: Hands) -> None:
    await set_policy(people.acme, replace(FIRST_COME, contact_budget=Budget(1, 30)))
    names = ("order.delivered", "first.done", "second.done", "third.done")
    results = await asyncio.gather(*(post(people, hands, happened(event=name)) for name in names))
    assert sorted(decision["reason"] for [decision] in results) == [*["contact_budget"] * 3, "due"]


async def test_a_contact_of_a_large_account_is_drawn_for_its_budget(people: People, hands: Hands) -> None:
    await set_policy(people.acme, Policy(contact_budget=Budget(4, 30), account_budget=Budget(2, 30), overall_days=0))
    account = {"account": {"id": "globex"}}
    await post(people, hands, *(happened(f"c{number}", "signup", who=account) for number in range(10)))
    await post(people, hands, *(happened(f"c{number}", who=account) for number in range(10)))
    drawn = [row for row in await decisions() if row["probability"] is not None]
    assert {row["probability"] for row in drawn} == {0.05}  # all four touchpoints, 2 of 40
    assert {row["reason"] for row in drawn} <= {"due", "not_drawn"}


async def test_what_has_to_wait_is_deferred_and_says_until_when(people: People, hands: Hands) -> None:
    await set_policy(people.acme, FIRST_COME)
    await change_rules(window='{"start": "09:00:00", "end": "10:00:00"}')
    [decision] = await post(people, hands, happened(who={"time_zone": "America/Los_Angeles"}))
    assert decision == {
        "touchpoint": "delivery",
        "outcome": "deferred",
        "reason": "send_window",
        "deferred_until": "2026-03-02T17:00:00Z",
    }
    [row] = await fetch(
        "SELECT d.deferred_until, i.due_at, i.state FROM decision d JOIN invitation i ON i.decision = d.id"
    )
    assert row == {"deferred_until": NINE_IN_CALIFORNIA, "due_at": NINE_IN_CALIFORNIA, "state": "due"}


async def test_a_link_comes_with_the_receipt_as_often_as_it_is_asked_for(
    people: People, hands: Hands, site: Site
) -> None:
    await set_policy(people.acme, FIRST_COME)
    await fetch("UPDATE trigger SET channel = 'link'")
    event = IncomingEvent(key="e1", name="order.delivered", contact=EventContact(id="c1"))
    for _ in range(2):
        [receipt] = await take_events(people.acme, [event], hands.now, links=lambda number: answer_link(site, number))
        link = receipt.decisions[0].link
        assert link is not None
        assert (await people.nobody.get(link)).status_code == 200
    [row] = await fetch("SELECT state, sent_at FROM invitation")
    assert row == {"state": "sent", "sent_at": hands.now}
    [receipt] = await take_events(people.acme, [event], hands.now)
    assert receipt.decisions[0].link is None


async def test_an_invitation_knows_how_it_leaves(people: People, hands: Hands) -> None:
    await set_policy(people.acme, FIRST_COME)
    for key, is_default in (("main", True), ("service", False)):
        await fetch(
            "INSERT INTO sender (workspace, key, address, hook_token, is_default, created_at) "
            "VALUES ($1, $2, 'a@acme.example', $2, $3, $4)",
            people.acme,
            key,
            is_default,
            hands.now,
        )
    await fetch(
        "INSERT INTO messenger (workspace, key, url, secret, created_at) VALUES ($1, 'chat', 'https://x', '', $2)",
        people.acme,
        hands.now,
    )
    await fetch("""UPDATE trigger SET rule = '{"sender": "service"}' WHERE event = 'first.done'""")
    await fetch(
        """UPDATE trigger SET channel = 'webhook', rule = '{"messenger": "chat"}' WHERE event = 'second.done'"""
    )
    bare = {"email": ""}
    await post(people, hands, happened(), happened("c2", "first.done"), happened("c3", "second.done", who=bare))
    rows = await fetch(
        "SELECT i.channel, i.state, s.key AS sender, m.key AS messenger, y.key AS survey, v.survey = i.survey AS own "
        "FROM invitation i LEFT JOIN sender s ON s.id = i.sender LEFT JOIN messenger m ON m.id = i.messenger "
        "JOIN survey y ON y.id = i.survey JOIN survey_version v ON v.id = i.survey_version ORDER BY i.id"
    )
    assert [(row["channel"], row["state"], row["sender"], row["messenger"]) for row in rows] == [
        ("mail", "due", "main", None),
        ("mail", "due", "service", None),
        ("webhook", "due", None, "chat"),
    ]
    assert {(row["survey"], row["own"]) for row in rows} == {("after-delivery", True)}


async def test_suppression_and_consent_stand_against_every_channel(people: People, hands: Hands) -> None:
    await set_policy(people.acme, replace(FIRST_COME, needs_consent=True))
    await fetch(
        "INSERT INTO suppression (workspace, address_hash, reason, created_at) "
        "VALUES ($1, encode(sha256('c1@customer.example'), 'hex'), 'bounced', $2)",
        people.acme,
        hands.now,
    )
    yes = {"consent": {"state": "given", "source": "form"}}
    no = {"consent": {"state": "withdrawn", "source": "form"}}
    outcomes = await post(
        people,
        hands,
        happened("c1", who=yes),
        happened("c2", who=yes),
        happened("c3", who=no),
        happened("c4"),
    )
    assert [decision["reason"] for decision in outcomes] == ["suppressed", "due", "no_consent", "no_consent"]


async def test_a_group_of_touchpoints_cools_down_together(people: People, hands: Hands) -> None:
    groups = (CoolDownGroup("Use", ("buying/first", "buying/second"), 10),)
    await set_policy(people.acme, replace(FIRST_COME, groups=groups))
    events = (happened(event=f"{name}.done") for name in ("first", "second", "third"))
    assert [decision["reason"] for decision in await post(people, hands, *events)] == ["due", "group_cool_down", "due"]


async def test_a_mail_that_is_overdue_counts_as_sent_now(people: People, hands: Hands) -> None:
    await set_policy(people.acme, replace(FIRST_COME, overall_days=7))
    await post(people, hands, happened())
    hands.move(days=10)  # and no worker ran
    [decision] = await post(people, hands, happened(event="first.done"))
    assert decision["reason"] == "cool_down"


async def test_a_follow_up_is_marked_and_spends_the_budget(people: People, hands: Hands) -> None:
    await set_policy(people.acme, Policy(contact_budget=Budget(2, 30), overall_days=20))
    await fetch("UPDATE trigger SET event = 'answered:after-delivery' WHERE event IN ('second.done', 'third.done')")
    await post(people, hands, happened(), happened(event="first.done"))
    event = IncomingEvent("e", "answered:after-delivery", EventContact(id="c1"))
    [receipt] = await take_events(people.acme, [event], hands.now)
    assert [decision.reason for decision in receipt.decisions] == ["due", "contact_budget"]
    rows = await fetch("SELECT is_follow_up FROM invitation ORDER BY id")
    assert [row["is_follow_up"] for row in rows] == [False, True]


async def test_a_batch_takes_as_many_statements_as_one_event(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No query stands in a loop."""
    statements: list[str] = []
    run = asyncpg.Connection.fetch

    async def counted(self: Any, query: str, *values: Any, **more: Any) -> Any:
        statements.append(query)
        return await run(self, query, *values, **more)

    def batch(n: int) -> list[IncomingEvent]:
        return [
            IncomingEvent(f"{n}-{at}", "order.delivered", EventContact(f"{n}-{at}", email=f"{n}-{at}@x.example"))
            for at in range(n)
        ]

    await take_events(people.acme, batch(2), hands.now)  # makes the odds
    monkeypatch.setattr(asyncpg.Connection, "fetch", counted)
    await take_events(people.acme, batch(1), hands.now)
    of_one = len(statements)
    await take_events(people.acme, batch(300), hands.now)
    assert len(statements) == 2 * of_one
    assert of_one <= 20


async def test_a_policy_is_kept_whole_and_the_shipped_one_needs_no_row(people: People, hands: Hands) -> None:
    assert await load_policy(people.acme) == Policy()
    policy = Policy(draw=Draw.FIRST_COME, groups=(CoolDownGroup("Use", ("buying/first",), 5),), time_zone="Asia/Tokyo")
    await save_policy(people.acme, policy, hands.now)
    assert await load_policy(people.acme) == policy
    assert await load_policy(people.other) == Policy()
