"""How a workspace's answering pages look: what may be chosen, who may choose, and what customers get."""

import re
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid, NotFound
from core.settings import BASE_FOLDER
from surveys.contrast import LEAST_FOR_TEXT, WHITE, contrast, readable
from surveys.theme import (
    DARK_CARD,
    FONT_STACKS,
    LARGEST_LOGO,
    LIGHT_CARD,
    SHIPPED_ACCENT,
    SHIPPED_CORNER,
    Font,
    ThemeView,
    WantedTheme,
    faults_of,
    load_logo,
    logo_type_of,
    save_theme,
    theme_css,
    theme_of,
)
from surveys.theme_preview import sides_of
from tests.factories import Hands
from tests.people import People, post_form

PAGE = "/w/acme/theme"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 60
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 60
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 60
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GREEN = WantedTheme("#0b6e5f", "4", "serif")
FORM = {"accent": "#0b6e5f", "corner": "4", "font": "serif"}


async def upload(client: httpx.AsyncClient, logo: bytes, name: str = "logo.png", **form: str) -> httpx.Response:
    """Post the form of the page as a browser does that sends a file with it."""
    await client.get("/sign-in")
    token = {"_csrf_token": client.cookies.get("kept_csrf", "")}
    return await client.post(PAGE, data={**FORM, **form, **token}, files={"logo": (name, logo, "image/png")})


def fields_of(wanted: WantedTheme) -> list[str]:
    return [fault.field for fault in faults_of(wanted)]


# What may be chosen


def test_a_good_theme_has_no_fault() -> None:
    assert faults_of(GREEN) == []
    assert faults_of(WantedTheme(" #0B6E5F ", "0", "mono", PNG)) == []
    assert faults_of(WantedTheme(SHIPPED_ACCENT, str(SHIPPED_CORNER), Font.SYSTEM)) == []


@pytest.mark.parametrize("accent", ["", "green", "#0b6", "0b6e5f", "#0b6e5f;}", "#0b6e5f\n}", "url(x)", "#0b6e5g"])
def test_what_is_no_colour_is_refused_with_how_to_write_one(accent: str) -> None:
    [fault] = faults_of(WantedTheme(accent, "4", "serif"))
    assert fault.field == "accent"
    assert "such as #5b21b6" in fault.message


def test_a_colour_that_can_not_be_read_on_white_is_refused_with_the_nearest_that_can() -> None:
    [fault] = faults_of(WantedTheme("#ffcc00", "4", "serif"))
    assert fault.field == "accent"
    assert "1.5\xa0:\xa01" in fault.message
    assert "words need 4.5" in fault.message
    remedy = fault.message.split()[-1]
    assert remedy == readable("#ffcc00", WHITE)
    assert faults_of(WantedTheme(remedy, "4", "serif")) == []


@pytest.mark.parametrize("corner", ["", "-1", "25", "4.5", "4px", "1_0", "+4", "４", "4;}", "9" * 5_000])
def test_a_corner_is_a_whole_number_of_a_few_points(corner: str) -> None:
    assert fields_of(WantedTheme("#0b6e5f", corner, "serif")) == ["corner"]


@pytest.mark.parametrize("font", ["", "Comic Sans", "SERIF", "serif;}", "url(https://x)"])
def test_letters_are_one_of_the_four_kinds(font: str) -> None:
    assert fields_of(WantedTheme("#0b6e5f", "4", font)) == ["font"]


@pytest.mark.parametrize(
    "logo", [SVG, b"GIF89a....", b"<html>", b"\x00", b"RIFF\x00\x00\x00\x00WAVE", b"PNG", b" " + PNG]
)
def test_a_logo_is_judged_by_its_first_bytes(logo: bytes) -> None:
    [fault] = faults_of(WantedTheme("#0b6e5f", "4", "serif", logo))
    assert fault.field == "logo"
    assert "PNG, JPEG or WebP" in fault.message


def test_pictures_of_points_are_known() -> None:
    assert [logo_type_of(logo) for logo in (PNG, JPEG, WEBP)] == ["image/png", "image/jpeg", "image/webp"]


def test_a_large_logo_is_refused_with_what_is_enough() -> None:
    assert faults_of(WantedTheme("#0b6e5f", "4", "serif", PNG.ljust(LARGEST_LOGO, b"\0"))) == []
    [fault] = faults_of(WantedTheme("#0b6e5f", "4", "serif", PNG.ljust(LARGEST_LOGO + 1, b"\0")))
    assert "at most 200 KB" in fault.message


def test_every_fault_is_said_at_once() -> None:
    assert fields_of(WantedTheme("red", "x", "y", SVG)) == ["accent", "corner", "font", "logo"]


# What customers get


@given(
    st.binary(min_size=3, max_size=3).map(lambda channels: readable(f"#{channels.hex()}", WHITE)),
    st.integers(0, 24),
    st.sampled_from(Font),
)
def test_the_style_sheet_is_readable_and_holds_nothing_but_its_four_variables(
    accent: str, corner: int, font: Font
) -> None:
    theme = ThemeView(workspace=1, accent=accent, corner=corner, font=font, logo_type="")
    light, dark = theme_css(theme).splitlines()
    colour = r"#[0-9a-f]{6}"
    stack = re.escape(FONT_STACKS[font])
    assert re.fullmatch(rf":root\{{--accent:{colour};--on-accent:{colour};--corner:{corner}px;--font:{stack}\}}", light)
    assert re.fullmatch(
        rf"@media \(prefers-color-scheme:dark\)\{{:root\{{--accent:{colour};--on-accent:{colour}\}}\}}", dark
    )
    for line, card in ((light, LIGHT_CARD), (dark, DARK_CARD)):
        shown, on_it = re.findall(colour, line)
        assert contrast(shown, card) >= LEAST_FOR_TEXT
        assert contrast(on_it, shown) >= LEAST_FOR_TEXT


@pytest.mark.parametrize("stack", FONT_STACKS.values())
def test_no_letters_are_downloaded(stack: str) -> None:
    assert not re.search(r"[{};:()<>@]", stack)
    assert stack.split(",")[-1] in ("sans-serif", "serif", "monospace")


def test_the_preview_has_the_colours_of_the_pages() -> None:
    """Those that a theme leaves as they are stand in the style sheet of the answering page."""
    theme = ThemeView(workspace=1, accent=SHIPPED_ACCENT, corner=SHIPPED_CORNER, font=Font.SYSTEM, logo_type="")
    sheet = Path(BASE_FOLDER / "static" / "answer.css").read_text(encoding="utf-8")
    shipped = [dict(re.findall(r"--([a-z-]+):([^;}]+)", block)) for block in re.findall(r":root\{[^}]*\}", sheet)[:2]]
    for side, root in zip(sides_of(theme), shipped, strict=True):
        assert {name: _long(root[name]) for name in ("card", "ink", "line")} == {
            "card": side.card,
            "ink": side.ink,
            "line": side.line,
        }
    assert shipped[0]["accent"] == SHIPPED_ACCENT
    assert shipped[0]["corner"] == f"{SHIPPED_CORNER}px"
    assert shipped[0]["font"] == FONT_STACKS[Font.SYSTEM]


def _long(colour: str) -> str:
    return "#" + "".join(2 * digit for digit in colour[1:]) if len(colour) == 4 else colour


async def test_a_theme_is_kept_and_another_look_has_another_address(people: People, hands: Hands) -> None:
    assert await theme_of(people.acme) is None
    first = await save_theme(people.acme, GREEN, hands.now)
    assert await theme_of(people.acme) == first
    assert (first.accent, first.corner, first.font, first.logo_address) == ("#0b6e5f", 4, Font.SERIF, None)
    hands.move(seconds=1)
    second = await save_theme(people.acme, WantedTheme("#0b6e5f", "4", "serif", PNG), hands.now)
    assert second.css_address != first.css_address
    assert second.logo_address is not None


async def test_the_logo_stays_until_it_is_removed_or_another_comes(people: People, hands: Hands) -> None:
    await save_theme(people.acme, WantedTheme("#0b6e5f", "4", "serif", PNG), hands.now)
    kept = await save_theme(people.acme, GREEN, hands.now)
    assert (await load_logo(people.acme, kept.version)).content == PNG
    other = await save_theme(people.acme, WantedTheme("#0b6e5f", "4", "serif", JPEG, drops_logo=True), hands.now)
    assert (await load_logo(people.acme, other.version)).media_type == "image/jpeg"
    bare = await save_theme(people.acme, WantedTheme("#0b6e5f", "4", "serif", drops_logo=True), hands.now)
    assert bare.logo_type == ""
    with pytest.raises(NotFound):
        await load_logo(people.acme, bare.version)


async def test_a_fault_changes_nothing(people: People, hands: Hands) -> None:
    before = await save_theme(people.acme, GREEN, hands.now)
    with pytest.raises(Invalid):
        await save_theme(people.acme, WantedTheme("#0b6e5f", "4", "serif", SVG), hands.now)
    assert await theme_of(people.acme) == before


async def test_customers_get_the_style_sheet_once_and_for_ever(people: People, hands: Hands) -> None:
    theme = await save_theme(people.acme, GREEN, hands.now)
    sheet = await people.nobody.get(theme.css_address)
    assert sheet.status_code == 200
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"
    assert sheet.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in sheet.headers
    assert sheet.text == theme_css(theme)


async def test_customers_get_the_logo_as_a_picture_and_nothing_else(people: People, hands: Hands) -> None:
    hostile = PNG + SVG
    theme = await save_theme(people.acme, WantedTheme("#0b6e5f", "4", "serif", hostile), hands.now)
    logo = await people.nobody.get(theme.logo_address or "")
    assert logo.content == hostile
    assert logo.headers["content-type"] == "image/png"
    assert logo.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert logo.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in logo.headers


async def test_no_other_version_or_file_is_there(people: People, hands: Hands) -> None:
    theme = await save_theme(people.acme, WantedTheme("#0b6e5f", "4", "serif", PNG), hands.now)
    version = theme.version
    names = [
        f"{people.other}-{version}.css",
        f"{people.acme}-{'0' * 16}.css",
        f"{people.acme}-{'0' * 16}.logo",
        f"{people.acme}-{version}.svg",
        f"{people.acme}-{version.upper()}x.css",
        f"{people.acme}-{version}.css%0a",
        f"+{people.acme}-{version}.css",
        f"{2**31}-{version}.css",
        "x",
    ]
    statuses = {name: (await people.nobody.get(f"/theme/{name}")).status_code for name in names}
    assert statuses == dict.fromkeys(names, 404)


# The page


async def test_the_page_shows_the_contrasts_as_numbers(people: People, hands: Hands) -> None:
    await save_theme(people.acme, WantedTheme("#767676", "4", "serif"), hands.now)
    page = (await people.bob.get(PAGE)).text
    assert page.count("<strong>4.5\xa0:\xa01</strong>, needs 4.5") >= 2
    assert "style=" not in page
    assert "Change it" not in page  # Bob only looks


async def test_an_editor_sets_the_theme_with_its_logo(people: People) -> None:
    saved = await upload(people.alice, WEBP, corner="0")
    assert (saved.status_code, saved.headers["location"]) == (303, PAGE)
    theme = await theme_of(people.acme)
    assert theme is not None
    assert (theme.corner, theme.logo_type) == (0, "image/webp")
    page = (await people.alice.get(PAGE)).text
    assert f'href="{theme.logo_address}"' in page
    assert 'value="#0b6e5f"' in page


async def test_a_form_without_a_file_keeps_the_logo_and_a_tick_removes_it(people: People) -> None:
    await upload(people.alice, PNG)
    await upload(people.alice, b"", name="")
    theme = await theme_of(people.acme)
    assert theme is not None
    assert theme.logo_type == "image/png"
    assert (await upload(people.alice, b"", name="", drops_logo="on")).status_code == 303
    theme = await theme_of(people.acme)
    assert theme is not None
    assert theme.logo_type == ""


async def test_a_form_with_faults_comes_back_with_the_remedies(people: People) -> None:
    answered = await upload(people.alice, SVG, accent="#ffcc00", corner="99", font="<b>")
    assert answered.status_code == 422
    assert "is #907300" in answered.text
    assert "a whole number from 0 to 24" in answered.text
    assert "choose one of system, serif, rounded, mono" in answered.text
    assert "choose a PNG, JPEG or WebP picture" in answered.text
    assert 'value="#ffcc00"' in answered.text
    assert "<b>" not in answered.text
    assert await theme_of(people.acme) is None


@pytest.mark.parametrize(
    ("form", "accent"),
    [
        ({"accent": "#0b6e5f", "picked": "#5b21b6", "picked_before": "#5b21b6"}, "#0b6e5f"),
        ({"accent": "#5b21b6", "picked": "#0b6e5f", "picked_before": "#5b21b6"}, "#0b6e5f"),
        ({"accent": "#5b21b6", "picked": "#5b21b6", "picked_before": "#5b21b6"}, "#5b21b6"),
        ({"accent": "#0b6e5f", "picked": "no colour", "picked_before": "#5b21b6"}, "#0b6e5f"),
        ({"accent": "#0b6e5f"}, "#0b6e5f"),
    ],
)
async def test_the_colour_that_was_changed_counts_written_or_picked(
    people: People, form: dict[str, str], accent: str
) -> None:
    assert (await post_form(people.alice, PAGE, {**FORM, **form})).status_code == 303
    theme = await theme_of(people.acme)
    assert theme is not None
    assert theme.accent == accent


async def test_a_theme_can_be_given_up(people: People, hands: Hands) -> None:
    theme = await save_theme(people.acme, GREEN, hands.now)
    assert (await post_form(people.alice, f"{PAGE}/drop", {})).status_code == 303
    assert await theme_of(people.acme) is None
    assert (await people.nobody.get(theme.css_address)).status_code == 404


async def test_nobody_else_reads_or_writes_it(people: People, hands: Hands) -> None:
    before = await save_theme(people.acme, GREEN, hands.now)
    assert (await people.charlie.get(PAGE)).status_code == 404
    for path in (PAGE, f"{PAGE}/drop"):
        assert (await post_form(people.bob, path, FORM)).status_code == 403
        assert (await post_form(people.charlie, path, FORM)).status_code == 404
    assert (await post_form(people.charlie, "/w/other/theme/drop", {})).status_code == 303
    assert (await post_form(people.charlie, "/w/other/theme", {**FORM, "corner": "9"})).status_code == 303
    assert await theme_of(people.acme) == before
    page = (await people.charlie.get("/w/other/theme")).text
    assert before.version not in page
