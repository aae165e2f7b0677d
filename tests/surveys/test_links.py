"""Short links of touchpoints: one for each survey, kept apart by workspace, and drawn as QR codes."""

import re
import struct
import zlib
from xml.etree import ElementTree as ET

import pytest
import segno

from core.database import fetch
from core.errors import NotFound
from surveys.links import (
    CODE_ALPHABET,
    CODE_LENGTH,
    close_link,
    follow_code,
    list_links,
    load_link,
    open_link,
    reopen_link,
)
from surveys.qr_code import BORDER, PIXELS, qr_png, qr_svg
from tests.factories import JOURNEY, Hands, make_journey
from tests.people import BASE_URL, People, post_form

TOUCHPOINT = "/w/acme/journeys/buying/touchpoints/delivery"
ADDRESS = "https://ask.example/s/23456789"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    for workspace in (people.acme, people.other):
        await make_journey(workspace, hands.now)


# Links


async def test_a_touchpoint_has_one_link_for_each_survey(people: People, hands: Hands) -> None:
    first = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    hands.move(days=1)
    assert await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now) == first
    elsewhere = await open_link(people.acme, "buying", "shop", "after-delivery", hands.now)
    assert elsewhere.code != first.code
    assert await list_links(people.acme, first.touchpoint) == [first]


async def test_a_code_spells_nothing_and_mistakes_no_sign_for_another(people: People, hands: Hands) -> None:
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    assert re.fullmatch(f"[{CODE_ALPHABET}]{{{CODE_LENGTH}}}", link.code)
    assert not set(CODE_ALPHABET) & set("AEIOUY01LBDSZ")
    assert len(set(CODE_ALPHABET)) == len(CODE_ALPHABET) == 20


@pytest.mark.parametrize(
    "place",
    [("moon", "delivery", "after-delivery"), ("buying", "moon", "after-delivery"), ("buying", "delivery", "moon")],
)
async def test_a_link_needs_a_touchpoint_and_a_survey(
    people: People, hands: Hands, place: tuple[str, str, str]
) -> None:
    with pytest.raises(NotFound):
        await open_link(people.acme, *place, hands.now)


async def test_a_link_is_closed_once_and_opened_again_under_its_code(people: People, hands: Hands) -> None:
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    closed = await close_link(people.acme, link.id, hands.now)
    hands.move(days=1)
    assert await close_link(people.acme, link.id, hands.now) == closed
    assert not closed.is_open
    assert await reopen_link(people.acme, link.id) == link
    await close_link(people.acme, link.id, hands.now)
    assert await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now) == link


async def test_a_code_leads_to_the_latest_version_in_capitals_or_not(people: People, hands: Hands) -> None:
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    before = await follow_code(link.code)
    await make_journey(people.acme, hands.now, JOURNEY.replace("Your delivery", "Your chair"))
    after = await follow_code(link.code.lower())
    assert before is not None
    assert after is not None
    assert (before.definition.title, after.definition.title) == ("Your delivery", "Your chair")
    assert after.survey_version > before.survey_version
    assert (after.link, after.workspace, after.is_open) == (link.id, people.acme, True)


async def test_a_touchpoint_that_is_gone_asks_nobody(people: People, hands: Hands) -> None:
    link = await open_link(people.acme, "buying", "shop", "after-delivery", hands.now)
    await fetch("UPDATE touchpoint SET is_removed = true WHERE id = $1", link.touchpoint)
    found = await follow_code(link.code)
    assert found is not None
    assert not found.is_open


@pytest.mark.parametrize(
    "code", ["", "2345678", "234567890", "AAAAAAAA", "2345678\0", "2345678%", "ßßßß", "２３４５６７８９"]
)
async def test_what_is_no_code_leads_nowhere(people: People, code: str) -> None:
    assert await follow_code(code) is None


async def test_links_of_another_workspace_can_not_be_managed(people: People, hands: Hands) -> None:
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    with pytest.raises(NotFound):
        await load_link(people.other, link.id)
    with pytest.raises(NotFound):
        await close_link(people.other, link.id, hands.now)
    assert await load_link(people.acme, link.id) == link
    await close_link(people.acme, link.id, hands.now)
    with pytest.raises(NotFound):
        await reopen_link(people.other, link.id)
    assert not (await load_link(people.acme, link.id)).is_open
    assert await list_links(people.other, link.touchpoint) == []


# QR codes


def matrix_of(address: str) -> list[list[int]]:
    """The modules as the standard has them, with the border."""
    code = segno.make_qr(address, error="m", boost_error=False)
    return [[int(module) for module in row] for row in code.matrix_iter(border=BORDER)]


def test_the_svg_draws_the_modules_of_its_address_black_on_white() -> None:
    picture = ET.fromstring(qr_svg(ADDRESS))
    background, lines = picture.findall(f"{SVG}path")
    size = len(matrix_of(ADDRESS))
    assert picture.get("viewBox") == f"0 0 {size} {size}"
    assert (background.get("fill"), background.get("d")) == ("#fff", f"M0 0h{size}v{size}h-{size}z")
    assert lines.get("stroke") == "#000"
    assert drawn(lines.get("d") or "", size) == matrix_of(ADDRESS)


def drawn(path: str, size: int) -> list[list[int]]:
    """The modules that a path of moves (`M`, `m`) and horizontal strokes (`h`) covers."""
    modules = [[0] * size for _ in range(size)]
    x, y = 0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            for column in range(x, x + int(values[0])):
                modules[int(y)][column] = 1
            x += int(values[0])
        else:
            x, y = (int(values[0]), values[1]) if command == "M" else (x + int(values[0]), y + values[1])
    return modules


def test_the_svg_says_what_it_is_and_has_no_style_of_its_own() -> None:
    svg = qr_svg('https://ask.example/s/2345?a="<&>')
    title = ET.fromstring(svg).find(f"{SVG}title")
    assert title is not None
    assert title.text == 'QR code: https://ask.example/s/2345?a="<&>'
    assert "style" not in svg
    assert "class" not in svg


def test_the_png_has_the_same_modules_and_fits_a_poster() -> None:
    png = qr_png(ADDRESS)
    width, height, depth, colours = struct.unpack(">IIBB", png[16:26])
    size = len(matrix_of(ADDRESS))
    assert (width, height, depth, colours) == (size * PIXELS, size * PIXELS, 1, 0)
    packed = re.findall(rb"IDAT(.*?)(?=.{4}.{4}(?:IDAT|IEND))", png, re.DOTALL)
    rows = unfiltered(zlib.decompress(b"".join(packed)), (width + 7) // 8)
    middles = range(PIXELS // 2, width, PIXELS)
    found = [[1 - (rows[y][x // 8] >> (7 - x % 8) & 1) for x in middles] for y in middles]
    assert found == matrix_of(ADDRESS)


def unfiltered(raw: bytes, width: int) -> list[bytes]:
    """The rows of a PNG, `width` bytes each: as they are (filter 0), or as what changes from the row above (2)."""
    rows = [bytes(width)]
    for start in range(0, len(raw), width + 1):
        kind, row = raw[start], raw[start + 1 : start + 1 + width]
        assert kind in (0, 2)
        rows.append(row if kind == 0 else bytes((one + above) % 256 for one, above in zip(row, rows[-1], strict=True)))
    return rows[1:]


# Pages


async def test_an_editor_makes_a_link_and_sees_its_addresses_and_picture(people: People) -> None:
    made = await post_form(people.alice, f"{TOUCHPOINT}/links", {"survey": "after-delivery"})
    assert (made.status_code, made.headers["location"]) == (303, f"{TOUCHPOINT}#links")
    page = (await people.alice.get(TOUCHPOINT)).text
    [code] = set(re.findall(rf"{BASE_URL}/s/([{CODE_ALPHABET}]{{8}})", page))
    assert f"{BASE_URL}/k/{code}" in page
    assert "Make the link" not in page  # the only survey has its link
    [picture] = re.findall(r'<img src="([^"]+qr\.svg)"', page)
    svg = await people.bob.get(picture)
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text == qr_svg(f"{BASE_URL}/s/{code}")
    png = await people.bob.get(picture.replace(".svg", ".png"))
    assert (png.headers["content-type"], png.content) == ("image/png", qr_png(f"{BASE_URL}/s/{code}"))


async def test_a_link_is_closed_and_opened_on_the_page(people: People, hands: Hands) -> None:
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    for act, is_open in (("close", False), ("reopen", True)):
        answered = await post_form(people.alice, f"/w/acme/links/{link.id}/{act}", {})
        assert (answered.status_code, answered.headers["location"]) == (303, f"{TOUCHPOINT}#links")
        assert (await load_link(people.acme, link.id)).is_open is is_open


async def test_who_only_looks_sees_the_link_and_changes_nothing(people: People, hands: Hands) -> None:
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    page = (await people.bob.get(TOUCHPOINT)).text
    assert link.code in page
    assert "Close this link" not in page
    for path in (f"{TOUCHPOINT}/links", f"/w/acme/links/{link.id}/close", f"/w/acme/links/{link.id}/reopen"):
        assert (await post_form(people.bob, path, {"survey": "after-delivery"})).status_code == 403


async def test_another_workspace_finds_no_link_by_its_number(people: People, hands: Hands) -> None:
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    for path in ("qr.svg", "qr.png"):
        assert (await people.charlie.get(f"/w/other/links/{link.id}/{path}")).status_code == 404
    for act in ("close", "reopen"):
        assert (await post_form(people.charlie, f"/w/other/links/{link.id}/{act}", {})).status_code == 404
    assert (await load_link(people.acme, link.id)).is_open
