"""What a mail server or a provider says became of a mail, whatever shape it said it in."""

from enum import StrEnum

from msgspec import Struct

LONGEST_DETAIL = 200  # characters, as an invitation keeps them


class ReportKind(StrEnum):
    """What became of a mail."""

    DELIVERED = "delivered"  # the server of the address has it
    SOFT = "soft"  # not now: a full mailbox, a server that is busy
    HARD = "hard"  # never: there is no such address
    COMPLAINT = "complaint"  # somebody said that it is spam
    UNSUBSCRIBED = "unsubscribed"  # somebody opted out at the provider


class DeliveryReport(Struct, frozen=True):
    """One report about one mail.

    `tokens` are candidates for what feedback/delivery/bounces.py signed: the one that is real names the invitation.
    `address` is whom the mail was written to, empty where the report does not say.
    """

    kind: ReportKind
    tokens: tuple[str, ...] = ()
    message_id: str = ""
    address: str = ""
    detail: str = ""


def plain_detail(text: str, address: str = "") -> str:
    """What a server said, on one line, without the address that it said it of."""
    words = [word for word in text.split() if "@" not in word]
    line = " ".join(words).replace(address, "") if address else " ".join(words)
    return "".join(character for character in line if character.isprintable())[:LONGEST_DETAIL]
