"""Correcting on the page and by a program: one click, back to the same place, and only for who may."""

from html.parser import HTMLParser

import pytest

from accounts.api_keys import Scope
from core.database import fetch
from tests.analysis.answers import contacts_of
from tests.analysis.text.commenting import about, clause, said, scored
from tests.factories import Hands, make_journey, make_key
from tests.people import People, post_form

TEXT = "Nice <script>alert(1)</script> & but \u202eslow, \U0001f600 =1+1"


@pytest.fixture
async def comment(people: People, hands: Hands) -> int:
    await make_journey(people.acme, hands.now)
    [contact] = await contacts_of(people.acme, 1)
    found = await said(people.acme, contact, TEXT, hands.now, ("felt", "anchor", 1))
    await scored(found, "positive", 0.8, probability=0.7)
    await clause(found, 0, 0, 32, "positive", 0.9)
    await clause(found, 1, 33, len(TEXT), "negative", 0.6)
    await about(found, "general.slow", 38, 42, 1)
    return found


class Page(HTMLParser):
    """The words of each blockquote, the tags in them, and which buttons are pressed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.tags: set[str] = set()
        self.pressed: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside:
            self.tags.add(tag)
        if ("aria-pressed", "true") in attrs:
            self.pressed.append(dict(attrs)["value"] or "")
        self._inside = self._inside or tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "blockquote"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words += data


async def test_the_words_are_shown_whole_and_inert(people: People, comment: int) -> None:
    page = Page((await people.bob.get("/w/acme/responses")).text)
    assert page.words.strip() == TEXT
    assert page.tags == {"span"}


async def test_one_click_corrects_and_leads_back_to_the_same_place(people: People, comment: int) -> None:
    here = "touchpoint=delivery&before=999"
    answer = await post_form(people.alice, f"/w/acme/comments/{comment}/sentiment?{here}", {"state": "negative"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/w/acme/responses?{here}#comment-{comment}"
    html = (await people.alice.get("/w/acme/responses")).text
    assert Page(html).pressed == ["negative"]
    assert "corrected by Alice, was read as positive" in html
    await post_form(people.alice, f"/w/acme/comments/{comment}/sentiment", {"state": ""})
    html = (await people.alice.get("/w/acme/responses")).text
    assert Page(html).pressed == ["positive"]
    assert "70 % sure" in html


async def test_a_theme_is_added_by_its_title(people: People, comment: int) -> None:
    path = f"/w/acme/comments/{comment}/theme"
    assert (await post_form(people.alice, path, {"theme": "Difficult website NAVIGATION "})).status_code == 303
    assert (await post_form(people.alice, path, {"theme": "general.slow", "is_present": "no"})).status_code == 303
    rows = await fetch("SELECT theme, is_present FROM theme_label ORDER BY theme")
    assert [(row["theme"], row["is_present"]) for row in rows] == [
        ("general.difficult_navigation", True),
        ("general.slow", False),
    ]
    assert (await post_form(people.alice, path, {"theme": "no such theme"})).status_code == 422


async def test_a_viewer_reads_and_can_not_correct(people: People, comment: int) -> None:
    for path, form in (("sentiment", {"state": "negative"}), ("theme", {"theme": "general.slow"})):
        assert (await post_form(people.bob, f"/w/acme/comments/{comment}/{path}", form)).status_code == 403
        assert (await post_form(people.charlie, f"/w/other/comments/{comment}/{path}", form)).status_code == 404
    html = (await people.bob.get("/w/acme/responses")).text
    assert 'class="correct"' not in html
    assert "Positive" in html
    assert await fetch("SELECT FROM sentiment_label UNION ALL SELECT FROM theme_label") == []


async def test_a_state_that_is_none_is_refused(people: People, comment: int) -> None:
    for state in ("no_signal", "happy"):
        answer = await post_form(people.alice, f"/w/acme/comments/{comment}/sentiment", {"state": state})
        assert answer.status_code == 422
    assert (await people.alice.get("/w/acme/responses?sentiment=happy")).status_code == 422


async def test_filters_are_kept_by_every_link_and_form(people: People, comment: int) -> None:
    html = (await people.alice.get("/w/acme/responses?theme=general.slow&sentiment=positive")).text
    assert f"/comments/{comment}/sentiment?sentiment=positive&amp;theme=general.slow" in html
    assert '<option value="general.slow" selected>' in html
    assert "No responses like that" in (await people.alice.get("/w/acme/responses?theme=general.bugs")).text
    assert (await people.alice.get("/w/acme/responses?touchpoint=&theme=&emotion=&sentiment=")).status_code == 200


async def test_a_program_labels_and_takes_it_back(people: People, hands: Hands, comment: int) -> None:
    key = await make_key(people.acme, hands.now)
    path = f"/api/v1/comments/{comment}/label"
    body = {"state": "mixed", "themes": {"general.slow": False}}
    answer = await people.nobody.put(path, json=body, headers=key)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["scored"], found["label"], found["themes"]) == ("positive", "mixed", [])
    assert found == (await people.nobody.get(path, headers=key)).json()
    refused = await people.nobody.put(path, json={"state": "neutral", "themes": {"made.up": True}}, headers=key)
    assert refused.status_code == 422
    assert (await people.nobody.get(path, headers=key)).json()["label"] == "mixed"  # all or nothing
    assert (await people.nobody.put(path, json={"state": "no_signal"}, headers=key)).status_code == 422
    found = (await people.nobody.delete(path, headers=key)).json()
    assert (found["label"], found["themes"], found["theme_labels"]) == (None, ["general.slow"], {})
    reader = await make_key(people.acme, hands.now, Scope.READ, Scope.ACTIONS)
    assert (await people.nobody.put(path, json=body, headers=reader)).status_code == 403
    assert (await people.nobody.delete(path, headers=reader)).status_code == 403
    foreign = await make_key(people.other, hands.now)
    for method in ("get", "delete"):
        assert (await people.nobody.request(method, path, headers=foreign)).status_code == 404
    assert (await people.nobody.put(path, json=body, headers=foreign)).status_code == 404
