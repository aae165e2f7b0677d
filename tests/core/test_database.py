"""The database: migrations are whole, and a published version can't be changed."""

import io
from contextlib import redirect_stdout

import asyncpg
import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.conf.apps import Finder

from core.database import fetch


@pytest.mark.parametrize("room", ["accounts", "surveys", "feedback", "analysis"])
async def test_the_migrations_say_what_the_tables_say(room: str) -> None:
    app = Finder().get_app_config(room)
    with redirect_stdout(io.StringIO()):
        drift = await AutoMigrationManager().get_alter_statements(app)
    assert [statement for part in drift for statement in part.statements] == []


async def test_a_published_version_is_never_changed(database: None) -> None:
    await fetch("INSERT INTO workspace (key, name, created_at) VALUES ('a', 'A', now())")
    await fetch("INSERT INTO survey (workspace, key, name) SELECT id, 's', 'S' FROM workspace")
    await fetch(
        "INSERT INTO survey_version (survey, number, definition, published_at) SELECT id, 1, $1, now() FROM survey",
        "[]",
    )
    with pytest.raises(asyncpg.RaiseError, match="never changed"):
        await fetch("UPDATE survey_version SET number = 2")
