"""Connections that are kept: used again, given up when they are old or broken, never more than there should be."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

import core.smtp_pool
from core.not_delivered import NotDelivered, Scope
from core.smtp_pool import MailServer, SmtpPool

MESSAGE = b"Subject: Hello\r\n\r\nbody\r\n.begins with a dot\r\n"


class Host:
    """A server that counts who comes, and answers as a test has it; `stalls` at a command, `drops` after one."""

    def __init__(self, *, is_pipelined: bool = False) -> None:
        self.is_pipelined = is_pipelined
        self.sessions: list[SMTP] = []
        self.open = 0
        self.most_open = 0
        self.received: list[bytes] = []
        self.resets = 0
        self.answers: dict[str, list[str]] = {}
        self.stalls = ""
        self.drops = ""

    async def answer(self, command: str, server: SMTP) -> str:
        if self.stalls == command:
            await asyncio.sleep(60)
        if self.drops == command:
            assert server.transport is not None
            server.transport.abort()
        return self.answers[command].pop(0) if self.answers.get(command) else "250 OK"

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        return ["250-PIPELINING", *answers] if self.is_pipelined else answers

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self.answer("MAIL", server)
        envelope.mail_from = address if answer.startswith("250") else None
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self.answer("RCPT", server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.resets += 1
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.original_content, bytes)
        self.received.append(envelope.original_content)
        return await self.answer("DATA", server)


class Talk(SMTP):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        host: Host = self.event_handler
        host.sessions.append(self)
        host.open += 1
        host.most_open = max(host.most_open, host.open)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open -= 1
        super().connection_lost(error)


@pytest.fixture(params=[False, True], ids=["one by one", "pipelined"])
def host(request: pytest.FixtureRequest) -> Host:
    return Host(is_pipelined=request.param)


@pytest.fixture
async def server(host: Host) -> AsyncIterator[MailServer]:
    listening = await asyncio.get_running_loop().create_server(lambda: Talk(host), "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        yield MailServer(host="127.0.0.1", port=port, tls="none", timeout=0.5)


@pytest.fixture
async def pool(server: MailServer) -> AsyncIterator[SmtpPool]:
    pool = SmtpPool(server, 2)
    yield pool
    await pool.close()


async def send(pool: SmtpPool) -> None:
    await pool.send("ask@acme.example", "c1@customer.example", MESSAGE)


async def refusal(pool: SmtpPool) -> tuple[str, bool, int | None, Scope]:
    with pytest.raises(NotDelivered) as refused:
        await send(pool)
    fault = refused.value
    return str(fault), fault.permanent, fault.code, fault.scope


async def test_a_connection_is_used_again(pool: SmtpPool, host: Host) -> None:
    for _ in range(3):
        await send(pool)
    assert (len(host.sessions), len(host.received)) == (1, 3)


async def test_a_message_arrives_to_the_byte(pool: SmtpPool, host: Host) -> None:
    await send(pool)
    assert host.received == [MESSAGE]


async def test_there_are_never_more_connections_than_wanted(pool: SmtpPool, host: Host) -> None:
    await asyncio.gather(*[send(pool) for _ in range(12)])
    assert (host.most_open, len(host.received)) == (2, 12)


async def test_a_connection_is_given_up_after_a_hundred_mails(pool: SmtpPool, host: Host) -> None:
    for _ in range(core.smtp_pool.MOST_MAILS + 1):
        await send(pool)
    assert len(host.sessions) == 2


async def test_a_connection_that_was_idle_for_long_is_closed(
    pool: SmtpPool, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.smtp_pool, "IDLE_SECONDS", 0.05)
    await send(pool)
    await asyncio.sleep(0.2)
    assert host.open == 0
    await send(pool)
    assert len(host.sessions) == 2


async def test_at_the_end_every_connection_is_closed(pool: SmtpPool, host: Host) -> None:
    await asyncio.gather(send(pool), send(pool))
    await pool.close()
    await asyncio.sleep(0.05)
    assert host.open == 0


async def test_a_server_that_has_hung_up_meanwhile_costs_no_mail(pool: SmtpPool, host: Host) -> None:
    await send(pool)
    host.answers["MAIL"] = ["421 too many mails over this connection"]
    await send(pool)
    assert (len(host.sessions), len(host.received)) == (2, 2)


async def test_after_a_refusal_the_connection_is_reset_and_used_again(pool: SmtpPool, host: Host) -> None:
    host.answers["RCPT"] = ["550 no such user"]
    assert await refusal(pool) == ("recipient refused with 550", True, 550, Scope.RECIPIENT)
    assert host.resets == 1
    await send(pool)
    assert len(host.sessions) == 1


@pytest.mark.parametrize(
    ("command", "answer", "permanent", "scope"),
    [
        ("MAIL", "451 later", False, Scope.SERVER),
        ("MAIL", "421 closing", False, Scope.SERVER),
        ("MAIL", "550 not your domain", False, Scope.SERVER),
        ("RCPT", "421 closing", False, Scope.DOMAIN),
        ("RCPT", "450 greylisted", False, Scope.DOMAIN),
        ("RCPT", "535 log in", False, Scope.SERVER),
        ("RCPT", "550 no such user", True, Scope.RECIPIENT),
        ("DATA", "421 closing", False, Scope.DOMAIN),
        ("DATA", "451 later", False, Scope.DOMAIN),
        ("DATA", "530 log in", False, Scope.SERVER),
        ("DATA", "554 spam", True, Scope.MAIL),
    ],
)
async def test_a_refusal_says_what_it_is_about(
    pool: SmtpPool, host: Host, command: str, answer: str, permanent: bool, scope: Scope
) -> None:
    host.answers[command] = [answer]
    _, *said = await refusal(pool)
    assert said == [permanent, int(answer[:3]), scope]
    await send(pool)


@pytest.mark.parametrize(("command", "scope"), [("MAIL", Scope.SERVER), ("RCPT", Scope.SERVER), ("DATA", Scope.MAIL)])
@pytest.mark.parametrize("fault", ["stalls", "drops"])
async def test_a_connection_that_breaks_is_replaced(
    pool: SmtpPool, host: Host, command: str, scope: Scope, fault: str
) -> None:
    setattr(host, fault, command)
    _, *said = await refusal(pool)
    assert said == [False, None, scope]
    setattr(host, fault, "")
    await send(pool)
    assert len(host.received) == (2 if command == "DATA" else 1)
    assert len(host.sessions) == 2


async def test_a_mail_that_is_stopped_half_way_takes_its_connection_with_it(pool: SmtpPool, host: Host) -> None:
    host.stalls = "RCPT"
    sending = asyncio.create_task(send(pool))
    await asyncio.sleep(0.1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    host.stalls = ""
    await send(pool)
    assert len(host.received) == 1
