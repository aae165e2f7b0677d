"""How far answers are taken: until a quota is full, between two dates, for a day after the first, once a person."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from core.database import fetch
from feedback.answering.asking import find_asking
from feedback.answering.keep_answers import keep_answers
from surveys.given_answer import GivenAnswer
from surveys.instruments import Instrument
from surveys.taking import Taken
from tests.factories import work
from tests.feedback.answering import (
    AS_PROGRAM,
    Customer,
    Desk,
    asks,
    changes,
    chosen,
    everything_stored,
    goes,
    kept,
    leads_to,
    refusals,
    responses,
    screen,
)

FELT = asks("felt", "anchor", required=True)
NPS = asks("nps", "nps")
WHY = asks("why", "comment")
UNHAPPY = {"key": "unhappy", "limit": 3, "when": [{"answer": "felt", "at_most": 2}]}


async def at_once(*customers: Customer, **fields: str) -> Counter[int]:
    """How often each status answered."""
    answers = await asyncio.gather(*(customer.sends(**fields) for customer in customers))
    return Counter(answer.status_code for answer in answers)


class TestQuotas:
    async def test_of_twenty_at_once_exactly_as_many_as_are_wanted_are_taken(self, desk: Desk) -> None:
        await desk.publishes(FELT, quotas=[{"key": "all", "limit": 7}])
        visitors = [await desk.visited(f"n{n}") for n in range(20)]
        assert await at_once(*visitors, felt="4") == {303: 7, 410: 13}
        stored = await everything_stored()
        assert (stored["response"], stored["answer"], stored["contact"]) == (7, 7, 7)
        assert await fetch("SELECT quota, n FROM quota_count") == [{"quota": "all", "n": 7}]
        assert await refusals() == {"full": 13}

    async def test_one_who_sends_twenty_times_counts_once(self, desk: Desk) -> None:
        await desk.publishes(FELT, quotas=[{"key": "all", "limit": 2}])
        visitor = await desk.visited()
        assert await at_once(*[visitor] * 20, felt="4") == {303: 20}
        assert await fetch("SELECT n FROM quota_count") == [{"n": 1}]

    async def test_a_quota_with_a_condition_is_exact_and_stops_nobody_else(self, desk: Desk) -> None:
        await desk.publishes(FELT, quotas=[UNHAPPY])
        unhappy = [await desk.visited(f"u{n}") for n in range(10)]
        assert await at_once(*unhappy, felt="1") == {303: 3, 410: 7}
        assert await at_once(*[await desk.visited(f"h{n}") for n in range(5)], felt="5") == {303: 5}
        assert await fetch("SELECT n FROM quota_count") == [{"n": 3}]

    async def test_two_quotas_at_once_wait_for_each_other_never_for_ever(self, desk: Desk) -> None:
        await desk.publishes(FELT, quotas=[UNHAPPY, {"key": "all", "limit": 9}])
        visitors = [(await desk.visited(f"n{n}"), "1" if n % 2 else "5") for n in range(20)]
        answers = await asyncio.gather(*(visitor.sends(felt=felt) for visitor, felt in visitors))
        assert Counter(answer.status_code for answer in answers)[303] == len(await responses()) <= 9
        counts = Counter({row["quota"]: row["n"] for row in await fetch("SELECT quota, n FROM quota_count")})
        values = [row["value"] for row in await fetch("SELECT value FROM answer")]
        assert (counts["unhappy"], counts["all"]) == (values.count(1), len(values))

    async def test_a_full_one_says_so_kindly_before_anything_is_written(self, desk: Desk) -> None:
        await desk.publishes(FELT, quotas=[{"key": "all", "limit": 1}])
        first, second = await desk.visited("n1"), await desk.visited("n2")
        await first.sends(felt="4")
        page = await second.opens()
        assert page.status_code == 410
        assert "We have all the answers we need" in page.text
        refused = await second.posts({"felt": "4"}, **AS_PROGRAM)
        assert (refused.status_code, refused.json()["detail"]) == (410, "We have all the answers we need")

    async def test_who_is_counted_may_go_on_and_change_their_mind_when_it_is_full(self, desk: Desk) -> None:
        await desk.publishes(FELT, WHY, layout="steps", quotas=[{"key": "all", "limit": 1}])
        visitor = await desk.visited()
        assert leads_to(await visitor.sends("felt", felt="4")) == "why"
        assert screen(await visitor.opens()) == ["why"]
        assert leads_to(await visitor.sends("why", why="Fine.")) is None
        assert leads_to(await visitor.sends("felt", felt="1")) == "why"

    async def test_one_who_meets_a_full_condition_half_way_keeps_what_they_had(self, desk: Desk) -> None:
        await desk.publishes(NPS, FELT, layout="steps", quotas=[{**UNHAPPY, "limit": 1}])
        first, second = await desk.visited("n1"), await desk.visited("n2")
        await first.sends("felt", felt="1")
        await second.sends("nps", nps="3")
        assert (await second.sends("felt", felt="2")).status_code == 410
        assert await fetch("SELECT question FROM answer ORDER BY id") == [{"question": "felt"}, {"question": "nps"}]

    async def test_a_tap_counts_and_is_refused_as_a_form_is(self, desk: Desk) -> None:
        await desk.publishes(FELT, quotas=[{"key": "all", "limit": 1}])
        first, second = await desk.visited("n1"), await desk.visited("n2")
        assert (await first.taps(felt="4")).status_code == 204
        assert (await second.taps(felt="4")).status_code == 410
        assert len(await responses()) == 1


class TestDates:
    @pytest.fixture
    async def dated(self, desk: Desk) -> Customer:
        """Somebody with a link to a survey that opens in six hours and closes in eighteen; mails would wait for it."""
        opens, closes = (desk.hands.now + timedelta(hours=hours) for hours in (6, 18))
        await desk.publishes(FELT, opens_at=opens.isoformat(), closes_at=closes.isoformat())
        return await desk.visited()

    async def test_before_it_opens_the_page_says_when_and_takes_nothing(self, dated: Customer) -> None:
        before = await everything_stored()
        page = await dated.opens()
        assert page.status_code == 403
        assert "It opens on March 2, 2026." in page.text
        assert (await dated.sends(felt="4")).status_code == 403
        assert (await dated.posts({"felt": "4"}, **AS_PROGRAM)).status_code == 403
        assert (await dated.taps(felt="4")).status_code == 403
        assert await everything_stored() == before
        assert await refusals() == {"early": 3}

    async def test_it_opens_and_closes_to_the_second(self, desk: Desk, dated: Customer) -> None:
        statuses = []
        for move in ({"hours": 6, "seconds": -1}, {"seconds": 1}, {"hours": 12, "seconds": -1}, {"seconds": 1}):
            desk.hands.move(**move)
            statuses.append((await dated.opens()).status_code)
        assert statuses == [403, 200, 200, 410]

    async def test_after_it_has_closed_nothing_is_taken(self, desk: Desk, dated: Customer) -> None:
        desk.hands.move(hours=19)
        before = await everything_stored()
        page = await dated.opens()
        assert page.status_code == 410
        assert "This survey is closed" in page.text
        assert (await dated.sends(felt="4")).status_code == 410
        refused = await dated.posts({"felt": "4"}, **AS_PROGRAM)
        assert (refused.status_code, refused.json()["detail"]) == (410, "This survey is closed")
        assert await everything_stored() == before
        assert await refusals() == {"closed": 2}

    async def test_who_has_answered_may_not_change_it_once_it_is_closed(self, desk: Desk, dated: Customer) -> None:
        desk.hands.move(hours=17)
        assert (await dated.sends(felt="4")).status_code == 303
        desk.hands.move(hours=2)
        assert (await dated.sends(felt="1")).headers["location"].endswith("?again=1")
        assert await kept() == {"felt": 4}
        assert await refusals() == {"answered": 1}

    async def test_who_was_half_way_when_it_closed_keeps_what_they_said(self, desk: Desk, dated: Customer) -> None:
        desk.hands.move(hours=12)
        await dated.taps(felt="2")
        desk.hands.move(hours=7)
        assert (await dated.taps(felt="5")).status_code == 410
        assert await kept() == {"felt": 2}


class TestChangingOnesMind:
    @pytest.fixture
    async def customer(self, desk: Desk) -> Customer:
        await desk.publishes(FELT, NPS, WHY)
        customer = await desk.mails()
        await customer.sends(felt="2", nps="3", why="Late.")
        return customer

    async def test_before_scoring_the_answer_itself_changes(self, customer: Customer) -> None:
        assert (await customer.sends(felt="5", why="")).status_code == 303
        assert await kept() == {"felt": 5, "nps": 3}
        assert (await changes(), len(await responses())) == ([], 1)

    async def test_after_scoring_the_change_waits_but_the_page_shows_it(self, desk: Desk, customer: Customer) -> None:
        await work(desk.site)
        assert (await customer.sends(felt="5", nps="3", why="")).status_code == 303
        assert await kept() == {"felt": 2, "nps": 3, "why": "Late."}
        assert await changes() == ["felt", "why"]  # and nothing of what stays as it was
        again = await customer.opens(change="1")
        assert chosen(again) == ["5", "3"]
        assert "Late." not in again.text
        await work(desk.site)
        assert await kept() == {"felt": 5, "nps": 3}
        assert (await changes(), len(await responses())) == ([], 1)

    async def test_a_change_of_a_change_leaves_the_last(self, desk: Desk, customer: Customer) -> None:
        await work(desk.site)
        for felt in ("5", "1", "2", "4"):
            await customer.sends(felt=felt, nps="3", why="Late.")
        await work(desk.site)
        assert await kept() == {"felt": 4, "nps": 3, "why": "Late."}

    async def test_twenty_changes_at_once_are_one_answer(self, desk: Desk, customer: Customer) -> None:
        await work(desk.site)
        answers = await asyncio.gather(*(customer.sends(felt=str(n % 5 + 1), nps=str(n % 11)) for n in range(20)))
        assert {answer.status_code for answer in answers} == {303}
        await work(desk.site)
        assert len(await responses()) == 1
        assert len(await kept()) == 3

    async def test_a_day_after_the_first_answer_it_stays(self, desk: Desk, customer: Customer) -> None:
        desk.hands.move(hours=23, minutes=59)
        assert (await customer.sends(felt="4")).status_code == 303
        desk.hands.move(minutes=1)
        before = await kept()
        assert (await customer.sends(felt="1")).headers["location"].endswith("?again=1")
        assert (await customer.posts({"felt": "1"}, **AS_PROGRAM)).status_code == 409
        assert (await customer.taps(felt="1")).status_code == 303
        assert 'name="felt"' not in (await customer.opens(change="1")).text
        assert (await kept(), await changes()) == (before, [])
        assert await refusals() == {"answered": 3}

    async def test_who_clicks_another_face_in_the_mail_too_late_is_told_so(
        self, desk: Desk, customer: Customer
    ) -> None:
        assert "You chose" in (await customer.opens(f"{customer.page}/felt/1")).text
        desk.hands.move(days=2)
        assert "You have answered already" in (await customer.opens(f"{customer.page}/felt/1")).text
        assert "You have answered already" not in (await customer.opens()).text

    async def test_what_was_completed_meanwhile_stays_where_its_day_is_over(self, desk: Desk) -> None:
        await desk.publishes(FELT, NPS)
        customer = await desk.mails()
        await customer.taps(felt="2")
        desk.hands.move(days=2)
        before = await find_asking(desk.site, customer.page.removeprefix("/a/"))
        await customer.sends(felt="2", nps="3")  # in another tab
        late = Taken({"felt": GivenAnswer("felt", Instrument.ANCHOR, value=5)}, None)
        assert await keep_answers(before, late, "en", before.attributes, desk.hands.now) == "answered"
        assert await kept() == {"felt": 2, "nps": 3}

    async def test_two_tabs_lose_nothing_of_each_other(self, desk: Desk) -> None:
        await desk.publishes(FELT, NPS, WHY, layout="steps")
        customer = await desk.mails()
        for _ in range(5):
            tabs = (customer.taps(felt="2"), customer.sends("nps", nps="7"), customer.taps(why="Late."))
            assert [answer.status_code for answer in await asyncio.gather(*tabs)] == [204, 303, 204]
        assert await kept() == {"felt": 2, "nps": 7, "why": "Late."}
        assert len(await responses()) == 1

    async def test_a_tab_left_on_another_way_stores_nothing_of_it(self, desk: Desk) -> None:
        felt = asks("felt", "anchor", branches=[goes("nps", answer="felt", at_least=3)])
        await desk.publishes(felt, WHY, NPS, layout="steps")
        customer = await desk.mails()
        await customer.sends("felt", felt="1")
        await customer.sends("felt", felt="5")  # in the other tab
        assert (await customer.sends("why", why="Late.")).status_code == 422
        assert await kept() == {"felt": 5}

    async def test_a_new_version_leaves_an_answer_under_the_one_it_was_given_to(self, desk: Desk) -> None:
        await desk.publishes(FELT, NPS)
        customer, visitor = await desk.mails(), await desk.visited()
        await desk.publishes(WHY, title="Another survey")
        for somebody in (customer, visitor):
            assert "Your delivery" in (await somebody.opens()).text
            assert (await somebody.sends(felt="4", nps="9")).status_code == 303
            assert (await somebody.sends(felt="5", nps="9")).status_code == 303
        rows = await fetch("SELECT v.number FROM response r JOIN survey_version v ON v.id = r.survey_version")
        assert [row["number"] for row in rows] == [1, 1]
        assert "Another survey" in (await (await desk.visited("n2")).opens()).text
