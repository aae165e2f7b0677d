"""What contacts wrote: a lane of its own, the experience derived from words alone, and little shown of few."""

from datetime import date, timedelta
from math import isfinite, sqrt
from random import Random

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from analysis.experience import Moments, moments_of
from analysis.load_full_report import load_full_report
from analysis.load_report import Period, load_report
from analysis.load_text_lane import Learned, Voices, load_text_lane, text_figure, voice_of
from analysis.report import JourneyReport, ReportSettings
from analysis.score_responses import score_responses
from analysis.text.sentiment import SentimentState
from analysis.text_derived import LEAST_RATED, TextModel, fit, text_derived_estimate
from analysis.text_figures import TextFigure
from analysis.text_words import STATE_WORDS, text_rows, too_few_words
from core.database import fetch
from core.templating import template_environment
from surveys.journeys import load_journey
from tests.analysis.answers import contacts_of, given, noon
from tests.analysis.test_properties import figures_in
from tests.factories import JOURNEY, Hands, make_journey
from tests.people import People

SETTINGS = ReportSettings()
TODAY = date(2026, 3, 2)
PERIOD = Period(TODAY - timedelta(days=89), TODAY)

on_scale = st.floats(-1, 1, allow_subnormal=False).map(lambda x: round(x, 6))
rated = st.lists(st.tuples(on_scale, on_scale), min_size=LEAST_RATED, max_size=130)
polarities = st.lists(on_scale, max_size=40)
# Half wrote -1 and half +1, and each half rated half a step above or below x = s / 2.
CROSS = [(-1.0, -1.0), (-1.0, 0.0), (1.0, 0.0), (1.0, 1.0)] * 25


# The line


def test_a_line_worked_out_by_hand() -> None:
    model = fit(CROSS)
    assert model is not None
    assert (model.alpha, model.beta, model.n, model.r_squared) == (0, 0.5, 100, 0.5)
    assert model.residual_variance == pytest.approx(25 / 98)
    found = text_derived_estimate(model, moments_of([0.5] * 10), SETTINGS)
    assert found is not None
    doubt = 25 / 98 * (1 / 100 + 0.5**2 / 100)
    variance = (10 * (0.25**2 + 25 / 98) + 1) / 11 - (2.5 / 11) ** 2
    assert (found.mean, found.centre) == pytest.approx((0.25, 2.5 / 11))
    assert found.se == pytest.approx(sqrt(variance / 11 + doubt))
    half = 2.2621571628 * found.se  # t of 9
    assert (found.interval.lo, found.interval.hi) == pytest.approx((found.centre - half, found.centre + half))


def test_how_differently_they_write_counts_too() -> None:
    model = fit(CROSS)
    assert model is not None
    alike = text_derived_estimate(model, moments_of([0.0] * 10), SETTINGS)
    apart = text_derived_estimate(model, moments_of([-1.0, 1.0] * 5), SETTINGS)
    assert alike is not None
    assert apart is not None
    assert alike.mean == apart.mean
    assert alike.se < apart.se


def test_a_line_needs_a_hundred_and_words_that_differ() -> None:
    assert fit([]) is None
    assert fit(CROSS[:99]) is None
    assert fit([(0.1 + 0.2, x) for _, x in CROSS]) is None


def test_ratings_that_are_all_the_same_give_no_certainty() -> None:
    model = fit([(s, 1.0) for s, _ in CROSS])
    assert model is not None
    assert (model.beta, model.residual_variance, model.r_squared) == (0, 0, 0)
    found = text_derived_estimate(model, moments_of([-1.0] * 6), SETTINGS)
    assert found is not None
    assert found.mean == 1
    assert found.interval.lo < 0.9


@for_all(on_scale, on_scale, st.lists(on_scale, min_size=LEAST_RATED, max_size=120))
def test_an_exact_line_is_found_again(alpha: float, beta: float, written: list[float]) -> None:
    model = fit([(s, alpha + beta * s) for s in written])
    if max(written) - min(written) < 0.01:
        return
    assert model is not None
    assert (model.alpha, model.beta) == pytest.approx((alpha, beta), abs=1e-6)
    assert model.residual_variance == pytest.approx(0, abs=1e-12)


@for_all(rated, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_digit(pairs: list[tuple[float, float]], dice: Random) -> None:
    shuffled = pairs.copy()
    dice.shuffle(shuffled)
    assert fit(pairs) == fit(shuffled)


@for_all(rated, polarities)
def test_a_derived_experience_is_on_the_scale_and_never_of_few(
    pairs: list[tuple[float, float]], written: list[float]
) -> None:
    model = fit(pairs)
    if model is None:
        return
    assert 0 <= model.r_squared <= 1
    found = text_derived_estimate(model, moments_of(written), SETTINGS)
    assert (found is not None) == (len(written) >= SETTINGS.k)
    if found is not None:
        assert all(isfinite(figure) for figure in figures_in(found))
        assert -1 <= found.interval.lo < found.interval.hi <= 1
        assert -1 <= found.mean <= 1


@for_all(st.floats(-1, 1), st.floats(0, 0.5), st.integers(5, 400))
def test_more_who_wrote_and_more_who_rated_make_it_surer(mean: float, noise: float, n: int) -> None:
    def se(n_written: int, n_rated: int) -> float:
        model = TextModel(
            alpha=0.1,
            beta=0.5,
            residual_variance=noise,
            r_squared=0.5,
            n=n_rated,
            mean_polarity=0,
            spread=0.3 * n_rated,
        )
        found = text_derived_estimate(model, Moments(n_written, 0, 0).resized(n_written), SETTINGS)
        assert found is not None
        return found.se

    assert se(n, 100) > se(n + 1, 100)
    assert se(n, 100) >= se(n, 200)


# What is shown


@pytest.mark.parametrize(
    ("states", "voice"),
    [
        (["positive", "negative"], "mixed"),
        (["mixed", "positive"], "mixed"),
        (["no_signal", "positive", "neutral"], "positive"),
        (["neutral", "negative"], "negative"),
        (["neutral", "no_signal"], "neutral"),
        (["no_signal", "not_scored"], "no_signal"),
        (["not_scored"], "not_scored"),
    ],
)
def test_a_contact_has_one_state(states: list[str], voice: str) -> None:
    assert voice_of(states) is SentimentState(voice)


def test_of_four_contacts_nothing_is_shown() -> None:
    few = text_figure("shop", [Voices(SentimentState.POSITIVE, 4, moments_of([0.5] * 4))], None, SETTINGS)
    assert few == TextFigure(key="shop")
    quiet = [
        Voices(SentimentState.POSITIVE, 4, moments_of([0.5] * 4)),
        Voices(SentimentState.NO_SIGNAL, 3, moments_of([])),
    ]
    found = text_figure("shop", quiet, Learned(fit(CROSS), 100), SETTINGS)
    assert (found.n_contacts, found.n_scored, found.positive, found.no_signal) == (7, 4, 4, 3)
    assert (found.sentiment, found.interval, found.text_derived) == (None, None, None)


# From answers to the table


# Under "What could we do better" any words are a wish.
OPENLY_ASKED = JOURNEY.replace("What could we do better", "Why")
GOOD, BAD, NOTHING = "It was great, I am very happy", "Terrible service, I am angry", "It arrived on Tuesday"


async def write(workspace: int, contact: int, text: str, *answers: tuple[str, str, int], at: str = "delivery") -> None:
    response = await given(workspace, contact, noon(TODAY), *answers, touchpoint=at)
    await fetch(
        "INSERT INTO answer (response, question, instrument, text) VALUES ($1, 'why', 'comment', $2)", response, text
    )
    await fetch("UPDATE response SET locale = 'en' WHERE id = $1", response)


async def lane(people: People, hands: Hands) -> JourneyReport:
    while await score_responses(hands.now):
        pass
    return await load_full_report(people.acme, "buying", PERIOD)


def page_of(report: JourneyReport) -> str:
    words = {"text_rows": text_rows, "too_few_words": too_few_words, "state_words": STATE_WORDS}
    macros = template_environment().get_template("analysis/report_tables.html").make_module(words)
    return str(macros.texts(report, ""))  # type: ignore[attr-defined]


async def test_one_who_wrote_often_is_one_voice_and_ratings_stay_apart(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, OPENLY_ASKED)
    contacts = await contacts_of(people.acme, 6)
    for contact, text in zip(contacts, [GOOD, GOOD, GOOD, BAD, NOTHING, GOOD], strict=True):
        await write(people.acme, contact, text, ("felt", "anchor", 1))
    await write(people.acme, contacts[0], BAD)
    report = await lane(people, hands)
    [found] = report.text
    assert (found.key, found.n_contacts, found.n_scored) == ("delivery", 6, 5)
    assert (found.positive, found.negative, found.mixed, found.no_signal) == (3, 1, 1, 1)
    scores = {
        row["text"]: row["polarity"]
        for row in await fetch("SELECT a.text, s.polarity FROM comment_score s JOIN answer a ON a.id = s.answer")
    }
    voices = [scores[GOOD]] * 3 + [scores[BAD], (scores[GOOD] + scores[BAD]) / 2]
    assert found.sentiment == pytest.approx(sum(voices) / 5)
    assert (found.text_derived, found.n_rated) == (
        None,
        None,
    )  # it is rated, so words are not asked what they are worth
    assert report.touchpoints[1].mean == -1  # whatever was written
    page = page_of(report)
    assert "text-derived</span>" not in page
    assert "<b>" not in page
    [analyser] = found.analysers
    assert f"Read by {analyser}." in page


async def test_what_people_say_of_a_comment_counts_and_every_version_that_read_is_named(
    people: People, hands: Hands
) -> None:
    await make_journey(people.acme, hands.now)
    for contact in await contacts_of(people.acme, 6):
        await write(people.acme, contact, GOOD)
    [before] = (await lane(people, hands)).text
    await fetch(
        "INSERT INTO sentiment_label (answer, state, labelled_at) SELECT answer, 'negative', now() FROM comment_score "
        "ORDER BY answer LIMIT 2"
    )
    await fetch("UPDATE comment_score SET analyser = 'older-1' WHERE answer = (SELECT max(answer) FROM comment_score)")
    [found] = (await lane(people, hands)).text
    assert before.sentiment is not None
    assert (found.positive, found.negative, found.n_scored) == (4, 2, 6)
    assert found.sentiment == pytest.approx((4 * before.sentiment - 2 * 0.6) / 6)
    assert found.analysers == (*before.analysers, "older-1")
    html = (await people.bob.get("/w/acme/journeys/buying/touchpoints/delivery/figures?since=2025-12-03")).text
    assert "6 contacts wrote" in html
    assert f"Read by {before.analysers[0]} and older-1." in html


async def test_where_there_is_only_text_the_experience_is_derived_from_it(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 112)
    for at, contact in enumerate(contacts[:106]):
        text, face = (GOOD, 5 - at % 4 // 2) if at % 2 else (BAD, 1 + at % 4 // 2)
        await write(people.acme, contact, text, ("felt", "anchor", face), ("nps", "nps", 0))
    for contact in contacts[106:]:
        await write(people.acme, contact, GOOD, at="shop")
    report = await lane(people, hands)
    shop = next(figure for figure in report.text if figure.key == "shop")
    assert (shop.n_contacts, shop.n_rated, shop.is_cut) == (6, 106, False)
    assert shop.text_derived is not None
    praised = [5 - at % 4 // 2 for at in range(106) if at % 2]  # the faces decide, not the NPS beside them
    assert shop.text_derived.mean == pytest.approx(sum((face - 3) / 2 for face in praised) / len(praised))
    assert shop.text_derived.interval.lo < shop.text_derived.mean < shop.text_derived.interval.hi
    assert report.touchpoints[0].mean is None  # the curve stays blind there
    delivery = next(figure for figure in report.text if figure.key == "delivery")
    assert (delivery.n_contacts, delivery.n_rated, delivery.text_derived) == (106, None, None)
    page = page_of(report)
    assert "text-derived</span> +0." in page
    assert "learned from 106 who wrote and rated" in page


async def test_of_very_many_comments_the_newest_are_read_and_that_is_said(
    people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_journey(people.acme, hands.now)
    for contact in await contacts_of(people.acme, 8):
        await write(people.acme, contact, GOOD)
    monkeypatch.setattr("analysis.load_text_lane.MOST_COMMENTS", 6)
    [found] = (await lane(people, hands)).text
    assert (found.n_contacts, found.is_cut) == (6, True)


async def test_too_few_rated_comments_are_said_to_be_too_few(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 11)
    for contact in contacts[:4]:
        await write(people.acme, contact, GOOD, ("felt", "anchor", 5), at="delivery")
    for contact in contacts[4:9]:
        await write(people.acme, contact, BAD, ("important", "importance", 5), at="shop")
    page = page_of(await lane(people, hands))
    assert "takes 100 contacts who wrote and rated; there are 4" in page
    assert "not shown (fewer than 5 contacts)" in page
    other = await load_journey(people.acme, "buying")
    await fetch("UPDATE response SET occurred_at = occurred_at - interval '2 years'")
    assert await load_text_lane(people.acme, other, await load_report(people.acme, "buying", PERIOD)) == ()
