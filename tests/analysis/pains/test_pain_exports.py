"""The pain-point list as files: the same figures everywhere, and what customers wrote stays words."""

import csv
import io
import json
import re
from collections import Counter
from datetime import date, datetime, time
from html.parser import HTMLParser
from typing import Any

import jsonschema
import openpyxl
import pytest
from msgspec.structs import asdict, replace
from openpyxl.worksheet.worksheet import Worksheet

from analysis.csv_export import FORMULA_STARTS
from analysis.pains.exports.columns import COLUMNS, Shown
from analysis.pains.exports.description import LONGEST_TITLE, summary
from analysis.pains.exports.json_file import pain_schema, pains_json
from analysis.pains.exports.pain_files import FILES, file_name
from analysis.pains.exports.tracker_files import Priority, priority_of
from analysis.pains.pain_list import PainFilter, PainList, PainOrder
from analysis.pains.pain_point import PainPoint, PainStatus
from analysis.pains.pain_words import groups_of, orders_in_words
from analysis.report import Verdict
from core.settings import BASE_FOLDER
from tests.analysis.pains.pain_examples import ADDRESS, SCRIPTS, guess, listed, pain

TRACKERS = ("jira", "linear", "azure", "github")
HOSTILE = (
    "![p](http://evil.example/p.png) [x](javascript:alert(1)) <script>alert(1)</script> @alice #12 *b* |c| {d} `e`"
)
LINK = "https://kept.example/w/acme/pain-points/buying/delivery/general.slow?since=2025-12-03&until=2026-03-02"


def made(kind: str, pains: PainList) -> bytes:
    return FILES[kind].make(pains, ADDRESS)


def csv_rows(content: bytes, encoding: str = "utf-8") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def tickets(kind: str, pains: PainList) -> list[dict[str, str]]:
    """By column; of several columns of one name, the first."""
    header, *rows = csv_rows(made(kind, pains))
    return [dict(reversed(list(zip(header, row, strict=True)))) for row in rows]


def workbook(pains: PainList) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(made("xlsx", pains)))


def midnight(day: date) -> datetime:
    """A day as openpyxl reads it: a spreadsheet knows no time zones."""
    return datetime.combine(day, time())


def by_column(sheet: Worksheet, row: int = 2) -> dict[str, Any]:
    return {header.value: cell for header, cell in zip(sheet[1], sheet[row], strict=True)}


def test_every_column_says_what_it_means() -> None:
    assert tuple(COLUMNS) == PainPoint.__struct_fields__
    assert [name for name, column in COLUMNS.items() if not column.meaning.endswith(".")] == []


def test_every_figure_reaches_the_csv_digit_by_digit() -> None:
    found = pain()
    header, row = csv_rows(made("csv", listed(found)), "utf-8-sig")
    assert header == list(PainPoint.__struct_fields__)
    expected = {k: repr(v) if isinstance(v, float) else "" if v is None else str(v) for k, v in asdict(found).items()}
    assert dict(zip(header, row, strict=True)) == expected


def test_numbers_are_numbers_dates_are_dates_and_shares_are_percent() -> None:
    found = pain()
    cells = by_column(workbook(listed(found))["Pain points"])
    assert list(cells) == list(PainPoint.__struct_fields__)
    for name, column in COLUMNS.items():
        value, cell = getattr(found, name), cells[name]
        if isinstance(value, date):
            assert cell.value == midnight(value)
            assert (cell.is_date, cell.number_format) == (True, "yyyy-mm-dd")
        elif isinstance(value, str):
            assert (cell.value, cell.data_type) == (value or None, "s" if value else "n")
        else:
            assert cell.value == pytest.approx(value, rel=1e-15)  # a spreadsheet keeps 15 digits
            assert cell.data_type == ("b" if isinstance(value, bool) else "n")
        assert (cell.number_format == "0.0%") == (column.shown is Shown.SHARE)


def test_what_is_not_known_is_an_empty_cell_and_never_zero() -> None:
    cells = by_column(workbook(listed(guess()))["Pain points"])
    assert {cells[name].value for name in ("share", "loss_month", "rank", "first_seen", "quote_1")} == {None}


def test_the_sheet_keeps_its_header_in_sight_and_can_be_filtered() -> None:
    sheet = workbook(listed(pain(), guess()))["Pain points"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.column_dimensions["B"].width > 40


def test_the_method_sheet_says_days_settings_hash_and_columns() -> None:
    pains = listed(pain(), chosen=PainFilter(phase="Purchase", status=PainStatus.NEW))
    rows = {row[0]: row[1] for row in workbook(pains)["Method"].iter_rows(values_only=True)}
    assert rows["First day"] == midnight(date(2025, 12, 3))
    assert rows["Last day"] == midnight(date(2026, 3, 2))
    assert rows["Chosen"] == "phase: Purchase; status: new"
    assert (rows["Setting: k"], rows["Setting: margin"]) == (5, 0.1)
    assert (rows["Method version"], rows["Data hash"]) == ("1", pains.data_hash)
    assert {name: rows[name] for name in COLUMNS} == {name: column.meaning for name, column in COLUMNS.items()}


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_words_become_a_formula(start: str) -> None:
    words = f'{start}HYPERLINK("http://evil.example")'
    found = pain(title=words, quote_1=words, owner=words, touchpoint=words)
    text = dict(zip(*csv_rows(made("csv", listed(found)), "utf-8-sig"), strict=True))
    assert {text[name] for name in ("title", "quote_1", "owner", "touchpoint")} == {f"'{words}"}
    cells = by_column(workbook(listed(found))["Pain points"])
    shown = words.replace("\r", "\n")  # as XML reads the end of a line
    for name in ("title", "quote_1", "owner", "touchpoint"):
        assert (cells[name].data_type, cells[name].value.replace("\r", "\n"), cells[name].quotePrefix) == (
            "s",
            shown,
            True,
        )
    for kind in TRACKERS:
        for row in csv_rows(made(kind, listed(found))):
            assert [cell for cell in row if cell.startswith(FORMULA_STARTS)] == []


@pytest.mark.parametrize("kind", FILES)
def test_every_script_is_written(kind: str) -> None:
    content = made(kind, listed(pain(quote_1=SCRIPTS, title="太慢了")))
    if kind == "xlsx":
        cells = by_column(openpyxl.load_workbook(io.BytesIO(content))["Pain points"])
        assert (cells["quote_1"].value, cells["title"].value) == (SCRIPTS, "太慢了")
    else:
        text = content.decode("utf-8")
        assert SCRIPTS in text
        assert "太慢了" in text


@pytest.mark.parametrize("kind", FILES)
def test_what_no_file_can_hold_is_left_out_and_breaks_nothing(kind: str) -> None:
    content = made(kind, listed(pain(quote_1="Two\x00 weeks\x0b late\x1b[31m", owner="x" * 40_000)))
    assert b"\x00" not in content or kind == "xlsx"
    if kind == "xlsx":
        assert (
            by_column(openpyxl.load_workbook(io.BytesIO(content))["Pain points"])["quote_1"].value
            == "Two weeks late[31m"
        )


def test_a_cell_that_looks_like_an_error_stays_words() -> None:
    cell = by_column(workbook(listed(pain(owner="#REF!")))["Pain points"])["owner"]
    assert (cell.data_type, cell.value) == ("s", "#REF!")


def test_the_json_is_as_its_schema_says() -> None:
    schema = pain_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    written = json.loads(pains_json(listed(pain(), guess()), ADDRESS))
    jsonschema.validate(written, schema)
    assert list(written) == ["schema", "report", "method", "pains"]
    assert written["schema"] == "kept: pain-points/1"
    assert [row["pain_id"] for row in written["pains"]] == [
        "buying/delivery/general.slow",
        "buying/delivery/hypothesis-7",
    ]
    assert written["pains"][0]["share"] == 12 / 87
    assert written["report"]["url"].startswith("https://kept.example/w/acme/pain-points?")


@pytest.mark.parametrize("broken", [{"schema": "kept: pain-points/0"}, {"pains": [{}]}, {"method": None}])
def test_the_schema_refuses_what_is_no_export(broken: dict[str, Any]) -> None:
    written = json.loads(pains_json(listed(pain()), ADDRESS))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**written, **broken}, pain_schema())


def test_the_schema_in_the_docs_is_the_one_served() -> None:
    """After a change of the columns: `json.dumps(pain_schema(), indent=1)` is the file anew."""
    held = json.loads((BASE_FOLDER / "docs" / "pain-points.schema.json").read_text(encoding="utf-8"))
    assert held == pain_schema()
    assert held["$defs"]["PainPoint"]["properties"]["loss_lo"]["description"] == COLUMNS["loss_lo"].meaning


def test_the_docs_name_every_kind_of_file_and_every_column() -> None:
    text = (BASE_FOLDER / "docs" / "pain-points.md").read_text(encoding="utf-8")
    assert [kind for kind in FILES if f"`{kind}`" not in text] == []
    assert [name for name, column in COLUMNS.items() if f"| `{name}` | {column.meaning} |" not in text] == []


def test_a_ticket_says_what_hurts_how_much_and_where_to_look() -> None:
    [ticket] = tickets("github", listed(pain()))
    assert ticket["title"] == "Delivery: Slow"
    body = ticket["body"]
    assert "12 of 87 people (14 %) who answered at Delivery (Purchase) mention it." in body
    assert "> Two weeks late, and nobody told me." in body
    assert "> A day early\\!" in body
    assert "153.2 points of experience (80 %: 101.5 to 210.0); rank 1" in body
    assert "among the first three with probability 0.97" in body
    assert "−0.25 on −1 to +1 (95 %: −0.40 to −0.10)" in body
    assert "13.8 % (80 %: 9.7 % to 19.2 %)" in body
    assert f"[This pain point in Kept]({LINK})" in body


def test_a_hypothesis_says_that_it_is_one() -> None:
    assert summary(guess()).startswith("A hypothesis of a workshop")
    for kind in TRACKERS:
        [ticket] = tickets(kind, listed(guess()))
        assert "hypothesis" in made(kind, listed(guess())).decode()
        assert "Loss a month" not in "".join(ticket.values())


def test_a_touchpoint_that_is_not_settled_is_not_called_broken() -> None:
    broken = pain("promise", theme="", quote_1="", verdict=Verdict.BROKEN)
    assert summary(broken) == "Delivery (Purchase) breaks its promise."
    assert summary(replace(broken, verdict=Verdict.UNDETERMINED)).startswith(
        "Delivery (Purchase) may fall short of its"
    )


def test_what_may_not_be_shown_says_why_and_has_no_figures() -> None:
    few = guess(evidence_level="suppressed", suppressed_reason="Fewer than 5 contacts mention it now", theme="Slow")
    text = made("markdown", listed(few)).decode()
    assert "Fewer than 5 contacts mention it now" in text
    assert "0 of 87" not in text


COLUMNS_OF = {
    "jira": ["Summary", "Issue Type", "Priority", "Description", "Labels", "Labels", "Labels", "Labels"],
    "linear": ["Title", "Description", "Status", "Priority", "Assignee", "Labels", "Estimate"],
    "azure": ["Work Item Type", "Title", "Description", "Priority", "Tags"],
    "github": ["title", "body", "labels"],
}


@pytest.mark.parametrize("kind", TRACKERS)
def test_the_columns_are_those_that_the_tracker_imports(kind: str) -> None:
    header, first, second = csv_rows(made(kind, listed(pain(), guess())))
    assert header == COLUMNS_OF[kind]  # without a mark before the first, which importers take for a part of it
    assert len(first) == len(second) == len(header)


def test_labels_are_parted_as_each_tracker_parts_them() -> None:
    found = listed(pain(theme="Late, or never!", phase="Vor dem Kauf"))
    labels = ["kept", "pain-point", "late-or-never", "vor-dem-kauf"]
    assert csv_rows(made("jira", found))[1][4:] == labels
    assert tickets("linear", found)[0]["Labels"].split(", ") == labels
    assert tickets("azure", found)[0]["Tags"].split("; ") == labels
    assert tickets("github", found)[0]["labels"].split(",") == [*labels, "priority-high"]


@pytest.mark.parametrize(
    ("rank", "p_top3", "priority"),
    [
        (1, 0.97, Priority.HIGH),
        (3, 0.5, Priority.HIGH),
        (3, 0.4, Priority.MEDIUM),
        (4, 0.6, Priority.MEDIUM),
        (None, None, Priority.LOW),
    ],
)
def test_the_priority_follows_the_rank_and_how_sure_it_is(
    rank: int | None, p_top3: float | None, priority: Priority
) -> None:
    assert priority_of(pain(rank=rank, p_top3=p_top3)) is priority


def test_each_tracker_gets_the_priority_in_its_own_words() -> None:
    pains = listed(pain(), pain(rank=9), guess())
    assert [ticket["Priority"] for ticket in tickets("jira", pains)] == ["High", "Medium", "Low"]
    assert [ticket["Priority"] for ticket in tickets("linear", pains)] == ["High", "Medium", "Low"]
    assert [ticket["Priority"] for ticket in tickets("azure", pains)] == ["1", "2", "3"]


def test_what_is_solved_makes_no_ticket_unless_it_is_asked_for() -> None:
    solved = pain(status=PainStatus.SOLVED)
    for kind in TRACKERS:
        assert len(tickets(kind, listed(solved, pain()))) == 1
        assert len(tickets(kind, listed(solved, chosen=PainFilter(status=PainStatus.SOLVED)))) == 1
    assert len(csv_rows(made("csv", listed(solved, pain())), "utf-8-sig")) == 3


def test_a_long_title_is_cut_after_a_word() -> None:
    [ticket] = tickets("jira", listed(pain(title="Delivery:\nmuch " + "too slow " * 30)))
    assert len(ticket["Summary"]) <= LONGEST_TITLE
    assert ticket["Summary"].startswith("Delivery: much too slow")
    assert re.search(r"(too|slow)…$", ticket["Summary"])


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.links += [value for _, value in attrs]


def test_nothing_a_customer_wrote_is_markup_in_html() -> None:
    [ticket] = tickets("azure", listed(pain(quote_1=HOSTILE, owner=HOSTILE, title=HOSTILE)))
    found = _Tags(ticket["Description"])
    assert set(found.tags) == {"p", "h3", "blockquote", "ul", "li", "a"}
    assert found.links == [LINK]


def test_nothing_a_customer_wrote_is_markup_in_markdown() -> None:
    pains = listed(pain(quote_1=HOSTILE, owner=HOSTILE, title=HOSTILE))
    bodies = [tickets("github", pains)[0]["body"], tickets("linear", pains)[0]["Description"]]
    text = "\n".join([*bodies, made("markdown", pains).decode()])
    for live in (
        r"(?<!\\)<",
        r"\]\((?!https://kept\.example/)",
        r"(?<!\\)!",
        r"@alice",
        r"#12",
        r"(?<!\\)\*b",
        "http://evil",
    ):
        assert re.search(live, text.replace("\\]", "")) is None, live


@pytest.mark.parametrize("words", ["# Urgent", "- a list", "1. first", "+ plus", "===", "> more", "```", "1) first"])
def test_no_quote_begins_something_new_in_markdown(words: str) -> None:
    [ticket] = tickets("github", listed(pain(quote_1=words)))
    [line] = [line for line in ticket["body"].splitlines() if line.startswith("> ") and words[-1] in line][:1]
    assert re.match(r"> (\d*\\|[a-z])", line)


def test_nothing_a_customer_wrote_is_markup_in_jira() -> None:
    words = "h1. Big {code} [~bob] [x|http://evil.example] !p.png! *b* -gone- bq. x ??y?? {color:red}"
    [ticket] = tickets("jira", listed(pain(quote_1=words)))
    [quote] = [line for line in ticket["Description"].splitlines() if "Big" in line]
    assert re.search(r"(?<!\\)[{}\[\]!|*?~]|http://|bq\. h1\.|(?<![\w\\])-g", quote) is None


def test_a_quote_of_many_lines_stays_one_quote() -> None:
    [ticket] = tickets("github", listed(pain(quote_1="One\n\n# Two\r\n> Three")))
    assert "> One \\# Two \\> Three" in ticket["body"]


def test_the_markdown_has_every_pain_point_and_how_it_was_made() -> None:
    text = made("markdown", listed(pain(), guess(), n_all=5)).decode()
    assert text.startswith("# Pain points: Buying a chair\n")
    assert "2 of 5 pain points" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## 1\\. Delivery: Slow",
        "## Stairs",
        "## Method",
    ]
    assert "0123456789abcdef" * 4 in text
    assert "margin 0.1" in text


def test_a_link_keeps_the_days_and_no_key_breaks_it() -> None:
    pains = listed()
    assert ADDRESS.of_pain("buying/delivery/general.slow", pains) == LINK
    assert ADDRESS.of_pain("a b/c)d/e?f.g", pains).startswith(
        "https://kept.example/w/acme/pain-points/a%20b/c%29d/e%3Ff.g?"
    )


def test_a_file_is_named_after_the_journey_and_its_days() -> None:
    pains = listed(journey='büro "x"/')
    assert file_name(pains, FILES["jira"]) == "pain-points-b-ro-x-2025-12-03-to-2026-03-02.jira.csv"


def test_what_has_no_place_in_an_order_stands_under_a_heading_of_its_own() -> None:
    unknown, promise = pain(rank=None), pain("promise", rank=None, theme="")
    pains = listed(pain(), unknown, promise, guess())
    assert [(heading, len(rows)) for heading, rows in groups_of(pains)] == [
        ("", 1),
        ("Of unknown size", 1),
        ("Below what was promised", 1),
        ("Hypotheses", 1),
    ]
    by_depth = groups_of(listed(pain(), unknown, guess(), order=PainOrder.DEPTH))
    assert [(heading, len(rows)) for heading, rows in by_depth] == [("", 2), ("Hypotheses", 1)]


def test_both_orders_are_said_in_words() -> None:
    biggest, deepest = pain(rank=1, depth_rank=2), pain("general.bugs", title="Bugs", rank=2, depth_rank=1)
    assert (
        orders_in_words(listed(biggest, deepest)) == "The biggest loss is “Delivery: Slow”; the deepest pit is “Bugs”."
    )
    assert orders_in_words(listed(pain(rank=1, depth_rank=1))).endswith("is the biggest loss and the deepest pit.")
    assert orders_in_words(listed(guess())) == orders_in_words(listed()) == ""
