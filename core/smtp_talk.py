"""What is said over an open SMTP connection: commands, in one go where the server lets us, and the answer to each."""

import asyncio
import re
from collections import deque

import aiosmtplib

_LONGEST_ANSWERS = 32_768  # bytes that may wait to be read; all that servers say at once is a few hundred
# An answer: lines `250-...`, the last of them `250 ...` or `250`.
_ANSWER = re.compile(rb"(?:\d{3}-[^\n]*\n)*(\d{3})(?:[ \r][^\n]*)?\n")
_CLOSES, _GO_ON = 421, 354


class SmtpTalk(asyncio.Protocol):
    """Takes over a connection that `client` has opened, encrypted and logged in over.

    Where the server takes commands before it has answered the last one (RFC 2920), a mail costs two turns instead of
    four. A server may be a tenth of a second away.
    """

    def __init__(self, client: aiosmtplib.SMTP, timeout: float) -> None:
        transport = client.transport
        if not isinstance(transport, asyncio.Transport):
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._transport, self._timeout = transport, timeout
        self._is_pipelined = client.supports_extension("pipelining")
        self._unsaid: deque[bytes] = deque()
        self._n_due = 0  # answers to what was said
        self._heard = b""
        self._answers: deque[tuple[int, str]] = deque()
        self.said = ""  # the words of the latest answer
        self._waiter: asyncio.Future[None] | None = None
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def say(self, *commands: bytes) -> None:
        """Lines without their ends; `answer` is to be called once for each."""
        lines = [command + b"\r\n" for command in commands]
        if self._is_pipelined:
            self._write(b"".join(lines), len(lines))
        else:
            self._unsaid.extend(lines)

    def give(self, message: bytes) -> None:
        """A whole message of lines that end with CR LF, after the server has said to go on."""
        self._write(message.replace(b"\r\n.", b"\r\n..") + b".\r\n", 1)

    async def answer(self) -> int:
        """The code that the server answers with next. Raises SMTPException where none comes; the connection is over."""
        if self._unsaid:
            self._write(self._unsaid.popleft(), 1)
        if not self._answers:
            await self._hear()
        self._n_due -= 1
        code, self.said = self._answers.popleft()
        if code == _CLOSES:
            self.close()
        return code

    async def reset(self) -> None:
        """Take back what was begun, so that another mail may follow; else the connection is over."""
        await self._settle()
        if self.is_open:
            self.say(b"RSET")
            await self.answer()

    async def quit(self) -> None:
        """Say goodbye."""
        await self._settle()
        if self.is_open:
            self.say(b"QUIT")
            await self.answer()

    def close(self) -> None:
        self._transport.close()

    async def _settle(self) -> None:
        """Hear what is due still. A server that would take a message now waits for one that is never to come."""
        self._unsaid.clear()
        while self._n_due and self.is_open:
            if await self.answer() == _GO_ON:
                self.close()

    async def _hear(self) -> None:
        loop = asyncio.get_running_loop()
        if not self.is_open:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._waiter = loop.create_future()
        timer = loop.call_later(self._timeout, self._end, aiosmtplib.SMTPReadTimeoutError("no answer"))
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _write(self, data: bytes, n: int) -> None:
        if not self.is_open:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._transport.write(data)
        self._n_due += n

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while found := _ANSWER.match(self._heard):
            self._heard = self._heard[found.end() :]
            self._answers.append((int(found[1]), _words(found[0])))
        if self._answers and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        # What answers nothing, such as a goodbye, would be taken for the answer to what is said next. What was answered
        # before it counts: a mail may have been taken.
        if len(self._answers) > self._n_due or len(self._heard) > _LONGEST_ANSWERS or _is_odd(self._heard):
            while len(self._answers) > self._n_due:
                self._answers.pop()
            self._end(aiosmtplib.SMTPServerDisconnected("this is no answer"))

    def connection_lost(self, _: Exception | None) -> None:
        self._end(aiosmtplib.SMTPServerDisconnected("Connection lost"))

    def _end(self, fault: aiosmtplib.SMTPException) -> None:
        """What comes now would be taken for the answer to something else."""
        self.close()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(fault)


def _words(answer: bytes) -> str:
    """Without the codes, as one line."""
    return " ".join(line[4:].strip() for line in answer.decode("ascii", errors="replace").splitlines())


def _is_odd(rest: bytes) -> bool:
    """Whether a whole line is no part of an answer."""
    return b"\n" in rest and not re.match(rb"\d{3}-", rest)
