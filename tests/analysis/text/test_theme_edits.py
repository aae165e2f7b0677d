"""Changing themes: keys stay, other workspaces see nothing of it, and comments are read again where it matters."""

import asyncio
from datetime import timedelta

import pytest

from analysis.text.edit_themes import (
    MOST_PHRASES,
    ThemeWords,
    add_phrase,
    add_theme,
    change_theme,
    choose_packs,
    dismiss_theme,
    merge_theme,
    put_back_as_shipped,
    restore_theme,
)
from analysis.text.load_rules import load_rules
from analysis.text.load_theme_book import load_theme_book
from analysis.text.rescore import RESCORED_DAYS, rescore_comments
from analysis.text.theme_book import ThemeState, shipped_theme
from analysis.text.themes import Tone
from core.database import fetch
from core.errors import Invalid, NotFound
from tests.factories import Hands
from tests.people import People, id_of_alice

SLOW, BUGS, WAIT = "general.slow", "general.bugs", "general.long_wait"


def words(*phrases: str, title: str = "Parking", tone: Tone = Tone.EITHER) -> ThemeWords:
    return ThemeWords(title=title, description="Where to leave the car.", tone=tone, phrases=phrases)


async def asked_again(workspace: int) -> int:
    return len(await fetch("SELECT FROM rescoring WHERE workspace = $1", workspace))


def fields(fault: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {found.field for found in fault.value.faults}


async def test_a_workspace_reads_with_general_and_software_until_it_chooses(people: People, hands: Hands) -> None:
    rules = await load_rules([people.acme, people.other])
    assert {pack.id for pack in rules[people.acme].packs} == {"general", "software"}
    assert rules[people.acme] is rules[people.other]
    await choose_packs(people.acme, {"general"}, hands.now)
    rules = await load_rules([people.acme, people.other])
    assert [pack.id for pack in rules[people.acme].packs] == ["general"]
    assert {pack.id for pack in rules[people.other].packs} == {"general", "software"}
    assert await asked_again(people.acme) == 1
    assert await asked_again(people.other) == 0


async def test_the_default_is_kept_as_no_choice_at_all(people: People, hands: Hands) -> None:
    await choose_packs(people.acme, {"general"}, hands.now)
    await choose_packs(people.acme, {"general", "software"}, hands.now)
    assert await fetch("SELECT FROM pack_choice WHERE workspace = $1", people.acme) == []


async def test_an_unknown_pack_is_refused_and_nothing_changes(people: People, hands: Hands) -> None:
    with pytest.raises(Invalid):
        await choose_packs(people.acme, {"general", "astrology"}, hands.now)
    assert {pack.id for pack in (await load_rules([people.acme]))[people.acme].packs} == {"general", "software"}


async def test_own_themes_get_keys_that_are_never_given_twice(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    first = await add_theme(people.acme, "en", words("parking"), alice, hands.now)
    await change_theme(people.acme, first, words("parking", title="Cars"), alice, hands.now)
    await dismiss_theme(people.acme, first, alice, hands.now)
    second = await add_theme(people.acme, "en", words("parking lot"), alice, hands.now)
    foreign = await add_theme(people.acme, "ja", words("駐車場", title="駐車場"), alice, hands.now)
    assert [first, second, foreign] == ["own.parking", "own.parking_2", "own.theme"]
    assert (await load_theme_book(people.acme)).themes[first].title == "Cars"


async def test_every_fault_of_a_theme_is_said_at_its_field_and_line(people: People, hands: Hands) -> None:
    broken = ThemeWords(title=" ", description="x" * 301, tone=Tone.PAIN, phrases=("fine", "p*", "... so", "a-b"))
    with pytest.raises(Invalid) as fault:
        await add_theme(people.acme, "english", broken, await id_of_alice(), hands.now)
    assert fields(fault) == {"language", "title", "description", "phrases[1]", "phrases[2]", "phrases[3]"}
    by_field = {found.field: found.message for found in fault.value.faults}
    assert by_field["phrases[1]"] == "`p*` needs at least 3 letters"
    assert (await load_theme_book(people.acme)).packs[-1].themes == ()


@pytest.mark.parametrize("phrases", [(), ("x" * 301,), tuple(f"word{n}" for n in range(MOST_PHRASES + 1)), ("\x00",)])
async def test_what_is_too_little_or_too_much_is_refused(
    people: People, hands: Hands, phrases: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid):
        await add_theme(people.acme, "en", words(*phrases), await id_of_alice(), hands.now)


async def test_two_themes_in_use_do_not_share_a_title(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    taken = (await load_theme_book(people.acme)).themes[SLOW].title
    with pytest.raises(Invalid) as fault:
        await add_theme(people.acme, "en", words("crawls", title=taken.upper()), alice, hands.now)
    assert fields(fault) == {"title"}


async def test_only_what_differs_from_the_pack_is_kept(people: People, hands: Hands) -> None:
    alice, shipped = await id_of_alice(), shipped_theme(SLOW)
    assert shipped is not None
    renamed = ThemeWords(
        title="Takes ages", description=shipped.description, tone=shipped.tone, phrases=shipped.phrases
    )
    await change_theme(people.acme, SLOW, renamed, alice, hands.now)
    rows = await fetch("SELECT title, description, tone, phrases FROM theme_edit WHERE workspace = $1", people.acme)
    assert rows == [{"title": "Takes ages", "description": None, "tone": None, "phrases": None}]
    assert await asked_again(people.acme) == 0  # a new title makes no comment read differently
    await put_back_as_shipped(people.acme, SLOW, alice, hands.now)
    assert (await load_theme_book(people.acme)).themes[SLOW] == shipped


async def test_changed_phrases_ask_for_the_comments_of_a_year(people: People, hands: Hands) -> None:
    await add_phrase(people.acme, SLOW, "crawls along", await id_of_alice(), hands.now)
    assert "crawls along" in (await load_theme_book(people.acme)).themes[SLOW].phrases
    rows = await fetch("SELECT since FROM rescoring WHERE workspace = $1", people.acme)
    midnight = hands.now.replace(hour=0, minute=0, second=0, microsecond=0)
    assert [row["since"] for row in rows] == [midnight - timedelta(days=RESCORED_DAYS)]


async def test_the_changes_of_a_day_have_the_comments_read_again_once(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    for phrase in ("crawls along", "slow as a snail", "takes for ever"):
        await add_phrase(people.acme, SLOW, phrase, alice, hands.now)
        hands.move(minutes=1)
    await rescore_comments(hands.now)
    rows = await fetch("SELECT finished_at FROM rescoring WHERE workspace = $1 ORDER BY id", people.acme)
    assert [row["finished_at"] is None for row in rows] == [False, False, True]


async def test_merges_stay_flat_and_come_apart_again(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    await merge_theme(people.acme, SLOW, BUGS, alice, hands.now)
    await merge_theme(people.acme, BUGS, WAIT, alice, hands.now)
    rows = await fetch("SELECT theme, merged_into FROM theme_edit WHERE workspace = $1 ORDER BY theme", people.acme)
    assert [(row["theme"], row["merged_into"]) for row in rows] == [(BUGS, WAIT), (SLOW, WAIT)]
    await restore_theme(people.acme, SLOW, alice, hands.now)
    book = await load_theme_book(people.acme)
    assert [theme.key for theme in book.merged_into(WAIT)] == [BUGS]
    assert SLOW in book.readings


async def test_a_theme_merges_into_no_theme_that_is_not_in_use(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    await dismiss_theme(people.acme, BUGS, alice, hands.now)
    for into in (SLOW, BUGS, "travel.late_flight", "general.nothing", "\x00", ""):
        with pytest.raises(Invalid) as fault:
            await merge_theme(people.acme, SLOW, into, alice, hands.now)
        assert fields(fault) == {"into"}


async def test_two_who_merge_two_themes_into_each_other_at_once_make_no_ring(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    await asyncio.gather(*(fetch("SELECT pg_sleep(0.05)") for _ in range(4)))  # so that each has a connection at hand
    done = await asyncio.gather(
        merge_theme(people.acme, SLOW, BUGS, alice, hands.now),
        merge_theme(people.acme, BUGS, SLOW, alice, hands.now),
        return_exceptions=True,
    )
    assert sorted(type(one) for one in done if one is not None) == [Invalid]
    states = [theme.state for theme in (await load_theme_book(people.acme)).themes.values()]
    assert states.count(ThemeState.MERGED) == 1


async def test_dismissing_takes_along_what_was_merged_into_it(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    await merge_theme(people.acme, SLOW, BUGS, alice, hands.now)
    await dismiss_theme(people.acme, BUGS, alice, hands.now)
    book = await load_theme_book(people.acme)
    assert {book.themes[SLOW].state, book.themes[BUGS].state} == {ThemeState.DISMISSED}
    read = {theme.id for pack in (await load_rules([people.acme]))[people.acme].packs for theme in pack.themes}
    assert not {"slow", "bugs"} & read


async def test_a_theme_of_another_workspace_is_not_found(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    key = await add_theme(people.acme, "en", words("parking"), alice, hands.now)
    for refused in (
        change_theme(people.other, key, words("parking"), alice, hands.now),
        add_phrase(people.other, key, "cars", alice, hands.now),
        merge_theme(people.other, key, SLOW, alice, hands.now),
        dismiss_theme(people.other, key, alice, hands.now),
        restore_theme(people.other, key, alice, hands.now),
        put_back_as_shipped(people.other, key, alice, hands.now),
    ):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(Invalid):
        await merge_theme(people.other, SLOW, key, alice, hands.now)
    assert await fetch("SELECT FROM theme_edit WHERE workspace = $1", people.other) == []
