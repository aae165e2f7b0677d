"""The pages and the API of pain points: who may look, who may change, and that all of them show the same figures."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import jsonschema
import openpyxl
import pytest

from accounts.api_keys import Scope
from accounts.membership import add_member
from accounts.tables import Role
from analysis.actions import log_action
from analysis.before_after import Action
from analysis.pains.exports.json_file import pain_schema
from analysis.pains.exports.pain_files import FILES
from analysis.pains.keep_pains import add_hypothesis, link_action
from analysis.pains.load_pain import load_pain
from analysis.pains.pain_point import PainStatus
from tests.analysis.answers import contacts_of
from tests.analysis.pains.seeding import PERIOD, SLOW, TODAY, came, count, said
from tests.factories import Hands, make_journey, make_key
from tests.people import People, post_form, signed_in

LIST = "/w/acme/pain-points"
PAIN = f"buying/delivery/{SLOW}"
PAGE = f"{LIST}/{PAIN}"
FILE = "/w/acme/journeys/buying/pain-points."
API = "/api/v1/journeys/buying/pain-points"
HOSTILE = "<script>alert(1)</script> and the van was slow"


@pytest.fixture(autouse=True)
async def contacts(people: People, hands: Hands) -> Sequence[int]:
    """Seven of thirty say that the delivery is slow, and feel worse."""
    await make_journey(people.acme, hands.now)
    contacts = await contacts_of(people.acme, 30)
    await came(people.acme, contacts)
    for contact in contacts[:7]:
        await said(people.acme, contact, 1, SLOW, words=HOSTILE)
    for contact in contacts[7:]:
        await said(people.acme, contact, 5, words="Fine, on time and friendly.", state="positive")
    await count(hands)
    return contacts


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_the_list_shows_what_hurts_and_where_it_leads(people: People) -> None:
    page = await people.bob.get(LIST)
    assert page.status_code == 200
    assert f'href="{PAGE}?since=2025-12-03&amp;until=2026-03-02"' in page.text
    assert "7 of 30" in page.text
    assert "likely" in page.text
    assert HOSTILE not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; and the van was slow" in page.text


async def test_page_api_and_files_show_the_same_figures(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now, Scope.READ)
    api = (await people.nobody.get(API, headers=key)).json()
    [found] = [row for row in api["pains"] if row["pain_id"] == PAIN]
    assert (found["n_mentions"], found["n_contacts"]) == (7, 30)
    by_page = rows_of((await people.bob.get(FILE + "csv")).content)
    assert [row["pain_id"] for row in by_page] == [row["pain_id"] for row in api["pains"]]
    assert by_page[0]["loss_lo"] == repr(api["pains"][0]["loss_lo"])
    book = openpyxl.load_workbook(io.BytesIO((await people.bob.get(FILE + "xlsx")).content))
    header, first, *_ = book["Pain points"].iter_rows(values_only=True)
    sheet = dict(zip(header, first, strict=True))
    assert sheet["loss_lo"] == pytest.approx(api["pains"][0]["loss_lo"], rel=1e-15)
    assert f"{found['loss_month']:,.1f}" in (await people.bob.get(LIST)).text
    assert (await people.nobody.get(f"{API}.json", headers=key)).json() == api
    assert (await people.bob.get(FILE + "json")).json() == api
    one = (await people.nobody.get(f"{API}/delivery/{SLOW}", headers=key)).json()
    assert one["pain"] == found


async def test_the_api_answers_as_its_published_schema_says(people: People, hands: Hands) -> None:
    key = await make_key(people.acme, hands.now, Scope.READ)
    schema = (await people.nobody.get("/api/v1/pain-points/schema", headers=key)).json()
    assert schema == pain_schema()
    jsonschema.validate((await people.nobody.get(API, headers=key)).json(), schema)


async def test_every_kind_of_file_is_for_members_and_for_keys_of_the_workspace(people: People, hands: Hands) -> None:
    key, foreign = await make_key(people.acme, hands.now), await make_key(people.other, hands.now)
    for file in FILES.values():
        path = FILE + file.ending
        answer = await people.bob.get(path)
        assert answer.headers["content-type"].startswith(file.media_type)
        name = f"pain-points-buying-2025-12-03-to-2026-03-02.{file.ending}"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert (await people.charlie.get(path)).status_code == 404
        assert (await people.nobody.get(path)).status_code == 303
        by_key = await people.nobody.get(f"{API}.{file.ending}", headers=key)
        assert by_key.status_code == 200
        assert by_key.content == answer.content or file.ending == "xlsx"  # which holds when it was written
        assert (await people.nobody.get(f"{API}.{file.ending}", headers=foreign)).status_code == 404


async def test_a_ticket_leads_back_to_the_page_of_its_pain_point(people: People) -> None:
    [ticket] = [row for row in rows_of((await people.bob.get(FILE + "github.csv")).content) if "general" in row["body"]]
    link = ticket["body"].split("](")[1].split(")")[0]
    assert link.startswith("http://testserver.local/w/acme/pain-points/")
    page = await people.bob.get(link)
    assert page.status_code == 200
    assert "7 of 30" in page.text


async def test_the_filters_narrow_page_and_files_alike(people: People) -> None:
    for query, is_there in (
        ("touchpoint=delivery", True),
        ("touchpoint=shop", False),
        ("status=new", True),
        ("status=solved", False),
        ("phase=Purchase&owner=Logistics&status=&persona=", True),
        ("until=2026-01-01", False),
    ):
        page = await people.bob.get(f"{LIST}?{query}")
        assert page.status_code == 200, query
        assert (PAGE in page.text) is is_there, query
        listed = [row["pain_id"] for row in rows_of((await people.bob.get(f"{FILE}csv?{query}")).content)]
        assert (PAIN in listed) is is_there, query


@pytest.mark.parametrize("query", ["status=gone", "order=name", "persona=nobody", "where=plan:pro", "since=2026-05-01"])
async def test_what_can_not_be_asked_is_refused(people: People, query: str) -> None:
    assert (await people.bob.get(f"{LIST}?{query}")).status_code in (400, 422)


async def test_a_persona_s_list_says_whose_it_is(people: People) -> None:
    page = await people.bob.get(f"{LIST}?persona=buyer")
    assert page.status_code == 200
    assert '<option value="buyer" selected>' in page.text
    assert PAGE not in page.text  # nobody here came as a buyer


async def test_both_orders_are_offered(people: People) -> None:
    for order, other in (("loss", "depth"), ("depth", "loss")):
        page = (await people.bob.get(f"{LIST}?order={order}&touchpoint=delivery")).text
        assert f"touchpoint=delivery&amp;order={other}&amp;since=" in page
        assert f"pain-points.jira.csv?touchpoint=delivery&amp;order={order}&amp;since=" in page


async def test_an_editor_changes_the_status_and_the_history_says_who(app: Any, people: People, hands: Hands) -> None:
    await add_member(people.acme, "eve@acme.example", "Eve", Role.EDITOR, hands.now)
    eve = await signed_in(app, "eve@acme.example", hands.now)
    form = {"status": "in_action", "note": "Two <b>drivers</b>"}
    assert (await post_form(people.bob, f"{PAGE}/status", form)).status_code == 403
    assert (await post_form(people.charlie, f"{PAGE}/status", form)).status_code == 404
    assert (await eve.post(f"{PAGE}/status", data=form)).status_code == 403  # without its token
    days = "?since=2025-12-03&until=2026-03-02"
    assert (await post_form(eve, f"{PAGE}/status{days}", form)).headers["location"] == PAGE + days
    page = (await people.bob.get(PAGE)).text
    assert "Two &lt;b&gt;drivers&lt;/b&gt;" in page
    assert "Eve, 2 Mar 2026, 12:00 UTC" in page
    assert 'action="' + PAGE not in page  # a viewer has no forms
    assert [change.status for change in (await load_pain(people.acme, PAIN, PERIOD)).history] == [PainStatus.IN_ACTION]
    await eve.aclose()


async def test_a_form_at_fault_is_shown_again_with_what_was_typed(people: People) -> None:
    long = "because " * 80
    posted = await post_form(people.alice, f"{PAGE}/status", {"status": "solved", "note": long})
    assert posted.status_code == 422
    assert long.strip() in posted.text
    assert '<option value="solved" selected>' in posted.text
    assert (await post_form(people.alice, f"{PAGE}/status", {"status": "gone"})).status_code == 422
    assert (await post_form(people.alice, f"{PAGE}/owner", {"owner": "x" * 121})).status_code == 422
    for action in ("", "soon", "-1", "9" * 40, "4711"):
        assert (await post_form(people.alice, f"{PAGE}/actions", {"action": action})).status_code in (404, 422), action
    page = await load_pain(people.acme, PAIN, PERIOD)
    assert (page.history, page.pain.owner, page.linked) == ((), "Logistics", ())


async def test_an_owner_is_named_and_given_back_to_the_touchpoint(people: People) -> None:
    await post_form(people.alice, f"{PAGE}/owner", {"owner": "Jo & Söhne"})
    assert "Jo &amp; Söhne" in (await people.bob.get(PAGE)).text
    await post_form(people.alice, f"{PAGE}/owner", {"owner": ""})
    assert (await load_pain(people.acme, PAIN, PERIOD)).pain.owner == "Logistics"


async def test_saving_the_form_as_it_is_makes_nobody_an_owner(people: People) -> None:
    page = (await people.alice.get(PAGE)).text
    assert 'name="owner" value="" placeholder="Logistics"' in page


async def test_a_tracker_says_what_has_become_of_it(people: People, hands: Hands) -> None:
    address = f"{API}/delivery/{SLOW}/status"
    key = await make_key(people.acme, hands.now, Scope.ACTIONS)
    said = {"status": "in_action", "note": "KEPT-12", "owner": "Ida"}
    told = (await people.nobody.post(address, headers=key, json=said)).json()
    assert (told["pain"]["status"], told["pain"]["owner"], told["history"][0]["note"]) == (
        "in_action",
        "Ida",
        "KEPT-12",
    )
    told = (await people.nobody.post(address, headers=key, json={"owner": ""})).json()
    assert (told["pain"]["status"], told["pain"]["owner"], len(told["history"])) == ("in_action", "Logistics", 1)
    for refused in ({"note": "of no status"}, {"status": "gone"}, {"statu": "new"}):
        assert (await people.nobody.post(address, headers=key, json=refused)).status_code in (400, 422)
    reader, foreign = await make_key(people.acme, hands.now, Scope.READ), await make_key(people.other, hands.now)
    assert (await people.nobody.post(address, headers=reader, json=said)).status_code == 403
    assert (await people.nobody.post(address, headers=foreign, json=said)).status_code in (403, 404)


async def test_an_action_is_linked_seen_and_unlinked(people: People, hands: Hands) -> None:
    entry = await log_action(people.acme, "buying", "delivery", Action("Two drivers", TODAY), hands.now)
    assert "Two drivers" in (await people.alice.get(PAGE)).text
    assert (await post_form(people.bob, f"{PAGE}/actions", {"action": str(entry.id)})).status_code == 403
    assert (await post_form(people.alice, f"{PAGE}/actions", {"action": str(entry.id)})).status_code == 303
    page = (await people.bob.get(PAGE)).text
    assert "<h3>Two drivers</h3>" in page
    assert "interim look" in page
    assert "Unlink" not in page
    unlink = f"{PAGE}/actions/{entry.id}/unlink"
    assert (await post_form(people.bob, unlink, {})).status_code == 403
    assert (await post_form(people.alice, unlink, {})).status_code == 303
    assert (await post_form(people.alice, unlink, {})).status_code == 404
    assert (await load_pain(people.acme, PAIN, PERIOD)).linked == ()


async def test_a_hypothesis_is_added_and_marked_as_one(people: People) -> None:
    form = {"touchpoint": "shop", "title": "Nobody <i>finds</i> the shop"}
    assert (await post_form(people.bob, f"{LIST}/buying", form)).status_code == 403
    assert (await post_form(people.charlie, f"{LIST}/buying", form)).status_code == 404
    added = await post_form(people.alice, f"{LIST}/buying", form)
    assert added.status_code == 303
    page = (await people.bob.get(added.headers["location"])).text
    assert "Nobody &lt;i&gt;finds&lt;/i&gt; the shop" in page
    assert '<span class="tag blind">hypothesis</span>' in page
    assert "<h2>Hypotheses</h2>" in (await people.bob.get(LIST)).text
    refused = await post_form(people.alice, f"{LIST}/buying", {"touchpoint": "moon", "title": "  "})
    assert refused.status_code == 422
    assert "aria-invalid" in refused.text


async def test_another_workspace_finds_none_of_it(people: People, hands: Hands) -> None:
    await make_journey(people.other, hands.now)
    hypothesis = await add_hypothesis(people.acme, "buying", "delivery", "Stairs", None, hands.now)
    for own in (PAIN, hypothesis):
        assert (await people.charlie.get(f"/w/other/pain-points/{own}")).status_code == 404
    assert (
        await post_form(people.charlie, f"/w/other/pain-points/{hypothesis}/status", {"status": "solved"})
    ).status_code == 404
    key = await make_key(people.other, hands.now, Scope.READ)
    assert (await people.nobody.get(f"{API}/delivery/{SLOW}", headers=key)).status_code == 404
    assert (await people.nobody.get(API, headers=key)).json()["pains"] == []
    assert "Stairs" not in (await people.charlie.get("/w/other/pain-points")).text


@pytest.mark.parametrize(
    "rest", ["delivery/none.such", "moon/promise", "delivery/hypothesis-9999999", "delivery/x", "a%00/promise"]
)
async def test_what_is_no_pain_point_is_not_found(people: People, rest: str) -> None:
    assert (await people.bob.get(f"{LIST}/buying/{rest}")).status_code in (400, 404)


async def test_a_workspace_without_a_journey_has_a_kind_page(people: People) -> None:
    page = await people.charlie.get("/w/other/pain-points")
    assert page.status_code == 200
    assert "No journey yet" in page.text


async def test_a_linked_action_stands_in_the_files(people: People, hands: Hands) -> None:
    entry = await log_action(people.acme, "buying", "delivery", Action("Two drivers", TODAY), hands.now)
    await link_action(people.acme, PAIN, entry.id, hands.now)
    [row] = [row for row in rows_of((await people.bob.get(FILE + "csv")).content) if row["pain_id"] == PAIN]
    assert (row["action"], row["action_date"]) == ("Two drivers", "2026-03-02")
