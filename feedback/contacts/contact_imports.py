"""Imports of contacts as people start and follow them; feedback/contacts/import_contacts.py does the work."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from core.database import Row, fetch
from core.errors import Conflict, Invalid, NotFound
from feedback.contacts.contact_columns import Column, Columns, column_faults, guess_columns
from feedback.contacts.contact_file import Sheet, SheetRow

EXAMPLES = 20  # rows that are shown beside the columns
RECENT = 20  # imports that the page lists


class ImportState(StrEnum):
    """Where an import stands. A try counts what would become of each row, and changes nothing."""

    CHECKING = "checking"  # a worker is trying the rows
    CHECKED = "checked"  # somebody has to say whether to start
    RUNNING = "running"
    STOPPED = "stopped"  # at a fault that came up after the try
    DONE = "done"
    CANCELLED = "cancelled"


class RowFault(Struct, frozen=True):
    """What is wrong with a row, by its number in the sheet."""

    row: int
    field: str
    message: str


class Findings(Struct, frozen=True):
    """The first faults, and contacts of the file whose address somebody else has, in words."""

    n: int = 0  # rows with a fault
    faults: tuple[RowFault, ...] = ()
    n_shared: int = 0
    shared: tuple[str, ...] = ()


class Plan(Struct, frozen=True):
    """How an import reads its file."""

    columns: Columns
    skips_faulty: bool = False


class ImportView(Struct, frozen=True, kw_only=True):
    """An import as people see it; `examples` are the first rows, as long as the file is kept."""

    id: int
    name: str
    plan: Plan
    total: int
    done: int
    created: int
    updated: int
    unchanged: int
    findings: Findings
    state: ImportState
    created_at: datetime
    finished_at: datetime | None
    examples: tuple[tuple[str, ...], ...] = ()

    @property
    def is_under_way(self) -> bool:
        return self.state in _UNDER_WAY


_UNDER_WAY = (ImportState.CHECKING, ImportState.RUNNING)


async def start_import(workspace: int, name: str, sheet: Sheet, consent_source: str, now: datetime) -> int:
    """The number of a new import, whose rows are to be tried; `sheet` is what `read_sheet` gives."""
    columns = Columns(sheet.header, guess_columns(sheet.header), consent_source)
    rows = await fetch(
        _START,
        workspace,
        name[:200].replace("\0", ""),
        msgspec.json.Encoder().encode_lines(sheet.rows),
        msgspec.json.encode(Plan(columns)).decode(),
        len(sheet.rows),
        consent_source[:200],
        now,
    )
    return int(rows[0]["id"])


async def find_unfinished(workspace: int, name: str, sheet: Sheet) -> int | None:
    """The import of this very file that was started and not finished."""
    content = msgspec.json.Encoder().encode_lines(sheet.rows)
    rows = await fetch(_UNFINISHED, workspace, name[:200], content)
    return int(rows[0]["id"]) if rows else None


async def load_import(workspace: int, number: int) -> ImportView:
    """Raises NotFound where this workspace has no such import."""
    rows = await fetch(f"{_VIEW} WHERE workspace = $1 AND id = $2", workspace, number)
    if not rows:
        raise NotFound("There is no such import.")
    view = _view(rows[0])
    content = await fetch("SELECT content FROM contact_import WHERE id = $1", number)
    first = lines_of(content[0]["content"] or b"")[:EXAMPLES]
    examples = tuple(msgspec.json.decode(line, type=SheetRow).cells for line in first)
    return msgspec.structs.replace(view, examples=examples)


async def list_imports(workspace: int) -> list[ImportView]:
    """The newest first."""
    return [
        _view(row) for row in await fetch(f"{_VIEW} WHERE workspace = $1 ORDER BY id DESC LIMIT {RECENT}", workspace)
    ]


async def choose_columns(workspace: int, number: int, meanings: Sequence[Column], consent_source: str) -> None:
    """Try the rows again, the columns read as said. Raises Invalid for columns that make no contact."""
    found = await load_import(workspace, number)
    if len(meanings) != len(found.plan.columns.header):
        raise Conflict("The columns are not those of this file; load the page again.")
    columns = Columns(found.plan.columns.header, tuple(meanings), consent_source[:200])
    if faults := column_faults(columns):
        raise Invalid(*faults)
    await _move_on(found, (ImportState.CHECKING, ImportState.CHECKED), ImportState.CHECKING, Plan(columns))


async def run_on(workspace: int, number: int, *, skips_faulty: bool) -> None:
    """Let the rows in. Raises Conflict where some are faulty and nobody has said to skip them."""
    found = await load_import(workspace, number)
    if faults := column_faults(found.plan.columns):
        raise Invalid(*faults)
    if found.state is ImportState.CHECKED and found.findings.n and not skips_faulty:
        raise Conflict(f"Rows with faults: {found.findings.n}. Mend the file, or say that they are to be skipped.")
    plan = Plan(found.plan.columns, skips_faulty)
    if found.state is ImportState.STOPPED:
        await fetch(_RESUME, number, msgspec.json.encode(plan).decode())
    else:
        await _move_on(found, (ImportState.CHECKED,), ImportState.RUNNING, plan)


async def cancel_import(workspace: int, number: int, now: datetime) -> None:
    """What is in stays in; the file goes."""
    await load_import(workspace, number)
    await fetch(_CANCEL, number, now)


async def _move_on(found: ImportView, allowed: tuple[ImportState, ...], state: ImportState, plan: Plan) -> None:
    """To another state, counted from the first row again. Raises Conflict where the import stands elsewhere."""
    rows = await fetch(_MOVE_ON, found.id, list(allowed), state, msgspec.json.encode(plan).decode())
    if not rows:
        raise Conflict("This import has moved on meanwhile; load the page again.")


def lines_of(content: bytes) -> list[bytes]:
    """The rows of a kept file, each the JSON of a SheetRow."""
    return content.splitlines()


def _view(row: Row) -> ImportView:
    plan = msgspec.json.decode(row.pop("columns"), type=Plan)
    findings = msgspec.json.decode(row.pop("faults"), type=Findings)
    return ImportView(**{**row, "plan": plan, "findings": findings, "state": ImportState(row["state"])})


_VIEW = """
SELECT id, name, columns, total, done, created, updated, unchanged, faults, state, created_at, finished_at
FROM contact_import
"""

_START = """
INSERT INTO contact_import (workspace, name, content, columns, total, done, created, updated, unchanged, faults, state,
                            source, created_at)
VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, '{}', 'checking', $6, $7) RETURNING id
"""

_UNFINISHED = """
SELECT id FROM contact_import
WHERE workspace = $1 AND name = $2 AND state IN ('running', 'stopped') AND sha256(content) = sha256($3)
ORDER BY id DESC LIMIT 1
"""

_RESUME = """
UPDATE contact_import SET columns = $2, state = 'running', faults = '{}', leased_until = NULL
WHERE id = $1 AND state = 'stopped'
"""

_MOVE_ON = """
UPDATE contact_import SET state = $3::varchar, columns = $4, done = 0, created = 0, updated = 0, unchanged = 0,
    faults = CASE WHEN $3::varchar = 'checking' THEN '{}' ELSE faults END, leased_until = NULL
WHERE id = $1 AND state = ANY($2) RETURNING id
"""

_CANCEL = """
UPDATE contact_import SET state = 'cancelled', content = NULL, finished_at = $2
WHERE id = $1 AND state NOT IN ('done', 'cancelled')
"""
