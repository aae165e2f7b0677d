"""The worker's part of an import: rows tried first, then kept batch by batch; a stopped one goes on where it was."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from core.addresses import address_hash
from core.database import Row, fetch, transaction
from core.errors import Conflict, Fault
from feedback.contacts.contact_columns import Columns, column_faults, contact_of_row, who_is_named
from feedback.contacts.contact_file import SheetRow
from feedback.contacts.contact_imports import Findings, ImportState, Plan, RowFault, lines_of
from feedback.contacts.keep_contacts import Kept, preview_contacts, upsert_contacts
from feedback.intake.event import EventContact
from feedback.intake.event_faults import contact_faults
from surveys.journeys import persona_ids

BATCH = 500  # rows in a transaction
BATCHES_AT_ONCE = 10  # that a worker does before it looks at its other jobs
LEASE = timedelta(minutes=2)  # several times what these batches take
MOST_FAULTS = 100  # that are shown; all are counted
MOST_NOTES = 20


async def import_contacts(now: datetime) -> int:
    """The worker's job: some batches of the import that has waited longest; returns how many rows they held."""
    rows = await fetch(_CLAIM, now, now + LEASE)
    return await run_import(rows[0]["id"], now) if rows else 0


async def run_import(number: int, now: datetime) -> int:
    """Some batches of one import; returns how many rows they held. Two at once do not harm: one of them gives way."""
    rows = await fetch(_WORK, number)
    if not rows:
        return 0
    work = _Work(rows[0])
    if faults := column_faults(work.plan.columns):
        await fetch(_STOP, number, msgspec.json.encode(_of_file(faults)).decode(), ImportState.CHECKED)
        return 0
    before = work.done
    personas = set(await persona_ids(work.workspace))
    for _ in range(BATCHES_AT_ONCE):
        if not await _one_batch(work, personas, now):
            break
    await fetch("UPDATE contact_import SET leased_until = NULL WHERE id = $1", number)
    return work.done - before


class _Work:
    """An import under way: its rows, and how far it has come."""

    def __init__(self, row: Row) -> None:
        self.id: int = row["id"]
        self.workspace: int = row["workspace"]
        self.state = ImportState(row["state"])
        self.plan = msgspec.json.decode(row["columns"], type=Plan)
        self.done: int = row["done"]
        self.counts = Counter({kept: row[kept.value] for kept in Kept})
        self.findings = msgspec.json.decode(row["faults"], type=Findings)
        self.lines = lines_of(row["content"] or b"")
        self.first_with_id, self.first_with_address = _first_rows(self.lines, self.plan.columns)


async def _one_batch(work: _Work, personas: set[str], now: datetime) -> bool:
    """Whether there is more to do. All of a batch is kept with the record of it, or nothing is."""
    lines = work.lines[work.done : work.done + BATCH]
    rows = [msgspec.json.decode(line, type=SheetRow) for line in lines]
    contacts, faults = _read(work, rows, personas, now)
    is_try = work.state is ImportState.CHECKING
    if faults and not is_try and not work.plan.skips_faulty:
        findings = _with_faults(Findings(), faults)
        await fetch(_STOP, work.id, msgspec.json.encode(findings).decode(), ImportState.STOPPED)
        return False
    async with transaction():
        keep = preview_contacts if is_try else upsert_contacts
        kept = await keep(work.workspace, list(contacts.values()), now) if contacts else []
        findings = _with_faults(work.findings, faults) if is_try else work.findings
        if is_try:
            findings = await _with_shared(work, contacts, findings)
        counts = work.counts + Counter(one.outcome for one in kept)
        done = work.done + len(rows)
        is_over = done == len(work.lines)
        state = work.state if not is_over else ImportState.CHECKED if is_try else ImportState.DONE
        recorded = await fetch(
            _RECORD,
            work.id,
            work.done,
            done,
            *[counts[kept] for kept in Kept],
            msgspec.json.encode(findings).decode(),
            state,
            work.state,
            now,
        )
        if not recorded:
            raise Conflict("Another worker has gone on with this import.")
    work.done, work.counts, work.findings = done, counts, findings
    return not is_over


def _read(
    work: _Work, rows: Sequence[SheetRow], personas: set[str], now: datetime
) -> tuple[dict[int, EventContact], list[RowFault]]:
    """The contacts by the numbers of their rows, and what is wrong with the other rows."""
    contacts: dict[int, EventContact] = {}
    faults: list[RowFault] = []
    for row in rows:
        found = _contact_in(work, row, personas, now)
        if isinstance(found, EventContact):
            contacts[row.number] = found
        else:
            faults += found
    return contacts, faults


def _contact_in(work: _Work, row: SheetRow, personas: set[str], now: datetime) -> EventContact | list[RowFault]:
    if row.fault:
        return [RowFault(row.number, "", row.fault)]
    contact = contact_of_row(work.plan.columns, row.cells)
    if not isinstance(contact, EventContact):
        return [RowFault(row.number, fault.field, fault.message) for fault in contact]
    if faults := list(contact_faults(contact, personas, now)):
        return [RowFault(row.number, fault.field, fault.message) for fault in faults]
    first = work.first_with_id.get(contact.id, row.number)
    if first != row.number:
        return [RowFault(row.number, "id", f"row {first} has the same id; leave one of the two out")]
    return contact


def _first_rows(lines: Sequence[bytes], columns: Columns) -> tuple[dict[str, int], dict[str, int]]:
    """The number of the first row with each id, and of the first with each address."""
    ids: dict[str, int] = {}
    addresses: dict[str, int] = {}
    for row in (msgspec.json.decode(line, type=SheetRow) for line in lines):
        if not row.fault:
            named = who_is_named(columns, row.cells)
            ids.setdefault(named.id, row.number)
            addresses.setdefault(named.email.lower(), row.number)
    return ids, addresses


def _with_faults(findings: Findings, faults: Sequence[RowFault]) -> Findings:
    rows = {fault.row for fault in faults}
    shown = (*findings.faults, *faults)[:MOST_FAULTS]
    return msgspec.structs.replace(findings, n=findings.n + len(rows), faults=shown)


async def _with_shared(work: _Work, contacts: Mapping[int, EventContact], findings: Findings) -> Findings:
    """With those whose address another contact has: they may be one person, whom somebody can merge."""
    hashes = {number: address_hash(contact.email or None) for number, contact in contacts.items()}
    known = await fetch(_WITH_ADDRESS, work.workspace, [one for one in hashes.values() if one])
    others = {row["address_hash"]: row["external_ids"] for row in known}
    notes = []
    for number, contact in contacts.items():
        same = [other for other in others.get(hashes[number], []) if other != contact.id]
        first = work.first_with_address.get((contact.email or "").lower(), number)
        if same:
            notes.append(f"row {number}: contact {same[0]} has this address already")
        elif first != number:
            notes.append(f"row {number}: row {first} has the same address")
    shared = (*findings.shared, *notes)[:MOST_NOTES]
    return msgspec.structs.replace(findings, n_shared=findings.n_shared + len(notes), shared=shared)


def _of_file(faults: Sequence[Fault]) -> Findings:
    return Findings(len(faults), tuple(RowFault(1, fault.field, fault.message) for fault in faults))


_CLAIM = """
UPDATE contact_import SET leased_until = $2 WHERE id = (
    SELECT id FROM contact_import
    WHERE state IN ('checking', 'running') AND (leased_until IS NULL OR leased_until < $1)
    ORDER BY leased_until NULLS FIRST, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""

_WORK = """
SELECT id, workspace, content, columns, done, created, updated, unchanged, faults, state FROM contact_import
WHERE id = $1 AND state IN ('checking', 'running')
"""

# Only from where this worker began and only while nobody has said otherwise: then the batch is counted exactly once.
# Once all rows are in, nobody needs the file any more.
_RECORD = """
UPDATE contact_import SET done = $3, created = $4, updated = $5, unchanged = $6, faults = $7, state = $8::varchar,
    content = CASE WHEN $8::varchar = 'done' THEN NULL ELSE content END,
    finished_at = CASE WHEN $8::varchar = 'done' THEN $10::timestamptz END
WHERE id = $1 AND done = $2 AND state = $9 RETURNING id
"""

_STOP = "UPDATE contact_import SET faults = $2, state = $3, leased_until = NULL WHERE id = $1"

_WITH_ADDRESS = """
SELECT address_hash, array_agg(external_id ORDER BY id) AS external_ids FROM contact
WHERE workspace = $1 AND address_hash = ANY($2) GROUP BY address_hash
"""
