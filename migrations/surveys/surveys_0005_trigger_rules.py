from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import JSONB
from piccolo.columns.indexes import IndexMethod
from piccolo.engine import engine_finder

ID = "2026-11-23T19:08:47:765323"
VERSION = "1.38.0"
DESCRIPTION = "rules of triggers and personas"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="surveys", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Persona",
        tablename="persona",
        column_name="rule",
        db_column_name="rule",
        column_class_name="JSONB",
        column_class=JSONB,
        params={
            "default": "[]",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="Trigger",
        tablename="trigger",
        column_name="rule",
        db_column_name="rule",
        column_class_name="JSONB",
        column_class=JSONB,
        params={
            "default": "{}",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    async def by_channel_too():
        # One survey may stand at a touchpoint by mail and in the widget; Piccolo sees no change inside a constraint.
        await engine_finder().run_ddl("ALTER TABLE trigger DROP CONSTRAINT trigger_once")
        await engine_finder().run_ddl(
            "ALTER TABLE trigger ADD CONSTRAINT trigger_once UNIQUE (workspace, event, touchpoint, survey, channel)"
        )

    manager.add_raw(by_channel_too)
    return manager
