"""Look at an invitation once more before it leaves: what was planned well may have become too much meanwhile."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from core.database import Row, fetch
from feedback.deciding.load_facts import History, looks_back, zone_of
from feedback.deciding.load_policy import load_policies
from feedback.deciding.policy import Policy
from feedback.deciding.policy_check import Asked, Group, groups_of, refusal_of_sending
from feedback.deciding.reasons import Reason
from feedback.deciding.send_window import next_opening
from feedback.tables import Consent, InvitationState
from surveys.trigger_rule import SendWindow, TriggerRule

MOST_STEPS = 100  # from one moment that a rule would allow to the next; more rules than that stand against nobody


class Postponed(Struct, frozen=True):
    """What becomes of an invitation that must not leave now: due later, missed or cancelled. `error` says why."""

    state: InvitationState
    error: str
    due_at: datetime | None = None  # of one that is due later


class _Leaving(Struct, frozen=True):
    """An invitation that a worker has claimed, with what its rules need."""

    id: int
    contact: int
    account: int | None
    consent: str
    zone: ZoneInfo
    window: SendWindow | None
    expires_at: datetime
    policy: Policy
    groups: Sequence[Group]
    asked: Asked  # now
    is_reminder: bool


async def recheck(invitations: Collection[int], now: datetime) -> dict[int, Postponed | None]:
    """By invitation, None where it may leave now. Call it in the claim's transaction, with their contacts locked.

    A reminder belongs to what was asked already: it spends nothing and cools nothing down, but whoever has taken
    consent back is not reminded, and it waits for the window and for quiet days like any mail.

    `invitations` are the ids of those just claimed (their leases may be set already), of any workspace. Contacts by
    external id, then accounts by id, must be locked before: what another worker is about to send then stands in its
    lease. Those that may leave count against the others of the same call, the one due first before the next.
    """
    leaving = await _load(invitations, now)
    if not leaving:
        return {}
    sent = await _sent(leaving, now)
    results: dict[int, Postponed | None] = {}
    for one in leaving:
        results[one.id] = _result(one, sent, now)
        if results[one.id] is None and not one.is_reminder:
            sent.add(one.contact, one.account, one.asked)
    return results


def _result(one: _Leaving, sent: History, now: datetime) -> Postponed | None:
    if one.consent == Consent.WITHDRAWN:
        return Postponed(InvitationState.CANCELLED, "consent was withdrawn")
    if one.policy.needs_consent and one.consent != Consent.GIVEN:
        return Postponed(InvitationState.CANCELLED, "there is no consent")
    at, reason = _free_at(one, sent.contacts.get(one.contact, ()), sent.accounts.get(one.account or 0, ()), now)
    if at is None or (at > now and at >= one.expires_at):
        return Postponed(InvitationState.MISSED, f"missed: {reason}")
    return None if at == now else Postponed(InvitationState.DUE, f"waits: {reason}", at)


def _free_at(
    one: _Leaving, contact: Sequence[Asked], account: Sequence[datetime], now: datetime
) -> tuple[datetime | None, Reason | None]:
    """The first moment from now on at which nothing stands against sending, and what did first; None for never."""
    at, reason = now, None
    for _ in range(MOST_STEPS):
        opening = next_opening(at, one.window, one.zone, one.policy)
        if opening is None:
            return None, reason or Reason.SEND_WINDOW
        reason = reason or opening.waited_for
        if one.is_reminder:
            return opening.at, reason
        asked = msgspec.structs.replace(one.asked, at=opening.at)
        refusal = refusal_of_sending(one.policy, one.groups, asked, contact, account)
        if refusal is None:
            return opening.at, reason
        at, reason = refusal.free_at, reason or refusal.reason
    return None, reason


async def _load(invitations: Collection[int], now: datetime) -> list[_Leaving]:
    """In the order in which they are due."""
    rows = await fetch(_LEAVING, list(invitations))
    policies = await load_policies({row["workspace"] for row in rows})
    groups = await _groups(policies)
    return [_leaving(row, policies[row["workspace"]], groups[row["workspace"]], now) for row in rows]


def _leaving(row: Row, policy: Policy, groups: Sequence[Group], now: datetime) -> _Leaving:
    return _Leaving(
        id=row["id"],
        contact=row["contact"],
        account=row["account"],
        consent=row["consent"],
        zone=zone_of(row["time_zone"], policy),
        window=msgspec.json.decode(row["rule"] or "{}", type=TriggerRule).window,
        expires_at=row["expires_at"],
        policy=policy,
        groups=groups,
        asked=Asked(now, row["occurred_at"], row["touchpoint"], row["survey"], row["is_follow_up"]),
        is_reminder=row["is_reminder"],
    )


async def _groups(policies: Mapping[int, Policy]) -> dict[int, tuple[Group, ...]]:
    """By workspace, the groups with the ids of their touchpoints."""
    names = {name for policy in policies.values() for group in policy.groups for name in group.touchpoints}
    found: dict[int, dict[str, list[int]]] = {workspace: {} for workspace in policies}
    for row in await fetch(_TOUCHPOINTS, list(policies), list(names)) if names else []:
        found[row["workspace"]].setdefault(row["name"], []).append(row["id"])
    return {workspace: groups_of(policy, found[workspace]) for workspace, policy in policies.items()}


async def _sent(leaving: Sequence[_Leaving], now: datetime) -> History:
    """What others have sent, and what other workers are sending at this moment."""
    since = now - max(looks_back(one.policy) for one in leaving)
    here = [one.id for one in leaving if not one.is_reminder]
    contacts = await fetch(_SENT_TO_CONTACTS, [one.contact for one in leaving], here, since, now)
    accounts: list[dict[str, Any]] = []
    if counted := [one.account for one in leaving if one.account is not None and one.policy.account_budget]:
        accounts = await fetch(_SENT_TO_ACCOUNTS, counted, here, since, now)
    history = History({}, {row["account"]: row["moments"] for row in accounts})
    for row in contacts:
        history.contacts.setdefault(row.pop("contact"), []).append(Asked(**row))
    return history


_LEAVING = """
SELECT i.id, i.workspace, i.contact, i.account, i.touchpoint, i.survey, i.occurred_at, i.expires_at, i.is_follow_up,
       i.reminded_at IS NOT NULL AS is_reminder, c.consent, c.time_zone, g.rule
FROM invitation i JOIN contact c ON c.id = i.contact JOIN decision d ON d.id = i.decision
LEFT JOIN trigger g ON g.id = d.trigger
WHERE i.id = ANY($1) ORDER BY i.due_at, i.id
"""

_TOUCHPOINTS = """
SELECT j.workspace, t.id, j.key || '/' || t.key AS name FROM touchpoint t JOIN journey j ON j.id = t.journey
WHERE j.workspace = ANY($1) AND j.key || '/' || t.key = ANY($2)
"""

# A mail that has left counts by when it did, whatever its reminder waits for; else only what is just being sent does.
_LEFT = """i.id <> ALL($2) AND (i.sent_at >= $3
       OR (i.sent_at IS NULL AND i.state = 'due' AND i.leased_until > $4 AND i.expires_at > $4))"""

_SENT_TO_CONTACTS = f"""
SELECT i.contact, coalesce(i.sent_at, $4) AS at, i.occurred_at, i.touchpoint, i.survey,
       i.is_follow_up
FROM invitation i WHERE i.contact = ANY($1) AND {_LEFT}
"""

_SENT_TO_ACCOUNTS = f"""
SELECT i.account, array_agg(coalesce(i.sent_at, $4)) AS moments
FROM invitation i WHERE i.account = ANY($1) AND {_LEFT} GROUP BY i.account
"""
