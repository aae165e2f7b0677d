"""What dispatch does beside a first mail: reminders, a sender of one's own, envelopes, messengers."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

import feedback.delivery.send_invitation
from bench.due import make_due, make_workspace
from core.database import fetch
from core.mail import NotDelivered
from core.site import Site
from feedback.delivery.bounces import bounce_token
from feedback.delivery.dispatch import dispatch
from feedback.delivery.messengers import MessengerTarget
from feedback.delivery.post_to_messenger import MessengerNotReached, MessengerPayload
from tests.factories import Hands, Letterbox
from tests.feedback.test_leases import another_holds
from tests.feedback.test_pacing import make_sender


@pytest.fixture(autouse=True)
async def workspace(database: None, hands: Hands) -> int:
    workspace = await make_workspace("acme", hands.now)
    await make_due(workspace, 1, hands.now)
    return workspace


async def one(*columns: str) -> tuple[object, ...]:
    [row] = await fetch(f"SELECT {', '.join(columns)} FROM invitation")
    return tuple(row.values())


async def reminded(hands: Hands) -> None:
    await fetch(
        "UPDATE invitation SET state = 'due', due_at = $1, reminded_at = $1, attempts = 0, message_id = NULL", hands.now
    )


async def test_a_mail_says_when_to_remind(site: Site, hands: Hands) -> None:
    await fetch("""UPDATE trigger SET rule = '{"remind": "P3D"}'""")
    await dispatch(site, hands.now)
    assert await one("state", "remind_at") == ("sent", hands.now + timedelta(days=3))


async def test_nobody_is_reminded_of_what_has_expired(site: Site, hands: Hands) -> None:
    await fetch("""UPDATE trigger SET rule = '{"remind": "P30D"}'""")
    await dispatch(site, hands.now)
    assert await one("state", "remind_at") == ("sent", None)


async def test_a_reminder_is_another_mail_of_the_same_invitation(
    site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await fetch("""UPDATE trigger SET rule = '{"remind": "P3D"}'""")
    await dispatch(site, hands.now)
    sent_at = hands.now
    hands.move(days=3)
    await reminded(hands)
    await fetch("UPDATE invitation SET remind_at = NULL")
    await dispatch(site, hands.now)
    first, second = letterbox.mails
    assert second.message_id == first.message_id.replace("@", ".reminder@")
    assert ("References", first.message_id) in second.headers  # so that mail programs show the two together
    assert first.own == second.own
    assert await one("state", "sent_at", "remind_at") == ("sent", sent_at, None)


async def test_a_reminder_that_fails_leaves_the_invitation_sent(site: Site, letterbox: Letterbox, hands: Hands) -> None:
    await dispatch(site, hands.now)
    hands.move(days=3)
    await reminded(hands)
    letterbox.failures = [NotDelivered("refused with 550", permanent=True)]
    await dispatch(site, hands.now)
    assert await one("state", "last_error") == ("sent", "refused with 550")


async def test_a_sender_of_ones_own_writes_the_mail(
    site: Site, letterbox: Letterbox, hands: Hands, workspace: int
) -> None:
    sender = await make_sender(workspace, bounce_address="bounces@acme.example", reply_to="help@acme.example")
    await fetch("UPDATE invitation SET sender = $1", sender)
    await dispatch(site, hands.now)
    [mail] = letterbox.mails
    (number,) = await one("id")
    assert isinstance(number, int)
    assert mail.sender is not None
    assert (mail.sender.address, mail.sender.reply_to) == ("News <news@acme.example>", "help@acme.example")
    assert mail.sender.envelope_from == f"bounces+{bounce_token(site.settings, number)}@acme.example"
    assert mail.message_id == f"<invitation.{number}@acme.example>"
    assert dict(mail.headers)["X-Kept-Invitation"] == bounce_token(site.settings, number)


async def test_a_record_by_a_worker_that_lost_its_lease_is_void(
    site: Site, letterbox: Letterbox, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = letterbox.send

    async def loses_its_lease(mail: object) -> None:
        await fetch("UPDATE invitation SET leased_by = 'another'")
        await send(mail)  # type: ignore[arg-type]

    monkeypatch.setattr(letterbox, "send", loses_its_lease)
    await dispatch(site, hands.now)
    assert await one("state", "leased_by") == ("due", "another")


async def test_what_a_provider_has_said_already_is_not_overwritten(
    site: Site, letterbox: Letterbox, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = letterbox.send

    async def bounces_at_once(mail: object) -> None:
        await send(mail)  # type: ignore[arg-type]
        await fetch("UPDATE invitation SET state = 'bounced'")

    monkeypatch.setattr(letterbox, "send", bounces_at_once)
    await dispatch(site, hands.now)
    assert await one("state") == ("bounced",)


@pytest.mark.parametrize("state", ["held", "cancelled"])
async def test_what_had_left_was_sent_whatever_was_said_of_it_meanwhile(
    site: Site, letterbox: Letterbox, hands: Hands, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    send = letterbox.send

    async def too_late(mail: object) -> None:
        await send(mail)  # type: ignore[arg-type]
        await fetch("UPDATE invitation SET state = $1", state)

    monkeypatch.setattr(letterbox, "send", too_late)
    await dispatch(site, hands.now)
    assert await one("state", "sent_at") == ("sent", hands.now)


async def two_to_one_contact(workspace: int, hands: Hands) -> None:
    await make_due(workspace, 1, hands.now, first=2)
    await fetch("UPDATE invitation SET contact = (SELECT min(contact) FROM invitation)")


async def test_a_second_mail_to_a_contact_waits_as_the_policy_has_it(
    site: Site, letterbox: Letterbox, hands: Hands, workspace: int
) -> None:
    await two_to_one_contact(workspace, hands)
    await dispatch(site, hands.now)
    assert len(letterbox.mails) == 1
    rows = await fetch("SELECT state, attempts, due_at > $1 AS is_later FROM invitation ORDER BY id", hands.now)
    assert rows == [
        {"state": "sent", "attempts": 1, "is_later": False},
        {"state": "due", "attempts": 0, "is_later": True},
    ]


async def test_a_reminder_belongs_to_what_was_asked_already_and_waits_for_no_policy(
    site: Site, letterbox: Letterbox, hands: Hands, workspace: int
) -> None:
    await dispatch(site, hands.now)
    hands.move(days=8)
    await two_to_one_contact(workspace, hands)
    await dispatch(site, hands.now)
    hands.move(minutes=1)
    await fetch(
        "UPDATE invitation SET state = 'due', due_at = $1, reminded_at = $1 "
        "WHERE id = (SELECT min(id) FROM invitation)",
        hands.now,
    )
    await dispatch(site, hands.now)
    assert len(letterbox.mails) == 3


async def test_the_mails_of_an_account_are_counted_by_one_worker_at_a_time(
    site: Site, letterbox: Letterbox, hands: Hands, workspace: int
) -> None:
    [account] = await fetch(
        "INSERT INTO account (workspace, external_id, name, created_at) VALUES ($1, 'globex', '', $2) RETURNING id",
        workspace,
        hands.now,
    )
    await fetch("UPDATE invitation SET account = $1", account["id"])
    async with another_holds("SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE", account["id"]):
        sending = asyncio.create_task(dispatch(site, hands.now))
        await asyncio.sleep(0.2)
        assert letterbox.mails == []
    await sending
    assert len(letterbox.mails) == 1


async def define(field: str, value: object) -> None:
    """The invitation is to a version of the survey with one field of its own."""
    await fetch(
        "WITH made AS (INSERT INTO survey_version (survey, number, definition, published_at) "
        "SELECT v.survey, 9, jsonb_set(v.definition, ARRAY[$1::text], $2::jsonb), v.published_at "
        "FROM survey_version v JOIN invitation i ON i.survey_version = v.id RETURNING id) "
        "UPDATE invitation SET survey_version = (SELECT id FROM made)",
        field,
        msgspec.json.encode(value).decode(),
    )


async def test_a_survey_that_is_closed_by_now_is_sent_to_nobody(site: Site, letterbox: Letterbox, hands: Hands) -> None:
    await define("closes_at", hands.now)
    await dispatch(site, hands.now)
    assert letterbox.mails == []
    assert await one("state", "last_error") == ("missed", "the survey is closed")


async def test_a_survey_that_has_all_its_answers_is_sent_to_nobody(
    site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await define("quotas", [{"key": "all", "limit": 2}])
    await fetch("INSERT INTO quota_count (survey, quota, n) SELECT id, 'all', 2 FROM survey")
    await dispatch(site, hands.now)
    assert letterbox.mails == []
    assert await one("state", "last_error") == ("cancelled", "the survey has all the answers it wants")


async def test_a_survey_that_is_not_open_yet_is_sent_when_it_opens(
    site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    opens_at = hands.now + timedelta(hours=1)
    await define("opens_at", opens_at)
    await dispatch(site, hands.now)
    assert (letterbox.mails, await one("state", "due_at", "attempts")) == ([], ("due", opens_at, 0))
    hands.move(hours=1)
    await dispatch(site, hands.now)
    assert len(letterbox.mails) == 1


class Hook:
    """A messenger that answers as a test has it."""

    def __init__(self) -> None:
        self.posted: list[MessengerPayload] = []
        self.failures: list[NotDelivered] = []

    async def __call__(self, site: Site, target: MessengerTarget, payload: MessengerPayload) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.posted.append(payload)


@pytest.fixture
async def hook(site: Site, hands: Hands, workspace: int, monkeypatch: pytest.MonkeyPatch) -> Hook:
    hook = Hook()

    async def target(*_: object) -> MessengerTarget:
        return MessengerTarget("https://messenger.example", "secret")

    monkeypatch.setattr(feedback.delivery.send_invitation, "post_to_messenger", hook)
    monkeypatch.setattr(feedback.delivery.send_invitation, "load_target", target)
    await fetch(
        "WITH made AS (INSERT INTO messenger (workspace, key, url, secret, created_at) "
        "VALUES ($1, 'chat', 'https://messenger.example', '', $2) RETURNING id) "
        "UPDATE invitation SET channel = 'webhook', messenger = (SELECT id FROM made)",
        workspace,
        hands.now,
    )
    return hook


async def test_a_messenger_gets_the_link_once(site: Site, letterbox: Letterbox, hands: Hands, hook: Hook) -> None:
    await dispatch(site, hands.now)
    await dispatch(site, hands.now)
    [posted] = hook.posted
    assert (posted.contact, posted.link.startswith(site.settings.base_url)) == ("c1", True)
    assert letterbox.mails == []
    assert await one("state") == ("sent",)


async def test_a_messenger_that_asks_for_patience_gets_it(site: Site, hands: Hands, hook: Hook) -> None:
    hook.failures = [MessengerNotReached("answered 429", permanent=False, retry_after=timedelta(hours=1))]
    await dispatch(site, hands.now)
    assert await one("state", "due_at", "last_error") == ("due", hands.now + timedelta(hours=1), "answered 429")
    hands.move(hours=1)
    await dispatch(site, hands.now)
    assert len(hook.posted) == 1


async def test_a_messenger_that_is_paused_is_not_called(site: Site, hands: Hands, hook: Hook) -> None:
    await fetch("UPDATE messenger SET paused_at = $1", hands.now)
    await dispatch(site, hands.now)
    assert hook.posted == []
    assert await one("state", "attempts", "last_error") == ("due", 0, "the messenger is paused")


async def test_a_workspace_that_is_paused_calls_no_messenger_either(
    site: Site, hands: Hands, hook: Hook, workspace: int
) -> None:
    await fetch(
        "INSERT INTO contact_policy (workspace, policy, paused_at, updated_at) VALUES ($1, '{}', $2, $2)",
        workspace,
        hands.now,
    )
    await dispatch(site, hands.now)
    assert hook.posted == []
    assert await one("state", "attempts", "last_error") == ("due", 0, "sending is paused")
    await fetch("UPDATE contact_policy SET paused_at = NULL")
    hands.move(minutes=10)
    await dispatch(site, hands.now)
    assert len(hook.posted) == 1
