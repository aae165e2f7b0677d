"""The pain-point list as files."""

from datetime import datetime
from pathlib import Path

import click

from commands.opened import WORKSPACE, run, workspace_of
from commands.reports import DAY, FILE
from core.clock import utc_now
from core.settings import Settings
from core.whole_file import write_whole

KINDS = ("csv", "xlsx", "json", "markdown", "jira", "linear", "azure", "github")
STATUSES = ("new", "confirmed", "in_action", "solved_awaiting_proof", "solved", "dismissed")
ORDERS = ("loss", "depth")


@click.group()
def pains() -> None:
    """The pain-point list."""


@pains.command("export")
@WORKSPACE
@click.option("--journey", required=True, help="The key of the journey.")
@click.option("--format", "kind", type=click.Choice(KINDS), default="csv", show_default=True)
@click.option("--status", type=click.Choice(STATUSES), help="Only those; without it, all but dismissed ones.")
@click.option("--order", type=click.Choice(ORDERS), default="loss", show_default=True)
@click.option("--since", type=DAY, help="The first day, YYYY-MM-DD; without it, 90 days up to the last.")
@click.option("--until", type=DAY, help="The last day, YYYY-MM-DD; without it, today (UTC).")
@click.option("--out", type=FILE, required=True, help="The file to write.")
@click.pass_obj
def export_command(
    found: Settings,
    workspace: str,
    journey: str,
    kind: str,
    status: str | None,
    order: str,
    since: datetime | None,
    until: datetime | None,
    out: Path,
) -> None:
    """Write the pain points of a journey to a file.

    For a spreadsheet (csv, xlsx), for programs and people (json, markdown), or as the CSV that Jira, Linear, Azure
    DevOps or GitHub's tools import.
    """
    from analysis.load_report import period_of
    from analysis.pains.exports.address import Address
    from analysis.pains.exports.pain_files import FILES
    from analysis.pains.load_pains import load_pains
    from analysis.pains.pain_list import PainFilter, PainList, PainOrder
    from analysis.pains.pain_point import PainStatus

    period = period_of(since and since.date(), until and until.date(), utc_now())
    chosen = PainFilter(status=PainStatus(status) if status else None)

    async def load() -> PainList:
        return await load_pains(await workspace_of(workspace), journey, period, None, chosen, PainOrder(order))

    listed = run(found, load)
    write_whole(out, FILES[kind].make(listed, Address(found.base_url, workspace)))
    click.echo(f"{len(listed.rows)} of {listed.n_all} pain points", err=True)
