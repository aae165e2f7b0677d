"""Propose words that no theme covers yet, and keep what a workspace decided about each."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from analysis.text.edit_themes import ThemeWords, add_phrase, add_theme, theme_of
from analysis.text.load_theme_book import load_theme_book
from analysis.text.proposed_terms import Comment, ProposedTerm, propose_terms, side_of
from analysis.text.ratings import RATING
from analysis.text.read_scores import HELD_MENTIONS, HELD_SCORES
from analysis.text.redaction import redact
from analysis.text.themes import Tone
from core.database import Row, fetch, transaction
from core.errors import Fault, Invalid, NotFound

MOST_COMMENTS = 20_000  # the newest of the workspace
LONGEST_EXAMPLE = 200  # characters around the term
LONGEST_TERM = 80


class Proposal(Struct, frozen=True):
    """A term with how many contacts of each side say it, and comments it stands in, redacted and cut."""

    language: str
    term: str
    n_low: int
    n_high: int
    z: float
    examples: tuple[str, ...]


class Proposals(Struct, frozen=True):
    """`n_read` is how many of the newest comments were read, `n_without` in how many of them no theme was found."""

    terms: tuple[Proposal, ...]
    n_read: int
    n_without: int


class Decision(Struct, frozen=True):
    """What was decided of a term; `theme` is the key of the one it went into, None where it was dismissed."""

    language: str
    term: str
    theme: str | None


async def load_proposals(workspace: int) -> Proposals:
    """Counted afresh from the newest comments, in a thread: a page may wait for it, the others need not."""
    decided = await list_decisions(workspace)
    rows = await fetch(_UNTHEMED, workspace, MOST_COMMENTS)
    n_read = await fetch(_READ, workspace, MOST_COMMENTS)
    return await asyncio.to_thread(_proposals, rows, decided, n_read[0]["n"])


async def list_decisions(workspace: int) -> list[Decision]:
    """The newest first."""
    rows = await fetch(_DECISIONS, workspace)
    return [Decision(row["language"], row["term"], row["theme"]) for row in rows]


async def accept_into(workspace: int, language: str, term: str, theme: str, editor: int, now: datetime) -> None:
    """Add the term to a theme as a line. Raises NotFound for an unknown theme, Invalid where it can't take it."""
    async with transaction():
        _check(language, term)
        book = await load_theme_book(workspace)
        if theme_of(book, theme).language != language or theme not in book.readings:
            raise Invalid(Fault("into", f"choose a theme that is read in comments of the language {language}"))
        await add_phrase(workspace, theme, term, editor, now)
        await fetch(_DECIDE, workspace, language, term, theme, editor, now)


async def accept_as_new(
    workspace: int, language: str, term: str, title: str, tone: Tone, editor: int, now: datetime
) -> str:
    """Make it a theme of their own; its key. Raises Invalid with every fault."""
    async with transaction():
        _check(language, term)
        words = ThemeWords(title=title, description="", tone=tone, phrases=(term,))
        theme = await add_theme(workspace, language, words, editor, now)
        await fetch(_DECIDE, workspace, language, term, theme, editor, now)
    return theme


async def dismiss_term(workspace: int, language: str, term: str, editor: int, now: datetime) -> None:
    """Never propose it again, until `propose_again`. Raises Invalid."""
    _check(language, term)
    await fetch(_DECIDE, workspace, language, term, None, editor, now)


async def propose_again(workspace: int, language: str, term: str) -> None:
    """Take a dismissal back. Raises NotFound where there is none."""
    if not await fetch(_FORGET, workspace, language, term):
        raise NotFound("No such term was dismissed.")


def _check(language: str, term: str) -> None:
    if not (0 < len(term) <= LONGEST_TERM and term.isprintable() and len(language) <= 16 and language.isprintable()):
        raise Invalid(Fault("term", f"choose a term of up to {LONGEST_TERM} characters"))


def _proposals(rows: Sequence[Row], decided: Sequence[Decision], n_read: int) -> Proposals:
    found: list[Proposal] = []
    texts = {row["id"]: row["text"] for row in rows}
    for language, own in groupby(sorted(rows, key=lambda row: row["language"]), key=lambda row: row["language"]):
        comments = [Comment(row["id"], row["contact"], row["text"], side_of(row["x"], row["state"])) for row in own]
        gone = {decision.term for decision in decided if decision.language == language}
        found += (_proposal(language, term, texts) for term in propose_terms(comments, language, gone))
    return Proposals(tuple(sorted(found, key=lambda term: (-term.z, term.language, term.term))), n_read, len(rows))


def _proposal(language: str, term: ProposedTerm, texts: dict[int, str]) -> Proposal:
    examples = tuple(_around(term.term, redact(texts[id_])) for id_ in term.examples)
    return Proposal(language, term.term, term.n_low, term.n_high, term.z, examples)


def _around(term: str, text: str) -> str:
    """The words around the term, of a text that is redacted already: a cut through an address would hide it."""
    words = " ".join(text.split())
    place = max(0, words.lower().find(term.split()[-1]))
    start = max(0, min(place - LONGEST_EXAMPLE // 2, len(words) - LONGEST_EXAMPLE))
    shown = words[start : start + LONGEST_EXAMPLE]
    return f"{'…' if start else ''}{shown}{'…' if start + LONGEST_EXAMPLE < len(words) else ''}"


# The newest comments of a workspace.
_NEWEST = """
SELECT s.answer FROM comment_score s JOIN answer a ON a.id = s.answer JOIN response r ON r.id = a.response
WHERE r.workspace = $1 ORDER BY s.answer DESC LIMIT $2
"""

_READ = f"SELECT count(*)::int AS n FROM ({_NEWEST}) newest"

_UNTHEMED = f"""
SELECT a.id, a.text, r.contact, h.language, h.state, {RATING}::float8 AS x
FROM ({_NEWEST}) newest JOIN {HELD_SCORES} h ON h.answer = newest.answer JOIN answer a ON a.id = newest.answer
JOIN response r ON r.id = a.response
WHERE h.language <> '' AND a.text IS NOT NULL
    AND NOT EXISTS (SELECT FROM {HELD_MENTIONS} m WHERE m.answer = a.id)
ORDER BY a.id DESC
"""

_DECISIONS = """
SELECT language, term, theme FROM term_decision WHERE workspace = $1 ORDER BY decided_at DESC, language, term
"""

_DECIDE = """
INSERT INTO term_decision (workspace, language, term, theme, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (workspace, language, term) DO UPDATE SET theme = $4, decided_by = $5, decided_at = $6
"""

_FORGET = """
DELETE FROM term_decision WHERE workspace = $1 AND language = $2 AND term = $3 AND theme IS NULL RETURNING id
"""
