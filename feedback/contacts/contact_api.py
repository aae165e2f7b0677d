"""The API of contacts: read them, and keep what a program knows of them."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from accounts.api_keys import ApiCaller, Scope
from core.errors import Fault, Invalid
from feedback.contacts.contacts import PAGE, ContactFilter, ContactView, list_contacts, load_contact_by_id
from feedback.contacts.keep_contacts import Upserted, upsert_contacts
from feedback.intake.event import Address, EventContact
from feedback.intake.event_faults import contact_faults
from feedback.intake.read_events import plain_json
from surveys.journeys import persona_ids
from surveys.structure_faults import structure_faults

LARGEST_BATCH = 1_000


class ContactPage(Struct, frozen=True):
    """One page in the order of the ids; `after` is what to send for the next, None on the last."""

    contacts: list[ContactView]
    after: str | None


class AddressWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose contacts are looked for."""

    email: Address


@get("/contacts", opt={"scope": Scope.CONTACTS})
async def get_contacts(
    caller: NamedDependency[ApiCaller],
    external_id: FromQuery[str | None] = None,
    account: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
) -> ContactPage:
    """Up to 100 contacts, all or those with an id or an account's id."""
    wanted = ContactFilter(external_id=external_id, account=account)
    found = await list_contacts(caller.workspace, wanted, after)
    return ContactPage(found, found[-1].id if len(found) == PAGE else None)


@post("/contacts/search", opt={"scope": Scope.CONTACTS}, status_code=200)
async def search_contacts(data: JSONBody[AddressWanted], caller: NamedDependency[ApiCaller]) -> ContactPage:
    """Up to 100 contacts with an address, in whatever spelling: it stands in the body, as URLs end up in logs."""
    return ContactPage(await list_contacts(caller.workspace, ContactFilter(email=data.email), None), None)


@get("/contacts/{contact:str}", opt={"scope": Scope.CONTACTS})
async def get_contact(contact: FromPath[str], caller: NamedDependency[ApiCaller]) -> ContactView:
    """One contact by your own id. An id with a slash in it is read with `?external_id=`."""
    return await load_contact_by_id(caller.workspace, contact)


@put("/contacts", opt={"scope": Scope.CONTACTS})
async def put_contacts(
    request: Request[Any, Any, Any], caller: NamedDependency[ApiCaller], now: NamedDependency[datetime]
) -> list[Upserted]:
    """Keep one contact or a list of up to 1,000. All are kept, or, where one is at fault, none."""
    contacts = contacts_in(await request.body())
    await refuse_faults(caller.workspace, contacts, now)
    return await upsert_contacts(caller.workspace, contacts, now)


def contacts_in(body: bytes) -> list[EventContact]:
    """One contact or a list of them. Raises Invalid with every fault and its place, such as `[3].email`."""
    plain = plain_json(body)
    parts = {f"[{at}]": part for at, part in enumerate(plain)} if isinstance(plain, list) else {"": plain}
    if not 1 <= len(parts) <= LARGEST_BATCH:
        raise Invalid(Fault("body", f"send 1 to {LARGEST_BATCH} contacts at once"))
    faults = [found for place, part in parts.items() for found in structure_faults(part, EventContact, place)]
    if faults:
        raise Invalid(*[Fault(found.field or "body", found.message) for found in faults])
    return msgspec.convert(list(parts.values()), list[EventContact])


async def refuse_faults(workspace: int, contacts: list[EventContact], now: datetime) -> None:
    """Raises Invalid with every fault that the types alone can't see, and its place."""
    personas = await persona_ids(workspace)
    faults = [
        Fault(f"[{at}].{fault.field}", fault.message)
        for at, contact in enumerate(contacts)
        for fault in contact_faults(contact, personas, now)
    ]
    if faults:
        raise Invalid(*faults)


API = [get_contacts, search_contacts, get_contact, put_contacts]
