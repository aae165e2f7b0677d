"""How each emotion feels to a workspace: what we ship, but for what the workspace has set itself."""

from collections import defaultdict
from collections.abc import Collection

from analysis.scales import VALENCES
from core.database import fetch

Valences = dict[str, float]


async def load_valences(workspaces: Collection[int]) -> dict[int, Valences]:
    """The valence of every emotion, by workspace."""
    own: defaultdict[int, Valences] = defaultdict(dict)
    for row in await fetch(
        "SELECT workspace, emotion, valence FROM emotion_valence WHERE workspace = ANY($1)", list(workspaces)
    ):
        own[row["workspace"]][row["emotion"]] = row["valence"]
    return {workspace: VALENCES | own[workspace] for workspace in workspaces}
