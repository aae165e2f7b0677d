"""Addresses as what they reach."""

import pytest

from core.addresses import address_hash, domain_of, normal_address


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ann@shop.example", "ann@shop.example"),
        (" Ann@Shop.EXAMPLE ", "ann@shop.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@bu\u0308cher.example", "ann@xn--bcher-kva.example"),
        ("jörg@shop.example", "jörg@shop.example"),
        ("jo\u0308rg@shop.example", "jörg@shop.example"),
        ('"ann@home"@shop.example', '"ann@home"@shop.example'),
        ("ann@[192.0.2.1]", "ann@[192.0.2.1]"),
        ("nonsense", "@nonsense"),
    ],
)
def test_two_ways_to_write_an_address_are_one(written: str, normal: str) -> None:
    assert normal_address(written) == normal
    assert address_hash(written) == address_hash(normal)


def test_a_domain_that_no_name_system_knows_stays_as_it_is() -> None:
    assert normal_address("ann@exa\u2028mple.example") == "ann@exa\u2028mple.example"


def test_other_addresses_have_other_hashes() -> None:
    assert address_hash("ann@shop.example") != address_hash("anna@shop.example")
    assert address_hash("ann@shop.example") != address_hash("ann@\u0455hop.example")  # a Cyrillic letter


def test_without_an_address_there_is_no_hash() -> None:
    assert (address_hash(None), address_hash("")) == (None, None)


def test_the_domain_is_that_of_the_last_at() -> None:
    assert domain_of('"ann@home"@Shop.example') == "shop.example"
