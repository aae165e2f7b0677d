"""What the page's script promises: "Saved" is true, two quick taps are one answer, and nothing is lost offline."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.live.every_question import Doors


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    # Without motion, since a page that is fading in takes no taps.
    context = chromium.new_context(viewport={"width": 390, "height": 780}, has_touch=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def centre(found: Locator) -> tuple[float, float]:
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def at_the_comment(page: Page, doors: Doors) -> Locator:
    """The comment of a survey of two questions, the first of which is answered; nothing is left to be saved."""
    page.goto(doors.visit("everywhere"))
    page.locator("label", has_text="Very good").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    return page.locator("textarea")


def test_saved_is_said_only_of_what_is_saved(doors: Doors, page: Page) -> None:
    why = at_the_comment(page, doors)
    why.press_sequentially("It came la", delay=20)
    expect(page.get_by_text("Saved")).to_be_hidden(timeout=1)
    expect(page.get_by_text("Saved")).to_be_visible()
    assert doors.answers()["why"] == {"text": "It came la"}


def test_words_written_right_before_the_page_is_left_are_kept(doors: Doors, page: Page) -> None:
    at_the_comment(page, doors).press_sequentially("It came late.")
    page.reload()
    page.wait_for_timeout(500)
    assert doors.answers()["why"] == {"text": "It came late."}


def test_what_is_wrong_is_not_said_to_be_saved(doors: Doors, page: Page) -> None:
    page.goto(doors.visit("numbers-steps") + "?at=why")
    page.locator("textarea").fill("x" * 501)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("shorten it to 500")).to_be_visible()
    expect(page.get_by_text("Saved")).to_be_hidden()


def test_two_quick_taps_on_one_spot_are_one_answer(doors: Doors, page: Page) -> None:
    page.goto(doors.visit("numbers-steps"))
    x, y = centre(page.get_by_role("button", name="3", exact=True))
    page.touchscreen.tap(x, y)
    page.wait_for_url("**at=seven*")
    page.touchscreen.tap(x, y)
    page.wait_for_timeout(600)
    assert page.url.endswith("at=seven")
    page.touchscreen.tap(x, y)
    page.wait_for_url("**at=seven-stars*")


def test_what_is_sent_offline_is_sent_once_the_person_is_online(doors: Doors, page: Page) -> None:
    page.goto(doors.visit("mailed"))
    page.get_by_role("button", name="Good", exact=True).click()
    page.locator("textarea").fill("Before the tunnel.")
    page.context.set_offline(True)
    page.locator("textarea").fill("Before the tunnel, and in it.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("You are offline")
    assert page.locator("textarea").input_value() == "Before the tunnel, and in it."
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert doors.answers()["why"] == {"text": "Before the tunnel, and in it."}
