"""Connections to a mail server, kept open for the next mail."""

import asyncio
import contextlib
import re
import ssl
import time
from collections.abc import Sequence
from typing import Any

import aiosmtplib
from msgspec import Struct

from core.not_delivered import (
    NotDelivered,
    answer_lost,
    message_refused,
    recipient_refused,
    server_lost,
    server_refused,
)
from core.smtp_talk import SmtpTalk

MOST_MAILS = 100  # over one connection; many servers end it themselves not long after
IDLE_SECONDS = 60.0  # then a connection is closed
GOODBYE_SECONDS = 1.0  # that a server may take to answer QUIT
_DONE, _FORWARDED, _GO_ON = 250, 251, 354
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class MailServer(Struct, frozen=True, kw_only=True):
    """How a mail server is reached; `timeout` is what one step may take, in seconds."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: str = "starttls"  # or tls, or none
    timeout: float = 20.0


def client_of(server: MailServer, **more: Any) -> aiosmtplib.SMTP:
    """A client that is yet to connect; `more` are other arguments of aiosmtplib's."""
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username or None,
        password=server.password or None,
        use_tls=server.tls == "tls",
        start_tls=server.tls == "starttls",
        timeout=server.timeout,
        **more,
    )


class SmtpPool:
    """At most `size` connections to one server. Mails beyond that wait for their turn."""

    def __init__(self, server: MailServer, size: int, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls
        self._turn = asyncio.Semaphore(size)
        self._idle: list[_Connection] = []
        self._sweeping: asyncio.TimerHandle | None = None
        self._hostname: str | None = None  # how this machine names itself; asking for it may take long

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one whole message over, of lines that end with CR LF.

        Raises NotDelivered, and ValueError for an address that SMTP can't carry.
        """
        envelope = _envelope(sender, recipient)
        async with self._turn:
            connection = await self._begun(envelope)
            try:
                await _hand_over(connection.talk, message)
            except NotDelivered:
                await connection.reset()
                raise
            except BaseException:
                connection.talk.close()  # stopped in the middle: nobody knows what it would say next
                raise
            finally:
                await self._keep(connection)

    async def close(self) -> None:
        """End every connection that nothing is sent over."""
        idle, self._idle = self._idle, []
        if self._sweeping is not None:
            self._sweeping.cancel()
        await asyncio.gather(*[connection.end() for connection in idle])

    async def _begun(self, envelope: Sequence[bytes]) -> "_Connection":
        """A connection that has taken MAIL FROM, the first of the envelope's commands."""
        kept = self._take()
        if kept is not None:
            # The server may have hung up meanwhile, or want no more mails over this one. Nothing of the mail was said
            # yet, so that a new connection is no second try.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                if await _first_answer(kept.talk, envelope) == _DONE:
                    return kept
            await kept.end()
        connection = _Connection(await self._connected())
        try:
            code = await _first_answer(connection.talk, envelope)
        except (aiosmtplib.SMTPException, OSError) as fault:
            raise server_lost(fault) from fault
        if code != _DONE:
            await connection.end()
            raise server_refused(code)
        return connection

    async def _connected(self) -> SmtpTalk:
        client = client_of(self._server, local_hostname=self._hostname, tls_context=self._tls)
        try:
            await client.connect()
            await _greet(client)
            talk = SmtpTalk(client, self._server.timeout)
        except aiosmtplib.SMTPResponseException as fault:
            client.close()
            raise server_refused(fault.code) from fault
        except (aiosmtplib.SMTPException, OSError) as fault:
            client.close()
            raise server_lost(fault) from fault
        except BaseException:
            client.close()
            raise
        self._hostname = client.local_hostname
        return talk

    def _take(self) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()  # the one used last: the others may end of idleness
            if connection.is_usable:
                return connection
            connection.talk.close()
        return None

    async def _keep(self, connection: "_Connection") -> None:
        connection.mails += 1
        connection.idle_since = time.monotonic()
        if not connection.is_usable:
            await connection.end()
            return
        self._idle.append(connection)
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Close what was idle for long; look again while there are others."""
        old = [connection for connection in self._idle if not connection.is_usable]
        self._idle = [connection for connection in self._idle if connection.is_usable]
        for connection in old:
            connection.talk.close()
        self._sweeping = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._sweep) if self._idle else None


class _Connection:
    """One open connection, and how often it was used."""

    def __init__(self, talk: SmtpTalk) -> None:
        self.talk = talk
        self.mails = 0
        self.idle_since = time.monotonic()

    @property
    def is_usable(self) -> bool:
        is_warm = time.monotonic() - self.idle_since < IDLE_SECONDS
        return self.talk.is_open and is_warm and self.mails < MOST_MAILS

    async def reset(self) -> None:
        """Take back what was begun; a server that does not answer even that is left."""
        try:
            await self.talk.reset()
        except (aiosmtplib.SMTPException, OSError):
            self.talk.close()

    async def end(self) -> None:
        """Say goodbye. A server that has gone already is no fault."""
        if self.talk.is_open:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self.talk.quit()
        self.talk.close()


async def _greet(client: aiosmtplib.SMTP) -> None:
    """Say who we are and hear what the server can, where encryption and log-in have not done so."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()  # a server of before 1995


def _envelope(sender: str, recipient: str) -> tuple[bytes, bytes, bytes]:
    """The commands before a message. Raises ValueError for an address that would be two lines, or is not ASCII."""
    if _CONTROL.search(sender) or _CONTROL.search(recipient):
        raise ValueError("an address may not hold control characters")
    return f"MAIL FROM:<{sender}>".encode("ascii"), f"RCPT TO:<{recipient}>".encode("ascii"), b"DATA"


async def _first_answer(talk: SmtpTalk, envelope: Sequence[bytes]) -> int:
    try:
        talk.say(*envelope)
        return await talk.answer()
    except BaseException:
        talk.close()
        raise


async def _hand_over(talk: SmtpTalk, message: bytes) -> None:
    """What follows MAIL FROM."""
    try:
        code = await talk.answer()
    except (aiosmtplib.SMTPException, OSError) as fault:
        raise server_lost(fault) from fault
    if code not in (_DONE, _FORWARDED):
        raise recipient_refused(code, talk.said)
    try:
        code = await talk.answer()
        if code == _GO_ON:
            talk.give(message)
            code = await talk.answer()
            if code == _DONE:
                return
    except (aiosmtplib.SMTPException, OSError) as fault:
        raise answer_lost(fault) from fault
    raise message_refused(code)
