"""The command line: `kept serve`, `kept worker`, and what an operator needs now and then."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from accounts.membership import add_member, create_owned_workspace, find_workspace
from accounts.sign_in import make_link
from accounts.tables import Role
from core.child import kept_running
from core.clock import utc_now
from core.database import connected
from core.embedded import embedded_postgres
from core.errors import Invalid, KeptError, NotFound, SetupFault
from core.logs import configure_logs
from core.settings import PREFIX, Settings, environment_of, list_settings, read_settings
from core.whole_file import write_whole

Result = TypeVar("Result")
DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)


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


@kept.command("migrate")
@click.pass_obj
def migrate_command(found: Settings) -> None:
    """Bring the database up to date."""
    from app import update_database

    _run(found, update_database)


@kept.command()
@click.option("--workspace", required=True, help="The key of the workspace, such as acme.")
@click.option("--name", required=True, help="Its name on screen.")
@click.option("--owner", required=True, help="The e-mail address of its owner.")
@click.pass_obj
def setup(found: Settings, workspace: str, name: str, owner: str) -> None:
    """Make a workspace with its owner, and print a sign-in link."""

    from app import update_database

    async def make() -> None:
        await update_database()
        await create_owned_workspace(workspace, name, owner, utc_now())
        click.echo(await sign_in_link(found, owner))

    _run(found, make)


@kept.command("sign-in-link")
@click.argument("email")
@click.pass_obj
def sign_in_link_command(found: Settings, email: str) -> None:
    """Print a link that signs EMAIL in once."""

    async def make() -> None:
        click.echo(await sign_in_link(found, email))

    _run(found, make)


@kept.group()
def member() -> None:
    """The people of a workspace."""


@member.command("add")
@click.argument("email")
@click.option("--workspace", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.pass_obj
def add_command(found: Settings, email: str, workspace: str, role: str) -> None:
    """Let EMAIL into a workspace, or give them another role there, and print a link that signs them in."""

    async def add() -> None:
        await add_member(await _workspace(workspace), email, "", Role(role), utc_now())
        click.echo(await sign_in_link(found, email))

    _run(found, add)


@kept.group()
def contact() -> None:
    """The people who are asked."""


@contact.command("erase")
@click.argument("external_id")
@click.option("--workspace", required=True)
@click.confirmation_option(prompt="Everything about this contact goes for good, and out of every figure. Erase?")
@click.pass_obj
def erase_command(found: Settings, external_id: str, workspace: str) -> None:
    """Erase the contact EXTERNAL_ID with all events, mails and responses."""
    from analysis.remove_responses import erase_contact

    async def erase() -> None:
        removed = await erase_contact(await _workspace(workspace), external_id)
        click.echo(f"erased, with {removed} responses")

    _run(found, erase)


@kept.group()
def journey() -> None:
    """Journeys as files."""


@journey.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--workspace", required=True)
@click.pass_obj
def import_command(found: Settings, file: Path, workspace: str) -> None:
    """Create or update a journey, its surveys and triggers from FILE (YAML or JSON)."""
    from surveys.import_journey import import_journey
    from surveys.journey_file import read_journey, warnings_of

    parsed = read_journey(_text_of(file), file.name)

    async def take() -> None:
        imported = await import_journey(await _workspace(workspace), parsed, utc_now())
        for warning in warnings_of(parsed):
            click.echo(f"note: {warning}", err=True)
        click.echo(f"{parsed.key}: {imported.summary()}")

    _run(found, take)


@journey.command("export")
@click.argument("key")
@click.option("--workspace", required=True)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of YAML.")
@click.pass_obj
def export_command(found: Settings, key: str, workspace: str, as_json: bool) -> None:
    """Print the journey KEY as a file that imports again."""
    from surveys.export_journey import export_journey
    from surveys.journey_file import write_journey

    async def give() -> None:
        exported = await export_journey(await _workspace(workspace), key)
        click.echo(write_journey(exported, "json" if as_json else "yaml"), nl=False)

    _run(found, give)


@kept.group()
def report() -> None:
    """Reports as files."""


@report.command("curve")
@click.argument("key")
@click.option("--workspace", required=True)
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
        return await load_report(await _workspace(workspace), key, last_days(utc_now()))

    layout, theme = Layout.PHONE if phone else Layout.WIDE, Theme.DARK if dark else Theme.LIGHT
    spec = curve_spec(_run(found, load), layout=layout, theme=theme)
    if png is not None:
        write_whole(png, charts.png(spec, scale=2))
    if svg is not None:
        write_whole(svg, charts.svg(spec).encode())


@report.command("journey")
@click.argument("key")
@click.option("--workspace", required=True)
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
    from analysis import report_file
    from analysis.load_full_report import load_full_report
    from analysis.load_report import period_of
    from analysis.report import JourneyReport

    makers: dict[str, Callable[[JourneyReport], bytes]] = {
        "json": report_file.report_json,
        "html": report_file.report_html,
        "svg": lambda made: report_file.curve_svg(made).encode(),
        "png": report_file.curve_png,
        "pdf": report_file.report_pdf,
    }
    wanted = {file: makers[kind] for kind, file in files.items() if file is not None}
    if not wanted:
        raise click.UsageError("Say where to: --json, --html, --svg, --png or --pdf FILE.")
    period = period_of(since and since.date(), until and until.date(), utc_now())

    async def load() -> JourneyReport:
        return await load_full_report(await _workspace(workspace), key, period)

    made = _run(found, load)
    for file, content in [(file, maker(made)) for file, maker in wanted.items()]:  # all are made before one is written
        write_whole(file, content)


@kept.group()
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

    rebuilt = _run(found, rebuild)
    click.echo(f"{rebuilt.cells} cells; {rebuilt.differing or 'none'} had been kept otherwise")


@kept.command()
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
@click.pass_obj
def worker(found: Settings, once: bool) -> None:
    """Send what is due and score what came in."""
    from app import jobs_of, make_site
    from core.worker import run_once, run_until

    async def work() -> None:
        site = make_site(found)
        if once:
            await run_once(jobs_of(site), site.clock())
            return
        stopping = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stopping.set)
        await run_until(jobs_of(site), site.clock, found.worker_pause_seconds, stopping)

    _run(found, work)


@kept.command()
@click.option("--without-worker", is_flag=True, help="Serve pages only; run `kept worker` elsewhere.")
@click.pass_obj
def serve(found: Settings, without_worker: bool) -> None:
    """Serve the pages and the API, with a worker beside them."""
    serve_until_stopped(found, with_worker=not without_worker)


def serve_until_stopped(
    found: Settings, *, with_worker: bool = True, announce: Callable[[], None] | None = None
) -> None:
    """Migrate, start the worker as a process of its own, and serve until SIGINT, SIGTERM or SIGHUP."""
    import uvicorn

    from app import create_app, make_site, update_database

    require_free_port(found.host, found.port)
    # uvicorn raises the signal again when it has shut down; as an exit it unwinds, and PostgreSQL and the worker stop.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: sys.exit(0))
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # with nohup it is ignored, and stays so
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    with database_url(found) as url:
        run_connected(url, found, update_database)
        application = create_app(make_site(found), database_url=url)
        config = uvicorn.Config(application, host=found.host, port=found.port, log_config=None, access_log=False)
        with _worker_process(found, url) if with_worker else nullcontext():
            if announce is not None:
                announce()
            uvicorn.Server(config).run()


@contextmanager
def database_url(found: Settings) -> Iterator[str]:
    """The URL of the database: the one set, or that of the embedded server, running for as long as it is needed."""
    if found.database_url:
        yield found.database_url
    else:
        with embedded_postgres(found.data_folder) as url:
            yield url


async def sign_in_link(found: Settings, email: str) -> str:
    """A new link for the user with `email`. Raises NotFound where there is none."""
    token = await make_link(email, utc_now())
    if token is None:
        raise NotFound(f"there is no user {email}; add one with: kept member add")
    return f"{found.base_url}/sign-in/{token}"


async def _workspace(key: str) -> int:
    found = await find_workspace(key)
    if found is None:
        raise NotFound(f"there is no workspace {key}")
    return found


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SetupFault(f"can't read {file}: {fault}") from fault


def _run(found: Settings, act: Callable[[], Awaitable[Result]]) -> Result:
    """Run `act` with the database open."""
    with database_url(found) as url:
        return run_connected(url, found, act)


def run_connected(url: str, found: Settings, act: Callable[[], Awaitable[Result]]) -> Result:
    """Run `act` in a loop of its own, with a pool to the database at `url`."""

    async def connected_act() -> Result:
        async with connected(url, found.database_connections):
            return await act()

    return asyncio.run(connected_act())


def require_free_port(host: str, port: int) -> None:
    """Raises SetupFault where something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise SetupFault(
                f"can't listen on {host}:{port}: {fault.strerror}; stop what uses it, or set KEPT_PORT to another"
            ) from fault


def _worker_process(found: Settings, url: str) -> AbstractContextManager[None]:
    """A worker in a process of its own, so that the web process never loads the text stack.

    It is given every setting as this process has them, whatever they came from: the two must sign links alike.
    """
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = others | environment_of(msgspec.structs.replace(found, database_url=url))
    return kept_running("worker", [sys.executable, __file__, "worker"], environment)


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
