"""The system's Chromium, driven by playwright.

A module at a time: while playwright runs, no other test of the same process can have an event loop of its own.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.live.every_question import Doors, doors_in
from tests.live.install_browser import browser_path

# Without a display, without a sandbox (root has none), and without a word to anybody outside.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.fail("the browser tests need Chromium: make browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One Kept with every kind of question for all modules that only answer it."""
    with doors_in(tmp_path_factory.mktemp("doors")) as doors:
        yield doors
