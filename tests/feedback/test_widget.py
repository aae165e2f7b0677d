"""The widget's requests: from the key's own pages only, as nobody else, each decided once and shown once."""

import asyncio
import hashlib
import hmac
import json
from datetime import date
from typing import Any

import httpx
import pytest

from accounts.widget_keys import WidgetKeyInfo, create_widget_key, identity_secret, revoke_widget_key
from core.database import fetch
from core.errors import Invalid
from core.settings import BASE_FOLDER, secret_key_of
from core.site import Site
from feedback.answering.refusals import RefusalCount, count_refusal, list_refusals
from feedback.answering.widget import NOTHING_TO_ASK, RefusedCall
from feedback.contacts.opting_out import unsubscribe
from feedback.deciding.deciding import Reason
from surveys.export_journey import export_journey
from surveys.import_journey import import_journey
from surveys.journey_file import AskChannel, read_journey, write_journey
from tests.factories import JOURNEY, UNLIMITED, Hands, Letterbox, delivered, make_journey, make_key, set_policy, work
from tests.people import BASE_URL, People

SHOP = "https://shop.example"
IN_PAGE = "asks: [{survey: after-delivery, wait: PT0S, expires: P3D, channel: widget}]"
WIDGET_JOURNEY = JOURNEY.replace("event: shop.visited}", f"event: shop.visited, {IN_PAGE}}}")
VISITOR = "0123456789abcdef"
ROWS = ("event", "contact", "decision", "invitation")


@pytest.fixture
async def key(people: People, hands: Hands) -> WidgetKeyInfo:
    await make_journey(people.acme, hands.now, WIDGET_JOURNEY)
    await set_policy(people.acme, UNLIMITED)
    return await create_widget_key(people.acme, "Shop", SHOP, hands.now)


class Shop:
    """A page of the shop, that counts its requests."""

    def __init__(self, client: httpx.AsyncClient, key: WidgetKeyInfo, site: Site) -> None:
        self.client, self.key, self.n = client, key, 0
        self.secret = identity_secret(secret_key_of(site.settings), key.public_key)

    def signed(self, contact: str, **more: Any) -> dict[str, Any]:
        signed = f"{contact}\n{more['email']}" if "email" in more else contact
        signature = hmac.new(self.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        return {"id": contact, "hash": signature, **more}

    async def call(self, what: str, origin: str | None = SHOP, **body: Any) -> httpx.Response:
        self.n += 1
        whole = {
            "key": self.key.public_key,
            "once": f"request-number-{self.n}",
            "contact": {"visitor": VISITOR},
            **body,
        }
        headers = {"content-type": "text/plain;charset=UTF-8", **({"origin": origin} if origin else {})}
        return await self.client.post(f"/widget/{what}", content=json.dumps(whole), headers=headers)

    async def ask(self, touchpoint: str = "shop", **body: Any) -> dict[str, Any]:
        answered = await self.call("ask", touchpoint=touchpoint, **body)
        assert answered.status_code == 200, answered.text
        found: dict[str, Any] = answered.json()
        return found

    async def tell(self, name: str = "shop.visited", **body: Any) -> dict[str, Any]:
        answered = await self.call("event", name=name, **body)
        assert answered.status_code == 200, answered.text
        found: dict[str, Any] = answered.json()
        return found


@pytest.fixture
def shop(people: People, key: WidgetKeyInfo, site: Site) -> Shop:
    return Shop(people.nobody, key, site)


async def counts() -> list[int]:
    return [int((await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"]) for table in ROWS]


async def refusals(people: People) -> list[RefusalCount]:
    return await list_refusals(people.acme, date(2026, 1, 1))


async def test_whoever_is_at_a_touchpoint_is_shown_its_survey(shop: Shop, people: People) -> None:
    answered = await shop.ask(language="en")
    assert answered["reason"] == "due"
    assert answered["ask"]["title"] == "Your delivery"
    url = answered["ask"]["url"]
    assert url.startswith(f"{BASE_URL}/a/")
    assert url.endswith("?from=https%3A%2F%2Fshop.example&lang=en")
    page = await people.nobody.get(url)
    assert page.status_code == 200
    assert "How did you feel about this step?" in page.text


async def test_the_answer_is_for_the_origin_of_the_page_and_for_no_cache(shop: Shop) -> None:
    answered = await shop.call("ask", touchpoint="shop")
    headers = answered.headers
    assert headers["access-control-allow-origin"] == SHOP
    assert headers["vary"] == "Origin"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-credentials" not in headers
    assert "set-cookie" not in headers


async def test_asking_leaves_an_event_a_decision_and_an_invitation_like_any_other(
    shop: Shop, people: People, hands: Hands
) -> None:
    await shop.ask()
    [row] = await fetch(
        "SELECT e.name, e.occurred_at, t.key AS touchpoint, d.outcome, d.reason, i.channel, i.state, i.sent_at, "
        "i.expires_at - i.occurred_at AS open_for, c.external_id, c.email "
        "FROM event e JOIN decision d ON d.event = e.id JOIN invitation i ON i.decision = d.id "
        "JOIN touchpoint t ON t.id = e.touchpoint JOIN contact c ON c.id = e.contact"
    )
    assert (row["name"], row["touchpoint"], row["outcome"], row["reason"]) == ("shop.visited", "shop", "asked", "due")
    assert (row["channel"], row["state"], row["sent_at"]) == ("widget", "sent", hands.now)
    assert row["open_for"].days == 3
    assert (row["external_id"], row["email"], row["occurred_at"]) == (f"visitor:{VISITOR}", None, hands.now)
    assert f"visitor:{VISITOR}" in (await people.alice.get("/w/acme/decisions")).text


async def test_an_event_of_the_page_asks_too_and_keeps_its_properties(shop: Shop) -> None:
    answered = await shop.tell(properties={"plan": "pro"})
    assert answered["ask"] is not None
    [event] = await fetch("SELECT properties->>'plan' AS plan FROM event")
    assert event["plan"] == "pro"


async def test_what_is_shown_is_never_mailed(shop: Shop, site: Site, hands: Hands, letterbox: Letterbox) -> None:
    await shop.ask(contact=shop.signed("c1", email="c1@customer.example"))
    hands.move(days=10)
    await work(site)
    assert letterbox.mails == []
    assert [row["state"] for row in await fetch("SELECT state FROM invitation")] == ["sent"]


async def test_nobody_is_shown_a_survey_twice(shop: Shop) -> None:
    assert (await shop.ask())["ask"] is not None
    assert await shop.ask() == {"ask": None, "reason": "asked_here_recently"}
    assert await shop.tell() == {"ask": None, "reason": "asked_here_recently"}


async def test_two_tabs_at_once_show_one_survey(shop: Shop) -> None:
    answers = await asyncio.gather(*(shop.ask() for _ in range(4)))
    assert len([answer for answer in answers if answer["ask"]]) == 1


async def test_a_request_that_is_repeated_gets_its_first_answer(shop: Shop, people: People) -> None:
    first = await shop.ask(once="the-very-same-request")
    assert await shop.ask(once="the-very-same-request") == first
    assert await counts() == [1, 1, 1, 1]


async def test_a_survey_that_was_answered_is_not_shown_by_a_repeated_request(shop: Shop, people: People) -> None:
    url = (await shop.ask(once="the-very-same-request"))["ask"]["url"]
    answered = await people.nobody.post(url, data={"felt": "4", "_at": "felt"})
    assert answered.status_code == 303
    [response] = await fetch("SELECT channel, is_complete FROM response")
    assert response == {"channel": "widget", "is_complete": True}
    assert await shop.ask(once="the-very-same-request") == {"ask": None, "reason": "nothing_to_ask"}


async def test_the_request_of_somebody_else_can_not_be_repeated(shop: Shop) -> None:
    await shop.ask(once="the-very-same-request")
    other = await shop.ask(once="the-very-same-request", contact={"visitor": "another-visitor-00"})
    assert other == {"ask": None, "reason": "nothing_to_ask"}


async def test_what_was_shown_expires(shop: Shop, people: People, hands: Hands) -> None:
    url = (await shop.ask(once="the-very-same-request"))["ask"]["url"]
    hands.move(days=3)
    assert (await people.nobody.get(url)).status_code == 410
    assert (await shop.ask(once="the-very-same-request"))["ask"] is None


async def test_after_thirty_days_the_touchpoint_asks_again(shop: Shop, hands: Hands) -> None:
    await shop.ask()
    hands.move(days=31)
    assert (await shop.ask())["ask"] is not None


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", f"{SHOP}.evil.example", "http://shop.example"]
)
@pytest.mark.parametrize("what", [{"touchpoint": "shop"}, {"name": "shop.visited"}], ids=["ask", "event"])
async def test_a_foreign_page_is_refused_and_only_counted(
    shop: Shop, people: People, what: dict[str, str], origin: str | None
) -> None:
    answered = await shop.call("ask" if "touchpoint" in what else "event", origin=origin, **what)
    assert answered.status_code == 403
    assert answered.headers["content-type"].startswith("application/problem+json")
    assert (answered.json()["status"], answered.json()["reason"]) == (403, "foreign_origin")
    assert "access-control-allow-origin" not in answered.headers
    assert await counts() == [0, 0, 0, 0]
    assert await refusals(people) == [RefusalCount("foreign_origin", 1)]


async def test_an_id_counts_only_with_its_hash(shop: Shop, people: People) -> None:
    theirs = shop.signed("c2")["hash"]
    forged: list[dict[str, Any]] = [
        {"id": "c1"},
        {"id": "c1", "hash": ""},
        {"id": "c1", "hash": theirs},
        {"id": "c1", "hash": theirs.upper()},
        {"id": "c1", "hash": "ü" * 64},
        {"id": "c1", "visitor": VISITOR},
        {"id": 7, "hash": theirs},
    ]
    for contact in forged:
        answered = await shop.call("ask", touchpoint="shop", contact=contact)
        assert (answered.status_code, answered.json()["reason"]) == (403, "forged_identity"), contact
        assert answered.headers["access-control-allow-origin"] == SHOP
    assert await counts() == [0, 0, 0, 0]
    assert await refusals(people) == [RefusalCount("forged_identity", len(forged))]


async def test_a_hash_of_another_key_is_forged(shop: Shop, people: People, site: Site, hands: Hands) -> None:
    other = Shop(people.nobody, await create_widget_key(people.acme, "Blog", SHOP, hands.now), site)
    answered = await shop.call("ask", touchpoint="shop", contact=other.signed("c1"))
    assert answered.status_code == 403


async def test_a_signed_contact_is_the_one_that_programs_know(shop: Shop, people: People, hands: Hands) -> None:
    headers = await make_key(people.acme, hands.now)
    await people.nobody.post("/api/v1/events", json=delivered("c1"), headers=headers)
    await shop.ask(contact=shop.signed("c1", name="Kim", email="kim@customer.example", locale=None))
    rows = await fetch("SELECT external_id, name, email, locale FROM contact")
    assert rows == [{"external_id": "c1", "name": "Kim", "email": "kim@customer.example", "locale": "en"}]


async def test_who_was_merged_is_asked_under_the_old_id_too(shop: Shop, people: People, hands: Hands) -> None:
    await people.nobody.post("/api/v1/events", json=delivered("kim"), headers=await make_key(people.acme, hands.now))
    await fetch("INSERT INTO contact_alias (workspace, external_id, contact) SELECT workspace, '17', id FROM contact")
    assert (await shop.ask(contact=shop.signed("17")))["ask"] is not None
    assert [row["external_id"] for row in await fetch("SELECT external_id FROM contact")] == ["kim"]


async def test_an_id_may_be_a_number(shop: Shop) -> None:
    assert (await shop.ask(contact={**shop.signed("17"), "id": 17}))["ask"] is not None
    assert [row["external_id"] for row in await fetch("SELECT external_id FROM contact")] == ["17"]


async def test_of_a_visitor_neither_address_nor_name_is_taken(shop: Shop) -> None:
    who = {"visitor": VISITOR, "email": "x@y.example", "name": "Kim"}
    await shop.ask(contact=who, language="pt-BR")
    rows = await fetch("SELECT external_id, name, email, locale FROM contact")
    assert rows == [{"external_id": f"visitor:{VISITOR}", "name": "", "email": None, "locale": "pt-BR"}]


@pytest.mark.parametrize("language", ["", "not a language", "x" * 40, "<b>", "en\n"])
async def test_a_page_may_say_any_language(shop: Shop, language: str) -> None:
    assert "lang=" not in (await shop.ask(language=language))["ask"]["url"]
    assert [row["locale"] for row in await fetch("SELECT locale FROM contact")] == [""]


async def test_where_the_widget_asks_nothing_nothing_is_stored(shop: Shop) -> None:
    assert await shop.ask("delivery") == {"ask": None, "reason": "nothing_to_ask"}
    assert await counts() == [0, 0, 0, 0]


async def test_an_event_that_only_a_mail_follows_shows_nothing(shop: Shop) -> None:
    answered = await shop.tell("order.delivered", contact=shop.signed("c1", email="c1@customer.example"))
    assert answered == {"ask": None, "reason": "nothing_to_ask"}
    assert [row["channel"] for row in await fetch("SELECT channel FROM invitation")] == ["mail"]


async def test_whoever_opted_out_is_not_asked_in_a_page_either(shop: Shop, hands: Hands) -> None:
    await shop.ask()
    [contact] = await fetch("SELECT id FROM contact")
    await unsubscribe(contact["id"], hands.now)
    hands.move(days=40)
    assert await shop.ask() == {"ask": None, "reason": "unsubscribed"}


async def test_a_page_that_shows_a_survey_gets_no_second_one(shop: Shop) -> None:
    assert await shop.tell(is_busy=True) == {"ask": None, "reason": "no_page"}
    assert (await shop.tell())["ask"] is not None


@pytest.mark.parametrize("name", ["answered:after-delivery", "schedule:buying/shop"])
async def test_a_page_can_not_tell_what_only_kept_itself_knows(shop: Shop, name: str) -> None:
    refused = await shop.call("event", name=name)
    assert refused.status_code == 422
    assert await counts() == [0, 0, 0, 0]


async def test_an_event_of_a_program_has_no_page_to_be_asked_in(shop: Shop, people: People, hands: Hands) -> None:
    event = delivered("c1", key="e1", touchpoint="shop") | {"name": "shop.visited"}
    answered = await people.nobody.post("/api/v1/events", json=event, headers=await make_key(people.acme, hands.now))
    assert answered.json()[0]["decisions"] == [{"touchpoint": "shop", "outcome": "refused", "reason": "no_page"}]
    assert "no page was open" in (await people.alice.get("/w/acme/decisions")).text


async def two_asks(people: People, hands: Hands, first: str, second: str) -> None:
    """Two surveys after a visit of the shop, in the order of the file."""
    survey = JOURNEY[JOURNEY.index("  - key: after-delivery") : JOURNEY.index("stages:")]
    text = JOURNEY.replace("stages:", survey.replace("after-delivery", "second") + "stages:")
    asks = f"asks: [{{survey: after-delivery, {first}}}, {{survey: second, {second}}}]"
    await make_journey(people.acme, hands.now, text.replace("event: shop.visited}", f"event: shop.visited, {asks}}}"))


BY_MAIL, BY_WIDGET = "wait: PT0S, expires: P3D", "wait: PT0S, expires: P3D, channel: widget"


async def test_who_is_asked_in_the_page_gets_no_mail_about_the_same_event(
    shop: Shop, people: People, hands: Hands
) -> None:
    await two_asks(people, hands, BY_MAIL, BY_WIDGET)
    assert (await shop.ask(contact=shop.signed("c1", email="c1@customer.example")))["ask"] is not None
    assert [row["channel"] for row in await fetch("SELECT channel FROM invitation")] == ["widget"]


async def test_without_a_page_the_mail_asks(shop: Shop, people: People, hands: Hands) -> None:
    await two_asks(people, hands, BY_WIDGET, BY_MAIL)
    event = delivered("c1", key="e1") | {"name": "shop.visited"}
    await people.nobody.post("/api/v1/events", json=event, headers=await make_key(people.acme, hands.now))
    assert [row["channel"] for row in await fetch("SELECT channel FROM invitation")] == ["mail"]


async def test_a_page_shows_one_survey_where_two_touchpoints_listen(shop: Shop, people: People, hands: Hands) -> None:
    text = WIDGET_JOURNEY.replace("key: buying", "key: renting")
    await make_journey(people.acme, hands.now, text)
    assert (await shop.tell())["ask"] is not None
    rows = await fetch("SELECT outcome, reason FROM decision ORDER BY id")
    assert rows == [{"outcome": "asked", "reason": "due"}, {"outcome": "refused", "reason": "asked_in_page"}]


@pytest.mark.parametrize("name", ["moon", "buying/moon", "a\0b"])
async def test_an_unknown_touchpoint_is_named(shop: Shop, name: str) -> None:
    answered = await shop.call("ask", touchpoint=name)
    assert answered.status_code == 422
    assert answered.headers["access-control-allow-origin"] == SHOP
    assert answered.json()["errors"] == [{"field": "touchpoint", "message": f"no journey has a touchpoint {name}"}]
    assert await counts() == [0, 0, 0, 0]


async def test_a_touchpoint_of_another_workspace_is_unknown(people: People, site: Site, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, WIDGET_JOURNEY)
    theirs = Shop(people.nobody, await create_widget_key(people.other, "Theirs", SHOP, hands.now), site)
    answered = await theirs.call("ask", touchpoint="shop")
    assert answered.status_code == 422
    assert answered.json()["errors"][0]["message"] == "no journey has a touchpoint shop"
    assert await theirs.tell() == {"ask": None, "reason": "nothing_to_ask"}


async def test_a_key_that_several_journeys_use_must_be_said_whole(shop: Shop, people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now, WIDGET_JOURNEY.replace("key: buying", "key: renting"))
    assert (await shop.call("ask", touchpoint="shop")).status_code == 422
    assert (await shop.ask("renting/shop"))["ask"] is not None


async def test_an_unknown_or_revoked_key_is_refused_and_not_even_counted(
    shop: Shop, people: People, key: WidgetKeyInfo, hands: Hands
) -> None:
    await revoke_widget_key(people.acme, key.id, hands.now)
    for public_key in (key.public_key, "pk_made-up"):
        answered = await shop.call("ask", touchpoint="shop", key=public_key)
        assert answered.status_code == 401
        assert "access-control-allow-origin" not in answered.headers
    assert await counts() == [0, 0, 0, 0]
    assert await refusals(people) == []


@pytest.mark.parametrize(
    "body",
    [
        {"colour": "red"},
        {"once": "short"},
        {"once": "x" * 65},
        {"once": None},
        {"contact": {}},
        {"contact": {"visitor": "short"}},
        {"contact": {"visitor": "a b c d e f g h i j"}},
        {"contact": {"visitor": VISITOR, "colour": "red"}},
        {"contact": {"visitor": VISITOR, "locale": "!"}},
        {"contact": {"id": "", "hash": "x"}},
        {"contact": {"id": 10**400, "hash": "x"}},
        {"touchpoint": ""},
        {"touchpoint": 7},
        {"touchpoint": None},
        {"key": "pk_\0"},
        {"is_busy": "yes"},
    ],
    ids=str,
)
async def test_a_bad_request_changes_nothing(shop: Shop, body: dict[str, Any]) -> None:
    answered = await shop.call("ask", **{"touchpoint": "shop", **body})
    assert answered.status_code == 422, answered.text
    assert answered.headers["content-type"].startswith("application/problem+json")
    assert await counts() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "body", [{"properties": {"a": "\0"}}, {"name": ""}, {"name": "\0"}, {"contact": None}], ids=str
)
async def test_a_bad_event_changes_nothing(shop: Shop, body: dict[str, Any]) -> None:
    answered = await shop.call("event", **{"name": "shop.visited", **body})
    assert answered.status_code == 422, answered.text
    assert await counts() == [0, 0, 0, 0]


async def test_a_bad_address_of_a_signed_contact_is_refused(shop: Shop) -> None:
    for email in ("no address", "x" * 255):
        answered = await shop.call("ask", touchpoint="shop", contact=shop.signed("c1", email=email))
        assert answered.status_code == 422
    assert await counts() == [0, 0, 0, 0]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"\\ud800"', b"[" * 5_000, b"\xff"])
async def test_what_is_no_json_is_refused(shop: Shop, people: People, body: bytes) -> None:
    assert (await people.nobody.post("/widget/ask", content=body, headers={"origin": SHOP})).status_code == 422


async def test_a_body_of_more_than_sixteen_kilobytes_is_refused(shop: Shop) -> None:
    answered = await shop.call("event", name="shop.visited", properties={"a": "x" * 16_384})
    assert answered.status_code == 413
    assert await counts() == [0, 0, 0, 0]


async def test_the_script_is_served_to_all_and_sets_no_cookie(people: People) -> None:
    answered = await people.nobody.get("/embed.js")
    assert answered.status_code == 200
    assert answered.headers["content-type"].startswith("text/javascript")
    assert answered.headers["cache-control"] == "max-age=3600, public"
    assert answered.headers["content-encoding"] == "gzip"
    assert "set-cookie" not in answered.headers
    assert answered.text == (await people.nobody.get("/static/embed.js")).text


def test_a_file_says_where_to_ask_and_the_widget_can_not_wait() -> None:
    file = read_journey(WIDGET_JOURNEY, "journey.yaml")
    [ask] = file.stages[0].touchpoints[0].asks
    assert ask.channel is AskChannel.WIDGET
    assert "channel: widget" in write_journey(file, "yaml")
    assert read_journey(write_journey(file, "json"), "journey.json") == file
    with pytest.raises(Invalid, match=r"stages\[0\].touchpoints\[0\].asks\[0\].wait: .* wait 0 \(PT0S\)"):
        read_journey(WIDGET_JOURNEY.replace("PT0S", "PT5M"), "journey.yaml")
    with pytest.raises(Invalid, match=r"asks\[0\].channel"):
        read_journey(WIDGET_JOURNEY.replace("channel: widget", "channel: pigeon"), "journey.yaml")


async def test_where_to_ask_is_imported_exported_and_changed(people: People, hands: Hands) -> None:
    for text, change in (
        (WIDGET_JOURNEY, "created"),
        (WIDGET_JOURNEY.replace("channel: widget", "channel: mail"), "removed"),
    ):
        file = read_journey(text, "journey.yaml")
        imported = await import_journey(people.acme, file, hands.now)
        assert (await export_journey(people.acme, "buying")).stages == file.stages
        assert (await import_journey(people.acme, file, hands.now)).updated == 0
        assert getattr(imported, change) > 0


def test_the_docs_explain_every_reason() -> None:
    text = (BASE_FOLDER / "docs" / "widget.md").read_text(encoding="utf-8")
    # These are no answers to a page: what is shown at once waits for nothing.
    answered = set(Reason) - {Reason.NO_TRIGGER, Reason.NO_ADDRESS, Reason.SEND_WINDOW, Reason.QUIET_DAY}
    reasons = [NOTHING_TO_ASK, *answered, *RefusedCall]
    assert [reason for reason in reasons if f"| `{reason}` |" not in text] == []


async def test_refusals_are_counted_by_day_reason_and_workspace(people: People, hands: Hands) -> None:
    first = hands.now.date()
    await asyncio.gather(*(count_refusal(people.acme, "forged_identity", hands.now) for _ in range(3)))
    hands.move(days=1)
    await count_refusal(people.acme, "forged_identity", hands.now)
    await count_refusal(people.acme, "over_quota", hands.now)
    await count_refusal(people.other, "over_quota", hands.now)
    await count_refusal(None, "over_quota", hands.now)
    whole = [RefusalCount("forged_identity", 4), RefusalCount("over_quota", 1)]
    assert await list_refusals(people.acme, first) == whole
    assert await list_refusals(people.acme, hands.now.date()) == [RefusalCount("forged_identity", 1), whole[1]]


async def test_an_address_that_was_not_signed_is_a_forged_identity(shop: Shop) -> None:
    claimed = {**shop.signed("c1"), "email": "somebody.else@customer.example"}
    refused = await shop.call("ask", touchpoint="delivery", contact=claimed)
    assert refused.status_code == 403
    assert await fetch("SELECT FROM contact") == []
    [row] = await fetch("SELECT reason, n FROM refusal")
    assert (row["reason"], row["n"]) == ("forged_identity", 1)
