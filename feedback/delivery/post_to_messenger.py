"""Hand an invitation to a messenger: one signed post, and what its answer means."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

import httpx
import msgspec
from msgspec import Struct

from core.errors import Invalid
from core.mail import NotDelivered
from core.site import Site
from feedback.delivery.messengers import MessengerTarget, may_reach_inside
from feedback.delivery.reachable import address_for, target_of

TIMEOUT = httpx.Timeout(10.0)  # seconds, for each step
LONGEST = timedelta(hours=24)  # that a messenger may ask us to wait
COMES_BACK = frozenset({408, 425, 429})  # a 4xx, and yet it is worth another try


class MessengerPayload(Struct, frozen=True, kw_only=True):
    """What is posted, as JSON. `event` is the name of what happened, `contact` the company's own id of whom to ask."""

    invitation: int
    contact: str
    survey: str
    title: str
    link: str
    expires_at: datetime
    event: str
    is_test: bool = False


class MessengerNotReached(NotDelivered):
    """The messenger did not take it. `retry_after` is what it asked for, None where it did not say."""

    def __init__(self, reason: str, *, permanent: bool, retry_after: timedelta | None = None) -> None:
        super().__init__(reason, permanent=permanent)
        self.retry_after = retry_after


async def post_to_messenger(site: Site, target: MessengerTarget, payload: MessengerPayload) -> None:
    """Post once. Raises MessengerNotReached; `permanent` where the messenger says that it will never take it."""
    body = msgspec.json.encode(payload)
    now = site.clock()
    try:
        where = target_of(target.url)
        address = await address_for(where, may_reach_inside(site.settings))
        request = _request(target, address, where.host, body, now, _delivery(payload))
        # No proxies and no .netrc of the environment: the address that was looked at is the one that is reached.
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
            answer = await client.send(request, stream=True)  # what it says is nobody's business: it is not read
            await answer.aclose()
    except Invalid as fault:  # of its address: a name may lead elsewhere again tomorrow
        raise MessengerNotReached(fault.faults[0].message, permanent=False) from fault
    except httpx.HTTPError as fault:
        raise MessengerNotReached(type(fault).__name__, permanent=False) from fault
    _judge(answer.status_code, answer.headers.get("retry-after", ""), now)


def signature_of(secret: str, body: bytes, now: datetime) -> str:
    """`t=SECONDS,v1=HEX`: HMAC-SHA256 under the secret of the seconds since 1970, a dot and the body."""
    seconds = int(now.timestamp())
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"


def _request(
    target: MessengerTarget, address: str, host: str, body: bytes, now: datetime, delivery: str
) -> httpx.Request:
    """To the address itself; name and certificate are those of the host."""
    parts = urlsplit(target.url)
    port = f":{parts.port}" if parts.port else ""
    reached = f"[{address}]" if ":" in address else address
    named = f"[{host}]" if ":" in host else host
    return httpx.Request(
        "POST",
        urlunsplit((parts.scheme, f"{reached}{port}", parts.path or "/", parts.query, "")),
        content=body,
        headers={
            "Host": f"{named}{port}",
            "Content-Type": "application/json",
            "User-Agent": "Kept",
            "X-Kept-Signature": signature_of(target.secret, body, now),
            "X-Kept-Delivery": delivery,
        },
        extensions={"sni_hostname": host, "timeout": TIMEOUT.as_dict()},
    )


def _delivery(payload: MessengerPayload) -> str:
    """The same at every attempt, so that a repeated post is seen as one."""
    return f"test-{payload.invitation}" if payload.is_test else f"invitation-{payload.invitation}"


def _judge(status: int, retry_after: str, now: datetime) -> None:
    if 200 <= status < 300:
        return
    permanent = 400 <= status < 500 and status not in COMES_BACK
    # A redirect is refused like a busy server: whoever set the messenger up can mend its address.
    raise MessengerNotReached(f"answered {status}", permanent=permanent, retry_after=_pause(retry_after, now))


def _pause(retry_after: str, now: datetime) -> timedelta | None:
    """Seconds, or the moment itself (RFC 9110, 10.2.3); never longer than a day."""
    if retry_after.isascii() and retry_after.isdecimal():
        return min(timedelta(seconds=int(retry_after[:9])), LONGEST)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError):
        return None
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST)
