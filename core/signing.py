"""Signed links: they carry a number that nobody else can write."""

from itsdangerous import BadData, URLSafeSerializer

from core.errors import NotFound


class LinkSigner:
    """Signs row numbers for one purpose; a token of one purpose is forged for every other."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt=f"kept.{purpose}")

    def sign(self, number: int) -> str:
        return self._serializer.dumps(number)

    def read(self, token: str) -> int:
        """The number inside. Raises NotFound where the token was not signed by us."""
        try:
            number = self._serializer.loads(token)
        except BadData as fault:
            raise NotFound("This link is not complete. Please open it from the mail again.") from fault
        if not isinstance(number, int):
            raise NotFound("This link is not complete. Please open it from the mail again.")
        return number
