"""Signed links: what we signed is read again, and nothing else."""

import pytest
from itsdangerous import URLSafeSerializer
from msgspec import Struct

from core.errors import NotFound
from core.signing import LinkSigner

KEY = "a-key-of-at-least-thirty-two-characters"
LINKS = LinkSigner(KEY, "invitation")


@pytest.mark.parametrize("number", [0, 1, 42, 2**63 - 1])
def test_a_signed_number_is_read_again(number: int) -> None:
    assert LINKS.read(LINKS.sign(number), int) == number


@pytest.mark.parametrize("number", [0, 42, 2**63 - 1, -1])
def test_links_of_earlier_mails_are_those_of_the_library(number: int) -> None:
    library = URLSafeSerializer(KEY, salt="kept.invitation")
    assert LINKS.sign(number) == library.dumps(number)
    assert LINKS.sign(Ticket(7, "Ada" * 50)) == library.dumps([7, "Ada" * 50])
    assert LINKS.read(library.dumps(number), int) == number


class Ticket(Struct, frozen=True, array_like=True):
    seat: int
    name: str


def test_a_signed_struct_is_read_again_and_by_no_other_kind() -> None:
    token = LINKS.sign(Ticket(7, "Ada"))
    assert LINKS.read(token, Ticket) == Ticket(7, "Ada")
    with pytest.raises(NotFound):
        LINKS.read(token, int)


def test_a_token_can_stand_in_a_url() -> None:
    assert all(character.isalnum() or character in "-_." for character in LINKS.sign(2**40))


def test_any_changed_character_makes_it_a_forgery() -> None:
    token = LINKS.sign(42)
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "Q"  # further apart than the bits that base64 pads with
        with pytest.raises(NotFound):
            LINKS.read(token[:at] + other + token[at + 1 :], int)


@pytest.mark.parametrize(
    "signer", [LinkSigner(KEY, "sign-in"), LinkSigner(KEY[::-1], "invitation")], ids=["another purpose", "another key"]
)
def test_what_was_signed_otherwise_is_a_forgery(signer: LinkSigner) -> None:
    with pytest.raises(NotFound):
        LINKS.read(signer.sign(42), int)


@pytest.mark.parametrize("token", ["", "42", ".", "42.", ".x", "42.x", "é", "\0", "a" * 10_000])
def test_what_was_never_signed_is_a_forgery(token: str) -> None:
    with pytest.raises(NotFound, match="open it from the mail again"):
        LINKS.read(token, int)


def test_a_signed_thing_that_is_no_number_opens_nothing() -> None:
    words = LINKS._serializer.dumps(["42"])
    with pytest.raises(NotFound):
        LINKS.read(words, int)
