"""Deciding on one event and trigger: the first rule that refuses is the reason, with the figures it saw."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.deciding.deciding import Happening, PageState, Past, Verdict, decide
from feedback.deciding.lottery import period_start
from feedback.deciding.policy import Budget, Draw, Policy
from feedback.deciding.policy_check import Asked
from feedback.deciding.reasons import Reason
from feedback.tables import Consent, Outcome
from surveys.definition import Condition
from surveys.journey_file import AskChannel
from surveys.journeys import LatestSurvey
from surveys.trigger_rule import Instead, SendWindow, Weekday
from tests.feedback.deciding_cases import DAY, NOW, Ledger, ground, happened, somebody, trigger_at

PLAIN = Policy(draw=Draw.FIRST_COME, contact_budget=None, account_budget=None, overall_days=0)
HOUR = timedelta(hours=1)
OFFICE = SendWindow(time(9), time(17), tuple(Weekday)[:5])


def decided(
    contact: dict[str, Any] | None = None,
    policy: Policy = PLAIN,
    past: Past | None = None,
    happening: Happening | None = None,
    channel: AskChannel = AskChannel.MAIL,
    **rule: Any,
) -> Verdict:
    return decide(
        happening or happened(),
        trigger_at(1, channel, **rule),
        somebody(**contact or {}),
        past or Past(),
        ground(policy),
    )


def told(verdict: Verdict) -> tuple[Reason, dict[str, str]]:
    return verdict.reason, verdict.facts


def test_nothing_against_it_asks_after_the_wait() -> None:
    verdict = decided()
    assert (verdict.outcome, verdict.reason, verdict.due_at) == (Outcome.ASKED, Reason.DUE, NOW + 2 * HOUR)
    assert verdict.expires_at == NOW + 14 * DAY
    assert (verdict.probability, verdict.survey) == (1.0, LatestSurvey(10, 11))


@pytest.mark.parametrize(
    ("contact", "policy", "reason", "facts"),
    [
        ({"suppressed_as": "unsubscribed"}, PLAIN, Reason.UNSUBSCRIBED, {}),
        ({"suppressed_as": "complained"}, PLAIN, Reason.SUPPRESSED, {"as": "complained"}),
        ({"suppressed_as": "erased", "consent": Consent.WITHDRAWN}, PLAIN, Reason.SUPPRESSED, {"as": "erased"}),
        ({"consent": Consent.WITHDRAWN}, PLAIN, Reason.NO_CONSENT, {"consent": "withdrawn"}),
        ({}, Policy(needs_consent=True), Reason.NO_CONSENT, {"consent": "unknown"}),
        ({"consent": Consent.WITHDRAWN}, Policy(needs_consent=True), Reason.NO_CONSENT, {"consent": "withdrawn"}),
        ({"consent": Consent.GIVEN, "has_address": False}, Policy(needs_consent=True), Reason.NO_ADDRESS, {}),
        ({"has_address": False}, PLAIN, Reason.NO_ADDRESS, {}),
    ],
)
@pytest.mark.parametrize("channel", AskChannel)
def test_who_is_never_asked(
    contact: dict[str, Any], policy: Policy, reason: Reason, facts: dict[str, str], channel: AskChannel
) -> None:
    """On no channel; an address is what a mail alone needs."""
    verdict = decided(contact, policy, Past(page=PageState.READY), channel=channel)
    if reason is Reason.NO_ADDRESS and channel is not AskChannel.MAIL:
        assert verdict.reason is not Reason.NO_ADDRESS
    else:
        assert told(verdict) == (reason, facts)
        assert verdict.probability is None


def test_conditions_speak_of_the_event_and_of_the_contact() -> None:
    contact = {
        "kind": "customer",
        "persona": "buyer",
        "locale": "de-AT",
        "account": "acme",
        "attributes": {"plan": "pro", "kind": "hidden behind the contact's own"},
    }
    conditions = (
        Condition(attribute="event.total", at_least=100),
        Condition(attribute="contact.kind", one_of=("customer",)),
        Condition(attribute="contact.persona", one_of=("buyer",)),
        Condition(attribute="contact.locale", one_of=("de-AT",)),
        Condition(attribute="contact.account", one_of=("acme",)),
        Condition(attribute="contact.plan", one_of=("pro", "team")),
        Condition(attribute="contact.region", is_answered=False),
    )
    assert decided(contact, happening=happened(total=100), when=conditions).asks
    refused = decided(contact, happening=happened(total=99.5), when=conditions)
    assert told(refused) == (
        Reason.CONDITIONS,
        {"attribute": "event.total", "wanted": '{"at_least":100}', "seen": "99.5"},
    )
    refused = decided({**contact, "attributes": {}}, happening=happened(total=100), when=conditions)
    assert told(refused) == (
        Reason.CONDITIONS,
        {"attribute": "contact.plan", "wanted": '{"one_of":["pro","team"]}'},
    )


def test_a_value_is_told_as_json_has_it_and_a_long_one_not_whole() -> None:
    condition = Condition(attribute="event.words", one_of=("x",))
    assert len(decided(happening=happened(words="y" * 10_000), when=(condition,)).facts["seen"]) == 100
    for value, seen in ((True, "true"), (["a", 1], '["a",1]'), ("x y", "x y")):
        condition = Condition(attribute="event.words", one_of=("z",))
        assert decided(happening=happened(words=value), when=(condition,)).facts["seen"] == seen


def test_the_widget_needs_a_page_and_an_event_brings_one_survey_into_it() -> None:
    assert decided(channel=AskChannel.WIDGET).reason is Reason.NO_PAGE
    assert decided(channel=AskChannel.WIDGET, past=Past(page=PageState.TAKEN)).reason is Reason.ASKED_IN_PAGE
    verdict = decided({"has_address": False}, channel=AskChannel.WIDGET, past=Past(page=PageState.READY))
    assert (verdict.reason, verdict.due_at) == (Reason.DUE, NOW)


@pytest.mark.parametrize("channel", [AskChannel.WIDGET, AskChannel.LINK])
def test_what_is_handed_over_at_once_waits_for_no_window(channel: AskChannel) -> None:
    quiet = Policy(draw=Draw.FIRST_COME, quiet_weekdays=(Weekday.MON,))
    night = SendWindow(time(22), time(23))
    verdict = decided(policy=quiet, past=Past(page=PageState.READY), channel=channel, window=night)
    assert (verdict.outcome, verdict.due_at) == (Outcome.ASKED, NOW)


def test_an_event_that_is_told_too_late_is_not_asked_about() -> None:
    verdict = decided(happening=happened(at=NOW - 14 * DAY))
    assert told(verdict) == (Reason.TOO_LATE, {"expired_at": NOW.isoformat()})
    assert decided(happening=happened(at=NOW - 14 * DAY + HOUR)).asks


def test_an_event_of_the_future_is_decided_now_and_due_later() -> None:
    verdict = decided(happening=happened(at=NOW + 90 * DAY))
    assert (verdict.due_at, verdict.expires_at) == (NOW + 90 * DAY + 2 * HOUR, NOW + 104 * DAY)


def test_the_window_is_one_of_the_contacts_own_clock() -> None:
    """Two o'clock on Monday afternoon in London is an hour before midnight in Tokyo."""
    assert decided(window=OFFICE).outcome is Outcome.ASKED
    verdict = decided({"zone": ZoneInfo("Asia/Tokyo")}, window=OFFICE)
    assert (verdict.outcome, verdict.reason) == (Outcome.DEFERRED, Reason.SEND_WINDOW)
    assert verdict.due_at is not None
    assert verdict.due_at.isoformat() == "2026-03-03T00:00:00+00:00"
    assert verdict.facts == {"wanted_at": (NOW + 2 * HOUR).isoformat()}


def test_a_quiet_day_defers_until_the_next_that_is_none() -> None:
    verdict = decided(policy=Policy(draw=Draw.FIRST_COME, quiet_weekdays=(Weekday.MON,)))
    assert (verdict.outcome, verdict.reason) == (Outcome.DEFERRED, Reason.QUIET_DAY)
    assert verdict.due_at == datetime.fromisoformat("2026-03-03T00:00:00+00:00")


def test_a_window_that_opens_after_the_expiry_is_too_late() -> None:
    verdict = decided(window=SendWindow(time(9), time(10), (Weekday.SUN,)), happening=happened(at=NOW - 9 * DAY))
    assert told(verdict) == (
        Reason.TOO_LATE,
        {"expired_at": (NOW + 5 * DAY).isoformat(), "opens_at": "2026-03-08T09:00:00+00:00"},
    )
    never = decided(policy=Policy(quiet_weekdays=tuple(Weekday)))
    assert (never.outcome, never.reason) == (Outcome.REFUSED, Reason.TOO_LATE)


def test_who_is_asked_at_the_last_moment_has_a_day_to_answer() -> None:
    verdict = decided(window=SendWindow(time(9), time(10)), happening=happened(at=NOW - 13 * DAY))
    assert (verdict.due_at, verdict.expires_at) == (NOW + 21 * HOUR, NOW + 45 * HOUR)


def test_cool_downs_go_by_when_it_would_be_sent_after_the_window() -> None:
    policy = Policy(draw=Draw.FIRST_COME, contact_budget=None, overall_days=7)
    before = Past((Asked(NOW - 7 * DAY + 20 * HOUR, NOW - 20 * DAY, 2, 20),))
    assert decided(policy=policy, past=before).reason is Reason.COOL_DOWN
    assert decided(policy=policy, past=before, window=SendWindow(time(9), time(10))).reason is Reason.SEND_WINDOW


def test_the_survey_that_was_chosen_is_the_one_whose_cool_down_counts() -> None:
    policy = Policy(draw=Draw.FIRST_COME, contact_budget=None, overall_days=0, survey_days=30)
    past = Past((Asked(NOW - DAY, NOW - DAY, 2, 900),))
    split = (Instead("short", personas=("buyer",)),)
    assert decided({"persona": "buyer"}, policy, past, instead=split).reason is Reason.SURVEY_COOL_DOWN
    assert decided({"persona": "architect"}, policy, past, instead=split).survey == LatestSurvey(10, 11)


def test_a_lost_draw_is_told_with_its_probability() -> None:
    odds = {period_start(NOW, 30): {1: 1e-9, 2: 1 - 1e-9}}
    verdict = decide(happened(), trigger_at(1), somebody(), Past(), ground(Policy(), odds=odds))
    assert (verdict.outcome, verdict.reason, verdict.probability) == (Outcome.REFUSED, Reason.NOT_DRAWN, 1e-9)
    assert verdict.facts.keys() == {"probability", "draw", "period"}
    verdict = decided(share=1e-9)
    assert (verdict.reason, verdict.probability) == (Reason.NOT_SAMPLED, 1e-9)
    assert verdict.facts.keys() == {"share", "draw"}


def test_follow_ups_and_schedules_need_no_number_of_the_lottery() -> None:
    """But of a large account a schedule asks no more than its budget bears: here five of a hundred."""
    for name, probability in (("answered:after-delivery", 1.0), ("schedule:buying/shop", 0.05)):
        colleague = somebody(account="acme", account_contacts=100)
        once = Policy(contact_budget=Budget(1, 30))
        verdict = decide(Happening("k", name, NOW), trigger_at(1), colleague, Past(), ground(once, odds={}))
        assert verdict.probability == pytest.approx(probability)
        verdict = decide(Happening("k", name, NOW), trigger_at(1), somebody(), Past(), ground(Policy(), odds={}))
        assert (verdict.reason, verdict.probability) == (Reason.DUE, 1.0)


def test_a_budget_is_told_before_a_draw() -> None:
    past = Past((Asked(NOW - 10 * DAY, NOW - 10 * DAY, 2, 20),))
    assert decided(policy=Policy(contact_budget=Budget(1, 30)), past=past).reason is Reason.CONTACT_BUDGET


def test_under_first_come_the_first_step_is_asked_and_the_next_are_starved() -> None:
    """METHOD, section 7: eight steps five days apart, thirty days between; the lottery gives each its share."""
    policy = Policy(draw=Draw.FIRST_COME, contact_budget=Budget(1, 30), account_budget=None)
    ledger, steps = Ledger(policy), []
    for step in range(1, 9):
        at = NOW + (step - 1) * 5 * DAY
        if ledger.decide(happened(step, at), trigger_at(step), somebody(), at).asks:
            steps.append(step)
    assert steps == [1, 7]


days = st.integers(-40, 60)
events = st.lists(
    st.tuples(
        st.integers(1, 3),  # the contact
        st.integers(1, 4),  # the touchpoint
        days,  # when it happened
        st.floats(0, 60),  # when it is told, in days
        st.sampled_from(["event", "answered:x", "schedule:x"]),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(events, st.sampled_from(Draw), st.integers(1, 3), st.integers(1, 40), st.booleans())
def test_whatever_happens_nobody_is_asked_more_than_the_budget(
    told: list[tuple[int, int, int, float, str]], draw: Draw, invitations: int, length: int, has_window: bool
) -> None:
    """Events late, of the future, doubled and out of order; three contacts of one account; windows and quiet days."""
    policy = Policy(
        draw=draw,
        contact_budget=Budget(invitations, length),
        account_budget=Budget(4, 20),
        quiet_weekdays=(Weekday.SAT, Weekday.SUN),
        overall_days=0,
        touchpoint_days=3,
    )
    ledger = Ledger(policy, touchpoints=(1, 2, 3, 4))
    for contact, touchpoint, day, clock, name in told:
        trigger = trigger_at(touchpoint, window=OFFICE if has_window else None)
        happening = Happening(f"{day}/{clock}", name, NOW + day * DAY)
        ledger.decide(happening, trigger, somebody(contact, account="acme", account_contacts=3), NOW + clock * DAY)
    for asked in ledger.asked.values():
        assert most([one.at for one in asked], draw, length) <= invitations
        assert all(one.at.weekday() < 5 for one in asked)
        assert not has_window or all(9 <= one.at.hour < 17 for one in asked)
    assert most(ledger.accounts.get("acme", []), draw, 20) <= 4


def most(moments: list[datetime], draw: Draw, length: int) -> int:
    """The most invitations in a period, or in any stretch of so many days."""
    if draw is Draw.LOTTERY:
        periods: list[date] = [period_start(moment, length) for moment in moments]
        return max(map(periods.count, periods), default=0)
    return max((sum(start <= other < start + length * DAY for other in moments) for start in moments), default=0)
