"""A published version can't be changed, by anyone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-23T11:36:56:999999"
VERSION = "1.38.0"
DESCRIPTION = "survey versions are immutable"

REFUSE_CHANGES = """
CREATE FUNCTION refuse_change_of_survey_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published survey version is never changed; publish a new one';
END $$
"""

GUARD = """
CREATE TRIGGER survey_version_is_immutable BEFORE UPDATE ON survey_version
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_survey_version()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="surveys", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        await engine.run_ddl(REFUSE_CHANGES)
        await engine.run_ddl(GUARD)

    manager.add_raw(run)
    return manager
