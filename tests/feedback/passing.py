"""Contacts who pass four touchpoints of one journey, told by the API."""

from typing import Any

from core.database import fetch
from feedback.deciding.policy import Draw, Policy
from tests.factories import JOURNEY, Hands, make_key
from tests.people import People

ASKS = "asks: [{survey: after-delivery, wait: PT2H, expires: P14D}]"
FOUR = JOURNEY.replace(
    "stages:",
    """stages:
  - key: use
    name: Using
    phase: Use
    touchpoints:
"""
    + "".join(
        f"      - {{key: {key}, name: {key}, period: after, channel: web, event: {key}.done, {ASKS}}}\n"
        for key in ("first", "second", "third")
    ),
)
FIRST_COME = Policy(draw=Draw.FIRST_COME, contact_budget=None, account_budget=None, overall_days=0)


def happened(
    contact: str = "c1", event: str = "order.delivered", key: str = "", who: dict[str, Any] | None = None
) -> dict[str, Any]:
    whole = {"id": contact, "email": f"{contact}@customer.example", **(who or {})}
    return {"key": key or f"{event}-{contact}", "name": event, "contact": whole}


async def post(people: People, hands: Hands, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """The decisions, one an event."""
    key = await make_key(people.acme, hands.now)
    answered = await people.nobody.post("/api/v1/events", json=list(events), headers=key)
    assert answered.status_code == 202, answered.text
    return [receipt["decisions"][0] for receipt in answered.json()]


async def change_rules(**rule: str) -> None:
    """Of all triggers, as JSON."""
    fields = ", ".join(f'"{name}": {value}' for name, value in rule.items())
    await fetch("UPDATE trigger SET rule = $1::jsonb", f"{{{fields}}}")
