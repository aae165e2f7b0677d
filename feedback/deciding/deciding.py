"""Whether to ask after an event: the rules, in the order in which they are tried."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from feedback.contacts.persona_rules import contact_attributes
from feedback.deciding.chances import Chance, account_chance, lottery_chance, probability_of, sample_chance, survey_for
from feedback.deciding.lottery import period_start
from feedback.deciding.policy import Draw, Policy
from feedback.deciding.policy_check import Asked, Group, Refusal, first_refusal
from feedback.deciding.reasons import Reason as Reason
from feedback.deciding.send_window import next_opening
from feedback.tables import Consent, Outcome, Suppressed
from surveys.branching import holds
from surveys.definition import Condition
from surveys.journey_file import AskChannel
from surveys.journeys import LatestSurvey, TriggerView
from surveys.trigger_rule import ANSWERED, SCHEDULED

# What is handed over with the answer to the event: neither waits for a window, and there is nothing to send later.
AT_ONCE = (AskChannel.WIDGET, AskChannel.LINK)
TO_ANSWER = timedelta(days=1)  # that everybody has at least
LONGEST_SEEN = 100  # characters of a value that a condition saw


class PageState(StrEnum):
    """Whether a survey can be shown where the event happened."""

    NONE = "none"  # there is no page, or one that shows a survey already
    READY = "ready"
    TAKEN = "taken"  # this event has brought a survey already


class Happening(Struct, frozen=True):
    """What occurred, as the rules see it; `key` and `name` are the event's."""

    key: str
    name: str
    occurred_at: datetime
    properties: Mapping[str, object] = {}

    @property
    def is_follow_up(self) -> bool:
        return self.name.startswith(ANSWERED)


class ContactFacts(Struct, frozen=True, kw_only=True):
    """What the rules must know of a contact. `suppressed_as` is a word of tables.Suppressed, `persona` a key."""

    id: int
    zone: ZoneInfo
    has_address: bool = False
    suppressed_as: str | None = None
    consent: str = Consent.UNKNOWN
    kind: str = ""
    persona: str | None = None
    locale: str = ""
    account: str | None = None  # the external id
    account_contacts: int = 0  # how many contacts the account has, as far as they are counted
    account_place: int = 0  # the contact's among them by id, from 0; beyond those that are counted, by chance
    attributes: Mapping[str, object] = {}


class Past(Struct, frozen=True):
    """The other invitations of the contact and the moments of those of its account, made or planned, in any order."""

    contact: Sequence[Asked] = ()
    account: Sequence[datetime] = ()
    page: PageState = PageState.NONE


class Ground(Struct, frozen=True, kw_only=True):
    """What is the same for all decisions of a batch. `odds` are the lottery's: by period and touchpoint, in order."""

    workspace: int
    policy: Policy
    groups: Sequence[Group] = ()
    odds: Mapping[date, Mapping[int, float]] = {}
    now: datetime


class Plan(Struct, frozen=True):
    """When somebody would be asked: what the trigger wants, and when that is next allowed; None for never."""

    wanted_at: datetime
    at: datetime | None
    expires_at: datetime  # unless it is asked so late that nobody could answer any more
    waited_for: Reason | None = None


class Verdict(Struct, frozen=True):
    """The decision for one event and trigger, with the figures the rule saw. `survey` is the one that was chosen.

    `probability` is the one with which this event was to be asked about, by all draws; None where none was made.
    """

    outcome: Outcome
    reason: Reason
    due_at: datetime | None = None
    expires_at: datetime | None = None
    facts: dict[str, str] = {}
    probability: float | None = None
    survey: LatestSurvey | None = None

    @property
    def asks(self) -> bool:
        return self.outcome in (Outcome.ASKED, Outcome.DEFERRED)


COOL_DOWNS = frozenset({Reason.SURVEY_COOL_DOWN, Reason.GROUP_COOL_DOWN, Reason.COOL_DOWN})
MOST_COOL_DOWNS = 8  # one after the other; each ends with an invitation that a budget counts, too

NOT_USED = Verdict(Outcome.NOT_USED, Reason.NO_TRIGGER)


def decide(happening: Happening, trigger: TriggerView, contact: ContactFacts, past: Past, ground: Ground) -> Verdict:
    """Whether `trigger` asks this contact about what happened. The first rule that refuses is the reason."""
    refused = _never(contact, ground.policy) or _not_meant(happening, trigger, contact, past.page)
    if refused is not None:
        return refused
    plan = plan_of(happening, trigger, contact.zone, ground.policy, ground.now)
    if plan.at is None or plan.at >= plan.expires_at:
        return _refused(Reason.TOO_LATE, **_lateness(plan))
    survey = survey_for(trigger, contact.persona, contact.id)
    chances = tuple(_chances(happening, trigger, contact, plan.at, ground))  # of the period of the first wish
    plan, refusal = _after_cool_downs(plan, survey, happening, trigger, contact, past, ground)
    if refusal is not None:
        return _refused(refusal.reason, **refusal.facts)
    verdict = _drawn(plan, survey, chances)
    if verdict.asks and trigger.channel is AskChannel.WIDGET and past.page is PageState.TAKEN:
        return _refused(Reason.ASKED_IN_PAGE)
    return verdict


def plan_of(happening: Happening, trigger: TriggerView, zone: ZoneInfo, policy: Policy, now: datetime) -> Plan:
    """When somebody would be asked, were there nothing against it."""
    expires_at = happening.occurred_at + timedelta(seconds=trigger.expires_seconds)
    if expires_at <= now:
        return Plan(now, None, expires_at)
    if trigger.channel in AT_ONCE:
        return Plan(now, now, max(expires_at, now + TO_ANSWER))
    wanted_at = max(now, happening.occurred_at + timedelta(seconds=trigger.wait_seconds))
    opening = next_opening(wanted_at, trigger.rule.window, zone, policy)
    last = max(expires_at, wanted_at + TO_ANSWER)
    return Plan(wanted_at, opening.at, last, opening.waited_for) if opening else Plan(wanted_at, None, last)


def _after_cool_downs(
    plan: Plan,
    survey: LatestSurvey,
    happening: Happening,
    trigger: TriggerView,
    contact: ContactFacts,
    past: Past,
    ground: Ground,
) -> tuple[Plan, Refusal | None]:
    """The plan and what refuses it; in the lottery a cool-down does not refuse, but puts off while there is time.

    Whoever was drawn for two steps that lie close together would never be asked at the later one, and the recorded
    probability would not hold (METHOD, section 7).
    """
    may_wait = is_in_lottery(happening.name, ground.policy) and trigger.channel not in AT_ONCE
    for _ in range(MOST_COOL_DOWNS):
        at = plan.at or plan.wanted_at
        asked = Asked(at, happening.occurred_at, trigger.touchpoint, survey.survey, happening.is_follow_up)
        refusal = first_refusal(ground.policy, ground.groups, asked, past.contact, past.account)
        if refusal is None or refusal.reason not in COOL_DOWNS or not may_wait:
            return plan, refusal
        later = next_opening(refusal.free_at, trigger.rule.window, contact.zone, ground.policy)
        if later is None or not at < later.at < plan.expires_at:
            return plan, refusal
        plan = Plan(plan.wanted_at, later.at, plan.expires_at, refusal.reason)
    return plan, refusal


def is_in_lottery(event: str, policy: Policy) -> bool:
    """Whether an event's touchpoint takes part: a conversation under way and a schedule need no number to win."""
    return policy.draw is Draw.LOTTERY and not event.startswith((ANSWERED, SCHEDULED))


def _never(contact: ContactFacts, policy: Policy) -> Verdict | None:
    """What stands against asking this contact at all."""
    if contact.suppressed_as == Suppressed.UNSUBSCRIBED:
        return _refused(Reason.UNSUBSCRIBED)
    if contact.suppressed_as is not None:
        return _refused(Reason.SUPPRESSED, **{"as": contact.suppressed_as})
    if contact.consent == Consent.WITHDRAWN:
        return _refused(Reason.NO_CONSENT, consent=contact.consent)
    if policy.needs_consent and contact.consent != Consent.GIVEN:
        return _refused(Reason.NO_CONSENT, consent="unknown")
    return None


def _not_meant(happening: Happening, trigger: TriggerView, contact: ContactFacts, page: PageState) -> Verdict | None:
    """What this trigger itself has against it: its conditions, and that its channel reaches nobody."""
    attributes = attributes_of(happening, contact)
    failed = next((one for one in trigger.rule.when if not holds((one,), {}, attributes)), None)
    if failed is not None:
        return _refused(Reason.CONDITIONS, **_unmet(failed, attributes))
    if trigger.channel is AskChannel.WIDGET and page is PageState.NONE:
        return _refused(Reason.NO_PAGE)
    if trigger.channel is AskChannel.MAIL and not contact.has_address:
        return _refused(Reason.NO_ADDRESS)
    return None


def attributes_of(happening: Happening, contact: ContactFacts) -> dict[str, object]:
    """What a trigger's conditions may speak of, by name."""
    known = contact_attributes(contact.kind, contact.account, contact.attributes)
    own = {"contact.persona": contact.persona, "contact.locale": contact.locale or None}
    return {**{f"event.{name}": value for name, value in happening.properties.items()}, **known, **own}


def _unmet(condition: Condition, attributes: Mapping[str, object]) -> dict[str, str]:
    """The condition that failed, and the value it saw, where there was one."""
    name = condition.attribute or ""
    seen = attributes.get(name)
    facts = {"attribute": name, "wanted": _wanted(condition)}
    if seen is None:
        return facts
    return {**facts, "seen": (seen if isinstance(seen, str) else msgspec.json.encode(seen).decode())[:LONGEST_SEEN]}


def _wanted(condition: Condition) -> str:
    """As a journey file would say it."""
    named = msgspec.structs.asdict(condition)
    said = {name: value for name, value in named.items() if value is not None and name not in ("answer", "attribute")}
    return msgspec.json.encode(said).decode()[:LONGEST_SEEN]


def _lateness(plan: Plan) -> dict[str, str]:
    facts = {"expired_at": plan.expires_at.isoformat()}
    return facts if plan.at is None else {**facts, "opens_at": plan.at.isoformat()}


def _chances(
    happening: Happening, trigger: TriggerView, contact: ContactFacts, at: datetime, ground: Ground
) -> Iterator[Chance]:
    """All that is drawn about this event, in the order in which a lost draw is told."""
    if trigger.rule.share < 1:
        yield sample_chance(trigger, happening.key)
    budget = ground.policy.contact_budget
    if ground.policy.draw is not Draw.LOTTERY or budget is None or happening.is_follow_up:
        return
    period = period_start(at, budget.days)
    if is_in_lottery(happening.name, ground.policy):
        odds = ground.odds.get(period, {})
        yield lottery_chance(ground.workspace, contact.id, trigger.touchpoint, period, odds)
    thinned = account_chance(
        ground.workspace, contact.account or "", contact.account_place, contact.account_contacts, period, ground.policy
    )
    if thinned is not None:
        yield thinned


def _drawn(plan: Plan, survey: LatestSurvey, chances: Sequence[Chance]) -> Verdict:
    """Asked, or refused by the first draw that was lost; the probability stands with both."""
    probability = probability_of(chances)
    lost = next((chance for chance in chances if not chance.is_won), None)
    if lost is not None:
        return Verdict(Outcome.REFUSED, lost.reason, facts=lost.facts, probability=probability, survey=survey)
    facts = {name: value for chance in chances for name, value in chance.facts.items()}
    expires_at = max(plan.expires_at, (plan.at or plan.wanted_at) + TO_ANSWER)
    if plan.waited_for is None:
        return Verdict(Outcome.ASKED, Reason.DUE, plan.at, expires_at, facts, probability, survey)
    facts = {**facts, "wanted_at": plan.wanted_at.isoformat()}
    return Verdict(Outcome.DEFERRED, plan.waited_for, plan.at, expires_at, facts, probability, survey)


def _refused(reason: Reason, **facts: str) -> Verdict:
    return Verdict(Outcome.REFUSED, reason, facts=facts)
