"""Where providers and mail servers post what became of mails. The address itself is a secret, one of each sender."""

from datetime import datetime
from typing import Any

import structlog
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from core.errors import NotAllowed, NotFound
from core.site import Site
from feedback.delivery.bounces import Taken, take_report
from feedback.delivery.delivery_report import DeliveryReport
from feedback.delivery.dsn import read_report_mail
from feedback.delivery.hook_signatures import is_signed
from feedback.delivery.provider_hooks import Provider, read_call, subscribe_url
from feedback.delivery.senders import HookSender, hook_sender

log = structlog.get_logger()

AnyRequest = Request[Any, Any, Any]

LARGEST_CALL = 1_000_000  # bytes
SUBSCRIBE_URLS = "subscribe_urls"  # in the state of the application: what Amazon asked for since it started

ROUTE: dict[str, Any] = {"include_in_schema": False, "status_code": 200, "request_max_body_size": LARGEST_CALL}


@post("/hooks/mail/{hook_token:str}", **ROUTE)
async def post_report_mail(
    hook_token: FromPath[str], request: AnyRequest, site: NamedDependency[Site], now: NamedDependency[datetime]
) -> Response[dict[str, int]]:
    """A mail that came to the bounce address, as it came (message/rfc822): only with a token of ours is it believed."""
    sender = await hook_sender(site.settings, hook_token)
    reports = read_report_mail(await request.body())
    return await _take(site, sender, reports, "mail", now, needs_token=True)


@post("/hooks/mail/{hook_token:str}/{provider:str}", **ROUTE)
async def post_provider_hook(
    hook_token: FromPath[str],
    provider: FromPath[str],
    request: AnyRequest,
    site: NamedDependency[Site],
    now: NamedDependency[datetime],
) -> Response[dict[str, int]]:
    """What SES, Postmark, Mailgun or SendGrid says. Events that say nothing here are passed over."""
    sender = await hook_sender(site.settings, hook_token)
    named = next((one for one in Provider if one == provider), None)
    if named is None:
        raise NotFound("There is no such provider.")
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not is_signed(named, sender.hook_key, headers, body, now):
        raise NotAllowed("The signature does not fit the key that is kept for this sender.")
    if named is Provider.SES and (url := subscribe_url(body)) is not None:
        request.app.state.setdefault(SUBSCRIBE_URLS, {})[sender.id] = url
    return await _take(site, sender, read_call(named, body), named.value, now)


async def _take(
    site: Site,
    sender: HookSender,
    reports: list[DeliveryReport],
    source: str,
    now: datetime,
    *,
    needs_token: bool = False,
) -> Response[dict[str, int]]:
    """Nothing is logged of whom a report is about."""
    said = f"{source}, sender {sender.key}"
    took = [
        await take_report(site.settings, sender.workspace, report, said, now, needs_token=needs_token)
        for report in reports
    ]
    taken = took.count(Taken.TAKEN)
    log.info("reports_taken", source=source, taken=taken, unknown=len(took) - taken)
    return Response({"taken": taken, "unknown": len(took) - taken})


PUBLIC = [post_report_mail, post_provider_hook]
