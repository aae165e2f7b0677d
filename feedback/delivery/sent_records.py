"""What became of each invitation, written down as soon as it is known: all that has gathered in one statement."""

import asyncio
import contextlib
from datetime import datetime

import asyncpg
import msgspec
import structlog
from msgspec import Struct

from core.database import fetch
from feedback.tables import InvitationState

log = structlog.get_logger()

LONGEST_ERROR = 200  # characters, as the column takes
# A mail that has left and is not written down leaves again: a database that is away for a moment is waited for.
PAUSES = (0.2, 1.0, 5.0)  # seconds
GATHERS_FOR = 0.008  # seconds, at most: what comes in meanwhile is written with the first


class Result(Struct, frozen=True, kw_only=True):
    """What became of one invitation.

    `gives_back` says that this was no attempt: nothing was said of the mail. `stops` names the domain whose server
    wants none of the others either, or is empty where it is the one that all mail leaves by.
    """

    state: InvitationState
    due_at: datetime | None = None
    error: str = ""
    remind_at: datetime | None = None
    gives_back: bool = False
    stops: str | None = None


class Records:
    """Of one worker's round. While a statement runs, further results gather for the next one.

    As soon as there are `enough`, they are written: their senders may be waiting for it.
    """

    def __init__(self, worker: str, enough: int) -> None:
        self._worker, self._enough = worker, enough
        self._are_enough = asyncio.Event()
        self._gathered: list[tuple[dict[str, object], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    def put(self, invitation: int, result: Result, left_at: datetime) -> asyncio.Future[None]:
        """The future is done when the result is kept, and raises what the database does."""
        record: dict[str, object] = {
            "id": invitation,
            "state": result.state,
            "due_at": result.due_at,
            "error": result.error[:LONGEST_ERROR],
            "remind_at": result.remind_at,
            "gives_back": int(result.gives_back),
            "left_at": left_at,
        }
        kept = asyncio.get_running_loop().create_future()
        self._gathered.append((record, kept))
        if len(self._gathered) >= self._enough:
            self._are_enough.set()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return kept

    async def _write(self) -> None:
        while self._gathered:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._are_enough.wait(), GATHERS_FOR)
            gathered, self._gathered = self._gathered, []
            self._are_enough.clear()
            try:
                await self._keep([record for record, _ in gathered])
            except Exception as fault:
                for _, kept in gathered:
                    kept.set_exception(fault)
            else:
                for _, kept in gathered:
                    kept.set_result(None)

    async def _keep(self, records: list[dict[str, object]]) -> None:
        given = msgspec.json.encode(records).decode()
        for pause in PAUSES:
            try:
                await fetch(_KEEP, given, self._worker)
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as fault:
                log.warning("results_wait", n=len(records), reason=type(fault).__name__)
                await asyncio.sleep(pause)
            else:
                return
        await fetch(_KEEP, given, self._worker)


# Only of what this worker holds still. What a provider has said meanwhile stays, and so does what somebody has
# cancelled or held, unless the mail had left already.
_KEEP = """
UPDATE invitation i SET last_error = r.error, leased_until = NULL, leased_by = NULL,
    attempts = i.attempts - r.gives_back, due_at = coalesce(r.due_at, i.due_at),
    state = CASE WHEN i.state = 'due' OR i.state IN ('held', 'cancelled') AND r.state = 'sent' THEN r.state
        ELSE i.state END,
    sent_at = CASE WHEN r.state = 'sent' THEN coalesce(i.sent_at, r.left_at) ELSE i.sent_at END,
    remind_at = CASE WHEN r.remind_at < i.expires_at THEN r.remind_at ELSE i.remind_at END
FROM jsonb_to_recordset($1::jsonb) AS r(id bigint, state text, due_at timestamptz, error text, remind_at timestamptz,
    gives_back int, left_at timestamptz)
WHERE i.id = r.id AND i.leased_by = $2
"""
