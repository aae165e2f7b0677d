"""The pages of themes: what a merge or a dismissal will do is said before, faults stand at their line."""

import re

from analysis.text.load_theme_book import load_theme_book
from analysis.text.theme_book import ThemeState
from analysis.text.theme_words import ABOUT, contacts_words
from analysis.text.themes import shipped_pack_files
from tests.factories import Hands, make_key
from tests.people import People, post_form

PARKING = {"title": "Parking", "description": "Where to leave the car.", "tone": "pain", "language": "en"}


async def added(people: People, phrases: str = "parking\n") -> str:
    answer = await post_form(people.alice, "/w/acme/themes", {**PARKING, "phrases": phrases})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def switched_on(page: str) -> set[str]:
    return set(re.findall(r'name="pack" value="(\w+)" checked', page))


def test_every_shipped_pack_says_in_a_line_what_it_is_for() -> None:
    assert {pack.id for pack in shipped_pack_files()} <= set(ABOUT)


def test_a_few_are_not_counted_out() -> None:
    assert [contacts_words(n) for n in (0, 1, 4, 5, 1200)] == ["nobody", "fewer than 5", "fewer than 5", "5", "1,200"]


async def test_packs_are_switches(people: People) -> None:
    assert switched_on((await people.alice.get("/w/acme/themes")).text) == {"general", "software"}
    posted = await post_form(people.alice, "/w/acme/themes/packs", {"pack": "general"})
    assert posted.status_code == 303
    page = (await people.alice.get("/w/acme/themes")).text
    assert switched_on(page) == {"general"}
    assert "are being read again" in page
    assert switched_on((await people.charlie.get("/w/other/themes")).text) == {"general", "software"}


async def test_a_viewer_reads_the_themes_and_has_nothing_to_press(people: People) -> None:
    key = await added(people)
    for path in ("/w/acme/themes", f"/w/acme/themes/{key}"):
        page = (await people.bob.get(path)).text
        assert "Parking" in page
        assert 'method="post" action="/w/acme/themes' not in page
    assert "<code>parking</code>" in page


async def test_an_own_theme_is_added_and_changed(people: People) -> None:
    key = await added(people, "parking\n\n parking  lot \nparking\n")
    page = (await people.alice.get(f"/w/acme/themes/{key}")).text
    assert ">parking\nparking lot</textarea>" in page
    await post_form(people.alice, f"/w/acme/themes/{key}", {**PARKING, "title": "Cars", "phrases": "park*"})
    theme = (await load_theme_book(people.acme)).themes[key]
    assert (theme.title, theme.phrases) == ("Cars", ("park*",))


async def test_a_faulty_line_is_shown_with_its_number_and_everything_stays_filled_in(people: People) -> None:
    key = await added(people)
    form = {**PARKING, "title": "Cars & <more>", "phrases": "parking\n\na-b\np*"}
    for path in ("/w/acme/themes", f"/w/acme/themes/{key}"):
        answer = await post_form(people.alice, path, form)
        assert answer.status_code == 422
        assert "Line 2, <code>a-b</code>" in answer.text
        assert "Line 3, <code>p*</code>: `p*` needs at least 3 letters" in answer.text
        assert "Cars &amp; &lt;more&gt;" in answer.text
    assert (await load_theme_book(people.acme)).themes[key].title == "Parking"


async def test_a_tone_that_is_none_is_refused(people: People) -> None:
    answer = await post_form(people.alice, "/w/acme/themes", {**PARKING, "tone": "loud", "phrases": "parking"})
    assert answer.status_code == 422


async def test_what_a_merge_will_do_is_said_before_it_is_done(people: People) -> None:
    key = await added(people)
    page = (await people.alice.get(f"/w/acme/themes/{key}?into=general.slow")).text
    assert "This will happen if “Parking” is merged into" in page
    assert "Its line is looked for on behalf of" in page
    assert (await load_theme_book(people.acme)).themes[key].state is ThemeState.ACTIVE
    posted = await post_form(people.alice, f"/w/acme/themes/{key}/merge", {"into": "general.slow"})
    assert posted.status_code == 303
    assert "Take out again" in (await people.alice.get(f"/w/acme/themes/{key}")).text
    await post_form(people.alice, f"/w/acme/themes/{key}/restore", {})
    assert (await load_theme_book(people.acme)).themes[key].state is ThemeState.ACTIVE


async def test_what_a_dismissal_will_do_is_said_before_it_is_done(people: People) -> None:
    key = await added(people)
    assert (
        "leaves every table and the pain-point list at once" in (await people.alice.get(f"/w/acme/themes/{key}")).text
    )
    await post_form(people.alice, f"/w/acme/themes/{key}/dismiss", {})
    page = (await people.alice.get("/w/acme/themes")).text
    assert "1 dismissed or merged" in page
    assert "Use again" in (await people.alice.get(f"/w/acme/themes/{key}")).text


async def test_a_changed_theme_goes_back_to_its_pack(people: People) -> None:
    form = {"title": "Takes ages", "description": "", "tone": "pain", "phrases": "ages"}
    await post_form(people.alice, "/w/acme/themes/general.slow", form)
    assert "changed here" in (await people.alice.get("/w/acme/themes/general.slow")).text
    await post_form(people.alice, "/w/acme/themes/general.slow/as-shipped", {})
    assert not (await load_theme_book(people.acme)).themes["general.slow"].is_changed


async def test_a_theme_of_another_workspace_is_not_found(people: People) -> None:
    key = await added(people)
    assert (await people.charlie.get(f"/w/other/themes/{key}")).status_code == 404
    assert (await people.charlie.get(f"/w/other/themes/general.slow?into={key}")).status_code == 404
    for act in ("", "/merge", "/dismiss", "/restore", "/as-shipped"):
        answer = await post_form(people.charlie, f"/w/other/themes/{key}{act}", {"into": "general.slow", **PARKING})
        assert answer.status_code == 404


async def test_the_api_lists_packs_with_their_themes(people: People, hands: Hands) -> None:
    key = await added(people)
    answered = await people.nobody.get("/api/v1/themes", headers=await make_key(people.acme, hands.now))
    packs = {pack["id"]: pack for pack in answered.json()}
    assert packs["general"]["is_active"]
    assert [theme["key"] for theme in packs["own"]["themes"]] == [key]
    assert packs["own"]["themes"][0]["contacts"] == 0
    others = await people.nobody.get("/api/v1/themes", headers=await make_key(people.other, hands.now))
    assert key not in others.text


async def test_a_viewer_changes_nothing(people: People) -> None:
    key = await added(people)
    before = await load_theme_book(people.acme)
    own = [f"/{key}{act}" for act in ("", "/merge", "/dismiss", "/restore", "/as-shipped")]
    for path in ("", "/packs", "/terms", *own):
        answer = await post_form(people.bob, f"/w/acme/themes{path}", {**PARKING, "phrases": "cars", "to": "dismiss"})
        assert answer.status_code == 403
    assert await load_theme_book(people.acme) == before
