"""What the demo's company did meanwhile: one thing that helped, and one that changed nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.actions import log_action
from analysis.before_after import Action
from demo.files import read_file


async def log_what_was_done(workspace: int, journey: str, now: datetime) -> None:
    """Log the actions of script.yaml, as many days ago as it says."""
    script: dict[str, Any] = read_file("script.yaml")
    today = now.astimezone(UTC).date()
    for done in script["actions"]:
        on_day = today - timedelta(days=done["days_ago"])
        action = Action(done["what"], on_day, done["window_days"], done["washout_days"])
        await log_action(workspace, journey, done["touchpoint"], action, now)
