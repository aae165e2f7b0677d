"""The staff's pages of contacts: the list, one contact, addresses that several have."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from accounts.membership import Member
from accounts.tables import Role
from feedback.answering.read_form import read_form
from feedback.contacts.contacts import (
    MOST_FOUND,
    PAGE,
    ContactFilter,
    ContactView,
    list_contacts,
    list_personas,
    load_contact,
    search_contacts,
)
from feedback.contacts.edit_contact import edit_contact
from feedback.contacts.merge_contacts import PAGE as DUPLICATES_PAGE
from feedback.contacts.merge_contacts import duplicates_of, list_duplicates
from feedback.ledger.contact_decisions import decisions_about, load_person
from surveys.journey_file import PersonaKind

DECISIONS = 20
LONGEST_SEARCH = 254  # characters: an address
NO_FILTER = ContactFilter()
KIND_WORDS: Mapping[str, str] = {
    PersonaKind.CUSTOMER: "customer",
    PersonaKind.PROSPECT: "prospect",
    PersonaKind.FORMER_CUSTOMER: "former customer",
    PersonaKind.STAKEHOLDER: "other stakeholder",
}
# As tables.Suppressed says it.
SUPPRESSED_WORDS: Mapping[str, str] = {
    "unsubscribed": "has opted out",
    "bounced": "the address does not exist, mail came back",
    "complained": "has reported a mail as spam",
    "erased": "was erased",
    "by_hand": "somebody here has said so",
}


class ContactForm(Struct, frozen=True):
    """What may be set by hand; an empty persona leaves it to the rules."""

    kind: str = ""
    persona: str = ""


@get("/contacts", include_in_schema=False)
async def contacts_page(
    member: NamedDependency[Member],
    kind: FromQuery[str] = "",
    persona: FromQuery[str] = "",
    account: FromQuery[str] = "",
    after: FromQuery[str | None] = None,
) -> Template:
    """All that fit, a page at a time."""
    wanted = ContactFilter(kind=kind or None, persona=persona or None, account=account.strip() or None)
    contacts = await list_contacts(member.workspace, wanted, after)
    return await _list_page(member, contacts, wanted=wanted, is_later=after is not None)


@post("/contacts/search", opt={"role": Role.VIEWER}, status_code=200, include_in_schema=False)
async def search_contacts_page(request: Request[Any, Any, Any], member: NamedDependency[Member]) -> Template:
    """A search is posted: an address in a link would stand in histories. Viewers neither see nor search addresses."""
    values, _ = await read_form(request)
    words = next(iter(values.get("q", [])), "").replace("\0", "").strip()[:LONGEST_SEARCH]
    if not words:
        return await _list_page(member, await list_contacts(member.workspace, NO_FILTER, None))
    found = await search_contacts(member.workspace, words, with_addresses=member.may(Role.EDITOR))
    return await _list_page(member, found, q=words)


async def _list_page(
    member: Member,
    contacts: list[ContactView],
    *,
    q: str = "",
    wanted: ContactFilter = NO_FILTER,
    is_later: bool = False,
) -> Template:
    personas = await list_personas(member.workspace)
    chosen = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value}
    has_more = not q and len(contacts) == PAGE
    context = {
        "contacts": contacts,
        "may_see": member.may(Role.EDITOR),
        "q": q,
        "wanted": wanted,
        "is_filtered": bool(chosen),
        "is_full": bool(q) and len(contacts) == MOST_FOUND,
        "most": MOST_FOUND,
        "next": urlencode({**chosen, "after": contacts[-1].id}) if has_more else None,
        "is_later": is_later,
        "personas": personas,
        "persona_names": dict(personas),
        "kind_words": KIND_WORDS,
        "suppressed_words": SUPPRESSED_WORDS,
    }
    return Template("feedback/contacts.html", context=context)


@get("/contacts/duplicates", opt={"role": Role.EDITOR}, include_in_schema=False)
async def duplicates_page(member: NamedDependency[Member], after: FromQuery[str | None] = None) -> Template:
    found = await list_duplicates(member.workspace, after)
    context = {"duplicates": found, "next": found[-1].address_hash if len(found) == DUPLICATES_PAGE else None}
    return Template("feedback/contact_duplicates.html", context=context)


@get("/contacts/{contact:int}", include_in_schema=False)
async def contact_page(contact: FromPath[int], member: NamedDependency[Member], saved: FromQuery[str] = "") -> Template:
    return await show_contact(member, contact, is_saved=bool(saved))


async def show_contact(
    member: Member, contact: int, *, is_saved: bool = False, into: str = "", fault: str = ""
) -> Template:
    """The page of a contact; with the `fault` of merging it `into` another, where there was one. Raises NotFound."""
    found = await load_contact(member.workspace, contact)
    decisions = await decisions_about(await load_person(member.workspace, contact), None)
    may_see = member.may(Role.EDITOR)
    personas = await list_personas(member.workspace)
    context = {
        "contact": found,
        "is_saved": is_saved,
        "into": into,
        "fault": fault,
        "may_see": may_see,
        "decisions": decisions[:DECISIONS],
        "has_more": len(decisions) > DECISIONS,
        "duplicates": await duplicates_of(member.workspace, contact) if may_see else [],
        "personas": personas,
        "persona_names": dict(personas),
        "attributes": {name: _as_written(value) for name, value in sorted(found.attributes.items())},
        "kind_words": KIND_WORDS,
        "suppressed_words": SUPPRESSED_WORDS,
    }
    return Template("feedback/contact.html", context=context, status_code=422 if fault else 200)


@post("/contacts/{contact:int}", opt={"role": Role.EDITOR}, include_in_schema=False)
async def change_contact(
    contact: FromPath[int],
    data: URLEncodedBody[ContactForm],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
) -> Response[Any]:
    await edit_contact(member.workspace, contact, data.kind, data.persona, now)
    return Redirect(f"/w/{member.workspace_key}/contacts/{contact}?saved=yes", status_code=303)


def _as_written(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


STAFF = [contacts_page, search_contacts_page, duplicates_page, contact_page, change_contact]
