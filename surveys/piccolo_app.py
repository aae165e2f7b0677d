"""The Piccolo app of this room: its tables and its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="surveys",
    migrations_folder_path=str(Path(__file__).resolve().parent.parent / "migrations" / "surveys"),
    table_classes=table_finder(["surveys.tables"], exclude_imported=True),
    migration_dependencies=["accounts.piccolo_app"],
)
