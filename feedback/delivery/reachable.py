"""Where this server may be sent to: out into the world, and inside only where the operator says so."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from msgspec import Struct

from core.errors import Fault, Invalid

LONGEST_URL = 500  # characters, as its column takes
OWN_PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Target(Struct, frozen=True):
    """The parts of a URL that is posted to."""

    scheme: str
    host: str
    port: int


def target_of(url: str) -> Target:
    """Raises Invalid for what is no URL to post to."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        named = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError) as fault:
        raise Invalid(Fault("url", "write it like https://messenger.example/kept")) from fault
    is_plain = url.isprintable() and " " not in url and len(url) <= LONGEST_URL and parts.username is None
    if parts.scheme not in OWN_PORTS or not named or not is_plain or parts.fragment:
        raise Invalid(Fault("url", "write it like https://messenger.example/kept, without a name or a password"))
    return Target(parts.scheme, named, port or OWN_PORTS[parts.scheme])


async def address_for(target: Target, may_be_inside: bool) -> str:
    """The address to connect to, so that no other answer of the name system comes between the look and the connection.

    Raises Invalid where the name leads nowhere, or to where nothing may be posted.
    """
    addresses = await _resolved(target)
    allowed = [address for address in addresses if is_allowed(address, may_be_inside)]
    # One bad answer among good ones is a name that means to be taken for two.
    if not allowed or len(allowed) < len(addresses):
        raise Invalid(Fault("url", "this leads to an address inside, where Kept does not post"))
    if target.scheme == "http" and not all(is_inside(address) for address in allowed):
        raise Invalid(Fault("url", "out in the world only https is posted to"))
    return str(allowed[0])


def is_allowed(address: Address, may_be_inside: bool) -> bool:
    """Whether an address may be posted to: never one where a machine answers with its own secrets, or nobody does."""
    plain = _unwrapped(address)
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain in _METADATA:
        return False
    return may_be_inside if is_inside(plain) else plain.is_global


def is_inside(address: Address) -> bool:
    """Whether it is of this machine or of a private network."""
    plain = _unwrapped(address)
    return plain.is_loopback or plain.is_private


def _unwrapped(address: Address) -> Address:
    """An IPv4 address that is written as an IPv6 one is what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or _translated(address) or address
    return address


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """What a translator (RFC 6052) would reach."""
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if address in _TRANSLATOR else None


async def _resolved(target: Target) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        return [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found]
    except (OSError, UnicodeError, ValueError) as fault:
        raise Invalid(Fault("url", "there is no server of this name")) from fault


_TRANSLATOR = ipaddress.IPv6Network("64:ff9b::/96")
# Where clouds keep what a machine may know of itself, at addresses that are not link-local.
_METADATA = {ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200")}
