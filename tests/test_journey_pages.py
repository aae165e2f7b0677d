"""What the pages of a journey offer: files to save, curves to lay over, the way to the next touchpoint, plain words."""

import csv
import re

import pytest

from analysis.file_pages import MEDIA_TYPES
from analysis.report_file import MAKERS, file_name
from analysis.score_responses import score_responses
from core.templating import day_words
from surveys.instruments import POINT_LABELS, SCALES, label_of
from tests.analysis.answers import contacts_of, given, noon
from tests.analysis.curve_reports import report_of
from tests.factories import JOURNEY, Hands, make_journey, make_key
from tests.people import People

PAGE = "/w/acme/journeys/buying"
MORE = """\
      - {key: quote, name: Quote, period: before, channel: mail, owner: "=1+1",
         promises: [{claim: "=HYPERLINK(1)", valid_from: 2025-01-01, level: 0.25}]}
      - {key: bill, name: Bill, period: after, channel: mail}
"""


@pytest.fixture(autouse=True)
async def answered(people: People, hands: Hands) -> None:
    """Six contacts answered by mail, six by web, all at the delivery."""
    await make_journey(people.acme, hands.now, JOURNEY + MORE)
    for number, contact in enumerate(await contacts_of(people.acme, 12)):
        channel = "mail" if number % 2 else "web"
        await given(people.acme, contact, noon(hands.now.date()), ("felt", "anchor", 4), channel=channel)
    while await score_responses(hands.now):
        pass


@pytest.mark.parametrize("kind", MAKERS)
async def test_the_report_is_saved_in_every_kind(people: People, kind: str) -> None:
    page = (await people.bob.get(f"{PAGE}?since=2026-02-01&until=2026-03-02")).text
    link = re.search(rf'href="([^"]*/report\.{kind}\?[^"]*)"', page)
    assert link is not None
    saved = await people.bob.get(link[1].replace("&amp;", "&"))
    assert saved.status_code == 200
    assert saved.headers["content-type"].split(";")[0] == MEDIA_TYPES[kind]
    name = f"buying-2026-02-01-to-2026-03-02.{kind}"
    assert saved.headers["content-disposition"] == f'attachment; filename="{name}"'


async def test_a_program_gets_the_same_csv_and_pdf(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now)
    for kind in ("csv", "pdf"):
        own = await people.nobody.get(f"/api/v1/journeys/buying/report.{kind}", headers=key)
        assert own.content == (await people.bob.get(f"{PAGE}/report.{kind}")).content


async def test_a_part_of_all_contacts_is_in_the_name_and_in_the_rows(people: People) -> None:
    saved = await people.bob.get(f"{PAGE}/report.csv?where=plan:pro%0d%0a%22;%C3%A9")
    assert 'filename="buying-plan-pro-' in saved.headers["content-disposition"]
    assert saved.headers["content-disposition"].isascii()
    rows = list(csv.DictReader(saved.content.decode("utf-8-sig").splitlines(keepends=True)))
    assert {row["where"] for row in rows} == {'plan:pro\r\n";é'}


async def test_no_cell_is_run_by_a_spreadsheet(people: People) -> None:
    saved = await people.bob.get(f"{PAGE}/report.csv")
    quote = next(row for row in csv.DictReader(saved.text.splitlines()) if row["key"] == "quote")
    assert (quote["owner"], quote["promise_claim"]) == ("'=1+1", "'=HYPERLINK(1)")


def test_a_file_is_named_in_letters_that_nobody_minds() -> None:
    assert re.fullmatch(r"[a-z-]+-2026-05-01-to-2026-07-29\.pdf", file_name(report_of(), "pdf"))


async def test_who_answered_can_be_compared_and_only_they(people: People) -> None:
    page = (await people.bob.get(PAGE)).text
    assert re.findall('name="against" value="([^"]+)"', page) == [
        "earlier", "same", "persona:none", "channel:mail", "channel:web"
    ]  # fmt: skip
    assert 'name="where" value=""' in page
    of_a_part = (await people.bob.get(f"{PAGE}?where=plan:pro")).text
    assert re.findall('name="against" value="([^"]+)"', of_a_part) == ["earlier"]
    assert 'name="where" value="plan:pro"' in of_a_part


async def test_a_touchpoint_leads_to_its_neighbours_on_the_same_days(people: People) -> None:
    keys = ["shop", "delivery", "quote", "bill"]
    for before, key, after in zip([None, *keys], keys, [*keys[1:], None], strict=False):
        page = (await people.bob.get(f"{PAGE}/touchpoints/{key}/figures?until=2026-03-02")).text
        links = [None if place is None else f"{PAGE}/touchpoints/{place}/figures?until=2026-03-02"
                 for place in (before, after)]  # fmt: skip
        found = [re.search(rf'rel="{rel}" href="([^"]+)"', page) for rel in ("prev", "next")]
        assert [link and link[1] for link in found] == links
        assert f'href="{PAGE}/actions?touchpoint={key}"' in page


async def test_actions_are_those_of_the_touchpoint_asked_for(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now)
    for place in ("delivery", "bill"):
        action = {"touchpoint": place, "what": f"Done at {place}", "on_day": "2026-02-01"}
        await people.nobody.post("/api/v1/journeys/buying/actions", headers=key, json=action)
    page = (await people.bob.get(f"{PAGE}/actions?touchpoint=bill")).text
    assert "Done at bill" in page
    assert "Done at delivery" not in page
    assert (await people.bob.get(f"{PAGE}/actions?touchpoint=moon")).status_code == 404


async def test_a_response_is_read_in_words(people: People) -> None:
    assert "five faces: <b>4</b> (good)" in (await people.bob.get("/w/acme/responses")).text


async def test_people_read_days_and_files_have_them_to_sort(people: People, hands: Hands) -> None:
    page = (await people.bob.get(f"{PAGE}?since=2026-02-01")).text
    assert f"1\xa0Feb\xa02026 to {day_words(hands.now.date())}: other days" in page
    assert 'name="since" value="2026-02-01"' in page


def test_every_labelled_point_has_its_words() -> None:
    for instrument, labels in POINT_LABELS.items():
        assert tuple(label_of(instrument, value) for value in SCALES[instrument].points) == labels
    assert {label_of(i, scale.low) for i, scale in SCALES.items() if i not in POINT_LABELS} == {""}
