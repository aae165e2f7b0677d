"""Merging contacts by a form of the staff's and by the API."""

from datetime import datetime
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from accounts.api_keys import ApiCaller, Scope
from accounts.membership import Member
from accounts.tables import Role
from analysis.merge_contacts import merge_contacts
from core.errors import Invalid, NotFound
from feedback.contacts.contact_pages import show_contact
from feedback.contacts.contacts import ContactView, load_contact, load_contact_by_id
from feedback.intake.event import ShortText


class MergeInto(Struct, frozen=True, forbid_unknown_fields=True):
    """The external id of the contact that stays."""

    into: ShortText


class MergeForm(Struct, frozen=True):
    into: str = ""


@post("/contacts/{contact:str}/merge", opt={"scope": Scope.CONTACTS}, status_code=200)
async def merge_by_api(
    contact: FromPath[str],
    data: JSONBody[MergeInto],
    caller: NamedDependency[ApiCaller],
    now: NamedDependency[datetime],
) -> ContactView:
    """Merge the contact into another, who then has its events, invitations and responses too."""
    into = await merge_contacts(caller.workspace, contact, data.into, now)
    return await load_contact(caller.workspace, into)


@post("/contacts/{contact:int}/merge", opt={"role": Role.EDITOR}, include_in_schema=False)
async def merge_by_form(
    contact: FromPath[int],
    data: URLEncodedBody[MergeForm],
    member: NamedDependency[Member],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Merge the contact of the page into the one named, and show that one; a wrong name is said beside its field."""
    gone, wanted = await load_contact(member.workspace, contact), data.into.strip()
    try:
        into = await load_contact_by_id(member.workspace, wanted)
        stays = await merge_contacts(member.workspace, gone.id, into.id, now)
    except NotFound:
        return await _refused(member, contact, wanted, "nobody here has this id; look it up in the list of contacts")
    except Invalid as fault:
        return await _refused(member, contact, wanted, fault.faults[0].message)
    return Redirect(f"/w/{member.workspace_key}/contacts/{stays}", status_code=303)


async def _refused(member: Member, contact: int, into: str, fault: str) -> Response[Any]:
    return await show_contact(member, contact, into=into, fault=fault)


API = [merge_by_api]
STAFF = [merge_by_form]
