"""DKIM: what leaves is signed so that others can check it, down to the headers that opting out by one click needs."""

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec.structs import replace

from core.clock import utc_now
from core.dkim_signing import DkimKey, signed
from core.errors import Invalid
from core.mail import Mail, MailSender, message_of

MAIL = Mail(
    workspace=1,
    to="chris@customer.example",
    subject="Wie war es?",
    text="How did you feel?\n.\nhttps://kept.example/a/token",
    html="<p>Grüße</p>\n<a href='https://kept.example/a/token'>5</a>",
    message_id="<invitation.7@acme.example>",
    headers=(
        ("List-Unsubscribe", "<https://kept.example/a/token/unsubscribe>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ),
    own="https://kept.example/a/token",
)
SENDER = MailSender(address="Acmé <ask@acme.example>", reply_to="help@acme.example")


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.fixture
def key(private_key: rsa.RSAPrivateKey) -> DkimKey:
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DkimKey("acme.example", "kept", pem.decode())


def is_valid(message: bytes, private_key: rsa.RSAPrivateKey) -> bool:
    """Whether a server that looks the key up finds the signature good."""
    public = private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    words = b"".join(line for line in public.splitlines() if not line.startswith(b"-"))
    records = {b"kept._domainkey.acme.example.": b"v=DKIM1; k=rsa; p=" + words}
    return bool(dkim.verify(message, dnsfunc=lambda name, timeout=5: records.get(name)))


def test_a_signed_mail_is_found_good(key: DkimKey, private_key: rsa.RSAPrivateKey) -> None:
    message = signed(message_of(MAIL, SENDER, utc_now()), key)
    assert is_valid(message, private_key)


@pytest.mark.parametrize(
    ("changed", "into"),
    [
        (b"Wie war es?", b"Wie war sie?"),
        (b"/unsubscribe>", b"/elsewhere>"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Clicks"),
        (b"help@acme.example", b"help@evil.example"),
        (b"How did you feel?", b"Send us your password"),
        (b"From: ", b"From: eve@evil.example\r\nFrom: "),
    ],
)
def test_what_was_changed_on_the_way_is_not(
    key: DkimKey, private_key: rsa.RSAPrivateKey, changed: bytes, into: bytes
) -> None:
    message = signed(message_of(MAIL, SENDER, utc_now()), key)
    assert changed in message
    assert not is_valid(message.replace(changed, into, 1), private_key)


def test_a_line_that_begins_with_a_dot_and_ends_of_lines_are_as_they_are_sent(key: DkimKey) -> None:
    message = signed(message_of(MAIL, SENDER, utc_now()), key)
    assert message.replace(b"\r\n", b"").count(b"\n") == 0


def test_a_key_that_is_none_is_a_fault_of_the_sender(key: DkimKey) -> None:
    with pytest.raises(Invalid, match="dkim_key: this key can't sign"):
        signed(message_of(MAIL, SENDER, utc_now()), replace(key, pem="swordfish"))
