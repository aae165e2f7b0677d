"""The titles of the themes a workspace reads with."""

from msgspec import Struct

from analysis.text.load_rules import load_rules


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
    packs = (await load_rules([workspace]))[workspace].packs
    return ThemeTitles(
        tuple(
            PackTitles(pack.title, tuple((f"{pack.id}.{theme.id}", theme.title) for theme in pack.themes))
            for pack in packs
        )
    )
