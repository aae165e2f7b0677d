"""The themes of a workspace: the shipped packs with what it changed about them, and its own.

A theme's key ("general.slow", "own.parking") never changes. What is said of a merged theme counts as the one it was
merged into; a dismissed one is not looked for. Phrases are read while the pack they came from is switched on.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from analysis.text.themes import PackFile, Theme, Tone, shipped_pack_files

DEFAULT_PACKS = frozenset({"general", "software"})  # until a workspace chooses
OWN = "own"  # the pack of a workspace's own themes, always on


class ThemeState(StrEnum):
    ACTIVE = "active"
    DISMISSED = "dismissed"
    MERGED = "merged"


class ThemeChange(Struct, frozen=True, kw_only=True):
    """A row of `theme_edit`; what is None stays as the pack has it."""

    theme: str
    title: str | None = None
    description: str | None = None
    tone: Tone | None = None
    language: str | None = None
    phrases: tuple[str, ...] | None = None
    state: ThemeState = ThemeState.ACTIVE
    merged_into: str | None = None


class BookTheme(Struct, frozen=True, kw_only=True):
    """One theme as the workspace has it. `merged_into` is where the chain of merges ends."""

    key: str
    pack: str
    language: str
    title: str
    description: str
    tone: Tone
    phrases: tuple[str, ...]
    state: ThemeState
    merged_into: str | None = None
    is_changed: bool = False  # its words, tone or phrases are not those of its pack


class BookPack(Struct, frozen=True, kw_only=True):
    """A pack with all of its themes, in the order of its file; of its own pack a workspace's are by title."""

    id: str
    version: int
    title: str
    language: str  # empty for the own pack: each of its themes has one
    is_active: bool
    themes: tuple[BookTheme, ...]


class ThemeBook(Struct, frozen=True, dict=True):
    """All packs there are, by id, the own one last."""

    packs: tuple[BookPack, ...]

    @cached_property
    def themes(self) -> dict[str, BookTheme]:
        """Every theme by its key, those of packs that are off and dismissed ones too: old mentions keep their names."""
        return {theme.key: theme for pack in self.packs for theme in pack.themes}

    @cached_property
    def readings(self) -> dict[str, BookTheme]:
        """By key what comments are read for now: active themes of packs that are on, in the order of the book."""
        active = (theme for pack in self.packs if pack.is_active for theme in pack.themes)
        return {theme.key: theme for theme in active if theme.state is ThemeState.ACTIVE}

    def merged_into(self, key: str) -> tuple[BookTheme, ...]:
        """The themes that give their phrases to this one."""
        return self._merged.get(key, ())

    @cached_property
    def _merged(self) -> dict[str, tuple[BookTheme, ...]]:
        found: dict[str, tuple[BookTheme, ...]] = {}
        for theme in self.themes.values():
            if theme.merged_into is not None:
                found[theme.merged_into] = (*found.get(theme.merged_into, ()), theme)
        return found


def book_of(
    choices: Mapping[str, bool], changes: Sequence[ThemeChange], shipped: Sequence[PackFile] | None = None
) -> ThemeBook:
    """`choices` are the packs switched on or off by hand; `shipped` are the packs there are, by default all."""
    files = shipped_pack_files() if shipped is None else shipped
    by_key = {change.theme: change for change in changes}
    packs = [_pack(file, choices.get(file.id, file.id in DEFAULT_PACKS), by_key) for file in files]
    return ThemeBook(_with_targets([*packs, _own_pack(changes)]))


def packs_read(book: ThemeBook, shipped: Sequence[PackFile] | None = None) -> tuple[PackFile, ...]:
    """The packs as comments are read with them, by id and language.

    A pack nobody changed is the shipped file itself. A merged theme is found under its own key, and counts as the other
    where mentions are read (analysis/text/read_scores.py): so merges come apart again, and labels keep their meaning.
    """
    files = {file.id: file for file in (shipped_pack_files() if shipped is None else shipped)}
    themes: dict[tuple[str, str], list[BookTheme]] = {}
    for theme in _read(book):
        themes.setdefault((theme.pack, theme.language), []).append(theme)
    return tuple(
        _pack_file(pack, language, found, files.get(pack)) for (pack, language), found in sorted(themes.items())
    )


def _read(book: ThemeBook) -> Iterable[BookTheme]:
    """The themes whose phrases are read, for themselves or for the theme they were merged into."""
    for pack in book.packs:
        for theme in pack.themes if pack.is_active else ():
            if (theme.merged_into or theme.key) in book.readings:
                yield theme


def _pack_file(pack: str, language: str, themes: Sequence[BookTheme], shipped: PackFile | None) -> PackFile:
    found = tuple(
        Theme(
            id=theme.key.partition(".")[2],
            title=theme.title,
            description=theme.description or theme.title,  # a pack has one; own themes need none
            tone=theme.tone,
            phrases=theme.phrases,
        )
        for theme in themes
    )
    if shipped is None:
        return PackFile(id=pack, version=1, language=language, title="Your own", themes=found)
    as_read = replace(shipped, language=language, themes=found)
    return shipped if as_read == shipped else as_read


def _pack(file: PackFile, is_active: bool, changes: Mapping[str, ThemeChange]) -> BookPack:
    themes = tuple(_changed(_as_shipped(file, theme), changes.get(f"{file.id}.{theme.id}")) for theme in file.themes)
    return BookPack(
        id=file.id, version=file.version, title=file.title, language=file.language, is_active=is_active, themes=themes
    )


def _as_shipped(file: PackFile, theme: Theme) -> BookTheme:
    return BookTheme(
        key=f"{file.id}.{theme.id}",
        pack=file.id,
        language=file.language,
        title=theme.title,
        description=theme.description,
        tone=theme.tone,
        phrases=theme.phrases,
        state=ThemeState.ACTIVE,
    )


def shipped_theme(key: str, shipped: Sequence[PackFile] | None = None) -> BookTheme | None:
    """A theme as its pack has it; None for a workspace's own."""
    pack, _, name = key.partition(".")
    files = shipped_pack_files() if shipped is None else shipped
    found = (_as_shipped(file, theme) for file in files if file.id == pack for theme in file.themes if theme.id == name)
    return next(found, None)


def _changed(theme: BookTheme, change: ThemeChange | None) -> BookTheme:
    if change is None:
        return theme
    words = {name: getattr(change, name) for name in ("title", "description", "tone", "phrases")}
    own = {name: value for name, value in words.items() if value is not None}
    return replace(theme, **own, state=change.state, merged_into=change.merged_into, is_changed=bool(own))


def _own_pack(changes: Sequence[ThemeChange]) -> BookPack:
    own = [_own_theme(change) for change in changes if change.theme.startswith(f"{OWN}.")]
    own.sort(key=lambda theme: (theme.title.casefold(), theme.key))
    return BookPack(id=OWN, version=1, title="Your own", language="", is_active=True, themes=tuple(own))


def _own_theme(change: ThemeChange) -> BookTheme:
    return BookTheme(
        key=change.theme,
        pack=OWN,
        language=change.language or "en",
        title=change.title or change.theme,
        description=change.description or "",
        tone=change.tone or Tone.EITHER,
        phrases=change.phrases or (),
        state=change.state,
        merged_into=change.merged_into,
    )


def _with_targets(packs: Sequence[BookPack]) -> tuple[BookPack, ...]:
    """Each merged theme pointing to the end of its chain; one that leads nowhere, or round, points to nothing."""
    next_of = {theme.key: theme.merged_into for pack in packs for theme in pack.themes}
    return tuple(
        replace(pack, themes=tuple(replace(theme, merged_into=_end(theme.key, next_of)) for theme in pack.themes))
        for pack in packs
    )


def _end(key: str, next_of: Mapping[str, str | None]) -> str | None:
    seen = {key}
    while (further := next_of.get(key)) is not None:
        if further in seen or further not in next_of:
            return None
        seen.add(further)
        key = further
    return key if len(seen) > 1 else None
