"""Indexes over several columns, which Piccolo's tables can't name; each says which query needs it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T11:36:56:999999"
VERSION = "1.38.0"
DESCRIPTION = "indexes of the queue and of the lists"

INDEXES = [
    # feedback/intake/take_events.py and feedback/delivery/dispatch.py ask whether the person behind an address has opted out.
    "CREATE INDEX contact_address ON contact (workspace, lower(email)) WHERE unsubscribed_at IS NOT NULL",
    # feedback/delivery/dispatch.py claims what is due, oldest first; sent ones leave the index.
    "CREATE INDEX invitation_due ON invitation (due_at) WHERE state = 'due'",
    # analysis/load_report.py counts the invitations of a touchpoint in a period.
    "CREATE INDEX invitation_touchpoint ON invitation (touchpoint, occurred_at)",
    # analysis/load_report.py reads the answers of a touchpoint in a period.
    "CREATE INDEX response_touchpoint ON response (touchpoint, occurred_at)",
    # analysis/score_responses.py takes the unscored ones, oldest first; scored ones leave the index.
    "CREATE INDEX response_unscored ON response (id) WHERE scored_at IS NULL",
    # The pages list the newest first.
    "CREATE INDEX response_newest ON response (workspace, id DESC)",
    "CREATE INDEX decision_newest ON decision (workspace, id DESC)",
    # analysis/load_report.py counts the contacts that came through a touchpoint.
    "CREATE INDEX event_reach ON event (workspace, name, occurred_at)",
]


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="feedback", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        for statement in INDEXES:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    return manager
