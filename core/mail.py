"""Mail leaves here: the message, and the SMTP transport."""

from email.errors import HeaderParseError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Protocol

import aiosmtplib
from msgspec import Struct

from core.errors import Fault, Invalid
from core.settings import Settings


class Mail(Struct, frozen=True, kw_only=True):
    """One mail to one person. `workspace` is the number of the workspace whose outbox may show it."""

    workspace: int | None
    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: tuple[tuple[str, str], ...] = ()


class _UnfoldedHeader(UnstructuredHeader, BaseHeader):
    """A header that keeps its one line: a long URL that is folded is encoded, and mail programs then can't read it."""

    def fold(self, *, policy: Policy) -> str:
        # What is beyond ASCII has to be encoded whatever it costs.
        return f"{self.name}: {self}{policy.linesep}" if self.isascii() else super().fold(policy=policy)


def _headers() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _UnfoldedHeader)
    return registry


# The header itself knows not to fold: the policy under which the SMTP client writes a message is its own.
_POLICY = SMTP.clone(header_factory=_headers())

# RFC 4954, 6: asked to log in, or a log-in that does not do. The operator's to mend, at whatever command it is said.
_ABOUT_THE_LOG_IN = frozenset({530, 534, 535, 538})


class NotDelivered(Exception):
    """The mail was not taken. `permanent` says whether trying again is of use."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Transport(Protocol):
    """Anything that takes a mail; raises NotDelivered where it could not."""

    async def send(self, mail: Mail) -> None: ...


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """`mail` as a MIME message with its plain-text twin. Raises Invalid for an address or header that is none."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = address_of(mail.to)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    for name, value in (("Subject", mail.subject), *mail.headers):
        if any(character in value for character in "\r\n\0"):
            raise Invalid(Fault(name, "a header may not hold a line break"))
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def address_of(text: str) -> Address:
    """The one address in `text`. Raises Invalid where it is none."""
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError, AttributeError) as fault:
        # The parser stumbles over some broken addresses, such as `a@[`, instead of naming their fault.
        raise Invalid(Fault("email", "this is not an e-mail address")) from fault
    if not address.domain or len(text) > 254:
        raise Invalid(Fault("email", "this is not an e-mail address"))
    return address


class SmtpTransport:
    """Sends over SMTP, one connection a mail."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, mail: Mail) -> None:
        settings = self._settings
        try:
            await aiosmtplib.send(
                message_of(mail, settings.mail_from),
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_username or None,
                password=settings.smtp_password or None,
                use_tls=settings.smtp_tls == "tls",
                start_tls=settings.smtp_tls == "starttls",
                timeout=settings.smtp_timeout_seconds,
            )
        except aiosmtplib.SMTPRecipientsRefused as fault:
            codes = [refused.code for refused in fault.recipients]
            permanent = all(_is_about_the_mail(code) for code in codes)
            raise NotDelivered(f"recipient refused with {codes[0]}", permanent=permanent) from fault
        except aiosmtplib.SMTPDataError as fault:
            raise NotDelivered(f"refused with {fault.code}", permanent=_is_about_the_mail(fault.code)) from fault
        except aiosmtplib.SMTPResponseException as fault:
            # Refused before the recipient was named: that says something of our settings and nothing against the mail.
            raise NotDelivered(f"refused with {fault.code}", permanent=False) from fault
        except (aiosmtplib.SMTPException, OSError) as fault:
            raise NotDelivered(type(fault).__name__, permanent=False) from fault


def _is_about_the_mail(code: int) -> bool:
    """Whether a refusal is one for good, of this mail or of its recipient."""
    return code >= 500 and code not in _ABOUT_THE_LOG_IN
