"""Load the page of one pain point: its row, its history, and whether the actions against it closed it."""

from datetime import datetime

from msgspec import Struct

from analysis.actions import load_actions
from analysis.before_after import ActionEntry
from analysis.load_report import Period
from analysis.pains.closing import Closing
from analysis.pains.load_closing import Linked, load_closings
from analysis.pains.load_pains import load_every_pain, with_quotes_of
from analysis.pains.pain_key import PainKey, read_pain_id
from analysis.pains.pain_list import PainList
from analysis.pains.pain_point import PainPoint, PainStatus
from analysis.pains.read_pains import THEME_NOW, follow_merges, load_themes
from analysis.report import ReportSettings
from core.database import fetch
from core.errors import NotFound
from surveys.journeys import load_journey


class StatusChange(Struct, frozen=True):
    """What somebody said has become of a pain point; `by` is empty where they are gone."""

    status: PainStatus
    note: str
    by: str
    at: datetime


class PainPage(Struct, frozen=True, kw_only=True):
    """One pain point. `list` has all rows of its journey, without quotes, for its method and its hash."""

    pain: PainPoint
    own_owner: str  # empty where it is the touchpoint's
    list: PainList
    history: tuple[StatusChange, ...]  # newest first
    closings: tuple[Closing, ...]  # newest action first
    linked: tuple[ActionEntry, ...]
    linkable: tuple[ActionEntry, ...]  # logged at its touchpoint, and not linked


async def load_pain(workspace: int, pain_id: str, period: Period, settings: ReportSettings | None = None) -> PainPage:
    """What somebody dealt with is there, however few mention it now. Raises NotFound for what the workspace has not."""
    settings = settings or ReportSettings()
    key = await follow_merges(workspace, read_pain_id(pain_id))
    view = await load_journey(workspace, key.journey)
    every = await load_every_pain(workspace, view, period, settings)
    found = next((row for row in every.list.rows if row.pain_id == str(key)), None)
    if found is None:
        raise NotFound(f"There is no pain point {pain_id!a}.")
    [pain] = await with_quotes_of([found], every)
    number, own_owner, history, chosen = await _read_kept(workspace, key)
    here = [entry for entry in await load_actions(workspace, key.journey) if entry.touchpoint == key.touchpoint]
    linked = tuple(entry for entry in here if entry.id in chosen)
    closings = await load_closings(
        workspace,
        view,
        [Linked(number, key.touchpoint, key.theme, entry.id) for entry in linked],
        await load_themes(workspace),
        period.until,
        settings,
    )
    return PainPage(
        pain=pain,
        own_owner=own_owner,
        list=every.list,
        history=history,
        closings=tuple(found.closing for found in closings),
        linked=linked,
        linkable=tuple(entry for entry in here if entry.id not in chosen),
    )


async def _read_kept(workspace: int, key: PainKey) -> tuple[int, str, tuple[StatusChange, ...], set[int]]:
    """Its number, 0 where nobody noted anything, its own owner, its history, and the actions linked to it.

    Where themes were merged, history and actions are those of all of them.
    """
    found = await fetch(_KEPT, workspace, key.journey, key.touchpoint, key.theme, key.hypothesis)
    if not found:
        return 0, "", (), set()
    history = tuple(
        StatusChange(PainStatus(row["status"]), row["note"], row["by"], row["changed_at"])
        for row in await fetch(_HISTORY, [row["id"] for row in found])
    )
    return found[0]["id"], found[0]["owner"], history, {action for row in found for action in row["actions"]}


# The one that counts first.
_KEPT = f"""
SELECT p.id, p.owner, ARRAY(SELECT l.action FROM pain_action l WHERE l.pain = p.id) AS actions
FROM pain p JOIN touchpoint t ON t.id = p.touchpoint AND NOT t.is_removed JOIN journey j ON j.id = t.journey
WHERE j.workspace = $1 AND j.key = $2 AND t.key = $3
    AND {THEME_NOW} IS NOT DISTINCT FROM $4::text AND ($5::int IS NULL OR p.id = $5)
ORDER BY p.theme IS NOT DISTINCT FROM $4::text DESC, p.id DESC
"""

_HISTORY = """
SELECT c.status, c.note, coalesce(u.name, '') AS by, c.changed_at
FROM pain_status_change c LEFT JOIN kept_user u ON u.id = c.changed_by
WHERE c.pain = ANY($1) ORDER BY c.changed_at DESC, c.id DESC
"""
