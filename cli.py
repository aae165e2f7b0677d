"""The command line: `kept serve`, `kept worker`, and what an operator needs now and then."""

import os
import sys

import click

from commands.bounces import bounce
from commands.events import event
from commands.journeys import journey
from commands.pains import pains
from commands.people import contact, member, setup, sign_in_link_command
from commands.reports import report, tally
from commands.rescoring import rescore_command
from commands.serving import migrate_command, serve, worker
from commands.suppressions import suppress, suppressions
from commands.surveys import survey
from core.errors import Invalid, KeptError
from core.logs import configure_logs
from core.settings import Settings, list_settings, read_settings


@click.group()
@click.pass_context
def kept(context: click.Context) -> None:
    """Kept: where promise and experience part, touchpoint by touchpoint."""
    context.obj = read_settings(os.environ)
    configure_logs(context.obj)


@kept.command()
@click.pass_obj
def settings(found: Settings) -> None:
    """List every setting, its value and what it is for."""
    for line in list_settings(found):
        click.echo(f"{line.variable}={line.value}\n    {line.help}")


for command in (
    migrate_command,
    setup,
    sign_in_link_command,
    member,
    contact,
    event,
    suppress,
    suppressions,
    bounce,
    journey,
    survey,
    report,
    tally,
    rescore_command,
    pains,
    worker,
    serve,
):
    kept.add_command(command)


def main() -> None:
    """The entry point: an error that Kept knows is one line a fault, not a traceback."""
    try:
        kept()
    except KeyboardInterrupt:
        sys.exit(130)
    except Invalid as invalid:
        for fault in invalid.faults:
            click.echo(f"kept: {fault.field}: {fault.message}", err=True)
        sys.exit(1)
    except KeptError as error:
        click.echo(f"kept: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
