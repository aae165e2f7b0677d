"""Errors on their way out: a problem document for a program, a page for a person, no words about our insides."""

from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct
from structlog.testing import capture_logs

from app import make_site
from core.database import fetch
from core.errors import Conflict, Expired, Fault, Invalid, NotAllowed, NotFound, NotSignedIn, SetupFault
from core.logs import place_of_error
from core.problems import EXCEPTION_HANDLERS
from core.settings import Settings
from tests.factories import Hands, make_journey
from tests.people import People, browser

ERRORS: dict[str, Exception] = {
    "invalid": Invalid(Fault("name", "say one"), Fault("stages[2].key", "is <taken>")),
    "not-found": NotFound("There is no such journey."),
    "expired": Expired("This survey is over."),
    "conflict": Conflict("There is one already."),
    "not-signed-in": NotSignedIn("Please sign in."),
    "not-allowed": NotAllowed("Ask an owner."),
    "unexpected": RuntimeError("row of chris@customer.example"),
}
STATUSES = {
    "invalid": 422,
    "not-found": 404,
    "expired": 410,
    "conflict": 409,
    "not-signed-in": 401,
    "not-allowed": 403,
    "unexpected": 500,
}


class Chair(Struct, forbid_unknown_fields=True):
    legs: int


@get(["/pages/{kind:str}", "/api/{kind:str}"])
async def fail(kind: FromPath[str]) -> None:
    raise ERRORS[kind]


@get("/rows")
async def read_rows(sql: FromQuery[str], number: FromQuery[int | None] = None, text: FromQuery[str] = "") -> int:
    given = text if number is None else number
    return len(await fetch(sql, given))


@post("/api/chairs")
async def take_chair(data: JSONBody[Chair], spare: FromQuery[int] = 0) -> None:
    return


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    site = make_site(Settings(data_folder=tmp_path, secret_key="not-a-secret-" * 3))
    return browser(
        Litestar(
            [fail, take_chair, read_rows],
            exception_handlers=EXCEPTION_HANDLERS,
            state=State({"site": site}),
            openapi_config=None,
        )
    )


@pytest.mark.parametrize("kind", ERRORS)
async def test_a_program_gets_a_problem_document(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.get(f"/api/{kind}")
    assert answer.status_code == STATUSES[kind]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() >= {"status", "title", "detail", "errors"}
    assert problem["status"] == STATUSES[kind]


async def test_every_fault_is_listed_with_its_field(client: httpx.AsyncClient) -> None:
    problem = (await client.get("/api/invalid")).json()
    assert problem["errors"] == [
        {"field": "name", "message": "say one"},
        {"field": "stages[2].key", "message": "is <taken>"},
    ]


@pytest.mark.parametrize("kind", sorted(ERRORS.keys() - {"not-signed-in"}))
async def test_a_person_gets_a_page_with_the_words(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.get(f"/pages/{kind}", headers={"accept": "text/html,*/*"})
    assert answer.status_code == STATUSES[kind]
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>" in answer.text


async def test_the_words_of_a_page_are_escaped(client: httpx.AsyncClient) -> None:
    page = (await client.get("/pages/invalid")).text
    assert "is &lt;taken&gt;" in page
    assert "<taken>" not in page


async def test_who_is_not_signed_in_is_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/pages/not-signed-in")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_program_that_reads_a_page_says_so_and_gets_a_document(client: httpx.AsyncClient) -> None:
    answer = await client.get("/pages/expired", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["detail"]) == (410, "This survey is over.")


@pytest.mark.parametrize("path", ["/api/unexpected", "/pages/unexpected"])
async def test_an_unexpected_error_is_told_without_its_words(client: httpx.AsyncClient, path: str) -> None:
    with capture_logs(processors=[place_of_error]) as lines:
        answer = await client.get(path)
    assert answer.status_code == 500
    assert "chris" not in answer.text
    assert "RuntimeError" not in answer.text
    [line] = lines
    assert (line["event"], line["error"]) == ("request_failed", "RuntimeError")
    assert "chris" not in str(line)
    assert line["route"].endswith("/{kind}")  # never the path: it may hold a signed link


async def test_a_setup_fault_while_running_is_an_error_of_ours(client: httpx.AsyncClient) -> None:
    ERRORS["setup"] = SetupFault("the database is not open")
    assert (await client.get("/api/setup")).status_code == 500


@pytest.mark.parametrize(
    ("body", "query", "field"),
    [
        ({}, "", "legs"),
        ({"legs": 4, "arms": 2}, "", "arms"),
        ({"legs": "four"}, "", "legs"),
        ({"legs": 4}, "?spare=some", "spare"),
        ([], "", "body"),
    ],
)
async def test_a_body_that_does_not_fit_names_the_field(
    client: httpx.AsyncClient, body: Any, query: str, field: str
) -> None:
    answer = await client.post(f"/api/chairs{query}", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/pages/expired", 405)])
async def test_what_is_not_there_is_a_page_for_people_and_a_document_for_programs(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    for_people = await client.request(method, path)
    assert (for_people.status_code, for_people.headers["content-type"][:9]) == (status, "text/html")
    for_programs = await client.request(method, path, headers={"accept": "application/json"})
    assert (for_programs.status_code, for_programs.json()["status"]) == (status, status)


@pytest.mark.parametrize(
    "query",
    [
        {"sql": "SELECT $1::bigint", "number": str(10**30)},
        {"sql": "SELECT $1::int", "number": "-3000000000"},
        {"sql": "SELECT $1::text", "text": "chris\0"},
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_what_the_database_can_not_hold_is_refused_without_its_words(
    database: None, client: httpx.AsyncClient, query: dict[str, str], accept: str
) -> None:
    with capture_logs(processors=[place_of_error]) as lines:
        answer = await client.get("/rows", params=query, headers={"accept": accept})
    assert answer.status_code == 422
    assert "It holds a number or a character" in answer.text
    for words_of_the_database in ("argument", "out of", "UTF8"):
        assert words_of_the_database not in answer.text
    assert [(line["event"], line["log_level"]) for line in lines] == [("value_not_storable", "warning")]
    assert "chris" not in str(lines)


async def test_any_other_fault_in_data_is_ours(database: None, client: httpx.AsyncClient) -> None:
    assert issubclass(asyncpg.DivisionByZeroError, asyncpg.DataError)
    with capture_logs(processors=[place_of_error]) as lines:
        answer = await client.get("/rows", params={"sql": "SELECT 1 / $1::int", "number": "0"})
    assert answer.status_code == 500
    assert [line["error"] for line in lines] == ["DivisionByZeroError"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2026-02-02&until=2026-02-01", "since: the period ends before it starts; swap the two days"),
        ("since=soon", "since: "),
        ("where=pro", "where: write the name of a property"),
    ],
)
async def test_a_bad_question_leaves_the_menu_and_a_way_back(
    people: People, hands: Hands, query: str, words: str
) -> None:
    await make_journey(people.acme, hands.now)
    answer = await people.bob.get(f"/w/acme/journeys/buying?{query}")
    assert answer.status_code in (400, 422)
    assert words in answer.text
    assert 'href="/w/acme/pain-points"' in answer.text
    assert '<a href="/w/acme/journeys/buying">' in answer.text
    assert 'href="/">Back to the start' not in answer.text


async def test_what_is_not_in_a_workspace_leaves_the_menu(people: People) -> None:
    answer = await people.bob.get("/w/acme/journeys/selling")
    assert answer.status_code == 404
    assert 'href="/w/acme/pain-points"' in answer.text
    assert 'href="/w/' not in (await people.charlie.get("/w/acme/journeys/selling")).text


async def test_a_customer_is_not_led_to_the_sign_in_of_staff(client: httpx.AsyncClient) -> None:
    assert 'href="/"' not in (await client.get("/a/broken")).text
    assert 'href="/"' in (await client.get("/nowhere")).text


async def test_what_the_framework_says_is_said_in_words_for_people(people: People) -> None:
    lost = await people.alice.get("/nowhere")
    assert (lost.status_code, "There is no such page." in lost.text) == (404, True)
    posted_only = await people.alice.get("/w/acme/suppressions/search")
    assert (posted_only.status_code, "only takes what a form sends" in posted_only.text) == (405, True)
    assert (await people.alice.get("/nowhere", headers={"accept": "application/json"})).json()["detail"] == "Not Found"
