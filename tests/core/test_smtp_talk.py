"""Talking SMTP: as few turns as the server allows, and what it says is never taken for the answer to something else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiosmtplib
import pytest

from core.not_delivered import NotDelivered
from core.smtp_pool import MailServer, SmtpPool
from core.smtp_talk import SmtpTalk

ENVELOPE = b"MAIL FROM:<ask@acme.example>\r\nRCPT TO:<c1@customer.example>\r\nDATA\r\n"
PIPELINING = b"250-mail.example\r\n250 PIPELINING\r\n"


class Server:
    """Answers each piece of bytes that it gets with what `answer` says, once it has said hello."""

    def __init__(
        self, answer: Callable[[bytes], bytes], ehlo: bytes = PIPELINING, *, drop_by_drop: bool = False
    ) -> None:
        self.heard: list[bytes] = []
        self.connections = 0
        self._answer, self._ehlo, self._drop_by_drop = answer, ehlo, drop_by_drop

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"220 mail.example\r\n")
        while data := await reader.read(100_000):
            if data.startswith(b"EHLO"):
                await self._say(self._ehlo, writer)
            else:
                self.heard.append(data)
                await self._say(self._answer(data), writer)
        writer.close()

    async def _say(self, words: bytes, writer: asyncio.StreamWriter) -> None:
        pieces = [words[at : at + 1] for at in range(len(words))] if self._drop_by_drop else [words]
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if self._drop_by_drop:
                await asyncio.sleep(0.001)


@asynccontextmanager
async def pool_to(server: Server, patience: float = 0.5) -> AsyncIterator[SmtpPool]:
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    pool = SmtpPool(MailServer(host="127.0.0.1", port=port, tls="none", timeout=patience), 2)
    async with listening:
        yield pool
        await pool.close()


async def send(pool: SmtpPool) -> None:
    await pool.send("ask@acme.example", "c1@customer.example", b"Subject: Hello\r\n\r\nbody\r\n")


def willing(data: bytes) -> bytes:
    """One answer for each command."""
    if data.endswith(b"\r\n.\r\n"):
        return b"250 taken\r\n"
    said = [line for line in data.split(b"\r\n") if line]
    return b"".join(b"354 go on\r\n" if line == b"DATA" else b"250 OK\r\n" for line in said)


@pytest.mark.parametrize("drop_by_drop", [False, True])
async def test_a_mail_takes_two_turns_where_the_server_lets_us(drop_by_drop: bool) -> None:
    server = Server(willing, drop_by_drop=drop_by_drop)
    async with pool_to(server) as pool:
        await send(pool)
        await send(pool)
        assert server.heard == [ENVELOPE, b"Subject: Hello\r\n\r\nbody\r\n.\r\n"] * 2
    assert server.connections == 1


async def test_a_server_that_does_not_say_so_hears_one_command_after_the_other() -> None:
    server = Server(willing, b"250 mail.example\r\n")
    async with pool_to(server) as pool:
        await send(pool)
        assert server.heard[:-1] == [line + b"\r\n" for line in ENVELOPE.split(b"\r\n") if line]


async def test_a_server_that_would_take_a_message_for_nobody_gets_none() -> None:
    """Some say to go on though they have refused the recipient: what comes next would be taken for a message."""
    server = Server(lambda data: b"250 OK\r\n550 no such user\r\n354 go on\r\n")
    async with pool_to(server) as pool:
        for _ in range(2):
            with pytest.raises(NotDelivered, match="recipient refused with 550"):
                await send(pool)
        assert server.heard == [ENVELOPE] * 2
    assert server.connections == 2


async def test_after_a_refusal_all_answers_are_heard_before_the_next_mail() -> None:
    answers = [
        b"250 OK\r\n550 no such user\r\n503 whom to?\r\n",
        b"250 reset\r\n",
        b"250 OK\r\n250 OK\r\n354 go on\r\n",
        b"250-taken\r\n250 and kept\r\n",
    ]
    server = Server(lambda data: answers.pop(0) if answers else b"221 bye\r\n")
    async with pool_to(server) as pool:
        with pytest.raises(NotDelivered, match="550"):
            await send(pool)
        await send(pool)
        assert server.heard[1] == b"RSET\r\n"
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"250 OK\r\n250 OK\r\n354 go on\r\n250 taken\r\n",  # one more than it was asked for
        b"hello\r\n",
        b"250-" + b"x" * 40_000,
        b"250",  # and nothing more
        b"",
    ],
)
async def test_what_is_no_answer_ends_the_connection_and_is_tried_again(answer: bytes) -> None:
    server = Server(lambda _: answer)
    async with pool_to(server, patience=0.1) as pool:
        with pytest.raises(NotDelivered) as refused:
            await send(pool)
        assert (refused.value.permanent, refused.value.code) == (False, None)
        with pytest.raises(NotDelivered):
            await send(pool)
    assert server.connections == 2
    assert all(b"Subject" not in data for data in server.heard)


async def test_what_a_server_says_unasked_is_not_taken_for_an_answer() -> None:
    """Such as `421 idle for too long`, between two mails."""
    server = Server(lambda data: willing(data) + (b"421 enough\r\n" if data.endswith(b"\r\n.\r\n") else b""))
    async with pool_to(server) as pool:
        for _ in range(3):
            await send(pool)
            await asyncio.sleep(0.02)
    assert server.connections == 3


@pytest.mark.parametrize("address", ["c1\r\nDATA@customer.example", "c1\0@customer.example", "jörg@customer.example"])
async def test_an_address_that_smtp_can_not_carry_is_said_to_nobody(address: str) -> None:
    server = Server(willing)
    async with pool_to(server) as pool:
        with pytest.raises(ValueError, match=r"control|ascii"):
            await pool.send("ask@acme.example", address, b"Subject: Hello\r\n\r\n")
    assert server.heard == []


async def test_a_client_without_a_connection_is_no_one_to_talk_with() -> None:
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        SmtpTalk(aiosmtplib.SMTP(hostname="127.0.0.1", start_tls=False), 1)
