"""Sending: what is due leaves once; what fails is tried again, then given up visibly."""

import asyncio

import pytest
from msgspec.structs import replace

import feedback.delivery.sent_records
from core.database import fetch
from core.errors import Fault, Invalid
from core.mail import Mail, NotDelivered
from core.site import Site
from feedback.contacts.opting_out import unsubscribe
from feedback.delivery.dispatch import dispatch
from feedback.delivery.invitation_mail import InvitedContact, invitation_mail
from feedback.delivery.sent_records import Records, Result
from feedback.tables import InvitationState
from surveys.definition import Question, SurveyDefinition
from surveys.instruments import Instrument
from tests.factories import JOURNEY, Hands, Letterbox, delivered, link_of, make_journey, make_key, work
from tests.people import People


async def states() -> list[tuple[str, str]]:
    rows = await fetch("SELECT state, last_error FROM invitation ORDER BY id")
    return [(row["state"], row["last_error"]) for row in rows]


async def deliver(people: People, hands: Hands, contact: str, **more: str) -> None:
    event = delivered(contact)
    key = await make_key(people.acme, hands.now)
    taken = await people.nobody.post(
        "/api/v1/events", json={**event, "contact": {**event["contact"], **more}}, headers=key
    )
    assert taken.status_code == 202, taken.text


@pytest.fixture(autouse=True)
async def invitation(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await deliver(people, hands, "c1")


async def test_nothing_is_sent_before_its_time(site: Site, letterbox: Letterbox, hands: Hands) -> None:
    hands.move(hours=1, minutes=59)
    await work(site)
    assert letterbox.mails == []


async def test_a_subject_is_as_long_as_a_mailbox_can_keep_whatever_the_event_says(site: Site) -> None:
    contact = InvitedContact(1, "Acme", "c1@customer.example", 7)
    asked = (Question("nps", Instrument.NPS),)
    survey = SurveyDefinition(key="a", name="A", title="About {{event.subject|it}}", questions=asked)
    for said, subject in (("my order", "About my order"), ("x" * 16_000, f"About {'x' * 243}…")):
        assert invitation_mail(site, contact, survey, {"event.subject": said}).subject == subject


async def test_an_invitation_is_sent_once(site: Site, letterbox: Letterbox, hands: Hands) -> None:
    hands.move(hours=2)
    await work(site)
    await work(site)
    assert [mail.to for mail in letterbox.mails] == ["c1@customer.example"]
    assert await states() == [("sent", "")]


async def test_a_passing_failure_is_tried_again_with_the_same_message_id(
    site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    letterbox.failures = [NotDelivered("refused with 451", permanent=False)]
    hands.move(hours=2)
    await work(site)
    assert await states() == [("due", "refused with 451")]
    hands.move(minutes=2)
    await work(site)
    assert await states() == [("sent", "")]
    assert letterbox.mails[0].message_id.startswith("<invitation.")


@pytest.mark.parametrize(
    "failure", [NotDelivered("refused with 550", permanent=True), Invalid(Fault("email", "no address"))]
)
async def test_a_lasting_failure_is_given_up_visibly(
    site: Site, letterbox: Letterbox, hands: Hands, failure: Exception
) -> None:
    letterbox.failures = [failure]
    hands.move(hours=2)
    await work(site)
    assert await states() == [("failed", str(failure))]
    assert letterbox.mails == []


async def test_a_server_that_stays_down_is_given_up_after_six_attempts(
    site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    letterbox.failures = [NotDelivered("ConnectionRefusedError", permanent=False) for _ in range(9)]
    for _ in range(9):
        hands.move(hours=3)
        await work(site)
    assert await states() == [("failed", "ConnectionRefusedError")]
    assert len(letterbox.failures) == 3


async def test_an_invitation_whose_time_is_over_is_missed(site: Site, letterbox: Letterbox, hands: Hands) -> None:
    hands.move(days=15)
    await work(site)
    assert await states() == [("missed", "")]
    assert letterbox.mails == []


async def test_who_opts_out_meanwhile_is_not_written_to(site: Site, letterbox: Letterbox, hands: Hands) -> None:
    await fetch("UPDATE contact SET unsubscribed_at = $1", hands.now)
    hands.move(hours=2)
    await work(site)
    assert await states() == [("cancelled", "")]
    assert letterbox.mails == []


class Stopping(Letterbox):
    """A transport whose worker is killed at the mails to `at`, before or after the server has taken them."""

    def __init__(self, at: str, is_taken: bool = False) -> None:
        super().__init__()
        self.at = at
        self.is_taken = is_taken

    async def send(self, mail: Mail) -> None:
        if mail.to == self.at and not self.is_taken:
            raise asyncio.CancelledError
        await super().send(mail)
        if mail.to == self.at:
            raise asyncio.CancelledError


async def killed(site: Site, transport: Letterbox, hands: Hands) -> None:
    with pytest.raises(asyncio.CancelledError):
        await dispatch(replace(site, transport=transport), hands.now)


async def test_what_a_killed_worker_had_claimed_is_sent_when_its_lease_is_over(
    site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    hands.move(hours=2)
    await killed(site, Stopping("c1@customer.example"), hands)
    assert await dispatch(site, hands.now) == 0
    hands.move(minutes=5)
    assert await dispatch(site, hands.now) == 1
    assert await states() == [("sent", "")]
    assert [mail.to for mail in letterbox.mails] == ["c1@customer.example"]


async def test_what_a_killed_worker_had_sent_is_not_sent_again(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await deliver(people, hands, "c2")
    hands.move(hours=2)
    await killed(site, Stopping("c2@customer.example"), hands)
    assert await states() == [("sent", ""), ("due", "")]
    hands.move(minutes=5)
    await work(site)
    assert [mail.to for mail in letterbox.mails] == ["c2@customer.example"]


async def test_who_has_answered_already_is_not_written_to_again(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    hands.move(hours=2)
    sent = Stopping("c1@customer.example", is_taken=True)
    await killed(site, sent, hands)
    assert (await people.nobody.post(link_of(sent.mails[0]), data={"felt": "4"})).status_code == 303
    hands.move(minutes=5)
    await work(site)
    assert letterbox.mails == []
    assert await states() == [("sent", "")]
    assert await fetch("SELECT FROM invitation WHERE sent_at IS NULL OR leased_until IS NOT NULL") == []


async def test_an_invitation_that_stops_every_worker_is_given_up_too(
    site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    hands.move(hours=2)
    for _ in range(6):
        await killed(site, Stopping("c1@customer.example"), hands)
        hands.move(minutes=5)
    await work(site)
    assert await states() == [("failed", "the worker was stopped at every attempt")]
    assert letterbox.mails == []


async def test_one_mail_that_breaks_the_program_keeps_nobody_else_waiting(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await deliver(people, hands, "c2")
    letterbox.failures = [RuntimeError("c1@customer.example is odd")]
    hands.move(hours=2)
    await work(site)
    assert await states() == [("due", "RuntimeError"), ("sent", "")]
    hands.move(minutes=5)
    await work(site)
    assert [mail.to for mail in letterbox.mails] == ["c2@customer.example", "c1@customer.example"]


async def test_a_mail_that_breaks_the_program_is_given_up_after_six_attempts(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    letterbox.failures = [RuntimeError("odd") for _ in range(9)]
    for _ in range(9):
        hands.move(hours=3)
        await work(site)
    assert await states() == [("failed", "RuntimeError")]
    assert len(letterbox.failures) == 3


async def test_a_survey_that_can_not_be_read_keeps_nobody_else_waiting(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await deliver(people, hands, "c2")
    await fetch(
        "WITH broken AS (INSERT INTO survey_version (survey, number, definition, published_at) "
        "SELECT survey, 9, '{}', published_at FROM survey_version RETURNING id) "
        "UPDATE invitation SET survey_version = (SELECT id FROM broken) WHERE id = (SELECT min(id) FROM invitation)"
    )
    hands.move(hours=2)
    await work(site)
    assert await states() == [("due", "ValidationError"), ("sent", "")]


async def test_a_mail_is_recorded_as_soon_as_it_is_sent(people: People, site: Site, hands: Hands) -> None:
    await deliver(people, hands, "c2")
    hands.move(hours=2)
    may_end = asyncio.Event()

    class Slow(Letterbox):
        async def send(self, mail: Mail) -> None:
            if mail.to == "c1@customer.example":
                await may_end.wait()
            await super().send(mail)

    under_way = asyncio.create_task(dispatch(replace(site, transport=Slow()), hands.now))
    async with asyncio.timeout(5):
        while ("sent", "") not in await states():  # noqa: ASYNC110, only the database knows
            await asyncio.sleep(0.01)
    assert await states() == [("due", ""), ("sent", "")]
    may_end.set()
    await under_way
    assert await states() == [("sent", ""), ("sent", "")]


async def test_a_touchpoint_that_was_removed_asks_nobody_any_more(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await make_journey(people.acme, hands.now, JOURNEY[: JOURNEY.index("      - key: delivery")])
    hands.move(hours=2)
    await work(site)
    assert await states() == [("cancelled", "the touchpoint was removed")]
    assert letterbox.mails == []


async def test_what_was_decided_before_a_trigger_was_taken_out_is_sent(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await make_journey(people.acme, hands.now, JOURNEY[: JOURNEY.index("        asks:")])
    hands.move(hours=2)
    await work(site)
    assert await states() == [("sent", "")]


async def test_who_opts_out_under_another_id_is_not_written_to(
    people: People, site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    await deliver(people, hands, "other", email="C1@Customer.Example")
    [other] = await fetch("SELECT id FROM contact WHERE external_id = 'other'")
    await unsubscribe(other["id"], hands.now)
    hands.move(hours=2)
    await work(site)
    assert await states() == [("cancelled", ""), ("cancelled", "")]
    assert letterbox.mails == []


async def test_results_are_written_as_soon_as_there_are_enough(monkeypatch: pytest.MonkeyPatch, hands: Hands) -> None:
    monkeypatch.setattr(feedback.delivery.sent_records, "GATHERS_FOR", 60)
    [row] = await fetch("UPDATE invitation SET leased_by = 'me' RETURNING id")
    records = Records("me", enough=2)
    async with asyncio.timeout(5):
        for _ in range(2):  # what gathers while others are written waits for no more than they did
            kept = [records.put(row["id"], Result(state=InvitationState.SENT), hands.now) for _ in range(2)]
            await asyncio.gather(*kept)
    assert await states() == [("sent", "")]
    late = records.put(row["id"], Result(state=InvitationState.SENT), hands.now)
    await asyncio.sleep(0.05)
    assert not late.done()
