"""The demo's team: three people who guessed before they looked."""

from datetime import datetime
from typing import Any

from accounts.membership import add_member
from accounts.tables import Role
from analysis.scales import experience_on_points
from analysis.team_guesses import Guess, guess
from demo.files import read_file
from surveys.instruments import FACE_LABELS
from surveys.journeys import load_journey


async def let_team_guess(workspace: int, journey: str, now: datetime) -> dict[str, int]:
    """Make the people of script.yaml members, and store what they guess; the users by name."""
    view = await load_journey(workspace, journey)
    script: dict[str, Any] = read_file("script.yaml")
    team = {}
    for person in script["guesses"]:
        who = person["who"]
        user = await add_member(workspace, who["email"], who["name"], Role(who["role"]), now)
        team[who["name"]] = user
        expected, found = person["expectation"], person["experience"]
        guesses = [Guess(t.id, _x(expected.get(t.key)), _x(found.get(t.key))) for t in view.touchpoints]
        await guess(workspace, user, guesses, now)
    return team


def _x(step: int | None) -> float | None:
    return None if step is None else experience_on_points(step, len(FACE_LABELS))
