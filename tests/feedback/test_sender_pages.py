"""The owner's pages of senders."""

import json
from datetime import timedelta

import pytest

from core.database import fetch
from feedback.delivery.senders import SenderView, list_senders
from tests.factories import Hands, Letterbox, make_journey
from tests.feedback.mailed import invitation_row, mailed
from tests.people import People, post_form

FORM = {
    "key": "shop",
    "address": "Acme Shop <ask@acme.example>",
    "bounce_address": "bounces@acme.example",
    "smtp_host": "smtp.acme.example",
    "smtp_username": "kept",
    "smtp_password": "sesame",
    "dkim_domain": "acme.example",
    "dkim_selector": "kept1",
    "makes_dkim_key": "yes",
    "day_limit": "5000",
}


@pytest.fixture
async def sender(people: People, hands: Hands) -> SenderView:
    made = await post_form(people.alice, "/w/acme/senders", FORM)
    assert made.status_code == 303, made.text
    [sender] = await list_senders(people.acme, hands.now)
    assert made.headers["location"] == f"/w/acme/senders/{sender.id}"
    return sender


async def page(people: People, path: str) -> str:
    answered = await people.alice.get(f"/w/acme/senders{path}")
    assert answered.status_code == 200, answered.text
    return answered.text


async def test_without_senders_the_installation_s_is_named(people: People) -> None:
    shown = await page(people, "")
    assert "Kept &lt;kept@localhost&gt;" in shown
    assert 'href="/w/acme/policy"' in shown


async def test_the_list_says_how_much_leaves(people: People, sender: SenderView) -> None:
    shown = await page(people, "")
    assert "0 of 5000" in shown
    assert "smtp.acme.example" in shown


async def test_a_sender_s_page_says_what_to_publish_and_whom_to_tell(people: People, sender: SenderView) -> None:
    shown = await page(people, f"/{sender.id}")
    assert "kept1._domainkey.acme.example" in shown
    assert "v=DKIM1; k=rsa; p=" in shown
    assert f"/hooks/mail/{sender.hook_token}/ses" in shown


async def test_no_secret_is_ever_shown_again(people: People, sender: SenderView) -> None:
    wrong = await post_form(people.alice, f"/w/acme/senders/{sender.id}", {**FORM, "smtp_port": "x"})
    assert wrong.status_code == 422
    shown = [await page(people, path) for path in ("", f"/{sender.id}", f"/{sender.id}/edit")]
    assert not any("sesame" in text or "PRIVATE KEY-----" in text for text in (*shown, wrong.text))


async def test_a_form_with_faults_comes_back_as_it_was(people: People) -> None:
    wrong = await post_form(people.alice, "/w/acme/senders", {**FORM, "smtp_port": "x", "dkim_domain": "b.example"})
    assert wrong.status_code == 422
    assert "2 things need mending" in wrong.text
    assert 'value="Acme Shop &lt;ask@acme.example&gt;"' in wrong.text
    assert await fetch("SELECT id FROM sender") == []


async def test_a_sender_is_changed_and_its_secrets_stay(people: People, sender: SenderView, hands: Hands) -> None:
    form = {**FORM, "smtp_password": "", "makes_dkim_key": "", "day_limit": ""}
    assert (await post_form(people.alice, f"/w/acme/senders/{sender.id}", form)).status_code == 303
    [changed] = await list_senders(people.acme, hands.now)
    assert (changed.has_password, changed.has_dkim_key, changed.day_limit) == (True, True, None)


async def test_pause_and_resume(people: People, sender: SenderView) -> None:
    await post_form(people.alice, f"/w/acme/senders/{sender.id}/pause", {})
    assert "paused 2 Mar 2026" in await page(people, "")
    await post_form(people.alice, f"/w/acme/senders/{sender.id}/resume", {})
    assert "paused" not in (await page(people, "")).split("<table")[1]


async def test_a_test_mail_goes_to_who_asks_for_it(people: People, sender: SenderView, letterbox: Letterbox) -> None:
    sent = await post_form(people.alice, f"/w/acme/senders/{sender.id}/test", {})
    await post_form(people.alice, f"/w/acme/senders/{sender.id}/test", {"to": "kim@customer.example"})
    assert "Outbox" in sent.text
    assert [mail.to for mail in letterbox.mails] == ["alice@acme.example", "kim@customer.example"]
    wrong = await post_form(people.alice, f"/w/acme/senders/{sender.id}/test", {"to": "nobody"})
    assert wrong.status_code == 422


async def test_a_domain_that_rests_is_tried_again_on_demand(people: People, sender: SenderView, hands: Hands) -> None:
    paused = "INSERT INTO domain_pause (workspace, sender, domain, failures, paused_until, reason) "
    until = hands.now + timedelta(hours=1)
    rows = await fetch(
        paused + "VALUES ($1, $2, 'slow.example', 2, $3, '451 later') RETURNING id", people.acme, sender.id, until
    )
    shown = await page(people, "")
    assert all(word in shown for word in ("slow.example", "451 later", "2 times in a row"))
    await make_journey(people.acme, hands.now)
    waiting = await mailed(people.acme, hands.now, state="due", sender=sender.id)
    other = await mailed(people.acme, hands.now, state="due", sender=sender.id)
    wait = "UPDATE invitation SET due_at = $1, last_error = $2 WHERE id = $3"
    await fetch(wait, until, "451 later", waiting)
    await fetch(wait, until, "the sender's limit for the day is reached", other)
    await fetch("UPDATE contact SET email = 'kim@Slow.example'")
    path = f"senders/domains/{rows[0]['id']}/try"
    assert (await post_form(people.charlie, f"/w/other/{path}", {})).status_code == 404
    assert (await post_form(people.alice, f"/w/acme/{path}", {})).status_code == 303
    assert "slow.example" not in await page(people, "")
    assert [(await invitation_row(one))["due_at"] for one in (waiting, other)] == [hands.now, until]


async def test_what_amazon_asks_for_is_shown_to_the_owner(people: People, sender: SenderView) -> None:
    url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"
    call = json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": url})
    assert (await people.nobody.post(f"/hooks/mail/{sender.hook_token}/ses", content=call)).status_code == 200
    assert f'href="{url}"' in await page(people, f"/{sender.id}")


async def test_deleting_has_to_be_meant_and_waits_for_what_waits(
    people: People, sender: SenderView, hands: Hands
) -> None:
    await make_journey(people.acme, hands.now)
    await mailed(people.acme, hands.now, state="due", sender=sender.id)
    path = f"/w/acme/senders/{sender.id}/delete"
    assert (await post_form(people.alice, path, {})).status_code == 303
    refused = await post_form(people.alice, path, {"is_sure": "yes"})
    assert (refused.status_code, "1 invitation still waits" in refused.text) == (422, True)
    await fetch("UPDATE invitation SET state = 'sent'")
    assert (await post_form(people.alice, path, {"is_sure": "yes"})).headers["location"] == "/w/acme/senders"
    assert await list_senders(people.acme, hands.now) == []
