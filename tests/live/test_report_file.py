"""`kept report journey`, as a real process; and its HTML file in a real browser, on every screen and on paper."""

import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from msgspec import Struct
from playwright.sync_api import Browser

from core.settings import BASE_FOLDER
from tests.factories import JOURNEY
from tests.live.processes import environment_in, kept

pytestmark = pytest.mark.live

A4_LANDSCAPE = b"/MediaBox [0 0 841."  # points


class Installed(Struct):
    """A Kept with one journey that nobody has answered about yet."""

    environment: dict[str, str]

    def report(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `kept report journey` to its end."""
        command = [sys.executable, "-m", "cli", "report", "journey", *words]
        return subprocess.run(
            command, cwd=BASE_FOLDER, env=self.environment, capture_output=True, text=True, timeout=60
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("report")
    environment = environment_in(folder / "data")
    (folder / "journey.yaml").write_text(JOURNEY, encoding="utf-8")
    kept(environment, "setup", "--workspace=acme", "--name=Acme", "--owner=alice@acme.example")
    kept(environment, "journey", "import", str(folder / "journey.yaml"), "--workspace=acme")
    return Installed(environment)


def test_every_kind_is_written_and_twice_the_same(installed: Installed, tmp_path: Path) -> None:
    days = ["--workspace=acme", "--since=2026-01-01", "--until=2026-03-31"]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        kinds = [f"--{kind}={tmp_path / name / kind}" for kind in ("json", "html", "svg", "png", "pdf")]
        done = installed.report("buying", *days, *kinds)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for kind in ("json", "html", "svg", "png", "pdf"):
        assert (tmp_path / "one" / kind).read_bytes() == (tmp_path / "two" / kind).read_bytes()
    assert sorted(file.name for file in (tmp_path / "one").iterdir()) == ["html", "json", "pdf", "png", "svg"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["selling", "--workspace=acme"], "kept: There is no journey selling."),
        (["buying", "--workspace=moon"], "kept: there is no workspace moon"),
        (
            ["buying", "--workspace=acme", "--since=2026-02-02", "--until=2026-02-01"],
            "kept: since: the period ends before it starts; swap the two days",
        ),
        (
            ["buying", "--workspace=acme", "--until=0001-01-01"],
            "kept: since: choose days from 2000-01-01 to 2100-01-01",
        ),
    ],
)
def test_a_report_that_can_not_be_made_is_one_line_and_leaves_the_file_as_it_was(
    installed: Installed, tmp_path: Path, words: list[str], line: str
) -> None:
    file = tmp_path / "report.json"
    file.write_text("old", encoding="ascii")
    done = installed.report(*words, f"--json={file}")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{line}\n")
    assert [entry.read_text(encoding="ascii") for entry in tmp_path.iterdir()] == ["old"]


def test_a_file_that_can_not_be_written_is_one_line(installed: Installed, tmp_path: Path) -> None:
    done = installed.report("buying", "--workspace=acme", f"--html={tmp_path / 'no folder' / 'report.html'}")
    assert done.returncode == 1
    assert done.stderr == f"kept: can't write {tmp_path / 'no folder' / 'report.html'}: No such file or directory\n"


def test_where_to_must_be_said(installed: Installed) -> None:
    done = installed.report("buying", "--workspace=acme")
    assert done.returncode == 2
    assert "Say where to: --json, --html, --svg, --png or --pdf FILE." in done.stderr


@pytest.fixture(scope="module")
def page_address(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("page") / "report.html"
    done = installed.report("buying", "--workspace=acme", f"--html={file}")
    assert done.returncode == 0, done.stderr
    return file.as_uri()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "layout"), [(320, "phone"), (390, "phone"), (768, "phone"), (1440, "wide")])
def test_the_page_shows_one_drawing_that_fits_and_asks_for_nothing(
    chromium: Browser, page_address: str, width: int, layout: str, theme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url))
    page.goto(page_address)
    assert said == [page_address]
    seen = [drawing.get_attribute("class") for drawing in page.locator(".card > div").all() if drawing.is_visible()]
    assert seen == [f"{layout} {theme}"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_what_is_folded_on_a_screen_is_on_paper(chromium: Browser, page_address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(page_address)
    funnel = page.locator("details", has_text="Funnel")
    assert not funnel.locator("table").is_visible()
    funnel.locator("summary").click()
    assert funnel.locator("table").is_visible()
    funnel.locator("summary").click()
    page.emulate_media(media="print")
    assert funnel.locator("table").is_visible()
    context.close()


def test_on_paper_the_page_is_light_and_wide_whatever_the_screen(chromium: Browser, page_address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.goto(page_address)
    page.emulate_media(media="print", color_scheme="dark")
    seen = [drawing.get_attribute("class") for drawing in page.locator(".card > div").all() if drawing.is_visible()]
    assert seen == ["wide light"]
    assert A4_LANDSCAPE in page.pdf(prefer_css_page_size=True)
    context.close()
