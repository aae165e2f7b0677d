"""Claim what is due: lock it, look at it as it stands then, and give back what has to wait."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic

import msgspec
from msgspec import Struct

from core.addresses import domain_of
from core.database import Row, fetch, transaction
from core.mail import MailSender
from core.site import Site
from feedback.answering.asking import PROMISE
from feedback.contacts.suppressions import SUPPRESSED_AS
from feedback.deciding.recheck import Postponed, recheck
from feedback.delivery.invitation_mail import InvitedContact, domain_of_sender
from feedback.delivery.outlets import count_sent, rooms_for
from feedback.delivery.pacing import Hold, Outlet, distinct
from feedback.delivery.senders import mail_sender_of
from feedback.tables import InvitationState
from surveys.journey_file import AskChannel
from surveys.theme import SHIPPED_ACCENT

MOST_ATTEMPTS = 6


class Claimed(Struct, frozen=True, kw_only=True):
    """An invitation that this worker may send until its lease ends; what belongs to survey and event as JSON."""

    id: int
    outlet: Outlet
    messenger: int | None
    is_messenger_paused: bool
    channel: AskChannel
    domain: str
    attempts: int
    message_id: str
    is_reminder: bool
    is_answered: bool
    is_expired: bool
    is_removed: bool
    is_suppressed: bool
    postponed: Postponed | None = None
    comes_after_pause: bool = False
    contact: InvitedContact
    contact_name: str
    contact_key: str
    event: str
    survey: str
    sender: MailSender | None
    accent: str
    definition: str
    properties: str
    promise: str | None
    quota_counts: str | None
    rule: str | None
    expires_at: datetime
    claimed_at: float  # by monotonic(), in seconds

    @property
    def leaves(self) -> bool:
        """Whether nothing known at the claim stands against it."""
        is_over = self.is_answered or self.is_suppressed or self.is_removed or self.is_expired
        return not is_over and self.postponed is None and self.attempts <= MOST_ATTEMPTS


class Claim(Struct, frozen=True):
    """`n` invitations were looked at: these are to be handled, and all under `holds` has to wait."""

    n: int
    claimed: list[Claimed]
    holds: list[Hold]


async def claim_due(site: Site, worker: str, most: int, now: datetime) -> Claim:
    """Claim up to `most` invitations for `worker`, of which one process never has two at a time.

    Their contacts are locked before the list of suppressed addresses is read: whoever opts out has either committed
    before that and is seen, or comes later and finds the lease, and waits for it.
    """
    claimed_at = monotonic()
    lease = timedelta(seconds=site.settings.worker_lease_seconds)
    async with transaction():
        domain = domain_of_sender(site.settings.mail_from)
        locked = await fetch(_LOCK, now, now + lease, worker, most, domain)
        ids = [row["id"] for row in locked]
        if not ids:
            return Claim(0, [], [])
        rows = await fetch(_DETAILS, ids)
        if accounts := sorted({row["account"] for row in rows if row["account"] is not None}):
            await fetch(_LOCK_ACCOUNTS, accounts)
        claimed = await _read(site, rows, claimed_at, now)
        claimed = await _looked_at_again(claimed, now)
        kept, held = await _admitted(claimed, now)
        await _let_wait(held)
    return Claim(len(ids), kept, distinct(held.values()))


async def _read(site: Site, rows: Sequence[Row], claimed_at: float, now: datetime) -> list[Claimed]:
    versions = sorted({row["survey_version"] for row in rows})
    definitions = {row["id"]: row["definition"] for row in await fetch(_DEFINITIONS, versions)}
    named = sorted({row["sender"] for row in rows if row["sender"] is not None})
    found = await fetch("SELECT * FROM sender WHERE id = ANY($1)", named) if named else []
    senders = {row["id"]: mail_sender_of(site.settings, row) for row in found}
    return [_claimed(row, definitions, senders, claimed_at, now) for row in rows]


def _claimed(
    row: Row, definitions: Mapping[int, str], senders: Mapping[int, MailSender], claimed_at: float, now: datetime
) -> Claimed:
    email = row["email"] or ""
    return Claimed(
        id=row["id"],
        outlet=Outlet(row["workspace"], row["sender"]),
        messenger=row["messenger"],
        is_messenger_paused=row["is_messenger_paused"],
        channel=AskChannel(row["channel"]),
        domain=domain_of(email) if email else "",
        attempts=row["attempts"],
        message_id=row["message_id"],
        is_reminder=row["is_reminder"],
        is_answered=row["is_answered"],
        is_expired=row["expires_at"] <= now,
        is_removed=row["is_removed"],
        is_suppressed=row["suppressed_as"] is not None,
        contact=InvitedContact(row["workspace"], row["workspace_name"], email, row["id"], row["locale"]),
        contact_name=row["contact_name"],
        contact_key=row["contact_key"],
        event=row["event"],
        survey=row["survey"],
        sender=senders.get(row["sender"]),
        accent=row["accent"] or SHIPPED_ACCENT,
        definition=definitions[row["survey_version"]],
        properties=row["properties"],
        promise=row["promise"],
        quota_counts=row["quota_counts"],
        rule=row["rule"],
        expires_at=row["expires_at"],
        claimed_at=claimed_at,
    )


async def _looked_at_again(claimed: Sequence[Claimed], now: datetime) -> list[Claimed]:
    """With what the contact policy says by now."""
    asked = [one.id for one in claimed if one.leaves]
    found = await recheck(asked, now) if asked else {}
    return [msgspec.structs.replace(one, postponed=found.get(one.id)) for one in claimed]


async def _admitted(claimed: Sequence[Claimed], now: datetime) -> tuple[list[Claimed], dict[int, Hold]]:
    """What is to be handled now, and by id what keeps the others."""
    wanted: dict[Outlet, set[str]] = {}
    for one in claimed:
        if one.leaves:
            wanted.setdefault(one.outlet, set()).add(one.domain)
    rooms = await rooms_for(wanted, now) if wanted else {}
    kept: list[Claimed] = []
    holds: dict[int, Hold] = {}
    leaving: list[tuple[Outlet, str]] = []
    for one in claimed:
        room = rooms[one.outlet] if one.leaves else None
        hold = room.take(one.domain, is_mail=one.channel is AskChannel.MAIL) if room else None
        if hold is not None:
            holds[one.id] = hold
            continue
        kept.append(msgspec.structs.replace(one, comes_after_pause=room is not None and room.was_paused(one.domain)))
        if room is not None and one.channel is AskChannel.MAIL:
            leaving.append((one.outlet, one.domain))
    await count_sent(leaving, now)
    return kept, holds


async def _let_wait(held: Mapping[int, Hold]) -> None:
    if held:
        records = [{"id": key, "until": hold.until, "reason": hold.reason} for key, hold in held.items()]
        await fetch(_LET_WAIT, msgspec.json.encode(records).decode())


async def state_by_now(invitation: int, address: str) -> InvitationState | None:
    """What has become of it since the claim; None where a mail to `address` may leave still.

    DUE where its contact has another address by now: of the old one nobody who opts out is heard here any more, so it
    is to be claimed anew.
    """
    rows = await fetch(_BY_NOW, invitation, address)
    found = rows[0]["state"] if rows else InvitationState.CANCELLED
    return InvitationState(found) if found else None


async def renew(worker: str, invitations: Collection[int], until: datetime) -> set[int]:
    """Hold leases for longer; returns those that are this worker's still."""
    return {row["id"] for row in await fetch(_RENEW, list(invitations), worker, until)}


# The Message-ID is fixed with the first claim: its domain is that of whom the mail is from, where it is plain.
_LOCK = r"""
WITH next AS (
    SELECT i.id FROM invitation i JOIN contact c ON c.id = i.contact
    WHERE i.state = 'due' AND i.due_at <= $1 AND (i.leased_until IS NULL OR i.leased_until <= $1)
        AND i.channel IN ('mail', 'webhook')
    ORDER BY i.due_at LIMIT $4 FOR NO KEY UPDATE OF i, c SKIP LOCKED
)
UPDATE invitation i SET leased_until = $2, leased_by = $3, attempts = i.attempts + 1,
    message_id = coalesce(i.message_id, '<invitation.' || i.id
        || CASE WHEN i.reminded_at IS NULL THEN '@' ELSE '.reminder@' END || coalesce((
        SELECT substring(s.address from '@([A-Za-z0-9.-]+)>?\s*$') FROM sender s WHERE s.id = i.sender
    ), $5::text) || '>')
FROM next WHERE i.id = next.id RETURNING i.id
"""

_DETAILS = f"""
SELECT i.id, i.workspace, i.sender, i.messenger, i.account, i.channel, i.attempts, i.message_id, i.survey_version,
       i.expires_at, i.reminded_at IS NOT NULL AS is_reminder, w.name AS workspace_name, c.email,
       c.name AS contact_name, c.external_id AS contact_key, c.locale, e.name AS event, e.properties, m.accent,
       t.is_removed, g.rule, y.key AS survey, h.paused_at IS NOT NULL AS is_messenger_paused,
       {PROMISE.format(touchpoint="i.touchpoint", day="(i.occurred_at AT TIME ZONE 'UTC')::date")} AS promise,
       (SELECT json_object_agg(q.quota, q.n) FROM quota_count q WHERE q.survey = y.id) AS quota_counts,
       {SUPPRESSED_AS} AS suppressed_as, EXISTS (SELECT FROM response r WHERE r.invitation = i.id) AS is_answered
FROM invitation i JOIN contact c ON c.id = i.contact JOIN workspace w ON w.id = i.workspace
JOIN decision d ON d.id = i.decision JOIN event e ON e.id = d.event LEFT JOIN trigger g ON g.id = d.trigger
LEFT JOIN theme m ON m.workspace = i.workspace JOIN touchpoint t ON t.id = i.touchpoint
JOIN survey_version v ON v.id = i.survey_version JOIN survey y ON y.id = v.survey
LEFT JOIN messenger h ON h.id = i.messenger
WHERE i.id = ANY($1) ORDER BY i.due_at, i.id
"""

# After the contacts, as everybody does.
_LOCK_ACCOUNTS = "SELECT id FROM account WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"

_DEFINITIONS = "SELECT id, definition FROM survey_version WHERE id = ANY($1)"

# What expires before it may leave comes up when it does, and is seen to be missed.
_LET_WAIT = """
UPDATE invitation i SET leased_until = NULL, leased_by = NULL, attempts = i.attempts - 1, last_error = r.reason,
    due_at = least(r.until, i.expires_at)
FROM jsonb_to_recordset($1::jsonb) AS r(id bigint, until timestamptz, reason text) WHERE i.id = r.id
"""

_BY_NOW = f"""
SELECT CASE WHEN ({SUPPRESSED_AS}) IS NOT NULL OR c.consent = 'withdrawn' THEN 'cancelled'
    WHEN coalesce(c.email, '') <> $2 THEN 'due' END AS state
FROM invitation i JOIN contact c ON c.id = i.contact WHERE i.id = $1
"""

_RENEW = """
UPDATE invitation SET leased_until = $3 WHERE id = ANY($1) AND leased_by = $2 AND leased_until IS NOT NULL RETURNING id
"""
