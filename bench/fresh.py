"""A database of its own for a bench, gone when the bench is over."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bench.figure import Figure
from core.embedded import embedded_postgres
from core.logs import configure_logs
from core.settings import Settings


def in_a_fresh_database(measure: Callable[[str, Path], Coroutine[Any, Any, list[Figure]]]) -> list[Figure]:
    """What `measure` finds, given the URL of an empty database and the folder it is in."""
    configure_logs(Settings(log_level="error"))  # a line a request would be timed, too
    logging.getLogger("httpx").setLevel(logging.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    try:
        with embedded_postgres(folder) as url:
            return asyncio.run(measure(url, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
