"""Sending: what is due leaves once; what fails is tried again, then given up visibly."""

import pytest

from core.database import fetch
from core.errors import Fault, Invalid
from core.mail import NotDelivered
from core.site import Site
from feedback.dispatch import dispatch
from tests.factories import Hands, Letterbox, delivered, make_journey, make_key, work
from tests.people import People


async def states() -> list[tuple[str, str]]:
    rows = await fetch("SELECT state, last_error FROM invitation ORDER BY id")
    return [(row["state"], row["last_error"]) for row in rows]


@pytest.fixture(autouse=True)
async def invitation(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    key = await make_key(people.acme, hands.now)
    await people.nobody.post("/api/v1/events", json=delivered(), headers=key)


async def test_nothing_is_sent_before_its_time(site: Site, letterbox: Letterbox, hands: Hands) -> None:
    hands.move(hours=1, minutes=59)
    await work(site)
    assert letterbox.mails == []


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


async def test_what_a_killed_worker_had_claimed_is_sent_when_its_lease_is_over(
    site: Site, letterbox: Letterbox, hands: Hands
) -> None:
    hands.move(hours=2)
    letterbox.failures = [RuntimeError("killed")]
    with pytest.raises(RuntimeError):
        await dispatch(site, hands.now)
    assert await dispatch(site, hands.now) == 0
    hands.move(minutes=5)
    assert await dispatch(site, hands.now) == 1
    assert await states() == [("sent", "")]
