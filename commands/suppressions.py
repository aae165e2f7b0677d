"""The addresses that nothing may write to: one added, a file of them imported, all listed."""

from pathlib import Path

import click

from commands.journeys import text_of
from commands.opened import WORKSPACE, run, workspace_of
from core.clock import utc_now
from core.errors import Fault, Invalid
from core.settings import Settings
from feedback.tables import Suppressed

REASON = click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Suppressed if reason is not Suppressed.ERASED]),
    default=Suppressed.BY_HAND.value,
    show_default=True,
    help="Why; only bounced and by_hand can be lifted again.",
)


@click.command()
@click.argument("address")
@WORKSPACE
@REASON
@click.pass_obj
def suppress(found: Settings, address: str, workspace: str, reason: str) -> None:
    """Never write to ADDRESS again, over any channel."""
    from feedback.contacts.suppressions import suppress as suppress_address

    async def add() -> None:
        now = utc_now()
        await suppress_address(await workspace_of(workspace), address, Suppressed(reason), "command line", now)
        click.echo("on the list")

    run(found, add)


@click.group()
def suppressions() -> None:
    """The addresses that nothing may write to."""


@suppressions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WORKSPACE
@REASON
@click.pass_obj
def import_command(found: Settings, file: Path, workspace: str, reason: str) -> None:
    """Put every address in FILE, one a line, on the list; where a line is none, nothing is taken."""
    from feedback.contacts.suppressions import MOST_AT_ONCE, suppress_all

    addresses = addresses_in(text_of(file))

    async def take() -> None:
        owner = await workspace_of(workspace)
        added = 0
        for start in range(0, len(addresses), MOST_AT_ONCE):
            part = addresses[start : start + MOST_AT_ONCE]
            added += await suppress_all(owner, part, Suppressed(reason), file.name, utc_now())
        click.echo(f"{added} added, {len(addresses) - added} were on the list already")

    run(found, take)


@suppressions.command("list")
@WORKSPACE
@click.pass_obj
def list_command(found: Settings, workspace: str) -> None:
    """Print the list, the newest first: address, reason, source and time, apart by tabs."""
    from feedback.contacts.suppressions import list_suppressions

    async def show() -> None:
        owner, before = await workspace_of(workspace), None
        while entries := await list_suppressions(owner, before):
            for entry in entries:
                fields = (entry.address or "(erased)", entry.reason, entry.source, entry.created_at.isoformat())
                click.echo("\t".join(fields))
            before = entries[-1].id

    run(found, show)


def addresses_in(text: str) -> list[str]:
    """One a line, each once. Raises Invalid with the number of every line that is none."""
    from feedback.contacts.suppressions import check_address

    addresses: dict[str, None] = {}
    faults = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        address = line.strip()
        if not address:
            continue
        try:
            check_address(address)
        except Invalid as invalid:
            faults.append(Fault(f"line {number}", invalid.faults[0].message))
        addresses[address.lower()] = None
    if faults:
        raise Invalid(*faults)
    return list(addresses)
