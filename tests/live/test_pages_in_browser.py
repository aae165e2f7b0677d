"""The pages as people meet them: in Chromium, on a phone, by keyboard, without JavaScript."""

from collections.abc import Iterator

import httpx
import pytest
from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext, Page

from tests.factories import JOURNEY
from tests.live.processes import environment_in, kept, served, until

STAFF_PAGES = ["journeys", "journeys/buying", "journeys/buying/touchpoints/delivery", "pain-points", "responses",
               "decisions", "outbox", "api-keys", "surveys", "surveys/after-delivery", "surveys/after-delivery/edit",
               "theme", "widget", "themes", "themes/general.long_wait", "themes/terms", "mismatches", "reading",
               "journeys/buying/themes", "pain-points/buying/delivery/general.long_wait"]  # fmt: skip
WIDTHS = [320, 390, 768, 1440]


class Running(Struct):
    """A served Kept with six answers, a browser's signed-in state, and links nobody has answered yet."""

    url: str
    state: str
    open_links: list[str]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("browser")
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
        state = folder / "state.json"
        context.storage_state(path=state)
        links = ask(client, page, environment["KEPT_BASE_URL"])
        for link in links[:6]:
            assert client.post(link, data={"felt": "1", "why": "On hold for an hour."}).status_code == 303
        context.close()
        yield Running(environment["KEPT_BASE_URL"], str(state), links[6:])


def ask(client: httpx.Client, page: Page, url: str) -> list[str]:
    """Bring ten contacts through the delivery; their links are read in the outbox, as a person would."""
    page.goto(f"{url}/w/acme/api-keys")
    page.get_by_label("Name").fill("Shop")
    page.get_by_role("button", name="Make a key").click()
    headers = {"Authorization": f"Bearer {page.locator('code.secret').inner_text()}"}
    contacts = [{"id": f"c{number}", "email": f"c{number}@customer.example"} for number in range(10)]
    events = [{"key": contact["id"], "name": "order.delivered", "contact": contact} for contact in contacts]
    assert client.post("/api/v1/events", json=events, headers=headers).status_code == 202

    def all_sent() -> bool:
        page.goto(f"{url}/w/acme/outbox")
        return page.locator("tbody tr").count() == len(contacts)

    until(all_sent)
    addresses = [row.get_attribute("href") or "" for row in page.locator("tbody a").all()]
    links = []
    for address in addresses:
        page.goto(f"{url}/w/acme/{address}")
        page.get_by_text("As plain text").click()
        links.append(page.locator("pre a").first.get_attribute("href") or "")
    return links


@pytest.fixture
def staff(running: Running, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(storage_state=running.state)
    yield context
    context.close()


@pytest.mark.live
def test_a_mail_of_the_outbox_is_read_and_clicked(running: Running, staff: BrowserContext) -> None:
    page = staff.new_page()
    page.goto(f"{running.url}/w/acme/outbox")
    page.get_by_role("link", name="Your delivery").first.click()
    with staff.expect_page() as opened:
        page.frame_locator("iframe.mail").get_by_role("link", name="Very good").click()
    opened.value.wait_for_url("**/a/**")
    assert opened.value.get_by_role("heading").first.inner_text()


@pytest.mark.live
def test_the_survey_is_answered_by_keyboard_alone_and_without_javascript(running: Running, chromium: Browser) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(running.open_links.pop())
    page.keyboard.press("Tab")  # into the faces
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("Bad", exact=True).is_checked()
    page.keyboard.press("Tab")  # into 0 to 10
    page.keyboard.press("Space")
    assert page.get_by_label("0", exact=True).is_checked()
    page.keyboard.press("Tab")  # to the first emotion
    page.keyboard.press("Space")
    for _ in range(10):
        page.keyboard.press("Tab")
    page.keyboard.type("typed")
    assert page.get_by_role("textbox").input_value() == "typed"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()


@pytest.mark.live
def test_a_form_with_a_fault_comes_back_with_what_was_written(running: Running, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(running.open_links[-1])
    page.get_by_role("textbox").fill("words that took a while")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").first.wait_for()
    assert page.get_by_role("textbox").input_value() == "words that took a while"


@pytest.mark.live
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_curve_is_drawn_under_the_content_security_policy_with_nothing_from_elsewhere(
    running: Running, chromium: Browser, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        storage_state=running.state,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(httpx.URL(request.url).netloc.decode()))
    page.goto(f"{running.url}/w/acme/journeys/buying")
    page.locator("[data-drawn] svg").wait_for()
    assert "Delivery" in (page.locator("[data-drawn] svg").text_content() or "")
    assert complaints == []
    assert hosts == {httpx.URL(running.url).netloc.decode()}
    context.close()


@pytest.mark.live
def test_the_curve_is_there_without_javascript(running: Running, chromium: Browser) -> None:
    context = chromium.new_context(storage_state=running.state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{running.url}/w/acme/journeys/buying")
    picture = page.locator(".chart img")
    picture.wait_for()
    size = picture.bounding_box()
    assert size is not None
    assert size["width"] > 600
    assert size["height"] > 200
    context.close()


@pytest.mark.live
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_screen(running: Running, chromium: Browser, width: int) -> None:
    context = chromium.new_context(storage_state=running.state, viewport={"width": width, "height": 800})
    page = context.new_page()
    paths = [f"/w/acme/{path}" for path in STAFF_PAGES] + [running.open_links[0].removeprefix(running.url)]
    too_wide = []
    for path in paths:
        answered = page.goto(running.url + path)
        assert answered is not None
        assert answered.status == 200, path
        if page.evaluate("document.body.scrollWidth") > width:
            too_wide.append(path)
    assert too_wide == []
    context.close()
