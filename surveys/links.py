"""Short links: one for each touchpoint and survey, to be printed, shown as a QR code, or left open on a tablet."""

import secrets
from datetime import datetime

import msgspec
from msgspec import Struct

from core.database import fetch
from core.errors import NotFound
from surveys.definition import SurveyDefinition

# The alphabet of Open Location Codes: without vowels no code spells a word, and no two are taken for each other.
CODE_ALPHABET = "23456789CFGHJMPQRVWX"
CODE_LENGTH = 8


class LinkView(Struct, frozen=True, kw_only=True):
    """A short link as its staff see it."""

    id: int
    code: str
    journey_key: str
    touchpoint: int
    touchpoint_key: str
    survey: int
    survey_key: str
    survey_name: str
    created_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class LinkedSurvey(Struct, frozen=True, kw_only=True):
    """What a code leads to: the latest version of its survey."""

    link: int
    workspace: int
    workspace_name: str
    survey_version: int
    definition: SurveyDefinition
    is_open: bool


async def open_link(workspace: int, journey: str, touchpoint: str, survey: str, now: datetime) -> LinkView:
    """The link that asks `survey` at the touchpoint, all by their keys: a new one, or the one there is, open again.

    Raises NotFound where this workspace has no such touchpoint or survey.
    """
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    # A code that is taken fails the statement, once in billions of times; whoever tries again gets another.
    rows = await fetch(_OPEN, workspace, journey, touchpoint, survey, code, now)
    if not rows:
        raise NotFound("This workspace has no such touchpoint or survey.")
    return await load_link(workspace, rows[0]["id"])


async def list_links(workspace: int, touchpoint: int) -> list[LinkView]:
    """By the name of the survey."""
    return msgspec.convert(
        await fetch(_LINKS + " AND l.touchpoint = $2 ORDER BY s.name, l.id", workspace, touchpoint), list[LinkView]
    )


async def load_link(workspace: int, link: int) -> LinkView:
    """Raises NotFound where this workspace has no such link."""
    rows = await fetch(_LINKS + " AND l.id = $2", workspace, link)
    if not rows:
        raise NotFound("There is no such link.")
    return msgspec.convert(rows[0], LinkView)


async def close_link(workspace: int, link: int, now: datetime) -> LinkView:
    """From now on the link leads to a page that says so. Raises NotFound."""
    await fetch(
        "UPDATE survey_link SET closed_at = coalesce(closed_at, $3) WHERE workspace = $1 AND id = $2",
        workspace,
        link,
        now,
    )
    return await load_link(workspace, link)


async def reopen_link(workspace: int, link: int) -> LinkView:
    """Under the same code, as it may be printed already. Raises NotFound."""
    await fetch("UPDATE survey_link SET closed_at = NULL WHERE workspace = $1 AND id = $2", workspace, link)
    return await load_link(workspace, link)


async def follow_code(code: str) -> LinkedSurvey | None:
    """What a code leads to, in capitals or not; None for a code that was never given."""
    written = code.upper()
    if len(written) != CODE_LENGTH or not set(written) <= set(CODE_ALPHABET):
        return None
    rows = await fetch(_FOLLOW, written)
    if not rows:
        return None
    definition = msgspec.json.decode(rows[0]["definition"], type=SurveyDefinition)
    return LinkedSurvey(**{**rows[0], "definition": definition})


_OPEN = """
INSERT INTO survey_link (workspace, touchpoint, survey, code, created_at)
SELECT j.workspace, t.id, s.id, $5, $6
FROM journey j JOIN touchpoint t ON t.journey = j.id AND t.key = $3 AND NOT t.is_removed
JOIN survey s ON s.workspace = j.workspace AND s.key = $4
WHERE j.workspace = $1 AND j.key = $2
ON CONFLICT (touchpoint, survey) DO UPDATE SET closed_at = NULL
RETURNING id
"""

_LINKS = """
SELECT l.id, l.code, j.key AS journey_key, l.touchpoint, t.key AS touchpoint_key, l.survey, s.key AS survey_key,
       s.name AS survey_name, l.created_at, l.closed_at
FROM survey_link l JOIN touchpoint t ON t.id = l.touchpoint JOIN journey j ON j.id = t.journey
JOIN survey s ON s.id = l.survey
WHERE l.workspace = $1
"""

# A touchpoint that was taken out of its journey asks nobody any more.
_FOLLOW = """
SELECT l.id AS link, l.workspace, w.name AS workspace_name, latest.id AS survey_version, latest.definition,
       l.closed_at IS NULL AND NOT t.is_removed AS is_open
FROM survey_link l JOIN workspace w ON w.id = l.workspace JOIN touchpoint t ON t.id = l.touchpoint
JOIN LATERAL (
    SELECT v.id, v.definition FROM survey_version v WHERE v.survey = l.survey ORDER BY v.number DESC LIMIT 1
) latest ON true
WHERE l.code = $1
"""
