"""The addresses that a workspace writes from: listed, loaded, saved, paused and given up."""

import secrets
from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from core.database import Row, fetch, transaction
from core.errors import Conflict, Fault, Invalid, NotFound
from core.mail import DkimKey, MailSender, MailServer
from core.sealing import seal, unseal
from core.settings import Settings
from feedback.delivery.dkim_key import dkim_record
from feedback.delivery.pacing import Limits, day_of, limit_on
from feedback.delivery.sender_form import CheckedSender, Held, SenderForm, check_form


class SenderView(Struct, frozen=True, kw_only=True):
    """A sender as pages show it; of its secrets only whether they are there."""

    id: int
    workspace: int
    key: str
    address: str
    reply_to: str
    bounce_address: str
    smtp_host: str
    smtp_port: int
    smtp_username: str
    smtp_tls: str
    dkim_domain: str
    dkim_selector: str
    first_day_limit: int | None
    warm_up_from: date | None
    day_limit: int | None
    domain_minute_limit: int | None
    hook_token: str
    paused_at: datetime | None
    is_default: bool
    created_at: datetime
    has_password: bool
    has_dkim_key: bool
    has_hook_key: bool
    sent_today: int
    waiting: int  # invitations that are due or held
    limit_today: int | None  # mails

    @property
    def held(self) -> Held:
        return Held(self.has_password, self.has_dkim_key, self.has_hook_key)


class DnsRecord(Struct, frozen=True):
    """A TXT record to publish: its name, and what it says."""

    name: str
    value: str


class HookSender(Struct, frozen=True):
    """Whose webhook was called, and what its provider signs with."""

    id: int
    workspace: int
    workspace_key: str
    key: str
    hook_key: str | None


async def list_senders(workspace: int, now: datetime) -> list[SenderView]:
    """The default one first, then by key, with what they sent since midnight UTC."""
    rows = await fetch(_LIST, workspace, day_of(now))
    return [SenderView(**row, limit_today=_limit_today(row, now)) for row in rows]


async def load_sender(workspace: int, sender: int, now: datetime) -> SenderView:
    """Raises NotFound where this workspace has no such sender."""
    for found in await list_senders(workspace, now):
        if found.id == sender:
            return found
    raise NotFound("There is no such sender.")


async def save_sender(
    settings: Settings, workspace: int, form: SenderForm, now: datetime, sender: int | None = None
) -> int:
    """The number of the sender: a new one, or `sender` as it is now filled in. The first one is the default.

    Raises Invalid with every fault, NotFound for a sender of another workspace.
    """
    if sender is None:
        return await _add(settings, workspace, check_form(form, Held(), now.date()), now)
    before = await load_sender(workspace, sender, now)
    same_key = msgspec.structs.replace(form, key=before.key)
    await fetch(_CHANGE, workspace, sender, *_columns(settings, check_form(same_key, before.held, now.date())))
    return sender


async def make_default(workspace: int, sender: int) -> None:
    """What a trigger asks without naming a sender leaves by this one from now on."""
    await _one(_MAKE_DEFAULT, workspace, sender)


async def pause_sender(workspace: int, sender: int, now: datetime) -> None:
    """Its due invitations are held, so that they are not in the way of others; one that is just leaving still does."""
    async with transaction():
        await _one(_PAUSE, workspace, sender, now)
        await fetch(_HOLD, workspace, sender, now)


async def resume_sender(workspace: int, sender: int) -> None:
    """What was held is due again, unless the whole workspace is paused."""
    async with transaction():
        await _one(_RESUME, workspace, sender)
        await fetch(_RELEASE, workspace, sender)


async def delete_sender(workspace: int, sender: int) -> None:
    """Raises Conflict while invitations wait for it, NotFound where this workspace has no such sender."""
    async with transaction():
        # Locked for update: no invitation can name it between the look and the deletion.
        await _one("SELECT id FROM sender WHERE workspace = $1 AND id = $2 FOR UPDATE", workspace, sender)
        waiting = (await fetch(_WAITING, workspace, sender))[0]["n"]
        if waiting:
            waits = "1 invitation still waits" if waiting == 1 else f"{waiting} invitations still wait"
            raise Conflict(f"{waits} for this sender. Let them leave first.")
        await fetch("DELETE FROM sender WHERE workspace = $1 AND id = $2", workspace, sender)


async def dkim_dns(settings: Settings, sender: SenderView) -> DnsRecord | None:
    """The TXT record that lets others check what this sender signs; None where it does not sign."""
    if not (sender.has_dkim_key and sender.dkim_domain):
        return None
    rows = await fetch("SELECT dkim_key FROM sender WHERE workspace = $1 AND id = $2", sender.workspace, sender.id)
    key = unseal(settings, rows[0]["dkim_key"])
    return DnsRecord(f"{sender.dkim_selector}._domainkey.{sender.dkim_domain}", dkim_record(key))


def mail_sender_of(settings: Settings, row: Row) -> MailSender:
    """Whom mail is from, out of a whole row of the table `sender`.

    `envelope_from` is the bounce address itself: feedback/delivery/bounces.py makes one of each mail's own out of it.
    Raises SetupFault where a secret was sealed with another key.
    """
    server = dkim = None
    if row["smtp_host"]:
        server = MailServer(
            host=row["smtp_host"],
            port=row["smtp_port"],
            username=row["smtp_username"],
            password=unseal(settings, row["smtp_password"]) if row["smtp_password"] else "",
            tls=row["smtp_tls"],
            timeout=settings.smtp_timeout_seconds,
        )
    if row["dkim_key"] and row["dkim_domain"]:
        dkim = DkimKey(row["dkim_domain"], row["dkim_selector"], unseal(settings, row["dkim_key"]))
    return MailSender(
        address=row["address"],
        reply_to=row["reply_to"],
        envelope_from=row["bounce_address"],
        server=server,
        dkim=dkim,
    )


async def load_mail_sender(settings: Settings, workspace: int, sender: int) -> MailSender:
    """Raises NotFound where this workspace has no such sender."""
    rows = await fetch("SELECT * FROM sender WHERE workspace = $1 AND id = $2", workspace, sender)
    if not rows:
        raise NotFound("There is no such sender.")
    return mail_sender_of(settings, rows[0])


async def hook_sender(settings: Settings, hook_token: str) -> HookSender:
    """Raises NotFound for a token that is none."""
    rows = await fetch(_BY_HOOK, hook_token)
    if not rows:
        raise NotFound("There is no such address.")
    row = rows[0]
    sealed = row.pop("sealed_hook_key")
    return HookSender(**row, hook_key=unseal(settings, sealed) if sealed else None)


async def _add(settings: Settings, workspace: int, checked: CheckedSender, now: datetime) -> int:
    values = (secrets.token_urlsafe(24), now, checked.key, *_columns(settings, checked))
    rows = await fetch(_ADD, workspace, *values)
    if not rows:
        raise Invalid(Fault("key", f"there is a sender {checked.key} already"))
    return int(rows[0]["id"])


async def _one(sql: str, workspace: int, sender: int, *values: object) -> None:
    """Run a statement that finds the one sender. Raises NotFound where it does not."""
    if not await fetch(sql, workspace, sender, *values):
        raise NotFound("There is no such sender.")


def _limit_today(row: Row, now: datetime) -> int | None:
    limits = Limits(
        first_day_limit=row["first_day_limit"], warm_up_from=row["warm_up_from"], day_limit=row["day_limit"]
    )
    return limit_on(limits, now.astimezone(UTC).date())


def _columns(settings: Settings, checked: CheckedSender) -> tuple[object, ...]:
    """The values of a sender from its address on; a secret is sealed, None where it stays, b"" where it goes."""
    secret_values = (checked.smtp_password, checked.dkim_key, checked.hook_key)
    return (
        checked.address,
        checked.reply_to,
        checked.bounce_address,
        checked.smtp_host,
        checked.smtp_port,
        checked.smtp_username,
        checked.smtp_tls,
        checked.dkim_domain,
        checked.dkim_selector,
        checked.first_day_limit,
        checked.warm_up_from,
        checked.day_limit,
        checked.domain_minute_limit,
        *[seal(settings, secret) if secret else (None if secret is None else b"") for secret in secret_values],
    )


_LIST = """
SELECT s.id, s.workspace, s.key, s.address, s.reply_to, s.bounce_address, s.smtp_host, s.smtp_port, s.smtp_username,
       s.smtp_tls, s.dkim_domain, s.dkim_selector, s.first_day_limit, s.warm_up_from, s.day_limit,
       s.domain_minute_limit, s.hook_token, s.paused_at, s.is_default, s.created_at,
       s.smtp_password IS NOT NULL AS has_password, s.dkim_key IS NOT NULL AS has_dkim_key,
       s.hook_key IS NOT NULL AS has_hook_key, coalesce(c.n, 0) AS sent_today, coalesce(q.n, 0) AS waiting
FROM sender s
LEFT JOIN sent_count c ON c.workspace = s.workspace AND c.sender = s.id AND c.domain = '' AND c.since = $2
LEFT JOIN (
    SELECT sender, count(*) AS n FROM invitation WHERE workspace = $1 AND state IN ('due', 'held') GROUP BY sender
) q ON q.sender = s.id
WHERE s.workspace = $1 ORDER BY s.is_default DESC, s.key
"""

_ADD = """
INSERT INTO sender (workspace, hook_token, created_at, key, address, reply_to, bounce_address, smtp_host, smtp_port,
    smtp_username, smtp_tls, dkim_domain, dkim_selector, first_day_limit, warm_up_from, day_limit,
    domain_minute_limit, smtp_password, dkim_key, hook_key, is_default)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
    nullif($18::bytea, ''), nullif($19::bytea, ''), nullif($20::bytea, ''),
    NOT EXISTS (SELECT FROM sender WHERE workspace = $1))
ON CONFLICT (workspace, key) DO NOTHING RETURNING id
"""

_CHANGE = """
UPDATE sender SET address = $3, reply_to = $4, bounce_address = $5, smtp_host = $6, smtp_port = $7,
    smtp_username = $8, smtp_tls = $9, dkim_domain = $10, dkim_selector = $11, first_day_limit = $12,
    warm_up_from = $13, day_limit = $14, domain_minute_limit = $15,
    smtp_password = nullif(coalesce($16::bytea, smtp_password), ''),
    dkim_key = nullif(coalesce($17::bytea, dkim_key), ''), hook_key = nullif(coalesce($18::bytea, hook_key), '')
WHERE workspace = $1 AND id = $2
"""

# Nothing changes for a sender of another workspace: the one that it would be is not among the rows.
_MAKE_DEFAULT = """
WITH changed AS (
    UPDATE sender SET is_default = (id = $2)
    WHERE workspace = $1 AND EXISTS (SELECT FROM sender WHERE workspace = $1 AND id = $2)
    RETURNING id
)
SELECT id FROM changed WHERE id = $2
"""

_PAUSE = "UPDATE sender SET paused_at = coalesce(paused_at, $3) WHERE workspace = $1 AND id = $2 RETURNING id"

_RESUME = "UPDATE sender SET paused_at = NULL WHERE workspace = $1 AND id = $2 RETURNING id"

# What a worker holds just now is its to record; should it come back as due, dispatch looks at the pause itself.
_HOLD = """
UPDATE invitation SET state = 'held'
WHERE workspace = $1 AND sender = $2 AND state = 'due' AND (leased_until IS NULL OR leased_until <= $3)
"""

_RELEASE = """
UPDATE invitation SET state = 'due'
WHERE workspace = $1 AND sender = $2 AND state = 'held'
  AND NOT EXISTS (SELECT FROM contact_policy p WHERE p.workspace = $1 AND p.paused_at IS NOT NULL)
"""

_WAITING = "SELECT count(*) AS n FROM invitation WHERE workspace = $1 AND sender = $2 AND state IN ('due', 'held')"

_BY_HOOK = """
SELECT s.id, s.workspace, w.key AS workspace_key, s.key, s.hook_key AS sealed_hook_key
FROM sender s JOIN workspace w ON w.id = s.workspace WHERE s.hook_token = $1
"""
