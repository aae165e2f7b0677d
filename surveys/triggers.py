"""Triggers one at a time, as pages list, load and save them: the same rows as the asks of a journey's file."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from core.database import Row, fetch, transaction
from core.errors import Fault, Invalid, NotFound
from surveys.ask_file import AskFile, event_of
from surveys.keep_triggers import ASK, UPSERT_TRIGGERS, trigger_record
from surveys.publish import lock_workspace
from surveys.trigger_faults import ask_faults


class StoredTrigger(Struct, frozen=True, kw_only=True):
    """A trigger with the names of what it belongs to; `ask.event` is empty where it is the touchpoint's own."""

    id: int
    journey_key: str
    journey_name: str
    touchpoint: int
    touchpoint_key: str
    touchpoint_name: str
    survey_name: str
    event: str
    ask: AskFile


class Place(Struct, frozen=True, kw_only=True):
    """A touchpoint at which something may be asked."""

    touchpoint: int
    journey_key: str
    journey_name: str
    touchpoint_key: str
    touchpoint_name: str
    event: str

    @property
    def key(self) -> str:
        return f"{self.journey_key}/{self.touchpoint_key}"


async def list_triggers(workspace: int) -> list[StoredTrigger]:
    """Those that are in force, in the order of the journeys."""
    return [_stored(row) for row in await fetch(_TRIGGERS, workspace, None)]


async def load_trigger(workspace: int, trigger: int) -> StoredTrigger:
    """Raises NotFound, too where it is stopped."""
    rows = await fetch(_TRIGGERS, workspace, trigger)
    if not rows:
        raise NotFound("There is no such trigger, or it was stopped.")
    return _stored(rows[0])


async def list_places(workspace: int) -> list[Place]:
    """All touchpoints that are not removed, in the order of the journeys."""
    return msgspec.convert(await fetch(_PLACES, workspace), list[Place])


async def check_trigger(workspace: int, place: str, ask: AskFile, trigger: int | None) -> Place:
    """The touchpoint `place`, as `journey/touchpoint`, after everything about the ask was looked at.

    `trigger` is the id of the one that is changed, None for a new one. Raises Invalid with every fault.
    """
    found = next((one for one in await list_places(workspace) if one.key == place), None)
    own = found.event if found else ""
    surveys = await fetch("SELECT key FROM survey WHERE workspace = $1 ORDER BY key", workspace)
    faults = list(ask_faults(ask, own, [row["key"] for row in surveys]))
    if found is None:
        raise Invalid(Fault("touchpoint", "choose a touchpoint"), *faults)
    if ask.every is None and not (ask.event or own).strip():
        faults.append(Fault("event", "this touchpoint has no event of its own; name one"))
    others = [one for one in await list_triggers(workspace) if one.id != trigger and one.touchpoint == found.touchpoint]
    faults += _faults_beside(found, ask, others)
    if faults:
        raise Invalid(*faults)
    return found


async def save_trigger(workspace: int, place: str, ask: AskFile, trigger: int | None, now: datetime) -> int:
    """Store an ask at the touchpoint `place`, as `journey/touchpoint`; returns the id of its trigger.

    A changed event, touchpoint, survey or channel makes another trigger and stops `trigger`, as in a journey's file.
    Raises Invalid with every fault, NotFound where `trigger` is given and there is none such.
    """
    async with transaction():
        await lock_workspace(workspace)
        if trigger is not None:
            await load_trigger(workspace, trigger)
        found = await check_trigger(workspace, place, ask, trigger)
        (survey,) = await fetch("SELECT id FROM survey WHERE workspace = $1 AND key = $2", workspace, ask.survey)
        event = event_of(ask, found.journey_key, found.touchpoint_key, found.event)
        record = trigger_record(ask, event, found.touchpoint, survey["id"])
        rows = await fetch(UPSERT_TRIGGERS, msgspec.json.encode([record]).decode(), workspace)
        saved = int(rows[0]["id"])
        if trigger not in (None, saved):
            await fetch(_STOP, workspace, trigger)
        await fetch(_TOUCH_JOURNEY, now, found.touchpoint)
    return saved


async def stop_trigger(workspace: int, trigger: int, now: datetime) -> None:
    """It asks no more; what it has decided stays. Raises NotFound."""
    rows = await fetch(_STOP, workspace, trigger)
    if not rows:
        raise NotFound("There is no such trigger, or it was stopped.")
    await fetch(_TOUCH_JOURNEY, now, rows[0]["touchpoint"])


def _faults_beside(place: Place, ask: AskFile, others: list[StoredTrigger]) -> Iterator[Fault]:
    """What the other triggers of the touchpoint leave no room for."""
    event = event_of(ask, place.journey_key, place.touchpoint_key, place.event)
    if any((one.event, one.ask.survey, one.ask.channel) == (event, ask.survey, ask.channel) for one in others):
        yield Fault("survey", "another trigger asks this here after the same by the same channel; change that one")
    elif ask.every is not None and any(one.ask.every is not None for one in others):
        yield Fault("every", "a touchpoint has one schedule, and this one has another trigger's; change that one")


def _stored(row: Row) -> StoredTrigger:
    ask = msgspec.json.decode(row.pop("ask"), type=AskFile)
    return StoredTrigger(**row, ask=ask)


_TRIGGERS = f"""
SELECT g.id, j.key AS journey_key, j.name AS journey_name, t.id AS touchpoint, t.key AS touchpoint_key,
    t.name AS touchpoint_name, y.name AS survey_name, g.event,
    {ASK} AS ask
FROM trigger g JOIN touchpoint t ON t.id = g.touchpoint AND NOT t.is_removed JOIN stage s ON s.id = t.stage
JOIN journey j ON j.id = t.journey JOIN survey y ON y.id = g.survey
WHERE g.workspace = $1 AND g.is_active AND ($2::int IS NULL OR g.id = $2)
ORDER BY j.name, j.id, s.position, t.position, g.id
"""

_PLACES = """
SELECT t.id AS touchpoint, j.key AS journey_key, j.name AS journey_name, t.key AS touchpoint_key,
    t.name AS touchpoint_name, t.event
FROM touchpoint t JOIN stage s ON s.id = t.stage JOIN journey j ON j.id = t.journey
WHERE j.workspace = $1 AND NOT t.is_removed ORDER BY j.name, j.id, s.position, t.position
"""

_STOP = """
UPDATE trigger SET is_active = false WHERE workspace = $1 AND id = $2 AND is_active RETURNING touchpoint
"""

_TOUCH_JOURNEY = """
UPDATE journey j SET updated_at = $1 FROM touchpoint t WHERE t.id = $2 AND j.id = t.journey
"""
