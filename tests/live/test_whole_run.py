"""A real run that no fixture fakes: processes, PostgreSQL, SMTP, Chromium; from an event to the curve and the CSV."""

import csv
import io
import re
from collections.abc import Iterator
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
from tests.live.processes import environment_in, free_port, kept, served, until

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


@pytest.mark.live
def test_an_event_becomes_a_mail_an_answer_a_point_of_the_curve_and_a_line_of_the_csv(
    tmp_path: Path, chromium: Browser
) -> None:
    environment = environment_in(tmp_path / "data")
    journey = tmp_path / "journey.yaml"
    journey.write_text(JOURNEY.replace("wait: PT2H", "wait: PT0S"), encoding="utf-8")
    mailman = Mailman()
    with smtp_server(mailman) as smtp_port:
        environment |= {"KEPT_MAIL_TRANSPORT": "smtp", "KEPT_SMTP_PORT": str(smtp_port), "KEPT_SMTP_TLS": "none"}
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
