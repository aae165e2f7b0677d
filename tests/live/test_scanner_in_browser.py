"""A scanner with a whole browser: the mail's links opened in Chromium, with JavaScript on and nobody in front of it."""

import re
import time
from collections.abc import Iterator

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Page

from feedback.answering.clicks import SOONEST
from tests.factories import JOURNEY
from tests.live.processes import environment_in, kept, served, until

# Chromium's own says that it is headless; gateways that open links say what people's browsers say.
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
LONG_ENOUGH = 2_000  # ms: what a script sends by itself, it sends when the page is there
# What a script can do that a person does; none of it is trusted by a browser.
PRETENDED = """() => {
  for (const type of ["pointerdown", "keydown", "click", "touchstart"])
    for (const target of [document, document.body, document.querySelector("form")])
      target.dispatchEvent(new Event(type, { bubbles: true }))
}"""


class Mailed(Struct):
    """A served Kept, the staff's page in it, and the links of each mail in their order."""

    url: str
    staff: Page
    mails: list[list[str]]

    def said(self) -> dict[str, int]:
        """What the decisions say became of the mails, and how many responses there are."""
        self.staff.goto(f"{self.url}/w/acme/decisions")
        words = self.staff.locator("td[data-label=Invitation]").all_inner_texts()
        return {word: words.count(word) for word in words}


@pytest.fixture
def mailed(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Mailed]:
    folder = tmp_path_factory.mktemp("scanner")
    environment = environment_in(folder / "data")
    journey = folder / "journey.yaml"
    journey.write_text(JOURNEY.replace("wait: PT2H", "wait: PT0S"), encoding="utf-8")
    link = kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "al@acme.example")
    kept(environment, "journey", "import", str(journey), "--workspace", "acme")
    url = environment["KEPT_BASE_URL"]
    with served(environment) as client:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(link)
        page.get_by_role("button", name="Sign in now").click()
        page.wait_for_url("**/journeys")
        page.goto(f"{url}/w/acme/api-keys")
        page.get_by_label("Name").fill("Shop")
        page.get_by_role("button", name="Make a key").click()
        headers = {"Authorization": f"Bearer {page.locator('code.secret').inner_text()}"}
        contacts = [{"id": f"c{n}", "email": f"c{n}@customer.example"} for n in range(3)]
        events = [{"key": contact["id"], "name": "order.delivered", "contact": contact} for contact in contacts]
        assert client.post("/api/v1/events", json=events, headers=headers).status_code == 202
        yield Mailed(url, page, links_of_mails(page, url, len(contacts)))
        context.close()


def links_of_mails(page: Page, url: str, n: int) -> list[list[str]]:
    def all_sent() -> bool:
        page.goto(f"{url}/w/acme/outbox")
        return page.locator("tbody tr").count() == n

    until(all_sent)
    time.sleep(SOONEST.total_seconds())  # nobody reads faster
    addresses = [row.get_attribute("href") or "" for row in page.locator("tbody a").all()]
    return [
        re.findall(r'href="([^"]+/a/[^"]+)"', page.request.get(f"{url}/w/acme/{one}/html").text()) for one in addresses
    ]


def opened(chromium: Browser, link: str, agent: str | None = AGENT) -> Page:
    page = chromium.new_context(user_agent=agent).new_page()
    answered = page.goto(link, wait_until="networkidle")
    assert answered is not None
    assert answered.status == 200
    return page


@pytest.mark.live
def test_a_browser_without_a_person_counts_nothing_and_a_persons_first_sign_counts_once(
    mailed: Mailed, chromium: Browser
) -> None:
    first, second, third = mailed.mails
    for link in first:
        opened(chromium, link, agent=None)
    for mail in (second, third):
        [best] = [link for link in mail if link.endswith("/felt/5")]
        page = opened(chromium, best)
        assert page.get_by_text("You chose “Very good”.").is_visible()
        page.evaluate(PRETENDED)
        page.wait_for_timeout(LONG_ENOUGH)
    assert mailed.said() == {"clicked by a scanner": 1, "clicked, not confirmed": 2}
    mailed.staff.goto(f"{mailed.url}/w/acme/responses")
    assert mailed.staff.locator("tbody tr").count() == 0

    page.mouse.click(5, 5)  # anywhere: somebody is there
    until(lambda: mailed.said().get("answered") == 1)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert mailed.said() == {"clicked by a scanner": 1, "clicked, not confirmed": 1, "answered": 1}
