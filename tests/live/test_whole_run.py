"""A real run that no fixture fakes: processes, PostgreSQL, SMTP and Chromium, from an event to the curve and the CSV."""

import csv
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from playwright.sync_api import Browser, Page

from tests.factories import JOURNEY

OTHERS = [
    "on hold for an hour",
    "Waited on hold, then the line went dead.",
    "kept on hold all morning",
    "still on hold while I write this",
]
OURS = "I was on hold for forty minutes, and nobody could tell me where my chair is."


class Mailman:
    """An SMTP server's handler that keeps what it receives."""

    def __init__(self) -> None:
        self.links: dict[str, str] = {}

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content or b"", policy=default)
        text = message.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
        self.links[envelope.rcpt_tos[0]] = re.search(r"https?://\S+/a/\S+", text)[0]  # type: ignore[index]
        return "250 OK"


@contextmanager
def smtp_server(mailman: Mailman) -> Iterator[int]:
    port = free_port()
    controller = Controller(mailman, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept(environment: dict[str, str], *arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "cli", *arguments], env=environment, capture_output=True, text=True, timeout=60
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


@contextmanager
def served(environment: dict[str, str]) -> Iterator[httpx.Client]:
    process = subprocess.Popen([sys.executable, "-m", "cli", "serve"], env=environment)
    try:
        with httpx.Client(base_url=environment["KEPT_BASE_URL"]) as client:
            until(lambda: client.get("/healthz").status_code == 200)
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Ask until it holds; what never holds fails the test."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("this did not come true in time")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    port = free_port()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("KEPT_")},
        "KEPT_DATA_FOLDER": str(tmp_path / "data"),
        "KEPT_PORT": str(port),
        "KEPT_BASE_URL": f"http://127.0.0.1:{port}",
        "KEPT_MAIL_TRANSPORT": "smtp",
        "KEPT_SMTP_HOST": "127.0.0.1",
        "KEPT_SMTP_TLS": "none",
        "KEPT_WORKER_PAUSE_SECONDS": "0.1",
    }


@pytest.mark.live
def test_an_event_becomes_a_mail_an_answer_a_point_of_the_curve_and_a_line_of_the_csv(
    environment: dict[str, str], tmp_path: Path, chromium: Browser
) -> None:
    journey = tmp_path / "journey.yaml"
    journey.write_text(JOURNEY.replace("wait: PT2H", "wait: PT0S"), encoding="utf-8")
    mailman = Mailman()
    with smtp_server(mailman) as smtp_port:
        environment["KEPT_SMTP_PORT"] = str(smtp_port)
        sign_in_link = kept(environment, "setup", "--workspace", "acme", "--name", "Acme", "--owner", "al@acme.example")
        kept(environment, "journey", "import", str(journey), "--workspace", "acme")
        with served(environment) as client:
            page = chromium.new_page(viewport={"width": 390, "height": 844})
            headers = {"Authorization": f"Bearer {make_key_on_the_page(page, sign_in_link)}"}

            for number, comment in enumerate(OTHERS):
                link = invited(client, headers, mailman, f"other{number}")
                assert client.post(link, data={"felt": "3", "why": comment}).status_code == 303
            answer_in_chromium(page, invited(client, headers, mailman, "kim"))

            def delivery() -> dict[str, Any]:
                found: dict[str, Any] = client.get("/api/v1/journeys/buying/report", headers=headers).json()
                return next(point for point in found["touchpoints"] if point["key"] == "delivery")

            until(lambda: delivery()["n_contacts"] == 5)
            assert delivery()["mean"] == pytest.approx((4 * 0 - 1) / 5)
            assert delivery()["distribution"] == [[1, 1], [3, 4]]
            text = client.get("/api/v1/journeys/buying/pain-points.csv", headers=headers).content.decode("utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text)))
            quotes = [row[column] for row in rows for column in ("quote_1", "quote_2", "quote_3")]
            assert OURS in quotes
            print(f"\nexperience {delivery()['mean']}, n {delivery()['n_contacts']}, first pain: {rows[0]['title']}")
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()


def make_key_on_the_page(page: Page, sign_in_link: str) -> str:
    page.goto(sign_in_link)
    page.get_by_role("button", name="Sign in now").click()
    page.goto(page.url.replace("/journeys", "/api-keys"))
    page.get_by_label("Name").fill("Shop")
    page.get_by_label("read").check()
    page.get_by_role("button", name="Make a key").click()
    return page.locator("code.secret").inner_text()


def invited(client: httpx.Client, headers: dict[str, str], mailman: Mailman, contact: str) -> str:
    """Post the event of `contact` and wait for the mail; returns its link."""
    address = f"{contact}@customer.example"
    event = {"key": f"order-{contact}", "name": "order.delivered", "contact": {"id": contact, "email": address}}
    assert client.post("/api/v1/events", json=event, headers=headers).status_code == 202
    until(lambda: address in mailman.links)
    return mailman.links[address]


def answer_in_chromium(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Very bad").check()
    page.get_by_label("What could we do better").fill(OURS)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you").wait_for()
