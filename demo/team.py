"""The demo's team: three people who guessed before they looked."""

from datetime import datetime
from typing import Any

import yaml

from accounts.membership import add_member
from accounts.tables import Role
from analysis.scales import experience_on_points
from analysis.team_guesses import Guess, guess
from demo.replay import FOLDER
from surveys.instruments import FACE_LABELS
from surveys.journeys import load_journey


async def let_team_guess(workspace: int, journey: str, now: datetime) -> None:
    """Make the people of script.yaml members, and store what they guess."""
    view = await load_journey(workspace, journey)
    script: dict[str, Any] = yaml.safe_load((FOLDER / "script.yaml").read_text(encoding="utf-8"))
    for person in script["guesses"]:
        who = person["who"]
        user = await add_member(workspace, who["email"], who["name"], Role(who["role"]), now)
        expected, found = person["expectation"], person["experience"]
        guesses = [Guess(t.id, _x(expected.get(t.key)), _x(found.get(t.key))) for t in view.touchpoints]
        await guess(workspace, user, guesses, now)


def _x(step: int | None) -> float | None:
    return None if step is None else experience_on_points(step, len(FACE_LABELS))
