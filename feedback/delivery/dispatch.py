"""Send the invitations that are due: claim a few, keep a steady flow of mails, write down what became of each."""

import asyncio
import secrets
from collections import deque
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import asyncpg
import structlog
from msgspec.structs import replace

from core.site import Site
from feedback.delivery.claim_due import Claimed, claim_due, renew, state_by_now
from feedback.delivery.outlets import forget_pauses, hold_back, uncount
from feedback.delivery.pacing import ALL, Outlet
from feedback.delivery.send_invitation import as_reminder, result_without_sending, send_invitation
from feedback.delivery.sent_records import Records, Result
from feedback.tables import InvitationState
from surveys.journey_file import AskChannel

log = structlog.get_logger()

MOST_AT_ONCE = 100  # claimed in one transaction
MOST_UNWRITTEN = 6  # mails over one connection whose records are not kept yet
ROUND_SECONDS = 5.0  # then the worker's other jobs have their turn
LOOKS_AGAIN_AFTER = 1.0  # seconds since the claim


async def dispatch(site: Site, now: datetime) -> int:
    """Send what is due, for a few seconds; returns how many invitations were looked at."""
    return await _Round(site, now).run()


class _Round:
    """One stretch of sending by one worker."""

    def __init__(self, site: Site, now: datetime) -> None:
        self._site, self._began = site, now
        self._worker = secrets.token_hex(16)
        # Half of what may be unwritten: the others leave while these are written.
        self._records = Records(self._worker, max(site.settings.smtp_connections * MOST_UNWRITTEN // 2, 1))
        self._deadline = monotonic() + ROUND_SECONDS
        self._claimed: deque[Claimed] = deque()
        self._claiming: asyncio.Task[None] | None = None
        self._fault: BaseException | None = None
        self._is_over = False
        self._n = 0
        self._leases: dict[int, float] = {}  # of what is not written down yet, until when by monotonic()
        self._stopped: dict[tuple[Outlet, str], Result] = {}  # what becomes of mails to a server that wants none now
        self._resumed: set[tuple[Outlet, str]] = set()

    async def run(self) -> int:
        beating = asyncio.create_task(self._keep_leases())
        try:
            senders = [self._send_all() for _ in range(self._site.settings.smtp_connections)]
            # Every mail under way is waited for, even where the database takes no results any more.
            ends = await asyncio.gather(*senders, return_exceptions=True)
        finally:
            beating.cancel()
            await asyncio.gather(beating, *filter(None, [self._claiming]), return_exceptions=True)
        for end in (*ends, self._fault):
            if end is not None:
                raise end
        return self._n

    async def _send_all(self) -> None:
        """One mail after the other, as many at once as there are connections.

        A mail leaves only when few before it are not written down: of all that a killed worker had claimed, at most
        MOST_UNWRITTEN for each connection, and the one under way, are sent twice.
        """
        kept: deque[asyncio.Future[None]] = deque()
        try:
            while (claimed := await self._next()) is not None:
                while len(kept) >= MOST_UNWRITTEN or (kept and kept[0].done()):
                    await kept.popleft()
                result = await self._handle(claimed)
                if result is not None:
                    kept.append(self._records.put(claimed.id, result, self._site.clock()))
                    kept[-1].add_done_callback(partial(self._let_go, claimed.id))
        finally:
            await asyncio.gather(*kept)

    async def _next(self) -> Claimed | None:
        """The one to be handled next; while there are some left, more are being claimed."""
        while True:
            if len(self._claimed) < MOST_AT_ONCE // 2 and not self._is_over and self._claiming is None:
                self._claiming = asyncio.create_task(self._claim())
            if self._claimed:
                return self._claimed.popleft()
            if self._claiming is None:
                return None
            await asyncio.shield(self._claiming)

    async def _claim(self) -> None:
        try:
            now = self._now()
            claim = await claim_due(self._site, self._worker, MOST_AT_ONCE, now)
            self._n += claim.n
            for hold in claim.holds:
                await hold_back(hold, now, self._deadline)
            lease_ends = monotonic() + self._site.settings.worker_lease_seconds
            self._leases.update((claimed.id, lease_ends) for claimed in claim.claimed)
            self._claimed.extend(claim.claimed)
            self._is_over = not claim.n or monotonic() > self._deadline
        except BaseException as fault:
            self._is_over, self._fault = True, fault
        finally:
            self._claiming = None

    async def _handle(self, claimed: Claimed) -> Result | None:
        """What became of it; None where the lease was lost, and another worker has it."""
        if self._leases.get(claimed.id, 0) <= monotonic():
            self._leases.pop(claimed.id, None)
            return None
        result = result_without_sending(claimed)
        if result is None:
            result = self._not_now(claimed) or await self._last_look(claimed) or await self._send(claimed)
            if result.gives_back and claimed.channel is AskChannel.MAIL:
                await uncount(claimed.outlet, self._began)
        return as_reminder(claimed, result)

    def _not_now(self, claimed: Claimed) -> Result | None:
        """Where a server has just asked for patience, the others that would go there wait with the first."""
        if claimed.channel is not AskChannel.MAIL:
            return None
        return self._stopped.get((claimed.outlet, ALL)) or self._stopped.get((claimed.outlet, claimed.domain))

    def _let_go(self, invitation: int, _: asyncio.Future[None]) -> None:
        self._leases.pop(invitation, None)

    async def _last_look(self, claimed: Claimed) -> Result | None:
        """Whoever has opted out while this was waiting its turn does not wait for a mail."""
        if monotonic() - claimed.claimed_at <= LOOKS_AGAIN_AFTER:
            return None
        state = await state_by_now(claimed.id, claimed.contact.email)
        return Result(state=state, gives_back=True) if state else None

    async def _send(self, claimed: Claimed) -> Result:
        result = await send_invitation(self._site, claimed, self._now())
        if result.stops is not None:
            self._stopped[claimed.outlet, result.stops] = replace(result, gives_back=True)
        elif claimed.comes_after_pause and result.state is InvitationState.SENT:
            place = (claimed.outlet, claimed.domain)
            if place not in self._resumed:
                self._resumed.add(place)
                await forget_pauses(*place, self._now())
        return result

    async def _keep_leases(self) -> None:
        """Renew what is not written down yet. A lease that another worker has taken over is lost."""
        lease = self._site.settings.worker_lease_seconds
        while True:
            await asyncio.sleep(lease / 3)
            held, until = list(self._leases), monotonic() + lease
            try:
                mine = await renew(self._worker, held, self._now() + timedelta(seconds=lease)) if held else set()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
                log.warning("leases_not_renewed", n=len(held), reason=type(fault).__name__)
                continue
            for invitation in held:
                if invitation in self._leases:
                    self._leases[invitation] = until if invitation in mine else 0

    def _now(self) -> datetime:
        """A round takes seconds: what is due and how long a lease lasts is asked of the clock each time."""
        return max(self._began, self._site.clock())
