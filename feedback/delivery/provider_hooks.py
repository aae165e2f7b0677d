"""What providers post about mails, each in its own shape, read as delivery reports.

Sources: "Amazon SNS notification contents for Amazon SES" and "Contents of event data that Amazon SES publishes to
Amazon SNS"; Postmark, "Webhooks" and "Bounce types"; Mailgun, "Webhooks" and "Securing webhooks"; SendGrid, "Event
Webhook reference" and "Security features". Fields may be added at any time: what is not known is passed over.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import msgspec

from core.errors import Fault, Invalid
from feedback.delivery.delivery_report import DeliveryReport, ReportKind, plain_detail

MOST_EVENTS = 1_000  # in one call; SendGrid sends the largest batches
TRACE_HEADER = "x-kept-invitation"
TRACE_VARIABLE = "kept-invitation"


class Provider(StrEnum):
    """Who may call."""

    SES = "ses"
    POSTMARK = "postmark"
    MAILGUN = "mailgun"
    SENDGRID = "sendgrid"


def read_call(provider: Provider, body: bytes) -> list[DeliveryReport]:
    """What a call reports. Raises Invalid for a body that is no JSON; events that say nothing here are passed over."""
    said = parsed(body)
    return _READERS[provider](said)[:MOST_EVENTS]


def parsed(body: bytes | str) -> Any:
    """Raises Invalid for what is no JSON."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Invalid(Fault("body", "this is no JSON")) from fault


def subscribe_url(body: bytes) -> str | None:
    """Where Amazon wants the subscription of a topic confirmed; None for any other call, and any other host."""
    said = _object(parsed(body))
    if said.get("Type") != "SubscriptionConfirmation":
        return None
    url = _word(said, "SubscribeURL")
    try:
        parts = urlsplit(url)
        is_amazons = parts.scheme == "https" and (parts.hostname or "").endswith(".amazonaws.com") and not parts.port
    except ValueError:  # such as brackets that hold no address
        return None
    return url if is_amazons and parts.username is None and url.isprintable() and len(url) <= 2000 else None


def _ses(said: Any) -> list[DeliveryReport]:
    """SNS wraps what SES says in `Message`, unless "raw message delivery" is on."""
    call = _object(said)
    if "Message" in call:
        try:
            call = _object(parsed(_word(call, "Message")))
        except Invalid:  # SNS says in plain words that a topic was connected
            return []
    mail = _object(call.get("mail"))
    headers = {_word(header, "name").lower(): _word(header, "value") for header in _objects(mail.get("headers"))}
    tokens = tuple(filter(None, [headers.get(TRACE_HEADER, "")]))
    message_id = headers.get("message-id", "")  # ours; `mail.messageId` is Amazon's
    event = _word(call, "eventType") or _word(call, "notificationType")
    kind, recipients = _ses_kind(event, call)
    if kind is None:
        return []
    return [
        DeliveryReport(kind, tokens, message_id, _word(one, "emailAddress"), plain_detail(_word(one, "diagnosticCode")))
        for one in recipients
    ]


def _ses_kind(event: str, call: dict[str, Any]) -> tuple[ReportKind | None, list[dict[str, Any]]]:
    if event == "Bounce":
        bounce = _object(call.get("bounce"))
        kind = ReportKind.HARD if _word(bounce, "bounceType") == "Permanent" else ReportKind.SOFT
        return kind, _objects(bounce.get("bouncedRecipients"))
    if event == "Complaint":
        complaint = _object(call.get("complaint"))
        is_one = _word(complaint, "complaintFeedbackType") != "not-spam"
        return ReportKind.COMPLAINT if is_one else None, _objects(complaint.get("complainedRecipients"))
    if event == "DeliveryDelay":
        return ReportKind.SOFT, _objects(_object(call.get("deliveryDelay")).get("delayedRecipients"))
    if event == "Delivery":
        recipients = _object(call.get("delivery")).get("recipients")
        return ReportKind.DELIVERED, [{"emailAddress": one} for one in recipients or [] if isinstance(one, str)]
    return None, []


def _postmark(said: Any) -> list[DeliveryReport]:
    """One event a call. `MessageID` is Postmark's own, so that metadata, or the address, has to name the mail."""
    call = _object(said)
    kind = _postmark_kind(call)
    if kind is None:
        return []
    metadata = {name.lower(): value for name, value in _object(call.get("Metadata")).items()}
    token = _word(metadata, TRACE_VARIABLE)
    address = _word(call, "Email") or _word(call, "Recipient")
    detail = "" if kind is ReportKind.DELIVERED else _word(call, "Details") or _word(call, "Description")
    return [DeliveryReport(kind, (token,) if token else (), "", address, plain_detail(detail))]


def _postmark_kind(call: dict[str, Any]) -> ReportKind | None:
    record = _word(call, "RecordType")
    if record == "Delivery":
        return ReportKind.DELIVERED
    if record == "SpamComplaint":
        return ReportKind.COMPLAINT
    if record == "Bounce":
        return _POSTMARK_TYPES.get(_word(call, "Type"))
    if record == "SubscriptionChange" and call.get("SuppressSending") is True:
        return _POSTMARK_REASONS.get(_word(call, "SuppressionReason"))
    return None


def _mailgun(said: Any) -> list[DeliveryReport]:
    """One event a call; its Message-ID is ours, without brackets."""
    event = _object(_object(said).get("event-data"))
    kind = _MAILGUN_EVENTS.get(_word(event, "event"))
    if _word(event, "event") == "failed":
        kind = ReportKind.HARD if _word(event, "severity") == "permanent" else ReportKind.SOFT
        if kind is ReportKind.HARD and _word(event, "reason") in _MAILGUN_REASONS:
            kind = _MAILGUN_REASONS[_word(event, "reason")]
    if kind is None:
        return []
    token = _word(_object(event.get("user-variables")), TRACE_VARIABLE)
    message_id = _word(_object(_object(event.get("message")).get("headers")), "message-id")
    status = _object(event.get("delivery-status"))
    detail = "" if kind is ReportKind.DELIVERED else _word(status, "message") or _word(status, "description")
    return [
        DeliveryReport(kind, (token,) if token else (), message_id, _word(event, "recipient"), plain_detail(detail))
    ]


def _sendgrid(said: Any) -> list[DeliveryReport]:
    """A list of events; `smtp-id` is our Message-ID, and what was in `unique_args` stands beside it."""
    return [report for event in _objects(said)[:MOST_EVENTS] if (report := _sendgrid_event(event)) is not None]


def _sendgrid_event(event: dict[str, Any]) -> DeliveryReport | None:
    name, reason = _word(event, "event"), _word(event, "reason")
    kind = _SENDGRID_EVENTS.get(name)
    if name == "bounce":
        kind = ReportKind.SOFT if _word(event, "type") == "blocked" else ReportKind.HARD
    if name == "dropped":  # what stood on a list of theirs; all else says nothing of the address
        kind = _SENDGRID_DROPS.get(reason.lower(), ReportKind.SOFT)
    if kind is None:
        return None
    token = _word(event, TRACE_VARIABLE)
    detail = "" if kind is ReportKind.DELIVERED else reason or _word(event, "response")
    message_id = _word(event, "smtp-id")
    return DeliveryReport(kind, (token,) if token else (), message_id, _word(event, "email"), plain_detail(detail))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _word(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


_READERS: dict[Provider, Callable[[Any], list[DeliveryReport]]] = {
    Provider.SES: _ses,
    Provider.POSTMARK: _postmark,
    Provider.MAILGUN: _mailgun,
    Provider.SENDGRID: _sendgrid,
}
# Types that are missing here, such as an absence note, are no news of the mail.
_POSTMARK_TYPES = {
    "HardBounce": ReportKind.HARD,
    "BadEmailAddress": ReportKind.HARD,
    "SoftBounce": ReportKind.SOFT,
    "Transient": ReportKind.SOFT,
    "DnsError": ReportKind.SOFT,
    "Blocked": ReportKind.SOFT,
    "DMARCPolicy": ReportKind.SOFT,
    "Undeliverable": ReportKind.SOFT,
    "SpamNotification": ReportKind.COMPLAINT,
    "SpamComplaint": ReportKind.COMPLAINT,
    "Unsubscribe": ReportKind.UNSUBSCRIBED,
}
_POSTMARK_REASONS = {
    "HardBounce": ReportKind.HARD,
    "SpamComplaint": ReportKind.COMPLAINT,
    "ManualSuppression": ReportKind.UNSUBSCRIBED,
}
_MAILGUN_EVENTS = {
    "delivered": ReportKind.DELIVERED,
    "complained": ReportKind.COMPLAINT,
    "unsubscribed": ReportKind.UNSUBSCRIBED,
}
# Mailgun did not even try: the address stands on a list of its own.
_MAILGUN_REASONS = {
    "suppress-unsubscribe": ReportKind.UNSUBSCRIBED,
    "suppress-complaint": ReportKind.COMPLAINT,
    "old": ReportKind.SOFT,
    "espblock": ReportKind.SOFT,
}
_SENDGRID_EVENTS = {
    "delivered": ReportKind.DELIVERED,
    "deferred": ReportKind.SOFT,
    "spamreport": ReportKind.COMPLAINT,
    "unsubscribe": ReportKind.UNSUBSCRIBED,
    "group_unsubscribe": ReportKind.UNSUBSCRIBED,
}
_SENDGRID_DROPS = {
    "bounced address": ReportKind.HARD,
    "invalid": ReportKind.HARD,
    "spam reporting address": ReportKind.COMPLAINT,
    "unsubscribed address": ReportKind.UNSUBSCRIBED,
}
