"""The mail that asks, as a real server gets it; and what becomes of an invitation that the server refuses."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec.structs import replace

from core.database import fetch
from core.mail import SmtpTransport
from core.site import Site
from feedback.delivery.invitation_mail import InvitedContact, invitation_mail
from surveys.definition import Question, SurveyDefinition, Translation
from surveys.instruments import Instrument
from tests.factories import Hands, delivered, make_journey, make_key, work
from tests.people import People

CONTACT = InvitedContact(1, "Acme", "chris@customer.example", 7)


def survey(questions: int, first: Instrument = Instrument.CSAT) -> SurveyDefinition:
    asked = tuple(Question(f"q{at}", first if at == 0 else Instrument.CSAT) for at in range(questions))
    return SurveyDefinition(key="quote", name="Quote", title="Your quote", questions=asked)


class Server:
    """A mail server that answers each command with what a test has put here."""

    def __init__(self) -> None:
        self.greeting = b""
        self.answers: dict[str, str] = {}
        self.received: list[bytes] = []

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [self.answers["EHLO"]] if "EHLO" in self.answers else responses

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:  # noqa: N802
        session.host_name = hostname
        return self.answers.get("EHLO", "250 OK")

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.original_content, bytes)
        self.received.append(envelope.original_content)
        return self.answers.get("DATA", "250 OK")


class GreetingSMTP(SMTP):
    """Refuses the connection where the server's greeting says so."""

    async def push(self, status: str | bytes) -> None:
        server: Server = self.event_handler
        refuses = "CONNECT" in server.answers and str(status).startswith("220")
        await super().push(server.answers["CONNECT"] if refuses else status)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def smtp_site(site: Site, server: Server) -> AsyncIterator[Site]:
    """The site, with mails that leave by SMTP."""
    listening = await asyncio.get_running_loop().create_server(lambda: GreetingSMTP(server), "127.0.0.1", 0)
    async with listening:
        settings = replace(
            site.settings,
            base_url="https://" + "feedback." * 20 + "example",
            mail_from="Acme <ask@acme.example>",
            smtp_host="127.0.0.1",
            smtp_port=listening.sockets[0].getsockname()[1],
            smtp_tls="none",
            smtp_timeout_seconds=5,
        )
        yield replace(site, settings=settings, transport=SmtpTransport(settings))


async def test_a_long_link_to_opt_out_arrives_in_one_piece(smtp_site: Site, server: Server) -> None:
    mail = invitation_mail(smtp_site, CONTACT, survey(1))
    await smtp_site.transport.send(mail)
    [received] = server.received
    lines = received.split(b"\r\n")
    link = dict(mail.headers)["List-Unsubscribe"]
    assert len(link) > 200
    assert f"List-Unsubscribe: {link}".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


async def test_a_long_subject_is_still_folded(smtp_site: Site, server: Server) -> None:
    mail = replace(invitation_mail(smtp_site, CONTACT, survey(1)), subject="Grüße " * 30)
    await smtp_site.transport.send(mail)
    [received] = server.received
    assert message_from_bytes(received, policy=policy.default)["Subject"].split() == ["Grüße"] * 30
    subject = received[received.index(b"Subject:") :].split(b"\r\n")
    assert len(subject[0]) < 80


async def test_a_link_beyond_ascii_still_leaves(smtp_site: Site, server: Server) -> None:
    mail = replace(
        invitation_mail(smtp_site, CONTACT, survey(1)), headers=(("List-Unsubscribe", "<https://ü.example>"),)
    )
    await smtp_site.transport.send(mail)
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("CONNECT", "554 no service for your address"),
        ("EHLO", "550 say your name"),
        ("MAIL", "530 5.7.0 authentication required"),
        ("MAIL", "550 not your domain"),
        ("RCPT", "530 5.7.0 authentication required"),
        ("DATA", "535 5.7.8 authentication failed"),
        ("RCPT", "450 greylisted"),
        ("DATA", "451 try later"),
    ],
)
async def test_what_says_nothing_against_the_mail_is_tried_again(
    people: People, smtp_site: Site, server: Server, hands: Hands, command: str, answer: str
) -> None:
    await deliver(people, hands)
    server.answers[command] = answer
    await work(smtp_site)
    assert (await states())[0]["state"] == "due"
    assert answer[:3] in (await states())[0]["last_error"]
    server.answers.clear()
    hands.move(hours=1)
    await work(smtp_site)
    assert await states() == [{"state": "sent", "last_error": ""}]


@pytest.mark.parametrize(
    ("command", "answer"), [("RCPT", "550 5.7.1 not from you"), ("RCPT", "550 never"), ("DATA", "554 this is spam")]
)
async def test_a_refusal_of_the_mail_is_for_good(
    people: People, smtp_site: Site, server: Server, hands: Hands, command: str, answer: str
) -> None:
    await deliver(people, hands)
    server.answers[command] = answer
    await work(smtp_site)
    assert (await states())[0]["state"] == "failed"
    assert await fetch("SELECT reason FROM suppression") == []


@pytest.mark.parametrize(
    "answer", ["550 5.1.1 <c1@customer.example>: rejected", "550 no such user", "556 5.1.10 never"]
)
async def test_an_address_that_the_server_does_not_know_is_not_written_to_again(
    people: People, smtp_site: Site, server: Server, hands: Hands, answer: str
) -> None:
    await deliver(people, hands)
    server.answers["RCPT"] = answer
    await work(smtp_site)
    assert await states() == [{"state": "bounced", "last_error": f"recipient refused with {answer[:3]}"}]
    assert await fetch("SELECT reason, source FROM suppression") == [{"reason": "bounced", "source": "mail server"}]


@pytest.mark.parametrize("questions", [1, 3])
def test_a_short_survey_says_how_short_it_is(site: Site, questions: int) -> None:
    mail = invitation_mail(site, CONTACT, survey(questions, Instrument.EMOTION))
    assert "Answer in ten seconds" in mail.html
    assert "Answer in ten seconds" in mail.text


def test_a_longer_survey_promises_no_seconds(site: Site) -> None:
    mail = invitation_mail(site, CONTACT, survey(4, Instrument.EMOTION))
    for part in (mail.html, mail.text):
        assert "Answer now" in part
        assert "seconds" not in part


def test_the_mail_says_why_it_came_wherever_the_contact_was(site: Site) -> None:
    mail = invitation_mail(site, CONTACT, survey(1))
    for part in (mail.html, mail.text):
        assert "You get this because of your recent contact with Acme." in part
        assert "visit" not in part


async def deliver(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    key = await make_key(people.acme, hands.now)
    await people.nobody.post("/api/v1/events", json=delivered(), headers=key)
    hands.move(hours=2)


async def states() -> list[dict[str, object]]:
    return await fetch("SELECT state, last_error FROM invitation")


def test_each_reads_the_words_of_their_own_whatever_was_kept_of_the_last(site: Site) -> None:
    asked = (Question("q", Instrument.CSAT, text="How was it, {{contact.name|you}}?"),)
    words = {"de": Translation(title="Ihre Bestellung")}
    piped = SurveyDefinition(key="a", name="A", title="Your order", questions=asked, translations=words)
    plain = replace(piped, questions=(replace(asked[0], text="How was it?"),))
    german = replace(CONTACT, locale="de")

    def read(shown: SurveyDefinition, contact: InvitedContact, name: str) -> str:
        return invitation_mail(site, contact, shown, {"contact.name": name}).text

    assert "How was it, Kim?" in read(piped, CONTACT, "Kim")
    assert "How was it, Sam?" in read(piped, CONTACT, "Sam")
    assert "How was it?" in read(plain, CONTACT, "Kim")
    assert "How was that?" in read(replace(plain, questions=(replace(asked[0], text="How was that?"),)), CONTACT, "Kim")
    assert read(plain, CONTACT, "Sam").startswith("Your order")
    assert read(plain, german, "Kim").startswith("Ihre Bestellung")
