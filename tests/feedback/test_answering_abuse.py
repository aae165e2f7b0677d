"""What somebody tries who does not want to answer: requests that tie the server up, or that no page of ours makes."""

import pytest

from core.database import fetch
from feedback.answering.read_form import MOST_FIELDS
from tests.feedback.answering import FORM, Desk, asks, goes, refusals, responses, screen

NPS = asks("nps", "nps")
WHY = asks("why", "comment")


class TestForms:
    @pytest.mark.parametrize("field", ["why=x", "", "{n}=x"])
    async def test_more_fields_than_any_survey_has_are_not_read_apart(self, desk: Desk, field: str) -> None:
        await desk.publishes(NPS, WHY)
        customer = await desk.mails()
        body = "&".join(field.format(n=n) for n in range(MOST_FIELDS + 1))
        posted = await customer.client.post(customer.page, content=body, headers=FORM)
        assert posted.status_code == 422
        assert "fewer fields" in posted.text
        assert (await responses(), await refusals()) == ([], {"invalid": 1})

    async def test_words_may_hold_the_sign_between_fields_as_often_as_they_like(self, desk: Desk) -> None:
        await desk.publishes(NPS, WHY)
        customer = await desk.mails()
        words = "&" * (MOST_FIELDS + 1)
        as_parts = await customer.client.post(customer.page, files={"nps": (None, "9"), "why": (None, words)})
        for posted in (await customer.sends(nps="9", why=words), as_parts):
            assert "5,001 characters" in posted.text

    async def test_an_opt_out_that_nobody_can_read_is_refused(self, desk: Desk) -> None:
        await desk.publishes(NPS)
        customer = await desk.mails()
        part = 'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx\r\n'
        headers = {"content-type": "multipart/form-data; boundary=x"}
        stop = f"{customer.page}/unsubscribe"
        assert (await customer.client.post(stop, content=f"--x\r\n{part}--x--\r\n", headers=headers)).status_code == 422
        assert (await customer.client.post(stop, content="x" * 100_000, headers=FORM)).status_code == 413
        assert await fetch("SELECT FROM contact WHERE unsubscribed_at IS NOT NULL") == []


class TestClicks:
    async def test_a_score_of_a_question_off_the_way_chooses_nothing_of_another(self, desk: Desk) -> None:
        branches = [goes("service", answer="nps", at_most=6), goes("why")]
        why = asks("why", "thumbs")
        await desk.publishes({**NPS, "branches": branches}, asks("service", "csat"), why, layout="steps")
        customer = await desk.mails()
        await customer.sends("nps", nps="9")
        opened = await customer.opens(f"{customer.page}/service/3")
        assert screen(opened) == ["why"]
        assert "clicked.js" not in opened.text
