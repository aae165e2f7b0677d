"""The widget in another company's page: in Chromium, across sites, under a strict content security policy."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FrameLocator, Page

from tests.factories import JOURNEY
from tests.live.processes import environment_in, kept, served, until

IN_PAGE = "asks: [{survey: after-delivery, wait: PT0S, expires: P3D, channel: widget}]"
# The one touchpoint that asks: every visitor wins the lottery.
BY_MAIL = "        asks: [{survey: after-delivery, wait: PT2H, expires: P14D}]\n"
WIDGET_JOURNEY = JOURNEY.replace("event: shop.visited}", f"event: shop.visited, {IN_PAGE}}}").replace(BY_MAIL, "")

# Only its own script may run besides ours; no style, no picture, nothing inline.
POLICY = "default-src 'none'; script-src 'self' {kept}; connect-src {kept}; frame-src {kept}"
PAGE = """<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>
<button id="help">Help</button><input id="search" aria-label="Search"><div id="place"></div>
<script src="/page.js?{query}"></script>{tag}"""
# What a page does before our script is there.
SCRIPT = """
window.kept = window.kept || function () { (kept.q = kept.q || []).push(arguments) }
window.said = []
for (const name of ["kept:done"]) addEventListener(name, () => said.push(name))
const query = new URLSearchParams(document.currentScript.src.split("?")[1])
if (query.has("early")) kept("ask", query.get("early"))
if (query.has("late")) {
  const script = document.createElement("script")
  script.src = query.get("late") + "/embed.js"
  script.dataset.key = query.get("key")
  document.head.append(script)
}
"""


class Host(Struct):
    """A shop's page on another site; `kept_url` is where our script comes from."""

    url: str
    kept_url: str
    key: str

    def page(self, **query: str) -> str:
        return f"{self.url}/?" + "&".join(f"{name}={value}" for name, value in {"key": self.key, **query}.items())


class ShopHandler(BaseHTTPRequestHandler):
    kept_url = ""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/page.js":
            self._answer(SCRIPT, "text/javascript")
        elif address.path == "/":
            mode = f' data-mode="{query["mode"]}"' if "mode" in query else ""
            tag = f'<script async src="{self.kept_url}/embed.js" data-key="{query["key"]}"{mode}></script>'
            self._answer(PAGE.format(query=address.query, tag="" if "late" in query else tag), "text/html")
        else:
            self._answer("", "image/x-icon")

    def _answer(self, text: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY.format(kept=self.kept_url))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Host]:
    folder: Path = tmp_path_factory.mktemp("widget")
    environment = environment_in(folder / "data")
    journey = folder / "journey.yaml"
    journey.write_text(WIDGET_JOURNEY, encoding="utf-8")
    link = kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "al@acme.example")
    kept(environment, "journey", "import", str(journey), "--workspace", "acme")
    shop = ThreadingHTTPServer(("127.0.0.1", 0), ShopHandler)
    ShopHandler.kept_url = environment["KEPT_BASE_URL"]
    url = f"http://localhost:{shop.server_port}"  # by another name, so that a browser takes it for another site
    Thread(target=shop.serve_forever, daemon=True).start()
    with served(environment):
        yield Host(url, environment["KEPT_BASE_URL"], make_key(chromium, link, environment["KEPT_BASE_URL"], url))
    shop.shutdown()
    shop.server_close()


def make_key(chromium: Browser, link: str, kept_url: str, origin: str) -> str:
    """As an owner makes it; the key is read out of the lines to paste."""
    page = chromium.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in now").click()
    page.goto(f"{kept_url}/w/acme/widget")
    page.get_by_label("Name").fill("Shop")
    page.get_by_label("Origins").fill(origin)
    page.get_by_role("button", name="Make a key").click()
    snippet = page.get_by_text("<script async").inner_text()
    page.context.close()
    return snippet.split('data-key="')[1].split('"')[0]


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A visitor's browser, new to the shop."""
    context = chromium.new_context(viewport={"width": 1000, "height": 700})
    yield context
    context.close()


class Visit(Struct):
    """An open page, with everything that its console complained of."""

    page: Page
    complaints: list[str]

    @property
    def survey(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def ask(self, look: str = "{}") -> None:
        self.page.evaluate(f'kept("ask", "shop", {look})')

    def see(self) -> None:
        """Wait for the survey, until it moves no more."""
        self.survey.get_by_text("How did you feel about this step?").wait_for()
        self.until("!document.querySelector('[data-kept][inert]') && document.getAnimations().length === 0")

    def until(self, condition: str) -> None:
        until(lambda: bool(self.page.evaluate(condition)))  # playwright's own way needs the page to allow eval

    def box(self, selector: str) -> dict[str, int]:
        found = self.page.locator(selector).bounding_box()
        assert found is not None
        sides = {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}
        return {name: round(side) for name, side in sides.items()}

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id || document.activeElement.tagName"))

    def settle(self) -> None:
        """Give whatever was asked the time to come."""
        self.page.wait_for_timeout(700)


def visit(context: BrowserContext, address: str) -> Visit:
    page = context.new_page()
    found = Visit(page, [])

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            found.complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return found


@pytest.mark.live
def test_a_popover_takes_the_focus_and_gives_it_back_at_escape(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    shop.page.locator("#help").focus()
    shop.ask()
    shop.see()
    assert shop.page.evaluate("document.querySelector('dialog').matches(':modal')")
    assert shop.page.locator("iframe").get_attribute("title") == "Your delivery"
    assert shop.focused() == "IFRAME"
    for _ in range(30):
        shop.page.keyboard.press("Tab")
        assert shop.focused() in ("IFRAME", "BODY")  # BODY: the browser's own bar, outside of the page
    shop.page.locator("iframe").focus()
    shop.page.keyboard.press("Escape")
    shop.page.locator("dialog").wait_for(state="detached")
    assert shop.focused() == "help"
    assert shop.complaints == []


@pytest.mark.live
def test_escape_closes_from_inside_the_survey_too(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    shop.page.locator("#help").focus()
    shop.ask()
    shop.see()
    shop.survey.locator("[type=radio]").first.focus()
    shop.page.keyboard.press("Escape")
    shop.page.locator("dialog").wait_for(state="detached")
    assert shop.focused() == "help"


@pytest.mark.live
def test_a_slide_in_leaves_the_focus_where_somebody_types(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page(mode="slide-in"))
    shop.page.locator("#search").focus()
    shop.ask()
    shop.see()
    shop.page.keyboard.type("chair")
    assert shop.page.locator("#search").input_value() == "chair"
    assert not shop.page.evaluate("document.querySelector('dialog').matches(':modal')")
    box = shop.box("dialog")
    assert (box["x"] + box["width"], box["y"] + box["height"]) == (984, 684)
    shop.survey.locator("[data-close]").click()
    shop.page.locator("dialog").wait_for(state="detached")
    assert shop.focused() == "search"
    assert shop.complaints == []


@pytest.mark.live
def test_inline_stands_in_its_place_and_is_as_high_as_its_survey(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    shop.ask('{mode: "inline", target: "#place"}')
    shop.see()
    assert shop.page.locator("#place > iframe").count() == 1
    content = shop.survey.locator("html").evaluate("html => html.offsetHeight")
    shop.until(f"document.querySelector('iframe').offsetHeight === {content}")
    assert shop.page.locator("dialog").count() == 0
    assert shop.complaints == []


@pytest.mark.live
def test_a_place_that_holds_a_survey_gets_no_second(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    shop.ask('{mode: "inline", target: "#place"}')
    shop.see()
    asked: list[str] = []
    shop.page.on("request", lambda request: asked.append(request.url))
    shop.ask('{mode: "inline", target: "#place"}')
    shop.settle()
    assert asked == []
    assert shop.page.locator("#place > iframe").count() == 1


@pytest.mark.live
def test_without_its_place_an_inline_survey_pops_over(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page(mode="inline"))
    shop.ask('{target: "#nowhere"}')
    shop.see()
    assert shop.page.evaluate("document.querySelector('dialog').matches(':modal')")


@pytest.mark.live
@pytest.mark.parametrize("width", [320, 1000])
def test_the_full_page_is_the_whole_window(host: Host, context: BrowserContext, width: int) -> None:
    shop = visit(context, host.page(mode="full"))
    shop.page.set_viewport_size({"width": width, "height": 700})
    shop.ask()
    shop.see()
    assert shop.box("iframe") == {"x": 0, "y": 0, "width": width, "height": 700}


@pytest.mark.live
def test_on_a_phone_nothing_is_wider_or_higher_than_the_window(host: Host, context: BrowserContext) -> None:
    for mode in ("popover", "slide-in"):
        shop = visit(context, host.page(mode=mode))
        shop.page.set_viewport_size({"width": 320, "height": 400})
        shop.page.evaluate("localStorage.clear()")
        shop.ask()
        shop.see()
        box = shop.box("dialog")
        assert min(box["x"], box["y"]) >= 0
        assert max(box["x"] + box["width"] - 320, box["y"] + box["height"] - 400) <= 0


@pytest.mark.live
def test_a_survey_is_answered_in_the_page_and_the_page_hears_that_it_is_done(
    host: Host, context: BrowserContext
) -> None:
    shop = visit(context, host.page())
    shop.ask()
    shop.see()
    shop.survey.get_by_label("Good", exact=True).check()
    shop.survey.get_by_role("button", name="Send").click()
    shop.until("said.includes('kept:done')")
    shop.survey.get_by_role("heading", name="Thank you").wait_for()
    assert shop.page.locator("dialog").count() == 1  # the thanks are read before they go
    assert shop.complaints == []


@pytest.mark.live
def test_messages_of_others_do_nothing(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    shop.ask()
    shop.see()
    height = shop.box("iframe")["height"]
    shop.page.evaluate(
        """async (kept_url) => {
            for (const said of [{kept: "close"}, {kept: "size", height: 1}, {kept: "done"}, null, "close", 7])
                postMessage(said, "*")
            await new Promise((done) => setTimeout(done, 200))
        }"""
    )
    # A frame of the right origin, but not the one that was opened.
    shop.page.evaluate(
        """async () => {
            const other = document.createElement("iframe")
            other.src = document.querySelector("dialog iframe").src
            other.name = "other"
            document.body.append(other)
            await new Promise((done) => { other.onload = done })
        }"""
    )
    other = next(frame for frame in shop.page.frames if frame.name == "other")
    other.evaluate('parent.postMessage({kept: "close"}, "*"); parent.postMessage({kept: "size", height: 1}, "*")')
    shop.page.wait_for_timeout(200)
    assert shop.page.locator("dialog[open]").count() == 1
    assert shop.box("dialog iframe")["height"] == height
    assert shop.page.evaluate("said") == []


@pytest.mark.live
def test_a_page_that_asks_again_and_again_shows_one_survey_once(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    for _ in range(5):
        shop.ask()
    shop.page.evaluate('kept("event", "shop.visited")')
    shop.see()
    shop.ask()
    assert shop.page.locator("dialog").count() == 1
    shop.page.keyboard.press("Escape")
    shop.page.locator("dialog").wait_for(state="detached")
    shop.page.evaluate('history.pushState({}, "", "/cart")')
    shop.ask()
    shop.settle()
    assert shop.page.locator("dialog").count() == 0
    again = visit(context, host.page())
    again.ask()
    again.settle()
    assert again.page.locator("dialog").count() == 0
    assert shop.complaints + again.complaints == []


@pytest.mark.live
def test_what_was_said_before_the_script_came_is_done_then(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page(early="shop"))
    shop.see()
    assert shop.complaints == []


@pytest.mark.live
def test_a_script_that_is_added_later_works_too(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page(early="shop", late=host.kept_url))
    shop.see()
    assert shop.complaints == []


@pytest.mark.live
def test_a_second_script_changes_nothing(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    shop.page.evaluate(
        """async (address) => {
            window.first = window.kept
            const again = Object.assign(document.createElement("script"), {src: address})
            document.head.append(again)
            await new Promise((done) => { again.onload = done })
        }""",
        f"{host.kept_url}/embed.js",
    )
    assert shop.page.evaluate("first === kept")


@pytest.mark.live
def test_the_page_keeps_one_number_and_no_cookie(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    assert shop.page.evaluate("localStorage.length") == 0  # nothing before there is something to say
    shop.ask()
    shop.see()
    assert shop.page.evaluate("Object.keys(localStorage)") == ["kept"]
    assert context.cookies() == []


@pytest.mark.live
def test_of_somebody_with_an_id_the_page_keeps_nothing_and_a_forged_one_shows_nothing(
    host: Host, context: BrowserContext
) -> None:
    shop = visit(context, host.page())
    with shop.page.expect_response("**/widget/ask") as answered:
        shop.page.evaluate('kept("identify", {id: "c1", hash: "made-up"}); kept("ask", "shop")')
    assert answered.value.status == 403
    shop.settle()
    assert shop.page.evaluate("localStorage.length") == 0
    assert shop.page.locator("dialog").count() == 0


@pytest.mark.live
def test_a_page_without_storage_is_asked_all_the_same(host: Host, context: BrowserContext) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    shop = visit(context, host.page())
    shop.ask()
    shop.see()


@pytest.mark.live
def test_when_the_server_is_down_the_page_hears_nothing_of_it(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    context.route("**/widget/**", lambda route: route.abort())
    for command in ('"ask", "shop"', '"event", "shop.visited", {a: 1n}', '"identify"', '"dance"', ""):
        shop.page.evaluate(f"kept({command})")
    shop.settle()
    assert {text.partition(":")[0] for text in shop.complaints} <= {
        "Failed to load resource"
    }  # the browser's own words
    assert shop.page.locator("dialog").count() == 0
    context.unroute("**/widget/**")
    shop.ask()
    shop.see()  # as soon as it is back


@pytest.mark.live
@pytest.mark.parametrize("body", ["<h1>Bad gateway</h1>", "null", "{}", '{"ask": null}'])
def test_an_answer_that_makes_no_sense_shows_nothing(host: Host, context: BrowserContext, body: str) -> None:
    shop = visit(context, host.page())
    headers = {"Access-Control-Allow-Origin": host.url}
    context.route("**/widget/**", lambda route: route.fulfill(status=200, body=body, headers=headers))
    shop.ask()
    shop.settle()
    assert shop.page.locator("dialog:not([inert])").count() == 0
    assert shop.complaints == []


@pytest.mark.live
def test_a_survey_that_does_not_come_is_never_seen(host: Host, context: BrowserContext) -> None:
    shop = visit(context, host.page())
    context.route("**/a/**", lambda route: route.abort())
    shop.page.locator("#search").focus()
    shop.ask()
    shop.page.locator("dialog").wait_for(state="attached")
    shop.settle()
    shop.page.keyboard.type("chair")
    assert shop.page.locator("#search").input_value() == "chair"
    assert shop.page.evaluate("getComputedStyle(document.querySelector('dialog')).opacity") == "0"
    shop.page.locator("#help").click()  # nothing lies above the page


@pytest.mark.live
@pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "kept")])
def test_who_wants_less_motion_gets_none(host: Host, context: BrowserContext, motion: Any, animation: str) -> None:
    shop = visit(context, host.page(mode="slide-in"))
    shop.page.emulate_media(reduced_motion=motion)
    shop.ask()
    shop.see()
    assert shop.page.evaluate("getComputedStyle(document.querySelector('dialog')).animationName") == animation
