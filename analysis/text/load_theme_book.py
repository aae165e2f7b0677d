"""Load the themes of workspaces, as each of them has changed them."""

from functools import lru_cache

import msgspec

from analysis.text.theme_book import ThemeBook, ThemeChange, book_of
from core.database import fetch


async def load_theme_book(workspace: int) -> ThemeBook:
    rows = await fetch(f"SELECT {BOOK_COLUMNS} FROM workspace w WHERE w.id = $1", workspace)
    return read_theme_book(rows[0]["choices"], rows[0]["changes"]) if rows else read_theme_book("{}", "[]")


@lru_cache(maxsize=128)
def read_theme_book(choices: str, changes: str) -> ThemeBook:
    """From the two columns; workspaces that changed nothing share one book."""
    chosen = msgspec.json.decode(choices, type=dict[str, bool])
    return book_of(chosen, msgspec.json.decode(changes, type=list[ThemeChange]))


# Of a workspace `w`: what its theme book is made of, as text.
BOOK_COLUMNS = """
coalesce((SELECT json_object_agg(c.pack, c.is_active ORDER BY c.pack) FROM pack_choice c WHERE c.workspace = w.id),
         '{}')::text AS choices,
coalesce((SELECT json_agg(json_build_object(
    'theme', e.theme, 'title', e.title, 'description', e.description, 'tone', e.tone, 'language', e.language,
    'phrases', e.phrases, 'state', e.state, 'merged_into', e.merged_into
) ORDER BY e.theme) FROM theme_edit e WHERE e.workspace = w.id), '[]')::text AS changes
"""
