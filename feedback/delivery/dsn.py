"""Mail that says what became of a mail: delivery reports (RFC 3464), complaints (RFC 5965), and the older ways.

Whoever can write to the bounce address writes this mail: all of it is bounded, and none of it is believed
without a token of ours (feedback/delivery/bounces.py).
"""

import re
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32

from msgspec import structs

from feedback.delivery.delivery_report import DeliveryReport, ReportKind, plain_detail

LARGEST_MAIL = 1_000_000  # bytes; a report quotes headers, not attachments
MOST_PARTS = 50
MOST_REPORTS = 10
LONGEST_TEXT = 20_000  # characters of a part that are looked at
# What feedback/delivery/bounces.py signs: behind a plus in the address that the report came to, and in our header.
TOKEN_IN_ADDRESS = re.compile(r"\+([0-9]{1,12}-[0-9a-f]{20})@", re.IGNORECASE)
TRACE = re.compile(r"^X-Kept-Invitation:[ \t]*([0-9]{1,12}-[0-9a-f]{20})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
MESSAGE_ID = re.compile(r"^Message-ID:[ \t]{0,10}(?:\r?\n[ \t]{1,10})?(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
RECIPIENT_HEADERS = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to")
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
# A full mailbox, a mail too large, a queue in which it grew old, a policy: none says that there is no such address.
NOT_THE_ADDRESS = re.compile(r"5\.(2\.[23]|3\.\d+|4\.[567]|6\.\d+|7\.\d+)")
# How qmail, older Exims and others say it, who write no RFC 3464.
IN_WORDS = re.compile(
    r"this is the qmail-send program|message that you sent could not be delivered"
    r"|following address(?:es|\(es\))? (?:failed|had permanent)|undeliverable|delivery (?:has )?failed",
    re.IGNORECASE,
)
FOR_GOOD = re.compile(
    r"permanent (?:error|fatal)|no mailbox here by that name|user unknown|no such user", re.IGNORECASE
)
COPY_BEGINS = re.compile(
    r"^-{2,}[^\n]{0,20}(?:below this line|this is a copy|original message)", re.IGNORECASE | re.MULTILINE
)


def read_report_mail(raw: bytes) -> list[DeliveryReport]:
    """What `raw` reports, one a recipient; nothing where it is an answer, an absence note or unreadable."""
    # The parser looks at every line once for each part that it is in: a mail of many parts would take it minutes.
    lower = raw[:LARGEST_MAIL].lower()
    if len(raw) > LARGEST_MAIL or lower.count(b"boundary") + lower.count(b"message/") > MOST_PARTS:
        return []
    try:
        mail = message_from_bytes(raw, policy=compat32)
        return _read(mail)
    except (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError):
        # Some broken mail makes the parser stumble, where it should only mark the fault; none of that is a report.
        return []


def tokens_in_address(address: str) -> tuple[str, ...]:
    """The tokens in what a mail was addressed to."""
    return tuple(token.lower() for token in TOKEN_IN_ADDRESS.findall(address[:2000]))


def _read(mail: Message) -> list[DeliveryReport]:
    parts = list(mail.walk())[:MOST_PARTS]
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    complaints = [part for part in parts if part.get_content_type() == "message/feedback-report"]
    if statuses:
        found = [report for part in statuses for report in _statuses(part)]
    elif complaints:
        found = [report for part in complaints for report in _complaint(part)]
    else:
        found = _in_words(mail, parts)
    quoted = "\n".join(_quoted(part) for part in parts)
    tokens = _addressed(mail) + tuple(token.lower() for token in TRACE.findall(quoted))
    message_id = MESSAGE_ID.search(quoted)
    return [
        structs.replace(
            report,
            tokens=tuple(dict.fromkeys((*tokens, *report.tokens)))[:MOST_REPORTS],
            message_id=message_id[1] if message_id else "",
        )
        for report in found[:MOST_REPORTS]
    ]


def _statuses(part: Message) -> list[DeliveryReport]:
    """The recipients of a delivery report: all blocks of fields that say what was done."""
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return []
    read = [_status(block) for block in blocks[: MOST_REPORTS + 1] if isinstance(block, Message) and "action" in block]
    return [report for report in read if report is not None]


def _status(block: Message) -> DeliveryReport | None:
    action = _field(block, "action").lower()
    said = _field(block, "diagnostic-code")
    original = _field(block, "original-recipient").rpartition(";")[2].strip()
    if action == "delivered":
        return DeliveryReport(ReportKind.DELIVERED, address=original)
    if action not in ("failed", "delayed"):  # relayed or expanded: on its way, and no more is known
        return None
    status = f"{_field(block, 'status')} {said}"
    kind = _kind(status) if action == "failed" else ReportKind.SOFT
    return DeliveryReport(kind, address=original, detail=plain_detail(said or status))


def _kind(words: str, instead: ReportKind = ReportKind.SOFT) -> ReportKind:
    """Whether a failure is the address's for good: by its status (RFC 3463), else by the server's reply code."""
    status = STATUS.search(words)
    if status is not None:
        is_hard = status[1] == "5" and not NOT_THE_ADDRESS.fullmatch(status[0])
        return ReportKind.HARD if is_hard else ReportKind.SOFT
    code = REPLY_CODE.search(words)
    if code is not None:
        return ReportKind.HARD if code[1] == "5" else ReportKind.SOFT
    return instead


def _complaint(part: Message) -> list[DeliveryReport]:
    """A complaint. Whom it was written to is mostly blacked out: the token alone says it."""
    fields = part.get_payload()
    if not (isinstance(fields, list) and fields and isinstance(fields[0], Message)):
        return []
    kind = _COMPLAINTS.get(_field(fields[0], "feedback-type").lower())
    tokens = tokens_in_address(_field(fields[0], "original-mail-from"))
    return [DeliveryReport(kind, tokens=tokens, detail="a complaint")] if kind else []


def _in_words(mail: Message, parts: list[Message]) -> list[DeliveryReport]:
    """A bounce without fields: from a mail system, and in words that only those use."""
    text = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")
    own = COPY_BEGINS.split(text, maxsplit=1)[0]
    is_from_a_system = _field(mail, "return-path") == "<>" or bool(
        re.search(r"mailer-daemon|postmaster", _field(mail, "from"), re.IGNORECASE)
    )
    if not is_from_a_system or not ("x-failed-recipients" in mail or IN_WORDS.search(own)):
        return []
    instead = ReportKind.HARD if FOR_GOOD.search(own) else ReportKind.SOFT
    return [DeliveryReport(_kind(own, instead), detail=plain_detail(_telling_line(own)))]


def _telling_line(text: str) -> str:
    """The line that says why, as far as one can tell."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if STATUS.search(line) or REPLY_CODE.search(line)), lines[-1] if lines else "")


def _addressed(mail: Message) -> tuple[str, ...]:
    """The tokens in the addresses that the report itself came to."""
    values = [str(value) for name in RECIPIENT_HEADERS for value in mail.get_all(name, [])[:3]]
    return tuple(token for value in values for token in tokens_in_address(value))


def _quoted(part: Message) -> str:
    """The headers of our mail, as far as this part of a report quotes them."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = part.get_payload()
        if not (isinstance(inner, list) and inner and isinstance(inner[0], Message)):
            return ""
        return "\n".join(f"{name}: {str(value)[:500]}" for name, value in inner[0].items()[:100])
    if kind in ("text/rfc822-headers", "text/plain"):
        return _text(part)
    return ""


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    return content[:LONGEST_TEXT].decode(part.get_content_charset("utf-8"), errors="replace")


def _field(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())[:1000]


_COMPLAINTS = {
    "abuse": ReportKind.COMPLAINT,
    "fraud": ReportKind.COMPLAINT,
    "other": ReportKind.COMPLAINT,
    "opt-out": ReportKind.UNSUBSCRIBED,
}
