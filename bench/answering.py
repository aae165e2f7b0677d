"""What a customer waits for: the weight of a survey until it is answered, and the time of its page.

Run as `python -m bench.answering`. The whole application runs in this process on an embedded PostgreSQL of its own.
Weights are of what goes over the wire, compressed as a browser asks for it. The page is timed against the same template
with the same words from a route that does nothing else, the two in turn.
"""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import httpx
from litestar import Litestar, Request, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig

from accounts.membership import create_workspace
from app import create_app, make_site
from bench.figure import Figure
from bench.fresh import in_a_fresh_database
from core.database import connected, fetch, migrate
from core.settings import BASE_FOLDER, Settings
from core.site import Site
from feedback.answering.answer_screen import screen_at, shown_to
from feedback.answering.answer_template import answer_template
from feedback.answering.asking import find_asking
from feedback.deciding.load_policy import save_policy
from feedback.deciding.policy import Draw, Policy
from feedback.delivery.invitation_mail import answer_link
from feedback.intake.event import EventContact, IncomingEvent
from feedback.intake.take_events import take_events
from surveys.import_journey import import_journey
from surveys.journey_file import read_journey

ROUNDS = 300
WIDGET = ("/embed.js", "/static/answer.css", "/static/answer.js", "/static/frame.js")


def figures() -> list[Figure]:
    return in_a_fresh_database(_measure)


async def _measure(url: str, folder: Path) -> list[Figure]:
    async with connected(url):
        await migrate()
        site = make_site(Settings(data_folder=folder, secret_key="bench" * 8))
        page = await _invited(site)
        async with _client(create_app(site)) as client, _client(await _bare_app(site, page)) as bare:
            ratio = await _ratio(lambda: client.get(page), lambda: bare.get("/"))
            weights = [await _weight(client, path) for path in (*WIDGET, page)]
            answered = await client.post(page, data={"felt": "4"})
            shown = sum(weights) + await _weight(client, answered.headers["location"])
    loader = len(gzip.compress((BASE_FOLDER / "static" / "embed.js").read_bytes(), 9))
    return [
        Figure("embed_js_gzip_bytes", loader, "bytes"),
        Figure("survey_shown_gzip_bytes", shown, "bytes"),
        Figure("answer_page_over_bare_template", ratio, "ratio"),
    ]


async def _invited(site: Site) -> str:
    """The path of the page that asks a contact of the demo's journey."""
    now = datetime.now(UTC)
    workspace = await create_workspace("bench", "Bench", now)
    journey = read_journey((BASE_FOLDER / "demo" / "journey.yaml").read_text(encoding="utf-8"), "journey.yaml")
    await import_journey(workspace, journey, now)
    await save_policy(workspace, Policy(draw=Draw.FIRST_COME), now)
    asked = next(point for stage in journey.stages for point in stage.touchpoints if point.asks)
    event = IncomingEvent("e1", asked.event, EventContact("c1", email="c1@customer.example"), occurred_at=now)
    await take_events(workspace, [event], now)
    [row] = await fetch("SELECT id FROM invitation")
    return answer_link(site, row["id"]).removeprefix(site.settings.base_url)


async def _bare_app(site: Site, page: str) -> Litestar:
    """One route that renders what the page renders, with everything known beforehand."""
    shown = shown_to(await find_asking(site, page.removeprefix("/a/")), "en")
    request = Request[Any, Any, Any]({"type": "http", "query_string": b"", "headers": []})  # type: ignore[typeddict-item]
    context = {"screen": screen_at(shown, None), "address": lambda path="", **_: page + path, "action": page}
    template = await answer_template(request, shown, "open", context)

    @get("/")
    async def bare() -> Template:
        return Template(template.template_name, context=template.context)

    return Litestar(
        [bare], template_config=TemplateConfig(instance=JinjaTemplateEngine(engine_instance=site.templates))
    )


@asynccontextmanager
async def _client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        yield client


async def _weight(client: httpx.AsyncClient, path: str) -> int:
    """Bytes of the body as it is sent."""
    async with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        answer.raise_for_status()
        return len(b"".join([chunk async for chunk in answer.aiter_raw()]))


async def _ratio(one: Callable[[], Awaitable[object]], other: Callable[[], Awaitable[object]]) -> float:
    """The median over rounds of how many times as long `one` takes."""
    found = []
    for _ in range(ROUNDS):
        first = await _seconds(one)
        found.append(first / await _seconds(other))
    return median(found)


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    started = perf_counter()
    await work()
    return perf_counter() - started


if __name__ == "__main__":
    for figure in figures():
        print(figure)
