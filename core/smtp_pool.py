"""Connections to a mail server, kept open for the next mail."""

import asyncio
import contextlib
import ssl
import time

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

MOST_MAILS = 100  # over one connection; many servers end it themselves not long after
IDLE_SECONDS = 60.0  # then a connection is closed
GOODBYE_SECONDS = 1.0  # that a server may take to answer QUIT


class MailServer(Struct, frozen=True, kw_only=True):
    """How a mail server is reached; `timeout` is what one step may take, in seconds."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: str = "starttls"  # or tls, or none
    timeout: float = 20.0


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
        async with self._turn:
            connection = await self._begun(sender)
            try:
                await _hand_over(connection.client, recipient, message)
            except (NotDelivered, ValueError):
                await connection.reset()
                raise
            except BaseException:
                connection.client.close()  # stopped in the middle: nobody knows what it would say next
                raise
            finally:
                await self._keep(connection)

    async def close(self) -> None:
        """End every connection that nothing is sent over."""
        idle, self._idle = self._idle, []
        if self._sweeping is not None:
            self._sweeping.cancel()
        await asyncio.gather(*[connection.end() for connection in idle])

    async def _begun(self, sender: str) -> "_Connection":
        """A connection that has taken MAIL FROM."""
        kept = self._take()
        if kept is not None:
            # The server may have hung up meanwhile, or want no more mails over this one. Nothing of the mail was said
            # yet, so that a new connection is no second try.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await kept.client.mail(sender)
                return kept
            await kept.end()
        connection = _Connection(await self._connected())
        try:
            await connection.client.mail(sender)
        except aiosmtplib.SMTPResponseException as fault:
            await connection.end()
            raise server_refused(fault.code) from fault
        except (aiosmtplib.SMTPException, OSError) as fault:
            connection.client.close()
            raise server_lost(fault) from fault
        except BaseException:
            connection.client.close()
            raise
        return connection

    async def _connected(self) -> aiosmtplib.SMTP:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            timeout=server.timeout,
            local_hostname=self._hostname,
            tls_context=self._tls,
        )
        try:
            await client.connect()
        except aiosmtplib.SMTPResponseException as fault:
            raise server_refused(fault.code) from fault
        except (aiosmtplib.SMTPException, OSError) as fault:
            raise server_lost(fault) from fault
        self._hostname = client.local_hostname
        return client

    def _take(self) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()  # the one used last: the others may end of idleness
            if connection.is_usable:
                return connection
            connection.client.close()
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
            connection.client.close()
        self._sweeping = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._sweep) if self._idle else None


class _Connection:
    """One open connection, and how often it was used."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self.mails = 0
        self.idle_since = time.monotonic()

    @property
    def is_usable(self) -> bool:
        is_warm = time.monotonic() - self.idle_since < IDLE_SECONDS
        return self.client.is_connected and is_warm and self.mails < MOST_MAILS

    async def reset(self) -> None:
        """Take back what was begun; a server that does not answer even that is left."""
        try:
            await self.client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self.client.close()

    async def end(self) -> None:
        """Say goodbye. A server that has gone already is no fault."""
        if self.client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await self.client.quit(timeout=GOODBYE_SECONDS)
        self.client.close()


async def _hand_over(client: aiosmtplib.SMTP, recipient: str, message: bytes) -> None:
    try:
        await client.rcpt(recipient)
    except aiosmtplib.SMTPResponseException as fault:
        raise recipient_refused(fault.code, fault.message) from fault
    except (aiosmtplib.SMTPException, OSError) as fault:
        raise server_lost(fault) from fault
    try:
        await _transfer(client, message)
    except aiosmtplib.SMTPResponseException as fault:
        raise message_refused(fault.code) from fault
    except (aiosmtplib.SMTPException, OSError) as fault:
        raise answer_lost(fault) from fault


async def _transfer(client: aiosmtplib.SMTP, message: bytes) -> None:
    """DATA for a message whose lines all end as SMTP wants them.

    The client's own goes over every line twice to see to that, which takes longer than all the rest of a mail.
    """
    answer = await client.execute_command(b"DATA")
    if answer.code != aiosmtplib.SMTPStatus.start_input:
        raise aiosmtplib.SMTPDataError(answer.code, answer.message)
    protocol = client.protocol
    if protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    try:
        protocol.write(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        answer = await protocol.read_response(timeout=client.timeout)
    except (aiosmtplib.SMTPException, OSError):
        client.close()  # what it says later would be taken for the answer to something else
        raise
    if answer.code != aiosmtplib.SMTPStatus.completed:
        raise aiosmtplib.SMTPDataError(answer.code, answer.message)
