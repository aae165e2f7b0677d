"""How a workspace's answering pages look: checked, kept, and written as the style sheet that its customers get."""

import hashlib
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from core.database import Row, fetch
from core.errors import Fault, Invalid, NotFound
from surveys.contrast import LEAST_FOR_TEXT, WHITE, contrast, is_colour, on, ratio_words, readable

SHIPPED_ACCENT, SHIPPED_CORNER = "#5b21b6", 10  # where nothing is set, as static/answer.css has them
LIGHT_CARD, DARK_CARD = WHITE, "#1b212a"  # what the questions stand on
LARGEST_CORNER = 24  # px
LARGEST_LOGO = 200_000  # bytes


class Font(StrEnum):
    """A kind of letters, of which every device has one: nothing is downloaded."""

    SYSTEM = "system"
    SERIF = "serif"
    ROUNDED = "rounded"
    MONO = "mono"


FONT_STACKS = {
    Font.SYSTEM: 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif',
    Font.SERIF: '"Iowan Old Style","Palatino Linotype",Palatino,Georgia,"Noto Serif",serif',
    Font.ROUNDED: 'ui-rounded,"Hiragino Maru Gothic ProN",Quicksand,Nunito,"Arial Rounded MT Bold",sans-serif',
    Font.MONO: 'ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace',
}


class WantedTheme(Struct, frozen=True):
    """A theme as it was filled in. Without a new logo the one there is stays, unless it is dropped."""

    accent: str
    corner: str
    font: str
    logo: bytes = b""
    drops_logo: bool = False


class ThemeView(Struct, frozen=True, kw_only=True):
    """A theme as pages show it. Another look, logo or way to write it is another `version`."""

    workspace: int
    accent: str
    corner: int  # px
    font: Font
    logo_type: str  # the media type; empty without a logo
    version: str = ""

    @property
    def dark_accent(self) -> str:
        """The accent, lighter where it can't be read on the dark card."""
        return readable(self.accent, DARK_CARD)

    @property
    def css_address(self) -> str:
        return f"/theme/{self.workspace}-{self.version}.css"

    @property
    def logo_address(self) -> str | None:
        return f"/theme/{self.workspace}-{self.version}.logo" if self.logo_type else None


class Logo(Struct, frozen=True):
    """A picture with its media type."""

    media_type: str
    content: bytes


async def theme_of(workspace: int) -> ThemeView | None:
    """None where nothing is set: the pages look as shipped."""
    rows = await fetch(_THEME, workspace)
    return _view(rows[0]) if rows else None


async def load_version(workspace: int, version: str) -> ThemeView:
    """The theme that pages link to now. Raises NotFound for any other version."""
    theme = await theme_of(workspace)
    if theme is None or theme.version != version:
        raise NotFound("There is no such theme any more.")
    return theme


async def load_logo(workspace: int, version: str) -> Logo:
    """The logo of the theme that pages link to now. Raises NotFound for any other version, and where there is none."""
    rows = await fetch(_LOGO, workspace)
    content = rows[0].pop("logo") if rows else None
    if content is None or (theme := _view(rows[0])).version != version:
        raise NotFound("There is no such logo any more.")
    return Logo(theme.logo_type, content)


async def save_theme(workspace: int, wanted: WantedTheme, now: datetime) -> ThemeView:
    """From now on customers see this. Raises Invalid with a fault for each bad field; then nothing changes."""
    faults = faults_of(wanted)
    if faults:
        raise Invalid(*faults)
    accent, corner = wanted.accent.strip().lower(), int(wanted.corner)
    logo_type = logo_type_of(wanted.logo) or ""
    keeps_logo = not (wanted.logo or wanted.drops_logo)
    rows = await fetch(_SAVE, workspace, accent, corner, wanted.font, wanted.logo or None, logo_type, now, keeps_logo)
    return _view(rows[0])


async def drop_theme(workspace: int) -> None:
    """Back to the look that is shipped."""
    await fetch("DELETE FROM theme WHERE workspace = $1", workspace)


def faults_of(wanted: WantedTheme) -> list[Fault]:
    """What is wrong with each field, and how to mend it."""
    found = {
        "accent": _accent_fault(wanted.accent.strip()),
        "corner": _corner_fault(wanted.corner),
        "font": "" if wanted.font in tuple(Font) else f"choose one of {', '.join(Font)}",
        "logo": _logo_fault(wanted.logo),
    }
    return [Fault(field, message) for field, message in found.items() if message]


def logo_type_of(content: bytes) -> str | None:
    """The media type by the first bytes, whatever the file is called; None for what is no picture of points."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def theme_css(theme: ThemeView) -> str:
    """What overrides the variables of static/answer.css, in light and in dark."""
    dark = theme.dark_accent
    return (
        f":root{{--accent:{theme.accent};--on-accent:{on(theme.accent)};"
        f"--corner:{theme.corner}px;--font:{FONT_STACKS[theme.font]}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{on(dark)}}}}}\n"
    )


def _accent_fault(accent: str) -> str:
    if not is_colour(accent):
        return f"write a colour as # and six of 0-9 and a-f, such as {SHIPPED_ACCENT}"
    ratio = contrast(accent, LIGHT_CARD)
    if ratio >= LEAST_FOR_TEXT:
        return ""
    return (
        f"{accent} on white has a contrast of {ratio_words(ratio)}, and words need {LEAST_FOR_TEXT}; "
        f"the nearest darker colour that has it is {readable(accent, LIGHT_CARD)}"
    )


def _corner_fault(corner: str) -> str:
    # Compared as text: `int()` would also take "1_0", "+7" and digits of other scripts.
    allowed = map(str, range(LARGEST_CORNER + 1))
    return "" if corner in allowed else f"write a whole number from 0 to {LARGEST_CORNER}"


def _logo_fault(logo: bytes) -> str:
    if logo and logo_type_of(logo) is None:
        return "choose a PNG, JPEG or WebP picture; an SVG may hold programs, so save it as PNG first"
    if len(logo) > LARGEST_LOGO:
        return f"choose a picture of at most {LARGEST_LOGO // 1_000} KB; one of 400 by 120 points is enough"
    return ""


def _view(row: Row) -> ThemeView:
    changed_at: datetime = row.pop("updated_at")
    theme = ThemeView(**{**row, "font": Font(row["font"])})
    # What the style sheet says is part of it: it may be kept for ever, and a later Kept may write another.
    said = f"{theme_css(theme)}{theme.logo_type}{changed_at.isoformat()}"
    return msgspec.structs.replace(theme, version=hashlib.sha256(said.encode()).hexdigest()[:16])


# Without the logo, which every page of a customer would else read.
_COLUMNS = "workspace, accent, corner, font, logo_type, updated_at"

_THEME = f"SELECT {_COLUMNS} FROM theme WHERE workspace = $1"

_LOGO = f"SELECT {_COLUMNS}, logo FROM theme WHERE workspace = $1"

_SAVE = f"""
INSERT INTO theme AS t (workspace, accent, corner, font, logo, logo_type, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (workspace) DO UPDATE SET
    accent = excluded.accent, corner = excluded.corner, font = excluded.font, updated_at = excluded.updated_at,
    logo = CASE WHEN $8 THEN t.logo ELSE excluded.logo END,
    logo_type = CASE WHEN $8 THEN t.logo_type ELSE excluded.logo_type END
RETURNING {_COLUMNS}
"""
