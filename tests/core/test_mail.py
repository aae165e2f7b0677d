"""Mail over SMTP, to a real server in this process: what arrives, what is refused, and whether to try again."""

import asyncio
import socket
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from msgspec.structs import replace

from core.errors import Invalid
from core.mail import Mail, NotDelivered, SmtpTransport, address_of
from core.settings import Settings

MAIL = Mail(
    workspace=1,
    to="chris@customer.example",
    subject="Wie war es? – 30 % schneller",
    text="How did you feel?\nhttps://kept.example/a/token\n",
    html="<p>How did <b>you</b> feel? Grüße</p>",
    message_id="<invitation.7@kept.example>",
    headers=(
        ("List-Unsubscribe", "<https://kept.example/a/token/unsubscribe>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ),
)


class Postbox:
    """What the server was given; it answers a recipient and a message with what a test has put here."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.to_recipient = "250 OK"
        self.to_message = "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.to_message.startswith("250"):
            self.envelopes.append(envelope)
        return self.to_message

    def message(self) -> EmailMessage:
        """The one message that arrived."""
        [envelope] = self.envelopes
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


def knows_the_password(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    return AuthResult(success=given == LoginPassword(b"kept", b"sesame"), handled=False)


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
async def port(postbox: Postbox) -> AsyncIterator[int]:
    """A server without encryption, at a port that was free."""

    def protocol() -> SMTP:
        return SMTP(postbox, enable_SMTPUTF8=True, authenticator=knows_the_password, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def settings(port: int) -> Settings:
    return Settings(
        mail_from="Acme <ask@acme.example>",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_tls="none",
        smtp_timeout_seconds=5,
    )


async def failure(settings: Settings, mail: Mail = MAIL) -> NotDelivered:
    with pytest.raises(NotDelivered) as failed:
        await SmtpTransport(settings).send(mail)
    return failed.value


async def test_a_mail_arrives_with_both_its_parts(settings: Settings, postbox: Postbox) -> None:
    await SmtpTransport(settings).send(MAIL)
    message = postbox.message()
    assert message.get_content_type() == "multipart/alternative"
    parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in message.iter_parts()}
    assert parts == {"text/plain": MAIL.text, "text/html": MAIL.html + "\n"}


async def test_a_line_longer_than_smtp_takes_arrives_whole(settings: Settings, postbox: Postbox) -> None:
    html = "<p>" + "grün " * 2_000 + "</p>"
    await SmtpTransport(settings).send(replace(MAIL, html=html))
    content = postbox.envelopes[0].original_content
    assert content is not None
    assert max(len(line) for line in content.split(b"\r\n")) <= 998  # RFC 5322, 2.1.1
    part = postbox.message().get_body(("html",))
    assert part is not None
    assert part.get_content().strip() == html


async def test_a_mail_arrives_with_its_headers(settings: Settings, postbox: Postbox) -> None:
    await SmtpTransport(settings).send(MAIL)
    message = postbox.message()
    assert message["From"] == "Acme <ask@acme.example>"
    assert message["To"] == MAIL.to
    assert message["Subject"] == MAIL.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert [(name, message[name]) for name, _ in MAIL.headers] == list(MAIL.headers)
    assert (postbox.envelopes[0].mail_from, postbox.envelopes[0].rcpt_tos) == ("ask@acme.example", [MAIL.to])


async def test_a_mail_that_is_sent_again_has_the_same_message_id(settings: Settings, postbox: Postbox) -> None:
    postbox.to_message = "451 busy"
    await failure(settings)
    postbox.to_message = "250 OK"
    await SmtpTransport(settings).send(MAIL)
    assert postbox.message()["Message-ID"] == MAIL.message_id


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("451 try later", False), ("452 full", False), ("550 no such user", True), ("554 no", True)],
)
async def test_a_refusal_says_whether_to_try_again(
    settings: Settings, postbox: Postbox, answer: str, permanent: bool
) -> None:
    postbox.to_message = answer
    refused = await failure(settings)
    assert (str(refused), refused.permanent) == (f"refused with {answer[:3]}", permanent)
    assert postbox.envelopes == []


@pytest.mark.parametrize(("answer", "permanent"), [("450 greylisted", False), ("550 no such user", True)])
async def test_a_refused_recipient_says_whether_to_try_again(
    settings: Settings, postbox: Postbox, answer: str, permanent: bool
) -> None:
    postbox.to_recipient = answer
    refused = await failure(settings)
    assert (str(refused), refused.permanent) == (f"recipient refused with {answer[:3]}", permanent)


async def test_the_reason_of_a_refusal_holds_no_address(settings: Settings, postbox: Postbox) -> None:
    postbox.to_recipient = f"550 <{MAIL.to}> is unknown here"
    assert MAIL.to not in str(await failure(settings))


async def test_a_server_that_is_down_is_tried_again(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        refused = await failure(replace(settings, smtp_port=taken.getsockname()[1]))
    assert refused.permanent is False


async def test_a_server_that_says_nothing_is_tried_again(settings: Settings) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        refused = await failure(replace(settings, smtp_port=silent.getsockname()[1], smtp_timeout_seconds=0.2))
    assert refused.permanent is False


async def test_a_server_whose_name_is_unknown_is_tried_again(settings: Settings) -> None:
    assert (await failure(replace(settings, smtp_host="mail.invalid"))).permanent is False


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_nothing_is_sent_in_the_clear_where_encryption_is_asked_for(
    settings: Settings, postbox: Postbox, tls: str
) -> None:
    refused = await failure(replace(settings, smtp_tls=tls, smtp_timeout_seconds=1))
    assert refused.permanent is False
    assert postbox.envelopes == []


async def test_the_log_in_is_used(settings: Settings, postbox: Postbox) -> None:
    await SmtpTransport(replace(settings, smtp_username="kept", smtp_password="sesame")).send(MAIL)
    assert len(postbox.envelopes) == 1


async def test_a_refused_log_in_is_not_held_against_the_mail(settings: Settings, postbox: Postbox) -> None:
    refused = await failure(replace(settings, smtp_username="kept", smtp_password="wrong"))
    assert (str(refused), refused.permanent) == ("refused with 535", False)
    assert postbox.envelopes == []


@pytest.mark.parametrize(
    "spoiled",
    [
        replace(MAIL, subject="Hello\nBcc: eve@evil.example"),
        replace(MAIL, subject="Hello\r\n\r\nbody"),
        replace(MAIL, headers=(("List-Unsubscribe", "x\r\nBcc: eve@evil.example"),)),
        replace(MAIL, to="a@customer.example\r\nBcc: eve@evil.example"),
        replace(MAIL, to="a@customer.example, eve@evil.example"),
        replace(MAIL, to="Chris <chris@customer.example>"),
    ],
)
async def test_nothing_can_be_smuggled_into_the_headers(settings: Settings, postbox: Postbox, spoiled: Mail) -> None:
    with pytest.raises(Invalid):
        await SmtpTransport(settings).send(spoiled)
    assert postbox.envelopes == []


@pytest.mark.parametrize(
    "address",
    [
        "o'neil@customer.example",
        "chris+kept@customer.example",
        '"chris smith"@customer.example',
        '"a\\"b"@customer.example',
        "chris@[127.0.0.1]",
        "x" * 64 + "@" + "y" * 63 + ".example",
    ],
)
async def test_an_odd_address_is_reached(settings: Settings, postbox: Postbox, address: str) -> None:
    await SmtpTransport(settings).send(replace(MAIL, to=address))
    assert postbox.envelopes[0].rcpt_tos == [address]


async def test_a_domain_beyond_ascii_is_reached(settings: Settings, postbox: Postbox) -> None:
    await SmtpTransport(settings).send(replace(MAIL, to="chris@bücher.example"))
    assert postbox.envelopes[0].rcpt_tos in (["chris@bücher.example"], ["chris@xn--bcher-kva.example"])


NO_ADDRESSES = """
a
@
a@
@b.example
a@b@c.example
a b@c.example
a,b@c.example
a..b@c.example
.a@c.example
a@b..example
a@b.example.
<a@b.example>
=?utf-8?q?x?=@b.example
jörg@b.example
a@[
a@(
(
"
"a
""".splitlines()


@pytest.mark.parametrize(
    "text", [*NO_ADDRESSES, "a\0@b.example", "\udcff@b.example", "x" * 250 + "@b.example"], ids=ascii
)
def test_what_is_no_address_is_refused_as_one(text: str) -> None:
    with pytest.raises(Invalid, match="email: this is not an e-mail address"):
        address_of(text)
