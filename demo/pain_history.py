"""What the demo's team did about pain points: status and owner, a hypothesis, the action meant to end one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from analysis.actions import load_actions
from analysis.pains.keep_pains import add_hypothesis, link_action, set_owner, set_status
from analysis.pains.pain_point import PainStatus
from demo.files import read_file


async def deal_with_pains(workspace: int, journey: str, team: Mapping[str, int], now: datetime) -> None:
    """Keep what pains.yaml says, on its days; the actions it names are in the log already. `team`: users by name."""
    pains = read_file("pains.yaml")
    for guess in pains["hypotheses"]:
        on_day = _ago(guess, now)
        await add_hypothesis(workspace, journey, guess["touchpoint"], guess["title"], team[guess["who"]], on_day)
    actions = {entry.action.what: entry.id for entry in await load_actions(workspace, journey)}
    for known in pains["known"]:
        await _deal_with(workspace, f"{journey}/{known['pain']}", known, team, now)
        if "action" in known:
            await link_action(workspace, f"{journey}/{known['pain']}", actions[known["action"]], now)


async def _deal_with(
    workspace: int, pain_id: str, known: Mapping[str, Any], team: Mapping[str, int], now: datetime
) -> None:
    for line in known["history"]:
        status, who = PainStatus(line["status"]), team[line["who"]]
        await set_status(workspace, pain_id, status, line["note"], who, _ago(line, now))
    if "owner" in known:
        await set_owner(workspace, pain_id, known["owner"], now)


def _ago(line: Mapping[str, Any], now: datetime) -> datetime:
    return now - timedelta(days=line["days_ago"])
