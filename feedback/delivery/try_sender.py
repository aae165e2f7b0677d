"""Whether a sender works: what its server answers, and a mail to look at."""

import secrets
from datetime import datetime

import aiosmtplib
from msgspec.structs import replace

from core.addresses import address_hash
from core.database import fetch
from core.errors import Fault, Invalid
from core.mail import Mail, MailSender, MailServer, NotDelivered, address_of
from core.site import Site
from core.smtp_pool import client_of
from feedback.answering.pipe_values import one_line
from feedback.delivery.sender_form import domain_in
from feedback.delivery.senders import load_mail_sender
from surveys.theme import SHIPPED_ACCENT, theme_of

STEP_SECONDS = 8.0  # somebody waits in front of the page
LONGEST_SAID = 200  # characters of what a server answers


async def check_sender(site: Site, workspace: int, sender: int) -> str:
    """What became of connecting and logging in, in plain words. Raises NotFound where there is no such sender."""
    found = await load_mail_sender(site.settings, workspace, sender)
    if found.server is None:
        return "This sender uses the installation's own server; a test mail shows whether it works."
    try:
        greeted = await _knock(found.server)
    except aiosmtplib.SMTPAuthenticationError as fault:
        return f"The server is there, but does not take this name and password ({_said(fault)})."
    except aiosmtplib.SMTPResponseException as fault:
        return f"The server is there, but refuses ({_said(fault)})."
    except aiosmtplib.SMTPTimeoutError:
        return "The server does not answer in time. Check its name and port, and whether a firewall is in between."
    except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
        return f"No connection: {_reason(fault)}. Check name, port and encryption."
    return f"It works: {greeted}"


async def send_test(site: Site, workspace: int, sender: int, to: str, now: datetime) -> str:
    """Send a mail that says it is a test; the sentence to show, whether it left or not.

    Raises Invalid for an address that is none or may not be written to.
    """
    address = str(address_of(to.strip()))
    if await fetch(_SUPPRESSED, workspace, address_hash(address)):
        raise Invalid(Fault("to", "nothing may be sent to this address: it is on the list of those never written to"))
    mail = await _test_mail(site, workspace, await load_mail_sender(site.settings, workspace, sender), address, now)
    try:
        await site.transport.send(mail)
    except NotDelivered as fault:
        return f"It did not leave: {fault}."
    except Invalid as fault:
        return f"It did not leave: {fault.faults[0].message}."
    if site.settings.mail_transport == "outbox":
        return "It is on the page Outbox: this installation sends no mails yet."
    return "It has left. Look at how it arrives, and at its headers: SPF and DKIM should say pass."


async def _knock(server: MailServer) -> str:
    """Connect, log in and say goodbye."""
    client = client_of(replace(server, timeout=STEP_SECONDS))
    await client.connect()
    try:
        answer = await client.noop()
        return f"the server answered {answer.code}{' after the log-in' if server.username else ''}."
    finally:
        client.close()


def _said(fault: aiosmtplib.SMTPResponseException) -> str:
    words = " ".join(str(fault.message).split())
    return f"{fault.code} {words[:LONGEST_SAID]}"


def _reason(fault: Exception) -> str:
    """The cause in the words of the system, such as "Connection refused"."""
    cause = fault.__cause__ if isinstance(fault.__cause__, OSError) else fault
    return getattr(cause, "strerror", None) or type(cause).__name__


async def _test_mail(site: Site, workspace: int, sender: MailSender, to: str, now: datetime) -> Mail:
    theme = await theme_of(workspace)
    name = one_line((await fetch("SELECT name FROM workspace WHERE id = $1", workspace))[0]["name"])
    context = {"workspace": name, "accent": theme.accent if theme else SHIPPED_ACCENT, "now": now}
    return Mail(
        workspace=workspace,
        to=to,
        subject=f"[Test] {name}: mail from this sender",
        text=site.templates.get_template("feedback/sender_mail.txt").render(context),
        html=site.templates.get_template("feedback/sender_mail.html").render(context),
        message_id=f"<test.{secrets.token_hex(8)}@{domain_in(sender.address)}>",
        headers=(("X-Kept-Test", "yes"),),
        sender=sender,
    )


_SUPPRESSED = "SELECT 1 FROM suppression WHERE workspace = $1 AND address_hash = $2"
