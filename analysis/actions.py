"""The action log of a journey: what was done at a touchpoint, and when."""

from datetime import date, datetime

from msgspec.structs import replace

from analysis.before_after import Action, ActionEntry
from core.database import fetch
from core.errors import Fault, Invalid, NotFound
from surveys.journeys import load_journey

LONGEST_WHAT = 200  # characters, as the column holds them
LONGEST_WINDOW = 366  # days
LONGEST_WASHOUT = 90  # days
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


async def log_action(workspace: int, journey: str, touchpoint: str, action: Action, now: datetime) -> ActionEntry:
    """Keep an action at a touchpoint of the journey, named by its key.

    Raises NotFound for an unknown journey, Invalid with every fault.
    """
    view = await load_journey(workspace, journey)
    place = next((found for found in view.touchpoints if found.key == touchpoint), None)
    action = replace(action, what=action.what.strip())
    faults = _faults_of(action)
    if place is None:
        faults.insert(0, Fault("touchpoint", "choose a touchpoint of this journey by its key"))
    if place is None or faults:
        raise Invalid(*faults)
    rows = await fetch(
        "INSERT INTO action (touchpoint, what, on_day, window_days, washout_days, decision_day, logged_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        place.id,
        action.what,
        action.on_day,
        action.window_days,
        action.washout_days,
        action.decision_day,
        now,
    )
    return ActionEntry(rows[0]["id"], place.key, place.name, action)


async def load_actions(workspace: int, journey: str) -> list[ActionEntry]:
    """The newest first; those at touchpoints that were removed are left out."""
    return [
        ActionEntry(row.pop("id"), row.pop("key"), row.pop("name"), Action(**row))
        for row in await fetch(_LOG, workspace, journey)
    ]


async def forget_action(workspace: int, action_id: int) -> str:
    """Remove an action from the log; the key of its journey. Raises NotFound where this workspace has none such."""
    rows = await fetch(_FORGET, workspace, action_id)
    if not rows:
        raise NotFound("There is no such action.")
    return str(rows[0]["journey"])


def _faults_of(action: Action) -> list[Fault]:
    faults = []
    if not (1 <= len(action.what) <= LONGEST_WHAT and action.what.isprintable()):
        faults.append(Fault("what", f"say what was done in up to {LONGEST_WHAT} characters, on one line"))
    if not EARLIEST <= action.on_day <= LATEST:
        faults.append(Fault("on_day", f"choose a day from {EARLIEST} to {LATEST}"))
    if not 1 <= action.window_days <= LONGEST_WINDOW:
        faults.append(Fault("window_days", f"choose a window of 1 to {LONGEST_WINDOW} days"))
    if not 0 <= action.washout_days <= LONGEST_WASHOUT:
        faults.append(Fault("washout_days", f"leave out 0 to {LONGEST_WASHOUT} days"))
    # The days above must be sane before any can be added to them.
    if not faults and action.decision_day is not None and not action.opens < action.decision_day <= LATEST:
        words = f"nothing is known before the first day after it, {action.opens}, is over; choose a later day"
        faults.append(Fault("decision_day", words))
    return faults


_LOG = """
SELECT a.id, t.key, t.name, a.what, a.on_day, a.window_days, a.washout_days, a.decision_day
FROM action a JOIN touchpoint t ON t.id = a.touchpoint AND NOT t.is_removed JOIN journey j ON j.id = t.journey
WHERE j.workspace = $1 AND j.key = $2 ORDER BY a.on_day DESC, a.id DESC
"""

_FORGET = """
DELETE FROM action a USING touchpoint t JOIN journey j ON j.id = t.journey
WHERE t.id = a.touchpoint AND j.workspace = $1 AND a.id = $2 RETURNING j.key AS journey
"""
