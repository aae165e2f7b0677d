"""Events that Kept itself sends: of whole responses, and of schedules that have come round."""

import re
from collections.abc import Sequence
from datetime import datetime

import structlog

from core.errors import Invalid
from feedback.intake.event import IncomingEvent
from feedback.intake.take_events import take_events

log = structlog.get_logger()

_PLACE = re.compile(r"\[(\d+)\]")


async def take_own_events(workspace: int, events: Sequence[IncomingEvent], now: datetime) -> None:
    """Take a batch in. What can't be taken is logged and left out: the others must not wait for it for ever.

    A contact may have an id from before ids had to stand on one line.
    """
    if not events:
        return
    try:
        await take_events(workspace, events, now)
    except Invalid as invalid:
        places = {int(found.group(1)) for fault in invalid.faults if (found := _PLACE.match(fault.field))}
        if not places:
            raise
        log.warning("own_events_refused", workspace=workspace, events=len(places), faults=len(invalid.faults))
        await take_own_events(workspace, [event for at, event in enumerate(events) if at not in places], now)
