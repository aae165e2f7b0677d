"""What happens between a claim and its mail: the last look sees it."""

import pytest

from core.database import fetch
from core.site import Site
from feedback.contacts.suppressions import suppress
from feedback.delivery import dispatch
from feedback.delivery.claim_due import Claim, claim_due
from feedback.tables import Suppressed
from tests.factories import UNLIMITED, Hands, Letterbox, make_journey, set_policy, work
from tests.feedback.passing import happened, post
from tests.people import People


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that run once, after the first claim."""
    statements: list[str] = []

    async def claim(*values: object) -> Claim:
        claimed = await claim_due(*values)  # type: ignore[arg-type]
        while statements and claimed.n:
            await fetch(statements.pop(0))
        return claimed

    monkeypatch.setattr(dispatch, "LOOKS_AGAIN_AFTER", -1.0)
    monkeypatch.setattr(dispatch, "claim_due", claim)
    return statements


@pytest.fixture(autouse=True)
async def due(people: People, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await set_policy(people.acme, UNLIMITED)
    await post(people, hands, happened())
    hands.move(hours=3)


async def test_withdrawn_consent_stops_a_mail_that_is_claimed(
    site: Site, letterbox: Letterbox, meanwhile: list[str]
) -> None:
    meanwhile.append("UPDATE contact SET consent = 'withdrawn'")
    await work(site)
    assert letterbox.mails == []
    assert [row["state"] for row in await fetch("SELECT state FROM invitation")] == ["cancelled"]


async def test_an_address_that_was_left_and_suppressed_meanwhile_gets_nothing(
    people: People, hands: Hands, site: Site, letterbox: Letterbox, meanwhile: list[str]
) -> None:
    await suppress(people.acme, "old@customer.example", Suppressed.BY_HAND, "test", hands.now)
    meanwhile += [
        "UPDATE contact SET email = 'new@customer.example', "
        "address_hash = encode(sha256(convert_to('new@customer.example', 'UTF8')), 'hex')",
        "UPDATE suppression SET address_hash = encode(sha256(convert_to('c1@customer.example', 'UTF8')), 'hex')",
    ]
    await work(site)
    assert [mail.to for mail in letterbox.mails] == ["new@customer.example"]
    assert [row["state"] for row in await fetch("SELECT state FROM invitation")] == ["sent"]
