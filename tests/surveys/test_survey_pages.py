"""The staff's pages of surveys: the list, what each asks, and an editor that loses nothing."""

import html
import re

import httpx
import pytest

from accounts.membership import add_member
from accounts.tables import Role
from core.database import fetch
from surveys.starters import PHASES, starter, starters
from surveys.survey_file import read_survey, write_survey
from surveys.surveys import load_survey
from tests.factories import Hands, make_journey
from tests.people import People, post_form

SURVEYS = "/w/acme/surveys"
PAGE = f"{SURVEYS}/after-delivery"
DRAFT = write_survey(starter("support"), "yaml")
BROKEN = DRAFT.replace("go: easy", "go: nowhere") + "# a note to self\n"


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def post(client: httpx.AsyncClient, path: str, text: str, act: str = "publish") -> httpx.Response:
    return await post_form(client, path, {"text": text, "act": act})


def typed(answer: httpx.Response) -> str:
    """What stands in the editor."""
    found = re.search(r"<textarea[^>]*>\n(.*)</textarea>", answer.text, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def faults(answer: httpx.Response) -> list[str]:
    found = re.search(r'id="faults">(.*?)</section>', answer.text, re.DOTALL)
    listed = re.findall(r"<li>(.*?)</li>", found[1]) if found else []
    return [re.sub(r'<a href="#text" data-line="\d+">(.*?)</a>', r"\1", fault) for fault in listed]


async def current(people: People, key: str = "after-delivery") -> str:
    return write_survey((await load_survey(people.acme, key)).definition, "yaml")


async def test_the_list_says_what_there_is_and_what_to_start_from(people: People) -> None:
    page = (await people.alice.get(SURVEYS)).text
    assert 'href="/w/acme/surveys/after-delivery">After the delivery</a>' in page
    for one in starters():
        assert f'href="/w/acme/surveys/new?starter={one.key}"' in page
    assert "How did you feel about this step?" in page


async def test_a_viewer_sees_the_list_and_no_way_to_change_it(people: People) -> None:
    listed, survey = (await people.bob.get(SURVEYS)).text, (await people.bob.get(PAGE)).text
    assert "After the delivery" in listed
    assert "new?starter=" not in listed
    assert f'href="{PAGE}/preview"' in survey
    assert f"{PAGE}/edit" not in survey
    assert (await people.bob.get(f"{PAGE}/edit")).status_code == 403
    assert (await post(people.bob, f"{PAGE}/edit", DRAFT)).status_code == 403


async def test_an_editor_may_publish(people: People, hands: Hands) -> None:
    await add_member(people.acme, "bob@acme.example", "Bob", Role.EDITOR, hands.now)
    assert (await post(people.bob, f"{SURVEYS}/new", DRAFT)).status_code == 303


async def test_a_survey_is_shown_question_by_question_in_words(people: People) -> None:
    await post(people.alice, f"{SURVEYS}/new", DRAFT)
    page = html.unescape((await people.alice.get(f"{SURVEYS}/support")).text)
    for words in (
        "How did you feel about this step?",
        "Very bad, Bad, Neither good nor bad, Good, Very good",
        "must be answered",
        "If felt is at least 3, goes on with easy",
        "One of: I waited too long, ",
        "Something else (in words)",
        "1 (Strongly disagree) to 7 (Strongly agree)",
        "Then goes on with why",
        'lang=en" lang="en">English</a>',
        'lang=de" lang="de">Deutsch</a>',
        "3 questions at most",
    ):
        assert words in page, words


async def test_an_earlier_version_is_shown_as_it_was(people: People) -> None:
    changed = (await current(people)).replace("Your delivery", "Your parcel")
    assert (await post(people.alice, f"{PAGE}/edit", changed)).status_code == 303
    latest, first = (await people.alice.get(PAGE)).text, (await people.alice.get(f"{PAGE}?version=1")).text
    assert "Version 2, published" in latest
    assert "was replaced" not in latest
    assert "Version 1, published" in first
    assert "was replaced" in first
    assert (await people.alice.get(f"{PAGE}?version=3")).status_code == 404


async def test_the_file_to_save_reads_back_as_the_version(people: People) -> None:
    saved = await people.bob.get(f"{PAGE}/survey.yaml")
    assert saved.headers["content-disposition"] == 'attachment; filename="after-delivery-1.yaml"'
    assert read_survey(saved.text, "s.yaml") == (await load_survey(people.acme, "after-delivery")).definition


@pytest.mark.parametrize("key", ["anchor", *PHASES])
async def test_a_starter_opens_as_a_draft_and_publishes_as_it_is(people: People, key: str) -> None:
    opened = await people.alice.get(f"{SURVEYS}/new?starter={key}")
    assert read_survey(typed(opened), "s.yaml") == starter(key)
    published = await post(people.alice, f"{SURVEYS}/new", typed(opened))
    assert (published.status_code, published.headers["location"]) == (303, f"{SURVEYS}/{key}")
    assert (await load_survey(people.acme, key)).definition == starter(key)


async def test_a_starter_that_is_none_is_not_found(people: People) -> None:
    assert (await people.alice.get(f"{SURVEYS}/new?starter=moon")).status_code == 404


async def test_a_check_publishes_nothing_and_says_what_was_read(people: People) -> None:
    checked = await post(people.alice, f"{SURVEYS}/new", DRAFT, "check")
    assert checked.status_code == 200
    assert "No faults: 3 questions at most, in English, Deutsch." in checked.text
    assert typed(checked) == DRAFT
    assert (await people.alice.get(f"{SURVEYS}/support")).status_code == 404


@pytest.mark.parametrize(("act", "status"), [("check", 200), ("publish", 422)])
async def test_faults_are_listed_by_their_place_and_what_was_typed_stays(people: People, act: str, status: int) -> None:
    answer = await post(people.alice, f"{SURVEYS}/new", BROKEN, act)
    assert answer.status_code == status
    assert faults(answer)[0] == (
        "Line 11, <code>questions[0].branches[0].go</code>: no question has the key nowhere; name a later one, or end"
    )
    assert typed(answer) == BROKEN
    assert (await people.alice.get(f"{SURVEYS}/support")).status_code == 404


@pytest.mark.parametrize("text", ["", "kept: [", "</textarea><script>alert(1)</script>", "\n\n  kept: 1", '{"a": NaN}'])
async def test_what_is_no_survey_at_all_is_refused_and_kept(people: People, text: str) -> None:
    answer = await post(people.alice, f"{PAGE}/edit", text)
    assert answer.status_code == 422
    assert len(faults(answer)) == 1
    assert typed(answer) == text
    assert "<script>alert" not in answer.text


async def test_a_draft_may_be_json_and_have_the_line_breaks_of_a_browser(people: People) -> None:
    as_json = write_survey(starter("use"), "json").replace("\n", "\r\n")
    assert (await post(people.alice, f"{SURVEYS}/new", as_json)).status_code == 303
    assert (await post(people.alice, f"{SURVEYS}/new", DRAFT.replace("\n", "\r\n"))).status_code == 303
    assert (await load_survey(people.acme, "use")).definition == starter("use")
    assert (await load_survey(people.acme, "support")).definition == starter("support")


async def test_publishing_what_is_published_already_says_so(people: People) -> None:
    again = await post(people.alice, f"{PAGE}/edit", await current(people))
    assert again.status_code == 200
    assert "Nothing changed: this is what version 1 asks." in again.text
    assert await fetch("SELECT id FROM survey_version WHERE number > 1") == []


async def test_nobody_publishes_over_another_survey(people: People) -> None:
    before = await current(people)
    as_new = await post(people.alice, f"{SURVEYS}/new", before)
    assert faults(as_new) == [
        "Line 2, <code>key</code>: there is a survey after-delivery already; edit that one, "
        "or give this one another key"
    ]
    renamed = await post(people.alice, f"{PAGE}/edit", before.replace("key: after-delivery", "key: parcel"))
    assert faults(renamed) == [
        "Line 2, <code>key</code>: you are editing after-delivery; keep its key, or start a new survey for another"
    ]
    assert [row["key"] for row in await fetch("SELECT key FROM survey")] == ["after-delivery"]


async def test_the_same_key_elsewhere_is_nobodys_business(people: People) -> None:
    draft = await current(people)
    assert (await post(people.charlie, "/w/other/surveys/new", draft)).status_code == 303
    assert (await post(people.charlie, f"{PAGE}/edit", draft)).status_code == 404
    assert (await people.charlie.get("/w/other/surveys/after-delivery")).status_code == 200
