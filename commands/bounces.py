"""Mail that came back: taken one by one from a mail server, or out of a mailbox."""

import contextlib
import mailbox
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import click

from commands.opened import run
from core.clock import utc_now
from core.errors import SetupFault
from core.settings import Settings

TRUST = click.option(
    "--trust", is_flag=True, help="Believe reports without our token too: for a server that takes no mail from outside."
)
MOST_READ = 1_000_001  # bytes of one mail; longer ones are no report


@click.group()
def bounce() -> None:
    """Mail that came back."""


@bounce.command("take")
@click.option("--recipient", default="", help="The address that the mail came to, where its headers don't say.")
@TRUST
@click.pass_obj
def take_command(found: Settings, recipient: str, trust: bool) -> None:
    """Take one mail from standard input, as a mail server pipes it.

    Ends with 0 where it is done with the mail, taken or not, and with 75 where the server should try again.
    """
    raw = sys.stdin.buffer.read(MOST_READ)
    try:
        said = run(found, lambda: _take(found, [raw], recipient, trust))
    except (SetupFault, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
        click.echo(f"kept: {fault}", err=True)  # the database is away, or was in between: the mail must not be lost
        sys.exit(os.EX_TEMPFAIL)
    click.echo(said)


@bounce.command("read")
@click.argument("box", type=click.Path(exists=True, path_type=Path))
@TRUST
@click.pass_obj
def read_command(found: Settings, box: Path, trust: bool) -> None:
    """Read every mail in BOX, an mbox file or a Maildir. Nothing in it is changed; reading it again changes nothing."""
    click.echo(run(found, lambda: _take(found, _mails_in(box), "", trust)))


async def _take(found: Settings, mails: "list[bytes] | Iterator[bytes]", recipient: str, trust: bool) -> str:
    from feedback.delivery.bounces import Taken, take_report_mail

    took = [taken for raw in mails for taken in await take_report_mail(found, raw, recipient, utc_now(), trust=trust)]
    taken = took.count(Taken.TAKEN)
    return f"{taken} taken, {len(took) - taken} about mail that is not known"


def _mails_in(box: Path) -> Iterator[bytes]:
    opened: mailbox.Maildir | mailbox.mbox = (
        mailbox.Maildir(box, create=False) if box.is_dir() else mailbox.mbox(box, create=False)
    )
    with contextlib.closing(opened):
        for key in opened.iterkeys():
            yield opened.get_bytes(key)[:MOST_READ]
