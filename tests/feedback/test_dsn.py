"""Mail about mail, in the shapes in which servers write it, and in those in which nobody should."""

import pytest

from feedback.delivery.delivery_report import DeliveryReport, ReportKind
from feedback.delivery.dsn import LARGEST_MAIL, read_report_mail

TOKEN = "17-0123456789abcdef0123"
OURS = "<invitation.17@acme.example>"

POSTFIX = f"""Return-Path: <>
Delivered-To: bounces+{TOKEN}@acme.example
From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)
To: bounces+{TOKEN}@acme.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="A/mx.acme.example"

This is a MIME-encapsulated message.

--A/mx.acme.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--A/mx.acme.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
X-Postfix-Queue-ID: 4F2
Arrival-Date: Mon,  2 Mar 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; kim@customer.example
Original-Recipient: rfc822;kim@customer.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.customer.example
Diagnostic-Code: smtp; 550 5.1.1 <kim@customer.example>: Recipient address
    rejected: User unknown

--A/mx.acme.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: Acme <ask@acme.example>
To: kim@customer.example
Message-ID: {OURS}
X-Kept-Invitation: {TOKEN}
Subject: How was it?

--A/mx.acme.example--
"""

EXCHANGE = f"""From: Microsoft Outlook <MicrosoftExchange329e71@customer.example>
To: <bounces+{TOKEN.upper()}@acme.example>
Subject: Undeliverable: How was it?
MIME-Version: 1.0
Content-Type: multipart/report; report-type="delivery-status"; boundary="x1"
X-MS-Exchange-Message-Is-Ndr:

--x1
Content-Type: multipart/alternative; boundary="x2"

--x2
Content-Type: text/html; charset="utf-8"

<p>Your message to kim@customer.example couldn't be delivered.</p>
--x2--
--x1
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01.prod.example
Received-From-MTA: dns;mx.acme.example

Final-Recipient: rfc822;kim@customer.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found

--x1
Content-Type: message/rfc822

From: Acme <ask@acme.example>
To: kim@customer.example
Message-ID:
 {OURS}
X-Kept-Invitation: {TOKEN}
Subject: How was it?

Hello
--x1--
"""

GMAIL = f"""Delivered-To: bounces+{TOKEN}@acme.example
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: bounces+{TOKEN}@acme.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Delay)
Content-Type: multipart/report; boundary="000g"; report-type=delivery-status

--000g
Content-Type: text/plain; charset="UTF-8"

** Delivery incomplete **
--000g
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Arrival-Date: Mon, 02 Mar 2026 04:00:00 -0800 (PST)

Final-Recipient: rfc822; kim@customer.example
Action: delayed
Status: 4.4.1
Diagnostic-Code: smtp; The recipient server did not accept our requests to connect.
Last-Attempt-Date: Mon, 02 Mar 2026 05:00:00 -0800 (PST)

--000g
Content-Type: message/rfc822

Message-ID: {OURS}
To: kim@customer.example

--000g--
"""

EXIM = f"""Return-path: <>
Envelope-to: bounces+{TOKEN}@acme.example
X-Failed-Recipients: kim@customer.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.acme.example>
To: bounces+{TOKEN}@acme.example
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  kim@customer.example
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Message-Id: {OURS}
X-Kept-Invitation: {TOKEN}
Subject: 250 ways
"""

QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@mx.customer.example
To: bounces+{TOKEN}@acme.example
Subject: failure notice

Hi. This is the qmail-send program at mx.customer.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<kim@customer.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: {OURS}
"""

COMPLAINT = f"""From: <feedback@provider.example>
To: <abuse@acme.example>
Subject: FW: How was it?
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="arf"

--arf
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.
--arf
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <bounces+{TOKEN}@acme.example>
Original-Rcpt-To: <redacted@provider.example>

--arf
Content-Type: message/rfc822

From: Acme <ask@acme.example>
Message-ID: {OURS}
Subject: How was it?

Hello
--arf--
"""

ABSENT = f"""Return-Path: <>
From: Kim <kim@customer.example>
To: bounces+{TOKEN}@acme.example
Auto-Submitted: auto-replied
Subject: Out of office: delivery failed to find me at my desk

I am away until Monday. 550 people wait for me.
"""

ANSWER = f"""From: Kim <kim@customer.example>
To: bounces+{TOKEN}@acme.example
Subject: Re: How was it?

The delivery failed! Undeliverable, again.
"""


def read(text: str) -> list[DeliveryReport]:
    return read_report_mail(text.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("shape", [POSTFIX, EXCHANGE, EXIM, QMAIL], ids=["postfix", "exchange", "exim", "qmail"])
def test_a_bounce_is_read_in_every_shape(shape: str) -> None:
    [report] = read(shape)
    assert (report.kind, report.tokens, report.message_id) == (ReportKind.HARD, (TOKEN,), OURS)


def test_line_ends_of_unix_are_read_as_well() -> None:
    assert read_report_mail(POSTFIX.encode()) == read(POSTFIX)


def test_only_whom_it_was_written_to_is_named() -> None:
    assert [report.address for report in read(POSTFIX)] == ["kim@customer.example"]
    assert [report.address for report in read(EXCHANGE)] == [""]  # who it ended at is somebody else, maybe


def test_what_is_kept_of_the_server_s_words_holds_no_address() -> None:
    [report] = read(POSTFIX)
    assert report.detail == "smtp; 550 5.1.1 Recipient address rejected: User unknown"
    assert all("@" not in report.detail for shape in (EXCHANGE, EXIM, QMAIL) for report in read(shape))


def test_a_delay_is_no_bounce() -> None:
    assert [report.kind for report in read(GMAIL)] == [ReportKind.SOFT]


@pytest.mark.parametrize("status", ["5.2.2", "5.2.3", "5.3.4", "5.4.7", "5.7.1", "4.4.7", "4.2.2"])
def test_what_says_nothing_against_the_address_is_soft(status: str) -> None:
    [report] = read(POSTFIX.replace("Status: 5.1.1", f"Status: {status}"))
    assert report.kind is ReportKind.SOFT


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.10", "5.2.1", "5.4.1", "5.4.4", "5.0.0"])
def test_what_says_that_there_is_no_such_address_is_hard(status: str) -> None:
    [report] = read(POSTFIX.replace("Status: 5.1.1", f"Status: {status}"))
    assert report.kind is ReportKind.HARD


def test_without_a_status_the_reply_of_the_server_counts() -> None:
    without = POSTFIX.replace("Status: 5.1.1\n", "")
    for said, kind in (("550 no such user", ReportKind.HARD), ("452 full", ReportKind.SOFT), ("?", ReportKind.SOFT)):
        told = without.replace("550 5.1.1 <kim@customer.example>: Recipient address\n    rejected: User unknown", said)
        assert [report.kind for report in read(told)] == [kind]


def test_a_delivery_is_told_and_what_went_on_is_not() -> None:
    assert [report.kind for report in read(POSTFIX.replace("Action: failed", "Action: delivered"))] == ["delivered"]
    for action in ("relayed", "expanded", "whatever"):
        assert read(POSTFIX.replace("Action: failed", f"Action: {action}")) == []


def test_a_complaint_is_read_by_its_token_alone() -> None:
    assert read(COMPLAINT) == [DeliveryReport(ReportKind.COMPLAINT, (TOKEN,), OURS, "", "a complaint")]
    assert read(COMPLAINT.replace("Feedback-Type: abuse", "Feedback-Type: not-spam")) == []
    assert read(COMPLAINT.replace("Feedback-Type: abuse", "Feedback-Type: opt-out"))[0].kind == "unsubscribed"


@pytest.mark.parametrize("mail", [ABSENT, ANSWER, ABSENT.replace("Kim <kim", "Postmaster <postmaster")])
def test_an_answer_is_no_bounce(mail: str) -> None:
    assert read(mail) == []


def test_a_receipt_of_reading_is_no_bounce() -> None:
    receipt = POSTFIX.replace("delivery-status", "disposition-notification")
    assert read(receipt) == []


def nested(levels: int) -> str:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels))
    return f"From: mailer-daemon@a.example\n{opened}Content-Type: text/plain\n\nundeliverable 550\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe" * 1000,
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nno boundary",
        POSTFIX.replace("us-ascii", "no-such-charset").encode(),
        POSTFIX.replace("rfc822; kim", "=?utf-8?b?//8=?= \xe9").encode("latin-1"),
        b"A" * (LARGEST_MAIL + 1),
        nested(5).encode(),
        nested(3_000).encode(),
        b"Content-Type: message/rfc822\n\n" * 5_000,
        (POSTFIX.split("\n\n")[0] + "\n\n" + "--A/mx.acme.example\n" * 20_000).encode(),
        b"From: mailer-daemon@a\nContent-Transfer-Encoding: base64\nContent-Type: text/plain\n\n" + b"A" * 99_999,
        b"Content-Type: message/feedback-report\n\n\n",
        b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 5_000,
    ],
)
def test_whatever_comes_is_read_or_passed_over(raw: bytes) -> None:
    assert len(read_report_mail(raw)) <= 10


def test_reports_and_tokens_are_bounded() -> None:
    flood = "\n".join(f"X-Kept-Invitation: {number}-{number:020x}" for number in range(99))
    assert len(read(POSTFIX.replace(f"X-Kept-Invitation: {TOKEN}", flood))[0].tokens) == 10
