"""What may be a pain point: contacts who mention a theme, and touchpoints below their promise."""

from datetime import UTC, date, datetime

from analysis.experience import Moments
from analysis.pains.candidates import (
    Comment,
    Felt,
    cells_of,
    depth_ranks,
    gives_others_away,
    heard_in,
    mentioned_at,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def comment(
    id_: int, contact: int, x: float, *themes: str, persona: str = "", polarity: float | None = None
) -> Comment:
    return Comment(id_, contact, persona, x, polarity, date(2026, 3, id_ % 28 + 1), NOON, themes, ())


def test_who_writes_six_times_about_one_thing_mentions_it_once() -> None:
    found = mentioned_at([*(comment(at, 7, -1.0, "slow") for at in range(6)), comment(9, 8, 0.5, "slow", "bugs")])
    assert found["slow"].with_it == Moments(2, -0.5, 1.25)
    assert (found["slow"].first_seen, found["slow"].last_seen) == (date(2026, 3, 1), date(2026, 3, 10))
    assert [one.id for one in found["slow"].comments] == [9, 5, 4, 3, 2, 1, 0]
    assert found["bugs"].n == 1


def test_every_contact_is_in_one_cell() -> None:
    felt = [Felt("", -1.0, 4, 5), Felt("buyer", -1.0, 2, 2), Felt("", 1.0, 3, 3)]
    comments = [
        comment(1, 1, -1.0, "slow"),
        comment(2, 1, -1.0, "bugs"),
        comment(3, 2, -1.0, "slow"),
        comment(4, 3, 1.0, "dear"),
        comment(5, 4, 1.0),
    ]
    cells = {(cell.x, cell.themes): cell.n for cell in cells_of(felt, comments, ["slow", "bugs"])}
    assert cells == {(-1.0, ("bugs", "slow")): 1, (-1.0, ("slow",)): 1, (-1.0, ()): 4, (1.0, ()): 3}


def test_a_contact_is_one_voice_in_the_sentiment() -> None:
    heard = heard_in(
        [
            comment(1, 1, 0.0, polarity=1.0),
            comment(2, 1, 0.0, polarity=0.0),
            comment(3, 2, 0.0, polarity=-0.5),
            comment(4, 3, 0.0),
        ]
    )
    assert (heard.n_contacts, heard.n_scored, heard.mean, heard.coverage) == (3, 2, 0.0, 2 / 3)


def test_a_persona_is_hidden_where_the_rest_would_be_few() -> None:
    felt = [Felt("buyer", 0.0, 20, 20), Felt("architect", 0.0, 3, 3)]
    assert gives_others_away("buyer", None, felt, [], 5)
    assert not gives_others_away("buyer", None, [*felt, Felt("", 0.0, 6, 6), Felt("builder", 0.0, 9, 9)], [], 5)


def test_a_persona_is_hidden_where_the_rest_of_those_who_mention_it_would_be_few() -> None:
    felt = [Felt("buyer", 0.0, 40, 40), Felt("architect", 0.0, 40, 40)]
    buyers = [comment(at, at, 0.0, "slow", persona="buyer") for at in range(10)]
    architects = [comment(50 + at, 50 + at, 0.0, "slow", persona="architect") for at in range(10)]
    assert not gives_others_away("buyer", "slow", felt, [*buyers, *architects], 5)
    assert gives_others_away("buyer", "slow", felt, [*buyers, *architects[:4]], 5)


def test_ranks_by_depth_leave_out_what_has_none() -> None:
    assert depth_ranks({"a": 0.5, "b": None, "c": 0.9, "d": 0.0, "e": 0.5}) == {"c": 1, "a": 2, "e": 3}
