"""Surveys of any shape put before contacts and passers-by, and what was kept of what they answered."""

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from msgspec import Struct

from core.database import fetch
from core.site import Site
from feedback.answering.asking import VISIT_PREFIX, AskingChannel, Visit
from surveys.links import LinkView, follow_code, open_link
from tests.factories import JOURNEY, Hands, Letterbox, delivered, link_of, make_journey, make_key, work
from tests.people import People

FORM = {"content-type": "application/x-www-form-urlencoded"}
AS_PROGRAM = {"accept": "application/json"}
_BEFORE, _AFTER = JOURNEY.split("surveys:\n")[0], JOURNEY.split("stages:\n")[1]


def asks(key: str, instrument: str, **more: Any) -> dict[str, Any]:
    """A question as a survey file writes it."""
    return {"key": key, "instrument": instrument, **more}


def goes(to: str, **condition: Any) -> dict[str, Any]:
    """A branch that is taken if the condition holds; without one, always."""
    return {"go": to, "when": [condition] if condition else []}


class Customer(Struct, frozen=True):
    """Somebody before their answering page."""

    client: httpx.AsyncClient
    page: str  # its path
    headers: dict[str, str] = {}

    async def opens(self, address: str = "", **query: str) -> httpx.Response:
        return await self.client.get(address or self.page, params=query or None, headers=self.headers)

    async def sends(self, at: str | None = None, **fields: str | list[str]) -> httpx.Response:
        """The form of the screen with the question `at`; a dot in a field's name is written as two underscores."""
        return await self.posts({**({} if at is None else {"_at": at}), **fields})

    async def taps(self, **fields: str | list[str]) -> httpx.Response:
        """What the page sends by itself while a screen is being filled in."""
        return await self.posts({"_partial": "1", **fields})

    async def posts(self, fields: dict[str, str | list[str]], **headers: str) -> httpx.Response:
        data = {name.replace("__", "."): value for name, value in fields.items()}
        return await self.client.post(self.page, data=data, headers={**FORM, **self.headers, **headers})


class Desk(Struct, frozen=True):
    """A workspace with one survey, and the ways in which people come to it."""

    people: People
    site: Site
    letterbox: Letterbox
    hands: Hands

    async def publishes(self, *questions: dict[str, Any], **survey: Any) -> None:
        """The small journey, with a survey of these questions at its delivery."""
        whole = {"key": "after-delivery", "name": "After", "title": "Your delivery", "questions": questions, **survey}
        text = f"{_BEFORE}surveys:\n  - {json.dumps(whole)}\nstages:\n{_AFTER}"
        await make_journey(self.people.acme, self.hands.now, text)

    async def mails(self, contact: str = "c1", properties: dict[str, Any] | None = None, **who: str) -> Customer:
        """A contact who has got the mail after their delivery."""
        event = delivered(contact, properties=properties or {})
        event["contact"].update(who)
        key = await make_key(self.people.acme, self.hands.now)
        posted = await self.people.nobody.post("/api/v1/events", json=event, headers=key)
        assert posted.status_code == 202, posted.text
        self.hands.move(hours=3)
        await work(self.site)
        return Customer(self.people.nobody, link_of(self.letterbox.mails[-1]))

    async def link(self) -> LinkView:
        return await open_link(self.people.acme, "buying", "delivery", "after-delivery", self.hands.now)

    async def visited(self, nonce: str = "n1", channel: AskingChannel = AskingChannel.LINK, **hidden: str) -> Customer:
        """Somebody who has opened the short link, or stands before the tablet."""
        linked = await follow_code((await self.link()).code)
        assert linked is not None
        begun_at = int(self.hands.now.timestamp())
        visit = Visit(linked.link, linked.survey_version, nonce, channel, begun_at, hidden)
        return Customer(self.people.nobody, f"/a/{VISIT_PREFIX}{self.site.visit_links.sign(visit)}")


def leads_to(answer: httpx.Response) -> str | None:
    """The question that the next screen begins with; None at the end."""
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query).get("at", [None])[0]


def screen(page: httpx.Response) -> list[str]:
    """The questions on a screen, in order."""
    assert page.status_code in (200, 422), page.text
    names = re.findall(r'<(?:button|input(?! type="hidden")|textarea)[^>]* name="([a-z0-9-]+)[".]', page.text)
    return list(dict.fromkeys(names))


def progress(page: httpx.Response) -> tuple[int, int] | None:
    found = re.search(r'<progress max="(\d+)" value="(\d+)"', page.text)
    return (int(found[2]), int(found[1])) if found else None


def chosen(page: httpx.Response) -> list[str]:
    """The values that a page shows as chosen."""
    return re.findall(r'value="([^"]*)" (?:checked|aria-pressed="true")', page.text)


def links(page: httpx.Response) -> list[str]:
    """Every address that a page leads to, its styles, script and pictures apart."""
    found = re.findall(r'<(?:a|form|body)[^>]* (?:href|action|data-restart)="([^"]*)"', page.text)
    return [html.unescape(address) for address in found]


async def kept() -> dict[str, Any]:
    """What stands in the one response, by question: its value, picks or words."""
    rows = await fetch("SELECT question, value, picks, text FROM answer ORDER BY question")
    return {
        row["question"]: next((row[kind] for kind in ("value", "picks", "text") if row[kind]), row["value"])
        for row in rows
    }


async def details() -> dict[str, tuple[int | None, str | None]]:
    """The strength and what else was said, by question, where there is either."""
    rows = await fetch("SELECT question, strength, other FROM answer WHERE strength IS NOT NULL OR other IS NOT NULL")
    return {row["question"]: (row["strength"], row["other"]) for row in rows}


async def responses() -> list[dict[str, Any]]:
    return await fetch("SELECT * FROM response ORDER BY id")


async def changes() -> list[str]:
    """The questions whose change waits for the worker."""
    return [row["question"] for row in await fetch("SELECT question FROM answer_change ORDER BY question")]


async def refusals() -> dict[str, int]:
    return {row["reason"]: row["n"] for row in await fetch("SELECT reason, n FROM refusal")}


async def everything_stored() -> dict[str, int]:
    """How many rows each table holds that an answering page may write to, the count of refusals apart."""
    tables = ("contact", "response", "answer", "answer_change", "quota_count", "click")
    return {table: (await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables}


async def opened() -> int:
    return len(await fetch("SELECT FROM invitation WHERE opened_at IS NOT NULL"))
