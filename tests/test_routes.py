"""Who may enter where: every route of the application is tried by everybody who must be refused."""

import string
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter
from litestar.routes import HTTPRoute
from msgspec import Struct

from accounts.api_keys import Scope, create_api_key, list_api_keys, revoke_api_key
from accounts.guards import SESSION_COOKIE
from accounts.tables import Role
from accounts.widget_keys import create_widget_key
from analysis.actions import log_action
from analysis.before_after import Action
from analysis.pains.keep_pains import add_hypothesis, link_action
from analysis.text.edit_themes import ThemeWords, add_theme
from analysis.text.themes import Tone
from core.database import fetch
from core.mail import Mail
from core.site import Site
from feedback.contacts.contact_file import read_sheet
from feedback.contacts.contact_imports import start_import
from feedback.contacts.suppressions import list_suppressions, suppress
from feedback.delivery.messengers import add_messenger, list_messengers
from feedback.delivery.outbox import OutboxTransport, list_outbox
from feedback.delivery.sender_form import SenderForm
from feedback.delivery.senders import save_sender
from feedback.tables import Suppressed
from surveys.links import open_link
from surveys.triggers import list_triggers
from tests.analysis.answers import contacts_of, given
from tests.analysis.text.commenting import said
from tests.factories import Hands, delivered, make_journey, make_key
from tests.people import People, browser, post_form

PUBLIC = {
    ("GET", "/"): "sends people on to their workspace, or to sign in",
    ("GET", "/sign-in"): "the form that asks for a link",
    ("POST", "/sign-in"): "mails a link, and says nothing of who is known",
    ("GET", "/sign-in/{token}"): "the button that uses the link: its token is the key",
    ("POST", "/sign-in/{token}"): "uses the link: its token is the key",
    ("POST", "/sign-out"): "ends the session of whoever calls, if there is one",
    ("GET", "/a/{token}"): "a customer's survey: the signed token is the key",
    ("POST", "/a/{token}"): "a customer's answer: the signed token is the key",
    ("GET", "/a/{token}/{question}/{value}"): "an answer clicked in a mail: the signed token is the key",
    ("GET", "/a/{token}/more"): "the link of a mail that no person sees: the signed token is the key",
    ("GET", "/a/{token}/unsubscribe"): "a customer opts out: the signed token is the key",
    ("POST", "/a/{token}/unsubscribe"): "a customer opts out: the signed token is the key",
    ("GET", "/s/{code}"): "a short link: the printed code leads whoever comes by to its survey",
    ("GET", "/k/{code}"): "the same on a kiosk",
    ("GET", "/theme/{file}"): "how a workspace's customers see its surveys: a style sheet and a logo",
    ("GET", "/embed.js"): "a script, the same for all",
    ("POST", "/widget/event"): "a page says what happened: its key is good for its own origin only",
    ("POST", "/widget/ask"): "a page asks what to show: its key is good for its own origin only",
    ("POST", "/hooks/mail/{hook_token}"): "a mail server hands on what came back: the secret token is the key",
    (
        "POST",
        "/hooks/mail/{hook_token}/{provider}",
    ): "a provider says what became of mails: the same",
    ("GET", "/healthz"): "for the supervisor; says ok and nothing else",
    ("GET", "/charts.js"): "a script, the same for all",
    ("GET", "/static/{file_path}"): "files out of the source",
    ("HEAD", "/static/{file_path}"): "files out of the source",
    ("GET", "/api/schema"): "the description of the API, the same for all",
    ("GET", "/api/schema/openapi.json"): "the description of the API, the same for all",
    ("GET", "/api/schema/{path}"): "says that there is no other description",
}
# Programs and mail programs post here; what they carry is a key, not a cookie that a browser adds by itself.
WITHOUT_CSRF = {
    "/a/{token}",
    "/a/{token}/unsubscribe",
    "/widget/event",
    "/widget/ask",
    "/hooks/mail/{hook_token}",
    "/hooks/mail/{hook_token}/{provider}",
}
SAFE = {"GET", "HEAD"}

Values = dict[str, str | int]
Outcome = dict[tuple[str, str], Any]


class Route(Struct, frozen=True):
    """One method of one path; `template` is the path with `{names}` where values go."""

    method: str
    template: str
    role: Role | None
    scope: Scope | None
    queries: frozenset[str]

    @property
    def name(self) -> tuple[str, str]:
        return self.method, self.template

    @property
    def parameters(self) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(self.template) if field}


def routes_of(app: Litestar) -> list[Route]:
    """Every route there is, save the OPTIONS that Litestar adds to each path."""
    return [
        Route(method, route.path_format, handler.opt.get("role"), handler.opt.get("scope"), queries_of(handler))
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in sorted(handler.http_methods - {"OPTIONS"})
    ]


def queries_of(handler: BaseRouteHandler) -> frozenset[str]:
    """The names of the query parameters that a handler reads, itself or through a dependency that it takes."""
    own = handler.parsed_fn_signature
    taken = [one for name, one in handler.resolve_dependencies().items() if name in own.parameters]
    signatures = [own, *(provided.parsed_fn_signature for provided in taken)]
    return frozenset(
        name
        for signature in signatures
        for name, parameter in signature.parameters.items()
        if isinstance(parameter.kwarg_definition, QueryParameter)
    )


@pytest.fixture
def staff(app: Litestar) -> list[Route]:
    return [route for route in routes_of(app) if route.template.startswith("/w/{workspace}/")]


@pytest.fixture
def api(app: Litestar) -> list[Route]:
    return [route for route in routes_of(app) if route.template.startswith("/api/v1/")]


@pytest.fixture
async def values(people: People, site: Site, hands: Hands) -> Values:
    """What stands in the paths: Acme's own things, so that nothing is refused merely because it does not exist."""
    await make_journey(people.acme, hands.now)
    await make_key(people.acme, hands.now)
    mail = Mail(workspace=people.acme, to="c1@customer.example", subject="s", text="t", html="h", message_id="<1@kept>")
    await OutboxTransport(hands).send(mail)
    contact, _ = await contacts_of(people.acme, 2)
    sheet = await start_import(people.acme, "people.csv", read_sheet(b"id\nc9\n", "people.csv"), "", hands.now)
    paused = await fetch(
        "INSERT INTO domain_pause (workspace, domain, failures, paused_until, reason) "
        "VALUES ($1, 'x.example', 1, $2, '') RETURNING id",
        people.acme,
        hands.now,
    )
    await add_messenger(site.settings, people.acme, "texts", "https://93.184.215.14/x", hands.now)
    await suppress(people.acme, "gone@customer.example", Suppressed.BY_HAND, "test", hands.now)
    pain = await add_hypothesis(people.acme, "buying", "delivery", "Stairs", None, hands.now)
    linked = (await log_action(people.acme, "buying", "delivery", Action("Three", hands.now.date()), hands.now)).id
    await link_action(people.acme, pain, linked, hands.now)
    link = await open_link(people.acme, "buying", "delivery", "after-delivery", hands.now)
    words = ThemeWords(title="Parking", description="", tone=Tone.PAIN, phrases=("parking",))
    alice = (await fetch("SELECT id FROM kept_user WHERE email = $1", "alice@acme.example"))[0]["id"]
    return {
        "comment": await said(people.acme, contact, "Too slow", hands.now),
        "theme": await add_theme(people.acme, "en", words, alice, hands.now),
        "workspace": "acme",
        "journey": "buying",
        "response": await given(people.acme, contact, hands.now, ("felt", "anchor", 4)),
        "touchpoint": "delivery",
        "survey": "after-delivery",
        "link": link.id,
        "code": link.code,
        "key": (await list_api_keys(people.acme))[0].id,
        "widget_key": (await create_widget_key(people.acme, "Shop", "https://shop.example", hands.now)).id,
        "mail": (await list_outbox(people.acme, None))[0].id,
        "token": "token",
        "contact": contact,
        "external_id": "c1",
        "rest": "decisions",
        "number": sheet,
        "trigger": (await list_triggers(people.acme))[0].id,
        "sender": await save_sender(site.settings, people.acme, SenderForm(address="ask@acme.example"), hands.now),
        "pause": paused[0]["id"],
        "messenger": (await list_messengers(people.acme))[0].id,
        "suppression": (await list_suppressions(people.acme, None, ""))[0].id,
        "hook_token": "made-up",
        "what": pain.rpartition("/")[2],
        "linked": linked,
        "provider": "ses",
        "action": (await log_action(people.acme, "buying", "delivery", Action("Two", hands.now.date()), hands.now)).id,
    }


# What every form of the staff takes; each reads what is its own.
FORM = {
    "name": "new",
    "origins": "https://new.example",
    "scopes": "read",
    "touchpoint": "delivery",
    "what": "Two drivers",
    "on_day": "2026-03-01",
    "survey": "after-delivery",
    "text": "{kept: survey/1, key: after-delivery, name: New, questions: [{key: felt, instrument: anchor}]}",
    "accent": "#5b21b6",
    "corner": "10",
    "font": "system",
    "address": "new@acme.example",
    "key": "new-one",
    "url": "https://93.184.215.14/new",
    "kind": "customer",
    "into": "c2",
    "title": "Stairs",
    "theme": "general.slow",
    "status": "confirmed",
    "owner": "Logistics",
}
# What the API wants in a path is the sender's own id; what pages want is the contact's number.
BY_API = {"contact": "c1"}
# These want more than every form has: they let an owner in, and say what is missing.
WANTS_MORE = {
    ("POST", "/w/{workspace}/contacts/import"): 422,
    ("POST", "/w/{workspace}/contacts/import/{number}/columns"): 409,
    ("POST", "/w/{workspace}/contacts/import/{number}/start"): 409,
    ("POST", "/w/{workspace}/policy"): 422,
    ("POST", "/w/{workspace}/pain-points/{journey}/{touchpoint}/{what}/actions"): 422,
    ("POST", "/w/{workspace}/themes"): 422,
    ("POST", "/w/{workspace}/themes/terms"): 422,
    ("POST", "/w/{workspace}/themes/{theme}"): 422,
    ("POST", "/w/{workspace}/themes/{theme}/merge"): 422,
    ("POST", "/w/{workspace}/themes/{theme}/as-shipped"): 422,
    ("POST", "/w/{workspace}/triggers/new"): 422,
    ("POST", "/w/{workspace}/triggers/{trigger}"): 422,
}
# What the posting routes of the API take, by the end of their path, and with what they answer.
BODIES: dict[str, tuple[int, Any]] = {
    "events": (202, delivered()),
    "cloudevents": (202, {"specversion": "1.0", "id": "1", "source": "/s", "type": "x", "subject": "c1"}),
    "track": (200, {"messageId": "m", "userId": "c1", "event": "x"}),
    "identify": (200, {"userId": "c1", "traits": {}}),
    "batch": (200, {"batch": [{"type": "page"}]}),
    "contacts": (200, {"id": "c1"}),
    "search": (200, {"email": "c1@customer.example"}),
    "merge": (200, {"into": "c2"}),
    "status": (200, {"status": "confirmed", "note": "KEPT-12", "owner": "Ida"}),
    "label": (200, {"state": "negative"}),
    "suppressions": (204, {"address": "new@customer.example"}),
    "actions": (201, {"touchpoint": "delivery", "what": "Two drivers", "on_day": "2026-03-01"}),
}


async def visit(client: httpx.AsyncClient, route: Route, values: Values) -> httpx.Response:
    """Call a page as a browser does, a form with the token of a page that was read before."""
    path = route.template.format(**values)
    if route.method in SAFE:
        return await client.request(route.method, path)
    return await post_form(client, path, FORM)


async def visits(client: httpx.AsyncClient, routes: Iterable[Route], values: Values) -> Outcome:
    return {route.name: (await visit(client, route, values)).status_code for route in routes}


async def call(client: httpx.AsyncClient, route: Route, values: Values, headers: dict[str, str]) -> httpx.Response:
    """Call the API with a body that the route takes."""
    path, last = route.template.format(**{**values, **BY_API}), route.template.rpartition("/")[2]
    if route.method in SAFE:
        return await client.get(path, headers=headers)
    sent_as = "application/cloudevents+json" if last == "cloudevents" else "application/json"
    body = msgspec.json.encode(BODIES[last][1])
    return await client.request(route.method, path, content=body, headers={**headers, "Content-Type": sent_as})


async def problems(client: httpx.AsyncClient, routes: Iterable[Route], values: Values, key: dict[str, str]) -> Outcome:
    """For each route the status and the kind of document it answers with."""
    answers = {route.name: await call(client, route, values, key) for route in routes}
    return {name: (answer.status_code, answer.headers.get("content-type")) for name, answer in answers.items()}


def all_of(routes: Iterable[Route], outcome: object) -> Outcome:
    return {route.name: outcome for route in routes}


PROBLEM = "application/problem+json"


def test_every_route_is_public_for_a_reason_or_stands_behind_a_guard(app: Litestar) -> None:
    guarded = ("/w/{workspace}/", "/api/v1/")
    open_routes = {route.name for route in routes_of(app) if not route.template.startswith(guarded)}
    assert open_routes == set(PUBLIC)


def test_the_walk_finds_the_routes(staff: list[Route], api: list[Route]) -> None:
    assert len(staff) >= 15
    assert len([route for route in staff if route.method not in SAFE]) >= 2
    assert len([route for route in staff if route.role is not None]) >= 6
    assert len(api) >= 4
    assert {route.scope for route in api} == set(Scope)
    assert len([route for route in staff + api if route.queries]) >= 6


async def test_the_owner_may_use_every_staff_route(people: People, staff: list[Route], values: Values) -> None:
    statuses = await visits(people.alice, staff, values)
    assert {name: status for name, status in statuses.items() if status not in (200, 303)} == WANTS_MORE


async def test_who_is_not_signed_in_is_sent_to_sign_in(people: People, staff: list[Route], values: Values) -> None:
    answers = {route.name: await visit(people.nobody, route, values) for route in staff}
    went = {name: (answer.status_code, answer.headers.get("location")) for name, answer in answers.items()}
    assert went == all_of(staff, (303, "/sign-in"))
    assert {answer.text for answer in answers.values()} == {""}


async def test_a_made_up_session_is_sent_to_sign_in(
    app: Litestar, people: People, staff: list[Route], values: Values
) -> None:
    forger = browser(app)
    forger.cookies.set(SESSION_COOKIE, "made-up")
    assert await visits(forger, staff, values) == all_of(staff, 303)


async def test_a_member_of_another_workspace_finds_nothing(people: People, staff: list[Route], values: Values) -> None:
    assert await visits(people.charlie, staff, values) == all_of(staff, 404)


async def test_the_things_of_a_workspace_are_not_found_through_another(
    people: People, staff: list[Route], values: Values
) -> None:
    own = [route for route in staff if route.parameters > {"workspace"}]
    assert len(own) >= 8
    assert await visits(people.charlie, own, {**values, "workspace": "other"}) == all_of(own, 404)


async def test_a_viewer_may_look_and_guess_and_no_more(people: People, staff: list[Route], values: Values) -> None:
    statuses = await visits(people.bob, staff, values)
    guesses = ("POST", "/w/{workspace}/journeys/{journey}/guesses")
    preview = ("POST", "/w/{workspace}/surveys/preview")
    search = ("POST", "/w/{workspace}/contacts/search")
    allowed = {route.name: 200 if route.role is None else 403 for route in staff}
    assert statuses == {**allowed, guesses: 303, preview: 200, search: 200}
    assert [route for route in staff if route.method not in SAFE and route.role is None] == []


async def test_a_form_without_its_token_changes_nothing(people: People, staff: list[Route], values: Values) -> None:
    changing = [route for route in staff if route.method not in SAFE]
    before = await list_api_keys(people.acme)
    paths = {route.name: route.template.format(**values) for route in changing}
    form = {"name": "new", "scopes": "read"}
    statuses = {name: (await people.alice.post(path, data=form)).status_code for name, path in paths.items()}
    assert statuses == all_of(changing, 403)
    assert await list_api_keys(people.acme) == before


async def test_a_public_form_needs_its_token_too(app: Litestar, people: People, values: Values) -> None:
    forms = [route for route in routes_of(app) if route.name in PUBLIC and route.method not in SAFE]
    guarded = [route for route in forms if route.template not in WITHOUT_CSRF]
    assert len(guarded) == 3
    posts = {route.name: await people.alice.post(route.template.format(**values)) for route in guarded}
    assert {name: answer.status_code for name, answer in posts.items()} == all_of(guarded, 403)


async def test_the_api_refuses_who_sends_no_key(people: People, api: list[Route], values: Values) -> None:
    assert await problems(people.nobody, api, values, {}) == all_of(api, (401, PROBLEM))


async def test_a_session_is_no_key(people: People, api: list[Route], values: Values) -> None:
    assert await problems(people.alice, api, values, {}) == all_of(api, (401, PROBLEM))


@pytest.mark.parametrize("header", ["Bearer kept_made-up", "Bearer ", "Bearer", "Basic YWxpY2U6eA==", "kept_made-up"])
async def test_the_api_refuses_a_key_that_is_none(
    people: People, api: list[Route], values: Values, header: str
) -> None:
    assert await problems(people.nobody, api, values, {"Authorization": header}) == all_of(api, (401, PROBLEM))


async def test_the_api_refuses_a_revoked_key(people: People, api: list[Route], values: Values, hands: Hands) -> None:
    key = await create_api_key(people.acme, "lost", frozenset(Scope), hands.now)
    await revoke_api_key(people.acme, (await list_api_keys(people.acme))[0].id, hands.now)
    refused = await problems(people.nobody, api, values, {"Authorization": f"Bearer {key}"})
    assert refused == all_of(api, (401, PROBLEM))


async def test_the_api_refuses_a_key_without_the_scope(
    people: People, api: list[Route], values: Values, hands: Hands
) -> None:
    for scope in Scope:
        others = await make_key(people.acme, hands.now, *(set(Scope) - {scope}))
        needing = [route for route in api if route.scope is scope]
        assert await problems(people.nobody, needing, values, others) == all_of(needing, (403, PROBLEM))


async def test_a_key_of_another_workspace_finds_no_journey(
    people: People, api: list[Route], values: Values, hands: Hands
) -> None:
    own = [route for route in api if "journey" in route.parameters]
    assert len(own) >= 3
    foreign = await make_key(people.other, hands.now)
    assert await problems(people.nobody, own, values, foreign) == all_of(own, (404, PROBLEM))


async def test_a_key_with_the_scope_may_use_every_api_route(
    people: People, api: list[Route], values: Values, hands: Hands
) -> None:
    key = await make_key(people.acme, hands.now)
    statuses = {route.name: (await call(people.nobody, route, values, key)).status_code for route in api}
    posted = {route.name: BODIES[route.template.rpartition("/")[2]][0] for route in api if route.method not in SAFE}
    assert statuses == {**all_of(api, 200), **posted}


async def test_even_the_methods_of_a_guarded_route_are_told_to_nobody_outside(
    people: People, staff: list[Route], api: list[Route], values: Values
) -> None:
    asked = [msgspec.structs.replace(route, method="OPTIONS") for route in staff + api]
    paths = {route.name: route.template.format(**values) for route in asked}
    statuses = {name: (await people.nobody.options(path)).status_code for name, path in paths.items()}
    assert statuses == {name: 401 if name[1].startswith("/api/") else 303 for name in paths}


# As they stand in a URL: NUL, numbers beyond any column and beyond what Python reads, a long text, broken encodings.
HOSTILE = {
    "NUL": "%00",
    "NUL inside": "a%00b",
    "a huge number": str(10**30),
    "a huge negative number": str(-(10**30)),
    "beyond int": str(2**31),
    "beyond bigint": str(2**63),
    "a number of 5,000 digits": "9" * 5_000,
    "10,000 characters": "a" * 10_000,
    "half an escape": "%",
    "no escape": "%zz",
    "not UTF-8": "%ff%fe",
    "half a surrogate": "%ed%a0%80",
    "dots": "..%2f..%2fetc",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "nothing": "",
}


def hostile_urls(route: Route, values: Values, hostile: str) -> list[str]:
    """The URLs of a route with one parameter after the other hostile, those of the query too."""
    usual = {name: quote(str(values.get(name, "css"))) for name in route.parameters}
    in_path = [route.template.format(**{**usual, name: hostile}) for name in sorted(route.parameters)]
    path = route.template.format(**usual)
    return [*in_path, *(f"{path}?{name}={hostile}" for name in sorted(route.queries))]


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
async def test_no_parameter_breaks_a_route(
    app: Litestar, people: People, values: Values, hands: Hands, hostile: str
) -> None:
    key = await make_key(people.acme, hands.now)
    await people.alice.get("/sign-in")
    form = {"_csrf_token": people.alice.cookies["kept_csrf"], "name": "new", "scopes": "read"}
    broken = {}
    for route in routes_of(app):
        for url in hostile_urls(route, values, hostile):
            headers = key if url.startswith("/api/") else {}
            body = None if route.method in SAFE else form
            answer = await people.alice.request(route.method, url, headers=headers, data=body)
            if answer.status_code >= 500:
                broken[route.method, url[:80]] = answer.status_code
    assert broken == {}
