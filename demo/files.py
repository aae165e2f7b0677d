"""The files of the demo's folder: what is in them, and nothing more."""

from typing import Any

import yaml

from core.settings import BASE_FOLDER

FOLDER = BASE_FOLDER / "demo"


def read_file(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
