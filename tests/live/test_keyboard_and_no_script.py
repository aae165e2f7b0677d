"""Every question answered by keyboard alone with JavaScript off, and what JavaScript adds to that."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, Route

from tests.live.every_question import GROUPS, Doors

pytestmark = pytest.mark.live

MOST_TABS = 80
# By question: what is chosen of each field, and what is stored of it.
GIVEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **{
        key: ({key: value}, {"value": value})
        for key, value in {
            "felt": 4, "nps": 9, "faces": 2, "stars": 3, "ces": 7, "ces1": 1, "thumbs": 0, "promise": 2, "compared": 5,
            "weight": 3, "expected": 1, "five": 5, "seven": 1, "seven-stars": 6, "ten": 10, "ten-stars": 8,
        }.items()
    },
    "moods": (
        {"moods": ["happy", "angry"], "moods.strength": 2},
        {"picks": ["happy", "angry"], "strength": 2},
    ),
    "why": ({"why": "It came\nlate"}, {"text": "It came\nlate"}),
    "call": ({"call": 1, "call.email": "kim@customer.example"}, {"value": 1, "other": "kim@customer.example"}),
    "one": ({"one": "kind"}, {"picks": ["kind"]}),
    "one-more": ({"one-more": "other", "one-more.other": "the box"}, {"picks": ["other"], "other": "the box"}),
    "some": ({"some": ["fast", "kind"]}, {"picks": ["fast", "kind"]}),
    "some-more": (
        {"some-more": ["kind", "other"], "some-more.other": "the smell"},
        {"picks": ["kind", "other"], "other": "the smell"},
    ),
    "mood": (
        {"mood": ["trusting", "confused"], "mood.strength": 3},
        {"picks": ["trusting", "confused"], "strength": 3},
    ),
    "agree": ({"agree": ["1"]}, {"value": 1}),
}  # fmt: skip

# Of what has the focus: its name and value, its place, and whether its ring is there. A label shows it for its box.
FOCUSED = """() => {
    const focused = document.activeElement
    const box = focused.closest(".scale > *, .chips > *, .pictures > *, .rows > :not(.more)") || focused
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(box)
    const { top, bottom, left, right } = box.getBoundingClientRect()
    return {
        name: focused.name || "",
        value: focused.value || "",
        tag: focused.localName,
        role: focused.getAttribute("role"),
        words: focused.innerText || "",
        top: top + scrollY,
        middle: (left + right) / 2,
        isSeen: outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 && outlineColor !== "rgba(0, 0, 0, 0)" &&
            top >= 0 && left >= 3 && right <= innerWidth - 3 && bottom <= innerHeight,
    }
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Of a phone."""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """The same without JavaScript."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def tab(page: Page) -> dict[str, Any]:
    """Go on to the next thing that can have the focus; its ring must be seen."""
    page.keyboard.press("Tab")
    focused: dict[str, Any] = page.evaluate(FOCUSED)
    assert focused["isSeen"] or focused["tag"] == "body", focused
    return focused


def tab_to(page: Page, **wanted: str) -> dict[str, Any]:
    for _ in range(MOST_TABS):
        focused = tab(page)
        if all(focused[name] == value for name, value in wanted.items()):
            return focused
    raise AssertionError(f"the keyboard does not reach {wanted}")


def fill_in(page: Page, name: str, given: Any) -> None:
    """One field, going on from the field before it."""
    if isinstance(given, list):
        for value in given:
            tab_to(page, name=name, value=value)
            page.keyboard.press("Space")
        return
    focused = tab_to(page, name=name)
    if focused["tag"] == "textarea" or name.endswith((".other", ".email")):
        page.keyboard.type(given)
    elif focused["tag"] == "button":
        while focused["value"] != str(given):
            focused = tab(page)
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Space")
        while page.evaluate(FOCUSED)["value"] != str(given):
            page.keyboard.press("ArrowDown")


def send(page: Page) -> None:
    """Press the button that leads on."""
    tab_to(page, name="", tag="button")
    page.keyboard.press("Enter")


def stored_of(group: str) -> dict[str, Any]:
    return {one["key"]: GIVEN[one["key"]][1] for one in GROUPS[group] if one["key"] in GIVEN}


@pytest.mark.parametrize("group", GROUPS)
def test_all_on_one_screen(doors: Doors, plain: Page, group: str) -> None:
    plain.goto(doors.visit(f"{group}-page"))
    for question in GROUPS[group]:
        for name, given in GIVEN.get(question["key"], ({}, {}))[0].items():
            fill_in(plain, name, given)
    send(plain)
    plain.get_by_role("heading", name="Thank you").wait_for()
    assert doors.answers() == stored_of(group)


@pytest.mark.parametrize("group", GROUPS)
def test_one_question_a_screen(doors: Doors, plain: Page, group: str) -> None:
    plain.goto(doors.visit(f"{group}-steps"))
    for question in GROUPS[group]:
        plain.locator(f"[name=_at][value={question['key']}]").wait_for(state="attached")
        fields = GIVEN.get(question["key"], ({}, {}))[0]
        is_tapped = plain.locator("fieldset button").count() > 0
        for name, given in fields.items():
            fill_in(plain, name, given)
        if not is_tapped:
            send(plain)
    plain.get_by_role("heading", name="Thank you").wait_for()
    assert doors.answers() == stored_of(group)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("group", GROUPS)
def test_the_focus_goes_down_the_page_and_along_the_lines(doors: Doors, plain: Page, group: str, language: str) -> None:
    plain.goto(doors.visit(f"{group}-page", lang=language))
    before = tab(plain)
    onward = 1 if language == "en" else -1
    while (focused := tab(plain))["tag"] != "body":
        is_below = focused["top"] > before["top"] + 8
        is_beside = abs(focused["top"] - before["top"]) <= 8 and onward * (focused["middle"] - before["middle"]) > 0
        assert is_below or is_beside, (before, focused)
        before = focused
    assert before["tag"] == "summary"


def test_back_shows_what_was_answered(doors: Doors, plain: Page) -> None:
    plain.goto(doors.visit("scales-steps"))
    fill_in(plain, "felt", 4)
    plain.locator("[name=_at][value=nps]").wait_for(state="attached")
    tab_to(plain, words="Back")
    plain.keyboard.press("Enter")
    plain.locator("[name=_at][value=felt]").wait_for(state="attached")
    pressed = plain.locator("[aria-pressed=true]")
    assert pressed.get_attribute("value") == "4"
    fill_in(plain, "felt", 5)
    plain.locator("[name=_at][value=nps]").wait_for(state="attached")
    assert doors.answers() == {"felt": {"value": 5}}


def test_a_question_is_skipped(doors: Doors, plain: Page) -> None:
    plain.goto(doors.visit("scales-steps"))
    tab_to(plain, words="Skip")
    plain.keyboard.press("Enter")
    plain.locator("[name=_at][value=nps]").wait_for(state="attached")


def test_a_fault_is_announced_has_the_focus_and_leads_to_its_question(doors: Doors, plain: Page) -> None:
    plain.goto(doors.visit("numbers-page"))
    fill_in(plain, "five", 5)
    send(plain)
    plain.locator("fieldset [role=alert]").wait_for()
    focused = plain.evaluate(FOCUSED)
    assert (focused["role"], focused["isSeen"]) == ("alert", True)
    tab_to(plain, tag="a")
    plain.keyboard.press("Enter")
    assert tab(plain)["name"] == "why"
    textbox = plain.get_by_role("textbox", name="What is the main reason")
    assert textbox.get_attribute("aria-invalid") == "true"
    words = plain.locator(".question.comment").get_attribute("aria-describedby") or ""
    assert "Please write a few words." in [plain.locator(f"#{part}").inner_text() for part in words.split()]
    plain.keyboard.type("It came late")
    send(plain)
    plain.get_by_role("heading", name="Thank you").wait_for()
    assert doors.answers() == {"five": {"value": 5}, "why": {"text": "It came late"}}


def test_with_javascript_answers_are_kept_while_the_screen_is_filled_in(doors: Doors, page: Page) -> None:
    page.goto(doors.visit("numbers-page"))
    assert not page.locator(".saved").is_visible()
    with page.expect_response(is_kept):
        fill_in(page, "five", 1)
    assert page.locator(".saved").is_visible()
    with page.expect_response(is_kept):
        fill_in(page, "call", 1)
    fill_in(page, "call.email", "kim@customer.example")
    with page.expect_response(is_kept):
        tab(page)  # a text is kept once it is left
    assert doors.answers() == {"five": {"value": 1}, "call": {"value": 1, "other": "kim@customer.example"}}
    page.reload()
    assert page.locator("[name=five][value='1']").is_checked()


def is_kept(answered: Response) -> bool:
    return answered.request.method == "POST" and answered.status == 204


def test_an_answer_on_a_slow_way_does_not_undo_the_one_after_it(doors: Doors, page: Page) -> None:
    held: list[Route] = []
    page.goto(doors.visit("numbers-page"))
    page.route("**/a/v.*", lambda route: route.continue_() if held else held.append(route))
    page.locator("[name=five][value='2']").check()
    page.locator("[name=five][value='5']").check()
    page.wait_for_timeout(500)
    with page.expect_response(is_kept):
        held[0].continue_()
    page.wait_for_timeout(500)
    assert doors.answers() == {"five": {"value": 5}}


def test_a_question_may_be_called_as_a_part_of_the_form(doors: Doors, page: Page) -> None:
    page.goto(doors.visit("named"))
    with page.expect_response(is_kept):
        page.locator("[name=action][value='4']").check()
    page.get_by_role("textbox").fill("By phone")
    with page.expect_response(is_kept):
        tab(page)
    assert doors.answers() == {"action": {"value": 4}, "method": {"text": "By phone"}}


@pytest.mark.parametrize("key", ["Escape", "Enter"])
def test_the_widget_is_closed_by_escape_and_by_its_cross(doors: Doors, page: Page, key: str) -> None:
    page.add_init_script("said = []; addEventListener('message', ({ data }) => said.push(data.kept))")
    page.goto(f"{doors.shop}/{doors.widget_key}")
    page.wait_for_function("window.kept?.isReady")
    page.evaluate("kept('ask', 'checkout')")
    page.wait_for_function("said.includes('size') && !document.querySelector('dialog').inert")
    survey = page.frame_locator("iframe")
    (survey.get_by_role("radio").first if key == "Escape" else survey.get_by_role("button", name="Close")).press(key)
    page.wait_for_function("said.includes('close') && !document.querySelector('dialog')")


def test_a_kiosk_starts_again_and_nothing_of_the_first_person_stays(doors: Doors, page: Page) -> None:
    page.clock.install()
    first = doors.visit("numbers-page", "k")
    page.goto(first)
    page.get_by_role("textbox").first.fill("my secret")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert page.get_by_role("link", name="Change my answer").count() == 0
    page.clock.fast_forward(9_000)
    assert page.url.startswith(first)
    with page.expect_navigation(url="**/a/v.*"):
        page.clock.fast_forward(2_000)
    assert not page.url.startswith(first)
    assert "my secret" not in page.content()
    assert page.locator(":checked").count() == 0
    assert [box.input_value() for box in page.get_by_role("textbox").all()] == [""]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []


def test_a_kiosk_that_is_left_starts_again_after_a_minute(doors: Doors, page: Page) -> None:
    page.clock.install()
    first = doors.visit("numbers-page", "k")
    page.goto(first)
    page.clock.fast_forward(50_000)
    page.locator("[name=five][value='3'] ").check()  # a sign of a person
    page.clock.fast_forward(50_000)
    assert page.url.startswith(first)
    with page.expect_navigation(url="**/a/v.*"):
        page.clock.fast_forward(11_000)
    assert not page.url.startswith(first)
    assert page.locator(":checked").count() == 0


def test_the_browsers_back_shows_the_next_person_of_a_kiosk_nothing(doors: Doors, page: Page) -> None:
    first = doors.visit("numbers-steps", "k")
    page.goto(f"{first}?at=why")
    page.get_by_role("textbox").fill("my secret")
    page.get_by_role("button", name="Next").click()
    page.locator("[name=_at][value=call]").wait_for(state="attached")
    page.evaluate("address => location.replace(address)", f"{doors.url}/k/{doors.code('numbers-steps')}")
    page.wait_for_url(lambda url: "/a/v." in url and not url.startswith(first))
    for _ in range(2):
        page.go_back()
        page.wait_for_url(lambda url: not url.startswith(first), timeout=3_000)
        assert "my secret" not in page.content()
