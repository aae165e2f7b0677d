"""The weeks of a touchpoint: whole ones, over contacts, with limits; and the page of its figures."""

import json
from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from analysis.chart_words import day_words, signed, span
from analysis.experience import estimate_of, moments_of
from analysis.interval import Interval
from analysis.load_report import Period
from analysis.load_trends import load_trends, weeks_up_to, whole_weeks
from analysis.report import ReportSettings
from analysis.trend_figures import Direction, Trend, Week
from core.database import fetch
from core.errors import Invalid
from surveys.journeys import load_journey
from tests.analysis.answers import contacts_of, given, noon, score
from tests.analysis.test_same_digits import Rows
from tests.factories import Hands, make_journey, make_key
from tests.people import People

SETTINGS = ReportSettings()
MONDAY = date(2026, 1, 5)
EMPTY = Trend((), None, None, None)
FIGURES = "/w/acme/journeys/buying/touchpoints/delivery/figures"
API = "/api/v1/journeys/buying/touchpoints/delivery/figures"


@pytest.fixture
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def faces(people: People, day: date, values: Iterable[int], contacts: list[int]) -> None:
    """One response each, on that day."""
    for contact, value in zip(contacts, values, strict=False):
        await given(people.acme, contact, noon(day), ("felt", "anchor", value))


async def trends(people: People, period: Period, instrument: str = "anchor") -> dict[str, Trend]:
    view = await load_journey(people.acme, "buying")
    return await load_trends(people.acme, view, period, SETTINGS, {"delivery": instrument}, beside=period)


def days(since: date, weeks: int) -> Period:
    return Period(since, since + timedelta(weeks=weeks, days=-1))


class TestWholeWeeks:
    @pytest.mark.parametrize(
        ("since", "until", "monday", "sunday"),
        [
            (date(2026, 1, 5), date(2026, 1, 11), date(2026, 1, 5), date(2026, 1, 11)),
            (date(2026, 1, 6), date(2026, 1, 18), date(2026, 1, 12), date(2026, 1, 18)),
            (date(2025, 12, 28), date(2026, 1, 6), date(2025, 12, 29), date(2026, 1, 4)),
            (date(2024, 2, 26), date(2024, 3, 3), date(2024, 2, 26), date(2024, 3, 3)),
        ],
    )
    def test_run_from_the_first_monday_to_the_last_sunday(
        self, since: date, until: date, monday: date, sunday: date
    ) -> None:
        assert whole_weeks(Period(since, until)) == Period(monday, sunday)

    @pytest.mark.parametrize("until", [date(2026, 1, 6), date(2026, 1, 11), date(2026, 1, 12), date(2026, 1, 17)])
    def test_there_may_be_none(self, until: date) -> None:
        assert whole_weeks(Period(date(2026, 1, 6), until)) is None

    @pytest.mark.parametrize("until", [date(2026, 3, 1) + timedelta(days=n) for n in range(7)])
    def test_a_year_up_to_any_day_has_fifty_two(self, until: date) -> None:
        year = weeks_up_to(until)
        assert whole_weeks(year) == year
        assert year.days == 52 * 7
        assert timedelta() <= until - year.until < timedelta(weeks=1)


@pytest.mark.usefixtures("journey")
class TestTheWeeks:
    async def test_a_week_of_four_contacts_has_no_figures(self, people: People, hands: Hands) -> None:
        contacts = iter(await contacts_of(people.acme, 16))
        for week, values in enumerate(([4] * 6, [1] * 4, [4] * 6)):
            await faces(people, MONDAY + timedelta(weeks=week), values, [next(contacts) for _ in values])
        await score(hands)
        found = (await trends(people, days(MONDAY, 3)))["delivery"]
        # The smallest of the others is hidden with it: the four could be subtracted else.
        assert found.weeks[:2] == tuple(Week(MONDAY + timedelta(weeks=week)) for week in range(2))
        assert (found.weeks[2].n, found.weeks[2].mean) == (6, 0.5)
        assert found.centre == 0.5

    async def test_a_contact_answering_twice_in_a_week_is_one_voice(self, people: People, hands: Hands) -> None:
        contacts = await contacts_of(people.acme, 5)
        await faces(people, MONDAY, [5, 3, 3, 3, 3], contacts)
        await faces(people, MONDAY + timedelta(days=6), [1], contacts)
        await score(hands)
        week = (await trends(people, days(MONDAY, 1)))["delivery"].weeks[0]
        alone = estimate_of(moments_of([0.0] * 5))
        assert alone is not None
        assert (week.n, week.mean) == (5, 0.0)
        assert week.interval is not None
        assert (week.interval.lo, week.interval.hi) == pytest.approx((alone.interval.lo, alone.interval.hi))

    async def test_four_contacts_who_answered_twice_are_four(self, people: People, hands: Hands) -> None:
        contacts = await contacts_of(people.acme, 4)
        for day in (MONDAY, MONDAY + timedelta(days=3)):
            await faces(people, day, [5, 5, 5, 5], contacts)
        await score(hands)
        assert (await trends(people, days(MONDAY, 1)))["delivery"].weeks == (Week(MONDAY),)

    async def test_one_who_answers_in_two_weeks_is_a_voice_in_each(self, people: People, hands: Hands) -> None:
        contacts = await contacts_of(people.acme, 5)
        await faces(people, MONDAY, [5] * 5, contacts)
        await faces(people, MONDAY + timedelta(weeks=1), [1] * 5, contacts)
        await score(hands)
        assert [week.mean for week in (await trends(people, days(MONDAY, 2)))["delivery"].weeks] == [1.0, -1.0]

    async def test_a_week_at_the_end_of_the_year_is_one_week(self, people: People, hands: Hands) -> None:
        contacts = await contacts_of(people.acme, 7)
        for n, day in enumerate(range(7)):
            await faces(people, date(2025, 12, 29) + timedelta(days=day), [4], contacts[n:])
        await score(hands)
        weeks = (await trends(people, Period(date(2025, 12, 1), date(2026, 1, 31))))["delivery"].weeks
        assert [(week.monday, week.n) for week in weeks] == [(date(2025, 12, 29), 7)]

    async def test_days_before_the_first_and_after_the_last_whole_week_are_left_out(
        self, people: People, hands: Hands
    ) -> None:
        contacts = await contacts_of(people.acme, 5)
        for week, face in ((-1, 1), (0, 5), (1, 1)):
            await faces(people, MONDAY + timedelta(weeks=week), [face] * 5, contacts)
        await score(hands)
        found = (await trends(people, Period(MONDAY - timedelta(days=6), MONDAY + timedelta(days=12))))["delivery"]
        assert [(week.monday, week.mean) for week in found.weeks] == [(MONDAY, 1.0)]

    async def test_a_hole_between_two_weeks_stays_a_hole(self, people: People, hands: Hands) -> None:
        contacts = await contacts_of(people.acme, 5)
        for week in (0, 3):
            await faces(people, MONDAY + timedelta(weeks=week), [4] * 5, contacts)
        await score(hands)
        weeks = (await trends(people, days(MONDAY, 4)))["delivery"].weeks
        assert [week.n for week in weeks] == [5, 0, 0, 5]

    async def test_another_instrument_than_the_plotted_one_is_not_mixed_in(self, people: People, hands: Hands) -> None:
        for contact in await contacts_of(people.acme, 6):
            await given(people.acme, contact, noon(MONDAY), ("felt", "anchor", 5), ("nps", "nps", 0))
        await score(hands)
        found = [(await trends(people, days(MONDAY, 1), name))["delivery"].weeks[0].mean for name in ("anchor", "nps")]
        assert found == [1.0, -1.0]

    async def test_ten_weeks_have_limits_and_a_fall_has_a_direction(self, people: People, hands: Hands) -> None:
        contacts = await contacts_of(people.acme, 12)
        for week in range(10):
            usual = [4, 5, 4, 3, 4, 5] if week < 6 else [1, 2, 1, 2, 1, 2]
            await faces(people, MONDAY + timedelta(weeks=week), usual * 2, contacts)
        await score(hands)
        found = (await trends(people, days(MONDAY, 10)))["delivery"]
        assert all(week.limits is not None for week in found.weeks)
        assert found.direction is Direction.DOWN
        assert found.change is not None
        assert found.change.value == pytest.approx(-0.75 - 7 / 12)

    async def test_nobody_and_nothing_plotted_and_no_whole_week_are_empty(self, people: People, hands: Hands) -> None:
        view = await load_journey(people.acme, "buying")
        assert await trends(people, days(MONDAY, 8)) == {"shop": EMPTY, "delivery": EMPTY}
        nothing_plotted = await load_trends(people.acme, view, days(MONDAY, 8), SETTINGS, {}, beside=days(MONDAY, 8))
        assert nothing_plotted == {"shop": EMPTY, "delivery": EMPTY}
        assert (await trends(people, Period(MONDAY, MONDAY)))["delivery"] == EMPTY

    async def test_a_period_that_ends_before_it_starts_is_refused(self, people: People) -> None:
        with pytest.raises(Invalid, match="ends before it starts"):
            await trends(people, Period(MONDAY, MONDAY - timedelta(days=1)))


@pytest.mark.usefixtures("journey")
class TestThePageOfATouchpoint:
    async def test_distribution_official_figures_and_trend_are_those_of_the_api(
        self, people: People, hands: Hands
    ) -> None:
        contacts = await contacts_of(people.acme, 8)
        for week in range(10):
            for at, contact in enumerate(contacts):
                moment = hands.now - timedelta(weeks=week + 1)
                await given(
                    people.acme, contact, moment, ("felt", "anchor", 1 + (at + week) % 5), ("nps", "nps", 10 - at)
                )
        await score(hands)

        page = await people.bob.get(FIGURES)
        api = json.loads((await people.nobody.get(API, headers=await make_key(people.acme, hands.now))).text)

        rows = Rows(page.text).rows
        weeks = {row["head"]: row for row in rows if "Control limits" in row}
        assert len(weeks) == len(api["trend"]["weeks"]) == 10
        for week in api["trend"]["weeks"]:
            row = weeks[day_words(date.fromisoformat(week["monday"]))]
            bounds = [Interval(**week[name]) for name in ("interval", "limits")]
            assert [row["People (n)"], row["Experience"]] == [str(week["n"]), signed(week["mean"])]
            assert [row["95\xa0% interval"], row["Control limits"]] == [span(bound) for bound in bounds]
        faces_row = next(row for row in rows if row.get("head") == "How it felt")
        anchor = next(found for found in api["instruments"] if found["instrument"] == "anchor")
        assert faces_row["Answers"] == str(sum(n for _, n in anchor["distribution"])) == "80"
        assert all(f"{value}: {n} (" in faces_row["Each answer"] for value, n in anchor["distribution"])
        nps = next(row for row in rows if row.get("head") == "NPS")
        official = api["touchpoint"]["official"][0]
        assert nps["Value"] == f"{official['value']:.1f}".replace("-", "−")
        for chart in ("distribution", "trend"):
            for kind in ("json", "svg"):
                drawn = await people.bob.get(f"{FIGURES.removesuffix('figures')}{chart}.{kind}?layout=phone")
                assert drawn.status_code == 200
                assert "NaN" not in drawn.text
        assert "NaN" not in page.text

    async def test_every_instrument_with_enough_contacts_has_its_row(self, people: People, hands: Hands) -> None:
        for at, contact in enumerate(await contacts_of(people.acme, 6)):
            answers = [("felt", "anchor", 4), ("easy", "ces", 6), ("kept", "kept", 3), ("want", "importance", 5)]
            few = [("csat", "csat", 5)] if at < 4 else []
            await given(people.acme, contact, hands.now - timedelta(days=1), *answers, *few)
            await fetch(
                "INSERT INTO answer (response, question, instrument, picks) "
                "SELECT max(id), 'mood', 'emotion', ARRAY['angry', 'happy'] FROM response"
            )
        await score(hands)
        page = (await people.bob.get(FIGURES)).text
        shown = {row["head"]: row for row in Rows(page).rows if "Each answer" in row}
        assert {name: row["Each answer"].replace("\xa0", " ") for name, row in shown.items()} == {
            "How it felt": "4: 6 (100 %)",
            "Was it easy": "6: 6 (100 %)",
            "Was the promise kept": "3: 6 (100 %)",
            "What they felt": "angry: 6 (100 %), happy: 6 (100 %)",
            "How important it is": "5: 6 (100 %)",
        }

    async def test_too_few_answers_are_said_in_words_and_show_no_chart(self, people: People, hands: Hands) -> None:
        contacts = await contacts_of(people.acme, 4)
        await faces(people, (hands.now - timedelta(weeks=2)).date(), [1, 1, 2, 5], contacts)
        await score(hands)
        page = (await people.bob.get(FIGURES)).text
        assert "No answers are shown: fewer than 5 answers." in page
        assert "No week is shown: none has the 5 contacts it takes." in page
        assert "data-chart" not in page

    async def test_a_touchpoint_without_a_survey_says_so(self, people: People) -> None:
        page = (await people.bob.get(FIGURES.replace("delivery", "shop"))).text
        assert "No answers are shown: no survey yet." in page
        assert "data-chart" not in page

    async def test_a_stale_touchpoint_still_shows_the_weeks_it_had(self, people: People, hands: Hands) -> None:
        contacts = await contacts_of(people.acme, 6)
        await faces(people, (hands.now - timedelta(weeks=20)).date(), [4] * 6, contacts)
        await score(hands)
        page = (await people.bob.get(FIGURES)).text
        assert "No answers are shown: last answer over 90 days old." in page
        assert "delivery/trend.json" in page
        assert "delivery/distribution.json" not in page

    async def test_the_first_days_that_may_be_asked_for_have_no_week(self, people: People, hands: Hands) -> None:
        header = await make_key(people.acme, hands.now)
        found = await people.nobody.get(f"{API}?since=2000-01-01&until=2000-01-01", headers=header)
        assert found.status_code == 200
        assert found.json()["trend"]["weeks"] == []

    async def test_what_is_not_there_and_what_is_anothers_is_not_found(self, people: People, hands: Hands) -> None:
        foreign = await make_key(people.other, hands.now)
        answers = [
            await people.alice.get(FIGURES.replace("delivery", "moon")),
            await people.alice.get(FIGURES.replace("buying", "selling")),
            await people.charlie.get(FIGURES),
            await people.charlie.get(FIGURES.replace("acme", "other")),
            await people.nobody.get(API, headers=foreign),
        ]
        assert [answered.status_code for answered in answers] == [404] * 5

    async def test_the_journey_leads_to_the_figures_and_these_to_the_description(self, people: People) -> None:
        assert f'href="{FIGURES}"' in (await people.bob.get("/w/acme/journeys/buying")).text
        asked = "?since=2026-01-01&until=2026-02-01"
        dated = (await people.bob.get(f"/w/acme/journeys/buying{asked}")).text.replace("&amp;", "&")
        assert f'href="{FIGURES}{asked}"' in dated
        assert f'href="/w/acme/journeys/buying/funnel{asked}"' in dated
        description = FIGURES.removesuffix("/figures")
        assert f'href="{description}"' in (await people.bob.get(FIGURES)).text
        assert f'href="{FIGURES}"' in (await people.bob.get(description)).text
