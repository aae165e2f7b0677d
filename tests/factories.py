"""A small journey, and the ways to bring a contact through it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from accounts.api_keys import Scope, create_api_key
from accounts.membership import find_workspace
from app import jobs_of
from core.mail import Mail
from core.site import Site
from core.worker import run_once
from feedback.deciding.load_policy import save_policy
from feedback.deciding.policy import Draw, Policy
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey

JOURNEY = """
kept: journey/1
key: buying
name: Buying a chair
personas:
  - {key: buyer, name: Buyer, kind: customer}
  - {key: architect, name: Architect, kind: prospect}
surveys:
  - key: after-delivery
    name: After the delivery
    title: Your delivery
    thanks: Thank you for telling us.
    questions:
      - {key: felt, instrument: anchor, text: "How did you feel about this step?", required: true}
      - {key: nps, instrument: nps, text: How likely are you to recommend us}
      - {key: mood, instrument: emotion, text: Which feelings did you have}
      - {key: why, instrument: comment, text: What could we do better}
stages:
  - key: buy
    name: Buying
    phase: Purchase
    touchpoints:
      - {key: shop, name: Shop, period: before, channel: web, event: shop.visited}
      - key: delivery
        name: Delivery
        period: during
        channel: in_person
        event: order.delivered
        owner: Logistics
        promises: [{claim: "At your door in two days", source: Home page, valid_from: 2025-01-01, level: 0.75}]
        asks: [{survey: after-delivery, wait: PT2H, expires: P14D}]
"""


class Letterbox:
    """A transport that keeps what it is given; `failures` are raised first, one a mail."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.failures: list[Exception] = []

    async def send(self, mail: Mail) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.mails.append(mail)


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


async def make_journey(workspace: int, now: datetime, text: str = JOURNEY) -> None:
    await import_journey(workspace, read_journey(text, "journey.yaml"), now)


# As often as there is something to ask about; what a test of something else needs.
UNLIMITED = Policy(draw=Draw.FIRST_COME, contact_budget=None, account_budget=None, overall_days=0, touchpoint_days=30)


async def set_policy(workspace: int, policy: Policy) -> None:
    """The workspace's contact policy from now on; without one, the shipped one holds."""
    await save_policy(workspace, policy, datetime.now(UTC))


async def make_key(workspace: int, now: datetime, *scopes: Scope) -> dict[str, str]:
    """The header of a program that calls with a new key."""
    key = await create_api_key(workspace, "test", frozenset(scopes or Scope), now)
    return {"Authorization": f"Bearer {key}"}


def delivered(contact: str = "c1", key: str | None = None, **more: Any) -> dict[str, Any]:
    """An event of the small journey that asks its contact."""
    who = {"id": contact, "email": f"{contact}@customer.example", "locale": "en", "persona": "buyer"}
    return {"key": key or f"delivered-{contact}", "name": "order.delivered", "contact": who, **more}


async def work(site: Site) -> int:
    """Let a worker do what is due."""
    return await run_once(jobs_of(site), site.clock())


async def invite(client: httpx.AsyncClient, site: Site, letterbox: Letterbox, hands: Hands, contact: str) -> str:
    """Bring `contact` through the delivery; returns the path of their answering page."""
    key = await make_key(await _workspace(), hands.now)
    posted = await client.post("/api/v1/events", json=delivered(contact, key=f"{contact}-{hands.now}"), headers=key)
    assert posted.status_code == 202, posted.text
    hands.move(hours=3)
    await work(site)
    return link_of(letterbox.mails[-1])


def link_of(mail: Mail) -> str:
    """The path of the answering page in a mail."""
    return "/a/" + mail.text.split("/a/")[1].split()[0]


async def _workspace() -> int:
    found = await find_workspace("acme")
    assert found is not None
    return found


async def answer(
    client: httpx.AsyncClient, site: Site, letterbox: Letterbox, hands: Hands, contact: str, **form: str | list[str]
) -> None:
    """Bring `contact` through the delivery and answer as they would; a worker scores it."""
    page = await invite(client, site, letterbox, hands, contact)
    answered = await client.post(page, data=form)
    assert answered.status_code == 303, answered.text
    await work(site)
