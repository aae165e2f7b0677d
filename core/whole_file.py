"""Writes a file whole or not at all."""

import contextlib
import os
from pathlib import Path

from core.errors import SetupFault


def write_whole(file: Path, content: bytes) -> None:
    """Put `content` at `file`, in place of what is there; a reader sees the old bytes or the new ones, never a part.

    Raises SetupFault where it can't be written. A pipe or a device, such as /dev/stdout, is written to as it is.
    """
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(content)
        else:
            _replace(file.resolve(), content)
    except OSError as fault:
        raise SetupFault(f"can't write {file}: {fault.strerror}") from fault


def _replace(file: Path, content: bytes) -> None:
    """Write beside `file`, because a rename is whole only within one file system."""
    draft = file.with_name(f".kept-{os.getpid()}.draft")  # not after the file: that name may be as long as names go
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
