"""Every kind of question as it is answered: kept, shown again, taken back, and refused where it was not offered."""

import pytest

from tests.feedback.answering import (
    AS_PROGRAM,
    Desk,
    asks,
    chosen,
    details,
    kept,
    leads_to,
    refusals,
    responses,
    screen,
)

FELT = asks("felt", "anchor", required=True)
WHY = asks("why", "comment")
COLOURS = [{"key": key, "text": key.title()} for key in ("red", "green", "blue")]


class TestInstruments:
    async def test_the_promise_is_shown_in_its_own_words_where_it_is_asked_about(self, desk: Desk) -> None:
        await desk.publishes(FELT, asks("kept", "kept"), layout="steps")
        customer = await desk.mails()
        assert "At your door in two days" not in (await customer.opens()).text
        page = (await customer.opens(at="kept")).text
        assert "<p>At your door in two days</p>" in page
        assert "Where: Home page" in page
        assert "At your door in two days" in (await (await desk.visited()).opens(at="kept")).text

    @pytest.mark.parametrize(
        ("form", "picks", "other"),
        [
            ({"colour": "red"}, ["red"], None),
            ({"colour": "other", "colour__other": " Plum "}, ["other"], "Plum"),
            ({"colour__other": "Plum"}, ["other"], "Plum"),
            ({"colour": "red", "colour__other": ""}, ["red"], None),
            ({"colour": "red", "colour__other": "Plum"}, ["other"], "Plum"),
        ],
    )
    async def test_something_else_is_said_in_words(
        self, desk: Desk, form: dict[str, str], picks: list[str], other: str | None
    ) -> None:
        await desk.publishes(asks("colour", "choice", text="Which?", choices=COLOURS, has_other=True), WHY)
        customer = await desk.mails()
        assert (await customer.sends(**form)).status_code == 303
        assert (await kept(), await details()) == ({"colour": picks}, {"colour": (None, other)} if other else {})
        again = await customer.opens(change="1")
        assert chosen(again) == picks
        assert (f'value="{other}"' in again.text) is (other is not None)

    @pytest.mark.parametrize(
        "bad",
        [
            {"colour": "other"},
            {"colour": ["red", "blue"]},
            {"colour": "plum"},
            {"colour__other": "x" * 201},
            {"agree": "0"},
            {"agree": "yes"},
            {"call": "2"},
            {"call": "1", "call__email": "nobody"},
            {"call": "1", "call__email": "a@b.example, c@d.example"},
            {"call": "1", "call__email": "a" * 250 + "@b.example"},
            {"mood": ["happy"], "mood__strength": "4"},
            {"mood": ["happy"], "mood__strength": "much"},
        ],
    )
    async def test_what_was_not_offered_is_refused(self, desk: Desk, bad: dict[str, str | list[str]]) -> None:
        await self._all_kinds(desk)
        customer = await desk.mails()
        assert (await customer.posts(dict(bad), **AS_PROGRAM)).status_code == 422
        assert (await responses(), await refusals()) == ([], {"invalid": 1})

    async def test_each_is_kept_shown_again_and_taken_back(self, desk: Desk) -> None:
        await self._all_kinds(desk)
        customer = await desk.mails()
        moods = ["happy", "angry"]
        answered = await customer.sends(mood=moods, mood__strength="3", agree=["", "1"], colour="red", call="0")
        assert answered.status_code == 303
        assert await kept() == {"agree": 1, "call": 0, "colour": ["red"], "mood": ["happy", "angry"]}
        assert await details() == {"mood": (3, None)}
        assert sorted(chosen(await customer.opens(change="1"))) == ["0", "1", "3", "angry", "happy", "red"]
        assert (await customer.sends(mood=[""], agree=[""], call="1", colour="blue")).status_code == 303
        assert await kept() == {"call": 1, "colour": ["blue"]}
        assert await details() == {}

    async def test_a_consent_that_must_be_given_ends_nothing_without_it(self, desk: Desk) -> None:
        await desk.publishes(asks("agree", "consent", text="I agree.", required=True), WHY)
        customer = await desk.mails()
        refused = await customer.sends(agree=[""], why="Late.")
        assert refused.status_code == 422
        assert "Please tick the box to go on." in refused.text
        assert "Late." in refused.text
        assert (await customer.sends(agree=["", "1"])).status_code == 303

    async def test_who_is_unknown_may_leave_an_address_and_who_is_known_need_not(self, desk: Desk) -> None:
        await desk.publishes(asks("call", "contact"))
        known, unknown = await desk.mails(), await desk.visited()
        assert screen(await known.opens()) == screen(await unknown.opens()) == ["call"]
        assert 'type="email"' not in (await known.opens()).text
        assert 'name="call.email"' in (await unknown.opens()).text
        assert leads_to(await unknown.sends(call="1", call__email=" ann@home.example ")) is None
        assert await details() == {"call": (None, "ann@home.example")}
        assert leads_to(await unknown.sends(call="0", call__email="ann@home.example")) is None
        assert await details() == {}

    async def _all_kinds(self, desk: Desk) -> None:
        await desk.publishes(
            asks("mood", "emotion", asks_strength=True),
            asks("agree", "consent", text="I agree."),
            asks("colour", "choice", text="Which?", choices=COLOURS, has_other=True),
            asks("call", "contact"),
        )
