"""A page of another company, on another site, in which Kept's widget stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

PAGE = """<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>
<script async src="{kept}/embed.js" data-key="{key}"></script>"""


@contextmanager
def shop_page(kept_url: str) -> Iterator[str]:
    """The shop's origin; `/KEY` is its page with that public key, everything else an empty picture."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_page = self.path.startswith("/pk_")
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "image/x-icon")
            self.end_headers()
            self.wfile.write(PAGE.format(kept=kept_url, key=self.path[1:]).encode() if is_page else b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"  # by another name than Kept's, so it is another site
    finally:
        server.shutdown()
        server.server_close()
