"""The answering page: it shows what was asked, stores one response, and loses nothing."""

import asyncio

import httpx
import pytest

from core.database import fetch
from core.site import Site
from tests.factories import JOURNEY, Hands, Letterbox, delivered, invite, make_journey, make_key
from tests.people import People

FORM = {"felt": "2", "nps": "3", "mood": ["frustrated", "angry"], "why": "It came late and broken."}


@pytest.fixture
async def page(people: People, site: Site, letterbox: Letterbox, hands: Hands) -> str:
    await make_journey(people.acme, hands.now)
    return await invite(people.nobody, site, letterbox, hands, "c1")


async def stored() -> list[dict[str, object]]:
    return await fetch("SELECT question, instrument, value, picks, text FROM answer ORDER BY id")


async def test_the_page_asks_what_the_version_holds(people: People, page: str) -> None:
    shown = await people.nobody.get(page)
    assert shown.status_code == 200
    assert "How did you feel about this step?" in shown.text
    assert "set-cookie" not in shown.headers
    assert await fetch("SELECT FROM response") == []


async def test_an_answer_is_stored_as_it_was_given(people: People, page: str) -> None:
    answered = await people.nobody.post(page, data=FORM)
    assert answered.status_code == 303
    assert await stored() == [
        {"question": "felt", "instrument": "anchor", "value": 2, "picks": None, "text": None},
        {"question": "nps", "instrument": "nps", "value": 3, "picks": None, "text": None},
        {"question": "mood", "instrument": "emotion", "value": None, "picks": ["frustrated", "angry"], "text": None},
        {"question": "why", "instrument": "comment", "value": None, "picks": None, "text": "It came late and broken."},
    ]
    assert "Thank you for telling us." in (await people.nobody.get(page)).text


OF_THE_PROMISE = """\
      - {key: expected, instrument: expectation, text: "What did you expect of the delivery?"}
      - {key: kept, instrument: kept, text: "Did we keep our promise?"}
      - {key: compared, instrument: disconfirmation, text: "Compared with what we promised, it was:"}
      - {key: important, instrument: importance, text: "How important is the delivery to you?"}
"""


@pytest.fixture
async def promise_page(people: People, site: Site, letterbox: Letterbox, hands: Hands) -> str:
    """The page of a survey that asks of the promise, too."""
    await make_journey(people.acme, hands.now, JOURNEY.replace("stages:\n", f"{OF_THE_PROMISE}stages:\n"))
    return await invite(people.nobody, site, letterbox, hands, "c1")


async def test_questions_of_the_promise_show_words_and_ends(people: People, promise_page: str) -> None:
    shown = (await people.nobody.get(promise_page)).text
    for words in ("No", "Partly", "Fully", "Much worse", "Worse", "As promised", "Better", "Much better"):
        assert f"<span>{words}</span>" in shown
    assert shown.count("<span>Neither good nor bad</span>") == 2  # of what was felt, and of what was expected
    assert "1 = Not important at all" in shown
    assert "5 = Extremely important" in shown


async def test_answers_of_the_promise_are_stored_as_they_were_given(people: People, promise_page: str) -> None:
    form = {"felt": "2", "expected": "5", "kept": "2", "compared": "1", "important": "4"}
    assert (await people.nobody.post(promise_page, data=form)).status_code == 303
    assert [(row["instrument"], row["value"]) for row in await stored()] == [
        ("anchor", 2),
        ("expectation", 5),
        ("kept", 2),
        ("disconfirmation", 1),
        ("importance", 4),
    ]


@pytest.mark.parametrize("bad", [{"expected": "6"}, {"kept": "4"}, {"compared": "Worse"}, {"important": "0"}])
async def test_an_answer_off_the_scale_is_refused_with_the_choice_kept(
    people: People, promise_page: str, bad: dict[str, str]
) -> None:
    answered = await people.nobody.post(promise_page, data={"felt": "2", "kept": "3", **bad})
    assert answered.status_code == 422
    assert answered.text.count(" checked") == (1 if "kept" in bad else 2)
    assert await fetch("SELECT FROM response") == []


async def test_the_same_answer_submitted_five_times_at_once_is_one_response(people: People, page: str) -> None:
    answers = await asyncio.gather(*[people.nobody.post(page, data=FORM) for _ in range(5)])
    assert [answer.status_code for answer in answers] == [303] * 5
    assert len(await fetch("SELECT FROM response")) == 1
    assert len(await stored()) == 4


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"felt": "6"}, "felt"),
        ({"felt": "2", "nps": "11"}, "nps"),
        ({"felt": "2", "nps": "high"}, "nps"),
        ({"nps": "5"}, "felt"),
        ({"felt": "2", "mood": ["happy", "angry", "relieved", "valued"]}, "mood"),
        ({"felt": "2", "mood": ["hungry"]}, "mood"),
        ({"felt": "2", "why": "x" * 1_000_000}, "why"),
        ({"felt": "2", "why": "ü" * 1_000_000}, "why"),
        ({"felt": "2", "why": "😡" * 1_000_000}, "why"),
        ({"felt": "2", "colour": "red"}, "colour"),
    ],
)
async def test_a_bad_answer_comes_back_with_its_fault_and_stores_nothing(
    people: People, page: str, form: dict[str, str], field: str
) -> None:
    for_people = await people.nobody.post(page, data=form)
    assert for_people.status_code == 422
    assert 'role="alert"' in for_people.text
    for_programs = await people.nobody.post(page, data=form, headers={"accept": "application/json"})
    assert for_programs.status_code == 422
    assert [error["field"] for error in for_programs.json()["errors"]] == [field]
    assert await fetch("SELECT FROM response") == []


async def test_what_was_filled_in_is_still_there_when_the_form_comes_back(people: People, page: str) -> None:
    shown = await people.nobody.post(page, data={"felt": "9", "why": "Do <b>not</b> lose this"})
    assert "Do &lt;b&gt;not&lt;/b&gt; lose this" in shown.text


async def test_far_too_long_a_comment_comes_back_shortened_and_says_so(people: People, page: str) -> None:
    shown = await people.nobody.post(page, data={"felt": "2", "why": "ü" * 1_000_000})
    assert "1,000,000 characters" in shown.text
    assert shown.text.count("ü") == 10_000
    assert "Only the beginning of your words is shown" in shown.text
    assert "Nothing you wrote is lost" not in shown.text


async def test_a_file_is_no_comment(people: People, page: str) -> None:
    file = {"why": ("why.txt", b"It came late.", "text/plain")}
    shown = await people.nobody.post(page, data={"felt": "2"}, files=file)
    assert shown.status_code == 422
    assert "A file can&#39;t be taken." in shown.text
    for_programs = await people.nobody.post(
        page, data={"felt": "2"}, files=file, headers={"accept": "application/json"}
    )
    assert [error["field"] for error in for_programs.json()["errors"]] == ["why"]
    assert await fetch("SELECT FROM response") == []


@pytest.mark.parametrize("charset", ["utf-8", "klingon"])
async def test_text_in_no_known_encoding_is_refused(people: People, page: str, charset: str) -> None:
    part = f'--x\r\nContent-Disposition: form-data; name="why"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n'
    body = part.encode() + b"\xff\r\n--x--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert (await people.nobody.post(page, content=body, headers=headers)).status_code == 422
    assert await fetch("SELECT FROM response") == []


async def test_a_form_with_parts_is_as_good_as_any(people: People, page: str) -> None:
    answered = await people.nobody.post(page, files={"felt": (None, "2"), "why": (None, "spät")})
    assert answered.status_code == 303
    assert [(row["question"], row["value"], row["text"]) for row in await stored()] == [
        ("felt", 2, None),
        ("why", None, "spät"),
    ]


async def test_a_second_answer_within_a_day_updates_the_first(people: People, page: str, hands: Hands) -> None:
    await people.nobody.post(page, data=FORM)
    hands.move(hours=23)
    again = await people.nobody.post(page, data={**FORM, "felt": "5", "why": ""})
    assert again.status_code == 303
    assert len(await fetch("SELECT FROM response")) == 1
    answers = {row["question"]: row["value"] for row in await stored()}
    assert answers["felt"] == 5
    assert "why" not in answers


async def test_a_second_answer_after_a_day_is_told_that_the_first_counts(
    people: People, page: str, hands: Hands
) -> None:
    await people.nobody.post(page, data=FORM)
    hands.move(days=1)
    refused = await people.nobody.post(page, data={**FORM, "felt": "5"})
    assert refused.status_code == 303
    assert "You have answered already" in (await people.nobody.get(refused.headers["location"])).text
    assert (await stored())[0]["value"] == 2
    for_programs = await people.nobody.post(page, data=FORM, headers={"accept": "application/json"})
    assert for_programs.status_code == 409


async def test_nobody_is_told_of_an_answer_that_was_not_given(people: People, page: str) -> None:
    assert "answered already" not in (await people.nobody.get(f"{page}?again=1")).text


async def test_no_answering_page_is_kept_by_the_browser(people: People, page: str, hands: Hands) -> None:
    pages = [
        await people.nobody.get(page),
        await people.nobody.post(page, data={"felt": "9"}),
        await people.nobody.post(page, data=FORM),
        await people.nobody.get(page),
        await people.nobody.get(f"{page}/unsubscribe"),
        await people.nobody.post(f"{page}/unsubscribe"),
        await people.nobody.get("/a/forged"),
    ]
    assert [shown.status_code for shown in pages] == [200, 422, 303, 200, 200, 303, 404]
    assert [shown.headers.get("cache-control") for shown in pages] == ["no-store"] * 7


async def test_an_expired_invitation_says_so_and_takes_nothing(people: People, page: str, hands: Hands) -> None:
    hands.move(days=20)
    assert (await people.nobody.get(page)).status_code == 410
    assert (await people.nobody.post(page, data=FORM)).status_code == 410
    assert await fetch("SELECT FROM response") == []


@pytest.mark.parametrize("spoil", [lambda path: path[:-1], lambda path: path.replace("/a/", "/a/x"), lambda _: "/a/1"])
async def test_a_forged_link_opens_nothing(people: People, page: str, spoil: object) -> None:
    forged = spoil(page)  # type: ignore[operator]
    assert (await people.nobody.get(forged)).status_code == 404
    assert (await people.nobody.post(forged, data=FORM)).status_code == 404


async def test_opening_the_opt_out_page_opts_nobody_out(people: People, page: str) -> None:
    shown = await people.nobody.get(f"{page}/unsubscribe")
    assert "Stop all surveys" in shown.text
    assert await fetch("SELECT FROM contact WHERE unsubscribed_at IS NOT NULL") == []


async def test_one_click_of_the_mail_program_opts_out_for_good(
    people: People, page: str, letterbox: Letterbox, hands: Hands
) -> None:
    headers = dict(letterbox.mails[0].headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = httpx.URL(headers["List-Unsubscribe"].strip("<>"))
    clicked = await people.nobody.post(url.path, data={"List-Unsubscribe": "One-Click"})
    assert clicked.status_code == 200
    assert len(await fetch("SELECT FROM contact WHERE unsubscribed_at IS NOT NULL")) == 1
    hands.move(days=40)
    key = await make_key(people.acme, hands.now)
    again = await people.nobody.post("/api/v1/events", json=delivered("c1", key="again"), headers=key)
    assert again.json()[0]["decisions"][0]["reason"] == "unsubscribed"


async def test_one_click_may_come_as_a_form_with_parts(people: People, page: str) -> None:
    clicked = await people.nobody.post(f"{page}/unsubscribe", files={"List-Unsubscribe": (None, "One-Click")})
    assert clicked.status_code == 200
    assert len(await fetch("SELECT FROM contact WHERE unsubscribed_at IS NOT NULL")) == 1


async def test_the_button_of_the_page_leads_to_a_page_that_says_done(people: People, page: str) -> None:
    pressed = await people.nobody.post(f"{page}/unsubscribe")
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"{page}/unsubscribe")
    assert "will not send you surveys any more" in (await people.nobody.get(f"{page}/unsubscribe")).text
