"""The page of the contact policy: whoever owns the workspace says what holds, and every fault stands at its field."""

from datetime import date

import pytest

from core.database import fetch
from feedback.deciding.load_policy import load_policy
from feedback.deciding.policy import Budget, CoolDownGroup, Draw, Policy, QuietDates
from feedback.deciding.policy_form import PolicyForm, filled_form, form_of, read_policy
from feedback.deciding.policy_words import policy_sentences
from feedback.delivery.sending_pause import paused_since
from surveys.trigger_rule import Weekday
from tests.factories import Hands, make_journey
from tests.people import People, post_form

PAGE = "/w/acme/policy"
TOUCHPOINTS = ("buying/shop", "buying/delivery")
FULL = Policy(
    draw=Draw.FIRST_COME,
    contact_budget=Budget(2, 60),
    account_budget=None,
    touchpoint_days=90,
    survey_days=10,
    overall_days=3,
    groups=(CoolDownGroup("After, the sale", TOUCHPOINTS, 14), CoolDownGroup("One", TOUCHPOINTS, 1)),
    quiet_weekdays=(Weekday.SAT, Weekday.SUN),
    quiet_dates=(QuietDates(date(2026, 12, 24), date(2027, 1, 2)), QuietDates(date(2026, 5, 1), date(2026, 5, 1))),
    needs_consent=True,
    time_zone="Europe/Vienna",
)
FIELDS = {
    "draw": "lottery",
    "contact_invitations": "1",
    "contact_days": "30",
    "touchpoint_days": "30",
    "survey_days": "0",
    "overall_days": "7",
    "time_zone": "UTC",
}


@pytest.mark.parametrize("policy", [Policy(), FULL])
def test_a_policy_comes_back_from_its_form_as_it_was(policy: Policy) -> None:
    assert read_policy(form_of(policy), TOUCHPOINTS) == policy


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("draw", "by height"),
        ("contact_invitations", ""),
        ("contact_invitations", "0"),
        ("contact_days", "9999"),
        ("account_days", "x"),
        ("touchpoint_days", "-1"),
        ("survey_days", "1.5"),
        ("overall_days", ""),
        ("overall_days", "٣"),
        ("groups", "After the sale"),
        ("groups", "After, 14 days: buying/delivery, buying/nowhere"),
        ("groups", "After, 14 days: buying/delivery"),
        ("groups", "After, 0 days: buying/delivery, buying/shop"),
        ("quiet_dates", "Christmas"),
        ("quiet_dates", "2026-02-29"),
        ("quiet_dates", "2026-05-02 to 2026-05-01"),
        ("quiet_dates", "2026-05-02 to 2046-05-01"),
        ("quiet_dates", "\n".join(["2026-05-01"] * 101)),
        ("time_zone", "Vienna"),
        ("time_zone", ""),
    ],
)
async def test_a_fault_stands_at_its_field_and_nothing_is_saved(
    people: People, hands: Hands, field: str, written: str
) -> None:
    await make_journey(people.acme, hands.now)
    page = await post_form(people.alice, PAGE, {**FIELDS, field: written})
    assert page.status_code == 422
    assert f'id="fault-{field}"' in page.text
    assert await load_policy(people.acme) == Policy()


async def test_all_faults_are_said_at_once_and_what_was_written_stays(people: People) -> None:
    page = await post_form(people.alice, PAGE, {**FIELDS, "survey_days": "many", "quiet_dates": "Christmas"})
    assert 'id="fault-survey_days"' in page.text
    assert 'id="fault-quiet_dates"' in page.text
    assert ">Christmas</textarea>" in page.text


async def test_an_owner_saves_and_everybody_reads_it_in_plain_words(people: People) -> None:
    saved = await post_form(people.alice, PAGE, {**FIELDS, "quiet_weekdays": "sun"})
    assert saved.status_code == 303
    assert await load_policy(people.acme) == Policy(
        contact_budget=Budget(1, 30), account_budget=None, quiet_weekdays=(Weekday.SUN,)
    )
    page = (await people.bob.get(PAGE)).text
    assert "Nobody gets more than 1 survey in a period of 30 days." in page
    assert "Nothing leaves on Sundays." in page
    assert "<form" not in page.split("<main")[1]  # a viewer changes nothing


async def test_a_viewer_changes_nothing(people: People) -> None:
    for path in (PAGE, f"{PAGE}/pause", f"{PAGE}/resume"):
        assert (await post_form(people.bob, path, FIELDS)).status_code == 403
    assert await paused_since(people.acme) is None


async def test_sending_is_paused_and_resumed_on_the_page(people: People) -> None:
    assert "Pause all sending" in (await people.alice.get(PAGE)).text
    assert (await post_form(people.alice, f"{PAGE}/pause", {})).status_code == 303
    for page in ("triggers", "outbox"):  # where somebody wonders why nothing leaves
        assert "All sending is paused" in (await people.alice.get(f"/w/acme/{page}")).text
    assert "Go on sending" in (await people.alice.get(PAGE)).text
    assert "Paused since" in (await people.bob.get(PAGE)).text
    await post_form(people.alice, f"{PAGE}/resume", {})
    assert "Pause all sending" in (await people.alice.get(PAGE)).text


async def test_the_odds_of_the_period_are_shown_and_not_fixed_by_looking(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    page = (await people.alice.get(PAGE)).text
    assert '<th scope="row">Delivery</th>' in page
    assert "100.0" in page  # the only touchpoint that asks
    assert "not worked out yet" in page
    assert await fetch("SELECT FROM lottery_odds") == []


async def test_first_come_has_no_odds(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await post_form(people.alice, PAGE, {**FIELDS, "draw": "first_come"})
    assert "The draw," not in (await people.alice.get(PAGE)).text


def test_every_rule_has_its_sentence() -> None:
    assert policy_sentences(FULL) == (
        "Nobody gets more than 2 surveys in any 60 days.",
        "Whoever may be asked is asked at once: first come, first served.",
        "Between any two surveys to a person lie at least 3 days.",
        "Of experiences at one touchpoint within 90 days of each other a person is asked about one.",
        "Nobody gets the same survey twice within 10 days.",
        "After, the sale: of 2 touchpoints one asks a person within 14 days.",
        "One: of 2 touchpoints one asks a person within 1 day.",
        "Nothing leaves on Saturdays and Sundays.",
        "Nothing leaves on these days: 24 Dec 2026 to 2 Jan 2027 and 1 May 2026.",
        "Only who has agreed is asked.",
        "Whoever unsubscribes, complains or is on the list of addresses never written to gets nothing at all.",
    )


def test_a_form_of_nothing_is_read_too() -> None:
    assert filled_form({}) == PolicyForm()
