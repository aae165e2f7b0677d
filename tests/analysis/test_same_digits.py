"""Page, API, JSON file, HTML file, CSV and pain CSV agree digit by digit, at every touchpoint."""

import csv
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from analysis.load_report import last_days
from analysis.score_responses import score_responses
from core.database import fetch
from core.templating import signed
from tests.analysis.answers import contacts_of, given, noon
from tests.factories import JOURNEY, Hands, make_journey, make_key
from tests.live.processes import environment_in, kept
from tests.people import People

MORE = """\
      - {key: quote, name: Quote, period: before, channel: mail,
         promises: [{claim: One page, valid_from: 2025-01-01, level: 0.25}]}
      - {key: setup, name: Setup, period: during, channel: phone,
         promises: [{claim: Nine of ten at once, valid_from: 2025-01-01, share: 0.9}]}
      - {key: bill, name: Bill, period: after, channel: mail}
      - {key: desk, name: Desk, period: after, channel: phone,
         promises: [{claim: A person, valid_from: 2025-01-01, level: 0.5}]}
      - {key: return, name: Return, period: after, channel: mail,
         promises: [{claim: No questions, valid_from: 2025-01-01, level: 0.5}]}
"""
# Faces, by touchpoint: tested, tested with thirds through CES, a share, without a promise, indicative, too few.
GIVEN = {
    "delivery": [1, 1, 2, 2, 3, 1, 2, 1, 2, 4, 1, 2, 3],
    "setup": [5, 4, 2, 3, 1, 4, 4, 5, 2, 3, 4],
    "bill": [3] * 12,
    "desk": [2, 3, 2, 1, 4, 5, 1],
    "return": [1, 1, 2, 1],
}
EFFORT = [1, 2, 4, 7, 6, 3, 2, 2, 5, 6, 7]
COMMENT = "Waited for weeks, and nobody told me why. Still waiting."
NOT_SHOWN = "–"


class Rows(HTMLParser):
    """The rows of the tables of a page: the words of each cell by its label, those of the head cell by "head"."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self.cell = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "tr":
            self.rows.append({})
        elif tag == "th" and found.get("scope") == "row":
            self.cell = "head"
        elif tag == "td":
            self.cell = found.get("data-label") or ""
        elif tag == "br":
            self.cell = ""  # what stands below the first line is a remark

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self.cell = ""

    def handle_data(self, words: str) -> None:
        if self.cell:
            self.rows[-1][self.cell] = self.rows[-1].get(self.cell, "") + words.strip()


def shown(page: str) -> dict[str, tuple[str, str, str, str]]:
    """By the name of the touchpoint: mean, interval, gap and n, as written in the table of figures."""
    return {
        row["head"]: (row["Experience"], row["95 % interval"], row["Gap"], row["Contacts"])
        for row in Rows(page).rows
        if "Experience" in row
    }


def rounded(touchpoint: dict[str, Any]) -> tuple[str, str, str, str]:
    """The same of a touchpoint of the API, rounded as a page rounds."""
    mean, interval, gap = touchpoint["mean"], touchpoint["interval"], touchpoint["gap"]
    return (
        NOT_SHOWN if mean is None else signed(mean),
        NOT_SHOWN if interval is None else f"{signed(interval['lo'])} to {signed(interval['hi'])}",
        NOT_SHOWN if gap is None else signed(gap),
        str(touchpoint["n_contacts"] or NOT_SHOWN),
    )


@pytest.fixture
async def answered(people: People, hands: Hands) -> None:
    """A journey with a touchpoint of each kind, and a comment with every answer."""
    await make_journey(people.acme, hands.now, JOURNEY + MORE)
    contacts = await contacts_of(people.acme, 20)
    day = noon(hands.now.date())
    answers = [(key, "felt", "anchor", face) for key, faces in GIVEN.items() for face in faces]
    answers += [("quote", "effort", "ces", effort) for effort in EFFORT]
    place = dict.fromkeys(["quote", *GIVEN], 0)
    for key, question, instrument, value in answers:
        await given(people.acme, contacts[place[key]], day, (question, instrument, value), touchpoint=key)
        await fetch(
            "INSERT INTO answer (response, question, instrument, text) "
            "SELECT max(id), 'why', 'comment', $1 FROM response",
            COMMENT if place[key] % 2 == 0 or len(GIVEN.get(key, EFFORT)) < 8 else "Fine.",
        )
        place[key] += 1
    while await score_responses(hands.now):
        pass


@pytest.mark.live
@pytest.mark.usefixtures("answered")
async def test_mean_interval_gap_and_n_are_the_same_everywhere(
    people: People, hands: Hands, database_url: str, tmp_path: Path
) -> None:
    header, period = await make_key(people.acme, hands.now), last_days(hands.now)
    days = [f"--since={period.since}", f"--until={period.until}"]
    files = [tmp_path / "report.json", tmp_path / "report.html"]
    environment = {**environment_in(tmp_path / "data"), "KEPT_DATABASE_URL": database_url}
    kept(environment, "report", "journey", "buying", "--workspace=acme", *days, f"--json={files[0]}",
         f"--html={files[1]}")  # fmt: skip

    api = await people.nobody.get("/api/v1/journeys/buying/report", headers=header)
    assert files[0].read_bytes() == api.content
    touchpoints = {touchpoint["name"]: touchpoint for touchpoint in api.json()["touchpoints"]}
    assert [touchpoint["verdict"] for touchpoint in touchpoints.values()] == [
        "blind", "broken", "undetermined", "broken", "no_promise", "indicative", "blind"
    ]  # fmt: skip

    page = (await people.bob.get("/w/acme/journeys/buying")).text
    assert shown(page) == {name: rounded(touchpoint) for name, touchpoint in touchpoints.items()}
    assert shown(files[1].read_text(encoding="utf-8")) == shown(page)

    saved = await people.nobody.get("/api/v1/journeys/buying/report.csv", headers=header)
    assert (await people.bob.get("/w/acme/journeys/buying/report.csv")).content == saved.content
    rows = list(csv.DictReader(saved.content.decode("utf-8-sig").splitlines()))
    assert [row["name"] for row in rows] == list(touchpoints)
    for row in rows:
        figure = touchpoints[row["name"]]
        interval = figure["interval"] or {"lo": None, "hi": None}
        figures = [figure["mean"], interval["lo"], interval["hi"], figure["gap"], figure["n_contacts"]]
        cells = [row[column] for column in ("mean", "interval_lo", "interval_hi", "gap", "n_contacts")]
        assert cells == ["" if value is None else repr(value) for value in figures]

    listed = await people.nobody.get("/api/v1/journeys/buying/pain-points.csv", headers=header)
    pains = list(csv.DictReader(listed.content.decode("utf-8-sig").splitlines()))
    assert {pain["touchpoint"] for pain in pains} == {name for name, found in touchpoints.items() if found["mean"]} | {
        "Bill"  # whose mean is 0
    }
    for pain in pains:
        figure = touchpoints[pain["touchpoint"]]
        assert float(pain["mean_x"]) == figure["mean"]
        assert [float(pain["ci_lo"]), float(pain["ci_hi"])] == list(figure["interval"].values())
        assert int(pain["n_contacts"]) == figure["n_contacts"]
        assert pain["gap"] == ("" if figure["gap"] is None else repr(figure["gap"]))
        assert pain["verdict"] == figure["verdict"]
