"""The style sheet and the logo that customers get, and the staff's page on which they are chosen."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Fault, Invalid, NotFound
from surveys.contrast import LEAST_FOR_TEXT, is_colour
from surveys.theme import (
    FONT_STACKS,
    LARGEST_CORNER,
    LARGEST_LOGO,
    SHIPPED_ACCENT,
    SHIPPED_CORNER,
    Font,
    ThemeView,
    WantedTheme,
    drop_theme,
    load_logo,
    load_version,
    save_theme,
    theme_css,
    theme_of,
)
from surveys.theme_preview import sides_of

LONGEST_WORD = 100  # characters of a field that comes back to be mended
_FILE = re.compile(r"([0-9]{1,9})-([0-9a-f]{16})\.(css|logo)")
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # another version has another address
# Whatever the file holds besides a picture, it runs nothing.
_FENCED = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


@get("/theme/{file:str}", include_in_schema=False)
async def theme_file(file: FromPath[str]) -> Response[Any]:
    """The style sheet or the logo of a workspace, such as `7-0123456789abcdef.css`, for ever the same."""
    named = _FILE.fullmatch(file)
    if named is None:
        raise NotFound("There is no such file.")
    workspace, version = int(named[1]), named[2]
    if named[3] == "css":
        css = theme_css(await load_version(workspace, version))
        return Response(css, media_type="text/css", headers=_FOR_EVER)
    logo = await load_logo(workspace, version)
    return Response(logo.content, media_type=logo.media_type, headers={**_FOR_EVER, **_FENCED})


@get("/theme", include_in_schema=False)
async def theme_page(member: NamedDependency[Member]) -> Template:
    theme = await theme_of(member.workspace) or _shipped(member.workspace)
    return await _theme_page(member, WantedTheme(theme.accent, str(theme.corner), theme.font))


@post("/theme", opt={"role": Role.EDITOR}, include_in_schema=False)
async def set_theme(
    request: Request[Any, Any, Any], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    """Use what was filled in; a form with faults comes back as it was."""
    wanted = await _read_form(request)
    try:
        await save_theme(member.workspace, wanted, now)
    except Invalid as fault:
        return await _theme_page(member, wanted, fault.faults)
    return Redirect(f"/w/{member.workspace_key}/theme", status_code=303)


@post("/theme/drop", opt={"role": Role.EDITOR}, include_in_schema=False)
async def unset_theme(member: NamedDependency[Member]) -> Response[Any]:
    await drop_theme(member.workspace)
    return Redirect(f"/w/{member.workspace_key}/theme", status_code=303)


async def _read_form(request: Request[Any, Any, Any]) -> WantedTheme:
    try:
        form = await request.form()
    except (UnicodeDecodeError, LookupError) as fault:
        raise Invalid(Fault("body", "Please send text in UTF-8.")) from fault
    words = {name: value[:LONGEST_WORD] for name, value in form.items() if isinstance(value, str)}
    logo = form.get("logo")
    picked = words.get("picked", "")
    # A colour stands in two fields. Who moved the picker means it, else what is written counts.
    is_picked = is_colour(picked) and picked != words.get("picked_before")
    return WantedTheme(
        accent=picked if is_picked else words.get("accent", ""),
        corner=words.get("corner", "").strip(),
        font=words.get("font", ""),
        logo=await logo.read(LARGEST_LOGO + 1) if isinstance(logo, UploadFile) else b"",
        drops_logo="drops_logo" in words,
    )


async def _theme_page(member: Member, filled: WantedTheme, faults: Sequence[Fault] = ()) -> Template:
    """The form as `filled`, beside the theme as customers see it now."""
    kept = await theme_of(member.workspace)
    theme = kept or _shipped(member.workspace)
    accent = filled.accent.strip().lower()
    context = {
        "theme": theme,
        "is_set": kept is not None,
        "filled": filled,
        "picked": accent if is_colour(accent) else theme.accent,
        "faults": {fault.field: fault.message for fault in faults},
        "sides": sides_of(theme),
        "stacks": FONT_STACKS,
        "least": LEAST_FOR_TEXT,
        "largest_corner": LARGEST_CORNER,
        "largest_logo": LARGEST_LOGO,
    }
    return Template("surveys/theme.html", context=context, status_code=422 if faults else 200)


def _shipped(workspace: int) -> ThemeView:
    return ThemeView(workspace=workspace, accent=SHIPPED_ACCENT, corner=SHIPPED_CORNER, font=Font.SYSTEM, logo_type="")


PUBLIC = [theme_file]
STAFF = [theme_page, set_theme, unset_theme]
