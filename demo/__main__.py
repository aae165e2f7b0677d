"""`make demo`: a company with ninety days behind it, ready to be looked at."""

import os
import shutil
import sys
from pathlib import Path

import click
import msgspec

from app import make_site, update_database
from commands.opened import run_connected
from commands.people import sign_in_link
from commands.serving import require_free_port, serve_until_stopped
from core.clock import utc_now
from core.database import fetch
from core.embedded import embedded_postgres
from core.errors import KeptError, SetupFault
from core.logs import configure_logs
from core.settings import Settings, read_settings
from demo.company import WORKSPACE, live
from demo.replay import Mailbox, ReplayClock
from feedback.delivery.invitation_mail import answer_link
from feedback.delivery.outbox import OutboxTransport

OWNER = "alice@fernwell.example"
STARTED = "demo.started"  # written before anything else; only a folder that holds it is ever emptied
FINISHED = "demo.finished"  # written when the replay is over; without it the demo starts over


def demo(found: Settings, *, fresh: bool) -> None:
    """Replay the journey unless that is done, then serve and say what to open."""
    if found.database_url:
        raise SetupFault("the demo keeps a database of its own; unset KEPT_DATABASE_URL to run it")
    require_free_port(found.host, found.port)
    finished = found.data_folder / FINISHED
    if fresh or not finished.exists():
        _start_over(found.data_folder)
        with embedded_postgres(found.data_folder) as url:
            run_connected(url, found, lambda: _live(found))
        _mark(finished)
    else:
        click.echo(f"The demo is there already, replayed at {finished.read_text(encoding='ascii')[:16]} UTC.")
        click.echo("To start over: make demo FRESH=1")
    with embedded_postgres(found.data_folder) as url:
        lines = run_connected(url, found, lambda: _what_to_open(found))
        serve_until_stopped(found, announce=lambda: click.echo("\n".join(lines)))


def _start_over(data_folder: Path) -> None:
    """Leave a folder with the demo's mark and nothing else. Raises SetupFault where the demo did not make it."""
    held = {entry.name for entry in data_folder.iterdir()} if data_folder.is_dir() else set()
    strangers = held - {STARTED, FINISHED, "postgres", "secret.key", "cache"}
    if held and (STARTED not in held or strangers):
        what = min(strangers) if strangers else f"no {STARTED}"
        raise SetupFault(
            f"{data_folder} was not made by the demo: it holds {what}; remove it yourself, or set KEPT_DATA_FOLDER "
            "to another folder"
        )
    if "postgres" in held:
        _stop_left_behind(data_folder)
    _mark(data_folder / STARTED)
    for name in sorted(held - {STARTED}):  # demo.finished comes first: half a demo must not look whole
        entry = data_folder / name
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _stop_left_behind(data_folder: Path) -> None:
    """Stop the server that an interrupted run left behind. Raises SetupFault where another process still uses it."""
    with embedded_postgres(data_folder):
        pass
    if (data_folder / "postgres" / "postmaster.pid").exists():
        raise SetupFault(f"{data_folder} is in use by another Kept; stop that first")


def _mark(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(utc_now().isoformat(), encoding="ascii")
    except OSError as fault:
        raise SetupFault(f"can't write to the data folder {file.parent}: {fault.strerror}") from fault


async def _live(found: Settings) -> None:
    await update_database()
    now = utc_now()
    clock = ReplayClock(now)
    mailbox = Mailbox(OutboxTransport(clock))
    site = msgspec.structs.replace(make_site(found, clock), transport=mailbox)
    await live(site, mailbox, clock, now)


async def _what_to_open(found: Settings) -> list[str]:
    link = await sign_in_link(found, OWNER)
    waiting = await fetch(_UNANSWERED, utc_now())
    root = f"{found.base_url}/w/{WORKSPACE}"
    survey = answer_link(make_site(found), waiting[0]["id"]) if waiting else f"{root}/outbox"
    return [
        "",
        "  Kept is running. Open, in this order:",
        "",
        f"  1. Sign in (works once)   {link}",
        f"  2. The emotion curve      {root}/journeys/crm-purchase",
        f"  3. The pain-point list    {root}/pain-points",
        f"  4. What they wrote        {root}/responses",
        f"  5. What they speak of     {root}/journeys/crm-purchase/themes",
        f"  6. A survey to answer     {survey}",
        f"  7. The outbox             {root}/outbox",
        "",
        "  Ctrl-C stops everything.",
    ]


_UNANSWERED = """
SELECT i.id FROM invitation i LEFT JOIN response r ON r.invitation = i.id
WHERE i.state = 'sent' AND i.expires_at > $1 AND r.id IS NULL ORDER BY i.expires_at DESC, i.id LIMIT 1
"""


def _asks_to_start_over(fresh: str) -> bool:
    """What FRESH says. Raises SetupFault for anything unclear: starting over removes data."""
    if fresh not in ("", "0", "1"):
        raise SetupFault(f"FRESH is {fresh}; say FRESH=1 to start over, FRESH=0 or nothing to go on")
    return fresh == "1"


def main() -> None:
    try:
        found = read_settings({"KEPT_DATA_FOLDER": "data/demo", "KEPT_LOG_LEVEL": "warning", **os.environ})
        configure_logs(found)
        demo(found, fresh=_asks_to_start_over(os.environ.get("FRESH", "")))
    except KeyboardInterrupt:
        sys.exit(0)
    except KeptError as fault:
        click.echo(f"kept: {fault}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
