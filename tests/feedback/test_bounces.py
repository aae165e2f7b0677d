"""What comes of a report: the invitation says so, and an address that is no good is not written to again."""

from datetime import datetime

import pytest

from core.database import fetch
from core.site import Site
from feedback.delivery.bounces import (
    TRACE_HEADER,
    Taken,
    bounce_token,
    invitation_of,
    return_path,
    take_report,
    trace_headers,
)
from feedback.delivery.delivery_report import DeliveryReport, ReportKind
from tests.factories import Hands, make_journey
from tests.feedback.mailed import invitation_row, mailed, suppressed
from tests.people import People

HARD, SOFT, COMPLAINT = ReportKind.HARD, ReportKind.SOFT, ReportKind.COMPLAINT


@pytest.fixture(autouse=True)
async def journey(people: People, hands: Hands) -> None:
    for workspace in (people.acme, people.other):
        await make_journey(workspace, hands.now)


@pytest.fixture
async def invitation(people: People, hands: Hands, journey: None) -> int:
    return await mailed(people.acme, hands.now)


async def take(site: Site, workspace: int | None, report: DeliveryReport, **more: bool) -> Taken:
    return await take_report(site.settings, workspace, report, "a test", site.clock(), **more)


def about(site: Site, invitation: int, kind: ReportKind, **more: str) -> DeliveryReport:
    return DeliveryReport(kind, (bounce_token(site.settings, invitation),), **more)


async def outcome(invitation: int) -> tuple[str, datetime | None, datetime | None]:
    row = await invitation_row(invitation)
    return row["state"], row["delivered_at"], row["bounced_at"]


def test_a_token_is_read_however_a_mail_server_writes_it(site: Site) -> None:
    token = bounce_token(site.settings, 17)
    assert [invitation_of(site.settings, text) for text in (token, token.upper(), f" {token} ")] == [17] * 3


@pytest.mark.parametrize("forged", ["", "17", "17-", "17-0123456789abcdef0123", "18-{signed}", "017-{signed}", "x"])
def test_a_token_that_was_not_made_here_names_nothing(site: Site, forged: str) -> None:
    signed = bounce_token(site.settings, 17).partition("-")[2]
    assert invitation_of(site.settings, forged.format(signed=signed)) is None


def test_every_mail_has_a_return_path_of_its_own_that_mail_servers_take(site: Site) -> None:
    path = return_path(site, f"{'b' * 30}@acme.example", 999_999_999_999)
    local, _, domain = path.rpartition("@")
    assert (len(local), domain) == (64, "acme.example")
    assert invitation_of(site.settings, local.partition("+")[2]) == 999_999_999_999


@pytest.mark.parametrize(
    ("host", "header"),
    [
        ("smtp.postmarkapp.com", "X-PM-Metadata-kept-invitation"),
        ("smtp.eu.mailgun.org", "X-Mailgun-Variables"),
        ("smtp.sendgrid.net", "X-SMTPAPI"),
    ],
)
def test_a_provider_is_told_the_token_in_its_own_way(site: Site, host: str, header: str) -> None:
    own, theirs = trace_headers(site, 17, host)
    assert own == (TRACE_HEADER, bounce_token(site.settings, 17))
    assert theirs[0] == header
    assert own[1] in theirs[1]


def test_other_servers_get_the_one_header(site: Site) -> None:
    assert [name for name, _ in trace_headers(site, 17, "mail.acme.example")] == [TRACE_HEADER]


async def test_an_address_that_is_none_is_not_written_to_again(
    people: People, site: Site, invitation: int, hands: Hands
) -> None:
    await fetch("UPDATE invitation SET remind_at = $1", hands.now)
    assert await take(site, people.acme, about(site, invitation, HARD, detail="550 unknown")) is Taken.TAKEN
    row = await invitation_row(invitation)
    assert (row["state"], row["bounced_at"], row["last_error"]) == ("bounced", hands.now, "550 unknown")
    assert row["remind_at"] is None
    assert await suppressed(people.acme) == {"kim@customer.example": "bounced"}
    assert await suppressed(people.other) == {}


async def test_saying_it_again_changes_nothing(people: People, site: Site, invitation: int, hands: Hands) -> None:
    report = about(site, invitation, HARD, detail="550 unknown")
    await take(site, people.acme, report)
    before = await invitation_row(invitation), await fetch("SELECT * FROM suppression")
    hands.move(days=1)
    await take(site, people.acme, report)
    assert (await invitation_row(invitation), await fetch("SELECT * FROM suppression")) == before


async def test_a_bounce_that_overtakes_its_own_record_counts(people: People, site: Site, hands: Hands) -> None:
    invitation = await mailed(people.acme, hands.now, state="due")
    await take(site, people.acme, about(site, invitation, HARD))
    row = await invitation_row(invitation)
    assert (row["state"], row["sent_at"], row["leased_by"]) == ("bounced", hands.now, None)


async def test_a_full_mailbox_is_noted_and_nothing_else(people: People, site: Site, invitation: int) -> None:
    for _ in range(5):
        assert await take(site, people.acme, about(site, invitation, SOFT, detail="452 full")) is Taken.TAKEN
    assert await outcome(invitation) == ("sent", None, None)
    assert (await invitation_row(invitation))["last_error"] == "452 full"
    assert await suppressed(people.acme) == {}


async def test_who_complains_is_not_written_to_again(people: People, site: Site, invitation: int, hands: Hands) -> None:
    await take(site, people.acme, about(site, invitation, COMPLAINT))
    assert await outcome(invitation) == ("sent", hands.now, None)
    assert await suppressed(people.acme) == {"kim@customer.example": "complained"}


async def test_who_opts_out_at_the_provider_has_opted_out(people: People, site: Site, invitation: int) -> None:
    await take(site, people.acme, about(site, invitation, ReportKind.UNSUBSCRIBED))
    assert await suppressed(people.acme) == {"kim@customer.example": "unsubscribed"}
    assert [row["unsubscribed_at"] is None for row in await fetch("SELECT unsubscribed_at FROM contact")] == [False]


async def test_reports_come_in_any_order(people: People, site: Site, hands: Hands) -> None:
    """What has come back was not delivered, whichever is heard first."""
    first, second = await mailed(people.acme, hands.now), await mailed(people.acme, hands.now, "lee")
    for invitation, order in ((first, (ReportKind.DELIVERED, HARD)), (second, (HARD, ReportKind.DELIVERED))):
        for kind in order:
            await take(site, people.acme, about(site, invitation, kind))
        assert await outcome(invitation) == ("bounced", None, hands.now)


async def test_a_delivery_is_recorded_once(people: People, site: Site, invitation: int, hands: Hands) -> None:
    delivered_at = hands.now
    for _ in range(2):
        await take(site, people.acme, about(site, invitation, ReportKind.DELIVERED))
        hands.move(hours=1)
    assert await outcome(invitation) == ("sent", delivered_at, None)


async def test_a_report_of_another_workspace_is_about_nothing(people: People, site: Site, invitation: int) -> None:
    named = (about(site, invitation, HARD), DeliveryReport(HARD, message_id=f"<invitation.{invitation}@acme.example>"))
    for report in (*named, DeliveryReport(HARD, address="kim@customer.example")):
        assert await take(site, people.other, report) is Taken.UNKNOWN
    assert await outcome(invitation) == ("sent", None, None)
    assert await suppressed(people.acme) == await suppressed(people.other) == {}


async def test_a_message_id_that_somebody_guessed_is_not_enough_where_a_token_is_needed(
    people: People, site: Site, invitation: int
) -> None:
    guessed = DeliveryReport(HARD, ("17-0123456789abcdef0123",), f"<invitation.{invitation}@acme.example>")
    assert await take(site, people.acme, guessed, needs_token=True) is Taken.UNKNOWN
    assert await suppressed(people.acme) == {}
    assert await take(site, people.acme, guessed) is Taken.TAKEN


async def test_a_token_beside_the_message_id_of_another_mail_is_refused(
    people: People, site: Site, invitation: int, hands: Hands
) -> None:
    other = await mailed(people.acme, hands.now, "lee")
    mixed = about(site, invitation, HARD, message_id=f"<invitation.{other}@acme.example>")
    assert await take(site, people.acme, mixed) is Taken.UNKNOWN
    provider_s = about(site, invitation, HARD, message_id="<0100abc@email.amazonses.example>")
    assert await take(site, people.acme, provider_s) is Taken.TAKEN


@pytest.mark.parametrize(
    "message_id", ["<invitation.{0}@evil.example>", "<invitation.99999999999999999999@a>", "<x@y>"]
)
async def test_a_message_id_must_be_the_one_that_was_sent(
    people: People, site: Site, invitation: int, message_id: str
) -> None:
    report = DeliveryReport(HARD, message_id=message_id.format(invitation), address="kim@customer.example")
    assert await take(site, people.acme, report) is Taken.UNKNOWN


async def test_an_address_alone_is_believed_only_of_a_contact(people: People, site: Site, invitation: int) -> None:
    assert await take(site, people.acme, DeliveryReport(HARD, address="KIM@Customer.example")) is Taken.TAKEN
    assert await take(site, people.acme, DeliveryReport(HARD, address="stranger@customer.example")) is Taken.UNKNOWN
    assert await take(site, None, DeliveryReport(HARD, address="kim@customer.example")) is Taken.UNKNOWN
    assert await suppressed(people.acme) == {"kim@customer.example": "bounced"}


async def test_who_has_another_address_by_now_is_not_blamed_for_the_old_one(
    people: People, site: Site, invitation: int
) -> None:
    await take(site, people.acme, about(site, invitation, HARD, address="kim@former.example"))
    assert (await invitation_row(invitation))["state"] == "bounced"
    assert await suppressed(people.acme) == {}


async def test_an_invitation_that_is_gone_is_about_nothing(people: People, site: Site, invitation: int) -> None:
    await fetch("DELETE FROM contact")
    assert await take(site, people.acme, about(site, invitation, HARD)) is Taken.UNKNOWN


async def test_the_operator_s_own_mail_server_needs_no_workspace(people: People, site: Site, invitation: int) -> None:
    assert await take(site, None, about(site, invitation, HARD)) is Taken.TAKEN
    assert await suppressed(people.acme) == {"kim@customer.example": "bounced"}


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [(COMPLAINT, ["complained"]), (ReportKind.UNSUBSCRIBED, ["unsubscribed"]), (HARD, [])],
)
async def test_a_persons_own_word_counts_wherever_the_mail_was_read(
    people: People, site: Site, invitation: int, kind: ReportKind, reasons: list[str]
) -> None:
    """It was forwarded, or they have another address by now; only a mailbox that is gone is not theirs any more."""
    await take(site, people.acme, about(site, invitation, kind, address="elsewhere@mailbox.example"))
    assert [row["reason"] for row in await fetch("SELECT reason FROM suppression")] == reasons
