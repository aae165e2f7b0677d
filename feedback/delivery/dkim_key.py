"""The key that a sender signs its mail with (DKIM, RFC 6376): checked, made, and its public part for the DNS."""

import base64

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SMALLEST, LARGEST = 1024, 4096  # bits: whoever checks must take keys of this size (RFC 8301, 3.2); less is refused
MADE = 2048  # bits


def new_dkim_key() -> str:
    """A new RSA key, as PEM."""
    return _written(generate_private_key(public_exponent=65_537, key_size=MADE))


def tidy_dkim_key(pem: str) -> str:
    """The RSA key in `pem`, in the one form that is stored, however it was pasted. Raises ValueError with advice."""
    return _written(_read(pem))


def dkim_record(pem: str) -> str:
    """What the TXT record of the selector has to say for signatures by this key to be checked (RFC 6376, 3.6.1)."""
    public = _read(pem).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def _read(pem: str) -> RSAPrivateKey:
    lines = "\n".join(line.strip() for line in pem.strip().splitlines())
    try:
        key = load_pem_private_key(lines.encode(), password=None)
    except TypeError as fault:  # it asks for a password
        raise ValueError("this key is locked with a password; give it without one") from fault
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise ValueError("this is not a private key in PEM, which starts with -----BEGIN") from fault
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("DKIM is signed with an RSA key here; this is one of another kind")
    if not SMALLEST <= key.key_size <= LARGEST:
        raise ValueError(f"an RSA key of {key.key_size} bits is not taken; use {MADE}")
    return key


def _written(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
