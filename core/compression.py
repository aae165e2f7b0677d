"""Answers go out compressed, save those that hold a secret of the reader."""

from litestar.config.compression import CompressionConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.middleware.compression import CompressionMiddleware
from litestar.types import HTTPSendMessage, Message, Scope, Send

SMALLEST = 1_000  # bytes; less gains nothing
LEVEL = 6  # nearly as small as with 9, in half the time
# Of an answering page the secret is its address, which whoever asks for it knows: nothing is left to guess.
FOR_CUSTOMERS = "/a/"
TEXTS = ("application/json", "application/vnd.oai", "image/svg+xml", "text/css", "text/csv", "text/javascript")


class TextCompression(CompressionMiddleware):
    """Compresses by what an answer holds.

    A page is left as it is: it holds the token of its forms as the cookie has it, not masked afresh for every answer,
    so that from the lengths of compressed pages that also repeat words of the query the token could be guessed, letter
    by letter (BREACH). A page to take away has no form. Pictures of points and PDF are compressed already.
    """

    def create_compression_send_wrapper(self, send: Send, compression_encoding: str, scope: Scope) -> Send:
        compressed = super().create_compression_send_wrapper(send, compression_encoding, scope)
        chosen = send

        async def choose(message: Message) -> None:
            nonlocal chosen
            if message["type"] == "http.response.start":
                chosen = compressed if is_compressible(message, scope["path"]) else send
            await chosen(message)

        return choose


def is_compressible(message: HTTPSendMessage, path: str = "") -> bool:
    """Whether an answer that begins so may go out compressed, and gets smaller by it."""
    headers = MutableScopeHeaders.from_message(message)
    kind = headers.get("content-type", "")
    is_file = headers.get("content-disposition", "").startswith("attachment")
    is_open = is_file or path.startswith(FOR_CUSTOMERS)
    return bool(kind.startswith(TEXTS) or (is_open and kind.startswith("text/html")))


COMPRESSION = CompressionConfig(
    backend="gzip", minimum_size=SMALLEST, gzip_compress_level=LEVEL, middleware_class=TextCompression
)
