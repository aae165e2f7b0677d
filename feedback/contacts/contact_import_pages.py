"""The staff's pages of imports: a file is taken, tried, its columns are set right, and it is let in."""

import asyncio
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from accounts.membership import Member
from accounts.tables import Role
from core.errors import Conflict, Fault, Invalid
from feedback.contacts.contact_columns import COLUMN_WORDS, Column, example_values
from feedback.contacts.contact_file import LARGEST_FILE, MOST_ROWS, read_sheet
from feedback.contacts.contact_imports import (
    ImportState,
    ImportView,
    cancel_import,
    choose_columns,
    list_imports,
    load_import,
    run_on,
    start_import,
)

EDITORS = {"role": Role.EDITOR}
LARGEST_FORM = LARGEST_FILE + 64 * 1024  # the file, and the form around it

STATE_WORDS = {
    ImportState.CHECKING: "being tried",
    ImportState.CHECKED: "waits for you",
    ImportState.RUNNING: "under way",
    ImportState.STOPPED: "stopped at a fault",
    ImportState.DONE: "done",
    ImportState.CANCELLED: "cancelled",
}


@get("/contacts/import", opt=EDITORS, include_in_schema=False)
async def imports_page(member: NamedDependency[Member]) -> Template:
    return await _imports_page(member)


@post("/contacts/import", opt=EDITORS, include_in_schema=False, request_max_body_size=LARGEST_FORM)
async def take_file(
    request: Request[Any, Any, Any], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take a file in to be tried; nothing of it counts yet."""
    form = await request.form()
    file, source = form.get("file"), str(form.get("consent_source", ""))
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid(Fault("file", "choose a file"))
        content = await file.read(LARGEST_FILE + 1)
        sheet = await asyncio.to_thread(read_sheet, content, file.filename)  # long work that must not hold up others
    except Invalid as fault:
        return await _imports_page(member, fault, source)
    number = await start_import(member.workspace, file.filename, sheet, source, now)
    return _to(member, number)


@get("/contacts/import/{number:int}", opt=EDITORS, include_in_schema=False)
async def import_page(number: FromPath[int], member: NamedDependency[Member]) -> Template:
    return _import_page(await load_import(member.workspace, number))


@post("/contacts/import/{number:int}/columns", opt=EDITORS, include_in_schema=False)
async def set_columns(
    request: Request[Any, Any, Any], number: FromPath[int], member: NamedDependency[Member]
) -> Response[Any]:
    """Read the columns as chosen, and try the rows again."""
    form = await request.form()
    found = await load_import(member.workspace, number)
    chosen = [str(form.get(f"column-{at}", Column.IGNORED)) for at in range(len(found.plan.columns.header))]
    meanings = [Column(name) if name in list(Column) else Column.IGNORED for name in chosen]
    try:
        await choose_columns(member.workspace, number, meanings, str(form.get("consent_source", "")))
    except (Invalid, Conflict) as fault:
        return _import_page(found, str(fault))
    return _to(member, number)


@post("/contacts/import/{number:int}/start", opt=EDITORS, include_in_schema=False)
async def let_in(
    request: Request[Any, Any, Any], number: FromPath[int], member: NamedDependency[Member]
) -> Response[Any]:
    form = await request.form()
    try:
        await run_on(member.workspace, number, skips_faulty="skip_faulty" in form)
    except (Invalid, Conflict) as fault:
        return _import_page(await load_import(member.workspace, number), str(fault))
    return _to(member, number)


@post("/contacts/import/{number:int}/cancel", opt=EDITORS, include_in_schema=False)
async def give_up(
    number: FromPath[int], member: NamedDependency[Member], now: NamedDependency[datetime]
) -> Response[Any]:
    await cancel_import(member.workspace, number, now)
    return _to(member, number)


async def _imports_page(member: Member, fault: Invalid | None = None, source: str = "") -> Template:
    context = {
        "imports": await list_imports(member.workspace),
        "state_words": STATE_WORDS,
        "faults": fault.faults if fault else (),
        "source": source,
        "largest": LARGEST_FILE // 1024**2,
        "most_rows": MOST_ROWS,
    }
    return Template("feedback/contact_imports.html", context=context, status_code=422 if fault else 200)


def _import_page(found: ImportView, fault: str = "") -> Template:
    columns = found.plan.columns
    context = {
        "found": found,
        "fault": fault,
        "state": STATE_WORDS[found.state],
        "columns": [
            (at, name, meaning, example_values(found.examples, at))
            for at, (name, meaning) in enumerate(zip(columns.header, columns.meanings, strict=True))
        ],
        "column_words": COLUMN_WORDS,
    }
    return Template("feedback/contact_import.html", context=context, status_code=409 if fault else 200)


def _to(member: Member, number: int) -> Redirect:
    return Redirect(f"/w/{member.workspace_key}/contacts/import/{number}", status_code=303)


STAFF = [imports_page, take_file, import_page, set_columns, let_in, give_up]
