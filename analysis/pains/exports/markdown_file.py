"""The list as Markdown, for a wiki, a chat or a pull request."""

from msgspec.structs import asdict

from analysis.pains.exports.address import Address
from analysis.pains.exports.description import description, short_title
from analysis.pains.exports.markup import Block, Bullets, Heading, Link, Paragraph, as_markdown
from analysis.pains.pain_list import PainList
from analysis.pains.pain_point import PainPoint
from core.templating import day_words


def pains_markdown(pains: PainList, address: Address) -> bytes:
    """A heading a pain point, in the order of the list, and how it was made at the end."""
    blocks: list[Block] = [
        Heading(f"Pain points: {pains.name}", 1),
        Paragraph(f"{day_words(pains.since)} to {day_words(pains.until)}, {_counted(pains)}."),
        *map(Paragraph, pains.notes),
    ]
    for pain in pains.rows:
        blocks += [Heading(_numbered(pain), 2), *description(pain, pains, address)]
    settings = "; ".join(f"{name} {value}" for name, value in asdict(pains.settings).items())
    method = (
        "Loss a month = contacts a month × share who mention it × drop in experience. The lower 80 % bound ranks.",
        f"Settings: {settings}",
        f"Method {pains.method_version}, data {pains.data_hash}",
    )
    blocks += [Heading("Method", 2), Bullets(method), Link("The list in Kept", address.of_list(pains))]
    return as_markdown(blocks).encode()


def _counted(pains: PainList) -> str:
    shown, whole = len(pains.rows), pains.n_all
    return f"{shown} pain points" if shown == whole else f"{shown} of {whole} pain points"


def _numbered(pain: PainPoint) -> str:
    return short_title(pain) if pain.rank is None else f"{pain.rank}. {short_title(pain)}"
