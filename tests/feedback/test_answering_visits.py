"""What stores nothing and what only an answer stores: looking, visits to a link or kiosk, contacts who are erased."""

import asyncio

import httpx

from analysis.remove_responses import erase_contact
from core.database import fetch
from feedback.answering.asking import AskingChannel, find_asking
from feedback.answering.keep_answers import keep_answers
from feedback.delivery.outbox import OutboxTransport, list_outbox
from surveys.given_answer import GivenAnswer
from surveys.instruments import Instrument
from surveys.taking import Taken
from tests.feedback.answering import (
    Customer,
    Desk,
    asks,
    everything_stored,
    kept,
    links,
    opened,
    refusals,
    responses,
)

FELT = asks("felt", "anchor", required=True)
NPS = asks("nps", "nps")
WHY = asks("why", "comment")


class TestErasing:
    async def test_who_is_erased_while_they_answer_is_gone_or_told_so(self, desk: Desk) -> None:
        await desk.publishes(FELT)
        for n in range(10):
            customer = await desk.mails(f"c{n}")
            erasing = erase_contact(desk.people.acme, f"c{n}", desk.hands.now)
            answer, _ = await asyncio.gather(customer.sends(felt="4"), erasing)
            assert isinstance(answer, httpx.Response)
            assert answer.status_code in (303, 404)
            assert (await everything_stored())["response"] == 0

    async def test_mails_to_an_address_that_somebody_had_before_go_with_them(self, desk: Desk) -> None:
        await desk.publishes(FELT)
        await desk.mails("c1")
        await desk.mails("c2")
        kept_mails = OutboxTransport(desk.hands)
        for mail in desk.letterbox.mails:
            await kept_mails.send(mail)
        await fetch("UPDATE contact SET email = 'kim@new.example' WHERE external_id = 'c1'")
        await erase_contact(desk.people.acme, "c1", desk.hands.now)
        assert [mail.to for mail in await list_outbox(desk.people.acme, None)] == ["c2@customer.example"]

    async def test_a_response_deleted_meanwhile_is_begun_anew_and_whole(self, desk: Desk) -> None:
        await desk.publishes(FELT, NPS, WHY, layout="steps")
        customer = await desk.mails()
        await customer.sends("felt", felt="2")
        asking = await find_asking(desk.site, customer.page.removeprefix("/a/"))
        await fetch("DELETE FROM response")
        why = GivenAnswer("why", Instrument.COMMENT, text="Late.")
        taken = Taken({**asking.answers, "why": why}, None)
        assert await keep_answers(asking, taken, "en", asking.attributes, desk.hands.now) is None
        assert await kept() == {"felt": 2, "why": "Late."}


class TestNothingIsStoredByLooking:
    async def test_get_stores_that_it_was_opened_and_head_not_even_that(self, desk: Desk) -> None:
        await desk.publishes(FELT, NPS, quotas=[{"key": "all", "limit": 5}])
        customer = await desk.mails()
        before = await everything_stored()
        looks = [customer.page, f"{customer.page}?at=nps", f"{customer.page}?change=1", f"{customer.page}/unsubscribe"]
        for address in looks:
            assert (await customer.client.head(address)).status_code == 200
        assert (await everything_stored(), await opened()) == (before, 0)
        for address in looks:
            assert (await customer.client.get(address)).status_code == 200
        assert (await everything_stored(), await opened(), await refusals()) == (before, 1, {})

    async def test_nor_does_a_visit(self, desk: Desk) -> None:
        await desk.publishes(FELT)
        visitor = await desk.visited()
        before = await everything_stored()
        for method in ("HEAD", "GET"):
            assert (await visitor.client.request(method, visitor.page)).status_code == 200
        await visitor.opens(at="felt", lang="de")
        assert await everything_stored() == before == dict.fromkeys(before, 0)


class TestVisits:
    async def test_each_visit_is_a_response_of_a_contact_nobody_knows(self, desk: Desk) -> None:
        await desk.publishes(FELT, WHY)
        for nonce, felt in (("n1", "1"), ("n2", "5"), ("n1", "2")):
            assert (await (await desk.visited(nonce)).sends(felt=felt)).status_code == 303
        rows = await fetch(
            "SELECT r.visit, r.channel, r.invitation, c.external_id, c.email, c.name, a.value FROM response r "
            "JOIN contact c ON c.id = r.contact JOIN answer a ON a.response = r.id ORDER BY r.id"
        )
        unknown = {"invitation": None, "email": None, "name": "", "channel": "link"}
        assert rows == [
            {"visit": "n1", "external_id": "visit:n1", "value": 2, **unknown},
            {"visit": "n2", "external_id": "visit:n2", "value": 5, **unknown},
        ]

    async def test_one_visit_that_answers_many_times_at_once_is_one_contact(self, desk: Desk) -> None:
        await desk.publishes(FELT)
        visitor = await desk.visited()
        answers = await asyncio.gather(*(visitor.sends(felt="3") for _ in range(10)))
        assert [answer.status_code for answer in answers] == [303] * 10
        stored = await everything_stored()
        assert (stored["contact"], stored["response"], stored["answer"]) == (1, 1, 1)

    async def test_a_kiosk_begins_anew_for_the_next_person_at_the_same_place(self, desk: Desk) -> None:
        await desk.publishes(FELT, hidden=["store"])
        visitor = await desk.visited("n1", AskingChannel.KIOSK, store="Berlin & Köln")
        restart = f"/k/{(await desk.link()).code}?store=Berlin+%26+K%C3%B6ln"
        assert restart in links(await visitor.opens())
        await visitor.sends(felt="4")
        done = await visitor.opens()
        assert links(done) == [restart, restart]  # of the page by itself, and of the button
        begun = await visitor.client.get(restart)
        next_one = Customer(visitor.client, begun.headers["location"])
        assert next_one.page != visitor.page
        await next_one.sends(felt="1")
        assert [row["hidden"] for row in await responses()] == ['{"store": "Berlin & Köln"}'] * 2
        assert [row["channel"] for row in await responses()] == ["kiosk"] * 2

    async def test_nobody_comes_back_to_what_the_one_before_wrote_at_a_kiosk(self, desk: Desk) -> None:
        await desk.publishes(FELT, WHY, asks("call", "contact"), layout="steps")
        one, two = await desk.visited("n1", AskingChannel.KIOSK), await desk.visited("n2", AskingChannel.KIOSK)
        for visitor in (one, two):
            await visitor.sends("felt", felt="2")
            await visitor.sends("why", why="It was late.")
        await one.sends("call", call="1", call__email="kim@customer.example")
        desk.hands.move(seconds=10)
        assert "It was late." in (await two.opens(at="why")).text  # who is still there may go back
        desk.hands.move(minutes=5)
        for visitor, sent in ((one, 303), (two, 410)):
            for query in ({"at": "why"}, {"at": "call"}, {"change": "1"}, {}):
                seen = await visitor.opens(**query)
                assert "It was late." not in seen.text
                assert "kim@customer.example" not in seen.text
            assert (await visitor.sends("why", why="Something else")).status_code == sent
        assert [row["text"] for row in await fetch("SELECT text FROM answer WHERE question = 'why'")] == [
            "It was late."
        ] * 2

    async def test_a_kiosk_goes_back_to_the_language_of_its_address(self, desk: Desk) -> None:
        await desk.publishes(FELT)
        restart = f"/k/{(await desk.link()).code}?lang=de"
        begun = await desk.people.nobody.get(restart)
        visitor = Customer(desk.people.nobody, begun.headers["location"].partition("?")[0])
        assert restart in links(await visitor.opens(lang="fr"))

    async def test_a_visit_lasts_a_day_and_ends_with_its_link(self, desk: Desk) -> None:
        await desk.publishes(FELT)
        first, second = await desk.visited("n1"), await desk.visited("n2")
        desk.hands.move(hours=23, minutes=59)
        assert (await first.opens()).status_code == 200
        desk.hands.move(minutes=1)
        assert (await first.sends(felt="4")).status_code == 410
        later = await desk.visited("n3")
        await fetch("UPDATE survey_link SET closed_at = $1", desk.hands.now)
        assert [(await visit.sends(felt="4")).status_code for visit in (second, later)] == [410, 410]
        assert await everything_stored() == dict.fromkeys(await everything_stored(), 0)

    async def test_a_token_of_another_purpose_opens_nothing(self, desk: Desk) -> None:
        await desk.publishes(FELT)
        customer, visitor = await desk.mails(), await desk.visited()
        forged = [customer.page.replace("/a/", "/a/v."), visitor.page.replace("/a/v.", "/a/"), visitor.page[:-2]]
        for page in forged:
            assert (await Customer(visitor.client, page).sends(felt="4")).status_code == 404
        assert await responses() == []


async def test_the_list_of_responses_tells_a_visit_in_words(desk: Desk) -> None:
    choices = [{"key": "a", "text": "The chat"}, {"key": "b", "text": "The shop"}]
    used = asks("used", "choices", text="What did you use?", choices=choices, has_other=True)
    await desk.publishes(FELT, used, WHY, layout="steps", hidden=["store"])
    visitor = await desk.visited(store="Berlin")
    await visitor.sends("felt", felt="4")
    await visitor.sends("used", used=["a", "b", "other"], used__other="A letter")
    page = " ".join((await desk.people.bob.get("/w/acme/responses")).text.split())
    assert "several choices: <b>The chat, The shop and “A letter”</b>" in page
    assert "a visitor<br>by a short link<br>store: Berlin" in page
    assert "not sent to the end" in page
    await visitor.sends("why", why="")
    assert "not sent to the end" not in (await desk.people.bob.get("/w/acme/responses")).text
