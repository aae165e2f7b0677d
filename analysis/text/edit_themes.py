"""Change a workspace's themes: which packs, their words and phrases, merges, dismissals, themes of its own.

Whatever changes which themes are found asks for the comments of the last year to be read again.
"""

import re
import unicodedata
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count

import msgspec
from msgspec import Struct

from analysis.text.load_theme_book import load_theme_book
from analysis.text.rescore import read_last_year_again
from analysis.text.theme_book import (
    DEFAULT_PACKS,
    OWN,
    BookTheme,
    ThemeBook,
    ThemeState,
    packs_read,
    shipped_theme,
)
from analysis.text.themes import Pack, PackFile, Theme, Tone
from analysis.text.wordlists import WordListFault
from core.database import fetch, transaction
from core.errors import Fault, Invalid, NotFound

LONGEST_TITLE = 120  # characters, as the columns hold them
LONGEST_DESCRIPTION = 300
LONGEST_PHRASE = 300
MOST_PHRASES = 300  # of one theme
MOST_OWN_THEMES = 300
_LONGEST_NAME = 40  # of an own theme's key, after "own."
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class ThemeWords(Struct, frozen=True, kw_only=True):
    """What people may change about a theme."""

    title: str
    description: str
    tone: Tone
    phrases: tuple[str, ...]


async def choose_packs(workspace: int, wanted: Collection[str], now: datetime) -> None:
    """Read with these packs and no others; the own themes are always read. Raises Invalid for an unknown one."""
    async with _changing(workspace, now) as book:
        known = {pack.id for pack in book.packs if pack.id != OWN}
        if not known.issuperset(wanted):
            raise Invalid(Fault("packs", f"choose among {', '.join(sorted(known))}"))
        await fetch("DELETE FROM pack_choice WHERE workspace = $1", workspace)
        chosen = {pack: pack in wanted for pack in known if (pack in wanted) != (pack in DEFAULT_PACKS)}
        await fetch(_CHOOSE, workspace, list(chosen), list(chosen.values()))


async def add_theme(workspace: int, language: str, words: ThemeWords, editor: int, now: datetime) -> str:
    """Add a theme of their own; its key. Raises Invalid with every fault."""
    async with _changing(workspace, now) as book:
        words = _checked(book, None, words, () if _LANGUAGE.fullmatch(language) else (_NO_LANGUAGE,))
        if sum(theme.pack == OWN for theme in book.themes.values()) >= MOST_OWN_THEMES:
            raise Invalid(Fault("title", f"there are {MOST_OWN_THEMES} themes of your own; merge some first"))
        key = _free_key(words.title, book)
        await _save_words(workspace, key, words, language, editor, now)
    return key


async def change_theme(workspace: int, key: str, words: ThemeWords, editor: int, now: datetime) -> None:
    """Rename a theme, change its tone or its phrases; its key stays. Raises NotFound, and Invalid with every fault."""
    async with _changing(workspace, now) as book:
        words = _checked(book, theme_of(book, key), words)
        await _save_words(workspace, key, words, None, editor, now)


async def add_phrase(workspace: int, key: str, phrase: str, editor: int, now: datetime) -> None:
    """Add a line to a theme; nothing where it has it. Raises NotFound and Invalid."""
    async with _changing(workspace, now) as book:
        theme = theme_of(book, key)
        if phrase not in theme.phrases:
            words = _checked(book, theme, _words_of(theme, (*theme.phrases, phrase)))
            await _save_words(workspace, key, words, None, editor, now)


async def merge_theme(workspace: int, key: str, into: str, editor: int, now: datetime) -> None:
    """Let everything said of a theme count as another, with all that was merged into it before.

    Raises NotFound for an unknown theme, Invalid where the other can't take it.
    """
    async with _changing(workspace, now) as book:
        theme_of(book, key)
        if into not in book.readings or into == key:
            raise Invalid(Fault("into", "choose another theme that is in use"))
        await fetch(_MERGE_MERGED, workspace, key, into, editor, now)
        await _save_state(workspace, key, ThemeState.MERGED, into, editor, now)


async def dismiss_theme(workspace: int, key: str, editor: int, now: datetime) -> None:
    """Look for it no more, nor for what was merged into it; its mentions count no more. Raises NotFound."""
    async with _changing(workspace, now) as book:
        theme_of(book, key)
        await fetch(_DISMISS_MERGED, workspace, key, editor, now)
        await _save_state(workspace, key, ThemeState.DISMISSED, None, editor, now)


async def restore_theme(workspace: int, key: str, editor: int, now: datetime) -> None:
    """Look for a dismissed theme again, or take a merged one out of the other. Raises NotFound."""
    async with _changing(workspace, now) as book:
        theme_of(book, key)
        await _save_state(workspace, key, ThemeState.ACTIVE, None, editor, now)


async def put_back_as_shipped(workspace: int, key: str, editor: int, now: datetime) -> None:
    """Give a theme of a pack the words, tone and phrases of its pack. Raises NotFound, Invalid for an own theme."""
    async with _changing(workspace, now) as book:
        theme_of(book, key)
        shipped = shipped_theme(key)
        if shipped is None:
            raise Invalid(Fault("theme", "is one of your own: there is nothing shipped to go back to"))
        await _save_words(workspace, key, _words_of(shipped, shipped.phrases), None, editor, now)


def theme_of(book: ThemeBook, key: str) -> BookTheme:
    """Raises NotFound."""
    if key not in book.themes:
        raise NotFound("There is no such theme.")
    return book.themes[key]


def tidy(phrases: Iterable[str]) -> tuple[str, ...]:
    """The lines as they are checked and kept: without empty ones, doubles and blanks at the edges."""
    return tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in phrases if phrase.strip()))


def phrase_faults(phrases: Sequence[str]) -> list[Fault]:
    """What is wrong with each line, the first of them `phrases[0]`."""
    faults = [] if len(phrases) <= MOST_PHRASES else [Fault("phrases", f"write up to {MOST_PHRASES} lines")]
    for line, phrase in enumerate(phrases[:MOST_PHRASES]):
        message = _fault_of(phrase)
        if message is not None:
            faults.append(Fault(f"phrases[{line}]", message))
    return faults


def _fault_of(phrase: str) -> str | None:
    """A pack of this phrase alone says what is wrong with it."""
    if len(phrase) > LONGEST_PHRASE:
        return f"is longer than {LONGEST_PHRASE} characters; make two lines of it"
    theme = Theme(id="theme", title="-", description="-", tone=Tone.EITHER, phrases=(phrase,))
    try:
        Pack(PackFile(id=OWN, version=1, language="en", title="-", themes=(theme,)))
    except WordListFault as fault:
        return str(fault).partition("]`: ")[2]
    return None


def _checked(book: ThemeBook, theme: BookTheme | None, words: ThemeWords, faults: Collection[Fault] = ()) -> ThemeWords:
    """Without blanks at the edges. Raises Invalid with every fault; `theme` is the one that is changed."""
    title, description = " ".join(words.title.split()), " ".join(words.description.split())
    phrases = tidy(words.phrases)
    found = [*faults]
    if not (1 <= len(title) <= LONGEST_TITLE and title.isprintable()):
        found.append(Fault("title", f"write a title of up to {LONGEST_TITLE} characters"))
    elif (theme is None or title != theme.title) and title.casefold() in _titles(book, theme):
        found.append(Fault("title", "another theme has this title; choose another, or merge the two"))
    if len(description) > LONGEST_DESCRIPTION or not description.isprintable():
        found.append(Fault("description", f"say it in up to {LONGEST_DESCRIPTION} characters"))
    if not phrases:
        found.append(Fault("phrases", "write at least one line"))
    found += phrase_faults(phrases)
    if found:
        raise Invalid(*found)
    return ThemeWords(title=title, description=description, tone=words.tone, phrases=phrases)


def _titles(book: ThemeBook, but: BookTheme | None) -> set[str]:
    return {theme.title.casefold() for theme in book.readings.values() if theme is not but}


def _words_of(theme: BookTheme, phrases: tuple[str, ...]) -> ThemeWords:
    return ThemeWords(title=theme.title, description=theme.description, tone=theme.tone, phrases=phrases)


def _free_key(title: str, book: ThemeBook) -> str:
    """From the title, as far as it has Latin letters; no key is ever given out twice."""
    latin = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:_LONGEST_NAME].strip("_")
    name = name if name[:1].isalpha() else f"theme_{name}".strip("_")
    further = (f"{OWN}.{name}" if number == 1 else f"{OWN}.{name}_{number}" for number in count(1))
    return next(key for key in further if key not in book.themes)


@asynccontextmanager
async def _changing(workspace: int, now: datetime) -> AsyncIterator[ThemeBook]:
    """The themes as they are while nobody else changes them; afterwards, comments are read again where it matters."""
    async with transaction():
        await fetch("SELECT id FROM workspace WHERE id = $1 FOR NO KEY UPDATE", workspace)
        book = await load_theme_book(workspace)
        yield book
        if _reading_of(book) != _reading_of(await load_theme_book(workspace)):
            await read_last_year_again(workspace, now)


def _reading_of(book: ThemeBook) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """All that finding themes depends on: titles and tones may change without a comment being read again."""
    return {(pack.id, pack.language, theme.id): theme.phrases for pack in packs_read(book) for theme in pack.themes}


async def _save_words(
    workspace: int, key: str, words: ThemeWords, language: str | None, editor: int, now: datetime
) -> None:
    """What is as in its pack is not kept, so that a newer edition of the pack still reaches it."""
    shipped = shipped_theme(key)
    own = {
        name: value
        for name, value in msgspec.structs.asdict(words).items()
        if shipped is None or getattr(shipped, name) != value
    }
    tone, phrases = own.get("tone"), own.get("phrases")
    await fetch(
        _SAVE_WORDS,
        workspace,
        key,
        own.get("title"),
        own.get("description"),
        tone,
        language,
        list(phrases) if phrases is not None else None,
        editor,
        now,
    )


async def _save_state(
    workspace: int, key: str, state: ThemeState, into: str | None, editor: int, now: datetime
) -> None:
    await fetch(_SAVE_STATE, workspace, key, state, into, editor, now)


_NO_LANGUAGE = Fault("language", "write the language as its code, such as en or de")

_CHOOSE = """
INSERT INTO pack_choice (workspace, pack, is_active) SELECT $1, pack, is_active
FROM unnest($2::text[], $3::bool[]) AS c(pack, is_active)
"""

_SAVE_WORDS = """
INSERT INTO theme_edit (workspace, theme, title, description, tone, language, phrases, state, edited_by, edited_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $8, $9)
ON CONFLICT (workspace, theme) DO UPDATE SET title = $3, description = $4, tone = $5, phrases = $7, edited_by = $8,
    edited_at = $9
"""

_SAVE_STATE = """
INSERT INTO theme_edit (workspace, theme, state, merged_into, edited_by, edited_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (workspace, theme) DO UPDATE SET state = $3, merged_into = $4, edited_by = $5, edited_at = $6
"""

# Chains stay flat: what was merged into a theme goes on with it.
_MERGE_MERGED = """
UPDATE theme_edit SET merged_into = $3, edited_by = $4, edited_at = $5 WHERE workspace = $1 AND merged_into = $2
"""

_DISMISS_MERGED = """
UPDATE theme_edit SET state = 'dismissed', merged_into = NULL, edited_by = $3, edited_at = $4
WHERE workspace = $1 AND merged_into = $2
"""
