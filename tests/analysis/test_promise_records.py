"""From answers and guesses to the records of a promise and its gaps, each checked against sums done by hand."""

from math import sqrt
from typing import Any

import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from accounts.membership import add_member
from accounts.tables import Role
from analysis.experience import estimate_of, moments_of, wilson
from analysis.gap_words import gap_rows, q_in_words
from analysis.load_report import last_days, load_report
from analysis.promises import paired_difference
from analysis.report import BlindSpot, Gap, GapName, JourneyReport, RecordFigure, ShareBasis, TouchpointFigure, Verdict
from analysis.report_file import page_of
from analysis.team_guesses import Guess, guess
from core.database import fetch
from core.errors import NotFound
from core.templating import signed
from surveys.journeys import load_journey
from tests.analysis.answers import contacts_of, given, noon, score
from tests.analysis.test_same_digits import Rows
from tests.factories import JOURNEY, Hands, make_journey, make_key
from tests.people import People, post_form

LEVEL = 'claim: "At your door in two days", source: Home page, valid_from: 2025-01-01, level: 0.75'
SHARE = "claim: Nine of ten, valid_from: 2025-01-01, share: 0.9"
FACES = [2, 1, 3, 2, 4, 2, 1, 3, 2, 2, 3, 1]
EXPECTED = [4, 4, 5, 3, 4, 5, 3, 4, 4, 5, 3, 4]


def xs(faces: list[int]) -> list[float]:
    return [(face - 3) / 2 for face in faces]


async def report_of(people: People, hands: Hands) -> JourneyReport:
    await score(hands)
    return await load_report(people.acme, "buying", last_days(hands.now))


async def delivery(people: People, hands: Hands) -> TouchpointFigure:
    report = await report_of(people, hands)
    return next(figure for figure in report.touchpoints if figure.key == "delivery")


def gap_of(figure: TouchpointFigure, name: GapName) -> Gap:
    return next(gap for gap in figure.gaps if gap.name is name)


async def touchpoint_ids(people: People) -> dict[str, int]:
    return {touchpoint.key: touchpoint.id for touchpoint in (await load_journey(people.acme, "buying")).touchpoints}


@pytest.fixture
async def contacts(people: People, hands: Hands) -> list[int]:
    await make_journey(people.acme, hands.now)
    return await contacts_of(people.acme, 30)


async def answered(
    people: People, hands: Hands, contacts: list[int], instrument: str, values: list[int], **where: Any
) -> None:
    """One answer of each contact, in responses of their own."""
    for contact, value in zip(contacts, values, strict=False):
        await given(people.acme, contact, noon(hands.now.date()), (instrument, instrument, value), **where)


async def test_the_service_gap_is_that_of_the_same_contacts(people: People, hands: Hands, contacts: list[int]) -> None:
    await answered(people, hands, contacts, "anchor", [*FACES, 5, 5, 5, 5, 5])
    await answered(people, hands, contacts, "expectation", EXPECTED)
    await answered(people, hands, contacts[20:], "expectation", [1] * 5)  # who expected, and never came
    await answered(people, hands, contacts[:1], "anchor", [4])  # one who answers twice is one voice
    differences = [a - b for a, b in zip(xs([3, *FACES[1:]]), xs(EXPECTED), strict=True)]
    figure = await delivery(people, hands)
    gap = gap_of(figure, GapName.SERVICE)
    by_hand = ttest_1samp(differences, 0)
    around = by_hand.confidence_interval()
    assert (gap.n, gap.is_paired) == (12, True)
    assert gap.value == pytest.approx(sum(differences) / 12)
    assert gap.p == pytest.approx(by_hand.pvalue)
    assert gap.q == pytest.approx(gap.p)
    assert gap.interval is not None
    assert (gap.interval.lo, gap.interval.hi) == pytest.approx((around.low, around.high))
    assert figure.expectation is not None
    assert figure.expectation.n == 17
    assert figure.expectation.mean == pytest.approx((sum(xs(EXPECTED)) - 5) / 17)


async def test_thirds_are_paired_as_exactly_as_halves(people: People, hands: Hands, contacts: list[int]) -> None:
    efforts = [1, 2, 4, 7, 6, 3, 2, 2, 5, 6, 7, 3]
    await answered(people, hands, contacts, "ces", efforts)
    await answered(people, hands, contacts, "expectation", EXPECTED)
    expected = paired_difference([(r - 4) / 3 - x for r, x in zip(efforts, xs(EXPECTED), strict=True)])
    gap = gap_of(await delivery(people, hands), GapName.SERVICE)
    assert expected is not None
    assert (gap.value, gap.p) == pytest.approx((expected.mean, expected.p), abs=1e-12)


async def test_the_emotions_of_a_workspace_are_paired_by_its_own_valences(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await fetch(
        "INSERT INTO emotion_valence (workspace, emotion, valence, set_at) VALUES ($1, 'happy', 0.6, now())",
        people.acme,
    )
    for contact in contacts[:10]:
        await given(people.acme, contact, noon(hands.now.date()), ("expected", "expectation", 3))
        await fetch(_PICKED, contact, ["happy", "angry"])
    gap = gap_of(await delivery(people, hands), GapName.SERVICE)
    assert gap.n == 10
    assert gap.value == pytest.approx((0.6 - 1) / 2)


async def test_two_samples_make_the_service_gap_where_too_few_said_both(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answered(people, hands, contacts, "anchor", FACES)
    await answered(people, hands, contacts[12:], "expectation", EXPECTED)
    found, expected = estimate_of(moments_of(xs(FACES))), estimate_of(moments_of(xs(EXPECTED)))
    assert found is not None
    assert expected is not None
    se = sqrt(found.se**2 + expected.se**2)
    freedom = se**4 / (found.se**4 / 11 + expected.se**4 / 11)
    gap = gap_of(await delivery(people, hands), GapName.SERVICE)
    assert (gap.n, gap.is_paired) == (12, False)
    assert gap.value == pytest.approx((sum(xs(FACES)) - sum(xs(EXPECTED))) / 12)
    assert gap.p == pytest.approx(2 * student.sf(abs(found.centre - expected.centre) / se, freedom))


async def test_four_contacts_with_an_expectation_leave_no_trace_but_the_hash(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answered(people, hands, contacts, "anchor", FACES)
    before = await report_of(people, hands)
    await answered(people, hands, contacts, "expectation", EXPECTED[:4])
    await answered(people, hands, contacts, "kept", [1] * 4)
    await answered(people, hands, contacts, "disconfirmation", [1] * 4)
    await answered(people, hands, contacts, "importance", [5] * 4)
    after = await report_of(people, hands)
    assert {gap.name for gap in after.touchpoints[1].gaps} == {GapName.COMMUNICATION}
    figure = after.touchpoints[1]
    assert (figure.expectation, figure.kept, figure.stated_importance, figure.opportunity) == (None,) * 4
    assert after.data_hash != before.data_hash
    assert gap_rows(after) == []


async def test_five_contacts_are_shown_and_not_tested(people: People, hands: Hands, contacts: list[int]) -> None:
    await answered(people, hands, contacts, "anchor", FACES)
    await answered(people, hands, contacts, "expectation", EXPECTED[:5])
    gap = gap_of(await delivery(people, hands), GapName.SERVICE)
    assert (gap.n, gap.p, gap.q) == (5, None, None)
    assert q_in_words(gap.q) == "not tested"


async def test_the_communication_gap_is_the_one_of_the_verdict(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answered(people, hands, contacts, "anchor", FACES)
    figure = await delivery(people, hands)
    found = estimate_of(moments_of(xs(FACES)))
    assert found is not None
    gap = gap_of(figure, GapName.COMMUNICATION)
    assert gap.value == figure.gap == pytest.approx(sum(xs(FACES)) / 12 - 0.75)
    assert gap.p == pytest.approx(2 * student.sf(abs(found.centre - 0.75) / found.se, 11))


async def test_the_guesses_of_the_team_make_the_knowledge_gap_and_the_inside_out_error(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answered(people, hands, contacts, "anchor", FACES)
    await answered(people, hands, contacts[12:], "expectation", EXPECTED)
    place = (await touchpoint_ids(people))["delivery"]
    for name, expectation, experience in (("bea", 0.0, 0.5), ("ben", 0.5, 1.0), ("bo", 0.5, None)):
        user = await add_member(people.acme, f"{name}@acme.example", name, Role.VIEWER, hands.now)
        await guess(people.acme, user, [Guess(place, expectation, experience)], hands.now)
    figure = await delivery(people, hands)
    assert figure.team_expectation == RecordFigure(1 / 3, 0.0, 0.5, 3)
    assert figure.team_experience == RecordFigure(0.75, 0.5, 1.0, 2)
    knowledge, inside_out = gap_of(figure, GapName.KNOWLEDGE), gap_of(figure, GapName.INSIDE_OUT)
    assert knowledge.value == pytest.approx(1 / 3 - sum(xs(EXPECTED)) / 12)
    assert inside_out.value == pytest.approx(0.75 - sum(xs(FACES)) / 12)
    found = estimate_of(moments_of(xs(FACES)))
    assert found is not None
    assert inside_out.p == pytest.approx(2 * student.sf((0.75 - found.centre) / found.se, 11))


async def test_disconfirmation_importance_and_kept_replies_are_of_contacts(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    said = [1, 2, 2, 3, 3, 1, 2, 4, 2, 1]
    await answered(people, hands, contacts, "anchor", FACES)
    await answered(people, hands, contacts, "disconfirmation", said)
    await answered(people, hands, contacts, "importance", [5] * 6 + [2] * 4)
    await answered(people, hands, contacts, "kept", [3] * 7 + [2] * 2 + [1])
    for _ in range(4):
        await answered(people, hands, contacts[9:10], "kept", [1])
    figure = await delivery(people, hands)
    found = estimate_of(moments_of(xs(said)))
    assert found is not None
    gap = gap_of(figure, GapName.DISCONFIRMATION)
    assert gap.value == pytest.approx(sum(xs(said)) / 10)
    assert gap.p == pytest.approx(2 * student.sf(abs(found.centre) / found.se, 9))
    around = wilson(7, 10)
    assert figure.kept == RecordFigure(0.7, around.lo, around.hi, 10)
    remarks = {row.gap.name: row.remark for row in gap_rows(await report_of(people, hands))}
    assert remarks[GapName.COMMUNICATION] == "fully kept, say 70 % of 10 (40 % to 89 %)"
    assert figure.stated_importance is not None
    assert figure.stated_importance.mean == pytest.approx((6 * 1 + 4 * -0.5) / 10)
    assert figure.opportunity == pytest.approx(6 + (6 - 10 * 1 / 12))  # one of twelve is satisfied


async def test_a_share_is_judged_by_kept_replies_where_enough_gave_them(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, JOURNEY.replace(LEVEL, SHARE))
    contacts = await contacts_of(people.acme, 12)
    await answered(people, hands, contacts, "anchor", [5] * 12)
    await answered(people, hands, contacts, "kept", [1] * 4)
    by_satisfied = await delivery(people, hands)
    await answered(people, hands, contacts[4:], "kept", [1] * 3 + [2] * 3 + [3] * 2)
    by_replies = await delivery(people, hands)
    bases = [figure.promise.share_basis for figure in (by_satisfied, by_replies) if figure.promise]
    assert bases == [ShareBasis.SATISFIED, ShareBasis.KEPT_REPLIES]
    assert (by_satisfied.gap, by_replies.gap) == pytest.approx((0.1, 2 / 12 - 0.9))
    assert by_replies.verdict is Verdict.BROKEN
    gap = gap_of(by_replies, GapName.COMMUNICATION)
    assert (gap.value, gap.is_share, gap.n) == (by_replies.gap, True, 12)


async def test_gaps_are_adjusted_over_the_touchpoints_of_a_report(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answered(people, hands, contacts, "disconfirmation", [1, 2, 2, 3, 3, 1, 2, 4, 2, 1])
    await answered(people, hands, contacts, "disconfirmation", [3, 2, 4, 3, 3, 2, 4, 3, 2, 3], touchpoint="shop")
    report = await report_of(people, hands)
    shop, door = (gap_of(figure, GapName.DISCONFIRMATION) for figure in report.touchpoints)
    assert shop.p is not None
    assert door.p is not None
    assert (door.q, shop.q) == pytest.approx((min(2 * door.p, shop.p), shop.p))
    assert report.touchpoints[0].mean is None  # nobody said how the shop was, and still it is compared


async def test_comments_alone_and_guesses_alone_are_blind_spots_of_their_own(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await given(people.acme, contacts[0], noon(hands.now.date()))
    await fetch(
        "INSERT INTO answer (response, question, instrument, text) SELECT max(id), 'why', 'comment', 'Fine.' "
        "FROM response"
    )
    place = (await touchpoint_ids(people))["shop"]
    user = await add_member(people.acme, "bea@acme.example", "Bea", Role.VIEWER, hands.now)
    await guess(people.acme, user, [Guess(place, 0.5, 0.0)], hands.now)
    report = await report_of(people, hands)
    assert [figure.blind_spot for figure in report.touchpoints] == [BlindSpot.TEAM_BELIEF_ONLY, BlindSpot.TEXT_ONLY]
    page = (await people.bob.get("/w/acme/journeys/buying")).text
    assert "comments only" in page
    assert "team&#39;s guess only" in page
    assert ">Gaps<" not in page


async def test_a_gap_to_the_promise_alone_stands_among_the_figures_only(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answered(people, hands, contacts, "anchor", FACES)
    await answered(people, hands, contacts, "disconfirmation", [3, 2, 4, 3, 3, 2, 4, 3, 2, 3], touchpoint="shop")
    report = await report_of(people, hands)
    assert [gap.name for gap in report.touchpoints[1].gaps] == [GapName.COMMUNICATION]
    assert {row.key for row in gap_rows(report)} == {"shop"}


async def test_page_and_api_and_file_show_the_same_gaps(people: People, hands: Hands, contacts: list[int]) -> None:
    await answered(people, hands, contacts, "anchor", FACES)
    await answered(people, hands, contacts, "expectation", EXPECTED)
    await answered(people, hands, contacts, "disconfirmation", [1, 2, 2, 3, 3, 1, 2])
    await guess(
        people.acme, await user_of("alice"), [Guess((await touchpoint_ids(people))["delivery"], 1, 1)], hands.now
    )
    report = await report_of(people, hands)
    header = await make_key(people.acme, hands.now)
    api = (await people.nobody.get("/api/v1/journeys/buying/report", headers=header)).json()["touchpoints"][1]
    rows = [
        {
            "head": row.words,
            "Value": signed(gap["value"]),
            "95 % interval": f"{signed(gap['interval']['lo'])} to {signed(gap['interval']['hi'])}",
            "q": q_in_words(gap["q"]),
            "Contacts": str(gap["n"]),
        }
        for row, gap in zip(gap_rows(report), api["gaps"], strict=True)
    ]
    assert [gap["name"] for gap in api["gaps"]] == list(GapName)
    for page in ((await people.bob.get("/w/acme/journeys/buying")).text, page_of(report, [])):
        assert [row for row in Rows(page).rows if "Value" in row] == rows
        assert "team +1.00, 1 guess" in page


async def user_of(name: str) -> int:
    rows = await fetch("SELECT id FROM kept_user WHERE email = $1", f"{name}@acme.example")
    return int(rows[0]["id"])


async def test_every_member_guesses_on_a_page_that_shows_no_figure(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    await answered(people, hands, contacts, "anchor", FACES)
    form = {"delivery.expectation": "5", "delivery.experience": "2", "shop.expectation": ""}
    saved = await post_form(people.bob, "/w/acme/journeys/buying/guesses", form)
    assert (saved.status_code, saved.headers["location"]) == (303, "/w/acme/journeys/buying/guesses?saved=1")
    page = (await people.bob.get(saved.headers["location"])).text
    assert '<option value="5" selected>Very good (+1.0)</option>' in page
    assert page.count(" selected") == 2
    assert "Saved." in page
    assert signed(sum(xs(FACES)) / 12) not in page
    assert "selected" not in (await people.alice.get("/w/acme/journeys/buying/guesses")).text
    await post_form(people.bob, "/w/acme/journeys/buying/guesses", {"delivery.experience": "3"})
    stored = await fetch("SELECT guessed_by, expectation, experience FROM team_guess")
    assert stored == [{"guessed_by": await user_of("bob"), "expectation": None, "experience": 0.0}]
    await post_form(people.bob, "/w/acme/journeys/buying/guesses", {})
    assert await fetch("SELECT FROM team_guess") == []


async def test_a_step_that_is_none_is_refused_and_nothing_is_stored(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    form = {"shop.experience": "4", "delivery.experience": "6"}
    assert (await post_form(people.bob, "/w/acme/journeys/buying/guesses", form)).status_code == 422
    assert await fetch("SELECT FROM team_guess") == []


async def test_nobody_guesses_at_a_touchpoint_of_another_workspace(
    people: People, hands: Hands, contacts: list[int]
) -> None:
    own = await touchpoint_ids(people)
    with pytest.raises(NotFound):
        await guess(people.other, await user_of("alice"), [Guess(own["shop"], 0.5, 0.5)], hands.now)
    assert (await people.charlie.get("/w/acme/journeys/buying/guesses")).status_code == 404
    for path in ("/w/acme/journeys/buying/guesses", "/w/other/journeys/buying/guesses"):
        assert (await post_form(people.charlie, path, {"shop.experience": "4"})).status_code == 404
    assert await fetch("SELECT FROM team_guess") == []


async def test_the_journey_and_its_touchpoints_lead_to_the_guesses(people: People, contacts: list[int]) -> None:
    for path in ("/w/acme/journeys/buying", "/w/acme/journeys/buying/touchpoints/shop"):
        assert 'href="/w/acme/journeys/buying/guesses"' in (await people.bob.get(path)).text


_PICKED = """
INSERT INTO answer (response, question, instrument, picks)
SELECT max(id), 'mood', 'emotion', $2::text[] FROM response WHERE contact = $1
"""
