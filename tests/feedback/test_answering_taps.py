"""Answers kept from the first tap on: what the page sends by itself while a screen is being filled in."""

import pytest

from tests.feedback.answering import (
    Desk,
    asks,
    chosen,
    everything_stored,
    goes,
    kept,
    refusals,
    responses,
    screen,
)

FELT = asks("felt", "anchor", required=True)
NPS = asks("nps", "nps")
WHY = asks("why", "comment")


class TestTaps:
    async def test_an_answer_is_kept_before_anything_is_sent(self, desk: Desk) -> None:
        await desk.publishes(FELT, NPS, WHY)
        customer = await desk.mails()
        assert (await customer.taps(felt="4")).status_code == 204
        assert (await customer.taps(why="Late.")).status_code == 204
        assert await kept() == {"felt": 4, "why": "Late."}
        assert [response["is_complete"] for response in await responses()] == [False]
        again = await customer.opens()
        assert chosen(again) == ["4"]
        assert "Late." in again.text

    async def test_the_last_tap_counts_and_an_emptied_field_takes_its_answer_back(self, desk: Desk) -> None:
        await desk.publishes(FELT, NPS, WHY)
        customer = await desk.mails()
        for felt in ("4", "2", "3"):
            await customer.taps(felt=felt, why="Late.")
        await customer.taps(why=" ")
        assert await kept() == {"felt": 3}

    async def test_no_tap_completes_a_survey_whatever_it_holds(self, desk: Desk) -> None:
        await desk.publishes(FELT)
        customer = await desk.mails()
        await customer.taps(felt="5")
        assert [response["is_complete"] for response in await responses()] == [False]
        assert screen(await customer.opens()) == ["felt"]

    @pytest.mark.parametrize("bad", [{"felt": "6"}, {"felt": "5", "why": "x" * 2001}, {"colour": "red"}, {"why": ""}])
    async def test_one_that_is_not_right_yet_stores_nothing_and_says_nothing(
        self, desk: Desk, bad: dict[str, str]
    ) -> None:
        await desk.publishes(FELT, NPS, WHY)
        customer = await desk.mails()
        before = await everything_stored()
        answer = await customer.taps(**bad)
        assert (answer.status_code, answer.text) == (204 if bad == {"why": ""} else 202, "")
        assert await everything_stored() == before
        assert await refusals() == {}

    async def test_one_for_a_question_off_the_way_stores_nothing(self, desk: Desk) -> None:
        happy = goes("nps", answer="felt", at_least=3)
        await desk.publishes(asks("felt", "anchor", branches=[happy]), WHY, NPS, layout="steps")
        customer = await desk.mails()
        await customer.sends("felt", felt="5")
        assert (await customer.taps(why="Late.")).status_code == 202
        assert await kept() == {"felt": 5}

    async def test_a_file_in_it_stores_nothing(self, desk: Desk) -> None:
        await desk.publishes(FELT, WHY)
        customer = await desk.mails()
        posted = await customer.client.post(customer.page, data={"_partial": "1"}, files={"why": ("a.txt", b"x")})
        assert posted.status_code == 202
        assert await responses() == []

    async def test_a_form_that_nobody_can_read_is_refused_and_counted(self, desk: Desk) -> None:
        await desk.publishes(FELT, WHY)
        customer = await desk.mails()
        part = 'Content-Disposition: form-data; name="why"\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx\r\n'
        headers = {"content-type": "multipart/form-data; boundary=x"}
        posted = await customer.client.post(customer.page, content=f"--x\r\n{part}--x--\r\n", headers=headers)
        assert posted.status_code == 422
        assert (await responses(), await refusals()) == ([], {"invalid": 1})
