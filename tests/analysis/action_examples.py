"""A journey of five touchpoints, an action at one of them, and the answers around it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from analysis.actions import log_action
from analysis.before_after import Action, ActionEntry
from analysis.load_changes import load_change
from analysis.report import ActionFigure, ReportSettings
from analysis.score_responses import score_responses
from tests.analysis.answers import given, noon
from tests.factories import Hands
from tests.people import People

OTHERS = ("website", "phone", "invoice", "returns")
JOURNEY = """
kept: journey/1
key: buying
name: Buying a chair
surveys:
  - {key: felt, name: Felt, title: Felt, questions: [{key: felt, instrument: anchor, text: "How did you feel?"}]}
stages:
  - key: buy
    name: Buying
    phase: Purchase
    touchpoints:
""" + "".join(
    f"""
      - {{key: {key}, name: {key.title()}, period: during, channel: web, event: {key}.seen,
         asks: [{{survey: felt, wait: PT2H, expires: P14D}}]}}
"""
    for key in ("delivery", *OTHERS)
)
DAY = date(2026, 1, 20)
ACTION = Action("Two drivers a van", DAY, window_days=20, washout_days=4)
BEFORE, AFTER = date(2026, 1, 5), date(2026, 1, 30)  # days of its windows
DONE = date(2026, 2, 13)  # the first day with a verdict
SETTINGS = ReportSettings()
LOW, HIGH = [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 1], [3, 4, 4, 5, 5, 5, 4, 4, 3, 5, 5, 4]
STEADY = {
    "website": ([3, 4, 5, 4, 4, 3, 5, 4, 3, 4, 5, 4], [4, 4, 5, 4, 4, 3, 5, 4, 3, 4, 5, 4]),
    "phone": ([2, 3, 4, 4, 3, 3, 5, 4, 3, 4, 2, 4], [2, 3, 4, 4, 3, 3, 5, 4, 3, 4, 2, 3]),
    "invoice": ([5, 5, 4, 4, 5, 3, 5, 4, 5, 4, 5, 4], [5, 5, 4, 4, 5, 4, 5, 4, 5, 4, 5, 4]),
}
PAGE = "/w/acme/journeys/buying/actions"


async def answer(
    people: People, contacts: Sequence[int], day: date, key: str, values: Sequence[int], **more: Any
) -> None:
    """One contact each."""
    instrument = more.get("instrument", "anchor")
    for contact, value in zip(contacts, values, strict=False):
        await given(people.acme, contact, noon(day), ("felt", instrument, value), touchpoint=key)


async def scored(hands: Hands) -> None:
    while await score_responses(hands.now):
        pass


async def logged(people: People, hands: Hands, action: Action = ACTION, at: str = "delivery") -> ActionEntry:
    return await log_action(people.acme, "buying", at, action, hands.now)


async def change(people: People, hands: Hands, entry: ActionEntry, today: date = DONE) -> ActionFigure:
    await scored(hands)
    return await load_change(people.acme, "buying", entry.id, today, SETTINGS)


def faces(values: Sequence[int]) -> list[float]:
    return [(value - 3) / 2 for value in values]
