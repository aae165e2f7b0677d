"""Signed links: they carry what nobody else can write."""

from typing import TypeVar

import msgspec
from itsdangerous import BadData, URLSafeSerializer

from core.errors import NotFound

Carried = TypeVar("Carried")


class LinkSigner:
    """Signs small values for one purpose; a token of one purpose is forged for every other."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt=f"kept.{purpose}")

    def sign(self, carried: object) -> str:
        """A token for a URL; `carried` is a number, or a Struct that msgspec writes as a list."""
        return self._serializer.dumps(msgspec.to_builtins(carried))

    def read(self, token: str, kind: type[Carried]) -> Carried:
        """What is inside. Raises NotFound where the token was not signed by us, or carries something else."""
        try:
            return msgspec.convert(self._serializer.loads(token), kind)
        except (BadData, msgspec.ValidationError) as fault:
            raise NotFound("This link is not complete. Please open it from the mail again.") from fault
