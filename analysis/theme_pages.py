"""The pages of themes: which packs, what each theme looks for, merging and dismissing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from accounts.tables import Role
from analysis.load_report import last_days
from analysis.text.edit_themes import (
    ThemeWords,
    add_theme,
    change_theme,
    choose_packs,
    dismiss_theme,
    merge_theme,
    put_back_as_shipped,
    restore_theme,
    theme_of,
    tidy,
)
from analysis.text.load_theme_book import load_theme_book
from analysis.text.load_theme_mentions import is_read_again, load_theme_mentions
from analysis.text.theme_book import BookPack, BookTheme, ThemeBook, ThemeState
from analysis.text.theme_words import (
    FEW,
    TONE_TAGS,
    TONES,
    about,
    contacts_words,
    of_dismissing,
    of_merging,
    state_words,
    who,
)
from analysis.text.themes import Tone
from analysis.text_words import language_words
from core.errors import Fault, Invalid


class ThemeForm(Struct, frozen=True, kw_only=True):
    """As a browser posts it; the page shows it again where something is wrong with it. Phrases are lines."""

    title: str = ""
    description: str = ""
    tone: str = Tone.EITHER.value
    language: str = "en"
    phrases: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Without empty lines and doubles, as they are checked."""
        return tidy(self.phrases.splitlines())

    @property
    def words(self) -> ThemeWords:
        """Raises Invalid for a tone that is none."""
        if self.tone not in list(Tone):
            raise Invalid(Fault("tone", f"choose {', '.join(Tone)}"))
        return ThemeWords(title=self.title, description=self.description, tone=Tone(self.tone), phrases=self.lines)


class IntoForm(Struct, frozen=True):
    into: str = ""


class LineFault(Struct, frozen=True):
    """What is wrong with the line of this number, the first 1."""

    number: int
    line: str
    message: str


class ThemeView(Struct, frozen=True):
    """A theme of the API: `state` is active, dismissed or merged, `contacts` how many spoke of it in 90 days.

    `contacts` is None for fewer than five.
    """

    key: str
    pack: str
    language: str
    title: str
    description: str
    tone: Tone
    state: ThemeState
    merged_into: str | None
    phrases: tuple[str, ...]
    contacts: int | None


class PackView(Struct, frozen=True):
    """A pack of the API with its themes."""

    id: str
    version: int
    title: str
    language: str
    is_active: bool
    themes: tuple[ThemeView, ...]


class _Shown(Struct, frozen=True):
    """A pack on the page: its themes by how many speak of them, and those of which hardly anybody does."""

    pack: BookPack
    about: str
    spoken: tuple[BookTheme, ...]
    rare: tuple[BookTheme, ...]


@get("/themes", include_in_schema=False)
async def themes_page(member: NamedDependency[Member], now: NamedDependency[datetime]) -> Template:
    return await _themes(member, now, ThemeForm())


@post("/themes", opt={"role": Role.EDITOR}, include_in_schema=False)
async def save_new_theme(
    data: URLEncodedBody[ThemeForm], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any] | Template:
    """Add a theme of their own, or show the form again with everything that is wrong with it."""
    try:
        key = await add_theme(member.workspace, data.language.strip().lower(), data.words, member.user, now)
    except Invalid as fault:
        return await _themes(member, now, data, fault.faults)
    return Redirect(f"/w/{member.workspace_key}/themes/{key}", status_code=303)


@post("/themes/packs", opt={"role": Role.EDITOR}, include_in_schema=False)
async def save_packs(
    request: Request[Any, Any, Any], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    """A field `pack` for each that is switched on."""
    form = await request.form()
    await choose_packs(member.workspace, {str(value) for name, value in form.multi_items() if name == "pack"}, now)
    return Redirect(f"/w/{member.workspace_key}/themes", status_code=303)


@get("/themes/{theme:str}", include_in_schema=False)
async def theme_page(
    theme: FromPath[str],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
    into: FromQuery[str | None] = None,
) -> Template:
    """A theme; with `into`, what merging it into that one will do."""
    book = await load_theme_book(member.workspace)
    return await _theme(member, book, theme_of(book, theme), now, into=into)


@post("/themes/{theme:str}", opt={"role": Role.EDITOR}, include_in_schema=False)
async def save_theme(
    theme: FromPath[str],
    data: URLEncodedBody[ThemeForm],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
) -> Response[Any] | Template:
    """Keep its words and phrases, or show the form again with everything that is wrong with it."""
    book = await load_theme_book(member.workspace)
    found = theme_of(book, theme)
    try:
        await change_theme(member.workspace, theme, data.words, member.user, now)
    except Invalid as fault:
        return await _theme(member, book, found, now, data, fault.faults)
    return _to_theme(member, theme)


@post("/themes/{theme:str}/merge", opt={"role": Role.EDITOR}, include_in_schema=False)
async def join_themes(
    theme: FromPath[str],
    data: URLEncodedBody[IntoForm],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
) -> Response[Any]:
    await merge_theme(member.workspace, theme, data.into, member.user, now)
    return _to_theme(member, theme)


@post("/themes/{theme:str}/dismiss", opt={"role": Role.EDITOR}, include_in_schema=False)
async def drop_theme(
    theme: FromPath[str], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await dismiss_theme(member.workspace, theme, member.user, now)
    return _to_theme(member, theme)


@post("/themes/{theme:str}/restore", opt={"role": Role.EDITOR}, include_in_schema=False)
async def use_theme_again(
    theme: FromPath[str], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await restore_theme(member.workspace, theme, member.user, now)
    return _to_theme(member, theme)


@post("/themes/{theme:str}/as-shipped", opt={"role": Role.EDITOR}, include_in_schema=False)
async def reset_theme(
    theme: FromPath[str], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await put_back_as_shipped(member.workspace, theme, member.user, now)
    return _to_theme(member, theme)


@get("/themes", opt={"scope": Scope.READ})
async def get_themes(caller: NamedDependency[ApiCaller], now: NamedDependency[datetime]) -> tuple[PackView, ...]:
    """Every pack with its themes as this workspace has them; the pack "own" holds those it made."""
    book = await load_theme_book(caller.workspace)
    mentions = await load_theme_mentions(caller.workspace, now)
    return tuple(_pack_view(pack, mentions) for pack in book.packs)


async def _themes(member: Member, now: datetime, form: ThemeForm, faults: Sequence[Fault] = ()) -> Template:
    book = await load_theme_book(member.workspace)
    mentions = await load_theme_mentions(member.workspace, now)
    shown = [_shown(pack, mentions) for pack in book.packs]
    unused = [theme for theme in book.themes.values() if theme.state is not ThemeState.ACTIVE]
    context = {
        "packs": [one for one in shown if one.pack.language],  # the own one has none, and no switch
        "read": [one for one in shown if one.pack.is_active],
        "unused": [(theme, state_words(book, theme)) for theme in unused],
        "merged_into": book.merged_into,
        "mentions": {key: contacts_words(mentions.get(key, 0)) for key in book.themes},
        "is_read_again": await is_read_again(member.workspace),
        **_form_context(form, faults),
    }
    return Template("analysis/themes.html", context=context, status_code=422 if faults else 200)


async def _theme(
    member: Member,
    book: ThemeBook,
    theme: BookTheme,
    now: datetime,
    form: ThemeForm | None = None,
    faults: Sequence[Fault] = (),
    into: str | None = None,
) -> Template:
    mentions = await load_theme_mentions(member.workspace, now)
    target = theme_of(book, into) if into else None
    filled = form or ThemeForm(
        title=theme.title,
        description=theme.description,
        tone=theme.tone,
        language=theme.language,
        phrases="\n".join(theme.phrases),
    )
    context = {
        "theme": theme,
        "pack": next(pack for pack in book.packs if pack.id == theme.pack),
        "stands": state_words(book, theme),
        "contacts": who(mentions.get(theme.key, 0)),
        "days": last_days(now),
        "merged_here": book.merged_into(theme.key),
        "others": [pack for pack in book.packs if pack.is_active],
        "readings": book.readings,
        "target": target,
        "on_merging": of_merging(book, theme, target, mentions) if target else (),
        "on_dismissing": of_dismissing(book, theme, mentions),
        "is_read_again": await is_read_again(member.workspace),
        **_form_context(filled, faults),
    }
    return Template("analysis/theme.html", context=context, status_code=422 if faults else 200)


def _form_context(form: ThemeForm, faults: Sequence[Fault]) -> dict[str, Any]:
    lines = form.lines
    numbers = {f"phrases[{number}]": number for number in range(len(lines))}
    return {
        "form": form,
        "text": "\n".join(lines),
        "faults": {fault.field: fault.message for fault in faults if fault.field not in numbers},
        "line_faults": [
            LineFault(numbers[fault.field] + 1, lines[numbers[fault.field]], fault.message)
            for fault in faults
            if fault.field in numbers
        ],
        "tones": TONES,
        "tone_tags": TONE_TAGS,
        "language_words": language_words,
    }


def _shown(pack: BookPack, mentions: Mapping[str, int]) -> _Shown:
    active = [theme for theme in pack.themes if theme.state is ThemeState.ACTIVE]
    by_size = sorted(active, key=lambda theme: -mentions.get(theme.key, 0))
    spoken = tuple(theme for theme in by_size if mentions.get(theme.key, 0) >= FEW)
    return _Shown(pack, about(pack), spoken, tuple(by_size[len(spoken) :]))


def _pack_view(pack: BookPack, mentions: Mapping[str, int]) -> PackView:
    themes = tuple(_theme_view(theme, mentions.get(theme.key, 0)) for theme in pack.themes)
    return PackView(pack.id, pack.version, pack.title, pack.language, pack.is_active, themes)


def _theme_view(theme: BookTheme, contacts: int) -> ThemeView:
    return ThemeView(
        theme.key,
        theme.pack,
        theme.language,
        theme.title,
        theme.description,
        theme.tone,
        theme.state,
        theme.merged_into,
        theme.phrases,
        None if 0 < contacts < FEW else contacts,
    )


def _to_theme(member: Member, key: str) -> Response[Any]:
    return Redirect(f"/w/{member.workspace_key}/themes/{key}", status_code=303)


STAFF = [
    themes_page,
    save_new_theme,
    save_packs,
    theme_page,
    save_theme,
    join_themes,
    drop_theme,
    use_theme_again,
    reset_theme,
]
API = [get_themes]
