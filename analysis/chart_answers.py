"""How every page hands out its charts: a specification for the browser to draw, a picture for where no script runs."""

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Response

from analysis.charts import svg

Spec = dict[str, Any]


async def specification(make: Callable[[], Spec]) -> Spec:
    """The Vega-Lite specification that `make` gives, made in a thread: drawing takes long."""
    return await asyncio.to_thread(make)


async def picture(make: Callable[[], Spec]) -> Response[bytes]:
    """The same as SVG."""
    drawn = await asyncio.to_thread(lambda: svg(make()))
    # The picture carries its own styles, and nothing in it may run.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(drawn.encode(), media_type="image/svg+xml", headers={"Content-Security-Policy": policy})
