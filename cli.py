"""The command line: `kept serve`, `kept worker`, and what an operator needs now and then."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

import click

from accounts.membership import add_member, create_workspace, find_workspace
from accounts.sign_in import MOST_OPEN_LINKS, make_link
from accounts.tables import Role
from core.clock import utc_now
from core.database import connected, migrate
from core.embedded import embedded_postgres
from core.errors import Invalid, KeptError, NotFound, SetupFault
from core.logs import configure_logs
from core.settings import BASE_FOLDER, Settings, list_settings, read_settings

Result = TypeVar("Result")


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
    _run(found, migrate)


@kept.command()
@click.option("--workspace", required=True, help="The key of the workspace, such as acme.")
@click.option("--name", required=True, help="Its name on screen.")
@click.option("--owner", required=True, help="The e-mail address of its owner.")
@click.pass_obj
def setup(found: Settings, workspace: str, name: str, owner: str) -> None:
    """Make a workspace with its owner, and print a sign-in link."""

    async def make() -> None:
        await migrate()
        number = await create_workspace(workspace, name, utc_now())
        await add_member(number, owner, "", Role.OWNER, utc_now())
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
        _write(png, charts.png(spec, scale=2))
    if svg is not None:
        _write(svg, charts.svg(spec).encode())


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

    from app import create_app, make_site

    require_free_port(found.host, found.port)
    # uvicorn raises the signal again when it has shut down; as an exit it unwinds, and PostgreSQL and the worker stop.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: sys.exit(0))
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # with nohup it is ignored, and stays so
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    with database_url(found) as url:
        run_connected(url, found, migrate)
        application = create_app(make_site(found), database_url=url)
        config = uvicorn.Config(application, host=found.host, port=found.port, log_config=None, access_log=False)
        with _worker_process(url) if with_worker else nullcontext():
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
        raise NotFound(f"no user {email}, or {MOST_OPEN_LINKS} links are open already")
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


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as fault:
        raise SetupFault(f"can't write {file}: {fault.strerror}") from fault


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


@contextmanager
def _worker_process(url: str) -> Iterator[None]:
    """A worker in a process of its own, so that the web process never loads the text stack."""
    worker_process = subprocess.Popen(
        [sys.executable, "-m", "cli", "worker"],
        env={**os.environ, "KEPT_DATABASE_URL": url},
        cwd=BASE_FOLDER,
        process_group=0,  # Ctrl-C goes to a terminal's whole group; who started the worker stops it, and quietly
    )
    try:
        yield
    finally:
        worker_process.terminate()
        worker_process.wait(timeout=30)


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
