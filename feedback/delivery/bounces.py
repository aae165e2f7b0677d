"""What came of a mail that was sent: delivered, come back, or unwanted; what is no good is not written to again."""

import hashlib
import hmac
import re
from datetime import datetime
from enum import StrEnum
from functools import cache

from msgspec import Struct, structs

from core.addresses import address_hash
from core.database import fetch, transaction
from core.settings import Settings, secret_key_of
from core.signing import LinkSigner
from core.site import Site
from feedback.contacts.suppressions import suppress_contact
from feedback.delivery.delivery_report import LONGEST_DETAIL, DeliveryReport, ReportKind
from feedback.delivery.dsn import read_report_mail, tokens_in_address
from feedback.tables import Suppressed

TRACE_HEADER = "X-Kept-Invitation"
SIGNED = 20  # hex digits of the token: 80 bits
TOKEN = re.compile(rf"([0-9]{{1,12}})-([0-9a-f]{{{SIGNED}}})")
MESSAGE_ID = re.compile(r"<?invitation\.([0-9]{1,18})(?:\.[a-z0-9]{1,20})?@[^<>\s]{1,255}>?")  # a reminder says so


class Taken(StrEnum):
    """What became of a report."""

    TAKEN = "taken"
    UNKNOWN = "unknown"  # it is about no mail, or no contact, of this workspace


class _Mailed(Struct, frozen=True):
    """A contact, and the mail to them that a report is about, where it is about one."""

    contact: int
    address_hash: str | None
    invitation: int | None = None


def bounce_token(settings: Settings, invitation: int) -> str:
    """What proves that a mail about `invitation` left here, such as `17-0123456789abcdef0123`.

    Small letters and digits only: mail servers change capitals before the @.
    """
    signed = _signer(secret_key_of(settings)).sign(invitation)
    return f"{invitation}-{hashlib.sha256(signed.encode()).hexdigest()[:SIGNED]}"


def invitation_of(settings: Settings, token: str) -> int | None:
    """The invitation that a token was made for; None where we did not make it."""
    found = TOKEN.fullmatch(token.strip().lower())
    if found is None:
        return None
    invitation = int(found[1])
    made = bounce_token(settings, invitation)
    return invitation if hmac.compare_digest(made, found[0]) else None


def return_path(site: Site, bounce_address: str, invitation: int) -> str:
    """The envelope sender of one mail: `bounces@example.com` becomes `bounces+TOKEN@example.com`."""
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{bounce_token(site.settings, invitation)}@{domain}"


def trace_headers(site: Site, invitation: int, smtp_host: str) -> tuple[tuple[str, str], ...]:
    """The headers by which a report finds its invitation again.

    Some providers write a Message-ID of their own and report no header; they hand back what they are given their way.
    """
    token = bounce_token(site.settings, invitation)
    own = (TRACE_HEADER, token)
    if smtp_host.endswith(".postmarkapp.com"):
        return (own, ("X-PM-Metadata-kept-invitation", token))
    if smtp_host.endswith(".mailgun.org"):
        return (own, ("X-Mailgun-Variables", f'{{"kept-invitation": "{token}"}}'))
    if smtp_host.endswith(".sendgrid.net"):
        return (own, ("X-SMTPAPI", f'{{"unique_args": {{"kept-invitation": "{token}"}}}}'))
    return (own,)


async def take_report(
    settings: Settings,
    workspace: int | None,
    report: DeliveryReport,
    source: str,
    now: datetime,
    *,
    needs_token: bool = False,
) -> Taken:
    """Record what a report says; saying it again changes nothing. `workspace` None: whichever sent the mail.

    The mail is found by a token of ours, else, unless a token is needed, by its Message-ID or by the address it was
    written to. Only the contact's own address is suppressed, never one that merely stands in the report.
    """
    tokens = [invitation_of(settings, token) for token in report.tokens]
    invitation = next((found for found in tokens if found is not None), None)
    if invitation is None and needs_token:
        return Taken.UNKNOWN
    async with transaction():
        mailed = await _find(workspace, invitation, report)
        for one in mailed:
            await _record(one, report, source, now)
    return Taken.TAKEN if mailed else Taken.UNKNOWN


async def take_report_mail(
    settings: Settings, raw: bytes, recipient: str, now: datetime, *, trust: bool = False
) -> list[Taken]:
    """What became of each report in a mail that the operator's own mail server handed over; none in most mails.

    `recipient` is the address that it came to, where the server says so. `trust`: a Message-ID is enough.
    """
    tokens = tokens_in_address(recipient)
    reports = [structs.replace(report, tokens=(*tokens, *report.tokens)) for report in read_report_mail(raw)]
    return [await take_report(settings, None, report, "mail", now, needs_token=not trust) for report in reports]


async def _find(workspace: int | None, invitation: int | None, report: DeliveryReport) -> list[_Mailed]:
    """The mail by its token, whose number a Message-ID beside it has to bear; by its Message-ID; or by the address.

    A Message-ID that is not ours belongs to somebody else's mail: then the address says nothing.
    """
    named = MESSAGE_ID.fullmatch(report.message_id.strip())
    said = int(named[1]) if named else None
    if invitation is not None:
        rows = await fetch(_MAILED, workspace, invitation, None) if said in (None, invitation) else []
    elif said is not None:
        rows = await fetch(_MAILED, workspace, said, f"<{report.message_id.strip().strip('<>')}>")
    elif report.message_id or workspace is None or not report.address:
        rows = []
    else:
        rows = await fetch(_BY_ADDRESS, workspace, address_hash(report.address))
    return [_Mailed(**row) for row in rows]


async def _record(mailed: _Mailed, report: DeliveryReport, source: str, now: datetime) -> None:
    # Who has another address by now is not to be blamed for the old one; their own word counts wherever it was said.
    is_own_word = report.kind in (ReportKind.COMPLAINT, ReportKind.UNSUBSCRIBED)
    is_theirs = is_own_word or not report.address or address_hash(report.address) == mailed.address_hash
    if report.kind in _SUPPRESSED and is_theirs:  # first, as it locks the contact: everybody locks contacts first
        await suppress_contact(mailed.contact, _SUPPRESSED[report.kind], source, now)
    if mailed.invitation is not None:
        await fetch(_RECORD[report.kind], mailed.invitation, now, report.detail[:LONGEST_DETAIL])


@cache
def _signer(secret_key: str) -> LinkSigner:
    return LinkSigner(secret_key, "bounce")


_SUPPRESSED = {
    ReportKind.HARD: Suppressed.BOUNCED,
    ReportKind.COMPLAINT: Suppressed.COMPLAINED,
    ReportKind.UNSUBSCRIBED: Suppressed.UNSUBSCRIBED,
}

_MAILED = """
SELECT c.id AS contact, c.address_hash, i.id AS invitation
FROM invitation i JOIN contact c ON c.id = i.contact
WHERE ($1::int IS NULL OR i.workspace = $1) AND i.id = $2::bigint AND ($3::text IS NULL OR i.message_id = $3)
"""

# One of those who share an address: suppressing it is for all of them.
_BY_ADDRESS = """
SELECT id AS contact, address_hash FROM contact WHERE workspace = $1 AND address_hash = $2
ORDER BY id LIMIT 1
"""

# What has come back was never delivered, whatever was said before; a worker that holds it has nothing more to record.
_BOUNCED = """
UPDATE invitation SET state = CASE WHEN state IN ('failed', 'missed') THEN state ELSE 'bounced' END,
    bounced_at = coalesce(bounced_at, $2::timestamptz), sent_at = coalesce(sent_at, $2::timestamptz),
    delivered_at = NULL, remind_at = NULL, last_error = $3::text, leased_until = NULL, leased_by = NULL
WHERE id = $1
"""

_DELIVERED = """
UPDATE invitation SET delivered_at = coalesce(delivered_at, $2::timestamptz), last_error = $3::text
WHERE id = $1 AND bounced_at IS NULL
"""

# Reports come out of order: what was delivered is not put off.
_NOTED = """
UPDATE invitation SET last_error = $3::text
WHERE id = $1 AND bounced_at IS NULL AND (delivered_at IS NULL OR delivered_at > $2::timestamptz)
"""

# Who complains or opts out has the mail.
_UNWANTED = """
UPDATE invitation SET delivered_at = coalesce(delivered_at, $2::timestamptz), remind_at = NULL, last_error = $3::text
WHERE id = $1 AND bounced_at IS NULL
"""

_RECORD = {
    ReportKind.HARD: _BOUNCED,
    ReportKind.DELIVERED: _DELIVERED,
    ReportKind.SOFT: _NOTED,
    ReportKind.COMPLAINT: _UNWANTED,
    ReportKind.UNSUBSCRIBED: _UNWANTED,
}
