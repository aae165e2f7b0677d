"""Every kind of file the pain-point list can be taken away as."""

import re
from collections.abc import Callable

from msgspec import Struct

from analysis.csv_export import to_csv
from analysis.pains.exports.address import Address
from analysis.pains.exports.json_file import pains_json
from analysis.pains.exports.markdown_file import pains_markdown
from analysis.pains.exports.tracker_files import TRACKERS
from analysis.pains.exports.xlsx_file import pains_xlsx
from analysis.pains.pain_list import PainList
from analysis.pains.pain_point import PainPoint

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PainFile(Struct, frozen=True):
    """A kind of file: `ending` of its name and of its address, without the full stop in front."""

    ending: str
    media_type: str
    make: Callable[[PainList, Address], bytes]


def pains_csv(pains: PainList, _: Address) -> bytes:
    return to_csv(pains.rows, PainPoint).encode()


FILES = {
    "csv": PainFile("csv", "text/csv", pains_csv),
    "xlsx": PainFile("xlsx", XLSX, pains_xlsx),
    "json": PainFile("json", "application/json", pains_json),
    "markdown": PainFile("md", "text/markdown", pains_markdown),
    **{name: PainFile(f"{name}.csv", "text/csv", make) for name, make in TRACKERS.items()},
}


def file_name(pains: PainList, file: PainFile) -> str:
    """Such as "pain-points-buying-2026-08-26-to-2026-11-23.xlsx", in letters that no system and no header minds."""
    safe = re.sub(r"[^A-Za-z0-9-]+", "-", pains.journey).strip("-")
    return f"pain-points-{safe}-{pains.since}-to-{pains.until}.{file.ending}"
