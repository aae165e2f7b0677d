"""The way through a survey: screen by screen, by branches, never past what must be answered, from the first tap on."""

from typing import Any

import pytest

from feedback.answering.asking import AskingChannel
from tests.feedback.answering import (
    AS_PROGRAM,
    Customer,
    Desk,
    asks,
    chosen,
    everything_stored,
    goes,
    kept,
    leads_to,
    progress,
    refusals,
    responses,
    screen,
)

FELT = asks("felt", "anchor", required=True)
NPS = asks("nps", "nps")
WHY = asks("why", "comment")
# Who felt bad is asked what was wrong; all others go straight to what they recommend.
BRANCHED = (
    asks("felt", "anchor", required=True, branches=[goes("nps", answer="felt", at_least=3)]),
    asks(
        "wrong",
        "choices",
        text="What was wrong?",
        choices=[{"key": "late", "text": "Late"}, {"key": "broken", "text": "Broken"}],
    ),
    NPS,
    WHY,
)


@pytest.fixture
async def steps(desk: Desk) -> Customer:
    await desk.publishes(FELT, NPS, WHY, layout="steps")
    return await desk.mails()


@pytest.fixture
async def branched(desk: Desk) -> Customer:
    await desk.publishes(*BRANCHED, layout="steps")
    return await desk.mails()


class TestOneQuestionAScreen:
    async def test_each_answer_leads_to_the_next_question_and_the_last_to_the_thanks(self, steps: Customer) -> None:
        assert screen(await steps.opens()) == ["felt"]
        assert leads_to(await steps.sends("felt", felt="2")) == "nps"
        assert leads_to(await steps.sends("nps", nps="9")) == "why"
        assert leads_to(await steps.sends("why", why="Late.")) is None
        assert "Thank you" in (await steps.opens()).text
        assert await kept() == {"felt": 2, "nps": 9, "why": "Late."}
        assert [response["is_complete"] for response in await responses()] == [True]

    async def test_the_redirect_leads_where_it_says(self, steps: Customer) -> None:
        answered = await steps.sends("felt", felt="2")
        assert screen(await steps.opens(answered.headers["location"])) == ["nps"]

    async def test_how_far_one_is_stands_on_each_screen(self, steps: Customer) -> None:
        assert [progress(await steps.opens(at=key)) for key in ("felt", "nps", "why")] == [(1, 3), (2, 3), (3, 3)]

    async def test_back_leads_to_the_screen_before_with_its_answer_chosen(self, steps: Customer) -> None:
        await steps.sends("felt", felt="2")
        assert "at=felt" in (await steps.opens(at="nps")).text
        assert 'class="back"' not in (await steps.opens(at="felt")).text
        assert chosen(await steps.opens(at="felt")) == ["2"]

    async def test_an_answer_given_again_after_going_back_replaces_the_first(self, steps: Customer) -> None:
        await steps.sends("felt", felt="2")
        assert leads_to(await steps.sends("felt", felt="5")) == "nps"
        assert await kept() == {"felt": 5}

    async def test_who_comes_back_goes_on_where_they_stopped(self, steps: Customer) -> None:
        await steps.sends("felt", felt="2")
        assert screen(await steps.opens()) == ["nps"]
        await steps.sends("nps", nps="0")
        assert screen(await steps.opens()) == ["why"]

    async def test_who_skipped_a_question_does_not_come_back_to_it(self, desk: Desk) -> None:
        await desk.publishes(NPS, asks("felt", "anchor"), WHY, layout="steps")
        customer = await desk.mails()
        assert leads_to(await customer.sends("nps")) == "felt"
        await customer.sends("felt", felt="3")
        assert screen(await customer.opens()) == ["why"]

    async def test_skipping_alone_stores_nothing(self, desk: Desk) -> None:
        await desk.publishes(NPS, WHY, layout="steps", quotas=[{"key": "all", "limit": 5}])
        customer = await desk.mails()
        before = await everything_stored()
        assert leads_to(await customer.sends("nps")) == "why"
        nothing = await customer.sends("why", why="")
        assert nothing.status_code == 422
        assert "Please answer at least one question" in nothing.text
        assert await everything_stored() == before

    async def test_a_question_that_does_not_exist_is_no_place_to_go(self, steps: Customer) -> None:
        await steps.sends("felt", felt="2")
        assert screen(await steps.opens(at="nothing")) == ["nps"]
        assert leads_to(await steps.sends("nothing", nps="3")) == "why"

    async def test_a_statement_is_read_and_never_answered(self, desk: Desk) -> None:
        await desk.publishes(asks("hello", "statement", text="Two questions."), FELT, WHY, layout="steps")
        customer = await desk.mails()
        assert "Two questions." in (await customer.opens()).text
        assert leads_to(await customer.sends("hello")) == "felt"
        assert (await customer.sends("hello", hello="1")).status_code == 422
        await customer.sends("felt", felt="4")
        assert screen(await customer.opens()) == ["why"]


class TestAllOnOneScreen:
    async def test_a_branch_cuts_the_page_where_it_decides(self, desk: Desk) -> None:
        felt = asks("felt", "anchor", required=True, branches=[goes("why", answer="felt", at_least=3)])
        await desk.publishes(NPS, felt, BRANCHED[1], WHY)
        customer = await desk.mails()
        assert screen(await customer.opens()) == ["nps", "felt"]
        assert leads_to(await customer.sends("nps", nps="3", felt="1")) == "wrong"
        assert screen(await customer.opens()) == ["wrong", "why"]

    async def test_every_screen_but_the_last_says_next(self, desk: Desk) -> None:
        await desk.publishes(asks("why", "comment", branches=[goes("end", answer="why", is_answered=False)]), NPS, FELT)
        customer = await desk.mails()
        assert ">Next</button>" not in (await customer.opens()).text  # with nothing written this is the end
        assert leads_to(await customer.sends("why", why="Late.")) == "nps"
        assert ">Send</button>" in (await customer.opens()).text


class TestBranches:
    async def test_the_answer_decides_what_comes_next(self, branched: Customer) -> None:
        assert leads_to(await branched.sends("felt", felt="4")) == "nps"
        assert progress(await branched.opens()) == (2, 3)
        assert leads_to(await branched.sends("felt", felt="2")) == "wrong"
        assert progress(await branched.opens()) == (2, 4)

    async def test_answers_off_the_way_are_dropped_at_the_end(self, branched: Customer) -> None:
        await branched.sends("felt", felt="2")
        await branched.sends("wrong", wrong=["late", "broken"])
        await branched.sends("felt", felt="5")
        assert set(await kept()) == {"felt", "wrong"}  # not yet: who goes back again finds it as it was
        await branched.sends("nps", nps="9")
        await branched.sends("why", why="")
        assert await kept() == {"felt": 5, "nps": 9}

    async def test_who_changes_a_whole_response_leaves_nothing_off_their_new_way(self, branched: Customer) -> None:
        await branched.posts({"felt": "2", "wrong": "late", "nps": "3", "why": ""})
        assert leads_to(await branched.sends("felt", felt="5")) == "nps"  # and goes no further
        assert await kept() == {"felt": 5, "nps": 3}
        await branched.taps(felt="1")
        assert await kept() == {"felt": 1, "nps": 3}

    async def test_who_goes_back_and_on_the_first_way_again_finds_their_answer(self, branched: Customer) -> None:
        for felt in ("2", "5", "1"):
            await branched.sends("felt", felt=felt)
            if felt == "2":
                await branched.sends("wrong", wrong=["late"])
        assert chosen(await branched.opens(at="wrong")) == ["late"]

    async def test_an_answer_off_the_way_decides_nothing_and_spares_nobody_a_question(self, desk: Desk) -> None:
        late = goes("end", answer="wrong", one_of=["late"])
        await desk.publishes(*BRANCHED[:2], {**NPS, "branches": [late]}, {**WHY, "required": True}, layout="steps")
        customer = await desk.mails()
        await customer.sends("felt", felt="1")
        await customer.sends("wrong", wrong=["late"])
        await customer.sends("felt", felt="5")
        assert leads_to(await customer.sends("nps", nps="9")) == "why"

    async def test_a_question_off_the_way_takes_no_answer(self, branched: Customer) -> None:
        await branched.sends("felt", felt="5")
        refused = await branched.posts({"_at": "wrong", "wrong": "late"}, **AS_PROGRAM)
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["wrong"]
        assert await kept() == {"felt": 5}
        assert await refusals() == {"invalid": 1}

    async def test_a_branch_to_the_end_ends_the_survey(self, desk: Desk) -> None:
        await desk.publishes(
            asks("felt", "anchor", branches=[goes("end", answer="felt", one_of=[5])]), WHY, layout="steps"
        )
        customer = await desk.mails()
        assert leads_to(await customer.sends("felt", felt="5")) is None
        assert [response["is_complete"] for response in await responses()] == [True]

    @pytest.mark.parametrize(
        ("condition", "properties", "who", "is_taken"),
        [
            ({"attribute": "event.plan", "one_of": ["pro"]}, {"plan": "pro"}, {}, True),
            ({"attribute": "event.plan", "one_of": ["pro"]}, {"plan": "free"}, {}, False),
            ({"attribute": "event.plan", "one_of": ["pro"]}, {}, {}, False),
            ({"attribute": "event.amount", "at_least": 100}, {"amount": 100}, {}, True),
            ({"attribute": "event.amount", "at_least": 100}, {"amount": "250.5"}, {}, True),
            ({"attribute": "event.amount", "at_least": 100}, {"amount": "much"}, {}, False),
            ({"attribute": "event.amount", "at_most": 100}, {"amount": "nan"}, {}, False),
            ({"attribute": "event.amount", "is_answered": False}, {"amount": None}, {}, True),
            ({"attribute": "contact.kind", "one_of": ["prospect"]}, {}, {"kind": "prospect"}, True),
            ({"attribute": "contact.kind", "one_of": ["prospect"]}, {}, {"kind": "customer"}, False),
            ({"attribute": "contact.persona", "one_of": ["architect"]}, {}, {"persona": "architect"}, True),
            ({"attribute": "contact.persona", "one_of": ["architect"]}, {}, {"persona": "buyer"}, False),
            ({"attribute": "hidden.store", "one_of": ["7"]}, {"store": 7}, {}, True),
            ({"attribute": "hidden.store", "is_answered": True}, {}, {}, False),
            ({"attribute": "language", "one_of": ["de"]}, {}, {"locale": "de"}, True),
            ({"attribute": "language", "one_of": ["de"]}, {}, {"locale": "en"}, False),
            ({"attribute": "channel", "one_of": ["mail"]}, {}, {}, True),
            ({"attribute": "channel", "one_of": ["kiosk"]}, {}, {}, False),
        ],
    )
    async def test_attributes_decide_as_answers_do(
        self, desk: Desk, condition: dict[str, Any], properties: dict[str, Any], who: dict[str, str], is_taken: bool
    ) -> None:
        survey = {"hidden": ["store"], "layout": "steps", "title": ""}  # in no words of its own: in every language
        await desk.publishes(asks("felt", "anchor", branches=[goes("why", **condition)]), NPS, WHY, **survey)
        customer = await desk.mails(properties=properties, **who)
        assert leads_to(await customer.sends("felt", felt="3")) == ("why" if is_taken else "nps")

    async def test_the_language_that_decides_is_the_one_of_the_page(self, desk: Desk) -> None:
        german = goes("why", attribute="language", one_of=["de"])
        await desk.publishes(asks("felt", "anchor", branches=[german]), NPS, WHY, title="", layout="steps")
        customer = await desk.mails(locale="en")
        in_german = Customer(customer.client, f"{customer.page}?lang=de")
        assert leads_to(await in_german.sends("felt", felt="3")) == "why"

    async def test_of_a_passer_by_only_the_channel_is_known(self, desk: Desk) -> None:
        known = [goes("why", attribute=name, is_answered=True) for name in ("contact.kind", "contact.persona")]
        link = goes("end", attribute="channel", one_of=["link"])
        await desk.publishes(asks("felt", "anchor", branches=[*known, link]), NPS, WHY, layout="steps")
        assert leads_to(await (await desk.visited("n1")).sends("felt", felt="3")) is None
        assert leads_to(await (await desk.visited("n2", AskingChannel.KIOSK)).sends("felt", felt="3")) == "nps"


class TestWhatMustBeAnswered:
    async def test_it_comes_back_with_words_and_stores_nothing(self, steps: Customer) -> None:
        before = await everything_stored()
        refused = await steps.sends("felt")
        assert refused.status_code == 422
        assert "Please choose one of the five faces." in refused.text
        assert await everything_stored() == before
        assert await refusals() == {"invalid": 1}

    async def test_who_goes_past_it_by_the_address_is_led_back_and_keeps_what_they_wrote(self, steps: Customer) -> None:
        assert screen(await steps.opens(at="why")) == ["why"]
        assert leads_to(await steps.sends("why", why="Late.")) == "felt"
        assert [response["is_complete"] for response in await responses()] == [False]
        assert "Thank you" not in (await steps.opens()).text
        assert leads_to(await steps.sends("felt", felt="2")) == "nps"
        assert leads_to(await steps.sends("why", why="Late.")) is None
        assert await kept() == {"felt": 2, "why": "Late."}

    async def test_a_form_that_names_no_screen_must_hold_it_too(self, steps: Customer) -> None:
        refused = await steps.posts({"why": "Late."}, **AS_PROGRAM)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "felt")
        assert await responses() == []

    async def test_one_that_only_one_way_asks_is_not_missed_on_the_other(self, desk: Desk) -> None:
        must = {**BRANCHED[1], "required": True}
        await desk.publishes(BRANCHED[0], must, NPS, layout="steps")
        content = await desk.mails("c1")
        assert leads_to(await content.sends("felt", felt="4")) == "nps"
        assert leads_to(await content.sends("nps", nps="9")) is None
        unhappy = await desk.mails("c2")
        assert leads_to(await unhappy.sends("felt", felt="1")) == "wrong"
        assert leads_to(await unhappy.sends("nps", nps="1")) == "wrong"

    async def test_taking_it_back_is_not_possible(self, steps: Customer) -> None:
        await steps.sends("felt", felt="2")
        assert (await steps.sends("felt", felt="")).status_code == 422
        assert await kept() == {"felt": 2}
