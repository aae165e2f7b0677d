"""The web application: every room's routes behind their guards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from litestar import Litestar, Response, Router, get
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import InternalServerException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

import accounts.pages
import accounts.widget_pages
import analysis.pages
import analysis.routes
import feedback.routes
import surveys.link_pages
import surveys.pages
import surveys.survey_pages
import surveys.theme_pages
from accounts.guards import provide_caller, provide_member, require_api_key, require_member
from analysis.apply_changes import apply_changes
from analysis.asked import provide_asked
from analysis.rebuild_tally import rebuild_if_outdated
from analysis.score_responses import score_responses
from analysis.text.rescore import rescore_comments
from analysis.text.train_own_models import train_own_models
from analysis.tilt import tilt_lottery
from core import database
from core.clock import Clock, utc_now
from core.compression import COMPRESSION
from core.front import Front, add_headers
from core.mail import SmtpTransport, Transport, closed_at_the_end
from core.problems import EXCEPTION_HANDLERS, handle_file_error
from core.request_log import RequestLog
from core.settings import BASE_FOLDER, Settings, secret_key_of
from core.signing import LinkSigner
from core.site import Site, provide_now, provide_site
from core.templating import template_environment
from core.worker import Job
from feedback.contacts.import_contacts import import_contacts
from feedback.deciding.follow_up import follow_up
from feedback.deciding.schedules import keep_schedules
from feedback.delivery.dispatch import dispatch
from feedback.delivery.outbox import OutboxTransport
from feedback.delivery.remind import remind

# Customers get no cookie: the signed link is what their form proves. Programs send a key instead. What a cache may keep
# for everybody must not hold a cookie of one.
WITHOUT_COOKIE = [
    "^/a/",
    "^/s/",
    "^/k/",
    "^/theme/",
    "^/api/",
    "^/widget/",
    "^/hooks/",
    "^/static/",
    "^/healthz",
    r"^/(charts|embed)\.js$",
]


def make_site(settings: Settings, clock: Clock = utc_now) -> Site:
    transport: Transport = OutboxTransport(clock) if settings.mail_transport == "outbox" else SmtpTransport(settings)
    invitations, visits = (LinkSigner(secret_key_of(settings), purpose) for purpose in ("invitation", "visit"))
    return Site(settings, clock, transport, template_environment(), invitations, visits)


def jobs_of(site: Site) -> list[Job]:
    """What a worker does."""
    return [
        Job("dispatch", partial(dispatch, site)),
        Job("remind", remind),
        Job("follow_up", follow_up),
        Job("keep_schedules", keep_schedules),
        Job("import_contacts", import_contacts),
        Job("score_responses", score_responses),
        Job("apply_changes", apply_changes),
        Job("rescore_comments", rescore_comments),
        Job("train_own_models", train_own_models),
        Job("tilt_lottery", tilt_lottery),
    ]


async def update_database() -> None:
    """Bring every room's tables up to date, and the tallies to the way they are counted now."""
    await database.migrate()
    await rebuild_if_outdated()


def create_app(site: Site, database_url: str | None = None) -> Litestar:
    """The application. Given a database, it holds a pool of its own for as long as it runs."""
    return Front(
        route_handlers=[
            *accounts.pages.PUBLIC,
            *feedback.routes.PUBLIC,
            *surveys.theme_pages.PUBLIC,
            healthz,
            analysis.pages.chart_script,
            _static_files(),
            _staff_pages(),
            _api(),
        ],
        dependencies={
            "site": Provide(provide_site, sync_to_thread=False),
            "now": Provide(provide_now, sync_to_thread=False),
        },
        state=State({"site": site}),
        lifespan=[] if database_url is None else [partial(_pool, site, database_url)],
        template_config=TemplateConfig(instance=JinjaTemplateEngine(engine_instance=site.templates)),
        csrf_config=CSRFConfig(
            secret=secret_key_of(site.settings),
            cookie_name="kept_csrf",
            cookie_secure=site.settings.base_url.startswith("https://"),
            exclude=WITHOUT_COOKIE,
        ),
        compression_config=COMPRESSION,
        middleware=[RequestLog()],
        exception_handlers=EXCEPTION_HANDLERS,
        logging_config=None,  # structlog is configured once, at the door
        before_send=[add_headers],
        openapi_config=OpenAPIConfig(
            title="Kept", version="1", path="/api/schema", render_plugins=[JsonRenderPlugin()], create_examples=False
        ),
    )


def _staff_pages() -> Router:
    return Router(
        "/w/{workspace:str}",
        guards=[require_member],
        dependencies={
            "member": Provide(provide_member, sync_to_thread=False),
            "asked": Provide(provide_asked),
        },
        route_handlers=[
            *accounts.pages.STAFF,
            *accounts.widget_pages.STAFF,
            *surveys.pages.STAFF,
            *surveys.survey_pages.STAFF,
            *surveys.link_pages.STAFF,
            *surveys.theme_pages.STAFF,
            *feedback.routes.STAFF,
            *analysis.routes.STAFF,
        ],
    )


def _api() -> Router:
    return Router(
        "/api/v1",
        guards=[require_api_key],
        dependencies={
            "caller": Provide(provide_caller, sync_to_thread=False),
            "asked": Provide(provide_asked),
        },
        route_handlers=[*feedback.routes.API, *analysis.routes.API],
    )


def _static_files() -> Router:
    return create_static_files_router(
        "/static",
        directories=[BASE_FOLDER / "static"],
        name="static",
        exception_handlers={InternalServerException: handle_file_error, ValueError: handle_file_error},
    )


@asynccontextmanager
async def _pool(site: Site, database_url: str, _: Litestar) -> AsyncIterator[None]:
    async with (
        database.connected(database_url, site.settings.database_connections),
        closed_at_the_end(site.transport),
    ):
        yield


@get("/healthz", include_in_schema=False)
async def healthz() -> Response[dict[str, str]]:
    """Whether this process can serve: it answers and the database answers."""
    await database.answers()
    return Response({"status": "ok"})
