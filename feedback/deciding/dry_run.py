"""What a trigger would have done: the last 90 days gone through with the rules that decide, and nothing stored."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from feedback.deciding.deciding import Ground, Happening, PageState, Past, Verdict, decide
from feedback.deciding.load_facts import History, KnownContact
from feedback.deciding.policy_check import Asked
from surveys.journey_file import AskChannel
from surveys.journeys import TriggerView

DAYS = 90
MOST_EVENTS = 5_000  # the latest; all of them would take longer than anybody waits for a page
SHOWN = 20


class PastEvent(Struct, frozen=True):
    """Something that happened to a contact, an id."""

    contact: int
    external_id: str
    happening: Happening


class RealInvitation(Struct, frozen=True):
    """An invitation that another trigger really made, and when; contact and account are ids."""

    contact: int
    account: int | None
    decided_at: datetime
    asked: Asked


class Line(Struct, frozen=True):
    """One decision that would have fallen."""

    contact: str
    at: datetime
    verdict: Verdict


class ReasonCount(Struct, frozen=True):
    outcome: str
    reason: str
    n: int


class Week(Struct, frozen=True):
    """From Monday on, how many would have been asked."""

    monday: date
    asked: int


class DryRun(Struct, frozen=True):
    """`n` events were gone through, of `total` that there are; `lines` are a sample, in order."""

    n: int
    total: int
    asked: int
    reasons: tuple[ReasonCount, ...]
    weeks: tuple[Week, ...]
    lines: tuple[Line, ...]


def dry_run(
    events: Sequence[PastEvent],
    total: int,
    trigger: TriggerView,
    contacts: Mapping[int, KnownContact],
    invitations: Sequence[RealInvitation],
    ground: Ground,
) -> DryRun:
    """Each event is decided on as if it had come when it happened, and what was really asked by then counts."""
    lines = list(simulated(events, trigger, contacts, invitations, ground))
    counts = Counter((line.verdict.outcome.value, line.verdict.reason.value) for line in lines)
    return DryRun(
        n=len(events),
        total=total,
        asked=sum(line.verdict.asks for line in lines),
        reasons=tuple(ReasonCount(outcome, reason, n) for (outcome, reason), n in counts.most_common()),
        weeks=_weeks(lines),
        lines=_sample(lines),
    )


def simulated(
    events: Sequence[PastEvent],
    trigger: TriggerView,
    contacts: Mapping[int, KnownContact],
    invitations: Sequence[RealInvitation],
    ground: Ground,
) -> Iterator[Line]:
    """A line for each event, in the order of occurrence. The widget is asked for as if a page had been open."""
    page = PageState.READY if trigger.channel is AskChannel.WIDGET else PageState.NONE
    history = History({}, {})
    made = sorted(invitations, key=lambda invitation: invitation.decided_at, reverse=True)
    for event in sorted(events, key=lambda event: event.happening.occurred_at):
        now, known = event.happening.occurred_at, contacts[event.contact]
        while made and made[-1].decided_at <= now:
            real = made.pop()
            history.add(real.contact, real.account, real.asked)
        past = Past(history.contacts.get(event.contact, ()), history.accounts.get(known.account or 0, ()), page)
        verdict = decide(event.happening, trigger, known.facts, past, msgspec.structs.replace(ground, now=now))
        if verdict.asks and verdict.survey and verdict.due_at:
            survey, happening = verdict.survey.survey, event.happening
            asked = Asked(verdict.due_at, now, trigger.touchpoint, survey, happening.is_follow_up)
            history.add(event.contact, known.account, asked)
        yield Line(event.external_id, now, verdict)


def _weeks(lines: Sequence[Line]) -> tuple[Week, ...]:
    """Every week from the first event to the last, those without anybody asked too."""
    if not lines:
        return ()
    asked = Counter(_monday(line.at) for line in lines if line.verdict.asks)
    first, last = _monday(lines[0].at), _monday(lines[-1].at)
    mondays = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return tuple(Week(monday, asked[monday]) for monday in mondays)


def _monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def _sample(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Spread evenly over all of them."""
    if len(lines) <= SHOWN:
        return tuple(lines)
    return tuple(lines[at * len(lines) // SHOWN] for at in range(SHOWN))
