"""Mail leaves here: the message, and the SMTP transport."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
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
    message = EmailMessage(policy=SMTP)
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
            raise NotDelivered(f"recipient refused with {codes[0]}", permanent=all(c >= 500 for c in codes)) from fault
        except aiosmtplib.SMTPResponseException as fault:
            # A refused log-in is the operator's to mend; it says nothing against the mail.
            is_about_us = isinstance(fault, aiosmtplib.SMTPAuthenticationError)
            permanent = fault.code >= 500 and not is_about_us
            raise NotDelivered(f"refused with {fault.code}", permanent=permanent) from fault
        except (aiosmtplib.SMTPException, OSError) as fault:
            raise NotDelivered(type(fault).__name__, permanent=False) from fault
