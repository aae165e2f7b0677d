"""Journeys with nothing or nearly nothing to say, and questions that make no sense: every page and file stays whole."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from io import BytesIO

import httpx
import pytest
from pypdf import PdfReader

from analysis.actions import log_action
from analysis.before_after import Action
from surveys.journeys import persona_ids
from tests.analysis.answers import ASKED_AT_BOTH, asked_as, commented, contacts_of, felt, given, noon, score
from tests.factories import Hands, make_journey, make_key
from tests.people import People

TODAY = date(2026, 3, 2)
OVERALL = ASKED_AT_BOTH.replace("name: Buying a chair\n", "name: Buying a chair\noverall: delivery\n")
NO_TOUCHPOINTS = """
kept: journey/1
key: buying
name: Nothing yet
stages: [{key: buy, name: Buying, phase: Purchase, touchpoints: []}]
"""
DATED = [
    *["", "/curve.json", "/curve.svg", "/curve.json?layout=phone&theme=dark", "/curve.svg?against=earlier"],
    *["/segments", "/segments?by=channel", "/funnel", "/funnel.json", "/funnel.svg"],
    *["/drivers", "/drivers.json", "/drivers.svg", "/quadrants.json", "/quadrants.svg?kind=stated"],
    *["/report.html", "/report.pdf", "/report.csv", "/report.json"],
    *["/pain-points.csv", "/pain-points.xlsx", "/pain-points.json", "/pain-points.md", "/pain-points.jira.csv"],
]
OF_A_TOUCHPOINT = [
    f"/touchpoints/{key}/{name}"
    for key in ("shop", "delivery")
    for name in ("figures", "distribution.json", "distribution.svg", "trend.json", "trend.svg")
]
UNDATED = ["/actions", "/guesses"]
API_OF_A_TOUCHPOINT = "API /touchpoints/delivery/figures"
API_DATED = [
    "API /report",
    "API /report.csv",
    "API /report.pdf",
    "API /drivers",
    "API /funnel",
    "API /pain-points",
    "API /pain-points.csv",
]
API_UNDATED = ["API /actions"]
NO_WORDS = re.compile(r"\b(nan|inf|infinity|traceback)\b|>none<", re.IGNORECASE)

State = Callable[[People, Hands], Awaitable[None]]


async def a_stage_without_touchpoints(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, NO_TOUCHPOINTS)


async def no_answers(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, OVERALL)


async def one_answer(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, OVERALL)
    await asked_as("pro", await felt(people.acme, await contacts_of(people.acme, 1), [3], TODAY))


async def all_equal(people: People, hands: Hands, face: int) -> None:
    """At both touchpoints, by every instrument, week after week, with an action and comments."""
    await make_journey(people.acme, hands.now, OVERALL)
    answers = [("felt", "anchor", face), ("exp", "expectation", face), ("imp", "importance", face), ("c", "csat", face)]
    numbers = [("nps", "nps", 0 if face == 1 else 10), ("ces", "ces", 1 if face == 1 else 7)]
    replies = [("kept", "kept", 1 if face == 1 else 3), ("dis", "disconfirmation", face)]
    for at, contact in enumerate(await contacts_of(people.acme, 104)):
        for touchpoint in ("shop", "delivery"):
            mood = ("mood", "emotion", ["angry" if face == 1 else "happy"])
            day = noon(TODAY - timedelta(days=at % 70))
            await given(people.acme, contact, day, *answers, *numbers, *replies, mood, touchpoint=touchpoint)
        await commented(contact, "on hold for an hour")
    action = Action("Two drivers a van", TODAY - timedelta(days=30))
    await log_action(people.acme, "buying", "delivery", action, hands.now)


async def all_at_the_low_end(people: People, hands: Hands) -> None:
    await all_equal(people, hands, 1)


async def all_at_the_high_end(people: People, hands: Hands) -> None:
    await all_equal(people, hands, 5)


async def a_segment_of_three(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, OVERALL)
    personas, contacts = await persona_ids(people.acme), await contacts_of(people.acme, 15)
    await felt(people.acme, contacts, [1, 2, 3, 4, 5, 3, 3, 3, 4, 4, 2, 2], TODAY, persona=personas["buyer"])
    await felt(people.acme, contacts[12:], [5, 5, 5], TODAY, persona=personas["architect"])


@pytest.mark.parametrize(
    "state",
    [a_stage_without_touchpoints, no_answers, one_answer, all_at_the_low_end, all_at_the_high_end, a_segment_of_three],
)
async def test_every_page_and_file_of_a_journey_that_says_little_is_whole(
    people: People, hands: Hands, state: State
) -> None:
    await state(people, hands)
    await score(hands)
    answers = await swept(people, hands, "buying")
    is_there = state is not a_stage_without_touchpoints
    assert statuses(answers) == {
        **dict.fromkeys([*DATED, *UNDATED, *API_DATED, *API_UNDATED], 200),
        **dict.fromkeys([*OF_A_TOUCHPOINT, API_OF_A_TOUCHPOINT], 200 if is_there else 404),
    }
    assert_whole(answers)


@pytest.mark.parametrize("state", [no_answers, one_answer])
async def test_a_period_that_ends_before_it_starts_is_refused_everywhere(
    people: People, hands: Hands, state: State
) -> None:
    await state(people, hands)
    await score(hands)
    answers = await swept(people, hands, "buying", "since=2026-03-02&until=2026-01-01")
    assert statuses(answers) == {
        **dict.fromkeys([*DATED, *OF_A_TOUCHPOINT, *API_DATED, API_OF_A_TOUCHPOINT], 422),
        **dict.fromkeys([*UNDATED, *API_UNDATED], 200),
    }
    assert_whole(answers)


@pytest.mark.parametrize("days", ["since=0001-01-01&until=9999-12-31", "until=0001-01-01", "since=9999-12-31"])
async def test_days_of_another_age_are_refused_everywhere(people: People, hands: Hands, days: str) -> None:
    await one_answer(people, hands)
    answers = await swept(people, hands, "buying", days)
    dated = {path: status for path, status in statuses(answers).items() if path not in (*UNDATED, *API_UNDATED)}
    assert set(dated.values()) == {422}
    assert_whole(answers)


async def test_an_unknown_journey_is_found_nowhere(people: People, hands: Hands) -> None:
    await one_answer(people, hands)
    answers = await swept(people, hands, "selling")
    assert set(statuses(answers).values()) == {404}
    assert_whole(answers)


async def swept(people: People, hands: Hands, journey: str, query: str = "") -> dict[str, httpx.Response]:
    """What every address of the journey answers, by its name above."""
    key = await make_key(people.acme, hands.now)
    found = {}
    for name in (*DATED, *OF_A_TOUCHPOINT, *UNDATED):
        found[name] = await people.bob.get(address("/w/acme/journeys", journey, name, query))
    for name in (*API_DATED, API_OF_A_TOUCHPOINT, *API_UNDATED):
        path = address("/api/v1/journeys", journey, name.removeprefix("API "), query)
        found[name] = await people.nobody.get(path, headers=key)
    return found


def address(root: str, journey: str, path: str, query: str) -> str:
    return f"{root}/{journey}{path}{'&' if '?' in path else '?'}{query}"


def statuses(answers: dict[str, httpx.Response]) -> dict[str, int]:
    return {name: answer.status_code for name, answer in answers.items()}


def assert_whole(answers: dict[str, httpx.Response]) -> None:
    """No figure that is none, and no word of the machine's, in anything that was answered."""
    broken = {name: found[0] for name, answer in answers.items() if (found := NO_WORDS.search(words_of(answer)))}
    assert broken == {}


def words_of(answer: httpx.Response) -> str:
    if answer.headers["content-type"] != "application/pdf":
        return answer.text
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
