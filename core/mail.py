"""Mail leaves here: what a mail is, whom it is from, and the SMTP transport."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol

from msgspec import Struct

from core.clock import Clock, utc_now
from core.dkim_signing import DkimKey, signed
from core.errors import Fault, Invalid
from core.mail_bytes import address_of, deliverable, mailbox, message_bytes
from core.not_delivered import NotDelivered, Scope
from core.settings import Settings
from core.smtp_pool import MailServer, SmtpPool

__all__ = [
    "DkimKey",
    "Mail",
    "MailSender",
    "MailServer",
    "NotDelivered",
    "Scope",
    "SmtpTransport",
    "Transport",
    "address_of",
    "closed_at_the_end",
    "message_of",
]


class MailSender(Struct, frozen=True, kw_only=True):
    """Whom mail is from, and how it leaves."""

    address: str  # such as Example <ask@example.com>
    reply_to: str = ""
    envelope_from: str = ""  # where undelivered mail comes back; empty: to the address itself
    server: MailServer | None = None  # None: the installation's
    dkim: DkimKey | None = None


class Mail(Struct, frozen=True, kw_only=True):
    """One mail to one person. `workspace` is the number of the workspace whose outbox may show it."""

    workspace: int | None
    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: tuple[tuple[str, str], ...] = ()
    sender: MailSender | None = None  # None: the installation's
    own: str = ""  # what stands in its parts and in no other mail's, where all else may be alike: its link


class Transport(Protocol):
    """Anything that takes a mail; raises NotDelivered where it could not."""

    async def send(self, mail: Mail) -> None: ...


def message_of(mail: Mail, sender: MailSender, now: datetime) -> bytes:
    """`mail` as it leaves, without a signature. Raises Invalid for an address or a header that is none."""
    reply_to = [("Reply-To", mailbox(sender.reply_to)[0])] if sender.reply_to else []
    headers = [
        ("From", mailbox(sender.address)[0]),
        *reply_to,
        ("To", deliverable(mail.to)),
        ("Date", format_datetime(now)),
        ("Message-ID", mail.message_id),
        ("Auto-Submitted", "auto-generated"),
        ("Subject", mail.subject),
        *mail.headers,
    ]
    return message_bytes(headers, mail.text, mail.html, mail.own)


class SmtpTransport:
    """Sends over SMTP, with a few connections to each server that senders name."""

    def __init__(self, settings: Settings, clock: Clock = utc_now, tls: ssl.SSLContext | None = None) -> None:
        self._sender = MailSender(address=settings.mail_from)
        self._server = server_of(settings)
        self._size = settings.smtp_connections
        self._clock = clock
        self._tls = tls
        self._pools: dict[MailServer, SmtpPool] = {}

    async def send(self, mail: Mail) -> None:
        sender = mail.sender or self._sender
        message = message_of(mail, sender, self._clock())
        if sender.dkim is not None:
            message = await asyncio.to_thread(signed, message, sender.dkim)  # milliseconds of arithmetic
        envelope_from = mailbox(sender.envelope_from or sender.address)[1]
        try:
            await self._pool(sender.server or self._server).send(envelope_from, deliverable(mail.to), message)
        except ValueError as fault:
            raise Invalid(Fault("email", "this is not an e-mail address")) from fault

    async def close(self) -> None:
        """End the connections that are open; the next mail opens one again."""
        await asyncio.gather(*[pool.close() for pool in self._pools.values()])

    def _pool(self, server: MailServer) -> SmtpPool:
        if server not in self._pools:
            self._pools[server] = SmtpPool(server, self._size, self._tls)
        return self._pools[server]


def server_of(settings: Settings) -> MailServer:
    """The installation's own server."""
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
        timeout=settings.smtp_timeout_seconds,
    )


@asynccontextmanager
async def closed_at_the_end(transport: Transport) -> AsyncIterator[None]:
    """Say goodbye to mail servers before the process ends."""
    try:
        yield
    finally:
        if isinstance(transport, SmtpTransport):
            await transport.close()
