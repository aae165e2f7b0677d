"""Where Piccolo finds the engine and the rooms; the address is set when the database is opened."""

from piccolo.conf.apps import AppRegistry

from core.database import QuietEngine

DB = QuietEngine(config={})

APP_REGISTRY = AppRegistry(
    apps=[
        "accounts.piccolo_app",
        "surveys.piccolo_app",
        "feedback.piccolo_app",
        "analysis.piccolo_app",
    ]
)
