"""What the demo's company made of the themes: its packs, what it merged, a theme of its own."""

from datetime import datetime

from msgspec import convert

from analysis.text.edit_themes import ThemeWords, add_theme, choose_packs, merge_theme
from demo.files import read_file


async def make_themes_their_own(workspace: int, editor: int, now: datetime) -> None:
    """Do what themes.yaml says, before anything is read: then nothing has to be read again."""
    themes = read_file("themes.yaml")
    await choose_packs(workspace, themes["packs"], now)
    for theme, into in themes["merged"].items():
        await merge_theme(workspace, theme, into, editor, now)
    own = themes["own"]
    await add_theme(workspace, own.pop("language"), convert(own, ThemeWords), editor, now)
