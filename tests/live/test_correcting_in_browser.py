"""A correction is one click: without a new page where scripts run, and back in the same place where none do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import JOURNEY
from tests.live.processes import environment_in, kept, served, until
from tests.live.test_pages_in_browser import ask

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def responses(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[tuple[str, Path]]:
    """The address of a page with six comments that were read, and the signed-in state."""
    folder = tmp_path_factory.mktemp("correcting")
    environment = environment_in(folder / "data")
    journey = folder / "journey.yaml"
    journey.write_text(JOURNEY.replace("wait: PT2H", "wait: PT0S"), encoding="utf-8")
    link = kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "al@acme.example")
    kept(environment, "journey", "import", str(journey), "--workspace", "acme")
    with served(environment) as client:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(link)
        page.get_by_role("button", name="Sign in now").click()
        page.wait_for_url("**/journeys")
        context.storage_state(path=folder / "state.json")
        links = ask(client, page, environment["KEPT_BASE_URL"])
        for answering in links[:6]:
            assert client.post(answering, data={"felt": "1", "why": "On hold for an hour."}).status_code == 303
        address = f"{environment['KEPT_BASE_URL']}/w/acme/responses"

        def all_read() -> bool:
            page.goto(address)
            return page.locator(".comment").count() == 6

        until(all_read)
        context.close()
        yield address, folder / "state.json"


def pressed(page: Page, at: int) -> str:
    return page.locator(".comment").nth(at).locator("button[aria-pressed=true]").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_click_corrects_without_a_new_page(chromium: Browser, responses: tuple[str, Path], width: int) -> None:
    address, state = responses
    context = chromium.new_context(storage_state=state, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{address}?touchpoint=delivery")
    page.evaluate("window.stayed = true")
    wanted = "Positive" if width == 390 else "Mixed"
    comment = page.locator(".comment").nth(2)
    comment.get_by_role("button", name=wanted).click()
    expect(comment.get_by_text("corrected by")).to_be_visible()
    assert pressed(page, 2) == wanted
    assert page.evaluate("window.stayed && document.activeElement.innerText") == wanted
    comment.get_by_text("Add a theme").click()
    comment.get_by_label("Theme").fill("No such theme")
    page.keyboard.press("Enter")
    said = "“No such theme” is no theme of this workspace"
    expect(comment.get_by_label("Theme")).to_have_js_property("validationMessage", said)
    comment.get_by_label("Theme").fill("Search does not find it")
    page.keyboard.press("Enter")
    expect(comment.get_by_text("Add a theme")).to_be_focused()
    taken = comment.get_by_role("button", name="It is not about: Search does not find it")
    taken.click()
    expect(taken).to_have_count(0)
    page.reload()
    assert pressed(page, 2) == wanted
    comment.get_by_role("button", name="Take back").click()
    expect(comment.get_by_text("corrected by")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_without_scripts_the_same_click_comes_back_to_the_same_place(
    chromium: Browser, responses: tuple[str, Path]
) -> None:
    address, state = responses
    context = chromium.new_context(storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}?touchpoint=delivery")
    comment = page.locator(".comment").nth(3)
    name = comment.get_attribute("id")
    comment.get_by_role("button", name="Neutral").click()
    assert page.url == f"{address}?touchpoint=delivery#{name}"
    assert pressed(page, 3) == "Neutral"
    context.close()
