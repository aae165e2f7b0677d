"""One text in the three notations that trackers read: Markdown, Jira's wiki markup and HTML.

What customers wrote is in it. Nothing of theirs becomes a heading, a link, a picture, a tag, or a mention that calls
somebody: each writer takes plain words and makes them inert.
"""

import re
from collections.abc import Sequence
from html import escape

from msgspec import Struct


class Heading(Struct, frozen=True):
    text: str
    level: int = 3


class Paragraph(Struct, frozen=True):
    text: str


class Bullets(Struct, frozen=True):
    items: tuple[str, ...]


class Quote(Struct, frozen=True):
    """Somebody's own words."""

    text: str


class Link(Struct, frozen=True):
    """A paragraph that leads to `url`, an address of ours."""

    text: str
    url: str


Block = Heading | Paragraph | Bullets | Quote | Link
_JOINER = "\u2060"  # takes no room and breaks no line, but parts what would be read as one


def as_markdown(blocks: Sequence[Block]) -> str:
    """CommonMark, as Linear and GitHub read it."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def as_jira(blocks: Sequence[Block]) -> str:
    """The wiki markup of Jira."""
    return "\n\n".join(_jira(block) for block in blocks) + "\n"


def as_html(blocks: Sequence[Block]) -> str:
    """HTML, as Azure DevOps keeps descriptions."""
    return "".join(_html(block) for block in blocks)


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_in_markdown(text)}"
        case Paragraph(text):
            return _in_markdown(text)
        case Bullets(items):
            return "\n".join(f"- {_in_markdown(item)}" for item in items)
        case Quote(text):
            return f"> {_in_markdown(text)}"
        case Link(text, url):
            return f"[{_in_markdown(text)}]({url})"


def _jira(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"h{level}. {_in_jira(text)}"
        case Paragraph(text):
            return _in_jira(text)
        case Bullets(items):
            return "\n".join(f"* {_in_jira(item)}" for item in items)
        case Quote(text):
            return f"bq. {_in_jira(text)}"
        case Link(text, url):
            return f"[{_in_jira(text)}|{url}]"


def _html(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{_in_html(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{_in_html(text)}</p>"
        case Bullets(items):
            return f"<ul>{''.join(f'<li>{_in_html(item)}</li>' for item in items)}</ul>"
        case Quote(text):
            return f"<blockquote>{_in_html(text)}</blockquote>"
        case Link(text, url):
            return f'<p><a href="{escape(url)}">{_in_html(text)}</a></p>'


def _in_markdown(text: str) -> str:
    safe = re.sub(r"([\\`*_{}\[\]<>#|~!&])", r"\\\1", _inert(text))
    return re.sub(r"^(?:([-+=])|(\d+)([.)]))", r"\2\\\1\3", safe)  # no list and no underline at the start of a line


def _in_jira(text: str) -> str:
    safe = _inert(text).replace("\\", "&#92;")
    safe = re.sub(r"([{}\[\]*_!|^~#?])", r"\\\1", safe)
    safe = re.sub(r"(?<!\w)([-+])", r"\\\1", safe)  # a word between two of these is struck out, or underlined
    return re.sub(r"^(bq|h[1-6])\.", rf"\1{_JOINER}.", safe)


def _in_html(text: str) -> str:
    return escape(_inert(text))


def _inert(text: str) -> str:
    """On one line; names after @, numbers after # and addresses call nobody and lead nowhere."""
    line = " ".join(text.replace("\0", "").split())
    return re.sub(r"(@|#(?=\w)|\bwww(?=\.)|:(?=//))", rf"\1{_JOINER}", line)
