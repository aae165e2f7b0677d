"""The Piccolo app of this room: its tables and its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="analysis",
    migrations_folder_path=str(Path(__file__).resolve().parent.parent / "migrations" / "analysis"),
    table_classes=table_finder(
        ["analysis.tables", "analysis.text.tables", "analysis.pains.tables"], exclude_imported=True
    ),
    migration_dependencies=["feedback.piccolo_app"],
)
