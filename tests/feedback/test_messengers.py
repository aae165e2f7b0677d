"""Messengers: a signed post to a program of the company's, to no place where Kept must not go, and what it answers."""

import asyncio
import hashlib
import hmac
import ipaddress
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from core.database import fetch
from core.errors import Conflict, Invalid, NotFound
from core.site import Site
from feedback.delivery import post_to_messenger as posting
from feedback.delivery.messengers import (
    MOST_MESSENGERS,
    MessengerTarget,
    add_messenger,
    delete_messenger,
    list_messengers,
    load_target,
    pause_messenger,
    resume_messenger,
    rotate_secret,
)
from feedback.delivery.post_to_messenger import MessengerNotReached, MessengerPayload, post_to_messenger, signature_of
from feedback.delivery.reachable import Target, address_for, is_allowed, target_of
from tests.factories import Hands, make_journey
from tests.feedback.mailed import invitation_row, mailed
from tests.people import People, post_form

PUBLIC = "https://93.184.215.14/kept"  # an address out in the world: no name has to be looked up


class Program:
    """A company's program on this machine: keeps what it is posted, and answers what it is told to."""

    def __init__(self) -> None:
        self.answer = "HTTP/1.1 204 No Content\r\n\r\n"
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append((first, headers, body))
        writer.write(self.answer.encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    program = Program()
    server = await asyncio.start_server(program.serve, "127.0.0.1", 0)
    program.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/kept?to=texts"
    async with server:
        yield program


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator lets workspaces post to this machine."""
    for module in ("feedback.delivery.messengers", "feedback.delivery.post_to_messenger"):
        monkeypatch.setattr(f"{module}.may_reach_inside", lambda settings: True)


def payload(hands: Hands, **changed: Any) -> MessengerPayload:
    given = {
        "invitation": 17,
        "contact": "c-9",
        "survey": "after-delivery",
        "title": "Grüße",
        "event": "order.delivered",
    }
    return MessengerPayload(link="https://k.example/a/x", expires_at=hands.now, **{**given, **changed})


async def refused(site: Site, url: str, hands: Hands) -> MessengerNotReached:
    with pytest.raises(MessengerNotReached) as failed:
        await post_to_messenger(site, MessengerTarget(url, "s"), payload(hands))
    return failed.value


async def test_a_post_says_what_to_hand_on_and_is_signed(
    site: Site, program: Program, inside: None, hands: Hands
) -> None:
    await post_to_messenger(site, MessengerTarget(program.url, "secret"), payload(hands))
    [(first, headers, body)] = program.requests
    assert first == "POST /kept?to=texts HTTP/1.1"
    assert json.loads(body) == {
        "invitation": 17,
        "contact": "c-9",
        "survey": "after-delivery",
        "title": "Grüße",
        "link": "https://k.example/a/x",
        "expires_at": "2026-03-02T12:00:00Z",
        "event": "order.delivered",
        "is_test": False,
    }
    timestamp, _, signature = headers["x-kept-signature"].partition(",v1=")
    signed = f"{timestamp.removeprefix('t=')}.".encode() + body
    assert signature == hmac.new(b"secret", signed, hashlib.sha256).hexdigest()
    assert headers["host"] == program.url.split("/")[2]
    assert (headers["content-type"], headers["x-kept-delivery"]) == ("application/json", "invitation-17")


async def test_a_repeated_post_is_seen_as_one(site: Site, program: Program, inside: None, hands: Hands) -> None:
    for _ in range(2):
        await post_to_messenger(site, MessengerTarget(program.url, "s"), payload(hands))
        hands.move(minutes=5)
    assert {headers["x-kept-delivery"] for _, headers, _ in program.requests} == {"invitation-17"}
    assert len({headers["x-kept-signature"] for _, headers, _ in program.requests}) == 2


@pytest.mark.parametrize(
    ("status", "is_permanent"),
    [(400, True), (404, True), (410, True), (422, True), (408, False), (425, False), (429, False), (500, False),
     (503, False), (302, False)],
)  # fmt: skip
async def test_an_answer_says_whether_to_try_again(
    site: Site, program: Program, inside: None, hands: Hands, status: int, is_permanent: bool
) -> None:
    program.answer = f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nLocation: {program.url}\r\n\r\n"
    fault = await refused(site, program.url, hands)
    assert (str(fault), fault.permanent) == (f"answered {status}", is_permanent)
    assert len(program.requests) == 1  # a redirect leads nowhere


@pytest.mark.parametrize(
    ("said", "wait"),
    [("120", timedelta(minutes=2)), ("999999999", timedelta(days=1)), ("", None), ("soon", None), ("-5", None)],
)
async def test_a_messenger_may_ask_for_time(
    site: Site, program: Program, inside: None, hands: Hands, said: str, wait: timedelta | None
) -> None:
    program.answer = f"HTTP/1.1 429 X\r\nContent-Length: 0\r\nRetry-After: {said}\r\n\r\n"
    assert (await refused(site, program.url, hands)).retry_after == wait


async def test_the_time_may_be_a_moment(site: Site, program: Program, inside: None, hands: Hands) -> None:
    until = format_datetime(hands.now + timedelta(minutes=7), usegmt=True)
    program.answer = f"HTTP/1.1 503 X\r\nContent-Length: 0\r\nRetry-After: {until}\r\n\r\n"
    assert (await refused(site, program.url, hands)).retry_after == timedelta(minutes=7)


async def test_a_program_that_says_nothing_or_is_not_there_is_tried_again(
    site: Site, program: Program, inside: None, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.answer = ""
    assert not (await refused(site, program.url, hands)).permanent
    assert not (await refused(site, "http://127.0.0.1:1/", hands)).permanent
    monkeypatch.setattr(posting, "TIMEOUT", posting.httpx.Timeout(0.05))

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert str(await refused(site, f"http://127.0.0.1:{port}/", hands)) == "ReadTimeout"


async def test_nothing_inside_is_posted_to_unless_the_operator_says_so(
    site: Site, program: Program, hands: Hands
) -> None:
    fault = await refused(site, program.url, hands)
    assert (str(fault), fault.permanent) == ("this leads to an address inside, where Kept does not post", False)
    assert program.requests == []


NEVER = ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1", "fd00:ec2::254", "0.0.0.0", "::",
         "224.0.0.1", "ff02::1", "100.100.100.200", "2002:a9fe:a9fe::"]  # fmt: skip
INSIDE = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "fd12::1", "2002:7f00:1::"]
OUTSIDE = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


@pytest.mark.parametrize("address", [*NEVER, *INSIDE, *OUTSIDE])
def test_which_addresses_may_be_posted_to(address: str) -> None:
    parsed = ipaddress.ip_address(address)
    allowed = [is_allowed(parsed, may_be_inside) for may_be_inside in (False, True)]
    assert allowed == [address in OUTSIDE, address in OUTSIDE + INSIDE]


async def test_an_address_that_is_written_in_another_way_is_the_same_one() -> None:
    for host in ("2130706433", "0x7f000001", "127.1", "0177.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        with pytest.raises(Invalid, match=r"inside|no server"):
            await address_for(target_of(f"https://{host}/"), may_be_inside=False)


async def test_a_name_with_two_faces_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def two_faces(target: Target) -> list[Any]:
        return [ipaddress.ip_address("93.184.215.14"), ipaddress.ip_address("127.0.0.1")]

    monkeypatch.setattr("feedback.delivery.reachable._resolved", two_faces)
    with pytest.raises(Invalid, match="inside"):
        await address_for(Target("https", "twofaced.example", 443), may_be_inside=False)


async def test_out_in_the_world_nothing_is_posted_in_the_clear() -> None:
    assert await address_for(target_of(PUBLIC), may_be_inside=False) == "93.184.215.14"
    with pytest.raises(Invalid, match="only https"):
        await address_for(target_of(PUBLIC.replace("https", "http")), may_be_inside=True)


@pytest.mark.parametrize(
    "url",
    ["", "messenger.example", "ftp://m.example/", "file:///etc/passwd", "https://", "https://a:b@m.example/",
     "https://m.example/ x", "https://m.example/\n", "https://[/", "https://m.example:99999/", "https://m.example/#x",
     f"https://m.example/{'x' * 500}", "javascript:alert(1)"],
)  # fmt: skip
async def test_what_is_no_address_to_post_to_is_refused(people: People, site: Site, url: str) -> None:
    with pytest.raises(Invalid) as fault:
        await add_messenger(site.settings, people.acme, "texts", url, site.clock())
    assert {one.field for one in fault.value.faults} == {"url"}


async def test_the_secret_is_sealed_and_another_one_takes_its_place(people: People, site: Site) -> None:
    secret = await add_messenger(site.settings, people.acme, "texts", PUBLIC, site.clock())
    [messenger] = await list_messengers(people.acme)
    assert secret.encode() not in (await fetch("SELECT secret FROM messenger"))[0]["secret"]
    assert await load_target(site.settings, people.acme, messenger.id) == MessengerTarget(PUBLIC, secret)
    rotated = await rotate_secret(site.settings, people.acme, messenger.id)
    assert rotated != secret
    assert (await load_target(site.settings, people.acme, messenger.id)).secret == rotated
    assert signature_of(rotated, b"x", site.clock()) != signature_of(secret, b"x", site.clock())


async def test_a_key_is_taken_once_and_there_is_an_end_to_them(people: People, site: Site) -> None:
    for number in range(MOST_MESSENGERS):
        await add_messenger(site.settings, people.acme, f"m{number}", PUBLIC, site.clock())
    for key in ("m0", "one-more"):
        with pytest.raises(Conflict):
            await add_messenger(site.settings, people.acme, key, PUBLIC, site.clock())
    with pytest.raises(Invalid):
        await add_messenger(site.settings, people.other, "Texts!", PUBLIC, site.clock())


async def test_pausing_holds_what_is_due_and_a_messenger_in_use_stays(people: People, site: Site, hands: Hands) -> None:
    await make_journey(people.acme, hands.now)
    await add_messenger(site.settings, people.acme, "texts", PUBLIC, hands.now)
    [messenger] = await list_messengers(people.acme)
    waiting = await mailed(people.acme, hands.now, state="due", messenger=messenger.id)
    await pause_messenger(people.acme, messenger.id, hands.now)
    assert (await invitation_row(waiting))["state"] == "held"
    with pytest.raises(Conflict):
        await delete_messenger(people.acme, messenger.id)
    await resume_messenger(people.acme, messenger.id)
    assert (await invitation_row(waiting))["state"] == "due"
    await fetch("UPDATE invitation SET state = 'sent'")
    await delete_messenger(people.acme, messenger.id)
    assert await list_messengers(people.acme) == []


async def test_the_messenger_of_another_workspace_is_none(people: People, site: Site) -> None:
    await add_messenger(site.settings, people.acme, "texts", PUBLIC, site.clock())
    [messenger] = await list_messengers(people.acme)
    for act in (
        load_target(site.settings, people.other, messenger.id),
        rotate_secret(site.settings, people.other, messenger.id),
        pause_messenger(people.other, messenger.id, site.clock()),
        resume_messenger(people.other, messenger.id),
        delete_messenger(people.other, messenger.id),
    ):
        with pytest.raises(NotFound):
            await act


# The page


async def test_the_secret_is_shown_once(people: People) -> None:
    made = await post_form(people.alice, "/w/acme/messengers", {"key": "texts", "url": PUBLIC})
    assert (made.status_code, made.text.count("whsec_")) == (200, 1)
    again = await people.alice.get("/w/acme/messengers")
    assert "texts" in again.text
    assert "whsec_" not in again.text


async def test_a_form_with_faults_comes_back(people: People) -> None:
    page = await post_form(people.alice, "/w/acme/messengers", {"key": "texts", "url": "https://127.0.0.1/x"})
    assert page.status_code == 422
    assert "where Kept does not post" in page.text
    assert 'value="https://127.0.0.1/x"' in page.text


async def test_a_test_is_posted_and_its_answer_shown(people: People, program: Program, inside: None) -> None:
    await post_form(people.alice, "/w/acme/messengers", {"key": "texts", "url": program.url})
    [messenger] = await list_messengers(people.acme)
    said = await post_form(people.alice, f"/w/acme/messengers/{messenger.id}/test", {})
    assert "took the test" in said.text
    assert json.loads(program.requests[0][2])["is_test"] is True
    program.answer = "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"
    said = await post_form(people.alice, f"/w/acme/messengers/{messenger.id}/test", {})
    assert "did not take it: answered 500" in said.text


async def test_deleting_has_to_be_meant(people: People) -> None:
    await post_form(people.alice, "/w/acme/messengers", {"key": "texts", "url": PUBLIC})
    [messenger] = await list_messengers(people.acme)
    path = f"/w/acme/messengers/{messenger.id}/delete"
    assert (await post_form(people.alice, path, {})).status_code == 303
    assert len(await list_messengers(people.acme)) == 1
    await post_form(people.alice, path, {"is_sure": "yes"})
    assert await list_messengers(people.acme) == []
