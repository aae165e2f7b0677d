"""The outbox: a transport that keeps mails to be read on a page, so that a demo needs no mail server."""

from datetime import datetime

from msgspec import Struct

from core.clock import Clock
from core.database import fetch
from core.errors import NotFound
from core.mail import Mail, address_of

PAGE = 50


class OutboxTransport:
    """Keeps each mail of a workspace once. Mails of no workspace (sign-in links) are not kept for others to read."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def send(self, mail: Mail) -> None:
        address_of(mail.to)
        if mail.workspace is not None:
            await fetch(
                'INSERT INTO outbox_mail (workspace, "to", subject, text, html, message_id, created_at) '
                "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (message_id) DO NOTHING",
                mail.workspace,
                mail.to,
                mail.subject,
                mail.text,
                mail.html,
                mail.message_id,
                self._clock(),
            )


class OutboxEntry(Struct, frozen=True):
    """A mail as the list shows it."""

    id: int
    to: str
    subject: str
    created_at: datetime


class OutboxMailView(Struct, frozen=True):
    """A mail to be read."""

    id: int
    to: str
    subject: str
    text: str
    html: str
    created_at: datetime


async def list_outbox(workspace: int, before: int | None) -> list[OutboxEntry]:
    """One page of mails, newest first, older than number `before`."""
    rows = await fetch(
        'SELECT id, "to", subject, created_at FROM outbox_mail '
        "WHERE workspace = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        workspace,
        before,
        PAGE,
    )
    return [OutboxEntry(**row) for row in rows]


async def load_outbox_mail(workspace: int, mail: int) -> OutboxMailView:
    rows = await fetch(
        'SELECT id, "to", subject, text, html, created_at FROM outbox_mail WHERE workspace = $1 AND id = $2',
        workspace,
        mail,
    )
    if not rows:
        raise NotFound("There is no such mail.")
    return OutboxMailView(**rows[0])
