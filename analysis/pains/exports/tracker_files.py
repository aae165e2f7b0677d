"""The list as the CSV files that trackers import: Jira, Linear, Azure DevOps and GitHub (docs/pain-points.md)."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct

from analysis.csv_export import written
from analysis.pains.exports.address import Address
from analysis.pains.exports.description import description, short_title
from analysis.pains.exports.markup import Block, as_html, as_jira, as_markdown
from analysis.pains.pain_list import PainList
from analysis.pains.pain_point import HYPOTHESIS, PainPoint, PainStatus
from analysis.pains.pain_words import is_hypothesis

OURS = "kept"  # a label on every ticket, so that those of an import are found again
SURE_OF_TOP3 = 0.5
LONGEST_LABEL = 50  # characters, as GitHub allows


class Priority(StrEnum):
    """As Jira and Linear call theirs."""

    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


class Ticket(Struct, frozen=True):
    """A pain point as something to do."""

    title: str
    text: tuple[Block, ...]
    priority: Priority
    labels: tuple[str, ...]  # of letters, digits and hyphens, so that no tracker takes one for several
    status: PainStatus


Rows = list[tuple[object, ...]]

_AZURE_PRIORITIES = {Priority.HIGH: 1, Priority.MEDIUM: 2, Priority.LOW: 3}
_LINEAR_STATUSES = {
    PainStatus.NEW: "Backlog",
    PainStatus.CONFIRMED: "Todo",
    PainStatus.IN_ACTION: "In Progress",
    PainStatus.SOLVED_AWAITING_PROOF: "In Progress",
    PainStatus.SOLVED: "Done",
    PainStatus.DISMISSED: "Canceled",
}


def priority_of(pain: PainPoint) -> Priority:
    """High: more likely than not among the three largest losses. Low: of unknown loss, such as every hypothesis."""
    if pain.rank is None:
        return Priority.LOW
    is_top = pain.rank <= 3 and (pain.p_top3 is None or pain.p_top3 >= SURE_OF_TOP3)
    return Priority.HIGH if is_top else Priority.MEDIUM


def tickets(pains: PainList, address: Address) -> list[Ticket]:
    """What is solved makes no ticket unless it was asked for."""
    is_left_out = pains.chosen.status is None
    return [
        Ticket(
            short_title(pain),
            tuple(description(pain, pains, address)),
            priority_of(pain),
            _labels(pain),
            pain.status,
        )
        for pain in pains.rows
        if not (is_left_out and pain.status is PainStatus.SOLVED)
    ]


def jira_csv(pains: PainList, address: Address) -> bytes:
    """A column for each label, all of the same name."""
    found = tickets(pains, address)
    n_labels = max((len(ticket.labels) for ticket in found), default=1)
    columns = ("Summary", "Issue Type", "Priority", "Description", *["Labels"] * n_labels)
    return _file(
        columns,
        [
            (t.title, "Task", t.priority.value, as_jira(t.text), *t.labels, *[""] * (n_labels - len(t.labels)))
            for t in found
        ],
    )


def linear_csv(pains: PainList, address: Address) -> bytes:
    """The columns of Linear's own export that its importer reads."""
    columns = ("Title", "Description", "Status", "Priority", "Assignee", "Labels", "Estimate")
    return _file(
        columns,
        [
            (t.title, as_markdown(t.text), _LINEAR_STATUSES[t.status], t.priority.value, "", ", ".join(t.labels), "")
            for t in tickets(pains, address)
        ],
    )


def azure_csv(pains: PainList, address: Address) -> bytes:
    """No state: every work item is imported as new."""
    columns = ("Work Item Type", "Title", "Description", "Priority", "Tags")
    return _file(
        columns,
        [
            ("Task", t.title, as_html(t.text), _AZURE_PRIORITIES[t.priority], "; ".join(t.labels))
            for t in tickets(pains, address)
        ],
    )


def github_csv(pains: PainList, address: Address) -> bytes:
    """GitHub knows no priority: it becomes a label. No space after the comma, or it would belong to the label."""
    return _file(
        ("title", "body", "labels"),
        [
            (t.title, as_markdown(t.text), ",".join([*t.labels, f"priority-{t.priority.value.lower()}"]))
            for t in tickets(pains, address)
        ],
    )


def _file(columns: Sequence[str], rows: Rows) -> bytes:
    """Without the mark that Excel likes: importers take it for a part of the first column's name."""
    return written(columns, rows, with_mark=False).encode()


def _labels(pain: PainPoint) -> tuple[str, ...]:
    kind = HYPOTHESIS if is_hypothesis(pain) else "pain-point"
    return tuple(dict.fromkeys(filter(None, (OURS, kind, _slug(pain.theme), _slug(pain.phase)))))


def _slug(words: str) -> str:
    """Letters of every script and digits, hyphens between; nothing that parts a list of labels."""
    return re.sub(r"[\W_]+", "-", words.lower()).strip("-")[:LONGEST_LABEL].rstrip("-")


TRACKERS: dict[str, Callable[[PainList, Address], bytes]] = {
    "jira": jira_csv,
    "linear": linear_csv,
    "azure": azure_csv,
    "github": github_csv,
}
