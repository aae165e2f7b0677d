"""A file of contacts from the command line: tried, then let in, with a bar that shows how far it has come."""

import asyncio
from pathlib import Path

import click
from tqdm import tqdm

from core.clock import utc_now
from core.errors import Fault, Invalid, SetupFault
from feedback.contacts.contact_file import read_sheet
from feedback.contacts.contact_imports import (
    Findings,
    ImportState,
    ImportView,
    cancel_import,
    find_unfinished,
    load_import,
    run_on,
    start_import,
)
from feedback.contacts.import_contacts import run_import

PAUSE_SECONDS = 0.5  # where a worker is at this import too


async def import_file(workspace: int, file: Path, *, dry_run: bool, skip_faulty: bool, source: str) -> None:
    """Raises Invalid with every fault shown where rows are faulty and are not to be skipped; then nothing is kept."""
    sheet = read_sheet(_content_of(file), file.name)
    number = None if dry_run else await find_unfinished(workspace, file.name, sheet)
    if number is None:
        number = await start_import(workspace, file.name, sheet, source, utc_now())
        tried = await _finish(workspace, number, "trying")
        _tell(tried, "would be")
        if dry_run or (tried.findings.n and not skip_faulty):
            await cancel_import(workspace, number, utc_now())
            _refuse(tried.findings, is_final=not dry_run)
            return
    else:
        click.echo("this import was begun before: it goes on where it was", err=True)
    if (await load_import(workspace, number)).state is not ImportState.RUNNING:
        await run_on(workspace, number, skips_faulty=skip_faulty)
    done = await _finish(workspace, number, "importing")
    if done.state is ImportState.STOPPED:
        _refuse(done.findings, is_final=True)
    _tell(done, "were")


def _content_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise SetupFault(f"can't read {file}: {fault.strerror}") from fault


async def _finish(workspace: int, number: int, what: str) -> ImportView:
    """Work until the import comes to a rest; a worker may do some of it."""
    found = await load_import(workspace, number)
    with tqdm(total=found.total, initial=found.done, desc=what, unit=" rows", delay=0.5) as bar:
        while found.is_under_way:
            if not await run_import(number, utc_now()):
                await asyncio.sleep(PAUSE_SECONDS)
            found = await load_import(workspace, number)
            bar.update(found.done - bar.n)
    return found


def _tell(found: ImportView, verb: str) -> None:
    click.echo(
        f"{found.name}: {found.created} {verb} created, {found.updated} updated, {found.unchanged} unchanged; "
        f"{found.done - found.created - found.updated - found.unchanged} with faults"
    )
    for note in found.findings.shared if verb == "would be" else ():
        click.echo(f"note: {note}", err=True)


def _refuse(findings: Findings, *, is_final: bool) -> None:
    faults = [Fault(f"row {fault.row} {fault.field}".strip(), fault.message) for fault in findings.faults]
    if findings.n > len(faults):
        faults.append(Fault("rows", f"{findings.n} have faults; these are the first"))
    if faults and is_final:
        raise Invalid(*faults, Fault("--skip-faulty", "mend these rows, or take the others with this option"))
    for fault in faults:
        click.echo(f"{fault.field}: {fault.message}", err=True)
