"""A mail server that takes everything and writes down what: a process of its own, as lean as can be.

`python -m bench.sink LOG` prints its port. A line of LOG is the moment, in seconds since 1970, the Message-ID and the
size in bytes; it is written before the server says that it has the mail. As most servers do, it takes commands before
it has answered the last one (RFC 2920).
"""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_MESSAGE_ID = re.compile(rb"^Message-ID: *(\S+)", re.IGNORECASE | re.MULTILINE)


class Taken(NamedTuple):
    """A mail that the sink has, since when, and how many bytes it has."""

    at: float
    message_id: str
    size: int


class Sink(NamedTuple):
    """A sink that runs."""

    port: int
    log: Path

    def taken(self) -> list[Taken]:
        """All mails so far, in the order in which they came."""
        lines = (line.split() for line in self.log.read_text(encoding="utf-8").splitlines())
        return [Taken(float(at), message_id, int(size)) for at, message_id, size in lines]


@contextmanager
def sink_in(folder: Path) -> Iterator[Sink]:
    log = folder / "taken.log"
    log.touch()
    process = subprocess.Popen([sys.executable, "-m", "bench.sink", str(log)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Sink(int(process.stdout.readline()), log)
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


class _Talk(asyncio.Protocol):
    def __init__(self, log: Path) -> None:
        self._file = log.open("ab", buffering=0)
        self._buffer = b""
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink ESMTP\r\n")

    def connection_lost(self, _: Exception | None) -> None:
        self._file.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers = []
        while True:
            end = b"\r\n.\r\n" if self._in_message else b"\r\n"
            piece, found, rest = self._buffer.partition(end)
            if not found:
                break
            self._buffer = rest
            answers.append(self._answer(piece))
        if answers:
            self._transport.write(b"".join(answers))

    def _answer(self, piece: bytes) -> bytes:
        if self._in_message:
            self._in_message = False
            found = _MESSAGE_ID.search(piece)
            self._file.write(b"%.6f %s %d\n" % (time.time(), found[1] if found else b"-", len(piece)))
            return b"250 OK\r\n"
        command = piece[:4].upper()
        if command == b"DATA":
            self._in_message = True
            return b"354 go on\r\n"
        if command == b"EHLO":
            return b"250-sink\r\n250 PIPELINING\r\n"
        return b"221 bye\r\n" if command == b"QUIT" else b"250 OK\r\n"


async def _serve(log: Path) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Talk(log), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
