"""Random secrets that are given away once and kept only as hashes."""

import hashlib
import secrets
from typing import NewType

TokenHash = NewType("TokenHash", str)


def new_token() -> str:
    """43 characters that are safe in a URL, 256 bits of chance."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> TokenHash:
    # A plain SHA-256 suffices: the tokens are random, so there is nothing to guess.
    return TokenHash(hashlib.sha256(token.encode()).hexdigest())
