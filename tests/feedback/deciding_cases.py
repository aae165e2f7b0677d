"""What the tests of deciding decide on: one journey's triggers, contacts by number, and a batch that goes by itself."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from feedback.deciding.deciding import ContactFacts, Ground, Happening, PageState, Past, Verdict, decide
from feedback.deciding.lottery import period_start, shared_out
from feedback.deciding.policy import Policy
from feedback.deciding.policy_check import Asked
from surveys.journey_file import AskChannel
from surveys.journeys import LatestSurvey, TriggerView
from surveys.trigger_rule import TriggerRule

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
WORKSPACE = 7


def trigger_at(touchpoint: int, channel: AskChannel = AskChannel.MAIL, **rule: Any) -> TriggerView:
    """Its survey has the touchpoint's number times ten; it waits two hours and expires after two weeks."""
    return TriggerView(
        id=100 + touchpoint,
        event=f"event-{touchpoint}",
        journey_key="buying",
        touchpoint=touchpoint,
        touchpoint_key=f"t{touchpoint}",
        survey=10 * touchpoint,
        survey_version=10 * touchpoint + 1,
        wait_seconds=2 * 3_600,
        expires_seconds=14 * 24 * 3_600,
        channel=channel,
        rule=TriggerRule(**rule),
        instead={"short": LatestSurvey(900, 901), "other": LatestSurvey(910, 911)},
    )


def somebody(number: int = 1, **more: Any) -> ContactFacts:
    return ContactFacts(**{"id": number, "zone": ZoneInfo("UTC"), "has_address": True, **more})


def happened(touchpoint: int = 1, at: datetime = NOW, key: str = "k", **properties: object) -> Happening:
    return Happening(key, f"event-{touchpoint}", at, properties)


def ground(policy: Policy, now: datetime = NOW, touchpoints: Iterable[int] = (1,), **more: Any) -> Ground:
    """Even odds at these touchpoints, in the periods of the next weeks."""
    days = policy.contact_budget.days if policy.contact_budget else 1
    invitations = policy.contact_budget.invitations if policy.contact_budget else 1
    even = shared_out(dict.fromkeys(touchpoints, 1.0), invitations)
    periods = {period_start(now + DAY * after, days): even for after in range(-40, 400)}
    return Ground(**{"workspace": WORKSPACE, "policy": policy, "odds": periods, "now": now, **more})


class Ledger:
    """Decides one event after the other, and remembers what was asked."""

    def __init__(self, policy: Policy, touchpoints: Iterable[int] = (1,), **more: Any) -> None:
        self.ground = ground(policy, touchpoints=touchpoints, **more)
        self.asked: dict[int, list[Asked]] = {}
        self.accounts: dict[str, list[datetime]] = {}

    def decide(self, happening: Happening, trigger: TriggerView, contact: ContactFacts, now: datetime = NOW) -> Verdict:
        of_account: Sequence[datetime] = self.accounts.get(contact.account, ()) if contact.account else ()
        past = Past(self.asked.get(contact.id, ()), of_account, PageState.READY)
        verdict = decide(happening, trigger, contact, past, replace(self.ground, now=now))
        if verdict.asks and verdict.due_at and verdict.survey:
            asked = Asked(
                verdict.due_at,
                happening.occurred_at,
                trigger.touchpoint,
                verdict.survey.survey,
                happening.is_follow_up,
            )
            self.asked.setdefault(contact.id, []).append(asked)
            if contact.account:
                self.accounts.setdefault(contact.account, []).append(verdict.due_at)
        return verdict
