"""The ledger's funnel: from passing a touchpoint to an answer, counted by hand, and what it keeps to itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import UNSET

from analysis.funnel import Funnel, Group, NotAsked
from analysis.funnel_chart import GROUP_WORDS
from analysis.load_funnel import FURTHEST_LAST, GROUPS, load_funnel
from analysis.load_report import Period, last_days
from analysis.report import ReportSettings
from core.database import fetch
from core.errors import Invalid
from core.site import Site
from feedback.deciding.deciding import Reason
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.take_events import take_events
from feedback.ledger.ledger import REASON_WORDS
from surveys.journeys import load_journey
from tests.analysis.answers import contacts_of, given
from tests.analysis.test_same_digits import Rows
from tests.factories import JOURNEY, Hands, Letterbox, answer, invite, make_journey, make_key
from tests.people import People

SETTINGS = ReportSettings()
TWO_SURVEYS = JOURNEY.replace(
    "asks: [{survey: after-delivery, wait: PT2H, expires: P14D}]",
    "asks: [{survey: after-delivery, wait: PT2H, expires: P14D}, {survey: quick, wait: PT1H, expires: P1D}]",
).replace(
    "surveys:\n",
    "surveys:\n  - {key: quick, name: Quick, title: Quick, thanks: Thanks,\n"
    "     questions: [{key: felt, instrument: anchor, text: How was it}]}\n",
)


async def pass_by(people: People, hands: Hands, contact: str, *, name: str = "order.delivered", **more: Any) -> None:
    """An event of `contact`, who has an address unless `email` says otherwise."""
    email = more.pop("email", f"{contact}@customer.example")
    event = IncomingEvent(
        key=f"{name}-{contact}-{hands.now}-{more.get('occurred_at')}",
        name=name,
        contact=EventContact(id=contact, email=email),
        **more,
    )
    await take_events(people.acme, [event], hands.now)


async def funnels(people: People, period: Period, settings: ReportSettings = SETTINGS) -> dict[str, Funnel]:
    view = await load_journey(people.acme, "buying")
    return {funnel.key: funnel for funnel in await load_funnel(people.acme, view, period, settings)}


@pytest.fixture
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


@pytest.mark.usefixtures("journey")
class TestTheSteps:
    async def test_every_reason_and_every_step_is_counted_by_hand(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        for n in range(6):
            await answer(people.nobody, site, letterbox, hands, f"answers{n}", felt="4")
        opened = await invite(people.nobody, site, letterbox, hands, "opens")
        await people.nobody.get(opened)
        await invite(people.nobody, site, letterbox, hands, "ignores")
        await pass_by(people, hands, "answers0")  # again within 30 days
        await pass_by(people, hands, "silent", email="")
        await fetch("UPDATE contact SET unsubscribed_at = $1 WHERE external_id = 'opens'", hands.now)
        await pass_by(people, hands, "opens")
        await pass_by(people, hands, "late", occurred_at=hands.now - timedelta(days=15))
        await pass_by(people, hands, "waits")  # due, not sent yet
        await pass_by(people, hands, "visits", name="shop.visited")

        found = await funnels(people, last_days(hands.now))

        reasons = [Reason.UNSUBSCRIBED, Reason.NO_ADDRESS, Reason.TOO_LATE, Reason.ASKED_HERE_RECENTLY]
        assert found["delivery"] == Funnel(
            key="delivery",
            name="Delivery",
            passed=13,
            eligible=10,
            asked=9,
            sent=8,
            delivered=8,
            opened=7,
            answered=6,
            not_asked=tuple(NotAsked(REASON_WORDS[reason], 1, GROUPS[reason]) for reason in reasons),
        )
        assert found["shop"] == Funnel(
            key="shop", name="Shop", passed=1, eligible=0, asked=0, sent=0, delivered=0, opened=0, answered=0,
            not_asked=(NotAsked("no survey listens to this event", 1, Group.COULD_NOT),),
        )  # fmt: skip

    async def test_whoever_passed_was_asked_or_has_one_reason(self, people: People, hands: Hands) -> None:
        for n in range(9):
            await pass_by(people, hands, f"c{n % 4}", email="" if n % 4 == 3 else UNSET)
            hands.move(hours=1)
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert found.passed == 9
        assert found.asked + sum(not_asked.n for not_asked in found.not_asked) == found.passed

    async def test_who_answers_without_a_visit_of_the_page_has_opened_it(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        for n in range(5):
            await answer(people.nobody, site, letterbox, hands, f"c{n}", felt="4")
        assert await fetch("SELECT 1 FROM invitation WHERE opened_at IS NOT NULL") == []
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert (found.sent, found.opened, found.answered) == (5, 5, 5)

    async def test_a_mail_that_was_given_up_was_asked_and_never_sent(self, people: People, hands: Hands) -> None:
        for state in ("failed", "missed", "cancelled"):
            await pass_by(people, hands, state)
            await fetch("UPDATE invitation SET state = $1 WHERE state = 'due'", state)
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert (found.asked, found.sent, found.opened, found.answered) == (3, 0, 0, 0)

    async def test_who_could_not_be_asked_is_not_eligible_and_who_was_left_out_is(
        self, people: People, hands: Hands
    ) -> None:
        for reason in Reason:
            await pass_by(people, hands, reason, email="")
            await fetch(
                "UPDATE decision SET reason = $1 WHERE contact = (SELECT id FROM contact WHERE external_id = $1)",
                reason,
            )
        await fetch("DELETE FROM decision WHERE reason = 'due'")
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        could_not = {"no_trigger", "conditions", "unsubscribed", "suppressed", "no_consent", "no_address", "no_page"}
        assert (found.passed, found.asked) == (len(Reason), 0)
        # Without a decision an event has found nobody who listens, as the one whose decision is gone.
        assert found.eligible == len(Reason) - len(could_not | {"too_late"}) - 1
        by_group = {group: {n.reason for n in found.not_asked if n.group is group} for group in Group}
        assert by_group[Group.COULD_NOT] == {REASON_WORDS[Reason(name)] for name in could_not | {"too_late"}}
        assert by_group[Group.NOT_DRAWN] == {REASON_WORDS[Reason.NOT_DRAWN], REASON_WORDS[Reason.NOT_SAMPLED]}
        assert REASON_WORDS[Reason.CONTACT_BUDGET] in by_group[Group.POLICY]

    async def test_what_came_back_was_sent_and_not_delivered(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        for contact in ("arrived", "silent", "bounced"):
            await invite(people.nobody, site, letterbox, hands, contact)
        of = "WHERE contact = (SELECT id FROM contact WHERE external_id = $1)"
        await fetch(f"UPDATE invitation SET delivered_at = sent_at {of}", "arrived")
        # The provider took it first, and it came back later.
        back = "state = 'bounced', delivered_at = sent_at, bounced_at = sent_at + interval '1 hour'"
        await fetch(f"UPDATE invitation SET {back} {of}", "bounced")
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert (found.asked, found.sent, found.delivered, found.confirmed) == (3, 3, 2, 1)

    async def test_what_was_sent_stays_sent_while_a_reminder_is_due_or_is_cancelled(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        for contact in ("c1", "c2", "c3"):
            await invite(people.nobody, site, letterbox, hands, contact)
        for contact, state in (("c1", "due"), ("c2", "held"), ("c3", "cancelled")):
            await fetch(
                "UPDATE invitation SET state = $2 WHERE contact = (SELECT id FROM contact WHERE external_id = $1)",
                contact,
                state,
            )
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert (found.sent, found.delivered, found.waiting, found.held) == (3, 3, 0, 0)

    async def test_what_waits_is_asked_and_stands_apart(self, people: People, hands: Hands) -> None:
        for contact in ("waits", "left", "held", "due"):
            await pass_by(people, hands, contact)
        of = "WHERE contact = (SELECT id FROM contact WHERE external_id = $1)"
        for contact in ("waits", "left"):
            await fetch(f"UPDATE decision SET outcome = 'deferred', reason = 'quiet_day' {of}", contact)
        await fetch(f"UPDATE invitation SET state = 'sent', sent_at = $2 {of}", "left", hands.now)
        await fetch(f"UPDATE invitation SET state = 'held' {of}", "held")
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert (found.eligible, found.asked, found.sent, found.waiting, found.held) == (4, 4, 1, 1, 1)
        assert found.not_asked == ()

    async def test_an_event_that_names_another_touchpoint_did_not_pass(self, people: People, hands: Hands) -> None:
        await pass_by(people, hands, "c1", touchpoint="shop")
        await pass_by(people, hands, "c2", touchpoint="delivery")
        found = await funnels(people, last_days(hands.now))
        assert (found["delivery"].passed, found["shop"].passed) == (1, 0)

    async def test_only_events_of_the_period_pass_to_the_second(self, people: People, hands: Hands) -> None:
        day = hands.now.replace(hour=0, minute=0)
        for n, moment in enumerate((day - timedelta(seconds=1), day, day + timedelta(days=1, seconds=-1))):
            await pass_by(people, hands, f"c{n}", occurred_at=moment)
        await pass_by(people, hands, "c9", occurred_at=day + timedelta(days=1))
        assert (await funnels(people, Period(day.date(), day.date())))["delivery"].passed == 2

    async def test_another_workspace_with_the_same_events_is_not_counted(self, people: People, hands: Hands) -> None:
        await make_journey(people.other, hands.now)
        event = IncomingEvent(key="k", name="order.delivered", contact=EventContact(id="c", email="c@other.example"))
        await take_events(people.other, [event], hands.now)
        assert (await funnels(people, last_days(hands.now)))["delivery"].passed == 0

    async def test_a_journey_nobody_passed_has_zeros(self, people: People, hands: Hands) -> None:
        found = await funnels(people, last_days(hands.now))
        assert [set(funnel.counts.values()) for funnel in found.values()] == [{0}, {0}]

    async def test_a_period_that_ends_before_it_starts_is_refused(self, people: People, hands: Hands) -> None:
        with pytest.raises(Invalid, match="ends before it starts"):
            await funnels(people, Period(date(2026, 2, 2), date(2026, 2, 1)))


class TestSeveralSurveysAtOneTouchpoint:
    async def test_an_event_counts_once_and_the_survey_that_came_furthest_decides(
        self, people: People, hands: Hands
    ) -> None:
        await make_journey(people.acme, hands.now, TWO_SURVEYS)
        await pass_by(people, hands, "c1")  # the second survey finds that the first has asked
        await pass_by(people, hands, "c2", occurred_at=hands.now - timedelta(days=3))  # too late for the quick one
        await pass_by(people, hands, "c3", email="")
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert (found.passed, found.eligible, found.asked) == (3, 2, 2)
        assert found.not_asked == (NotAsked(REASON_WORDS[Reason.NO_ADDRESS], 1, Group.COULD_NOT),)

    def test_every_reason_has_a_place_and_words(self) -> None:
        assert set(FURTHEST_LAST) == set(Reason) == set(REASON_WORDS)
        assert FURTHEST_LAST[0] is Reason.NO_TRIGGER
        assert FURTHEST_LAST[-1] is Reason.DUE
        assert set(GROUPS) == set(Reason) - {Reason.DUE}
        assert set(GROUP_WORDS) == set(Group)


@pytest.mark.usefixtures("journey")
class TestWhatIsNotShown:
    @pytest.mark.parametrize(("contacts", "answered"), [(0, 0), (1, None), (4, None), (5, 5)])
    async def test_answers_of_fewer_than_five_contacts_are_not_counted_out(
        self,
        people: People,
        site: Site,
        letterbox: Letterbox,
        hands: Hands,
        contacts: int,
        answered: int | None,
    ) -> None:
        await invite(people.nobody, site, letterbox, hands, "silent")
        for n in range(contacts):
            await answer(people.nobody, site, letterbox, hands, f"c{n}", felt="4")
        assert (await funnels(people, last_days(hands.now)))["delivery"].answered == answered

    async def test_five_answers_of_four_contacts_are_those_of_four(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        await answer(people.nobody, site, letterbox, hands, "c0", felt="4")
        hands.move(days=31)
        for n in range(4):
            await answer(people.nobody, site, letterbox, hands, f"c{n}", felt="4")
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert (found.sent, found.answered) == (5, None)

    async def test_answers_that_came_without_an_event_are_in_no_funnel(self, people: People, hands: Hands) -> None:
        for contact in await contacts_of(people.acme, 6):
            await given(people.acme, contact, hands.now, ("felt", "anchor", 4))
        found = (await funnels(people, last_days(hands.now)))["delivery"]
        assert (found.passed, found.answered) == (0, 0)

    async def test_no_total_is_given_from_which_few_answers_follow(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        for n in range(3):
            await answer(people.nobody, site, letterbox, hands, f"c{n}", felt="4")
        header = await make_key(people.acme, hands.now)
        found = (await people.nobody.get("/api/v1/journeys/buying/funnel", headers=header)).json()
        assert set(found) == {"journey", "name", "since", "until", "k", "touchpoints"}
        page = (await people.bob.get("/w/acme/journeys/buying/funnel")).text
        assert "fewer than 5" in page
        assert {row["Answered"] for row in Rows(page).rows if row.get("head") == "Delivery"} == {"fewer than 5"}
