"""Words that no theme covers: who says them, which are proposed, and what is decided stays decided."""

from math import log, sqrt
from random import Random

import httpx
import pytest

from analysis.text.edit_themes import dismiss_theme
from analysis.text.load_theme_book import load_theme_book
from analysis.text.propose_terms import (
    accept_as_new,
    accept_into,
    dismiss_term,
    list_decisions,
    load_proposals,
    propose_again,
)
from analysis.text.proposed_terms import PRIOR_SHARE, Comment, Side, propose_terms, side_of
from analysis.text.themes import Tone
from core.database import fetch
from core.errors import Invalid, NotFound
from tests.analysis.answers import contacts_of, given
from tests.factories import Hands, make_journey
from tests.people import People, id_of_alice, post_form

LOW = ["The parking garage was full", "No space in the parking garage", "Your parking garage is a maze"]
HIGH = ["Lovely coffee and cake", "The coffee was warm", "Coffee with a smile"]


def said(low: int = 12, high: int = 12) -> list[Comment]:
    lows = [Comment(n, n, LOW[n % 3], Side.LOW) for n in range(low)]
    return [*lows, *(Comment(100 + n, 100 + n, HIGH[n % 3], Side.HIGH) for n in range(high))]


def terms(comments: list[Comment], **more: object) -> list[str]:
    return [one.term for one in propose_terms(comments, "en", **more)]  # type: ignore[arg-type]


def test_what_low_scorers_say_is_proposed_and_what_high_scorers_say_is_not() -> None:
    found = propose_terms(said(), "en")
    assert found[0].term in ("parking garage", "parking", "garage")
    assert (found[0].n_low, found[0].n_high) == (12, 0)
    assert "coffee" not in terms(said())


def test_z_is_the_log_odds_with_the_prior_over_its_standard_error() -> None:
    comments = [Comment(n, n, "parking", Side.LOW) for n in range(8)]
    comments += [Comment(100 + n, 100 + n, "parking" if n < 2 else "coffee", Side.HIGH) for n in range(20)]
    (found,) = propose_terms(comments, "en")
    prior = PRIOR_SHARE * 10
    odds = [log((y + prior) / max(1, n + PRIOR_SHARE * 28 - y - prior)) for y, n in ((8, 8), (2, 20))]
    spread = sqrt(1 / (8 + prior) + 1 / (2 + prior))
    assert found.z == pytest.approx((odds[0] - odds[1]) / spread, abs=1e-8)


def test_who_says_it_ten_times_is_one_voice() -> None:
    alone = [Comment(n, 1, LOW[n % 3], Side.LOW) for n in range(30)]
    assert terms([*alone, *said(low=0)]) == []
    assert terms(said(low=4)) == []
    assert terms(said(low=5, high=40)) != []


def test_each_word_is_in_one_term_and_grammar_in_none() -> None:
    words = [word for term in terms(said()) for word in term.split()]
    assert len(words) == len(set(words))
    assert not {"the", "was", "in", "your", "is", "a"} & set(words)


def test_a_denied_word_may_be_the_term() -> None:
    comments = [Comment(n, n, "There was no elevator for my suitcase", Side.LOW) for n in range(10)]
    comments += [Comment(50 + n, 50 + n, "The elevator was quick and roomy", Side.HIGH) for n in range(10)]
    assert terms(comments)[0] == "no elevator"


def test_words_across_a_full_stop_are_no_pair() -> None:
    comments = [Comment(n, n, "Parking. Garage", Side.LOW) for n in range(10)]
    assert "parking garage" not in terms([*comments, *said(low=0)])


def test_no_order_of_contacts_changes_what_is_proposed() -> None:
    comments = said()
    mixed = Random(3).sample(comments, len(comments))
    assert [(one.term, one.n_low, one.z) for one in propose_terms(comments, "en")] == [
        (one.term, one.n_low, one.z) for one in propose_terms(mixed, "en")
    ]


def test_examples_are_the_newest_of_different_low_scorers() -> None:
    newest = [Comment(999, 1, LOW[0], Side.LOW), Comment(998, 1, LOW[1], Side.LOW), Comment(997, 2, LOW[0], Side.LOW)]
    examples = propose_terms([*newest, *said()], "en")[0].examples
    assert len(examples) == 3
    assert examples[0] == 999
    assert not {998, 997} & set(examples)


def test_a_decided_term_is_left_out() -> None:
    first = terms(said())[0]
    assert first not in terms(said(), decided={first})


def test_other_languages_are_read_without_their_grammar() -> None:
    lows = [Comment(n, n, "Der Parkplatz war immer voll", Side.LOW) for n in range(10)]
    highs = [Comment(50 + n, 50 + n, "Der Kaffee war sehr gut", Side.HIGH) for n in range(10)]
    found = [one.term for one in propose_terms([*lows, *highs], "de")]
    assert {word for term in found for word in term.split()} <= {"parkplatz", "voll"}
    assert found


@pytest.mark.parametrize(
    ("x", "state", "side"),
    [
        (-0.5, "positive", Side.LOW),
        (0.5, "negative", Side.LOW),
        (0.5, "neutral", Side.HIGH),
        (None, "positive", Side.HIGH),
        (0.0, "mixed", Side.NEITHER),
        (None, "no_signal", Side.NEITHER),
    ],
)
def test_low_scorers_are_those_who_rated_low_or_wrote_ill(x: float | None, state: str, side: Side) -> None:
    assert side_of(x, state) is side


async def heard(workspace: int, contact: int, hands: Hands, text: str, face: int, theme: str | None = None) -> int:
    """A comment with a rating as a worker has read it."""
    response = await given(workspace, contact, hands.now, ("felt", "anchor", face))
    rows = await fetch(
        "INSERT INTO answer (response, question, instrument, text) VALUES ($1, 'why', 'comment', $2) RETURNING id",
        response,
        text,
    )
    answer: int = rows[0]["id"]
    await fetch(
        "INSERT INTO comment_score (answer, language, state, analyser, packs, scored_at) "
        "VALUES ($1, 'en', 'no_signal', 'test', '', $2)",
        answer,
        hands.now,
    )
    if theme is not None:
        await fetch(
            "INSERT INTO comment_theme (answer, theme, clause, start, stop) VALUES ($1, $2, 0, 0, 1)", answer, theme
        )
    return answer


async def garage(people: People, hands: Hands, low: int = 12) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, low + 12)
    for place, contact in enumerate(contacts):
        text = (
            "Parking garage full, call me: 0171 2345678"
            if place < low
            else "Coffee and cake by the fountain in your garden"
        )
        await heard(people.acme, contact, hands, text, 1 if place < low else 5)


async def test_proposals_come_with_redacted_examples(people: People, hands: Hands) -> None:
    await garage(people, hands)
    found = await load_proposals(people.acme)
    assert (found.n_read, found.n_without) == (24, 24)
    first = found.terms[0]
    assert (first.language, first.n_low) == ("en", 12)
    assert all("[phone]" in example and "2345678" not in example for example in first.examples)
    assert (await load_proposals(people.other)).terms == ()


async def test_comments_with_a_theme_are_not_read_for_terms(people: People, hands: Hands) -> None:
    await garage(people, hands)
    await fetch(
        "INSERT INTO comment_theme (answer, theme, clause, start, stop) SELECT id, 'general.slow', 0, 0, 1 FROM answer "
        "WHERE text LIKE 'Parking%'"
    )
    found = await load_proposals(people.acme)
    assert (found.terms, found.n_without) == ((), 12)
    await dismiss_theme(people.acme, "general.slow", await id_of_alice(), hands.now)
    assert (await load_proposals(people.acme)).n_without == 24  # nothing covers them any more


async def test_an_accepted_term_is_a_line_of_its_theme_and_proposed_no_more(people: People, hands: Hands) -> None:
    await garage(people, hands)
    alice, term = await id_of_alice(), (await load_proposals(people.acme)).terms[0].term
    key = await accept_as_new(people.acme, "en", term, "Car park", Tone.PAIN, alice, hands.now)
    await accept_into(people.acme, "en", "multi storey", key, alice, hands.now)
    assert (await load_theme_book(people.acme)).themes[key].phrases == (term, "multi storey")
    assert term not in [one.term for one in (await load_proposals(people.acme)).terms]
    assert {(one.term, one.theme) for one in await list_decisions(people.acme)} == {(term, key), ("multi storey", key)}


async def test_a_dismissed_term_comes_back_when_that_is_taken_back(people: People, hands: Hands) -> None:
    await garage(people, hands)
    alice, term = await id_of_alice(), (await load_proposals(people.acme)).terms[0].term
    await dismiss_term(people.acme, "en", term, alice, hands.now)
    assert term not in [one.term for one in (await load_proposals(people.acme)).terms]
    with pytest.raises(NotFound):
        await propose_again(people.other, "en", term)
    await propose_again(people.acme, "en", term)
    assert term in [one.term for one in (await load_proposals(people.acme)).terms]


async def test_a_term_is_not_accepted_where_it_can_not_be_read(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    with pytest.raises(NotFound):
        await accept_into(people.acme, "en", "parking", "own.nothing", alice, hands.now)
    await dismiss_theme(people.acme, "general.bugs", alice, hands.now)
    for unread in ("general.bugs", "travel.late_flight"):
        with pytest.raises(Invalid):
            await accept_into(people.acme, "en", "parking", unread, alice, hands.now)
    for language, term in (("de", "parkplatz"), ("en", "a-b"), ("en", ""), ("en", "x" * 81), ("en", "a\x00")):
        with pytest.raises(Invalid):
            await accept_into(people.acme, language, term, "general.slow", alice, hands.now)
    assert await list_decisions(people.acme) == []


async def test_the_page_shows_the_terms_and_takes_decisions(people: People, hands: Hands) -> None:
    await garage(people, hands)
    term = (await load_proposals(people.acme)).terms[0].term
    page = (await people.alice.get("/w/acme/themes/terms")).text
    assert f"{term} <small" in page
    assert "[phone]" in page
    assert "12 unhappy contacts, nobody happy" in page
    seen = (await people.bob.get("/w/acme/themes/terms")).text
    assert term in seen
    assert "<select" not in seen

    async def decided(**form: str) -> httpx.Response:
        return await post_form(people.alice, "/w/acme/themes/terms", {"term": term, "language": "en", **form})

    assert (await decided(to="dismiss")).status_code == 303
    assert (await decided(to="again")).status_code == 303
    refused = await decided(to="new", title=" ", tone="pain")
    assert refused.status_code == 422
    assert "Write a title" in refused.text
    assert (await decided(to="new", title="Car park", tone="pain")).status_code == 303
    assert (await load_theme_book(people.acme)).themes["own.car_park"].tone is Tone.PAIN
    page = (await people.alice.get("/w/acme/themes/terms")).text
    assert "1 accepted" in page


async def test_terms_of_a_dismissed_theme_stay_decided(people: People, hands: Hands) -> None:
    alice = await id_of_alice()
    key = await accept_as_new(people.acme, "en", "parking", "Car park", Tone.PAIN, alice, hands.now)
    await dismiss_theme(people.acme, key, alice, hands.now)
    assert [one.term for one in await list_decisions(people.acme)] == ["parking"]
