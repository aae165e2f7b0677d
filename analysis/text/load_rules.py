"""Load what workspaces read comments with."""

from collections.abc import Collection

from analysis.text.reading import ReadingRules
from analysis.text.themes import shipped_pack_files


async def load_rules(workspaces: Collection[int]) -> dict[int, ReadingRules]:
    return {workspace: ReadingRules(shipped_pack_files()) for workspace in workspaces}
