"""Mail that leaves over real servers: a sender's own one, signed; and one that is slow to say that it has it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from email import message_from_bytes, policy

import dkim
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.due import make_due, make_workspace
from core.database import fetch
from core.sealing import seal
from core.site import Site
from feedback.delivery.bounces import bounce_token
from tests.factories import Hands
from tests.feedback.test_pacing import make_sender
from tests.feedback.test_sending_faults import ADDRESS, Host, Office, queue, states


class Keeping(Host):
    """Keeps the whole of what it gets, and then waits for `after_data` seconds before it says so."""

    def __init__(self, *, is_pipelined: bool) -> None:
        super().__init__(is_pipelined=is_pipelined)
        self.mails: list[tuple[str | None, bytes]] = []  # the envelope's sender, and the message
        self.after_data = 0.0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.original_content, bytes)
        self.mails.append((envelope.mail_from, envelope.original_content))
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.after_data)
        return answer


@pytest.fixture(params=[False, True], ids=["one by one", "pipelined"])
async def own(request: pytest.FixtureRequest) -> AsyncIterator[Keeping]:
    own = Keeping(is_pipelined=request.param)
    await own.start()
    yield own
    await own.stop()


@pytest.fixture
async def office(database: None, site: Site, own: Keeping, hands: Hands) -> AsyncIterator[Office]:
    """One whose only server is `own`."""
    office = Office(site, own, hands)
    yield office
    await office.transport.close()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def pem_of(key: rsa.RSAPrivateKey) -> str:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded.decode()


def is_valid(message: bytes, key: rsa.RSAPrivateKey) -> bool:
    """Whether whoever looks the key up finds the signature good."""
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    words = b"".join(line for line in public.splitlines() if not line.startswith(b"-"))
    records = {b"news._domainkey.acme.example.": b"v=DKIM1; k=rsa; p=" + words}
    return bool(dkim.verify(message, dnsfunc=lambda name, timeout=5: records.get(name)))


async def test_a_sender_with_a_server_of_its_own_uses_it_and_signs(
    database: None, site: Site, own: Keeping, hands: Hands, key: rsa.RSAPrivateKey
) -> None:
    everybody_s = Host()
    await everybody_s.start()
    office = Office(site, everybody_s, hands)
    workspace = await make_workspace("acme", hands.now)
    await make_due(workspace, 4, hands.now)
    sender = await make_sender(
        workspace,
        bounce_address="bounces@acme.example",
        smtp_host=ADDRESS,
        smtp_port=own.port,
        smtp_tls="none",
        dkim_domain="acme.example",
        dkim_selector="news",
        dkim_key=seal(office.site.settings, pem_of(key)),
    )
    [of_sender, *_] = await fetch("UPDATE invitation SET sender = $1 WHERE id % 2 = 0 RETURNING id", sender)
    await office.work()
    await office.transport.close()
    await everybody_s.stop()

    assert await states() == {("sent", ""): 4}
    assert len(everybody_s.received) == len(own.mails) == 2
    assert {mail_from for mail_from, _ in own.mails} >= {
        f"bounces+{bounce_token(site.settings, of_sender['id'])}@acme.example"
    }
    for _, message in own.mails:
        read = message_from_bytes(message, policy=policy.default)
        assert (read["From"], read["List-Unsubscribe-Post"]) == (
            "News <news@acme.example>",
            "List-Unsubscribe=One-Click",
        )
        assert is_valid(message, key)
        assert not is_valid(message.replace(b"List-Unsubscribe: <http", b"List-Unsubscribe: <https"), key)


async def test_a_server_of_a_sender_that_is_down_keeps_no_other_waiting(
    database: None, site: Site, own: Keeping, hands: Hands
) -> None:
    office = Office(site, own, hands)
    workspace = await make_workspace("acme", hands.now)
    await make_due(workspace, 20, hands.now)
    down = Host()
    await down.start()
    await down.stop()
    sender = await make_sender(workspace, smtp_host=ADDRESS, smtp_port=down.port, smtp_tls="none")
    await fetch("UPDATE invitation SET sender = $1 WHERE id % 2 = 0", sender)
    await office.work()
    await office.transport.close()
    assert await states() == {("sent", ""): 10, ("due", "SMTPConnectError"): 10}
    assert await fetch("SELECT sender, domain FROM domain_pause") == [{"sender": sender, "domain": ""}]


async def test_a_server_that_is_slow_to_say_that_it_has_a_mail_gets_it_once(
    office: Office, own: Keeping, hands: Hands
) -> None:
    await queue(hands, 8)
    own.after_data = office.site.settings.smtp_timeout_seconds * 0.6
    await office.work()
    assert await states() == {("sent", ""): 8}
    assert set(Counter(own.received).values()) == {1}
    assert await fetch("SELECT FROM invitation WHERE attempts <> 1") == []


async def test_a_server_that_takes_a_mail_and_never_says_so_gets_it_once_at_each_attempt(
    office: Office, own: Keeping, hands: Hands
) -> None:
    """Nobody knows that it has the mail: it is sent again, the same to whoever gets it, and not before its pause."""
    await queue(hands, 8)
    own.after_data = 2.0
    await office.work()
    await office.work(minutes=1)
    assert set(Counter(own.received).values()) == {1}
    assert await states() == {("due", "SMTPReadTimeoutError"): 8}
    own.after_data = 0.0
    await office.work(minutes=2)
    assert await states() == {("sent", ""): 8}
    await office.work(days=1)
    assert len(set(own.received)) == 8
    assert set(Counter(own.received).values()) == {2}
    assert await fetch("SELECT FROM invitation WHERE attempts <> 2") == []
