"""A mail as bytes: whatever the words, they arrive as they were, and nothing gets into the headers."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import utc_now
from core.errors import Invalid
from core.mail import Mail, MailSender, message_of
from core.mail_bytes import deliverable, mailbox, message_bytes

OWN = "https://kept.example/a/Nw.token=1?x"
PLAIN = MailSender(address="Acme <ask@acme.example>")
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=300)


def read(message: bytes) -> tuple[EmailMessage, str, str]:
    """The message, its text and its HTML as a mail program has them."""
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    text, html = (part.get_payload(decode=True) for part in found.iter_parts())
    assert isinstance(text, bytes)
    assert isinstance(html, bytes)
    return found, text.decode(), html.decode()


def lines(text: str) -> str:
    """As mail has them."""
    return re.sub(r"\r\n|\r", "\n", text).removesuffix("\n").replace("\n", "\r\n") + "\r\n"


def mail(**changed: object) -> Mail:
    plain = {
        "to": "c1@customer.example",
        "subject": "Hello",
        "text": "t",
        "html": "h",
        "message_id": "<1@acme.example>",
    }
    return Mail(workspace=1, **{**plain, **changed})  # type: ignore[arg-type]


@given(st.lists(WORDS, min_size=1, max_size=4), WORDS)
def test_words_arrive_as_they_were_wherever_the_link_stands(pieces: list[str], other: str) -> None:
    text, html = OWN.join(pieces), f"{other}{OWN}"
    message = message_bytes([("Subject", "x")], text, html, OWN)
    assert read(message)[1:] == (lines(text), lines(html))
    assert max(len(line) for line in message.split(b"\r\n")) <= 78
    assert b"\n" not in message.replace(b"\r\n", b"")


@pytest.mark.parametrize("language", ["ご意見をお聞かせください。" * 50, "Πώς ήταν;" * 50, "Wie war es? Schön?" * 50])
def test_a_mail_in_any_language_stays_small(language: str) -> None:
    message = message_bytes([("Subject", "x")], language, "<p>h</p>")
    assert read(message)[1] == lines(language)
    assert len(message) < 400 + 1.5 * len(language.encode())


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "Hello\nBcc: eve@evil.example"},
        {"subject": "Hello\rBcc: eve@evil.example"},
        {"subject": "Hello\0"},
        {"to": "a@b.example\nBcc: eve@evil.example"},
        {"to": "a@b.example,eve@evil.example"},
        {"message_id": "<1@acme.example>\r\nBcc: eve@evil.example"},
        {"headers": (("X-Name", "a\r\nBcc: eve@evil.example"),)},
    ],
)
def test_a_line_break_in_a_header_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        message_of(mail(**changed), PLAIN, utc_now())


@pytest.mark.parametrize(
    "address",
    [
        "Acme\r\nBcc: eve@evil.example <ask@acme.example>",
        "a@acme.example, b@acme.example",
        "nobody",
    ],
)
def test_a_sender_that_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        mailbox(address)


@pytest.mark.parametrize(
    ("address", "name", "spec"),
    [
        ("Acme, Inc. <ask@acme.example>", None, None),
        ('"Acme, Inc." <ask@acme.example>', "Acme, Inc.", "ask@acme.example"),
        ("Bücher & Söhne <ask@bücher.example>", "Bücher & Söhne", "ask@xn--bcher-kva.example"),
        ('"' + "N" * 10_000 + '" <ask@acme.example>', "N" * 10_000, "ask@acme.example"),
        ('"eve@evil.example" <ask@acme.example>', "eve@evil.example", "ask@acme.example"),
        ("ask@acme.example", "", "ask@acme.example"),
    ],
)
def test_a_senders_name_arrives_as_it_is_written(address: str, name: str | None, spec: str | None) -> None:
    if name is None:
        with pytest.raises(Invalid):
            mailbox(address)
        return
    message, *_ = read(message_of(mail(), MailSender(address=address), utc_now()))
    [found] = message["From"].addresses
    assert (found.display_name, found.addr_spec) == (name, spec)


@pytest.mark.parametrize(
    "subject", ["Grüße " * 40, "=?utf-8?q?Bcc?=", "x" * 250, " two  spaces ", "日本語 " * 30, "a" * 70 + " é"]
)
def test_a_subject_arrives_as_it_was(subject: str) -> None:
    message, *_ = read(message_of(mail(subject=subject), PLAIN, utc_now()))
    assert message["Subject"].split() == subject.split() or "=?" in subject
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("chris@аррle.example", "chris@xn--le-6kc4c2d.example"),  # а and р are Cyrillic: another domain, and seen to be
        ('"chris smith"@customer.example', '"chris smith"@customer.example'),
        ("Chris@Customer.Example", "Chris@Customer.Example"),
        ("chris@BÜCHER.example", "chris@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_as_servers_know_it(address: str, reached: str) -> None:
    found = deliverable(address)
    assert found.isascii()
    assert found == reached or "xn--" in found
