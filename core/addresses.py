"""E-mail addresses as what they reach: two ways to write one address are one address."""

import hashlib
import unicodedata

import idna


def normal_address(address: str) -> str:
    """The one way to write `address`: composed, in small letters, its domain as the name system knows it.

    Mail servers may tell capitals apart before the @; hardly one does, and whoever opts out means every spelling.
    """
    local, _, domain = unicodedata.normalize("NFC", address.strip()).lower().rpartition("@")
    return f"{local}@{_ascii_domain(domain)}"


def address_hash(address: str | None) -> str | None:
    """SHA-256 of the normal address as 64 hex digits, by which it is found; None where there is none."""
    return hashlib.sha256(normal_address(address).encode(errors="replace")).hexdigest() if address else None


def domain_of(address: str) -> str:
    """The domain that takes mail for `address`."""
    return normal_address(address).rpartition("@")[2]


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain  # no server is called that; the fault is the address's to show
