"""The Piccolo app of this room: its tables and its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="feedback",
    migrations_folder_path=str(Path(__file__).resolve().parent.parent / "migrations" / "feedback"),
    table_classes=table_finder(["feedback.tables"], exclude_imported=True),
    migration_dependencies=["surveys.piccolo_app"],
)
