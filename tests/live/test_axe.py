"""What axe-core finds on the answering page: nothing, on any screen, in either direction of writing, at any size."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Literal

import httpx
import pytest
from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.live.every_question import GROUPS, Doors
from tests.live.processes import until

pytestmark = pytest.mark.live

AXE_SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = ("en", "ar")
Scheme = Literal["light", "dark"]


class View(Struct, frozen=True):
    """A window of `width` CSS pixels; a page at 200 % zoom has half of them, each twice as large."""

    width: int
    zoom: int
    scheme: Scheme


SIZES = [(320, 1), (390, 1), (768, 1), (1440, 1), (720, 2)]
ALL_VIEWS = [View(width, zoom, scheme) for scheme in ("light", "dark") for width, zoom in SIZES]
# The narrowest and the widest are enough for a screen whose question is seen in ALL_VIEWS among others.
SOME_VIEWS = [View(320, 1, "dark"), View(1440, 1, "light")]
BOTH_SCHEMES = [View(390, 1, "light"), View(390, 1, "dark")]


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
def test_all_questions_on_one_screen_before_and_after_they_are_answered(
    doors: Doors, seen: Seen, group: str, language: str
) -> None:
    assert seen.barriers(doors.visit(f"{group}-page", lang=language), ALL_VIEWS) == []
    seen.page.evaluate("document.querySelectorAll('.question').forEach(one => one.querySelector('label')?.click())")
    seen.page.locator(".saved").wait_for()
    assert seen.barriers_here(BOTH_SCHEMES) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS)
def test_each_question_on_a_screen_of_its_own(doors: Doors, seen: Seen, group: str, language: str) -> None:
    visit = doors.visit(f"{group}-steps", lang=language)
    keys = [question["key"] for question in GROUPS[group]]
    assert [found for key in keys for found in seen.barriers(f"{visit}&at={key}", SOME_VIEWS)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_around_the_questions(doors: Doors, seen: Seen, language: str) -> None:
    answered, kiosk = doors.visit("short", lang=language), doors.visit("short", "k", lang=language)
    for visit in (answered, kiosk, doors.visit("full")):
        httpx.post(visit, data={"felt": "4"})
    mailed = doors.mailed("order.delivered", f"axe-{language}")
    said = f"?lang={language}"
    pages = [
        (answered, 200),  # thank you
        (f"{answered}&again=1", 200),
        (f"{answered}&change=1", 200),
        (kiosk, 200),
        (doors.visit("over", lang=language), 410),
        (doors.visit("early", lang=language), 403),
        (doors.visit("full", lang=language), 410),
        (f"{doors.url}/s/22222222{said}", 404),
        (mailed + said, 200),
        (f"{mailed}/felt/4{said}", 200),  # clicked in the mail
        (f"{mailed}/unsubscribe{said}", 200),
    ]
    assert [found for address, status in pages for found in seen.barriers(address, SOME_VIEWS, status)] == []
    seen.page.get_by_role("button").click()
    seen.page.get_by_role("status").wait_for()
    assert seen.barriers_here(SOME_VIEWS) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_with_faults(doors: Doors, seen: Seen, language: str) -> None:
    for group in ("numbers", "words"):
        seen.page.goto(doors.visit(f"{group}-page", lang=language))
        seen.page.locator("button.go").click()
        seen.page.locator("fieldset [role=alert]").wait_for()
        assert seen.barriers_here(SOME_VIEWS) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_choice_of_a_language_is_open(doors: Doors, seen: Seen, language: str) -> None:
    seen.page.goto(doors.visit("short", lang=language))
    seen.page.locator("summary").click()
    assert seen.barriers_here(SOME_VIEWS) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_widgets_own_page(doors: Doors, seen: Seen, language: str) -> None:
    for touchpoint in ("checkout", "pictures"):
        address = doors.widget(touchpoint)
        assert seen.barriers(f"{address}&lang={language}", SOME_VIEWS) == []


def test_the_preview(doors: Doors, context: BrowserContext, seen: Seen) -> None:
    context.add_cookies(
        [{"name": name, "value": value, "url": doors.url} for name, value in doors.client.cookies.items()]
    )
    for survey in ("short", "words-page"):
        assert seen.barriers(f"{doors.url}/w/acme/surveys/{survey}/preview", SOME_VIEWS) == []


def test_the_pages_of_the_staff(doors: Doors, context: BrowserContext, seen: Seen) -> None:
    context.add_cookies(
        [{"name": name, "value": value, "url": doors.url} for name, value in doors.client.cookies.items()]
    )
    doors.mailed("order.delivered", "axe-staff")
    (contact,) = doors.rows("SELECT id FROM contact WHERE external_id = 'axe-staff'")
    (trigger,) = doors.rows("SELECT id FROM trigger WHERE is_active ORDER BY id LIMIT 1")
    pages = [
        *("triggers", "triggers/new", f"triggers/{trigger['id']}", "events", "decisions", "outbox"),
        *("contacts", f"contacts/{contact['id']}", f"contacts/{contact['id']}/why", "contacts/duplicates"),
        *("contacts/import", "why", "suppressions", "policy", "senders", "senders/new", "messengers", "api-keys"),
    ]
    assert [found for page in pages for found in seen.barriers(f"{doors.url}/w/acme/{page}", SOME_VIEWS)] == []


def test_the_pages_of_what_people_say(doors: Doors, context: BrowserContext, seen: Seen) -> None:
    context.add_cookies(
        [{"name": name, "value": value, "url": doors.url} for name, value in doors.client.cookies.items()]
    )
    for number in range(6):
        said = {"felt": "1" if number else "5", "why": "Great staff, but I was on hold for an hour. I am angry."}
        httpx.post(doors.mailed("order.delivered", f"axe-says-{number}"), data=said)
    until(lambda: doors.client.get("/w/acme/responses").text.count("on hold") >= 6)
    waiting = "pain-points/buying/delivery/general.long_wait"
    doors.post(f"/w/acme/{waiting}/status", status="confirmed", note="Everybody says so.")
    pages = [
        *("responses", "responses?sentiment=negative", "mismatches", "reading", "themes", "themes/general.long_wait"),
        *("themes/terms", "journeys/buying/themes", "pain-points", waiting),
    ]
    assert [found for page in pages for found in seen.barriers(f"{doors.url}/w/acme/{page}", SOME_VIEWS)] == []


def test_axe_would_find_a_barrier(doors: Doors, seen: Seen) -> None:
    """Faint words, a button too small, and a page too wide: the checks above are not blind."""
    seen.page.goto(doors.visit("short"))
    seen.page.evaluate(
        """() => {
            const faint = new CSSStyleSheet()
            faint.replaceSync(".from{color:#ccc} summary, button{height:9px!important;min-height:0!important}")
            document.adoptedStyleSheets = [faint]
            document.querySelector("fieldset").insertAdjacentHTML("afterend", "<button>a</button><button>b</button>")
            document.querySelector(".from").textContent = "x".repeat(9_000)
            document.querySelector(".from").setAttribute("dir", "ltr")
            document.querySelector("main").append(Object.assign(document.createElement("canvas"), { width: 2000 }))
        }"""
    )
    found = {said.split(": ")[1].split(" ")[0] for said in seen.barriers_here([View(320, 1, "light")])}
    assert {"color-contrast", "target-size", "it"} <= found


@pytest.mark.parametrize("group", GROUPS)
def test_in_forced_colours_buttons_have_edges_and_what_is_chosen_stands_out(
    doors: Doors, chromium: Browser, group: str
) -> None:
    context = chromium.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(doors.visit(f"{group}-page"))
    page.evaluate("document.querySelectorAll('.question').forEach(one => one.querySelector('label')?.click())")
    page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
    chosen = page.locator(":is(.scale, .chips, .pictures, .rows) > :has(:checked)")
    other = page.locator(":is(.scale, .chips, .pictures, .rows) > label:not(.more):not(:has(:checked))").first
    colour = "one => getComputedStyle(one).backgroundColor"
    assert chosen.count() >= 2
    assert other.evaluate(colour) not in [one.evaluate(colour) for one in chosen.all()]
    edge = page.locator(".go").evaluate("one => getComputedStyle(one).border")
    assert edge.startswith("2px solid rgb(")
    assert "rgba(0, 0, 0, 0)" not in edge
    context.close()
