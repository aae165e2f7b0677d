"""Indexes over several columns, which Piccolo's tables can't name; each says which query needs it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T11:56:00:999999"
VERSION = "1.38.0"
DESCRIPTION = "the index of the contact tally by last day"

INDEXES = [
    # analysis/contact_tally.py reads what ends after the last whole month of a period.
    "CREATE INDEX contact_tally_last_day ON contact_tally (touchpoint, grain, last_day)",
]


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="analysis", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        for statement in INDEXES:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    return manager
