"""Whoever opens the links of a mail, nothing is answered and nobody opted out; a person's tap counts once."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from litestar import Litestar

from analysis.load_funnel import load_funnel
from analysis.load_report import last_days
from analysis.report import ReportSettings
from core.database import fetch
from core.site import Site
from feedback.answering.click_figures import ClickFigures, click_figures
from feedback.answering.keep_clicks import MOST_KEPT
from feedback.delivery.mail_scale import TAKEN
from surveys.journeys import load_journey
from tests.factories import JOURNEY, Hands, Letterbox, invite, make_journey
from tests.people import People

PHONE = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"}
ONE_QUESTION = re.sub(r"      - \{key: (nps|mood|why).*\n", "", JOURNEY)
PROVISIONAL, REJECTED, VERIFIED = ClickFigures(0, 1, 0), ClickFigures(0, 0, 1), ClickFigures(1, 0, 0)


@pytest.fixture
async def links(people: People, site: Site, letterbox: Letterbox, hands: Hands) -> list[str]:
    """The paths of all links of a mail that arrived a minute ago, in their order."""
    await make_journey(people.acme, hands.now, ONE_QUESTION)
    await invite(people.nobody, site, letterbox, hands, "c1")
    hands.move(minutes=1)
    return [httpx.URL(unescape(link)).path for link in re.findall(r'href="([^"]+)"', letterbox.mails[-1].html)]


@pytest.fixture
def scores(links: list[str]) -> list[str]:
    return [link for link in links if "/felt/" in link]


async def figures(people: People, hands: Hands) -> ClickFigures:
    """Of the one touchpoint that asks; of every other and in every other workspace there is nothing."""
    places = {place.key: place.id for place in (await load_journey(people.acme, "buying")).touchpoints}
    period = (hands.now - timedelta(days=30), hands.now + timedelta(days=1))
    found = await click_figures(people.acme, list(places.values()), *period)
    assert found[places["shop"]] == ClickFigures()
    assert await click_figures(people.other, list(places.values()), *period) == dict.fromkeys(found, ClickFigures())
    assert await click_figures(people.acme, list(places.values()), period[1], period[1]) == dict.fromkeys(
        found, ClickFigures()
    )
    return found[places["delivery"]]


async def assert_nothing_counted() -> None:
    """No answer, nobody opted out, nothing but clicks."""
    for table in ("response", "answer", "answer_change", "refusal", "quota_count"):
        assert await fetch(f"SELECT FROM {table}") == [], table
    assert await fetch("SELECT FROM contact WHERE unsubscribed_at IS NOT NULL") == []


async def clicks() -> list[tuple[str, int | None, str]]:
    rows = await fetch("SELECT question, value, reason FROM click ORDER BY id")
    return [(row["question"], row["value"], row["reason"]) for row in rows]


def chosen_in(page: httpx.Response) -> list[str]:
    """What the button sends that confirms the answer."""
    return re.findall(r'<button class="go" name="felt" value="(\d)"', page.text)


async def is_opened() -> bool:
    return bool(await fetch("SELECT FROM invitation WHERE opened_at IS NOT NULL"))


async def open_all(people: People, hands: Hands, links: list[str], seconds: float = 0) -> None:
    for link in links:
        assert (await people.nobody.get(link, headers=PHONE)).status_code == 200
        hands.move(seconds=seconds)


async def test_the_mail_holds_the_trap_five_scores_and_the_way_out(links: list[str], scores: list[str]) -> None:
    [answer] = {link.split("/felt/")[0] for link in scores}
    assert links == [f"{answer}/more", *(f"{answer}/felt/{value}" for value in range(1, 6)), f"{answer}/unsubscribe"]


class TestScanners:
    async def test_head_of_every_link_keeps_nothing(self, people: People, hands: Hands, links: list[str]) -> None:
        for link in links:
            assert (await people.nobody.head(link, headers=PHONE)).status_code == 200
        await assert_nothing_counted()
        assert await clicks() == []
        assert not await is_opened()
        assert await figures(people, hands) == ClickFigures()

    @pytest.mark.parametrize("seconds", [0, 0.15, 20, 100], ids=["at once", "in a second", "in two minutes", "slowly"])
    async def test_every_link_in_order(self, people: People, hands: Hands, links: list[str], seconds: float) -> None:
        await open_all(people, hands, links, seconds)
        await assert_nothing_counted()
        assert len(await clicks()) == 6
        assert "" not in {reason for _, _, reason in await clicks()}
        assert not await is_opened()
        assert await figures(people, hands) == REJECTED

    async def test_again_after_an_hour(self, people: People, hands: Hands, links: list[str]) -> None:
        await open_all(people, hands, links)
        hands.move(hours=1)
        await open_all(people, hands, links)
        await assert_nothing_counted()
        assert await figures(people, hands) == REJECTED

    async def test_in_reverse_the_trap_is_sprung_last_and_still_takes_them_all(
        self, people: People, hands: Hands, links: list[str]
    ) -> None:
        await open_all(people, hands, links[::-1], 61)
        assert {reason for _, _, reason in await clicks()} == {"honeypot", "beside_a_scanner"}
        await assert_nothing_counted()
        assert await figures(people, hands) == REJECTED

    async def test_all_scores_and_not_the_trap(self, people: People, hands: Hands, scores: list[str]) -> None:
        await open_all(people, hands, scores)
        assert {reason for _, _, reason in await clicks()} == {"several_scores"}
        await assert_nothing_counted()
        assert await figures(people, hands) == REJECTED

    @pytest.mark.parametrize(
        ("headers", "reason"),
        [
            ({"sec-purpose": "prefetch;prerender"}, "prefetch"),
            ({"purpose": "prefetch"}, "prefetch"),
            ({"x-moz": "prefetch"}, "prefetch"),
            ({"x-purpose": "preview"}, "prefetch"),
            ({"user-agent": "facebookexternalhit/1.1"}, "bot"),
            ({"user-agent": "WhatsApp/2.23.20.0 A"}, "bot"),
            ({"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}, "bot"),
            ({"user-agent": "Mozilla/5.0 SkypeUriPreview Preview/0.5"}, "bot"),
            ({"user-agent": "BarracudaCentral"}, "bot"),
            ({"user-agent": ""}, "bot"),
        ],
    )
    async def test_one_score_loaded_ahead_or_previewed(
        self, people: People, hands: Hands, scores: list[str], headers: dict[str, str], reason: str
    ) -> None:
        assert (await people.nobody.get(scores[4], headers={**PHONE, **headers})).status_code == 200
        assert await clicks() == [("felt", 5, reason)]
        await assert_nothing_counted()
        assert not await is_opened()
        assert await figures(people, hands) == REJECTED

    async def test_one_score_while_the_mail_is_still_being_taken(
        self, people: People, hands: Hands, scores: list[str]
    ) -> None:
        hands.move(seconds=-59)
        await open_all(people, hands, scores[4:])
        assert await clicks() == [("felt", 5, "too_fast")]
        await assert_nothing_counted()
        assert await figures(people, hands) == REJECTED

    async def test_a_scanner_that_never_rests_fills_no_disk(
        self, people: People, hands: Hands, scores: list[str]
    ) -> None:
        for _ in range(MOST_KEPT // 5 + 2):
            await open_all(people, hands, scores)
        assert len(await clicks()) == MOST_KEPT

    async def test_what_is_no_answer_shows_the_survey_and_keeps_nothing(
        self, people: People, hands: Hands, scores: list[str]
    ) -> None:
        answer = scores[0].removesuffix("/felt/1")
        for path in ("felt/0", "felt/6", "felt/-1", f"felt/{10**30}", "unknown/1"):
            shown = await people.nobody.get(f"{answer}/{path}", headers=PHONE)
            assert (shown.status_code, chosen_in(shown)) == (200, []), path
        assert (await people.nobody.get("/a/forged/felt/1", headers=PHONE)).status_code == 404
        assert (await people.nobody.get("/a/forged/more", headers=PHONE)).status_code == 404
        assert await clicks() == []
        assert not await is_opened()


def test_no_path_beside_the_scores_hides_those_of_a_question(app: Litestar) -> None:
    paths = [route.path_format.split("/") for route in app.routes if route.path_format.startswith("/a/{token}/")]
    spelled_out = {path[3] for path in paths} - {"{question}"}
    assert spelled_out == set(TAKEN)


class TestAPerson:
    async def test_a_click_shows_the_answer_chosen_and_is_provisional(
        self, people: People, hands: Hands, scores: list[str]
    ) -> None:
        shown = await people.nobody.get(scores[3], headers=PHONE)
        assert chosen_in(shown) == ["4"]
        assert "You chose “Good”." in shown.text
        assert shown.headers["cache-control"] == "no-store"
        await assert_nothing_counted()
        assert await clicks() == [("felt", 4, "")]
        assert await is_opened()
        assert await figures(people, hands) == PROVISIONAL

    async def test_a_tap_counts_once_and_a_second_brings_it_up_to_date(
        self, people: People, hands: Hands, scores: list[str]
    ) -> None:
        answer = scores[0].removesuffix("/felt/1")
        await people.nobody.get(scores[3], headers=PHONE)
        assert (await people.nobody.post(answer, data={"felt": "4"}, headers=PHONE)).status_code == 303
        assert await fetch("SELECT value FROM answer") == [{"value": 4}]
        assert await figures(people, hands) == VERIFIED
        hands.move(minutes=5)
        shown = await people.nobody.get(scores[1], headers=PHONE)
        assert chosen_in(shown) == ["2"]
        assert await fetch("SELECT value FROM answer") == [{"value": 4}]
        assert (await people.nobody.post(answer, data={"felt": "2"}, headers=PHONE)).status_code == 303
        assert await fetch("SELECT value FROM answer") == [{"value": 2}]
        assert len(await fetch("SELECT FROM response")) == 1
        assert await figures(people, hands) == VERIFIED

    async def test_after_a_scanner_a_person_is_provisional_again_and_their_tap_counts(
        self, people: People, hands: Hands, links: list[str], scores: list[str]
    ) -> None:
        await open_all(people, hands, links)
        assert await figures(people, hands) == REJECTED
        hands.move(hours=2)
        await people.nobody.get(scores[4], headers=PHONE)
        assert await figures(people, hands) == PROVISIONAL
        answer = scores[0].removesuffix("/felt/1")
        assert (await people.nobody.post(answer, data={"felt": "5"}, headers=PHONE)).status_code == 303
        assert await figures(people, hands) == VERIFIED
        assert await fetch("SELECT value FROM answer") == [{"value": 5}]

    async def test_a_tap_right_beside_a_scanner_counts_all_the_same(
        self, people: People, hands: Hands, links: list[str], scores: list[str]
    ) -> None:
        await open_all(people, hands, links)
        await people.nobody.get(scores[4], headers=PHONE)
        assert await figures(people, hands) == REJECTED
        await people.nobody.post(scores[0].removesuffix("/felt/1"), data={"felt": "5"}, headers=PHONE)
        assert await figures(people, hands) == VERIFIED


class TestTheThreeFigures:
    async def test_the_decisions_say_what_became_of_each_mail(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands, links: list[str], scores: list[str]
    ) -> None:
        async def said() -> str:
            page = (await people.bob.get("/w/acme/decisions")).text
            [words] = re.findall(r'data-label="Invitation">([^<]*)', page)
            return str(words)

        assert await said() == "sent"
        await open_all(people, hands, links)
        assert await said() == "clicked by a scanner"
        hands.move(hours=1)
        await open_all(people, hands, scores[:1])
        assert await said() == "clicked, not confirmed"
        await people.nobody.post(scores[0].removesuffix("/felt/1"), data={"felt": "1"}, headers=PHONE)
        assert await said() == "answered"

    async def test_the_funnel_counts_each_event_in_one_of_them(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        await make_journey(people.acme, hands.now, ONE_QUESTION)
        for n in range(15):
            answer = await invite(people.nobody, site, letterbox, hands, f"c{n}")
            hands.move(minutes=1)
            await people.nobody.get(f"{answer}/more" if n < 10 else f"{answer}/felt/3", headers=PHONE)
            hands.move(minutes=11)
            await people.nobody.get(f"{answer}/felt/2", headers={} if n < 5 else PHONE)
            if n >= 10:
                await people.nobody.post(answer, data={"felt": "3"}, headers=PHONE)
        view = await load_journey(people.acme, "buying")
        found = (await load_funnel(people.acme, view, last_days(hands.now), ReportSettings()))[1]
        assert (found.sent, found.opened, found.answered, found.provisional, found.rejected) == (15, 10, 5, 5, 5)
        few = (await load_funnel(people.acme, view, last_days(hands.now), ReportSettings(k=6)))[1]
        assert (few.opened, few.answered, few.provisional, few.rejected) == (10, None, None, None)

    async def test_where_few_answered_who_clicked_is_not_told_either(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        await make_journey(people.acme, hands.now, ONE_QUESTION)
        for n in range(6):
            answer = await invite(people.nobody, site, letterbox, hands, f"c{n}")
            hands.move(minutes=1)
            await people.nobody.get(f"{answer}/felt/3", headers=PHONE)
        await people.nobody.post(answer, data={"felt": "3"}, headers=PHONE)
        view = await load_journey(people.acme, "buying")
        found = (await load_funnel(people.acme, view, last_days(hands.now), ReportSettings()))[1]
        assert (found.opened, found.answered, found.provisional, found.rejected) == (6, None, None, 0)
