"""A decision in words: every reason, with all its figures, with some and with none."""

from datetime import UTC, datetime
from string import Formatter

import pytest

from feedback.deciding.reasons import Reason
from feedback.ledger.decision_words import (
    REASON_WORDS,
    SENTENCES,
    chance_words,
    decision_words,
    free_from,
    reason_words,
)
from feedback.tables import Outcome

MONDAY = "2026-03-02T12:00:00+00:00"
CASES = [
    ("asked", Reason.DUE, {}, "Asked"),
    ("asked", Reason.DUE, {"probability": "0.18", "draw": "0.05"},
     "Asked: the chance was 0.18, the draw 0.05 fell into this touchpoint’s part"),
    ("asked", Reason.DUE, {"share": "0.1", "draw": "0.05"},
     "Asked: the trigger asks 10 % of the events, the draw was 0.05"),
    ("not_used", Reason.NO_TRIGGER, {}, "Not used: no survey listens to this event"),
    ("refused", Reason.CONDITIONS, {"attribute": "event.total", "wanted": '{"at_least":50}', "seen": "12"},
     "Refused: the condition event.total at least 50 was not met; it was 12"),
    ("refused", Reason.CONDITIONS, {"attribute": "contact.plan", "wanted": '{"one_of":["pro","team"]}'},
     "Refused: the condition contact.plan one of pro, team was not met; it was not given"),
    ("refused", Reason.CONDITIONS, {"attribute": "event.total", "wanted": '{"at_least":1,"at_most":9}', "seen": "12"},
     "Refused: the condition event.total at least 1 and at most 9 was not met; it was 12"),
    ("refused", Reason.CONDITIONS, {"attribute": "event.coupon", "wanted": '{"is_answered":true}'},
     "Refused: the condition event.coupon known was not met; it was not given"),
    ("refused", Reason.UNSUBSCRIBED, {}, "Not asked: has opted out"),
    ("refused", Reason.SUPPRESSED, {"as": "bounced"}, "Not asked: the address bounced for good"),
    ("refused", Reason.NO_CONSENT, {"consent": "withdrawn"}, "Not asked: took back their consent"),
    ("refused", Reason.NO_CONSENT, {"consent": "unknown"},
     "Not asked: has not agreed to be asked, and the policy asks for that"),
    ("refused", Reason.NO_ADDRESS, {}, "Not asked: no e-mail address known"),
    ("refused", Reason.NO_PAGE, {}, "Not asked: no page was open to show it in"),
    ("refused", Reason.TOO_LATE, {"expired_at": MONDAY}, "Not asked: the survey expired on Mon 2 March 12:00 (UTC)"),
    ("refused", Reason.TOO_LATE, {"expired_at": MONDAY, "opens_at": "2026-03-03T08:00:00+00:00"},
     "Not asked: the survey expires on Mon 2 March 12:00 (UTC), and could leave on Tue 3 March 08:00 (UTC) at the "
     "earliest"),
    ("refused", Reason.ASKED_HERE_RECENTLY, {"asked_about": MONDAY, "days": "30"},
     "Not asked: asked here about what happened on Mon 2 March 12:00 (UTC), and 30 days must lie between two"),
    ("refused", Reason.SURVEY_COOL_DOWN, {"asked_at": MONDAY, "days": "90"},
     "Not asked: this survey went to them on Mon 2 March 12:00 (UTC), and 90 days must lie between two"),
    ("refused", Reason.GROUP_COOL_DOWN, {"group": "Service", "asked_at": MONDAY, "days": "1"},
     "Not asked: asked at a touchpoint of “Service” on Mon 2 March 12:00 (UTC), and 1 day must lie between two"),
    ("refused", Reason.COOL_DOWN, {"asked_at": MONDAY, "days": "7"},
     "Not asked: asked on Mon 2 March 12:00 (UTC), and 7 days must lie between any two invitations"),
    ("refused", Reason.CONTACT_BUDGET, {"asked": "1", "limit": "1", "days": "30"},
     "Not asked: had 1 invitation in 30 days, and the budget is 1"),
    ("refused", Reason.ACCOUNT_BUDGET, {"asked": "5", "limit": "5", "days": "30"},
     "Not asked: their company had 5 invitations in 30 days, and the budget is 5"),
    ("refused", Reason.NOT_SAMPLED, {"share": "0.25", "draw": "0.63"},
     "Not drawn: the trigger asks 25 % of the events, the draw was 0.63"),
    ("refused", Reason.NOT_DRAWN, {"probability": "0.18", "draw": "0.63"},
     "Not drawn: the chance was 0.18, the draw 0.63 fell outside this touchpoint’s part"),
    ("refused", Reason.NOT_DRAWN, {"account_share": "0.5", "account_draw": "0.9", "contacts": "10"},
     "Not drawn: 10 contacts share their company’s budget: the chance was 0.50, the draw 0.90"),
    ("refused", Reason.ASKED_IN_PAGE, {}, "Not asked: the page shows one survey after an event"),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "reason", "facts", "words"), CASES)
def test_a_decision_is_said_with_its_figures(outcome: str, reason: Reason, facts: dict[str, str], words: str) -> None:
    assert decision_words(outcome, reason, facts) == words


def test_what_waits_is_said_by_their_own_clock() -> None:
    until = datetime(2026, 3, 3, 8, tzinfo=UTC)
    said = decision_words("deferred", Reason.SEND_WINDOW, {}, deferred_until=until, time_zone="Europe/Berlin")
    assert said == "Deferred to Tue 3 March 09:00 (their time): outside the sending window"
    said = decision_words("deferred", Reason.QUIET_DAY, {}, deferred_until=until, time_zone="Mars/Olympus")
    assert said == "Deferred to Tue 3 March 08:00 (UTC): a quiet day"
    assert decision_words("deferred", Reason.QUIET_DAY, {}) == "Deferred: a quiet day"


def test_every_reason_has_words() -> None:
    assert set(REASON_WORDS) == set(Reason)
    assert {reason for _, reason, _, _ in CASES} == set(Reason) - {Reason.SEND_WINDOW, Reason.QUIET_DAY}
    assert all(words and words[-1] != "." for words in REASON_WORDS.values())


@pytest.mark.parametrize("reason", [*Reason, "of_an_older_version"])
@pytest.mark.parametrize("outcome", [*Outcome, "of_an_older_version"])
@pytest.mark.parametrize("value", [None, "", "{0}", "nonsense", "-1", "nan", "1e999", "9" * 400, "2026-13-01", "[]"])
def test_missing_and_odd_facts_break_nothing(outcome: str, reason: str, value: str | None) -> None:
    names = {name for one in SENTENCES.get(reason, ()) for _, name, _, _ in Formatter().parse(one) if name}
    facts = {} if value is None else dict.fromkeys(names | {"days", "asked_at"}, value)
    assert decision_words(outcome, reason, facts)
    free_from(reason, facts)
    for left_out in names:
        assert decision_words(outcome, reason, {name: said for name, said in facts.items() if name != left_out})


def test_a_reason_without_its_figures_is_said_in_short() -> None:
    assert reason_words(Reason.CONTACT_BUDGET, {"asked": "1"}) == "asked as often as the budget allows"
    assert reason_words("of_an_older_version", {}) == "of an older version"


class TestWhenItLetsGo:
    def test_a_cool_down_ends_its_days_later(self) -> None:
        ends = free_from(Reason.COOL_DOWN, {"asked_at": MONDAY, "days": "7"})
        assert ends == datetime(2026, 3, 9, 12, tzinfo=UTC)

    def test_a_budget_of_a_period_with_the_next_one(self) -> None:
        facts = {"asked": "1", "limit": "1", "days": "30", "period": "2026-02-17"}
        assert free_from(Reason.CONTACT_BUDGET, facts) == datetime(2026, 3, 19, tzinfo=UTC)

    def test_what_does_not_pass_has_no_end(self) -> None:
        assert free_from(Reason.NO_ADDRESS, {"asked_at": MONDAY, "days": "7"}) is None
        assert free_from(Reason.COOL_DOWN, {"days": "7"}) is None


@pytest.mark.parametrize(("chance", "words"), [(0.0, "0.00"), (0.004, "0.004"), (0.18, "0.18"), (1.0, "1.00")])
def test_a_chance_that_there_was_is_not_written_as_none(chance: float, words: str) -> None:
    assert chance_words(chance) == words
