"""One survey, four doors: what a person answers is stored the same, whichever door they came by."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.live.every_question import Doors

pytestmark = pytest.mark.live

# What tells one response from another, and who, where and when it was.
OWN = {"id", "invitation", "visit", "contact", "touchpoint", "channel", "occurred_at", "submitted_at", "touched_at"}
# The order in which choices were shown is chance, and the worker scores when it comes to it.
OWN |= {"seed", "scored_at", "followed_up_at"}
ANSWERS: dict[str, dict[str, Any]] = {
    "felt": {"value": 4},
    "nps": {"value": 9},
    "mood": {"picks": ["happy", "angry"], "strength": 2},
    "one": {"picks": ["other"], "other": "the box"},
    "some": {"picks": ["fast", "kind"]},
    "why": {"text": "It came late,\nbut “whole” 🙂"},
    "agree": {"value": 1},
}


def by_mail(doors: Doors, page: Page) -> Frame:
    page.goto(doors.mailed("talk.ended", "same", store="Berlin"))
    return page.main_frame


def by_click_in_the_mail(doors: Doors, page: Page) -> Frame:
    page.goto(doors.mailed("talk.ended", "clicked", store="Berlin") + "/felt/4")
    return page.main_frame


def by_link(doors: Doors, page: Page) -> Frame:
    page.goto(f"{doors.url}/s/{doors.code('everywhere')}?store=Berlin")
    return page.main_frame


def by_kiosk(doors: Doors, page: Page) -> Frame:
    page.goto(f"{doors.url}/k/{doors.code('everywhere')}?store=Berlin")
    return page.main_frame


def by_widget(doors: Doors, page: Page) -> Frame:
    page.goto(f"{doors.shop}/{doors.widget_key}")
    page.wait_for_function("window.kept?.isReady")
    page.evaluate("kept('event', 'order.placed', { store: 'Berlin' })")
    page.wait_for_function("document.querySelector('dialog')?.inert === false")  # it has its size
    survey = page.locator("iframe").element_handle().content_frame()
    assert survey is not None
    return survey


DOORS = [by_mail, by_click_in_the_mail, by_link, by_kiosk, by_widget]


def answer(page: Frame) -> None:
    for words in ("Good", "9", "happy", "angry", "Clearly", "Something else"):
        page.get_by_label(words, exact=True).check()
    page.get_by_label("What else?").fill("the box")
    some = page.get_by_role("group", name="Good?")
    for choice in ("It came fast", "The people were kind"):
        some.get_by_label(choice).check()
    page.locator("textarea").fill(ANSWERS["why"]["text"])
    page.get_by_label("You may quote me.").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you").wait_for()


def response(doors: Doors) -> dict[str, Any]:
    """The newest one, but for what is its own."""
    [row] = doors.rows("SELECT * FROM response ORDER BY id DESC LIMIT 1")
    assert row["seed"] is not None
    return {name: value for name, value in row.items() if name not in OWN}


def answers(doors: Doors) -> list[dict[str, Any]]:
    """Of the newest response, whole rows but for their ids."""
    rows = doors.rows("SELECT * FROM answer WHERE response = (SELECT max(id) FROM response) ORDER BY question")
    return [{name: value for name, value in row.items() if name not in ("id", "response")} for row in rows]


def answer_by(door: Callable[[Doors, Page], Frame], doors: Doors, page: Page) -> None:
    """All that the browser asks for on the way comes from Kept, and the page around the widget from the shop."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer(door(doors, page))
    assert [url for url in asked if not url.startswith((f"{doors.url}/", f"{doors.shop}/"))] == []
    assert any(url.startswith(f"{doors.url}/static/answer.css") for url in asked)


def test_the_same_answer_is_stored_by_every_door(doors: Doors, chromium: Browser) -> None:
    kept = []
    channels = []
    for door in DOORS:
        context = chromium.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
        answer_by(door, doors, context.new_page())
        context.close()
        kept.append((response(doors), answers(doors)))
        channels.append(doors.rows("SELECT channel FROM response ORDER BY id DESC LIMIT 1")[0]["channel"])
    assert channels == ["mail", "mail", "link", "kiosk", "widget"]
    first, *others = kept
    assert doors.answers() == ANSWERS
    assert first[0]["is_complete"]
    assert (first[0]["hidden"], first[0]["quotas"], first[0]["locale"]) == ('{"store": "Berlin"}', ["all"], "en")
    assert others == [first] * len(others)
