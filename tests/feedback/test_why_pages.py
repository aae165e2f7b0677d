"""The page that says why somebody was asked or not, its search, and the ledger's list that leads there."""

import re
from datetime import timedelta

import pytest

from core.database import fetch
from core.site import Site
from feedback.ledger import ledger
from feedback.ledger.ledger import DecisionFilter, count_reasons, list_decisions
from feedback.ledger.next_moment import next_moment
from tests.factories import Hands, Letterbox, invite, make_journey
from tests.feedback.test_decision_api import send
from tests.people import People, post_form

LONG_AGO = "UPDATE decision SET decided_at = decided_at - interval '31 days' WHERE id = (SELECT min(id) FROM decision)"


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)


async def number_of(contact: str) -> int:
    [row] = await fetch("SELECT id FROM contact WHERE external_id = $1", contact)
    return int(row["id"])


async def why(people: People, contact: str, query: str = "") -> str:
    """The words of the page, without its tags."""
    shown = await people.alice.get(f"/w/acme/contacts/{await number_of(contact)}/why{query}")
    assert shown.status_code == 200, shown.text
    return " ".join(re.sub(r"<[^>]+>", " ", shown.text).split())


class TestWhy:
    async def test_it_tells_what_happened_the_rule_and_what_became_of_it(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        page = await people.nobody.get(await invite(people.nobody, site, letterbox, hands, "c1"))
        assert page.status_code == 200
        shown = await why(people, "c1")
        assert "2 Mar 2026, 12:00 UTC · order.delivered" in shown
        assert "Asked about Delivery" in shown
        assert "Invitation by mail, “After the delivery”: opened, not answered" in shown
        [trigger] = await fetch("SELECT id FROM trigger")
        path = f"/w/acme/contacts/{await number_of('c1')}/why"
        assert f'href="/w/acme/triggers/{trigger["id"]}"' in (await people.alice.get(path)).text

    async def test_a_budget_is_told_with_its_figures_and_leads_to_the_policy(
        self, people: People, hands: Hands
    ) -> None:
        await send(people, hands, "c1")
        facts = '{"asked": "1", "limit": "1", "days": "30", "period": "2026-02-26"}'
        await fetch("DELETE FROM invitation")
        await fetch("UPDATE decision SET outcome = 'refused', reason = 'contact_budget', facts = $1", facts)
        shown = await why(people, "c1")
        assert "Not asked about Delivery Had 1 invitation in 30 days, and the budget is 1." in shown
        assert "This rule lets go on Sat 28 March 00:00 (UTC)." in shown
        path = f"/w/acme/contacts/{await number_of('c1')}/why"
        assert 'href="/w/acme/policy">The contact policy' in (await people.alice.get(path)).text

    async def test_who_was_asked_may_be_asked_again_when_the_policy_lets_go(
        self, people: People, site: Site, letterbox: Letterbox, hands: Hands
    ) -> None:
        await send(people, hands, "c2", name="shop.visited")
        assert "May be asked: the contact policy has nothing against it now." in await why(people, "c2")
        await invite(people.nobody, site, letterbox, hands, "c1")
        await fetch(
            "INSERT INTO contact_policy (workspace, policy, updated_at) VALUES ($1, $2, now()) "
            "ON CONFLICT (workspace) DO UPDATE SET policy = excluded.policy",
            people.acme,
            '{"draw": "first_come", "contact_budget": {"invitations": 1, "days": 20}, "overall_days": 7}',
        )
        await fetch("UPDATE contact SET time_zone = 'Europe/Berlin'")
        shown = await why(people, "c1")  # 20 days after the mail, in spite of the cool-down's 7
        assert "May be asked again from Sun 22 March 16:00 (their time)." in shown
        assert "Until then: had 1 invitation in 20 days, and the budget is 1." in shown
        assert await next_moment(people.acme, await number_of("c1"), None, hands.now + timedelta(days=20)) is None

    async def test_who_opted_out_is_never_asked(self, people: People, hands: Hands) -> None:
        await send(people, hands, "c1", name="shop.visited")
        await fetch("UPDATE contact SET unsubscribed_at = $1", hands.now)
        shown = await why(people, "c1")
        assert "Is never asked: opted out on 2 Mar 2026." in shown.replace("\xa0", " ")
        assert "May be asked" not in shown

    async def test_a_suppressed_address_says_who_said_so(self, people: People, hands: Hands) -> None:
        await send(people, hands, "c1", name="shop.visited")
        await fetch(
            "INSERT INTO suppression (workspace, address_hash, reason, source, created_at) "
            "SELECT workspace, address_hash, 'bounced', 'the provider', $1 FROM contact",
            hands.now,
        )
        shown = (await why(people, "c1")).replace("\xa0", " ")
        assert "Is never asked: the address bounced for good on 2 Mar 2026 (the provider)." in shown

    async def test_consent_that_was_taken_back_is_never_asked(self, people: People, hands: Hands) -> None:
        await send(people, hands, "c1", name="shop.visited")
        await fetch("UPDATE contact SET consent = 'withdrawn', consent_source = 'web form', consent_at = $1", hands.now)
        shown = (await why(people, "c1")).replace("\xa0", " ")
        assert "Is never asked: took back their consent on 2 Mar 2026." in shown
        assert "taken back on 2 Mar 2026 (web form)" in shown

    async def test_older_events_are_a_page_further(self, people: People, hands: Hands) -> None:
        for n in range(101):
            await send(people, hands, "c1", name="shop.visited", key=f"k{n}")
        first = await why(people, "c1")
        assert ("Event k100 " in first, "Event k0" in first, "Older" in first) == (True, False, True)
        [row] = await fetch("SELECT id FROM decision ORDER BY id OFFSET 1 LIMIT 1")
        assert "Event k0" in await why(people, "c1", f"?before={row['id']}")

    async def test_who_may_not_edit_and_who_is_elsewhere_see_nobody(self, people: People, hands: Hands) -> None:
        await send(people, hands, "c1")
        path = f"contacts/{await number_of('c1')}/why"
        assert (await people.bob.get(f"/w/acme/{path}")).status_code == 403
        assert (await people.charlie.get(f"/w/other/{path}")).status_code == 404
        listed = (await people.bob.get("/w/acme/decisions")).text
        assert path not in listed
        assert path in (await people.alice.get("/w/acme/decisions")).text

    async def test_markup_in_what_others_send_is_text(self, people: People, hands: Hands) -> None:
        await send(people, hands, "<script>1</script>", name="<b>", email="")
        facts = '{"attribute": "<i>", "wanted": "<u>", "seen": "<s>"}'
        await fetch("UPDATE decision SET outcome = 'refused', reason = 'conditions', facts = $1", facts)
        path = f"/w/acme/contacts/{await number_of('<script>1</script>')}/why"
        shown = (await people.alice.get(path)).text
        assert [tag for tag in ("<script>1", "<b>&", "<i>", "<u>", "<s>") if tag in shown] == []


class TestSearch:
    @pytest.mark.parametrize("wanted", ["c/1", "C@CUSTOMER.example", " c/1 "])
    async def test_an_id_or_an_address_leads_to_the_person(self, people: People, hands: Hands, wanted: str) -> None:
        await send(people, hands, "c/1", name="shop.visited")
        found = await post_form(people.alice, "/w/acme/why", {"wanted": wanted})
        assert (found.status_code, found.headers["location"]) == (
            303,
            f"/w/acme/contacts/{await number_of('c/1')}/why",
        )

    async def test_an_address_of_two_shows_both(self, people: People, hands: Hands) -> None:
        for contact in ("c1", "c2"):
            await send(people, hands, contact, name="shop.visited")
        shown = (await post_form(people.alice, "/w/acme/why", {"wanted": "c@customer.example"})).text
        assert [f"contacts/{await number_of(contact)}/why" in shown for contact in ("c1", "c2")] == [True, True]

    @pytest.mark.parametrize("wanted", ["nobody", "nobody@customer.example", "", "@", "a" * 10_000])
    async def test_nobody_is_said_kindly(self, people: People, hands: Hands, wanted: str) -> None:
        await send(people, hands, "theirs", workspace=people.other, name="shop.visited")
        for words in (wanted, "theirs"):
            shown = await post_form(people.alice, "/w/acme/why", {"wanted": words})
            assert (shown.status_code, "Nobody here has this id or address" in shown.text) == (200, True)

    async def test_it_is_for_editors(self, people: People, hands: Hands) -> None:
        assert (await people.bob.get("/w/acme/why")).status_code == 403
        assert (await post_form(people.bob, "/w/acme/why", {"wanted": "c1"})).status_code == 403


class TestLedger:
    async def test_it_lists_what_is_asked_for(self, people: People, hands: Hands) -> None:
        await send(people, hands, "asked")
        await send(people, hands, "silent", email="")
        await send(people, hands, "visits", name="shop.visited")
        [trigger] = await fetch("SELECT id, touchpoint FROM trigger")

        async def who(**only: object) -> list[str]:
            page = await list_decisions(people.acme, None, DecisionFilter(**only))  # type: ignore[arg-type]
            assert page.older is None
            return [decision.contact for decision in page.decisions]

        assert await who() == ["visits", "silent", "asked"]
        assert await who(outcome="asked") == ["asked"]
        assert await who(reason="no_address") == ["silent"]
        assert await who(trigger=trigger["id"]) == ["silent", "asked"]
        assert await who(touchpoint=trigger["touchpoint"], outcome="refused") == ["silent"]

    async def test_a_filter_looks_through_so_many_and_goes_on_from_there(
        self, people: People, hands: Hands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("_DECISIONS", "_END_OF_REACH"):
            few = getattr(ledger, name).replace(str(ledger.REACH), "3").replace(str(ledger.REACH - 1), "2")
            monkeypatch.setattr(ledger, name, few)
        await send(people, hands, "asked")
        for n in range(5):
            await send(people, hands, f"visits{n}", name="shop.visited")
        found: list[str] = []
        before, pages = None, 0
        while pages == 0 or before is not None:
            page = await list_decisions(people.acme, before, DecisionFilter(outcome="asked"))
            found += [decision.contact for decision in page.decisions]
            before, pages = page.older, pages + 1
        assert (found, pages) == (["asked"], 3)

    async def test_reasons_are_counted_over_thirty_days_and_the_page_says_so(
        self, people: People, hands: Hands
    ) -> None:
        for n in range(3):
            await send(people, hands, f"c{n}", name="shop.visited")
        await fetch(LONG_AGO)
        found = await count_reasons(people.acme, hands.now)
        assert [(count.reason, count.n) for count in found.counts] == [("no_trigger", 2)]
        assert found.since == hands.now - timedelta(days=30)
        page = (await people.bob.get("/w/acme/decisions")).text.replace("\xa0", " ")
        assert "Numbers count from 31 Jan 2026 on." in page

    async def test_the_page_shows_each_state_with_its_reason(self, people: People, hands: Hands) -> None:
        await send(people, hands, "c1")
        for state, sent, error, words in (
            ("held", None, "", "held: sending is paused"),
            ("due", None, "421 try later", "postponed to 2 Mar 2026, 14:00 UTC: 421 try later"),
            ("due", None, "", "due 2 Mar 2026, 14:00 UTC"),
            ("failed", None, "550 no such user", "failed: 550 no such user"),
            ("missed", None, "", "missed: its time was over before it could be sent"),
            ("sent", hands.now, "", "sent"),
            ("due", hands.now, "", "sent"),
            ("bounced", hands.now, "550 unknown", "bounced: 550 unknown"),
        ):
            await fetch("UPDATE invitation SET state = $1, sent_at = $2, last_error = $3", state, sent, error)
            page = (await people.bob.get("/w/acme/decisions")).text
            assert re.findall(r'data-label="Invitation">([^<]*)', page) == [words]
        await fetch("UPDATE invitation SET state = 'sent', delivered_at = sent_at")
        assert "delivered, not opened" in (await people.bob.get("/w/acme/decisions")).text

    async def test_the_filters_of_the_page_are_kept_and_odd_ones_refused(self, people: People, hands: Hands) -> None:
        await send(people, hands, "c1")
        [trigger] = await fetch("SELECT id FROM trigger")
        query = f"outcome=asked&reason=due&touchpoint=&trigger={trigger['id']}"
        page = (await people.bob.get(f"/w/acme/decisions?{query}")).text
        assert page.count(" selected") == 3
        for odd in ("trigger=x", "touchpoint=-1", f"trigger={10**30}"):
            assert (await people.bob.get(f"/w/acme/decisions?{odd}")).status_code == 422
