"""The titles of the themes a workspace reads with."""

from msgspec import Struct

from analysis.text.load_theme_book import load_theme_book


class PackTitles(Struct, frozen=True):
    """A pack and its themes: (key, title), the key as answers are counted by, e.g. "general.slow"."""

    title: str
    themes: tuple[tuple[str, str], ...]


class ThemeTitles(Struct, frozen=True):
    packs: tuple[PackTitles, ...]

    def of(self, theme: str) -> str:
        """The title, or where the theme is read with no more, the words of its key."""
        found = next((title for pack in self.packs for key, title in pack.themes if key == theme), None)
        return found or theme.rpartition(".")[2].replace("_", " ")

    def key_of(self, words: str) -> str:
        """The key of the theme with this title, however it is written; the words themselves where there is none."""
        wanted = words.strip().casefold()
        return next((key for pack in self.packs for key, title in pack.themes if title.casefold() == wanted), words)


async def load_theme_titles(workspace: int) -> ThemeTitles:
    book = await load_theme_book(workspace)
    packs = (
        PackTitles(pack.title, tuple((theme.key, theme.title) for theme in pack.themes if theme.key in book.readings))
        for pack in book.packs
    )
    return ThemeTitles(tuple(pack for pack in packs if pack.themes))
