"""The pages of triggers: who may see them, what a form says back, and that what is saved is what a file would say."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from core.database import fetch
from surveys.export_journey import export_journey
from surveys.triggers import list_triggers
from tests.factories import UNLIMITED, Hands, make_journey, set_policy
from tests.people import People, post_form

NEW = {
    "touchpoint": "buying/shop",
    "survey": "after-delivery",
    "channel": "mail",
    "starts": "event",
    "event": "",
    "wait": "3",
    "wait_unit": "days",
    "expires": "14",
    "expires_unit": "days",
    "share": "50",
    "window.start": "09:00",
    "window.end": "18:00",
    "when[1].attribute": "event.plan",
    "when[1].test": "one_of",
    "when[1].value": 'pro, "a, b", 3',
    "instead[0].survey": "",
    "act": "save",
}


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await set_policy(people.acme, UNLIMITED)


async def post(people: People, path: str = "new", **form: str) -> httpx.Response:
    return await post_form(people.alice, f"/w/acme/triggers/{path}", {**NEW, **form})


async def test_the_list_says_each_rule_in_plain_words(people: People) -> None:
    await post(people)
    page = (await people.alice.get("/w/acme/triggers")).text
    assert "2 hours after order.delivered" in page
    assert "3 days after shop.visited, if event.plan is pro or a, b or 3, 9–18 their time, half of them" in page


async def test_viewers_strangers_and_others_see_nothing(people: People) -> None:
    (trigger,) = await list_triggers(people.acme)
    for path in ("", "/new", f"/{trigger.id}"):
        assert (await people.bob.get(f"/w/acme/triggers{path}")).status_code == 403
        assert (await people.charlie.get(f"/w/acme/triggers{path}")).status_code == 404
    assert (await people.charlie.get(f"/w/other/triggers/{trigger.id}")).status_code == 404
    for path in ("new", f"{trigger.id}", f"{trigger.id}/stop"):
        assert (await post_form(people.bob, f"/w/acme/triggers/{path}", NEW)).status_code == 403
        if path != "new":
            assert (await post_form(people.charlie, f"/w/other/triggers/{path}", NEW)).status_code == 404
    assert len(await list_triggers(people.acme)) == 1


async def test_a_saved_trigger_is_an_ask_of_the_journey_file(people: People) -> None:
    assert (await post(people)).status_code == 303
    shop = (await export_journey(people.acme, "buying")).stages[0].touchpoints[0]
    (ask,) = shop.asks
    assert (ask.survey, ask.wait, ask.share, ask.event) == ("after-delivery", timedelta(days=3), 0.5, "")
    assert ask.when[0].one_of == ("pro", "a, b", 3)
    assert ask.window is not None
    assert (ask.window.start.hour, ask.window.end.hour) == (9, 18)


async def test_the_form_of_a_saved_trigger_saves_the_same_again(people: People) -> None:
    await post(
        people, remind="2", remind_unit="days", **{"instead[0].survey": "after-delivery", "instead[0].share": "25"}
    )
    before = await list_triggers(people.acme)
    page = await people.alice.get(f"/w/acme/triggers/{before[0].id}")
    saved = await post_form(people.alice, f"/w/acme/triggers/{before[0].id}", {**fields_in(page.text), "act": "save"})
    assert saved.status_code == 303
    assert [one.ask for one in await list_triggers(people.acme)] == [one.ask for one in before]


async def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(people: People) -> None:
    odd = {"expires": "soon", "when[1].attribute": "plan", "event": "<b>&\"'"}
    answered = await post(people, touchpoint="", **odd)
    assert answered.status_code == 422
    page = answered.text
    assert 'id="fault-expires-1">Write a number, such as 3.' in page
    assert fields_in(page)["expires"] == "soon"
    assert fields_in(page)["event"] == "<b>&\"'"
    assert fields_in(page)["when[0].value"] == 'pro, "a, b", 3'
    answered = await post(people, **{**odd, "expires": "14"})
    assert "write event.NAME or contact.NAME" in answered.text
    assert len(await list_triggers(people.acme)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"touchpoint": "buying/none"}, "choose a touchpoint"),
        ({"survey": ""}, "Choose a survey."),
        ({"wait": "1e99"}, "Write a number, such as 3."),
        ({"wait": "-1"}, "from 0 up"),
        ({"expires": "1"}, "over before it is sent"),
        ({"share": "0"}, "above 0, up to 100"),
        ({"window.end": "9:00"}, "a time of day"),
        ({"window.end": "09:00"}, "this is the start too"),
        ({"window.start": ""}, "Write both times"),
        ({"channel": "pigeon"}, "one of mail, widget"),
        ({"channel": "widget"}, "wait 0"),
        ({"channel": "webhook"}, "name the messenger"),
        ({"starts": "schedule"}, "write how long"),
        ({"starts": "schedule", "every": "0.5"}, "1 to 3,660 days"),
        ({"event": "answered:nothing"}, "no survey here has the key nothing"),
        ({"touchpoint": "buying/delivery", "wait": "1"}, "another trigger asks this here"),
        ({"when[1].test": "at_least", "when[1].value": "much"}, "Write a number"),
        ({"remind": "30"}, "would be over by then"),
        ({"remind": "x"}, "Write a number, such as 3."),
        ({"when[1].attribute": "", "when[1].value": "pro"}, "say of what this holds"),
        ({"window.start": "", "window.end": "", "window.days": "mon"}, "from when to when"),
        ({"instead[0].survey": "", "instead[0].personas": "buyer"}, "the survey that these get"),
        ({"touchpoint": "", "wait": "x"}, "Choose a touchpoint."),
    ],
)
async def test_what_cannot_be_taken_is_told(people: People, change: dict[str, str], words: str) -> None:
    answered = await post(people, **change)
    assert answered.status_code == 422
    assert words.casefold() in answered.text.casefold()


async def test_a_new_trigger_begins_with_the_event_that_was_heard(people: People) -> None:
    fields = fields_in((await people.alice.get("/w/acme/triggers/new", params={"event": "shop.visited"})).text)
    assert (fields["touchpoint"], fields["event"]) == ("buying/shop", "")
    fields = fields_in((await people.alice.get("/w/acme/triggers/new", params={"event": "chair.wobbled"})).text)
    assert (fields["touchpoint"], fields["event"]) == ("", "chair.wobbled")


async def test_trying_shows_who_would_have_been_asked_and_stores_nothing(people: People, hands: Hands) -> None:
    (contact,) = await fetch(
        "INSERT INTO contact (workspace, external_id, email, name, kind, locale, created_at) "
        "VALUES ($1, 'kim-17', 'kim@customer.example', '', 'customer', '', $2) RETURNING id",
        people.acme,
        hands.now,
    )
    for days, plan in ((20, "pro"), (10, "free")):
        await fetch(
            "INSERT INTO event (workspace, key, name, contact, occurred_at, received_at, properties) "
            "VALUES ($1, $2, 'shop.visited', $3, $4, $4, $5)",
            people.acme,
            f"k{days}",
            contact["id"],
            hands.now - timedelta(days=days),
            f'{{"plan": "{plan}"}}',
        )
    tried = await post(people, act="try", share="100")
    assert tried.status_code == 200
    assert "The last 90 days: 1 of 2 would have been asked" in tried.text
    assert "kim-17" in tried.text
    assert "the condition event.plan one of pro, a, b, 3 was not met; it was free" in tried.text
    assert fields_in(tried.text)["share"] == "100"
    assert len(await list_triggers(people.acme)) == 1
    assert await fetch("SELECT id FROM decision") == []


async def test_a_stopped_trigger_is_gone_from_list_and_file(people: People) -> None:
    (trigger,) = await list_triggers(people.acme)
    assert (await post_form(people.alice, f"/w/acme/triggers/{trigger.id}/stop", {})).status_code == 303
    assert "Nothing is asked yet" in (await people.alice.get("/w/acme/triggers")).text
    assert (await people.alice.get(f"/w/acme/triggers/{trigger.id}")).status_code == 404
    assert (await post_form(people.alice, f"/w/acme/triggers/{trigger.id}/stop", {})).status_code == 404


def fields_in(page: str) -> dict[str, Any]:
    """What a browser would send of the page's form, the buttons left out."""
    form = page.split('<form method="post" action="/w/acme/triggers')[1].split("</form>")[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        said = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if said.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if said.get("type") == "checkbox":
            found.setdefault(said["name"], []).append(said["value"])
        else:
            found[said["name"]] = said.get("value", "")
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", options)
        first = re.search(r"<option(?: value=\"([^\"]*)\")?>([^<]*)", options)
        one = chosen or first
        found[name] = html.unescape(one.group(2) if one.group(1) is None else one.group(1)) if one else ""
    found.pop("_csrf_token", None)
    return found
