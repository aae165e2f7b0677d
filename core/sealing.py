"""Secrets at rest: what the database holds of them can't be read without the secret key."""

import hashlib
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

from core.errors import SetupFault
from core.settings import Settings, secret_key_of


def seal(settings: Settings, secret: str) -> bytes:
    return _box(settings).encrypt(secret.encode())


def unseal(settings: Settings, sealed: bytes) -> str:
    """Raises SetupFault where it was sealed with another secret key."""
    try:
        return _box(settings).decrypt(sealed).decode()
    except InvalidToken as fault:
        raise SetupFault(
            "a stored secret was sealed with another KEPT_SECRET_KEY; set that one, or enter the secret again"
        ) from fault


def _box(settings: Settings) -> Fernet:
    return Fernet(urlsafe_b64encode(hashlib.sha256(f"kept.seal:{secret_key_of(settings)}".encode()).digest()))
