"""Mail servers at their worst: nothing is lost, nothing is sent twice without need, and every state can be seen."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from bench.due import make_due, make_workspace
from core.database import fetch
from core.mail import SmtpTransport
from core.site import Site
from feedback.contacts.opting_out import unsubscribe
from feedback.delivery.dispatch import dispatch
from feedback.delivery.pacing import LONGEST_PAUSE, LONGEST_SERVER_PAUSE
from tests.factories import Hands

ADDRESS = "127.0.0.1"


class Host:
    """A mail server that is up while it listens, and does at each command what a test has put here."""

    def __init__(
        self, certificate: ssl.SSLContext | None = None, *, is_tls: bool = False, is_pipelined: bool = False
    ) -> None:
        self.received: list[str] = []  # Message-IDs
        self.answers: dict[str, str] = {}
        self.stalls = self.drops = ""
        self.port = 0
        self._certificate, self._is_tls, self._is_pipelined = certificate, is_tls, is_pipelined
        self._listening: asyncio.Server | None = None
        self._sessions: list[SMTP] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        tls = self._certificate if self._is_tls else None
        self._listening = await loop.create_server(self._session, ADDRESS, self.port, ssl=tls)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._listening is not None
        self._listening.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.abort()
        await self._listening.wait_closed()
        await asyncio.sleep(0.01)  # so that the other side knows

    def _session(self) -> SMTP:
        offered = None if self._is_tls else self._certificate
        session = SMTP(self, tls_context=offered, require_starttls=offered is not None)
        self._sessions.append(session)
        return session

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        return ["250-PIPELINING", *answers] if self._is_pipelined else answers

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._answer("MAIL", server)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await self._answer("DATA", server)
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.received.append(envelope.content.split(b"Message-ID: ")[1].split()[0].decode())
        return answer

    async def _answer(self, command: str, server: SMTP) -> str:
        if self.stalls == command:
            await asyncio.sleep(30)
        if self.drops == command and server.transport is not None:
            server.transport.abort()
        return self.answers.get(command, "250 OK")


@pytest.fixture(params=[False, True], ids=["one by one", "pipelined"])
async def host(request: pytest.FixtureRequest) -> AsyncIterator[Host]:
    host = Host(is_pipelined=request.param)
    await host.start()
    yield host
    await host.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """Of 127.0.0.1, signed by nobody but itself."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ADDRESS)])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(ADDRESS))])
    today = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = (
        built.serial_number(1).not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        built.add_extension(names, critical=False).sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class Office:
    """A Kept that sends over one server, with its clock."""

    def __init__(self, site: Site, host: Host, hands: Hands, tls: str = "none", trusts: Path | None = None) -> None:
        settings = replace(
            site.settings, smtp_host=ADDRESS, smtp_port=host.port, smtp_tls=tls, smtp_timeout_seconds=1.0
        )
        context = ssl.create_default_context(cafile=trusts) if trusts else None
        self.transport = SmtpTransport(settings, tls=context)
        self.site = replace(site, settings=settings, transport=self.transport)
        self.hands = hands

    async def work(self, **after: float) -> None:
        """What a worker does when so much time has passed."""
        self.hands.move(**after)
        while await dispatch(self.site, self.hands.now):
            pass


@pytest.fixture
async def office(database: None, site: Site, host: Host, hands: Hands) -> AsyncIterator[Office]:
    office = Office(site, host, hands)
    yield office
    await office.transport.close()


async def queue(hands: Hands, n: int) -> None:
    await make_due(await make_workspace("acme", hands.now), n, hands.now)


async def states() -> dict[tuple[str, str], int]:
    rows = await fetch("SELECT state, last_error, count(*) AS n FROM invitation GROUP BY 1, 2")
    return {(row["state"], row["last_error"]): row["n"] for row in rows}


async def test_a_server_that_is_down_for_an_hour_costs_no_mail_and_no_attempt(
    office: Office, host: Host, hands: Hands
) -> None:
    await queue(hands, 120)
    await host.stop()
    for _ in range(60):
        await office.work(minutes=1)
        assert sum((await states()).values()) == 120
    assert await states() == {("due", "SMTPConnectError"): 120}
    assert await fetch("SELECT FROM invitation WHERE attempts > 0 OR leased_until IS NOT NULL") == []
    await host.start()
    await office.work(seconds=LONGEST_SERVER_PAUSE.total_seconds() * 1.25)
    assert await states() == {("sent", ""): 120}
    assert set(Counter(host.received).values()) == {1}
    assert len(host.received) == 120
    assert await fetch("SELECT FROM domain_pause") == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", ["stalls", "drops"])
async def test_what_a_server_does_not_answer_is_sent_when_it_does(
    office: Office, host: Host, hands: Hands, command: str, fault: str
) -> None:
    await queue(hands, 6)
    setattr(host, fault, command)
    await office.work()
    assert {state for state, _ in await states()} == {"due"}
    assert all(error.startswith("SMTP") for _, error in await states())
    setattr(host, fault, "")
    for _ in range(4):
        await office.work(minutes=5)
    assert await states() == {("sent", ""): 6}
    # A mail whose answer was lost may have arrived: it is sent again, and is the same to whoever gets it twice.
    assert len(set(host.received)) == 6
    if command != "DATA":
        assert len(host.received) == 6


@pytest.mark.parametrize(
    ("command", "code"), [("MAIL", 421), ("RCPT", 421), ("RCPT", 451), ("DATA", 421), ("DATA", 451)]
)
async def test_a_server_that_asks_for_patience_for_an_hour_gets_it(
    office: Office, host: Host, hands: Hands, command: str, code: int
) -> None:
    await queue(hands, 40)
    host.answers[command] = f"{code} not now"
    for _ in range(12):
        await office.work(minutes=5)
        assert {state for state, _ in await states()} == {"due"}
    host.answers.clear()
    await office.work(seconds=LONGEST_PAUSE.total_seconds() * 1.25)
    await office.work(seconds=LONGEST_PAUSE.total_seconds() * 1.25)
    assert await states() == {("sent", ""): 40}
    assert len(host.received) == len(set(host.received)) == 40


async def test_one_domain_that_asks_for_patience_keeps_no_other_waiting(
    office: Office, host: Host, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(hands, 100)  # two for each of fifty domains
    patient = Host.handle_RCPT

    async def greylists(
        self: Host, server: SMTP, session: Session, envelope: Envelope, address: str, more: list[str]
    ) -> str:
        return (
            "450 greylisted"
            if address.endswith("@d7.example")
            else await patient(self, server, session, envelope, address, more)
        )

    monkeypatch.setattr(Host, "handle_RCPT", greylists)
    await office.work()
    found = await states()
    assert found[("sent", "")] == 98
    assert found[("due", "recipient refused with 450")] == 2
    pauses = await fetch("SELECT domain, failures, reason FROM domain_pause")
    assert pauses == [{"domain": "d7.example", "failures": 1, "reason": "recipient refused with 450"}]


@pytest.mark.parametrize(("command", "code"), [("RCPT", 550), ("DATA", 550)])
async def test_a_refusal_for_good_is_said_once_and_seen(
    office: Office, host: Host, hands: Hands, command: str, code: int
) -> None:
    await queue(hands, 3)
    host.answers[command] = f"{code} never"
    await office.work()
    await office.work(days=1)
    assert {state for state, _ in await states()} == {"failed"}
    assert all(str(code) in error for _, error in await states())
    assert host.received == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_nothing_leaves_in_the_clear_over_a_server_without_encryption(
    database: None, site: Site, host: Host, hands: Hands, tls: str
) -> None:
    await queue(hands, 3)
    office = Office(site, host, hands, tls)
    await office.work()
    assert {state for state, _ in await states()} == {"due"}
    assert all(error for _, error in await states())
    assert host.received == []
    await Office(replace(site, clock=hands), host, hands).work(minutes=5)
    assert await states() == {("sent", ""): 3}


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("is_trusted", [True, False])
async def test_a_server_has_to_prove_who_it_is(
    database: None, site: Site, hands: Hands, certificate: ssl.SSLContext, tmp_path: Path, tls: str, is_trusted: bool
) -> None:
    await queue(hands, 3)
    host = Host(certificate, is_tls=tls == "tls", is_pipelined=is_trusted)
    await host.start()
    office = Office(site, host, hands, tls, tmp_path / "server.pem" if is_trusted else None)
    await office.work()
    await office.transport.close()
    await host.stop()
    assert len(host.received) == (3 if is_trusted else 0)
    assert {state for state, _ in await states()} == {"sent" if is_trusted else "due"}


async def test_what_expires_while_the_server_is_down_is_missed_and_seen(
    office: Office, host: Host, hands: Hands
) -> None:
    await queue(hands, 10)
    await host.stop()
    await office.work()
    await office.work(days=14)
    assert await states() == {("missed", ""): 10}
    await host.start()


async def test_nobody_is_written_to_once_opting_out_has_returned(
    office: Office, host: Host, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opting out and sending race over many contacts: no mail arrives after the answer to whoever opted out."""
    await queue(hands, 200)
    rows = await fetch("SELECT i.contact, i.id FROM invitation i ORDER BY i.id")
    arrived: list[str] = []
    seen: list[str] = []
    returned_at: dict[int, int] = {}  # how many mails had arrived by then
    slow = Host.handle_DATA

    async def takes_its_time(self: Host, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(0.01)
        if len(seen) % 3 == 0:  # what is under way when somebody opts out comes back, and is claimed anew
            seen.append("not taken")
            return "451 later"
        answer = await slow(self, server, session, envelope)
        seen.append("taken")
        arrived.append(self.received[-1])
        return answer

    async def opt_out(contact: int, invitation: int, after: float) -> None:
        await asyncio.sleep(after)
        await unsubscribe(contact, hands.now)
        returned_at[invitation] = len(arrived)

    monkeypatch.setattr(Host, "handle_DATA", takes_its_time)
    leaving = [opt_out(row["contact"], row["id"], at % 7 * 0.05) for at, row in enumerate(rows) if at % 2]
    await asyncio.gather(office.work(), *leaving)
    for _ in range(6):
        await office.work(hours=1)
    for invitation, before in returned_at.items():
        assert [one for one in arrived[before:] if f".{invitation}@" in one] == []
    assert len(returned_at) == 100
    assert {state for state, _ in await states()} == {"sent", "cancelled"}
