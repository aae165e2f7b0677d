"""What customers download, measured as a browser would get it; heavier than this fails."""

import gzip

from core.settings import BASE_FOLDER

STATIC = BASE_FOLDER / "static"
MOST_EMBED_JS = 2_048  # bytes


def gzip_bytes(*names: str) -> int:
    """The files of the folder `static`, each compressed on its own."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), compresslevel=9, mtime=0)) for name in names)


def test_the_loader_of_the_widget_is_at_most_two_kibibytes() -> None:
    assert gzip_bytes("embed.js") <= MOST_EMBED_JS
