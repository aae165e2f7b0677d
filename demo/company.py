"""The demo's company after ninety days: its journey lived, and what its team made of what it heard."""

from datetime import datetime

from accounts.api_keys import Scope, create_api_key
from accounts.membership import create_workspace
from app import jobs_of
from core.site import Site
from core.worker import run_once
from demo.action_log import log_what_was_done
from demo.corrections import correct_comments
from demo.files import FOLDER
from demo.own_themes import make_themes_their_own
from demo.pain_history import deal_with_pains
from demo.replay import Mailbox, Replay, ReplayClock
from demo.team import let_team_guess
from feedback.deciding.load_policy import save_policy
from feedback.deciding.policy import Budget, Draw, Policy
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey

WORKSPACE = "fernwell"
# Ninety days have to show what a year does: its people are asked more often than the shipped policy lets anybody be.
POLICY = Policy(draw=Draw.FIRST_COME, contact_budget=Budget(6, 30), account_budget=None, overall_days=0)


async def live(site: Site, mailbox: Mailbox, clock: ReplayClock, now: datetime) -> int:
    """The company's workspace. `site` has this mailbox and this clock."""
    workspace = await create_workspace(WORKSPACE, "Fernwell", now)
    journey = read_journey((FOLDER / "journey.yaml").read_text(encoding="utf-8"), "journey.yaml")
    await import_journey(workspace, journey, now)
    await save_policy(workspace, POLICY, now)
    team = await let_team_guess(workspace, journey.key, now)
    await log_what_was_done(workspace, journey.key, now)
    await make_themes_their_own(workspace, team["Alice"], now)
    key = await create_api_key(workspace, "Fernwell's own systems", frozenset({Scope.EVENTS}), now)
    await Replay(site, journey, key, mailbox, clock).run(now)
    await deal_with_pains(workspace, journey.key, team, now)
    await correct_comments(workspace, team["Alice"], now)
    await run_once(jobs_of(site), now)
    return workspace
