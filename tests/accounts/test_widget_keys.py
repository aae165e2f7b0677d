"""Widget keys: public, good for their origins only, revocable by the owner alone; identities signed with a secret."""

import hashlib
import hmac
import re

import pytest

from accounts.widget_keys import (
    create_widget_key,
    identity_secret,
    is_signed,
    list_widget_keys,
    read_origins,
    revoke_widget_key,
    widget_key_of,
    widget_origins,
)
from core.database import fetch
from core.errors import Invalid, NotFound, NotSignedIn
from core.settings import secret_key_of
from core.site import Site
from tests.factories import Hands
from tests.people import People, post_form

PAGE = "/w/acme/widget"
SHOP = "https://shop.example"


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("  https://Shop.Example  ", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(line: str, origin: str) -> None:
    assert read_origins(line) == ([origin], [])


@pytest.mark.parametrize(
    "line",
    [
        "shop.example", "https://", "https://shop.example//", "https://shop.example/path", "ftp://shop.example", "*",
        "https://*.shop.example", "https://shop.example:0", "https://shop.example:65536", "https://shop .example",
        "https://me:pass@shop.example", "null", "https://shop.example; script-src *", "https://a..b",
        "https://" + "a" * 60 + ".example" * 40, "https://" + "ü" * 300,
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(line: str) -> None:
    origins, [fault] = read_origins(line)
    assert (origins, fault.field) == ([], "origins")


def test_each_origin_counts_once_and_there_are_up_to_twenty() -> None:
    assert read_origins(f"{SHOP}\n\n{SHOP}:443\n") == ([SHOP], [])
    assert len(read_origins("\n".join(f"https://s{n}.example" for n in range(20)))[0]) == 20
    assert read_origins("\n".join(f"https://s{n}.example" for n in range(21)))[0] == []
    assert read_origins(" \n ")[0] == []


async def test_a_key_knows_its_workspace_and_its_origins(people: People, hands: Hands) -> None:
    made = await create_widget_key(people.acme, " Shop ", f"{SHOP}\nhttp://localhost:3000", hands.now)
    assert re.fullmatch(r"pk_[\w-]{22}", made.public_key)
    assert made.name == "Shop"
    found = await widget_key_of(made.public_key)
    assert (found.workspace, found.origins) == (people.acme, (SHOP, "http://localhost:3000"))


@pytest.mark.parametrize(("name", "origins"), [("", SHOP), ("x" * 101, SHOP), ("a\nb", SHOP), ("Shop", ""), ("", "")])
async def test_a_key_without_a_name_or_an_origin_is_not_made(
    people: People, hands: Hands, name: str, origins: str
) -> None:
    with pytest.raises(Invalid):
        await create_widget_key(people.acme, name, origins, hands.now)
    assert await list_widget_keys(people.acme) == []


async def test_a_key_that_is_unknown_or_revoked_opens_nothing(people: People, hands: Hands) -> None:
    made = await create_widget_key(people.acme, "Shop", SHOP, hands.now)
    await revoke_widget_key(people.acme, made.id, hands.now)
    for key in (made.public_key, "pk_made-up"):
        with pytest.raises(NotSignedIn, match="not known, or was revoked"):
            await widget_key_of(key)


async def test_the_origins_of_a_workspace_are_those_of_its_keys_that_stand(people: People, hands: Hands) -> None:
    await create_widget_key(people.acme, "Shop", f"{SHOP}\nhttps://b.example", hands.now)
    await create_widget_key(people.acme, "Blog", f"{SHOP}\nhttps://a.example", hands.now)
    lost = await create_widget_key(people.acme, "Lost", "https://lost.example", hands.now)
    await revoke_widget_key(people.acme, lost.id, hands.now)
    await create_widget_key(people.other, "Theirs", "https://theirs.example", hands.now)
    assert await widget_origins(people.acme) == ("https://a.example", "https://b.example", SHOP)


def test_an_identity_is_signed_as_the_examples_sign_it() -> None:
    secret = identity_secret("site-secret", "pk_one")
    signature = hmac.new(secret.encode(), "c-17ü".encode(), hashlib.sha256).hexdigest()
    assert is_signed(secret, "c-17ü", signature)
    assert not is_signed(secret, "c-18", signature)
    assert not is_signed(secret, "c-17ü", "")
    assert not is_signed(secret, "c-17ü", "ü")
    assert not is_signed(identity_secret("site-secret", "pk_two"), "c-17ü", signature)
    assert not is_signed(identity_secret("other-secret", "pk_one"), "c-17ü", signature)


async def test_the_page_shows_what_to_paste(people: People, site: Site) -> None:
    made = await post_form(people.alice, PAGE, {"name": "<b>Shop</b>", "origins": SHOP})
    assert (made.status_code, made.headers["location"]) == (303, PAGE)
    [key] = await list_widget_keys(people.acme)
    page = await people.alice.get(PAGE)
    assert "&lt;b&gt;Shop&lt;/b&gt;" in page.text
    url = site.settings.base_url
    assert f"script async src=&#34;{url}" in page.text.replace('"', "&#34;")
    assert key.public_key in page.text
    assert f"script-src {url}; connect-src {url};\nframe-src {url};" in page.text
    assert identity_secret(secret_key_of(site.settings), key.public_key) in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_the_identity_secret_is_stored_nowhere(people: People, site: Site, hands: Hands) -> None:
    key = await create_widget_key(people.acme, "Shop", SHOP, hands.now)
    [stored] = await fetch("SELECT * FROM widget_key")
    assert identity_secret(secret_key_of(site.settings), key.public_key) not in str(stored)


async def test_a_form_with_a_fault_comes_back_as_it_was_filled_in(people: People) -> None:
    made = await post_form(people.alice, PAGE, {"name": "Shop", "origins": "https://shop.example/path"})
    assert made.status_code == 422
    assert "“https://shop.example/path” is no origin" in made.text
    assert 'value="Shop"' in made.text
    assert await list_widget_keys(people.acme) == []


async def test_an_origin_may_be_pasted_from_the_address_bar(people: People) -> None:
    await post_form(people.alice, PAGE, {"name": "Shop", "origins": "https://shop.example/\nhttps://shop.example"})
    assert [key.origins for key in await list_widget_keys(people.acme)] == [("https://shop.example",)]


async def test_a_revoked_key_is_shown_as_such_without_its_secret(people: People, site: Site, hands: Hands) -> None:
    key = await create_widget_key(people.acme, "Shop", SHOP, hands.now)
    for _ in range(2):
        revoked = await post_form(people.alice, f"{PAGE}/{key.id}/revoke", {})
        assert (revoked.status_code, revoked.headers["location"]) == (303, PAGE)
        hands.move(hours=1)
    page = (await people.alice.get(PAGE)).text
    assert "revoked 2 Mar 2026, 12:00 UTC" in page
    assert identity_secret(secret_key_of(site.settings), key.public_key) not in page


async def test_a_key_of_another_workspace_is_neither_listed_nor_revoked(people: People, hands: Hands) -> None:
    theirs = await create_widget_key(people.other, "Theirs", "https://theirs.example", hands.now)
    assert theirs.public_key not in (await people.alice.get(PAGE)).text
    assert (await post_form(people.alice, f"{PAGE}/{theirs.id}/revoke", {})).status_code == 404
    with pytest.raises(NotFound):
        await revoke_widget_key(people.acme, theirs.id, hands.now)
    assert (await widget_key_of(theirs.public_key)).workspace == people.other


async def test_only_the_owner_handles_widget_keys(people: People) -> None:
    assert (await people.bob.get(PAGE)).status_code == 403
    assert (await post_form(people.bob, PAGE, {"name": "mine", "origins": SHOP})).status_code == 403
    assert "/w/acme/widget" not in (await people.bob.get("/w/acme/emotions")).text
    assert "/w/acme/widget" in (await people.alice.get("/w/acme/emotions")).text
    assert await list_widget_keys(people.acme) == []
