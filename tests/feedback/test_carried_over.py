"""What the carry-over of an older database makes of addresses."""

import pytest
from piccolo.engine import engine_finder

from core.addresses import address_hash
from core.database import fetch
from migrations.feedback.feedback_0005_carry_over import hash_addresses
from tests.people import People


@pytest.mark.parametrize("email", ["Kim@Example.com", "kim@bücher.example", "Kim@BÜCHER.example", " kim@example.com "])
async def test_addresses_are_found_by_the_hash_that_everything_else_makes(people: People, email: str) -> None:
    await fetch(
        "INSERT INTO contact (workspace, external_id, name, kind, locale, email, created_at) "
        "VALUES ($1, 'c1', '', 'customer', '', $2, now())",
        people.acme,
        email,
    )
    await hash_addresses(engine_finder())
    rows = await fetch("SELECT address_hash FROM contact")
    assert rows[0]["address_hash"] == address_hash(email)
