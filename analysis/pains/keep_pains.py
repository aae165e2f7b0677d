"""Keep what people say of pain points: their status with a note, their owner, hypotheses, the actions against them.

A pain point is stored once somebody deals with it; its figures never are.
"""

from datetime import datetime

from analysis.pains.pain_key import PainKey, read_pain_id
from analysis.pains.pain_point import PainStatus
from analysis.pains.read_pains import THEME_NOW, follow_merges, load_themes
from core.database import fetch, transaction
from core.errors import Fault, Invalid, NotFound

LONGEST_NOTE = 500  # characters, as the columns hold them
LONGEST_OWNER = 120
LONGEST_TITLE = 200


async def set_status(
    workspace: int, pain_id: str, status: PainStatus, note: str, user: int | None, now: datetime
) -> None:
    """What has become of it, with a line in its history. Raises as `track`."""
    await track(workspace, pain_id, status, note, None, user, now)


async def set_owner(workspace: int, pain_id: str, owner: str, now: datetime) -> None:
    """Who sees to it; empty goes back to the touchpoint's owner. Raises as `track`."""
    await track(workspace, pain_id, None, "", owner, None, now)


async def track(
    workspace: int,
    pain_id: str,
    status: PainStatus | None,
    note: str,
    owner: str | None,
    user: int | None,
    now: datetime,
) -> None:
    """Its status, its owner or both at once; None leaves it as it is.

    Raises NotFound where the workspace has no such pain point, Invalid for a note that is too long or belongs to no
    status, and for an owner who has no name.
    """
    note, owner = note.strip(), None if owner is None else owner.strip()
    faults = []
    if len(note) > LONGEST_NOTE or "\x00" in note:
        faults.append(Fault("note", f"write up to {LONGEST_NOTE} characters"))
    if note and status is None:
        faults.append(Fault("status", "a note belongs to a status: name it"))
    if owner is not None and (len(owner) > LONGEST_OWNER or not owner.isprintable()):
        faults.append(Fault("owner", f"name the owner in up to {LONGEST_OWNER} characters, on one line"))
    if faults:
        raise Invalid(*faults)
    async with transaction():
        pain = await _kept(workspace, pain_id, now)
        if owner is not None:
            await fetch("UPDATE pain SET owner = $2 WHERE id = $1", pain, owner)
        if status is not None:
            await fetch("UPDATE pain SET status = $2 WHERE id = $1", pain, status.value)
            await _remember(pain, status, note, user, now)


async def add_hypothesis(
    workspace: int, journey: str, touchpoint: str, title: str, user: int | None, now: datetime
) -> str:
    """A guess of a workshop about a touchpoint, named by its key; the id of the new pain point.

    Raises NotFound where the workspace has no such journey, Invalid with every fault.
    """
    title = title.strip()
    if not await fetch("SELECT FROM journey WHERE workspace = $1 AND key = $2", workspace, journey):
        raise NotFound(f"There is no journey {journey!a}.")
    place = await _place(workspace, journey, touchpoint)
    faults = [] if place else [Fault("touchpoint", "choose a touchpoint of this journey by its key")]
    if not (1 <= len(title) <= LONGEST_TITLE and title.isprintable()):
        faults.append(Fault("title", f"say what hurts here in up to {LONGEST_TITLE} characters, on one line"))
    if faults:
        raise Invalid(*faults)
    async with transaction():
        rows = await fetch(
            "INSERT INTO pain (workspace, touchpoint, theme, title, status, owner, noted_at) "
            "VALUES ($1, $2, NULL, $3, 'new', '', $4) RETURNING id",
            workspace,
            place,
            title,
            now,
        )
        await _remember(rows[0]["id"], PainStatus.NEW, "", user, now)
    return str(PainKey(journey, touchpoint, hypothesis=rows[0]["id"]))


async def link_action(workspace: int, pain_id: str, action: int, now: datetime) -> None:
    """Say that an action of the log is meant to end it; saying so twice changes nothing.

    Raises NotFound where the workspace has no such pain point, Invalid for an action at another touchpoint.
    """
    async with transaction():
        pain = await _kept(workspace, pain_id, now)
        if not await fetch(_LINK, pain, action):
            raise Invalid(Fault("action", "choose an action that was logged at this touchpoint"))


async def unlink_action(workspace: int, pain_id: str, action: int) -> None:
    """Raises NotFound where it isn't linked."""
    key = await follow_merges(workspace, read_pain_id(pain_id))
    rows = await fetch(_UNLINK, workspace, key.journey, key.touchpoint, key.theme, key.hypothesis, action)
    if not rows:
        raise NotFound("That action is not linked to this pain point.")


async def _kept(workspace: int, pain_id: str, now: datetime) -> int:
    """The number of a pain point, stored from now on; inside the caller's transaction, which holds it."""
    key = await follow_merges(workspace, read_pain_id(pain_id))
    unknown = NotFound(f"There is no pain point {pain_id!a}.")
    rows = await fetch(_FIND, workspace, key.journey, key.touchpoint, key.theme, key.hypothesis)
    if rows:
        return int(rows[0]["id"])
    place = await _place(workspace, key.journey, key.touchpoint)
    if place is None or key.theme is None or (key.theme and key.theme not in await load_themes(workspace)):
        raise unknown
    return int((await fetch(_KEEP, workspace, place, key.theme, now))[0]["id"])


async def _place(workspace: int, journey: str, touchpoint: str) -> int | None:
    rows = await fetch(_PLACE, workspace, journey, touchpoint)
    return rows[0]["id"] if rows else None


async def _remember(pain: int, status: PainStatus, note: str, user: int | None, now: datetime) -> None:
    await fetch(
        "INSERT INTO pain_status_change (pain, status, note, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)",
        pain,
        status.value,
        note,
        user,
        now,
    )


_PLACE = """
SELECT t.id FROM touchpoint t JOIN journey j ON j.id = t.journey
WHERE j.workspace = $1 AND j.key = $2 AND t.key = $3 AND NOT t.is_removed
"""

_FIND = f"""
SELECT p.id FROM pain p JOIN touchpoint t ON t.id = p.touchpoint AND NOT t.is_removed JOIN journey j ON j.id = t.journey
WHERE j.workspace = $1 AND j.key = $2 AND t.key = $3
    AND {THEME_NOW} IS NOT DISTINCT FROM $4::text AND ($5::int IS NULL OR p.id = $5)
ORDER BY p.theme IS NOT DISTINCT FROM $4::text DESC, p.id DESC LIMIT 1 FOR UPDATE OF p
"""

# Two who deal with it first at the same time keep one.
_KEEP = """
INSERT INTO pain (workspace, touchpoint, theme, title, status, owner, noted_at) VALUES ($1, $2, $3, '', 'new', '', $4)
ON CONFLICT (touchpoint, theme) DO UPDATE SET theme = EXCLUDED.theme RETURNING id
"""

_LINK = """
INSERT INTO pain_action (pain, action)
SELECT p.id, a.id FROM pain p JOIN action a ON a.touchpoint = p.touchpoint WHERE p.id = $1 AND a.id = $2
ON CONFLICT (pain, action) DO UPDATE SET action = EXCLUDED.action RETURNING id
"""

_UNLINK = f"""
DELETE FROM pain_action l USING pain p, touchpoint t, journey j
WHERE p.id = l.pain AND t.id = p.touchpoint AND j.id = t.journey
    AND j.workspace = $1 AND j.key = $2 AND t.key = $3 AND {THEME_NOW} IS NOT DISTINCT FROM $4::text
    AND ($5::int IS NULL OR p.id = $5) AND l.action = $6
RETURNING l.id
"""
