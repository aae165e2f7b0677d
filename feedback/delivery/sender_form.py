"""A sender as it is filled in, checked field by field."""

import re
from collections.abc import Callable
from datetime import date
from email.utils import parseaddr
from typing import TypeVar

from msgspec import Struct

from core.addresses import normal_address
from core.errors import Fault, Invalid
from core.mail_bytes import address_of, mailbox
from feedback.delivery.dkim_key import new_dkim_key, tidy_dkim_key

Value = TypeVar("Value")

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}$){LABEL}(?:\.{LABEL})*|\[?[0-9a-f:.]{{2,45}}\]?")
TLS_WAYS = ("starttls", "tls", "none")
LONGEST_BOUNCE_LOCAL = 30  # characters: `+` and a token of up to 33 follow, and 64 is the most (RFC 5321, 4.5.3.1.1)
LONGEST_ADDRESS = 320  # characters of a sender's name and address, as its column takes
LONGEST_SECRET = 10_000  # characters
MOST_MAILS = 10_000_000
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


class SenderForm(Struct, frozen=True):
    """What was filled in, as words. An empty secret keeps the one there is; the key is fixed once there is a sender."""

    key: str = ""
    address: str = ""
    reply_to: str = ""
    bounce_address: str = ""
    smtp_host: str = ""
    smtp_port: str = "587"
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_tls: str = "starttls"
    dkim_domain: str = ""
    dkim_selector: str = ""
    dkim_key: str = ""
    makes_dkim_key: str = ""  # anything: yes
    first_day_limit: str = ""
    warm_up_from: str = ""
    day_limit: str = ""
    domain_minute_limit: str = ""
    hook_key: str = ""
    drops_hook_key: str = ""  # anything: yes


class Held(Struct, frozen=True):
    """Which secrets a sender has already."""

    password: bool = False
    dkim_key: bool = False
    hook_key: bool = False


class CheckedSender(Struct, frozen=True, kw_only=True):
    """A form without faults. A secret is None where the one there is stays, and empty where it goes."""

    key: str
    address: str
    reply_to: str
    bounce_address: str
    smtp_host: str
    smtp_port: int
    smtp_username: str
    smtp_password: str | None
    smtp_tls: str
    dkim_domain: str
    dkim_selector: str
    dkim_key: str | None
    first_day_limit: int | None
    warm_up_from: date | None
    day_limit: int | None
    domain_minute_limit: int | None
    hook_key: str | None


class _Fields:
    """Reads one field after the other, and gathers what is wrong."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, field: str, text: str, reader: Callable[[str], Value], instead: Value) -> Value:
        """What `reader` makes of the text; `instead` for an empty or a wrong one. A reader raises ValueError."""
        if not text.strip():
            return instead
        try:
            return reader(text.strip())
        except ValueError as fault:
            self.blame(field, str(fault))
            return instead

    def blame(self, field: str, message: str) -> None:
        self.faults.append(Fault(field, message))


def check_form(form: SenderForm, held: Held, today: date) -> CheckedSender:
    """Raises Invalid with every fault."""
    fields = _Fields()
    address = fields.read("address", form.address, _named_address, "")
    if not form.address.strip():
        fields.blame("address", "write the address that mails come from")
    host = fields.read("smtp_host", form.smtp_host, _host, "")
    domain, selector, dkim_key = _dkim(fields, form, held, domain_in(address))
    first_day, warm_up_from = _warm_up(fields, form, today)
    checked = CheckedSender(
        key=fields.read("key", form.key, _key, "") or domain_in(address).replace(".", "-")[:64].strip("-"),
        address=address,
        reply_to=fields.read("reply_to", form.reply_to, _plain_address, ""),
        bounce_address=fields.read("bounce_address", form.bounce_address, _bounce_address, ""),
        smtp_host=host,
        smtp_port=fields.read("smtp_port", form.smtp_port, _port, 587),
        smtp_username=fields.read("smtp_username", form.smtp_username, _word, ""),
        smtp_password=_password(fields, form, held, host),
        smtp_tls=fields.read("smtp_tls", form.smtp_tls, _tls, "starttls"),
        dkim_domain=domain,
        dkim_selector=selector,
        dkim_key=dkim_key,
        first_day_limit=first_day,
        warm_up_from=warm_up_from,
        day_limit=fields.read("day_limit", form.day_limit, _count, None),
        domain_minute_limit=fields.read("domain_minute_limit", form.domain_minute_limit, _count, None),
        hook_key="" if form.drops_hook_key else fields.read("hook_key", form.hook_key, _secret, None),
    )
    if fields.faults:
        raise Invalid(*fields.faults)
    return checked


def domain_in(address: str) -> str:
    """The domain of an address with or without a name."""
    return parseaddr(address)[1].rpartition("@")[2].lower()


def _password(fields: _Fields, form: SenderForm, held: Held, host: str) -> str | None:
    """A password without a name to log in by goes; one that would travel in the clear is refused."""
    if not (host and form.smtp_username.strip()):
        return ""
    if form.smtp_tls == "none" and host not in LOOPBACK and (form.smtp_password or held.password):
        fields.blame("smtp_tls", "a password may not travel in the clear: choose STARTTLS or TLS")
    return fields.read("smtp_password", form.smtp_password, _secret, None)


def _dkim(fields: _Fields, form: SenderForm, held: Held, sends_as: str) -> tuple[str, str, str | None]:
    """Domain, selector and key, together or not at all."""
    domain = fields.read("dkim_domain", form.dkim_domain.lower(), _host, "")
    selector = fields.read("dkim_selector", form.dkim_selector.lower(), _selector, "")
    if not (form.dkim_domain.strip() or form.dkim_selector.strip()):
        if fields.read("dkim_key", form.dkim_key, tidy_dkim_key, None) or form.makes_dkim_key:
            fields.blame("dkim_domain", "say the domain and the selector that the key is for")
        return "", "", ""
    if not (form.dkim_domain.strip() and form.dkim_selector.strip()):
        fields.blame("dkim_selector", "DKIM needs the domain and the selector, both")
    if domain and sends_as and not f".{sends_as}".endswith(f".{domain}"):
        fields.blame("dkim_domain", "sign as the domain of the address, or one that it is part of")
    key = new_dkim_key() if form.makes_dkim_key else fields.read("dkim_key", form.dkim_key, tidy_dkim_key, None)
    if key is None and not form.dkim_key.strip() and not held.dkim_key:
        fields.blame("dkim_key", "paste a private key, or have one made")
    return domain, selector, key


def _warm_up(fields: _Fields, form: SenderForm, today: date) -> tuple[int | None, date | None]:
    first_day = fields.read("first_day_limit", form.first_day_limit, _count, None)
    since = fields.read("warm_up_from", form.warm_up_from, _day, None)
    if since is not None and not form.first_day_limit.strip():
        fields.blame("first_day_limit", "say how many mails may leave on the first day")
    return first_day, (since or today) if first_day else None


def _key(text: str) -> str:
    if not KEY.fullmatch(text):
        raise ValueError("use small letters, digits and hyphens, up to 64")
    return text


def _named_address(text: str) -> str:
    """`Name <local@domain>`, the name quoted where it has to be, the domain as the name system knows it."""
    try:
        written, plain = mailbox(text)
    except (Invalid, ValueError, IndexError, AttributeError) as fault:  # the parser stumbles over some broken ones
        raise ValueError("write one address, such as Example <ask@example.com>") from fault
    _plain_address(plain)
    if len(written) > LONGEST_ADDRESS or not written.isprintable():
        raise ValueError(f"write it on one line, in up to {LONGEST_ADDRESS} characters")
    return written


def _plain_address(text: str) -> str:
    try:
        address = address_of(text)
    except Invalid as fault:
        raise ValueError(fault.faults[0].message) from fault
    domain = normal_address(text).rpartition("@")[2]
    if not address.username.isascii() or not _is_host(domain):
        raise ValueError("write it in plain letters, with a domain such as example.com")
    return f"{address.addr_spec.rpartition('@')[0]}@{domain}"


def _bounce_address(text: str) -> str:
    address = _plain_address(text)
    local = address.rpartition("@")[0]
    if len(local) > LONGEST_BOUNCE_LOCAL or '"' in local:
        raise ValueError(f"before the @ write at most {LONGEST_BOUNCE_LOCAL} plain characters; Kept adds to them")
    return address


def _is_host(text: str) -> bool:
    return HOST.fullmatch(text) is not None


def _host(text: str) -> str:
    if not _is_host(text.lower()):
        raise ValueError("write a name such as mail.example.com, without a port")
    return text.lower()


def _selector(text: str) -> str:
    if len(text) > 63 or not _is_host(text):
        raise ValueError("use letters, digits and hyphens, up to 63")
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= 65_535):
        raise ValueError("a port is a number from 1 to 65535; most servers take mail at 587 or 465")
    return int(text)


def _tls(text: str) -> str:
    if text not in TLS_WAYS:
        raise ValueError(f"choose {' or '.join(TLS_WAYS)}")
    return text


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 8 and 1 <= int(text) <= MOST_MAILS):
        raise ValueError(f"write a whole number from 1 to {MOST_MAILS}, or leave it empty")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise ValueError("write a day such as 2026-11-23") from fault


def _word(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError("write up to 200 characters on one line")
    return text


def _secret(text: str) -> str:
    if len(text) > LONGEST_SECRET or "\0" in text:
        raise ValueError("this is too long to be one")
    return text
