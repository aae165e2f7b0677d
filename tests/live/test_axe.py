"""What axe-core finds on the answering page: nothing, on any screen, in either direction of writing, at any size."""

from collections.abc import Iterator
from typing import Any, Literal

import httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.live.every_question import GROUPS, Doors
from tests.live.processes import until

pytestmark = pytest.mark.live

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = ("en", "ar")
Scheme = Literal["light", "dark"]


class View(Struct, frozen=True):
    """A window of `width` CSS pixels; a page at 200 % zoom has half of them, each twice as large."""

    width: int
    zoom: int
    scheme: Scheme


# Two windows of 1440 and of 640 pixels at 200 % are 720 and 320 pixels wide.
SIZES = [(320, 1), (390, 1), (768, 1), (1440, 1), (720, 2), (320, 2)]
ALL_VIEWS = [View(width, zoom, scheme) for scheme in ("light", "dark") for width, zoom in SIZES]
# Every size and both schemes: enough for screens that hold one question each, as all of them are seen in ALL_VIEWS too.
EACH_SIZE = [View(width, zoom, "dark" if at % 2 else "light") for at, (width, zoom) in enumerate(SIZES)]


class Seen(Struct):
    """A page in Chromium, and what is wrong with it."""

    page: Page
    devtools: CDPSession

    def barriers(self, address: str, views: list[View], status: int = 200) -> list[str]:
        """What axe finds at an address in each of the views."""
        answered = self.page.goto(address)
        assert answered is not None
        assert answered.status == status, address
        return self.barriers_here(views)

    def barriers_here(self, views: list[View]) -> list[str]:
        self.page.evaluate(AXE_SCRIPT)
        return [f"{view}: {found}" for view in views for found in self._found(view)]

    def _found(self, view: View) -> list[str]:
        self.page.emulate_media(color_scheme=view.scheme, reduced_motion="reduce")
        size = {"width": view.width, "height": 800, "deviceScaleFactor": view.zoom, "mobile": False}
        self.devtools.send("Emulation.setDeviceMetricsOverride", size)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        options = {
            "runOnly": {"type": "tag", "values": TAGS},
            "rules": {"target-size": {"enabled": True}},  # of WCAG 2.2; switched off unless it is asked for
            "resultTypes": ["violations"],
        }
        found: dict[str, Any] = self.page.evaluate("options => axe.run(document, options)", options)
        said = [f"{one['id']} {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
        return [*said, *([f"it is {wide} pixels wide"] if wide > view.width else [])]


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture(scope="module")
def seen(context: BrowserContext) -> Seen:
    page = context.new_page()
    return Seen(page, context.new_cdp_session(page))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_all_questions_on_one_screen(doors: Doors, seen: Seen, group: str, language: str) -> None:
    assert seen.barriers(doors.visit(f"{group}-page", lang=language), ALL_VIEWS) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_each_question_on_a_screen_of_its_own(doors: Doors, seen: Seen, group: str, language: str) -> None:
    visit = doors.visit(f"{group}-steps", lang=language)
    keys = [question["key"] for question in GROUPS[group]]
    assert [found for key in keys for found in seen.barriers(f"{visit}&at={key}", EACH_SIZE)] == []
