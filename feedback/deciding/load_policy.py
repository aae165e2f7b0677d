"""A workspace's contact policy, as it is kept."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from core.database import fetch, transaction
from feedback.deciding.policy import Policy


async def load_policy(workspace: int) -> Policy:
    """The shipped one where the workspace has said nothing."""
    return (await load_policies([workspace]))[workspace]


async def load_policies(workspaces: Collection[int]) -> dict[int, Policy]:
    """One for each of the workspaces."""
    rows = await fetch("SELECT workspace, policy FROM contact_policy WHERE workspace = ANY($1)", list(workspaces))
    said = {row["workspace"]: msgspec.json.decode(row["policy"], type=Policy) for row in rows}
    return {workspace: said.get(workspace, Policy()) for workspace in workspaces}


async def save_policy(workspace: int, policy: Policy, now: datetime) -> None:
    """From now on decisions follow `policy`. Odds that were made for another budget are made anew."""
    async with transaction():
        before = await load_policy(workspace)
        await fetch(_SAVE, workspace, msgspec.json.encode(policy).decode(), now)
        if before.contact_budget != policy.contact_budget:
            await fetch("DELETE FROM lottery_odds WHERE workspace = $1", workspace)


_SAVE = """
INSERT INTO contact_policy (workspace, policy, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (workspace) DO UPDATE SET policy = excluded.policy, updated_at = excluded.updated_at
"""
