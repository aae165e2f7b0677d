"""The report on paper: it says what the page says, keeps inside its sheets, and is the same file every time."""

import os
import re
import subprocess
import sys
from html import unescape
from io import BytesIO
from itertools import combinations, pairwise

import msgspec
import pytest
from pypdf import PdfReader

from analysis import charts
from analysis.label_placing import Box
from analysis.lettering import width_of
from analysis.report import (
    BlindSpot,
    BlindSpotFigure,
    Evidence,
    Interval,
    JourneyReport,
    OfficialFigure,
    TouchpointFigure,
    Verdict,
)
from analysis.report_blocks import Cell, Heading, Kind, Page, Paragraph, Row, Table, Words, read_page
from analysis.report_file import page_of, report_html, report_pdf
from analysis.report_pages import BOTTOM, HEIGHT, LEFT, MARGIN, RIGHT, TOP, WIDTH, Curve, pages_of
from analysis.report_table import SIDE, column_widths
from core.settings import BASE_FOLDER
from tests.analysis.test_report_file import EMPTY, HOSTILE, PROMISE, report_of, touchpoint

LONG_NAME = "Where the Donaudampfschifffahrtsgesellschaftskapitän answers 配送についての問い合わせ until the evening"
LONG_CLAIM = "We promise to be there before anybody has to call us, and to say so in plain words. " * 5
OFFICIAL = (
    OfficialFigure(name="NPS", value=-4.4, interval=Interval(-20, 11), unit="points", n=40),
    OfficialFigure(name="CSAT", value=0.71, interval=Interval(0.6, 0.8), unit="share", n=40),
)
TEXT = re.compile(
    r'^<text x="([\d.-]+)" y="([\d.-]+)" font-size="([\d.]+)" fill="[^"]+"( font-weight="700")?( text-anchor="end")?>'
    r"([^<]*)</text>$",
    re.MULTILINE,
)
CURVE = re.compile(r'<g transform="translate\([\d.]+ ([\d.]+)\) scale\(([\d.-]+)\)">')
SPY = """
from hashlib import sha256
from analysis.report_file import report_pdf
from tests.analysis.test_report_pdf import many
print(sha256(report_pdf(many(6))).hexdigest())
"""


def measured(n: int, name: str, claim: str) -> TouchpointFigure:
    """Touchpoint number n, with figures that no other one has."""
    verdict = list(Verdict)[n % len(Verdict)]
    promise = msgspec.structs.replace(PROMISE, claim=claim, level=None if n % 3 else 0.5, share=0.9 if n % 3 else None)
    more: dict[str, object] = {"phase": f"Phase {n // 4}", "promise": None, "reach_month": 1000.0 + n}
    if verdict is not Verdict.NO_PROMISE:
        more["promise"] = promise
    if verdict is Verdict.BLIND:
        return touchpoint(f"t{n}", name, **more, blind_spot=BlindSpot.NO_ANSWERS)
    mean = round(0.9 - n * 0.031, 3)
    more |= {"mean": mean, "interval": Interval(mean - 0.2, mean + 0.1), "gap": mean - 0.5, "verdict": verdict}
    more |= {"n_needed": 1200 + n if verdict is Verdict.UNDETERMINED else None, "lens_sensitive": n % 5 == 0}
    return touchpoint(
        f"t{n}",
        name,
        **more,
        n_contacts=40 + n,
        n_responses=41 + n,
        instrument="nps",
        evidence=Evidence.FAIR,
        response_rate=0.1 + n / 100,
        official=OFFICIAL[: 1 + n % 2],
    )


def many(n: int, name: str = "Desk 配送 доставка شركة", claim: str = "Always at “home”") -> JourneyReport:
    touchpoints = tuple(measured(i, f"{name} no. {i}", claim) for i in range(n))
    blind = tuple(
        BlindSpotFigure(key=spot.key, name=spot.name, phase=spot.phase, reason=BlindSpot.NO_ANSWERS, at_stake=12345.0)
        for spot in touchpoints
        if spot.blind_spot
    )
    return msgspec.structs.replace(report_of(), touchpoints=touchpoints, blind_spots=blind)


def sheets_of(report: JourneyReport) -> list[str]:
    """The pages as they are before they are drawn, with an empty curve."""
    return pages_of(read_page(page_of(report, [])), [Curve('<svg viewBox="0 0 3400 660"></svg>')])


def words_of(pdf: bytes) -> str:
    """Everything that can be searched for, without blanks."""
    return bare(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def bare(words: str) -> str:
    return re.sub(r"\s", "", words)


def rows_of(page: str) -> list[str]:
    """The words of each row of the tables of a page, cell after cell, without blanks."""
    rows = re.findall(r"<tr.*?</tr>|<dt>.*?</dd>", page, re.DOTALL)
    return [bare(unescape(re.sub(r"<[^>]*>", "", row))) for row in rows]


def boxes_of(sheet: str) -> list[tuple[str, Box]]:
    """The room that each line takes at most; those of the curve are not among them."""
    found = []
    for x, y, size, bold, ends, words in TEXT.findall(sheet):
        width = width_of(unescape(words), float(size), bold=bool(bold))
        left = float(x) - width if ends else float(x)
        found.append((words, Box(left, float(y) - 0.75 * float(size), left + width, float(y) + 0.2 * float(size))))
    return found


def overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def test_two_processes_write_the_same_bytes() -> None:
    hashes = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", SPY]
        done = subprocess.run(command, cwd=BASE_FOLDER, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        hashes.add(done.stdout)
    assert len(hashes) == 1


def test_nothing_in_it_says_when_it_was_written() -> None:
    read = PdfReader(BytesIO(report_pdf(report_of())))
    assert read.metadata == {"/Title": "Using a CRM, 2026-05-01 to 2026-07-29", "/Producer": "Kept"}
    assert "/ID" not in read.trailer


def test_every_row_of_the_page_is_on_paper_digit_by_digit() -> None:
    report = many(12, name="Desk")
    page, paper = report_html(report).decode(), words_of(report_pdf(report))
    rows = rows_of(page)
    assert len(rows) > 12 + len(report.blind_spots) + len(msgspec.structs.fields(report.settings))
    assert [row for row in rows if row not in paper] == []
    for words in (
        "Using a CRM",
        "2026-05-01 to 2026-07-29",
        "No clear peak",
        "How these figures were made",
        "f00d" * 16,
    ):
        assert bare(words) in paper
    assert rows[2].startswith("Deskno.0“Alwaysat“home””brokendependsontheNPSlens+0.90+0.70to+1.00+0.50+0.4040fair10%")


def test_the_words_of_every_section_are_read_from_the_page() -> None:
    page = page_of(many(8), [])
    body = re.sub(r"<section class=\"card\".*?</section>", "", page[page.index("<main>") :], flags=re.DOTALL)
    read = read_page(page)
    said = []
    for block in read.blocks:
        if isinstance(block, Heading | Paragraph):
            said.append(block.words)
        elif isinstance(block, Table):
            rows = [row for row in (block.head, *block.rows) if row]
            said += [part.words for row in rows for cell in row.cells for part in cell.parts]
    assert bare("".join(said)) == bare(unescape(re.sub(r"<[^>]*>", "", body)))


def test_names_in_every_script_can_be_searched() -> None:
    paper = words_of(report_pdf(many(1)))
    assert "Desk配送доставка" in paper


def test_a_name_is_words_and_never_markup() -> None:
    assert words_of(report_pdf(report_of(HOSTILE, HOSTILE))).count(bare(HOSTILE)) > 3
    assert "<script" not in "".join(sheets_of(report_of(HOSTILE, HOSTILE)))


def test_what_may_not_stand_in_a_drawing_is_left_out_of_it() -> None:
    sheets = sheets_of(report_of("a\x01b", "c\x08d\ufffe"))
    assert "ab" in "".join(sheets)
    assert "cd" in "".join(sheets)
    for sheet in sheets:
        assert charts.pdf(sheet).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "report",
    [
        many(40, LONG_NAME, LONG_CLAIM),
        many(9, "W" * 190, "claim" * 80),
        many(3),
        EMPTY,
        report_of("Long name " * 150, "W " * 900),
    ],
    ids=["forty", "endless", "few", "empty", "title"],
)
def test_nothing_is_outside_a_page_and_nothing_overlaps(report: JourneyReport) -> None:
    sheets = sheets_of(report)
    drawn = [found for sheet in sheets for found in CURVE.findall(sheet)]
    assert [(float(scale) > 0.2, float(y) + 660 * float(scale) <= BOTTOM) for y, scale in drawn] == [(True, True)]
    for sheet in sheets:
        boxes = boxes_of(sheet)
        assert len(boxes) == len(re.findall("^<text", sheet, re.MULTILINE)) > 1
        for words, box in boxes:
            assert LEFT <= box.left < box.right <= RIGHT + 0.01, words
            assert box.top >= TOP, words
            assert box.bottom <= (BOTTOM if words not in (boxes[-2][0], boxes[-1][0]) else HEIGHT - MARGIN + 2), words
        assert [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if overlap(one, other)] == []


def test_forty_touchpoints_are_all_there_under_the_head_on_every_page() -> None:
    report = many(40, LONG_NAME, LONG_CLAIM)
    tables = sheets_of(report)[1:]
    assert len(tables) > 5
    words = [[words for words, _ in boxes_of(sheet)] for sheet in tables]
    numbers = [int(found) for page in words for found in re.findall(r"no\. (\d+)", " ".join(page))]
    blind = [n for n, place in enumerate(report.touchpoints) if place.blind_spot]
    assert numbers == [*range(40), *blind]
    for page in words:
        assert "Touchpoint" in page[:3] or "How these figures were made" in page
    for one, other in pairwise(words):
        assert one[-1].split(" of ")[1] == other[-1].split(" of ")[1] == str(len(tables) + 1)


def test_a_row_is_not_split_unless_it_is_taller_than_a_page() -> None:
    for sheet in sheets_of(many(40, LONG_NAME, LONG_CLAIM)):
        words = " ".join(words for words, _ in boxes_of(sheet))
        assert words.count("“We promise") == words.count("plain words. ”") + words.count("plain words.”")
    endless = sheets_of(many(1, claim="claim " * 5000))
    assert sum(sheet.count("claim") for sheet in endless[1:]) == 5000
    assert len(endless) > 4


def test_a_phase_is_never_the_last_line_of_a_page() -> None:
    for report in (many(40), many(37, LONG_NAME), many(25, claim=LONG_CLAIM)):
        for sheet in sheets_of(report):
            words = [words for words, _ in boxes_of(sheet)]
            assert not re.fullmatch(r"Phase \d+", words[-3])


def test_a_heading_is_never_without_what_it_is_for() -> None:
    for n in range(1, 16):
        for sheet in sheets_of(many(n)):
            words = [words for words, _ in boxes_of(sheet)]
            assert ("How these figures were made" in words) == ("Data hash" in words)
            if "Blind spots" in words:
                assert words[words.index("Blind spots") + 7].startswith("Desk")


def test_a_long_journey_has_its_curve_part_by_part_as_well() -> None:
    pages = PdfReader(BytesIO(report_pdf(many(20)))).pages
    words = [page.extract_text() for page in pages]
    assert "Touchpoints 1 to 10 of 20" in words[1]
    assert "Touchpoints 11 to 20 of 20" in words[2]
    assert words[3].lstrip().startswith("Figures")
    assert not any("Touchpoints 1 to" in page.extract_text() for page in PdfReader(BytesIO(report_pdf(many(6)))).pages)


def test_an_empty_journey_is_two_pages() -> None:
    read = PdfReader(BytesIO(report_pdf(EMPTY)))
    assert len(read.pages) == 2
    assert [(float(page.mediabox.width), float(page.mediabox.height)) for page in read.pages] == [
        (pytest.approx(WIDTH, abs=0.1), pytest.approx(HEIGHT, abs=0.1))
    ] * 2
    words = words_of(report_pdf(EMPTY))
    assert "Thisjourneyhasnotouchpointsyet" in words
    assert "Blindspots" not in words


def test_a_figure_keeps_its_line_and_words_take_what_is_left() -> None:
    head = Row(tuple(Cell((Words(name),), is_head=True) for name in ("Touchpoint", "Interval")), Kind.HEAD)
    figure = Cell((Words("−0.50 to −0.10"),), is_figure=True)
    rows = (Row((Cell((Words("word " * 80),)), figure)),)
    widths = column_widths(Table(head, rows), 200)
    assert sum(widths) == pytest.approx(200)
    assert widths[1] >= width_of("−0.50 to −0.10", 8) + 2 * SIDE


def test_a_picture_that_does_not_say_its_size_is_refused() -> None:
    page = Page("", read_page("<main><section class='card'></section></main>").blocks)
    with pytest.raises(ValueError, match="viewBox"):
        pages_of(page, [Curve("<svg></svg>")])
