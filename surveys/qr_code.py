"""An address as a QR code: black on white on every screen, since not every camera reads it the other way round."""

from io import BytesIO

import segno

BORDER = 4  # modules of white around it, as the standard asks for
PIXELS = 12  # a module in the PNG


def qr_svg(address: str) -> str:
    """A picture that takes any size, with a title for who does not see it, and without inline styles."""
    out = BytesIO()
    _code(address).save(
        out,
        kind="svg",
        border=BORDER,
        dark="#000000",
        light="#ffffff",
        title=f"QR code: {address}",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
    )
    return out.getvalue().decode()


def qr_png(address: str) -> bytes:
    """A picture for documents that take no SVG, wide enough to be printed on a poster."""
    out = BytesIO()
    _code(address).save(out, kind="png", border=BORDER, dark="#000000", light="#ffffff", scale=PIXELS)
    return out.getvalue()


def _code(address: str) -> segno.QRCode:
    # Level M reads with 15 % of it gone, as by a scratch.
    return segno.make_qr(address, error="m", boost_error=False)
