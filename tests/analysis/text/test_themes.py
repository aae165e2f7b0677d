"""Themes: the shipped packs name the pains, hits lie on their words, and a faulty pack says where."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest

from analysis.text.theme_book import DEFAULT_PACKS
from analysis.text.themes import Pack, PackFile, Theme, Tone, find_themes, load_pack, shipped_pack_files
from analysis.text.wordlists import WordListFault

PACKS = [Pack(file) for file in shipped_pack_files()]
DEFAULT = [pack for pack in PACKS if pack.id in DEFAULT_PACKS]


def named(text: str) -> set[str]:
    return {hit.theme for hit in find_themes(text, DEFAULT)}


def pack_of(*phrases: str, theme: str = "slow") -> Pack:
    themes = (Theme(id=theme, title="T", description="D", tone=Tone.PAIN, phrases=phrases),)
    return Pack(PackFile(id="own", version=1, language="en", title="Own", themes=themes))


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("The website navigation is confusing", "general.difficult_navigation"),
        ("We were on hold for forty minutes", "general.long_wait"),
        ("The product description was misleading", "general.confusing_product_information"),
        ("The checkout is far too complicated", "general.complicated_checkout"),
        ("Opening a record is painfully slow", "general.slow"),
        ("It crashes every morning", "general.bugs"),
        ("I lost all my contacts", "general.losing_data"),
        ("The handover was messy", "general.hard_to_hand_over"),
        ("There were hidden costs on the invoice", "software.hidden_costs"),
        ("The migration was delayed by weeks", "software.data_migration"),
        ("The training was too short", "software.short_training"),
        ("There is no integration with our shop", "software.missing_integration"),
        ("The mobile app is useless", "software.mobile_app"),
        ("Friendly staff", "general.friendly_staff"),
        ("So easy to use", "general.easy_to_use"),
        ("A fast reply", "general.fast_answer"),
        ("Good advice from the consultant", "general.good_advice"),
    ],
)
def test_the_shipped_packs_know(text: str, theme: str) -> None:
    assert theme in named(text)


def test_a_comment_may_have_several_themes_each_on_its_own_words() -> None:
    text = "Friendly staff, but the checkout is too complicated and it crashed."
    shown = {hit.theme: text[hit.start : hit.stop] for hit in find_themes(text, DEFAULT)}
    assert shown["general.friendly_staff"] == "Friendly staff"
    assert shown["general.complicated_checkout"].startswith("checkout")
    assert shown["general.bugs"] == "crashed"


def test_what_is_denied_is_no_theme() -> None:
    assert not named("It is never slow and has no bugs")
    assert "general.easy_to_use" not in named("It isn't very easy to use")


def test_a_denial_ends_with_its_clause() -> None:
    assert "general.slow" in named("No, it is slow")
    assert "general.slow" in named("Not expensive but slow")


def test_no_theme_in_a_comment_about_nothing() -> None:
    assert find_themes("The table is brown", DEFAULT) == ()
    assert find_themes("", DEFAULT) == ()


def test_words_are_whole_words() -> None:
    assert find_themes("slowworm", [pack_of("slow")]) == ()
    assert len(find_themes("slowworm", [pack_of("slow*")])) == 1


def test_a_gap_bridges_three_words_but_no_sentence() -> None:
    packs = [pack_of("wait ... long")]
    assert find_themes("the wait was much too long", packs)
    assert not find_themes("the wait was very very much too long", packs)
    assert not find_themes("I did wait. So long", packs)


def test_apostrophes_do_not_matter() -> None:
    packs = [pack_of("can't find")]
    for text in ("I can't find it", "I can’t find it", "I cant find it"):
        hit = find_themes(text, packs)[0]
        assert text[hit.start : hit.stop].endswith("find")


def test_spans_survive_letters_that_grow_in_lower_case() -> None:
    text = "İİİ it is slow"
    (hit,) = find_themes(text, [pack_of("slow")])
    assert text[hit.start : hit.stop] == "slow"


def test_overlapping_hits_of_one_theme_count_once() -> None:
    (hit,) = find_themes("slow slow pages", [pack_of("slow", "slow slow pages")])
    assert (hit.start, hit.stop) == (0, 15)


def test_ids_are_unique_and_carry_their_pack() -> None:
    identifiers = [theme for pack in PACKS for theme in pack.themes]
    assert len(identifiers) == len(set(identifiers)) >= 35
    assert {identifier.split(".")[0] for identifier in identifiers} == {pack.id for pack in PACKS}
    assert len(PACKS) == 10


@pytest.mark.parametrize(
    "text",
    [
        "wait " * 20_000,
        "website " * 12_500,
        "data ... " * 11_000,
        "a" * 100_000,
        "\x00" * 100_000,
        "'" * 100_000,
        "not " * 25_000,
    ],
    ids=lambda text: ascii(text[:9]),
)
def test_hostile_text_is_bounded_work(text: str) -> None:
    packs = DEFAULT
    started = perf_counter()
    find_themes(text, packs)
    assert perf_counter() - started < 1.0  # measured: under 0.1 s


VALID = {
    "id": "own",
    "version": "1",
    "language": "en",
    "title": "Own",
    "themes": "[{id: a, title: A, description: D, tone: pain, phrases: [slow]}]",
}


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(**changes: str) -> Path:
        path = tmp_path / "own.yaml"
        path.write_text("\n".join(f"{key}: {value}" for key, value in (VALID | changes).items()), encoding="utf-8")
        return path

    return write


def test_a_valid_pack_loads(written: Callable[..., Path]) -> None:
    assert list(load_pack(written()).themes) == ["own.a"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": "0"}, r"own\.yaml: .*\$\.version"),
        ({"themes": "[]"}, r"own\.yaml: .*\$\.themes"),
        ({"extra": "1"}, r"own\.yaml: .*extra"),
        ({"themes": "[{id: A!, title: A, description: D, tone: pain, phrases: [slow]}]"}, r"\$\.themes\[0\]\.id"),
        ({"themes": "[{id: a, title: A, description: D, tone: grim, phrases: [slow]}]"}, r"\$\.themes\[0\]\.tone"),
        (
            {"themes": "[{id: a, title: A, description: D, tone: pain, phrases: [ok, '(a+)+']}]"},
            r"themes\[0\]\.phrases\[1\]",
        ),
        (
            {"themes": "[{id: a, title: A, description: D, tone: pain, phrases: ['... slow']}]"},
            r"themes\[0\]\.phrases\[0\]",
        ),
        ({"themes": "[{id: a, title: A, description: D, tone: pain, phrases: ['a* b']}]"}, r"at least 3 letters"),
        ({"themes": "[}"}, r"own\.yaml: not YAML"),
    ],
)
def test_a_fault_in_a_pack_is_named_by_its_place(
    written: Callable[..., Path], changes: dict[str, str], said: str
) -> None:
    with pytest.raises(WordListFault, match=said):
        load_pack(written(**changes))


def test_two_themes_with_one_id_are_refused(written: Callable[..., Path]) -> None:
    theme = "{id: a, title: A, description: D, tone: pain, phrases: [slow]}"
    with pytest.raises(WordListFault, match="same id"):
        load_pack(written(themes=f"[{theme}, {theme}]"))


def test_a_missing_pack_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(WordListFault, match=r"none\.yaml: can't be read"):
        load_pack(tmp_path / "none.yaml")
