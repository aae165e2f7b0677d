"""Decide on events that were taken in, and put the invitations in the queue."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from core.database import fetch
from feedback.deciding.deciding import (
    AT_ONCE,
    NOT_USED,
    Ground,
    Happening,
    PageState,
    Past,
    Verdict,
    decide,
    is_in_lottery,
    plan_of,
)
from feedback.deciding.keep_odds import Odds, odds_of
from feedback.deciding.load_facts import (
    History,
    KnownContact,
    experiences_since,
    load_contacts,
    load_history,
    lock_accounts,
)
from feedback.deciding.load_policy import load_policy
from feedback.deciding.lottery import period_start
from feedback.deciding.policy import Policy
from feedback.deciding.policy_check import Asked, groups_of
from feedback.tables import InvitationState, Outcome
from surveys.journey_file import AskChannel
from surveys.journeys import TriggerView, active_triggers

TouchpointNames = Mapping[str, tuple[int, ...]]


class KnownEvent(Struct, frozen=True):
    """An event that has its row, an `id`; `contact` and `touchpoint` are ids as well."""

    id: int
    contact: int
    touchpoint: int | None
    happening: Happening


class _Ways(Struct, frozen=True):
    """The workspace's senders and messengers, ids by key, and the sender that is used where none is named."""

    senders: Mapping[str, int]
    messengers: Mapping[str, int]
    default_sender: int | None


class _Pair(Struct, frozen=True):
    """An event, and a trigger that listens to it; None where none does."""

    event: KnownEvent
    trigger: TriggerView | None


async def decide_events(
    workspace: int, events: Sequence[KnownEvent], touchpoints: TouchpointNames, page: PageState, now: datetime
) -> None:
    """One decision for each event and trigger, in the order of occurrence, inside the transaction that took them in.

    Their contacts are locked; their accounts are locked here.
    """
    if not events:
        return
    triggers = await active_triggers(workspace, {known.happening.name for known in events})
    pairs = list(_pairs(events, triggers))
    records = [_record(pair, NOT_USED, None, None) for pair in pairs if pair.trigger is None]
    listened = [pair for pair in pairs if pair.trigger is not None]
    if listened:
        records += await _decided(workspace, listened, touchpoints, page, now)
    await fetch(_INSERT_DECISIONS, msgspec.json.encode(records).decode(), workspace, now)


def _pairs(events: Sequence[KnownEvent], triggers: Sequence[TriggerView]) -> Iterator[_Pair]:
    for known in sorted(events, key=lambda known: known.happening.occurred_at):
        listening = [trigger for trigger in triggers if _listens(trigger, known)]
        yield from [_Pair(known, trigger) for trigger in listening] or [_Pair(known, None)]


def _listens(trigger: TriggerView, known: KnownEvent) -> bool:
    return trigger.event == known.happening.name and known.touchpoint in (None, trigger.touchpoint)


async def _decided(
    workspace: int, pairs: Sequence[_Pair], touchpoints: TouchpointNames, page: PageState, now: datetime
) -> list[dict[str, Any]]:
    policy = await load_policy(workspace)
    numbers = {pair.event.contact for pair in pairs}
    accounts = await lock_accounts(numbers)
    contacts = await load_contacts(numbers, accounts, policy)
    since = experiences_since([pair.event.happening.occurred_at for pair in pairs], policy, now)
    history = await load_history(numbers, accounts if policy.account_budget else (), since, now)
    ground = Ground(
        workspace=workspace,
        policy=policy,
        groups=groups_of(policy, touchpoints),
        odds=await _odds(workspace, pairs, contacts, policy, now),
        now=now,
    )
    return _records(pairs, contacts, history, ground, page, await _ways(workspace))


async def _odds(
    workspace: int, pairs: Sequence[_Pair], contacts: Mapping[int, KnownContact], policy: Policy, now: datetime
) -> dict[date, Odds]:
    """Of every period in which one of these would be asked."""
    wanted: dict[date, set[int]] = {}
    for event, trigger in ((pair.event, pair.trigger) for pair in pairs):
        if trigger and policy.contact_budget and is_in_lottery(event.happening.name, policy):
            at = plan_of(event.happening, trigger, contacts[event.contact].facts.zone, policy, now).at
            if at is not None:
                wanted.setdefault(period_start(at, policy.contact_budget.days), set()).add(trigger.touchpoint)
    return await odds_of(workspace, policy.contact_budget, wanted) if policy.contact_budget and wanted else {}


def _records(
    pairs: Sequence[_Pair],
    contacts: Mapping[int, KnownContact],
    history: History,
    ground: Ground,
    page: PageState,
    ways: _Ways,
) -> list[dict[str, Any]]:
    """What is decided first counts for what comes after."""
    records = []
    taken: set[int] = set()  # the events that have brought a survey into the page
    for pair in pairs:
        event, trigger, known = pair.event, pair.trigger, contacts[pair.event.contact]
        if trigger is None:
            continue
        past = Past(
            history.contacts.get(event.contact, ()),
            history.accounts.get(known.account or 0, ()),
            PageState.TAKEN if event.id in taken else page,
        )
        verdict = decide(event.happening, trigger, known.facts, past, ground)
        if verdict.asks and verdict.survey and verdict.due_at:
            history.add(event.contact, known.account, _asked(event, trigger, verdict.due_at, verdict.survey.survey))
            if trigger.channel is AskChannel.WIDGET:
                taken.add(event.id)
        records.append(_record(pair, verdict, known, ways))
    return records


def _asked(event: KnownEvent, trigger: TriggerView, at: datetime, survey: int) -> Asked:
    happening = event.happening
    return Asked(at, happening.occurred_at, trigger.touchpoint, survey, happening.is_follow_up)


async def _ways(workspace: int) -> _Ways:
    rows = await fetch(_WAYS, workspace)
    senders = {row["key"]: row["id"] for row in rows if row["is_sender"]}
    messengers = {row["key"]: row["id"] for row in rows if not row["is_sender"]}
    return _Ways(senders, messengers, next((row["id"] for row in rows if row["is_default"]), None))


def _record(pair: _Pair, verdict: Verdict, known: KnownContact | None, ways: _Ways | None) -> dict[str, Any]:
    event, trigger = pair.event, pair.trigger
    record: dict[str, Any] = {
        "event": event.id,
        "contact": event.contact,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "facts": verdict.facts,
        "probability": verdict.probability,
        "deferred_until": verdict.due_at if verdict.outcome is Outcome.DEFERRED else None,
    }
    if trigger is None or known is None or ways is None:
        return record
    return {
        **record,
        "trigger": trigger.id,
        "touchpoint": trigger.touchpoint,
        "survey": verdict.survey.survey if verdict.survey else None,
        "survey_version": verdict.survey.version if verdict.survey else None,
        "channel": trigger.channel,
        # Where the survey is handed over at once, nothing is left for a worker to send.
        "state": InvitationState.SENT if trigger.channel in AT_ONCE else InvitationState.DUE,
        "account": known.account,
        "sender": _sender(trigger, ways) if trigger.channel is AskChannel.MAIL else None,
        "messenger": ways.messengers.get(trigger.rule.messenger or ""),
        "is_follow_up": event.happening.is_follow_up,
        "occurred_at": event.happening.occurred_at,
        "due_at": verdict.due_at,
        "expires_at": verdict.expires_at,
    }


def _sender(trigger: TriggerView, ways: _Ways) -> int | None:
    return ways.senders.get(trigger.rule.sender or "", ways.default_sender)


_WAYS = """
SELECT id, key, is_default, true AS is_sender FROM sender WHERE workspace = $1
UNION ALL SELECT id, key, false, false FROM messenger WHERE workspace = $1
"""

_INSERT_DECISIONS = """
WITH record AS (
    SELECT * FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (
        event bigint, contact bigint, account bigint, trigger int, touchpoint int, survey int, survey_version int,
        channel text, sender int, messenger int, is_follow_up bool, state text, outcome text, reason text, facts jsonb,
        probability float8, deferred_until timestamptz, occurred_at timestamptz, due_at timestamptz,
        expires_at timestamptz)
    ) WITH ORDINALITY AS r(event, contact, account, trigger, touchpoint, survey, survey_version, channel, sender,
        messenger, is_follow_up, state, outcome, reason, facts, probability, deferred_until, occurred_at, due_at,
        expires_at, place)
), decided AS (
    INSERT INTO decision (workspace, event, contact, trigger, touchpoint, survey_version, outcome, reason, facts,
                          probability, deferred_until, decided_at)
    SELECT $2::int, event, contact, trigger, touchpoint, survey_version, outcome, reason, facts,
           probability, deferred_until, $3::timestamptz FROM record ORDER BY place
    RETURNING id, event, trigger
)
INSERT INTO invitation (workspace, decision, contact, account, touchpoint, survey, survey_version, channel, sender,
                        messenger, is_follow_up, occurred_at, due_at, expires_at, state, sent_at, attempts, last_error)
SELECT $2::int, d.id, r.contact, r.account, r.touchpoint, r.survey, r.survey_version, r.channel, r.sender,
       r.messenger, r.is_follow_up, r.occurred_at, r.due_at, r.expires_at, r.state,
       CASE WHEN r.state = 'sent' THEN $3::timestamptz END, 0, ''
FROM decided d JOIN record r ON r.event = d.event AND r.trigger = d.trigger
WHERE r.outcome IN ('asked', 'deferred') ORDER BY d.id
"""
