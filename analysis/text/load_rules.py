"""Load what workspaces read comments with."""

from collections.abc import Collection
from functools import lru_cache

import msgspec

from analysis.text.linear_model import LinearModel
from analysis.text.load_theme_book import BOOK_COLUMNS, read_theme_book
from analysis.text.reading import ReadingRules
from analysis.text.theme_book import packs_read
from core.database import fetch


async def load_rules(workspaces: Collection[int]) -> dict[int, ReadingRules]:
    """One statement for all of them; workspaces that read alike share one value."""
    rows = await fetch(_RULES, list(workspaces))
    return {row["id"]: _rules_of(row["choices"], row["changes"], row["models"]) for row in rows}


@lru_cache(maxsize=128)
def _rules_of(choices: str, changes: str, models: str) -> ReadingRules:
    own = msgspec.json.decode(models, type=tuple[LinearModel, ...])
    return ReadingRules(packs_read(read_theme_book(choices, changes)), own)


# Of the models in use the newest of each language.
_RULES = f"""
SELECT w.id, {BOOK_COLUMNS}, coalesce((
    SELECT json_agg(m.content ORDER BY m.language) FROM (
        SELECT DISTINCT ON (language) language, content FROM own_model
        WHERE workspace = w.id AND is_used ORDER BY language, version DESC
    ) m
), '[]')::text AS models
FROM workspace w WHERE w.id = ANY($1)
"""
