"""Reports as files, and the counts they are made of."""

from datetime import datetime
from pathlib import Path

import click

from commands.opened import WORKSPACE, run, workspace_of
from core.clock import utc_now
from core.settings import Settings
from core.whole_file import write_whole

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def report() -> None:
    """Reports as files."""


@report.command("curve")
@click.argument("key")
@WORKSPACE
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="Write the curve as PNG to this file.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write the curve as SVG to this file.")
@click.option("--dark", is_flag=True)
@click.option("--phone", is_flag=True, help="For a screen of 390 px.")
@click.pass_obj
def curve_command(
    found: Settings, key: str, workspace: str, png: Path | None, svg: Path | None, dark: bool, phone: bool
) -> None:
    """Draw the emotion curve of the journey KEY over the last 90 days."""
    from analysis import charts
    from analysis.curve_chart import Layout, Theme, curve_spec
    from analysis.load_report import last_days, load_report
    from analysis.report import JourneyReport

    if png is None and svg is None:
        raise click.UsageError("Say where to: --png FILE or --svg FILE.")

    async def load() -> JourneyReport:
        return await load_report(await workspace_of(workspace), key, last_days(utc_now()))

    layout, theme = Layout.PHONE if phone else Layout.WIDE, Theme.DARK if dark else Theme.LIGHT
    spec = curve_spec(run(found, load), layout=layout, theme=theme)
    if png is not None:
        write_whole(png, charts.png(spec, scale=2))
    if svg is not None:
        write_whole(svg, charts.svg(spec).encode())


@report.command("journey")
@click.argument("key")
@WORKSPACE
@click.option("--since", type=DAY, help="The first day, YYYY-MM-DD; without it, 90 days up to the last.")
@click.option("--until", type=DAY, help="The last day, YYYY-MM-DD; without it, today (UTC).")
@click.option("--json", type=FILE, help="Write every figure as JSON to this file, as the API gives them.")
@click.option("--html", type=FILE, help="Write curve, figures and blind spots as one page that needs nothing else.")
@click.option("--svg", type=FILE, help="Write the curve as SVG to this file.")
@click.option("--png", type=FILE, help="Write the curve as PNG to this file.")
@click.option("--pdf", type=FILE, help="Write curve, figures and blind spots as a PDF for paper to this file.")
@click.pass_obj
def report_journey_command(
    found: Settings, /, key: str, workspace: str, since: datetime | None, until: datetime | None, **files: Path | None
) -> None:
    """Write the report of the journey KEY to one file or several.

    The same report asked twice has the same bytes.
    """
    from analysis.load_full_report import load_full_report
    from analysis.load_report import period_of
    from analysis.report import JourneyReport
    from analysis.report_file import MAKERS

    wanted = {file: MAKERS[kind] for kind, file in files.items() if file is not None}
    if not wanted:
        raise click.UsageError("Say where to: --json, --html, --svg, --png or --pdf FILE.")
    period = period_of(since and since.date(), until and until.date(), utc_now())

    async def load() -> JourneyReport:
        return await load_full_report(await workspace_of(workspace), key, period)

    made = run(found, load)
    for file, content in [(file, maker(made)) for file, maker in wanted.items()]:  # all are made before one is written
        write_whole(file, content)


@click.group()
def tally() -> None:
    """The counts that reports are made of."""


@tally.command("rebuild")
@click.pass_obj
def rebuild_command(found: Settings) -> None:
    """Count every answer again, and say whether the counts kept were the same."""
    from tqdm import tqdm

    from analysis.rebuild_tally import Rebuilt, rebuild_tally

    async def rebuild() -> Rebuilt:
        with tqdm(desc="Counting again", unit="step") as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            return await rebuild_tally(progress)

    rebuilt = run(found, rebuild)
    click.echo(f"{rebuilt.cells} cells; {rebuilt.differing or 'none'} had been kept otherwise")
