"""What is kept of each outlet: its limits, its counts, its pauses, and all that waits at it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from time import monotonic

import msgspec

from core.database import fetch
from feedback.delivery.pacing import ALL, Hold, Limits, Outlet, Pause, Room, day_of, minute_of, pauses_after

_HELD_AT_ONCE = 5_000
_LONGEST_REASON = 200  # characters, as the column takes


async def rooms_for(wanted: Mapping[Outlet, Collection[str]], now: datetime) -> dict[Outlet, Room]:
    """What may leave now at each outlet, to the domains that are wanted there.

    Inside a transaction: the counts of outlets with limits stay locked until its end, so that two workers never
    count the same mail as the last that may leave.
    """
    asked = _records([(outlet, domain) for outlet, domains in wanted.items() for domain in (ALL, *domains)])
    found = {Outlet(row["workspace"], row["sender"]): row for row in await fetch(_LIMITS, asked)}
    limits = {outlet: msgspec.convert(found[outlet], Limits) for outlet in wanted}
    counts = await _counts(wanted, limits, now)
    pauses: dict[Outlet, dict[str, Pause]] = {outlet: {} for outlet in wanted}
    for row in await fetch(_PAUSES, asked):
        outlet = Outlet(row["workspace"], row["sender"])
        pauses[outlet][row["domain"]] = Pause(row["paused_until"], row["reason"])
    return {outlet: Room(outlet, limits[outlet], counts[outlet], pauses[outlet], now) for outlet in wanted}


async def _counts(
    wanted: Mapping[Outlet, Collection[str]], limits: Mapping[Outlet, Limits], now: datetime
) -> dict[Outlet, dict[str, int]]:
    keys = [
        (outlet, domain, minute_of(now) if domain else day_of(now))
        for outlet, domains in wanted.items()
        for domain in _counted(limits[outlet], domains)
    ]
    counts: dict[Outlet, dict[str, int]] = {outlet: {} for outlet in wanted}
    for row in await fetch(_LOCK_COUNTS, _count_records(Counter(dict.fromkeys(keys, 0)))) if keys else []:
        counts[Outlet(row["workspace"], row["sender"])][row["domain"]] = row["n"]
    return counts


def _counted(limits: Limits, domains: Collection[str]) -> list[str]:
    has_day_limit = limits.day_limit is not None or limits.first_day_limit is not None
    return [*([ALL] if has_day_limit else []), *(domains if limits.domain_minute_limit is not None else [])]


async def count_sent(mails: Sequence[tuple[Outlet, str]], now: datetime) -> None:
    """Count mails that are about to leave, by outlet and domain. Minutes that are long over are forgotten."""
    if not mails:
        return
    counted = Counter((outlet, ALL, day_of(now)) for outlet, _ in mails)
    counted.update((outlet, domain, minute_of(now)) for outlet, domain in mails if outlet.sender is not None)
    await fetch(_COUNT, _count_records(counted))
    if senders := sorted({outlet.sender for outlet, _ in mails if outlet.sender is not None}):
        await fetch(_FORGET, senders, minute_of(now))


async def uncount(outlet: Outlet, now: datetime) -> None:
    """Take back one mail of this day that was counted and never left."""
    await fetch(_UNCOUNT, *outlet, day_of(now))


async def pause(outlet: Outlet, domain: str, reason: str, now: datetime) -> datetime:
    """Ask nothing of a domain's server, or at `ALL` of the outlet's own, for a while; returns until when.

    Mails that were under way when the first failed fail with it: they count as one.
    """
    lengths = pauses_after(outlet, domain)
    await fetch(_PAUSE, *outlet, domain, now, lengths, reason[:_LONGEST_REASON])
    [row] = await fetch(_PAUSED_UNTIL, *outlet, domain)
    until: datetime = row["paused_until"]
    return until


async def forget_pauses(outlet: Outlet, domain: str, now: datetime) -> None:
    """A mail has left: the next failure is a first one again."""
    await fetch(_FORGET_PAUSES, *outlet, domain, now)


async def hold_back(hold: Hold, now: datetime, deadline: float) -> None:
    """Let all that is due and falls under `hold` wait, so that others come to the head of the queue.

    What is left at `deadline`, a time of `monotonic()`, is for the next round.
    """
    until, places = hold.until, hold.per_step or _HELD_AT_ONCE
    while monotonic() < deadline:
        step = hold.step if hold.per_step else hold.step * 0
        rows = await fetch(
            _HOLD, *hold.outlet, hold.is_all, hold.domain, now, until, places, step, hold.reason, _HELD_AT_ONCE
        )
        if rows[0]["n"] < _HELD_AT_ONCE:
            return
        until += step * (_HELD_AT_ONCE // places)


def _records(pairs: Sequence[tuple[Outlet, str]]) -> str:
    records = [{"workspace": outlet.workspace, "sender": outlet.sender, "domain": domain} for outlet, domain in pairs]
    return msgspec.json.encode(records).decode()


def _count_records(counted: Mapping[tuple[Outlet, str, datetime], int]) -> str:
    records = [
        {"workspace": outlet.workspace, "sender": outlet.sender, "domain": domain, "since": since, "n": n}
        for (outlet, domain, since), n in counted.items()
    ]
    return msgspec.json.encode(records).decode()


_WANTED = "jsonb_to_recordset($1::jsonb) AS w(workspace int, sender int, domain text)"

_LIMITS = f"""
SELECT DISTINCT w.workspace, w.sender, p.paused_at IS NOT NULL AS is_all_paused, s.paused_at IS NOT NULL AS is_paused,
    s.first_day_limit, s.warm_up_from, s.day_limit, s.domain_minute_limit
FROM {_WANTED} LEFT JOIN sender s ON s.workspace = w.workspace AND s.id = w.sender
LEFT JOIN contact_policy p ON p.workspace = w.workspace
"""

_PAUSES = f"""
SELECT p.workspace, p.sender, p.domain, p.paused_until, p.reason FROM domain_pause p JOIN {_WANTED}
    ON p.workspace = w.workspace AND p.sender IS NOT DISTINCT FROM w.sender AND p.domain = w.domain
"""

# Sorted, so that two workers wait for the same count first and never for each other.
_ADD = """
INSERT INTO sent_count (workspace, sender, domain, since, n)
SELECT workspace, sender, domain, since, n
FROM jsonb_to_recordset($1::jsonb) AS r(workspace int, sender int, domain text, since timestamptz, n bigint)
ORDER BY workspace, sender, domain, since
ON CONFLICT (workspace, sender, domain, since) DO UPDATE SET n = sent_count.n + excluded.n
"""
_COUNT = _ADD
_LOCK_COUNTS = f"{_ADD} RETURNING workspace, sender, domain, n"

_UNCOUNT = """
UPDATE sent_count SET n = greatest(n - 1, 0)
WHERE workspace = $1 AND sender IS NOT DISTINCT FROM $2 AND domain = '' AND since = $3
"""

_FORGET = """
DELETE FROM sent_count WHERE id IN (
    SELECT id FROM sent_count
    WHERE sender = ANY($1) AND domain <> '' AND since < $2::timestamptz - interval '10 minutes' FOR UPDATE SKIP LOCKED
)
"""

_PAUSE = """
INSERT INTO domain_pause (workspace, sender, domain, failures, paused_until, reason)
VALUES ($1, $2, $3, 1, $4::timestamptz + ($5::interval[])[1], $6)
ON CONFLICT (workspace, sender, domain) DO UPDATE SET failures = domain_pause.failures + 1, reason = excluded.reason,
    paused_until = $4::timestamptz + ($5::interval[])[least(domain_pause.failures + 1, cardinality($5::interval[]))]
WHERE domain_pause.paused_until <= $4::timestamptz
"""

_PAUSED_UNTIL = """
SELECT paused_until FROM domain_pause WHERE workspace = $1 AND sender IS NOT DISTINCT FROM $2 AND domain = $3
"""

_FORGET_PAUSES = """
DELETE FROM domain_pause WHERE workspace = $1 AND sender IS NOT DISTINCT FROM $2 AND domain IN ('', $3)
    AND paused_until <= $4
"""

# What expires before it may leave comes up when it does, and is seen to be missed.
_HOLD = """
WITH waiting AS (
    SELECT i.id, i.due_at FROM invitation i JOIN contact c ON c.id = i.contact
    WHERE i.state = 'due' AND i.due_at <= $5 AND (i.leased_until IS NULL OR i.leased_until <= $5) AND i.workspace = $1
        AND ($3 OR i.channel = 'mail' AND i.sender IS NOT DISTINCT FROM $2) AND i.expires_at > $5
        AND ($4 = '' OR lower(split_part(c.email, '@', -1)) = $4)
    ORDER BY i.due_at, i.id LIMIT $10 FOR UPDATE OF i SKIP LOCKED
), placed AS (
    SELECT id, (row_number() OVER (ORDER BY due_at, id) - 1) / $7::int AS step FROM waiting
), held AS (
    UPDATE invitation i SET due_at = least($6::timestamptz + p.step * $8::interval, i.expires_at), last_error = $9::text
    FROM placed p WHERE i.id = p.id RETURNING i.id
)
SELECT count(*) AS n FROM held
"""
