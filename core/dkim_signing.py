"""DKIM: a domain signs the mail that leaves in its name (RFC 6376)."""

import dkim
from msgspec import Struct

from core.errors import Fault, Invalid

# What must arrive as it left. RFC 8058, 4 wants the two of opting out among them.
_SIGNED = (
    b"from",
    b"to",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)


class DkimKey(Struct, frozen=True):
    """A domain's signing key: RSA, as PEM. Its public half is at `selector._domainkey.domain`."""

    domain: str
    selector: str
    pem: str


def signed(message: bytes, key: DkimKey) -> bytes:
    """`message` with its signature above it. Raises Invalid where the key is none."""
    try:
        signing = dkim.DKIM(message)
        present = {name.lower() for name, _ in signing.headers}
        covered = [name for name in _SIGNED if name in present]
        signature: bytes = signing.sign(
            key.selector.encode(),
            key.domain.encode("idna"),
            key.pem.encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            # Each once more than it is there: nobody can add a second From that the signature does not know.
            include_headers=covered * 2,
        )
    except (dkim.DKIMException, ValueError) as fault:
        raise Invalid(Fault("dkim_key", "this key can't sign; enter an RSA key as PEM")) from fault
    return signature + message
