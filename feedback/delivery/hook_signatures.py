"""Whether a call that names a provider is that provider's."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from feedback.delivery.provider_hooks import Provider, parsed

# A call that was overheard is of no use later. Mailgun repeats what it could not deliver for eight hours, and a report
# that comes twice changes nothing.
WINDOW = timedelta(hours=9)


def is_signed(provider: Provider, key: str | None, headers: dict[str, str], body: bytes, now: datetime) -> bool:
    """Whether the signature of a call holds. Without a key, and for those who sign nothing, the address is the secret.

    `headers` by their names in small letters.
    """
    if key is None:
        return True
    if provider is Provider.MAILGUN:
        return _is_mailguns(key, body, now)
    if provider is Provider.SENDGRID:
        return _is_sendgrids(key, headers, body, now)
    return True


def _is_mailguns(key: str, body: bytes, now: datetime) -> bool:
    """HMAC-SHA256 of the timestamp and the token one after the other, in hex, inside the body."""
    said = parsed(body)
    signature = said.get("signature") if isinstance(said, dict) else None
    if not isinstance(signature, dict):
        return False
    timestamp, token, given = (str(signature.get(name, "")) for name in ("timestamp", "token", "signature"))
    made = hmac.new(key.encode(), f"{timestamp}{token}".encode(errors="replace"), hashlib.sha256).hexdigest()
    return hmac.compare_digest(made.encode(), given.encode(errors="replace")) and _is_recent(timestamp, now)


def _is_sendgrids(key: str, headers: dict[str, str], body: bytes, now: datetime) -> bool:
    """ECDSA over the timestamp and the body as it came; signature and timestamp are headers, the key is base64."""
    timestamp = headers.get("x-twilio-email-event-webhook-timestamp", "")
    public = _public_key(key)
    if public is None or not _is_recent(timestamp, now):
        return False
    try:
        given = base64.b64decode(headers.get("x-twilio-email-event-webhook-signature", ""), validate=True)
        public.verify(given, timestamp.encode() + body, ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _public_key(key: str) -> EllipticCurvePublicKey | None:
    try:
        found = load_der_public_key(base64.b64decode("".join(key.split()), validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return found if isinstance(found, EllipticCurvePublicKey) else None


def _is_recent(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= WINDOW.total_seconds()
