"""Try a trigger before it is saved: what it needs to be tried on is read, and nothing is written or locked."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from core.database import Row, fetch
from feedback.contacts.contacts import VISITORS
from feedback.deciding.deciding import Ground, Happening, is_in_lottery, plan_of
from feedback.deciding.dry_run import DAYS, MOST_EVENTS, DryRun, PastEvent, RealInvitation, dry_run
from feedback.deciding.follow_up import answered_since
from feedback.deciding.keep_odds import Odds, odds_of
from feedback.deciding.load_facts import COUNTED, KnownContact, count_colleagues, load_contacts, looks_back
from feedback.deciding.load_policy import load_policy
from feedback.deciding.lottery import period_start
from feedback.deciding.policy import Policy
from feedback.deciding.policy_check import Asked, groups_of
from feedback.deciding.schedules import Schedule, event_at, turn_in
from surveys.ask_file import AskFile, event_of, rule_of, surveys_asked
from surveys.journeys import LatestSurvey, TriggerView, touchpoints_by_name
from surveys.trigger_rule import ANSWERED
from surveys.triggers import Place

UNSAVED = 0  # the number of a trigger that has none yet: its draws will be other ones once it is saved


class _Found(Struct, frozen=True):
    """The latest events, and how many there are."""

    events: list[PastEvent]
    total: int


async def try_trigger(workspace: int, place: Place, ask: AskFile, trigger: int | None, now: datetime) -> DryRun:
    """What an ask without faults would have done in the last 90 days, or in its next round if it is a schedule.

    `trigger` is the id of the one that is changed: what that one really asked is left out.
    """
    view = await _view(workspace, place, ask, trigger or UNSAVED)
    found = await _events(workspace, view, now)
    policy = await load_policy(workspace)
    numbers = {event.contact for event in found.events}
    accounts = await count_colleagues(numbers)
    contacts = await load_contacts(numbers, accounts, policy)
    first = min([event.happening.occurred_at for event in found.events], default=now)
    ground = Ground(
        workspace=workspace,
        policy=policy,
        groups=groups_of(policy, await touchpoints_by_name(workspace)),
        odds=await _odds(workspace, found.events, view, contacts, policy),
        now=now,
    )
    made = await _invitations(numbers, accounts, trigger or UNSAVED, first - looks_back(policy), now)
    return dry_run(found.events, found.total, view, contacts, made, ground)


async def _view(workspace: int, place: Place, ask: AskFile, trigger: int) -> TriggerView:
    rows = await fetch(_LATEST, workspace, list(surveys_asked(ask)))
    latest = {row["key"]: LatestSurvey(row["survey"], row["version"]) for row in rows}
    return TriggerView(
        id=trigger,
        event=event_of(ask, place.journey_key, place.touchpoint_key, place.event),
        journey_key=place.journey_key,
        touchpoint=place.touchpoint,
        touchpoint_key=place.touchpoint_key,
        survey=latest[ask.survey].survey,
        survey_version=latest[ask.survey].version,
        wait_seconds=int(ask.wait.total_seconds()),
        expires_seconds=int(ask.expires.total_seconds()),
        channel=ask.channel,
        rule=rule_of(ask),
        instead=latest,
    )


async def _events(workspace: int, trigger: TriggerView, now: datetime) -> _Found:
    """What the trigger listens to. Of answers that nobody has listened to yet, the events they would have made."""
    since = now - timedelta(days=DAYS)
    if trigger.rule.every is not None:
        return await _round(workspace, trigger, trigger.rule.every, now)
    if trigger.event.startswith(ANSWERED):
        answered = await answered_since(workspace, trigger.event.removeprefix(ANSWERED), since, MOST_EVENTS)
        events = [
            PastEvent(
                one.contact_number, one.contact, Happening(event.key, event.name, one.touched_at, event.properties)
            )
            for one, event in answered.events
        ]
        return _Found(events, answered.total)
    rows = await fetch(_EVENTS, workspace, trigger.event, since, now, trigger.touchpoint, MOST_EVENTS)
    counted = await fetch(_COUNT_EVENTS, workspace, trigger.event, since, now, trigger.touchpoint)
    return _Found([_past(row, trigger.event) for row in rows], counted[0]["n"])


def _past(row: Row, name: str) -> PastEvent:
    properties = msgspec.json.decode(row["properties"])
    return PastEvent(row["contact"], row["external_id"], Happening(row["key"], name, row["occurred_at"], properties))


async def _round(workspace: int, trigger: TriggerView, every: timedelta, now: datetime) -> _Found:
    """The next moment of each contact."""
    schedule = Schedule(trigger.id, trigger.event, every)
    rows = await fetch(_CONTACTS, workspace, VISITORS, MOST_EVENTS)
    counted = await fetch(_COUNT_CONTACTS, workspace, VISITORS)
    events = []
    for row in rows:
        turn = turn_in(schedule, row["id"], now, now + every)
        if turn is not None:
            event = event_at(schedule, row["id"], row["external_id"], turn)
            events.append(PastEvent(row["id"], row["external_id"], Happening(event.key, event.name, turn.at)))
    return _Found(events, counted[0]["n"])


async def _odds(
    workspace: int,
    events: Sequence[PastEvent],
    trigger: TriggerView,
    contacts: dict[int, KnownContact],
    policy: Policy,
) -> dict[date, Odds]:
    """Of every period in which one of them would be asked, as they stand; what is missing is made and not kept."""
    if policy.contact_budget is None or not is_in_lottery(trigger.event, policy):
        return {}
    wanted: dict[date, set[int]] = {}
    for event in events:
        zone, happening = contacts[event.contact].facts.zone, event.happening
        at = plan_of(happening, trigger, zone, policy, happening.occurred_at).at
        if at is not None:
            wanted.setdefault(period_start(at, policy.contact_budget.days), set()).add(trigger.touchpoint)
    return await odds_of(workspace, policy.contact_budget, wanted, is_kept=False) if wanted else {}


async def _invitations(
    contacts: Collection[int], accounts: Collection[int], trigger: int, since: datetime, now: datetime
) -> list[RealInvitation]:
    states = [state.value for state in COUNTED]
    rows = await fetch(_INVITATIONS, list(contacts), list(accounts), states, since, now, trigger)
    return [
        RealInvitation(
            row["contact"],
            row["account"],
            row["decided_at"],
            Asked(row["at"], row["occurred_at"], row["touchpoint"], row["survey"], row["is_follow_up"]),
        )
        for row in rows
    ]


_LATEST = """
SELECT s.key, s.id AS survey, latest.id AS version FROM survey s JOIN LATERAL (
    SELECT v.id FROM survey_version v WHERE v.survey = s.id ORDER BY v.number DESC LIMIT 1
) latest ON true WHERE s.workspace = $1 AND s.key = ANY($2)
"""

_HEARD = """
FROM event e JOIN contact c ON c.id = e.contact
WHERE e.workspace = $1 AND e.name = $2 AND e.occurred_at > $3 AND e.occurred_at <= $4
    AND (e.touchpoint IS NULL OR e.touchpoint = $5)
"""

_EVENTS = f"""
SELECT e.key, e.contact, c.external_id, e.occurred_at, e.properties {_HEARD}
ORDER BY e.occurred_at DESC, e.id DESC LIMIT $6
"""

_COUNT_EVENTS = f"SELECT count(*) AS n {_HEARD}"

_PEOPLE = "FROM contact c WHERE c.workspace = $1 AND NOT c.external_id ^@ ANY($2)"

_CONTACTS = f"SELECT c.id, c.external_id {_PEOPLE} ORDER BY c.id DESC LIMIT $3"

_COUNT_CONTACTS = f"SELECT count(*) AS n {_PEOPLE}"

# As deciding counts them, but without a lock.
# What is overdue is taken to be sent now.
_INVITATIONS = """
SELECT i.contact, i.account, d.decided_at, i.occurred_at, i.touchpoint, i.survey, i.is_follow_up,
    CASE WHEN i.state IN ('due', 'held') THEN greatest(i.due_at, $5::timestamptz)
         ELSE coalesce(i.sent_at, i.due_at) END AS at
FROM invitation i JOIN decision d ON d.id = i.decision
WHERE (i.contact = ANY($1) OR i.account = ANY($2)) AND i.state = ANY($3) AND d.trigger IS DISTINCT FROM $6
    AND greatest(i.occurred_at, i.due_at, i.sent_at) >= $4
"""
