"""The funnel's page, chart and API: the same digits everywhere, for the days that were asked for."""

import httpx
import pytest

from analysis.chart_words import percent
from analysis.funnel import Step
from analysis.funnel_chart import GROUP_WORDS
from core.database import fetch
from core.site import Site
from tests.analysis.test_funnel import pass_by
from tests.analysis.test_same_digits import Rows
from tests.factories import Hands, Letterbox, answer, make_journey, make_key
from tests.people import People


@pytest.fixture
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


@pytest.mark.usefixtures("journey")
class TestPageAndApi:
    async def test_they_agree_digit_by_digit(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        for n in range(5):
            await answer(people.nobody, site, letterbox, hands, f"c{n}", felt="4")
        for n in range(3):
            await pass_by(people, hands, f"silent{n}", email="")
        for n, change in enumerate(("state = 'held'", "expires_at = expires_at")):
            await pass_by(people, hands, f"waits{n}")
            await fetch(f"UPDATE invitation SET {change} WHERE state = 'due'")
        await fetch(
            "UPDATE decision d SET outcome = 'deferred', reason = 'quiet_day' FROM invitation i "
            "WHERE i.decision = d.id AND i.state = 'due'"
        )
        await fetch("UPDATE invitation SET delivered_at = sent_at WHERE id = (SELECT min(id) FROM invitation)")
        header = await make_key(people.acme, hands.now)
        api = (await people.nobody.get("/api/v1/journeys/buying/funnel", headers=header)).json()
        page = Rows((await people.bob.get("/w/acme/journeys/buying/funnel")).text).rows
        shown = {row["head"]: row for row in page if "Passed" in row}
        assert set(shown) == {"Shop", "Delivery"}
        for funnel in api["touchpoints"]:
            figures = {step.capitalize(): funnel[step] for step in Step if step is not Step.PASSED}
            figures |= {"Arrival confirmed": funnel["confirmed"], "Held": funnel["held"]}
            figures |= {"Deferred, still waiting": funnel["waiting"]}
            for label, n in figures.items():
                share = f"\xa0({percent(n / funnel['passed'])})" if funnel["passed"] else ""
                assert shown[funnel["name"]][label] == f"{n}{share}"
            for group, label in GROUP_WORDS.items():
                reasons = [
                    f"{found['reason']}: {found['n']}" for found in funnel["not_asked"] if found["group"] == group
                ]
                assert shown[funnel["name"]].get(label, "") == ", ".join(reasons)
        report = (await people.nobody.get("/api/v1/journeys/buying/report", headers=header)).json()
        assert report["funnels"] == api["touchpoints"]
        chart = (await people.bob.get("/w/acme/journeys/buying/funnel.json")).text
        [delivery] = [funnel for funnel in api["touchpoints"] if funnel["key"] == "delivery"]
        assert (delivery["confirmed"], delivery["held"], delivery["waiting"]) == (1, 1, 1)
        for label in ("Delivered", "Arrival confirmed", "Held", "Deferred, still waiting", "Could not be asked"):
            assert shown["Delivery"][label] in chart

    async def test_a_program_chooses_the_days(self, people: People, hands: Hands) -> None:
        await pass_by(people, hands, "c1")
        header = await make_key(people.acme, hands.now)
        paths = [f"/api/v1/journeys/buying/funnel?since={day}&until={day}" for day in ("2026-03-01", "2026-03-02")]
        answers = [(await people.nobody.get(path, headers=header)).json() for path in paths]
        assert [found["touchpoints"][1]["passed"] for found in answers] == [0, 1]
        assert [found["since"] for found in answers] == ["2026-03-01", "2026-03-02"]

    async def test_a_period_that_ends_before_it_starts_says_so(self, people: People, hands: Hands) -> None:
        header = await make_key(people.acme, hands.now)
        path = "/api/v1/journeys/buying/funnel?since=2026-03-02&until=2026-03-01"
        answered = await people.nobody.get(path, headers=header)
        assert answered.status_code == 422
        assert "ends before it starts" in answered.text

    async def test_an_unknown_journey_and_another_workspace_are_not_found(self, people: People, hands: Hands) -> None:
        foreign = await make_key(people.other, hands.now)
        answers: list[httpx.Response] = [
            await people.alice.get("/w/acme/journeys/selling/funnel"),
            await people.charlie.get("/w/acme/journeys/buying/funnel"),
            await people.charlie.get("/w/other/journeys/buying/funnel"),
            await people.nobody.get("/api/v1/journeys/buying/funnel", headers=foreign),
        ]
        assert [answered.status_code for answered in answers] == [404] * 4

    async def test_before_anything_happened_the_page_says_that_nobody_passed(self, people: People) -> None:
        page = (await people.bob.get("/w/acme/journeys/buying/funnel")).text
        assert "nobody has passed a touchpoint in this period" in page
        assert "NaN" not in page
        for kind in ("json", "svg"):
            drawn = await people.bob.get(f"/w/acme/journeys/buying/funnel.{kind}?layout=phone&theme=dark")
            assert drawn.status_code == 200
            assert "NaN" not in drawn.text
