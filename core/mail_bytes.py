"""A mail as the bytes that leave: headers that hold nothing but what they should, text and HTML.

Built by hand for what almost every mail is made of, as the standard library takes a millisecond and a half for each;
whatever is out of the ordinary in a header goes through its header classes.
"""

import binascii
import re
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry
from email.policy import SMTP
from functools import lru_cache

from core.addresses import domain_of
from core.errors import Fault, Invalid

_POLICY = SMTP.clone(header_factory=HeaderRegistry())
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3 less the brackets

# The longest header line that is not folded.
_LONGEST_LINE = 76  # RFC 2047, 2 has it so; RFC 5322 would bear 78
# Programs can't read a link that is folded, as folding encodes it: these stay one line however long.
_UNFOLDED = frozenset({"list-unsubscribe", "list-unsubscribe-post"})
_BREAK = re.compile(r"[\r\n\0]")
_WORTH_BASE64 = 1.6  # bytes of quoted-printable for each character; base64 has 1.33 for ASCII, and 4 for most others
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_USUAL_ADDRESS = re.compile(rf"{_ATOMS}(?:\.{_ATOMS})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\Z")
# `=_` can stand in neither quoted-printable nor base64, so that no part holds the line between the parts.
_BOUNDARY = "=_kept_parts_=_"


def message_bytes(headers: Sequence[tuple[str, str]], text: str, html: str, own: str = "") -> bytes:
    """The whole message, its lines ended as SMTP wants them. Raises Invalid for a header with a line break.

    `own` is what makes this mail differ from thousands of others, such as its link: all else is encoded once.
    """
    lines = "".join(_header(name, value) for name, value in headers)
    frame = (
        f'{lines}MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="{_BOUNDARY}"\r\n\r\n',
        f"--{_BOUNDARY}\r\n",
        f"\r\n--{_BOUNDARY}\r\n",
        f"\r\n--{_BOUNDARY}--\r\n",
    )
    begin, first, second, end = (piece.encode("ascii") for piece in frame)
    return b"".join([begin, first, _part("plain", text, own), second, _part("html", html, own), end])


def address_of(text: str) -> Address:
    """The one address in `text`. Raises Invalid where it is none."""
    if len(text) <= _LONGEST_ADDRESS and _USUAL_ADDRESS.match(text) and "=?" not in text:
        local, _, domain = text.rpartition("@")
        return Address(username=local, domain=domain)
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError, AttributeError) as fault:
        # The parser stumbles over some broken addresses, such as `a@[`, instead of naming their fault.
        raise Invalid(Fault("email", "this is not an e-mail address")) from fault
    if not address.domain or len(text) > _LONGEST_ADDRESS:
        raise Invalid(Fault("email", "this is not an e-mail address"))
    return address


def deliverable(text: str) -> str:
    """The address in `text` as SMTP carries it, its domain as the name system knows it. Raises Invalid."""
    address = address_of(text)
    if address.domain.isascii():
        return address.addr_spec
    domain = domain_of(text)
    if not domain.isascii():
        raise Invalid(Fault("email", "this is not an e-mail address"))
    return Address(username=address.username, domain=domain).addr_spec


@lru_cache(maxsize=200)
def mailbox(text: str) -> tuple[str, str]:
    """Of `Example <ask@example.com>` the whole as a header carries it, and the address. Raises Invalid for another."""
    _refuse_breaks("From", text)
    header = _POLICY.header_factory("From", text)
    if len(header.addresses) != 1:
        raise Invalid(Fault("From", "this is not one e-mail address"))
    name = header.addresses[0].display_name
    address = deliverable(header.addresses[0].addr_spec)
    local, _, domain = address.rpartition("@")
    return (str(Address(name, local, domain)) if name else address), address


def _header(name: str, value: str) -> str:
    _refuse_breaks(name, value)
    is_short = len(name) + 2 + len(value) <= _LONGEST_LINE
    if (is_short or name.lower() in _UNFOLDED) and value.isascii() and value.isprintable() and "=?" not in value:
        return f"{name}: {value}\r\n"
    return str(_POLICY.header_factory(name, value).fold(policy=_POLICY))


def _refuse_breaks(name: str, value: str) -> None:
    if _BREAK.search(value):
        raise Invalid(Fault(name, "a header may not hold a line break"))


def _part(subtype: str, text: str, own: str) -> bytes:
    """A text in quoted-printable, or in base64 where that is shorter by far."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    texts = text.split(own) if own else [text]
    pieces = [_quoted(piece) for piece in texts]
    if sum(len(piece) for piece in pieces) > _WORTH_BASE64 * len(text):
        return _head(subtype, "base64") + _base64(_lines(text + "\n"))
    # Each piece ends its line: what is read is one line all the same, as `=` takes the end of a line back.
    return _head(subtype, "quoted-printable") + (b"=\r\n" + _quoted(own) + b"=\r\n").join(pieces) + b"\r\n"


@lru_cache(maxsize=2_000)
def _quoted(text: str) -> bytes:
    # The line ends that it makes are those of its input, and of one line alone those of Unix.
    return binascii.b2a_qp(_lines(text), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@lru_cache
def _head(subtype: str, encoding: str) -> bytes:
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode("ascii")


def _lines(text: str) -> bytes:
    """With the line ends of mail; of half a surrogate pair nothing can be sent but a question mark."""
    return text.replace("\n", "\r\n").encode(errors="replace")


def _base64(data: bytes) -> bytes:
    return b"".join(binascii.b2a_base64(data[at : at + 57], newline=False) + b"\r\n" for at in range(0, len(data), 57))
