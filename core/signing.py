"""Signed links: they carry what nobody else can write."""

from typing import TypeVar

import msgspec
from itsdangerous import BadData, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_encode

from core.errors import NotFound

Carried = TypeVar("Carried")


class LinkSigner:
    """Signs small values for one purpose; a token of one purpose is forged for every other."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        salt = f"kept.{purpose}"
        # The key of a purpose is derived once here: a mail has two tokens, and deriving costs more than signing.
        key = Signer(secret_key, salt).derive_key()
        self._serializer = URLSafeSerializer(key, salt, signer_kwargs={"key_derivation": "none"})
        self._signer = self._serializer.make_signer()

    def sign(self, carried: object) -> str:
        """A token for a URL; `carried` is a number, or a Struct that msgspec writes as a list."""
        # A number is shorter than anything that compressing it makes.
        is_number = type(carried) is int
        payload = (
            base64_encode(str(carried)) if is_number else self._serializer.dump_payload(msgspec.to_builtins(carried))
        )
        return self._signer.sign(payload).decode()

    def read(self, token: str, kind: type[Carried]) -> Carried:
        """What is inside. Raises NotFound where the token was not signed by us, or carries something else."""
        try:
            return msgspec.convert(self._serializer.loads(token), kind)
        except (BadData, msgspec.ValidationError) as fault:
            raise NotFound("This link is not complete. Please open it from the mail again.") from fault
