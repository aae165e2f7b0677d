"""Pages as one PDF, with the same bytes whenever they are the same pages."""

from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject, TextStringObject

from analysis import charts

VERSION = "%PDF-1.7"  # of what the renderer draws with; pypdf would write an older one


def pdf_of(pages: Sequence[str], title: str) -> bytes:
    """A PDF whose pages are the SVG documents `pages`, with words that can be selected and searched.

    It carries neither a date nor an ID, which would make it another file every time."""
    writer = PdfWriter()
    writer.pdf_header = VERSION
    for page in pages:
        drawn = PdfReader(BytesIO(charts.pdf(page))).pages[0]
        _put_in_order(drawn, set())
        writer.add_page(drawn)
    writer.metadata = {"/Title": title, "/Producer": "Kept"}
    writer.root_object[NameObject("/Lang")] = TextStringObject("en")
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def _put_in_order(part: PdfObject | None, done: set[int]) -> None:
    """Sorts the entries of every dictionary that hangs on `part`.

    The renderer writes them in an order of chance, and the writer numbers objects in the order it meets them in."""
    if isinstance(part, IndirectObject):
        if part.idnum in done:
            return
        done.add(part.idnum)
        part = part.get_object()
    if isinstance(part, ArrayObject):
        for entry in list.__iter__(part):
            _put_in_order(entry, done)
    elif isinstance(part, DictionaryObject):
        entries = sorted(dict.items(part))
        dict.clear(part)
        dict.update(part, entries)
        for name, entry in entries:
            if name != "/Parent":  # leads back to all pages
                _put_in_order(entry, done)
