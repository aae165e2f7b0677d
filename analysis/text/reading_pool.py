"""Read many comments at once: few of them in a thread, many on every core that this process is given."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache

import msgspec
from msgspec import Struct

from analysis.text.evidence import Leaning
from analysis.text.reading import CommentReading, ReadingRules, read_comment
from analysis.text.sentiment import SentimentState
from analysis.text.wordlists import MAX_READ_CHARACTERS

MANY_CHARACTERS = 20_000  # some 200 usual comments; of fewer it is not worth speaking to other processes
UNREAD = "unread: "  # how the analyser of a comment begins on which the reader failed; its fault follows
_LONGEST_ANALYSER = 64  # characters, as the column holds them
_PARTS = 4  # of the work for each process, so that none waits long for the one that drew the longest comments


class Unread(Struct, frozen=True):
    """A comment and what its survey says of it: see `read_comment`."""

    text: str
    locale: str | None
    offered: tuple[str, ...]
    leaning: Leaning


class _Readers(Struct, frozen=True):
    """Processes that read, and their beginnings: each has to load what it reads with, which takes seconds."""

    pool: ProcessPoolExecutor
    beginnings: tuple[Future[None], ...]

    @property
    def are_ready(self) -> bool:
        return all(beginning.done() for beginning in self.beginnings)


async def read_all(comments: Sequence[Unread], rules: ReadingRules) -> list[CommentReading]:
    """The readings in the order of the comments, whatever read them; the loop goes on meanwhile.

    Processes are started at the first of many comments, and stay. Until they are ready this one reads, and where one
    of them was killed it reads again, and others are started.
    """
    if cores() > 1 and sum(min(len(comment.text), MAX_READ_CHARACTERS) for comment in comments) >= MANY_CHARACTERS:
        readers = _readers()
        try:
            if readers.are_ready:
                return await _read_in_processes(readers.pool, comments, rules)
        except BrokenProcessPool:
            _readers.cache_clear()
    return await asyncio.to_thread(_read, comments, rules)


def cores() -> int:
    """Those this process may run on, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0))


async def _read_in_processes(
    pool: ProcessPoolExecutor, comments: Sequence[Unread], rules: ReadingRules
) -> list[CommentReading]:
    loop, packed = asyncio.get_running_loop(), msgspec.msgpack.encode(rules)
    size = -(-len(comments) // (_PARTS * cores()))
    parts = [comments[start : start + size] for start in range(0, len(comments), size)]
    read = await asyncio.gather(*(loop.run_in_executor(pool, _read_part, part, packed) for part in parts))
    return [reading for part in read for reading in part]


def _read(comments: Sequence[Unread], rules: ReadingRules) -> list[CommentReading]:
    return [_read_one(comment, rules) for comment in comments]


def _read_one(comment: Unread, rules: ReadingRules) -> CommentReading:
    """A comment on which the reader fails must not keep all others waiting: it stands as not scored, with the fault."""
    try:
        return read_comment(
            comment.text, locale=comment.locale, offered=comment.offered, leaning=comment.leaning, rules=rules
        )
    except Exception as fault:  # its message may hold words of the comment
        return CommentReading(
            language=None,
            state=SentimentState.NOT_SCORED,
            polarity=None,
            probability=None,
            analyser=f"{UNREAD}{type(fault).__name__}"[:_LONGEST_ANALYSER],
            packs=rules.edition,
            clauses=(),
            emotions=(),
            themes=(),
        )


def _read_part(comments: Sequence[Unread], packed: bytes) -> list[CommentReading]:
    return _read(comments, _unpacked(packed))


@lru_cache(maxsize=16)
def _unpacked(packed: bytes) -> ReadingRules:
    """The same value again for the same bytes, so that a process makes its readers once."""
    return msgspec.msgpack.decode(packed, type=ReadingRules)


@lru_cache(maxsize=1)
def _readers() -> _Readers:
    """Fresh processes and no forks: this one has threads, and connections that must not be shared."""
    pool = ProcessPoolExecutor(cores(), multiprocessing.get_context("spawn"), _begin)
    return _Readers(pool, tuple(pool.submit(_load) for _ in range(cores())))


def _load() -> None:
    """Load in a new process what every comment is read with."""
    read_comment("", locale=None, offered=(), leaning=Leaning.OPEN, rules=ReadingRules(()))


def _begin() -> None:
    """In a new process: Ctrl-C, which a terminal tells all, is the parent's to hear; and it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed tells its children nothing, and they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
