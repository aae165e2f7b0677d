"""Serving, working, and keeping the database up to date."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import msgspec

from commands.opened import database_url, run, run_connected
from core.child import kept_running
from core.errors import SetupFault
from core.settings import PREFIX, Settings, environment_of

CLI = Path(__file__).resolve().parent.parent / "cli.py"


@click.command("migrate")
@click.pass_obj
def migrate_command(found: Settings) -> None:
    """Bring the database up to date."""
    from app import update_database

    run(found, update_database)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
@click.pass_obj
def worker(found: Settings, once: bool) -> None:
    """Send what is due and score what came in."""
    from app import jobs_of, make_site
    from core.mail import closed_at_the_end
    from core.worker import run_once, run_until

    async def work() -> None:
        site = make_site(found)
        async with closed_at_the_end(site.transport):
            if once:
                await run_once(jobs_of(site), site.clock())
                return
            stopping = asyncio.Event()
            for name in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(name, stopping.set)
            await run_until(jobs_of(site), site.clock, found.worker_pause_seconds, stopping)

    run(found, work)


@click.command()
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
    return kept_running("worker", [sys.executable, str(CLI), "worker"], environment)
