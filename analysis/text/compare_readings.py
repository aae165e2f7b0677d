"""Say what a rescoring would change, and change nothing."""

from collections.abc import Callable
from datetime import datetime

from analysis.text.load_rereads import after, load_rereads, whole_scope
from analysis.text.rescoring_diff import Differences, add_differences
from core.database import fetch, transaction

BATCH = 500


async def compare_readings(
    workspace: int | None, since: datetime, progress: Callable[[float], None] = lambda _share: None
) -> dict[str, Differences]:
    """By the version of the analyser that had read the comments; `progress` is told which share is done."""
    found: dict[str, Differences] = {}
    rest = await whole_scope(workspace, since)
    total = rest.last_answer - rest.done_to
    while True:
        async with transaction():
            await fetch("SET TRANSACTION READ ONLY")  # nothing can be stored in it
            rereads = await load_rereads(rest, BATCH)
        if not rereads:
            break
        add_differences(found, rereads)
        rest = after(rest, rereads)
        progress(1 - (rest.last_answer - rest.done_to) / total)
    progress(1)
    return found
