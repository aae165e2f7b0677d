"""Comments read again, after an update or a change of themes."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from commands.opened import run, workspace_of
from commands.reports import DAY
from core.clock import utc_now
from core.settings import Settings

STEPS = 1_000  # of the bar


@click.command("rescore")
@click.option("--workspace", "key", help="The key of the workspace; without it, all of them.")
@click.option("--since", type=DAY, help="Only comments given from this day on (UTC), YYYY-MM-DD.")
@click.option("--dry-run", is_flag=True, help="Say what would change and store nothing.")
@click.pass_obj
def rescore_command(found: Settings, key: str | None, since: datetime | None, dry_run: bool) -> None:
    """Read comments again as Kept reads them now.

    What people say of a comment stays as it is. Run it again after it was stopped: it goes on where it was.
    """
    from analysis.text.rescore import FROM_THE_START

    start = since.replace(tzinfo=UTC) if since else FROM_THE_START

    async def reread() -> list[str]:
        workspace = None if key is None else await workspace_of(key)
        return await (_compare if dry_run else _rescore)(workspace, start)

    for line in run(found, reread):
        click.echo(line)


async def _rescore(workspace: int | None, since: datetime) -> list[str]:
    from analysis.text.rescore import finish_rescoring, take_up_rescoring

    number = await take_up_rescoring(workspace, since, utc_now())
    with _progress("reading again") as progress:
        done = await finish_rescoring(number, utc_now, progress)
    told = [f"{done.n_read:,} comments read again, {done.n_changed:,} changed"]
    return [*told, "a later rescoring goes on with the rest"] if done.is_covered else told


async def _compare(workspace: int | None, since: datetime) -> list[str]:
    from analysis.text.compare_readings import compare_readings
    from analysis.text.rescoring_diff import in_words

    with _progress("comparing") as progress:
        differences = await compare_readings(workspace, since, progress)
    return [*in_words(differences), "nothing was stored"]


@contextmanager
def _progress(words: str) -> Iterator[Callable[[float], None]]:
    """A bar that is told which share is done, from 0 to 1."""
    with click.progressbar(length=STEPS, label=words, file=sys.stderr) as bar:
        yield lambda share: bar.update(int(share * STEPS) - bar.pos)
