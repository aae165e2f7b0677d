"""The themes of a workspace: packs as they ship, with what was changed about them."""

import msgspec

from analysis.text.theme_book import ThemeChange, ThemeState, book_of, packs_read
from analysis.text.themes import Pack, PackFile, Theme, Tone, find_themes, shipped_pack_files


def theme(name: str, *phrases: str, tone: Tone = Tone.PAIN) -> Theme:
    return Theme(id=name, title=name.capitalize(), description="About it.", tone=tone, phrases=phrases)


GENERAL = PackFile(
    id="general", version=1, language="en", title="General", themes=(theme("slow", "slow"), theme("queue", "queue"))
)
TRAVEL = PackFile(id="travel", version=1, language="en", title="Travel", themes=(theme("late", "late train"),))
ZUG = PackFile(id="zug", version=1, language="de", title="Zug", themes=(theme("warten", "warten"),))
SHIPPED = (GENERAL, TRAVEL, ZUG)
MINE = ThemeChange(theme="own.parking", title="Parking", tone=Tone.EITHER, language="en", phrases=("parking",))


def read(*changes: ThemeChange, **choices: bool) -> tuple[PackFile, ...]:
    return packs_read(book_of(choices, changes, SHIPPED), SHIPPED)


def found(text: str, *changes: ThemeChange, **choices: bool) -> set[str]:
    return {hit.theme for hit in find_themes(text, [Pack(file) for file in read(*changes, **choices)])}


def test_a_workspace_that_changed_nothing_reads_with_the_default_packs_as_they_ship() -> None:
    assert [pack is shipped for pack, shipped in zip(read(), [GENERAL], strict=True)] == [True]
    assert {pack.id for pack in packs_read(book_of({}, []))} == {"general", "software"}
    assert all(any(pack is file for file in shipped_pack_files()) for pack in packs_read(book_of({}, [])))


def test_packs_are_switched_on_and_off() -> None:
    assert [pack.id for pack in read(general=False, travel=True)] == ["travel"]
    assert read(general=False) == ()


def test_a_renamed_theme_keeps_its_key_and_its_phrases() -> None:
    (pack,) = read(ThemeChange(theme="general.slow", title="Takes ages"))
    assert [(one.id, one.title, one.phrases) for one in pack.themes] == [
        ("slow", "Takes ages", ("slow",)),
        ("queue", "Queue", ("queue",)),
    ]


def test_edited_phrases_take_the_place_of_the_shipped_ones() -> None:
    change = ThemeChange(theme="general.slow", phrases=("sluggish",))
    assert found("sluggish, and slow", change) == {"general.slow"}
    assert found("slow", change) == set()


def test_what_is_null_follows_a_newer_edition_of_the_pack() -> None:
    newer = PackFile(id="general", version=2, language="en", title="General", themes=(theme("slow", "slow", "lags"),))
    (pack,) = packs_read(book_of({}, [ThemeChange(theme="general.slow", title="Takes ages")], [newer]), [newer])
    assert (pack.themes[0].title, pack.themes[0].phrases) == ("Takes ages", ("slow", "lags"))


def test_a_dismissed_theme_is_not_looked_for() -> None:
    assert found("slow queue", ThemeChange(theme="general.slow", state=ThemeState.DISMISSED)) == {"general.queue"}


def test_a_merged_theme_is_found_under_its_own_key_while_both_packs_are_on() -> None:
    merged = ThemeChange(theme="general.slow", state=ThemeState.MERGED, merged_into="own.parking")
    assert found("slow parking", MINE, merged) == {"general.slow", "own.parking"}
    assert found("slow", MINE, merged, general=False) == set()
    away = ThemeChange(theme="general.slow", state=ThemeState.MERGED, merged_into="travel.late")
    assert found("slow", away, travel=True) == {"general.slow"}
    assert found("slow", away) == set()


def test_an_own_theme_without_a_description_is_a_pack_that_other_processes_can_read() -> None:
    packs = read(MINE)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(packs), type=tuple[PackFile, ...]) == packs


def test_a_chain_of_merges_ends_at_its_last_theme() -> None:
    first = ThemeChange(theme="general.slow", state=ThemeState.MERGED, merged_into="general.queue")
    second = ThemeChange(theme="general.queue", state=ThemeState.MERGED, merged_into="own.parking")
    book = book_of({}, [first, second, MINE], SHIPPED)
    assert [one.key for one in book.merged_into("own.parking")] == ["general.slow", "general.queue"]
    assert found("slow", first, second, MINE) == {"general.slow"}


def test_a_ring_of_merges_finds_nothing_and_ends() -> None:
    one = ThemeChange(theme="general.slow", state=ThemeState.MERGED, merged_into="general.queue")
    other = ThemeChange(theme="general.queue", state=ThemeState.MERGED, merged_into="general.slow")
    assert found("slow queue", one, other) == set()


def test_what_was_merged_into_a_dismissed_theme_is_not_looked_for() -> None:
    gone = ThemeChange(theme="general.queue", state=ThemeState.DISMISSED)
    merged = ThemeChange(theme="general.slow", state=ThemeState.MERGED, merged_into="general.queue")
    assert found("slow queue", gone, merged) == set()


def test_own_themes_are_in_a_pack_of_their_own_by_language() -> None:
    german = ThemeChange(
        theme="own.parkplatz", title="Parkplatz", tone=Tone.PAIN, language="de", phrases=("parkplatz",)
    )
    own = [(pack.language, pack.themes[0].id) for pack in read(MINE, german) if pack.id == "own"]
    assert own == [("de", "parkplatz"), ("en", "parking")]


def test_a_theme_of_a_pack_that_is_off_keeps_its_name() -> None:
    book = book_of({"general": False}, [], SHIPPED)
    assert book.themes["general.slow"].title == "Slow"
    assert "general.slow" not in book.readings
