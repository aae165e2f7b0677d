"""Senders: what is filled in is checked, secrets stay sealed, and what waits is held, freed, or keeps its sender."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import date

import dkim
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from core.database import fetch
from core.errors import Conflict, Invalid, NotFound
from core.mail import NotDelivered
from core.site import Site
from feedback.contacts.suppressions import suppress
from feedback.delivery.dkim_key import dkim_record, new_dkim_key, tidy_dkim_key
from feedback.delivery.sender_form import SenderForm
from feedback.delivery.senders import (
    SenderView,
    delete_sender,
    dkim_dns,
    list_senders,
    load_mail_sender,
    load_sender,
    make_default,
    pause_sender,
    resume_sender,
    save_sender,
)
from feedback.delivery.try_sender import check_sender, send_test
from feedback.tables import Suppressed
from tests.factories import Hands, Letterbox, make_journey
from tests.feedback.mailed import invitation_row, mailed
from tests.people import People

OWN_SERVER = SenderForm(
    key="shop",
    address="Acme Shop <ask@acme.example>",
    reply_to="help@acme.example",
    bounce_address="bounces@acme.example",
    smtp_host="smtp.acme.example",
    smtp_port="465",
    smtp_username="kept",
    smtp_password="sesame",
    smtp_tls="tls",
    day_limit="5000",
    domain_minute_limit="60",
)


@pytest.fixture(scope="module")
def pem() -> str:
    return new_dkim_key()


async def save(site: Site, workspace: int, form: SenderForm = OWN_SERVER, sender: int | None = None) -> SenderView:
    saved = await save_sender(site.settings, workspace, form, site.clock(), sender)
    return await load_sender(workspace, saved, site.clock())


async def faults(site: Site, workspace: int, **changed: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        await save_sender(site.settings, workspace, replace(OWN_SERVER, **changed), site.clock())
    return {fault.field: fault.message for fault in refused.value.faults}


async def test_a_sender_is_kept_as_it_was_filled_in(people: People, site: Site) -> None:
    sender = await save(site, people.acme)
    assert (sender.key, sender.address, sender.smtp_port) == ("shop", "Acme Shop <ask@acme.example>", 465)
    assert (sender.has_password, sender.has_dkim_key, sender.has_hook_key) == (True, False, False)
    assert (sender.is_default, sender.sent_today, sender.limit_today) == (True, 0, 5000)
    mail_sender = await load_mail_sender(site.settings, people.acme, sender.id)
    assert mail_sender.server is not None
    assert (mail_sender.server.password, mail_sender.server.tls) == ("sesame", "tls")
    assert (mail_sender.envelope_from, mail_sender.dkim) == ("bounces@acme.example", None)


async def test_secrets_are_sealed(people: People, site: Site, pem: str) -> None:
    signing = {"dkim_domain": "acme.example", "dkim_selector": "kept1", "dkim_key": pem, "hook_key": "hooked"}
    await save(site, people.acme, replace(OWN_SERVER, **signing))
    [row] = await fetch("SELECT * FROM sender")
    assert all(secret not in repr(row) for secret in ("sesame", "hooked", pem.splitlines()[3]))


async def test_an_empty_secret_keeps_the_one_there_is(people: People, site: Site) -> None:
    sender = await save(site, people.acme)
    await save(site, people.acme, replace(OWN_SERVER, smtp_password="", day_limit=""), sender.id)
    mail_sender = await load_mail_sender(site.settings, people.acme, sender.id)
    assert mail_sender.server is not None
    assert mail_sender.server.password == "sesame"
    changed = await save(site, people.acme, replace(OWN_SERVER, smtp_password="", smtp_username=""), sender.id)
    assert not changed.has_password


async def test_a_sender_without_a_server_uses_the_installation_s(people: People, site: Site) -> None:
    sender = await save(site, people.acme, SenderForm(address="ask@acme.example"))
    assert sender.key == "acme-example"
    assert (await load_mail_sender(site.settings, people.acme, sender.id)).server is None


async def test_a_hook_key_is_forgotten_on_demand(people: People, site: Site) -> None:
    sender = await save(site, people.acme, replace(OWN_SERVER, hook_key="hooked"))
    assert (await save(site, people.acme, OWN_SERVER, sender.id)).has_hook_key
    assert not (await save(site, people.acme, replace(OWN_SERVER, drops_hook_key="yes"), sender.id)).has_hook_key


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", ""),
        ("address", "Acme"),
        ("address", "a@acme.example, b@acme.example"),
        ("address", "Acme\r\nBcc: x@y.example <ask@acme.example>"),
        ("address", "Acme <ask@acme..example>"),
        ("address", "<<>>@[,"),
        ("address", "äsk@acme.example"),
        ("address", "Acme <ask@>"),
        ("address", f"{'x' * 400} <ask@acme.example>"),
        ("reply_to", "nobody"),
        ("reply_to", "a@acme.example\nBcc: b@c.example"),
        ("bounce_address", f"{'b' * 31}@acme.example"),
        ("bounce_address", '"b b"@acme.example'),
        ("smtp_host", "smtp acme"),
        ("smtp_host", "smtp.acme.example:25"),
        ("smtp_host", "http://smtp.acme.example"),
        ("smtp_port", "0"),
        ("smtp_port", "65536"),
        ("smtp_port", "²"),
        ("smtp_tls", "maybe"),
        ("smtp_tls", "none"),
        ("smtp_username", "x" * 201),
        ("smtp_password", "x" * 10_001),
        ("first_day_limit", "0"),
        ("day_limit", "-1"),
        ("day_limit", "1e9"),
        ("domain_minute_limit", "many"),
        ("warm_up_from", "tomorrow"),
        ("key", "Shop!"),
        ("dkim_domain", "other.example"),
        ("dkim_domain", "ample"),
        ("dkim_selector", "kept.."),
        ("dkim_key", "not a key"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(people: People, site: Site, field: str, value: str) -> None:
    assert field in await faults(site, people.acme, **{field: value})
    assert await list_senders(people.acme, site.clock()) == []


async def test_all_faults_are_said_at_once(people: People, site: Site) -> None:
    wrong = {"address": "x", "smtp_port": "x", "day_limit": "x", "dkim_domain": "acme.example"}
    assert set(await faults(site, people.acme, **wrong)) == {
        "address",
        "smtp_port",
        "day_limit",
        "dkim_selector",
        "dkim_key",
    }


async def test_a_domain_of_other_letters_is_kept_as_the_name_system_knows_it(people: People, site: Site) -> None:
    sender = await save(site, people.acme, SenderForm(address="Köln <ask@köln.example>"))
    assert sender.address == "Köln <ask@xn--kln-sna.example>"


async def test_a_name_that_would_be_two_headers_is_quoted(people: People, site: Site) -> None:
    sender = await save(site, people.acme, SenderForm(address='"Acme, Shop" <ask@acme.example>'))
    assert sender.address == '"Acme, Shop" <ask@acme.example>'


async def test_a_warm_up_begins_today_and_doubles(people: People, site: Site, hands: Hands) -> None:
    sender = await save(site, people.acme, replace(OWN_SERVER, first_day_limit="50"))
    assert (sender.warm_up_from, sender.limit_today) == (date(2026, 3, 2), 50)
    hands.move(days=3)
    assert (await load_sender(people.acme, sender.id, hands.now)).limit_today == 400
    assert set(await faults(site, people.acme, warm_up_from="2026-03-02")) == {"first_day_limit"}


async def test_what_was_sent_today_is_counted(people: People, site: Site, hands: Hands) -> None:
    sender = await save(site, people.acme)
    midnight = hands.now.replace(hour=0)
    await fetch(
        "INSERT INTO sent_count (workspace, sender, domain, since, n) "
        "VALUES ($1, $2, '', $3, 7), ($1, $2, 'a.b', $3, 9)",
        people.acme,
        sender.id,
        midnight,
    )
    assert (await load_sender(people.acme, sender.id, hands.now)).sent_today == 7
    hands.move(days=1)
    assert (await load_sender(people.acme, sender.id, hands.now)).sent_today == 0


async def test_a_key_is_taken_once(people: People, site: Site) -> None:
    await save(site, people.acme)
    assert set(await faults(site, people.acme)) == {"key"}
    await save(site, people.other)


async def test_there_is_one_default(people: People, site: Site) -> None:
    first, second = await save(site, people.acme), await save(site, people.acme, replace(OWN_SERVER, key="b"))
    await make_default(people.acme, second.id)
    assert {one.key: one.is_default for one in await list_senders(people.acme, site.clock())} == {
        "shop": False,
        "b": True,
    }
    with pytest.raises(NotFound):
        await make_default(people.other, first.id)


# DKIM


async def test_the_record_to_publish_is_that_of_the_key(people: People, site: Site) -> None:
    made = {"dkim_domain": "acme.example", "dkim_selector": "kept1", "makes_dkim_key": "yes"}
    sender = await save(site, people.acme, replace(OWN_SERVER, **made))
    record = await dkim_dns(site.settings, sender)
    assert record is not None
    assert record.name == "kept1._domainkey.acme.example"
    mail_sender = await load_mail_sender(site.settings, people.acme, sender.id)
    assert mail_sender.dkim is not None
    message = b"From: ask@acme.example\r\nTo: kim@customer.example\r\nSubject: Hi\r\n\r\nHello\r\n"
    key = mail_sender.dkim
    signature = dkim.sign(message, key.selector.encode(), key.domain.encode(), key.pem.encode())
    assert dkim.verify(signature + message, dnsfunc=lambda name, timeout=5: record.value.encode())
    assert not dkim.verify(signature + message + b"x", dnsfunc=lambda name, timeout=5: record.value.encode())


async def test_a_sender_that_does_not_sign_needs_no_record(people: People, site: Site) -> None:
    assert await dkim_dns(site.settings, await save(site, people.acme)) is None


async def test_another_domain_may_sign_only_if_it_is_above(people: People, site: Site, pem: str) -> None:
    form = replace(OWN_SERVER, address="ask@mail.acme.example", dkim_selector="k", dkim_key=pem)
    assert (await save(site, people.acme, replace(form, dkim_domain="acme.example"))).dkim_domain == "acme.example"
    with pytest.raises(Invalid, match="sign as the domain"):
        await save(site, people.acme, replace(form, key="b", dkim_domain="cme.example"))


async def test_signing_ends_where_its_domain_is_taken_away(people: People, site: Site, pem: str) -> None:
    signing = replace(OWN_SERVER, dkim_domain="acme.example", dkim_selector="k", dkim_key=pem)
    sender = await save(site, people.acme, signing)
    assert (await save(site, people.acme, replace(signing, dkim_key=""), sender.id)).has_dkim_key
    assert not (await save(site, people.acme, OWN_SERVER, sender.id)).has_dkim_key


def test_a_key_is_taken_however_it_was_pasted(pem: str) -> None:
    assert tidy_dkim_key("  " + pem.replace("\n", "\r\n    ")) == pem
    assert base64.b64decode(dkim_record(pem).partition("p=")[2])


def test_a_key_of_another_kind_or_size_is_refused(pem: str) -> None:
    small = generate_rsa(public_exponent=65_537, key_size=1024)
    written = small.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert tidy_dkim_key(written).startswith("-----BEGIN RSA PRIVATE KEY-----")
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for wrong in ("", "x", pem[:200], other.decode(), pem.replace("RSA PRIVATE", "PUBLIC")):
        with pytest.raises(ValueError, match="key"):
            tidy_dkim_key(wrong)


# Pausing, resuming, deleting


@pytest.fixture
async def sender(people: People, site: Site, hands: Hands) -> SenderView:
    await make_journey(people.acme, hands.now)
    return await save(site, people.acme)


async def state(invitation: int) -> str:
    return str((await invitation_row(invitation))["state"])


async def test_pausing_holds_what_is_due_for_this_sender_alone(
    people: People, site: Site, sender: SenderView, hands: Hands
) -> None:
    own = await mailed(people.acme, hands.now, state="due", sender=sender.id)
    other = await mailed(people.acme, hands.now, state="due")
    sent = await mailed(people.acme, hands.now, sender=sender.id)
    leaving = await mailed(people.acme, hands.now, state="due", sender=sender.id)
    await fetch(
        "UPDATE invitation SET leased_until = $1::timestamptz + interval '1 minute' WHERE id = $2", hands.now, leaving
    )
    await pause_sender(people.acme, sender.id, hands.now)
    assert [await state(one) for one in (own, other, sent, leaving)] == ["held", "due", "sent", "due"]
    assert (await load_sender(people.acme, sender.id, hands.now)).paused_at == hands.now
    await resume_sender(people.acme, sender.id)
    assert [await state(one) for one in (own, other, sent, leaving)] == ["due", "due", "sent", "due"]


async def test_a_sender_that_resumes_stays_held_while_all_is_paused(
    people: People, sender: SenderView, hands: Hands
) -> None:
    own = await mailed(people.acme, hands.now, state="held", sender=sender.id)
    await fetch(
        "INSERT INTO contact_policy (workspace, policy, paused_at, updated_at) VALUES ($1, '{}', $2, $2)",
        people.acme,
        hands.now,
    )
    await resume_sender(people.acme, sender.id)
    assert await state(own) == "held"


async def test_a_sender_is_not_deleted_while_mails_wait_for_it(
    people: People, sender: SenderView, hands: Hands
) -> None:
    waiting = await mailed(people.acme, hands.now, state="held", sender=sender.id)
    with pytest.raises(Conflict, match="1 invitation still waits"):
        await delete_sender(people.acme, sender.id)
    await fetch("UPDATE invitation SET state = 'sent' WHERE id = $1", waiting)
    await delete_sender(people.acme, sender.id)
    assert (await invitation_row(waiting))["sender"] is None


async def test_the_sender_of_another_workspace_is_none(people: People, site: Site, sender: SenderView) -> None:
    for act in (
        load_sender(people.other, sender.id, site.clock()),
        pause_sender(people.other, sender.id, site.clock()),
        resume_sender(people.other, sender.id),
        delete_sender(people.other, sender.id),
        load_mail_sender(site.settings, people.other, sender.id),
        save_sender(site.settings, people.other, OWN_SERVER, site.clock(), sender.id),
    ):
        with pytest.raises(NotFound):
            await act


# Trying it


def knows_the_password(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    return AuthResult(success=given == LoginPassword(b"kept", b"sesame"), handled=False)


class Sink:
    """A server's handler that takes everything."""


@pytest.fixture
async def port() -> AsyncIterator[int]:
    def protocol() -> SMTP:
        return SMTP(Sink(), authenticator=knows_the_password, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def said_of(site: Site, people: People, **changed: str) -> str:
    local = replace(OWN_SERVER, smtp_host="127.0.0.1", smtp_tls="none", **changed)
    return await check_sender(site, people.acme, (await save(site, people.acme, local)).id)


async def test_a_server_that_takes_the_log_in_is_said_to_work(people: People, site: Site, port: int) -> None:
    assert await said_of(site, people, smtp_port=str(port)) == "It works: the server answered 250 after the log-in."


async def test_a_wrong_password_is_told_from_a_server_that_is_not_there(people: People, site: Site, port: int) -> None:
    assert "does not take this name" in await said_of(site, people, smtp_port=str(port), smtp_password="wrong")
    assert "No connection: " in await said_of(site, people, key="b", smtp_port="1")


async def test_a_test_mail_says_that_it_is_one(
    people: People, site: Site, sender: SenderView, letterbox: Letterbox, hands: Hands
) -> None:
    said = await send_test(site, people.acme, sender.id, "alice@acme.example", hands.now)
    [mail] = letterbox.mails
    assert "outbox" in said.lower()
    assert mail.subject == "[Test] Acme: mail from this sender"
    assert (mail.to, ("X-Kept-Test", "yes") in mail.headers) == ("alice@acme.example", True)
    assert mail.sender is not None
    assert mail.sender.address == sender.address
    assert all("This is a test" in part for part in (mail.text, mail.html))
    assert await fetch("SELECT id FROM invitation") == []


async def test_a_test_never_goes_to_who_is_not_written_to(
    people: People, site: Site, sender: SenderView, letterbox: Letterbox, hands: Hands
) -> None:
    await suppress(people.acme, "kim@customer.example", Suppressed.COMPLAINED, "a test", hands.now)
    for to in ("kim@customer.example", "KIM@CUSTOMER.example", "nobody"):
        with pytest.raises(Invalid):
            await send_test(site, people.acme, sender.id, to, hands.now)
    assert letterbox.mails == []


async def test_a_test_that_does_not_leave_says_why(
    people: People, site: Site, sender: SenderView, letterbox: Letterbox, hands: Hands
) -> None:
    letterbox.failures = [NotDelivered("refused with 550", permanent=True)]
    said = await send_test(site, people.acme, sender.id, "alice@acme.example", hands.now)
    assert said == "It did not leave: refused with 550."
