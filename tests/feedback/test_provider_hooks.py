"""What providers post: read in their shapes, taken from them alone, and believed of this workspace only."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.database import fetch
from core.errors import Invalid
from core.site import Site
from feedback.delivery.bounces import bounce_token
from feedback.delivery.hook_signatures import is_signed
from feedback.delivery.provider_hooks import Provider, read_call, subscribe_url
from feedback.delivery.sender_form import SenderForm
from feedback.delivery.senders import save_sender
from tests.factories import Hands, make_journey
from tests.feedback.mailed import invitation_row, mailed, suppressed
from tests.feedback.test_dsn import OURS, POSTFIX, TOKEN
from tests.people import People

KIM = "kim@customer.example"
Shape = dict[str, Any]


def ses(event: Shape, *, wrapped: bool = True, named: str = "eventType") -> Shape:
    headers = [{"name": "X-Kept-Invitation", "value": TOKEN}, {"name": "Message-ID", "value": OURS}]
    [(name, body)] = event.items()
    said = {named: name, name[0].lower() + name[1:]: body, "mail": {"messageId": "0100-amazon", "headers": headers}}
    return {"Type": "Notification", "MessageId": "1", "Message": json.dumps(said)} if wrapped else said


def ses_bounce(kind: str) -> Shape:
    recipient = {"emailAddress": KIM, "action": "failed", "status": "5.1.1", "diagnosticCode": f"smtp; 550 <{KIM}> no"}
    return {"Bounce": {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [recipient]}}


def postmark(**more: Any) -> Shape:
    return {"MessageID": "883953f4", "Email": KIM, "Metadata": {"kept-invitation": TOKEN}, **more}


def mailgun(event: str, **more: Any) -> Shape:
    headers = {"to": KIM, "message-id": OURS.strip("<>"), "from": "ask@acme.example"}
    data = {"event": event, "recipient": KIM, "message": {"headers": headers}, "user-variables": {}, **more}
    return {"signature": {"timestamp": "1", "token": "t", "signature": "s"}, "event-data": data}


def sendgrid(event: str, **more: Any) -> list[Shape]:
    return [{"event": event, "email": KIM, "smtp-id": OURS, "kept-invitation": TOKEN, "sg_event_id": "x", **more}]


def kinds(provider: str, call: Any) -> list[str]:
    reports = read_call(Provider(provider), json.dumps(call).encode())
    assert {report.address for report in reports} <= {KIM}
    assert not any("@" in report.detail for report in reports)
    return [report.kind.value for report in reports]


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (ses(ses_bounce("Permanent")), ["hard"]),
        (ses(ses_bounce("Permanent"), named="notificationType"), ["hard"]),
        (ses(ses_bounce("Permanent"), wrapped=False), ["hard"]),
        (ses(ses_bounce("Transient")), ["soft"]),
        (ses(ses_bounce("Undetermined")), ["soft"]),
        (ses({"Complaint": {"complainedRecipients": [{"emailAddress": KIM}]}}), ["complaint"]),
        (
            ses({"Complaint": {"complainedRecipients": [{"emailAddress": KIM}], "complaintFeedbackType": "not-spam"}}),
            [],
        ),
        (ses({"Delivery": {"recipients": [KIM], "smtpResponse": "250 ok"}}), ["delivered"]),
        (ses({"DeliveryDelay": {"delayedRecipients": [{"emailAddress": KIM}]}}), ["soft"]),
        (ses({"Open": {"userAgent": "x"}}), []),
        ({"Type": "Notification", "Message": "Successfully validated SNS topic"}, []),
        ({"Type": "UnsubscribeConfirmation", "Message": "gone"}, []),
    ],
)
def test_ses_is_read_through_sns_or_raw(call: Shape, kind: list[str]) -> None:
    assert kinds("ses", call) == kind


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (postmark(RecordType="Bounce", Type="HardBounce", TypeCode=1, Details=f"smtp;550 <{KIM}> unknown"), ["hard"]),
        (postmark(RecordType="Bounce", Type="BadEmailAddress"), ["hard"]),
        (postmark(RecordType="Bounce", Type="SoftBounce"), ["soft"]),
        (postmark(RecordType="Bounce", Type="Transient"), ["soft"]),
        (postmark(RecordType="Bounce", Type="SpamNotification"), ["complaint"]),
        (postmark(RecordType="Bounce", Type="AutoResponder"), []),
        (postmark(RecordType="SpamComplaint", Type="SpamComplaint"), ["complaint"]),
        ({"RecordType": "Delivery", "Recipient": KIM, "Metadata": {"Kept-Invitation": TOKEN}}, ["delivered"]),
        (
            postmark(RecordType="SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression"),
            ["unsubscribed"],
        ),
        (postmark(RecordType="SubscriptionChange", SuppressSending=False), []),
        (postmark(RecordType="Open"), []),
    ],
)
def test_postmark_is_read(call: Shape, kind: list[str]) -> None:
    assert kinds("postmark", call) == kind


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (mailgun("failed", severity="permanent", reason="bounce", **{"delivery-status": {"message": "no"}}), ["hard"]),
        (mailgun("failed", severity="permanent", reason="suppress-bounce"), ["hard"]),
        (mailgun("failed", severity="permanent", reason="suppress-unsubscribe"), ["unsubscribed"]),
        (mailgun("failed", severity="permanent", reason="old"), ["soft"]),
        (mailgun("failed", severity="temporary", reason="generic"), ["soft"]),
        (mailgun("complained"), ["complaint"]),
        (mailgun("delivered"), ["delivered"]),
        (mailgun("unsubscribed"), ["unsubscribed"]),
        (mailgun("opened"), []),
    ],
)
def test_mailgun_is_read(call: Shape, kind: list[str]) -> None:
    assert kinds("mailgun", call) == kind


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (sendgrid("bounce", type="bounce", status="5.1.1", reason=f"550 5.1.1 <{KIM}> unknown"), ["hard"]),
        (sendgrid("bounce", type="blocked", reason="554 blocked"), ["soft"]),
        (sendgrid("dropped", reason="Bounced Address"), ["hard"]),
        (sendgrid("dropped", reason="Unsubscribed Address"), ["unsubscribed"]),
        (sendgrid("dropped", reason="Spam Reporting Address"), ["complaint"]),
        (sendgrid("dropped", reason="Spam Content (if Spam Checker app enabled)"), ["soft"]),
        (sendgrid("deferred", response="452 4.2.2 full", attempt="3"), ["soft"]),
        (sendgrid("delivered") + sendgrid("spamreport") + sendgrid("open"), ["delivered", "complaint"]),
        (sendgrid("group_unsubscribe"), ["unsubscribed"]),
    ],
)
def test_sendgrid_is_read(call: Any, kind: list[str]) -> None:
    assert kinds("sendgrid", call) == kind


def test_each_names_the_mail_as_well_as_it_can() -> None:
    calls = {
        "ses": ses(ses_bounce("Permanent")),
        "postmark": postmark(RecordType="Bounce", Type="HardBounce"),
        "mailgun": mailgun("complained", **{"user-variables": {"kept-invitation": TOKEN}}),
        "sendgrid": sendgrid("spamreport"),
    }
    read = {name: read_call(Provider(name), json.dumps(call).encode())[0] for name, call in calls.items()}
    assert {report.tokens for report in read.values()} == {(TOKEN,)}
    ids = {name: report.message_id.strip("<>") for name, report in read.items()}
    assert ids == {"ses": OURS.strip("<>"), "postmark": "", "mailgun": OURS.strip("<>"), "sendgrid": OURS.strip("<>")}


@pytest.mark.parametrize("provider", list(Provider))
@pytest.mark.parametrize(
    "body",
    ["null", "[]", "{}", "7", '"x"', "[[[]]]", '{"event-data": 7}', '{"Message": 7}', '{"Message": "[1]"}',
     '{"mail": {"headers": [7, {"name": 7}]}, "eventType": "Bounce", "bounce": {"bouncedRecipients": [7]}}',
     '{"RecordType": ["Bounce"], "Metadata": []}', '[{"event": ["bounce"]}, 7]', '{"eventType": {}}'],
)  # fmt: skip
def test_what_no_provider_says_is_passed_over(provider: Provider, body: str) -> None:
    assert read_call(provider, body.encode()) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"NaN"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="no JSON"):
        read_call(Provider.SES, body)


def test_a_subscription_is_confirmed_at_amazon_only() -> None:
    def asked(url: str) -> str | None:
        return subscribe_url(json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": url}).encode())

    real = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"
    assert asked(real) == real
    for other in (
        "http://sns.eu-central-1.amazonaws.com/",
        "https://sns.amazonaws.com.evil.example/",
        "https://evilamazonaws.com/",
        "https://sns.amazonaws.com@evil.example/",
        "https://evil@sns.amazonaws.com/",
        "https://sns.amazonaws.com:8443/",
        "javascript:alert(1)//.amazonaws.com",
        "https://[/",
        "",
    ):
        assert asked(other) is None, other
    assert subscribe_url(json.dumps(ses(ses_bounce("Permanent"))).encode()) is None


def sign_mailgun(call: Shape, key: str, now: datetime) -> bytes:
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(key.encode(), f"{timestamp}tok".encode(), hashlib.sha256).hexdigest()
    call["signature"] = {"timestamp": timestamp, "token": "tok", "signature": signature}
    return json.dumps(call).encode()


def test_mailgun_signs_with_its_key_and_not_for_ever(hands: Hands) -> None:
    body = sign_mailgun(mailgun("complained"), "key", hands.now)
    assert is_signed(Provider.MAILGUN, "key", {}, body, hands.now)
    assert not is_signed(Provider.MAILGUN, "other", {}, body, hands.now)
    hands.move(hours=10)
    assert not is_signed(Provider.MAILGUN, "key", {}, body, hands.now)
    for broken in (b"[]", b'{"signature": 7}', b'{"signature": {"timestamp": "x"}}'):
        assert not is_signed(Provider.MAILGUN, "key", {}, broken, hands.now)


def test_sendgrid_signs_the_body_as_it_came(hands: Hands) -> None:
    private = generate_private_key(SECP256R1())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key, body, timestamp = (
        base64.b64encode(public).decode(),
        b'[{"event": "bounce"}]\r\n',
        str(int(hands.now.timestamp())),
    )
    signature = base64.b64encode(private.sign(timestamp.encode() + body, ECDSA(hashes.SHA256()))).decode()
    headers = {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": timestamp,
    }
    assert is_signed(Provider.SENDGRID, key, headers, body, hands.now)
    assert not is_signed(Provider.SENDGRID, key, headers, body + b" ", hands.now)
    assert not is_signed(
        Provider.SENDGRID, key, {**headers, "x-twilio-email-event-webhook-signature": "é"}, body, hands.now
    )
    assert not is_signed(Provider.SENDGRID, key, {}, body, hands.now)
    assert not is_signed(Provider.SENDGRID, "no key", headers, body, hands.now)
    hands.move(hours=10)
    assert not is_signed(Provider.SENDGRID, key, headers, body, hands.now)


# The routes.


@pytest.fixture
async def hook(people: People, site: Site, hands: Hands) -> str:
    """The address of a sender's webhook, with the journey that its mails were about."""
    await make_journey(people.acme, hands.now)
    sender = await save_sender(site.settings, people.acme, SenderForm(address="ask@acme.example"), hands.now)
    rows = await fetch("SELECT hook_token FROM sender WHERE id = $1", sender)
    return f"/hooks/mail/{rows[0]['hook_token']}"


async def post(people: People, address: str, body: bytes | str, **headers: str) -> httpx.Response:
    return await people.nobody.post(address, content=body, headers=headers)


async def test_a_bounce_that_sendgrid_tells_ends_writing_to_the_address(
    people: People, site: Site, hook: str, hands: Hands
) -> None:
    invitation = await mailed(people.acme, hands.now)
    token = bounce_token(site.settings, invitation)
    call = sendgrid("bounce", type="bounce", **{"kept-invitation": token, "smtp-id": "<x@sendgrid.example>"})
    answered = await post(people, f"{hook}/sendgrid", json.dumps(call))
    assert (answered.status_code, answered.json()) == (200, {"taken": 1, "unknown": 0})
    assert (await invitation_row(invitation))["state"] == "bounced"
    assert await suppressed(people.acme) == {KIM: "bounced"}


async def test_postmark_s_complaint_finds_the_contact_by_the_address(people: People, hook: str, hands: Hands) -> None:
    await mailed(people.acme, hands.now)
    call = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Email": KIM, "MessageID": "883953f4"}
    assert (await post(people, f"{hook}/postmark", json.dumps(call))).json() == {"taken": 1, "unknown": 0}
    assert await suppressed(people.acme) == {KIM: "complained"}


async def test_a_mail_of_another_workspace_is_not_touched(people: People, site: Site, hook: str, hands: Hands) -> None:
    await make_journey(people.other, hands.now)
    invitation = await mailed(people.other, hands.now)
    call = sendgrid("bounce", type="bounce", **{"kept-invitation": bounce_token(site.settings, invitation)})
    assert (await post(people, f"{hook}/sendgrid", json.dumps(call))).json() == {"taken": 0, "unknown": 1}
    assert await suppressed(people.other) == {}


async def test_a_delivery_report_by_mail_needs_the_token(people: People, site: Site, hook: str, hands: Hands) -> None:
    invitation = await mailed(people.acme, hands.now)
    own_id = f"<invitation.{invitation}@acme.example>"
    forged = POSTFIX.replace(OURS, own_id)
    assert (await post(people, hook, forged)).json() == {"taken": 0, "unknown": 1}
    assert await suppressed(people.acme) == {}
    real = forged.replace(TOKEN, bounce_token(site.settings, invitation))
    assert (await post(people, hook, real)).json() == {"taken": 1, "unknown": 0}
    assert await suppressed(people.acme) == {KIM: "bounced"}


async def test_nobody_else_may_post(people: People, hook: str) -> None:
    assert (await post(people, "/hooks/mail/made-up/ses", "{}")).status_code == 404
    assert (await post(people, "/hooks/mail/made-up", "x")).status_code == 404
    assert (await post(people, f"{hook}/other", "{}")).status_code == 404
    assert (await people.nobody.get(f"{hook}/ses")).status_code == 405


async def test_a_call_without_the_signature_is_refused_where_a_key_is_kept(
    people: People, site: Site, hands: Hands
) -> None:
    form = SenderForm(address="ask@acme.example", hook_key="key")
    await save_sender(site.settings, people.acme, form, hands.now)
    hook = f"/hooks/mail/{(await fetch('SELECT hook_token FROM sender'))[0]['hook_token']}"
    assert (await post(people, f"{hook}/mailgun", json.dumps(mailgun("complained")))).status_code == 403
    signed = sign_mailgun(mailgun("complained"), "key", hands.now)
    assert (await post(people, f"{hook}/mailgun", signed)).status_code == 200
    assert (await post(people, f"{hook}/sendgrid", json.dumps(sendgrid("bounce")))).status_code == 403


async def test_what_is_too_large_or_no_json_is_refused(people: People, hook: str) -> None:
    assert (await post(people, f"{hook}/ses", b"x" * 1_000_001)).status_code == 413
    assert (await post(people, f"{hook}/ses", b"{")).status_code == 422
    assert (await post(people, hook, b"x" * 1_000_001)).status_code == 413


async def test_no_cookie_is_set_and_nothing_is_said_of_whom_it_is_about(
    people: People, hook: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = await post(people, f"{hook}/postmark", json.dumps(postmark(RecordType="Bounce", Type="HardBounce")))
    assert answered.headers.get("set-cookie") is None
    written = caplog.text + "".join(capsys.readouterr())
    assert KIM not in written
    assert hook.rpartition("/")[2] not in written
