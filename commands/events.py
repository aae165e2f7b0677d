"""Events out of files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.opened import WORKSPACE, run, workspace_of
from core.clock import utc_now
from core.errors import Fault, Invalid
from core.settings import Settings

if TYPE_CHECKING:
    from feedback.intake.import_events import Imported, Progress


@click.group()
def event() -> None:
    """What happened, as files."""


@event.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WORKSPACE
@click.option("--dry-run", is_flag=True, help="Look at every line and store nothing.")
@click.option("--skip-faulty", is_flag=True, help="Leave lines at fault out instead of storing nothing.")
@click.pass_obj
def import_command(found: Settings, file: Path, workspace: str, dry_run: bool, skip_faulty: bool) -> None:
    """Take the events in FILE, one a line as JSON, packed with gzip or not.

    Run it again after it was stopped: an event with a known key is not taken twice.
    """
    from feedback.intake.import_events import check_events, import_events

    async def take() -> None:
        number = await workspace_of(workspace)
        with _progress("looking at it", file) as progress:
            checked = await check_events(file, number, utc_now(), progress)
        _say_faults(checked, is_left_out=skip_faulty)
        if dry_run:
            click.echo(f"{checked.lines - checked.faulty:,} events without a fault; nothing was stored")
            return
        with _progress("storing", file) as progress:
            _say(await import_events(file, number, utc_now, progress))

    run(found, take)


@contextmanager
def _progress(words: str, file: Path) -> "Iterator[Progress]":
    """A bar over the bytes of the file, where somebody is looking."""
    from tqdm import tqdm

    with tqdm(total=file.stat().st_size, desc=words, unit="B", unit_scale=True, disable=None) as bar:
        yield lambda position: bar.update(position - bar.n)


def _say_faults(checked: "Imported", *, is_left_out: bool) -> None:
    """Raises Invalid where the lines at fault are not to be left out."""
    from feedback.intake.import_events import MOST_FAULTS_SHOWN

    if not checked.faulty:
        return
    words = f"{checked.faulty:,} of {checked.lines:,} lines are at fault"
    shown = "" if checked.faulty <= MOST_FAULTS_SHOWN else f", the first {MOST_FAULTS_SHOWN} faults are shown"
    if not is_left_out:
        remedy = "nothing was stored; mend them, or leave them out with --skip-faulty"
        raise Invalid(*checked.faults, Fault("file", f"{words}{shown}; {remedy}"))
    for fault in checked.faults:
        click.echo(f"note: {fault.field}: {fault.message}", err=True)
    click.echo(f"note: {words} and left out{shown}", err=True)


def _say(stored: "Imported") -> None:
    events = "event" if stored.new == 1 else "events"
    words = f"{stored.new:,} {events} taken, {stored.known:,} known before; {stored.asked:,} asked"
    click.echo(f"{words}, {stored.deferred:,} deferred" if stored.deferred else words)
