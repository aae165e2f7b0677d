"""Renders Vega-Lite charts: as SVG, PNG and PDF here, and as the JavaScript with which a browser draws them itself."""

import os
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

from analysis.lettering import without_unprintable

VEGA_LITE = "6.4"  # whose schema the installed Altair writes; a test holds the two together
_NO_ADDRESSES: list[str] = []  # a chart has its data inside and may load nothing


def svg(spec: dict[str, Any]) -> str:
    """The chart as an SVG document."""
    drawn: str = vl_convert.vegalite_to_svg(_printable(spec), vl_version=VEGA_LITE, allowed_base_urls=_NO_ADDRESSES)
    return drawn


def png(spec: dict[str, Any], scale: float = 2) -> bytes:
    """The chart as a PNG, `scale` device pixels for each of its own."""
    drawn: bytes = vl_convert.vegalite_to_png(
        _printable(spec), vl_version=VEGA_LITE, scale=scale, allowed_base_urls=_NO_ADDRESSES
    )
    return drawn


def _printable(spec: Any) -> Any:
    if isinstance(spec, str):
        return without_unprintable(spec)
    if isinstance(spec, dict):
        return {name: _printable(value) for name, value in spec.items()}
    return [_printable(value) for value in spec] if isinstance(spec, list) else spec


def pdf(drawn: str) -> bytes:
    """The SVG document `drawn` as a PDF of one page, as large as the picture.

    The renderer numbers fonts in an order of chance; `analysis.report_pdf` puts them in one."""
    page: bytes = vl_convert.svg_to_pdf(drawn)
    return page


def vega_bundle(folder: Path) -> str:
    """The script that pages are served: Vega, Vega-Lite, vega-embed and `charts.js`, kept in `folder` once it is built.

    Building takes a second and a half. Two processes may do it at once: each puts the same file there, whole."""
    snippet = (Path(__file__).parent / "charts.js").read_text(encoding="utf-8")
    edition = sha256(f"{version('vl-convert-python')} {VEGA_LITE} {snippet}".encode()).hexdigest()[:12]
    kept = folder / f"vega-{edition}.js"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        built: str = vl_convert.javascript_bundle(snippet, vl_version=VEGA_LITE)
        draft = folder / f"{kept.name}.{os.getpid()}"
        draft.write_text(built, encoding="utf-8")
        draft.replace(kept)
    return kept.read_text(encoding="utf-8")
