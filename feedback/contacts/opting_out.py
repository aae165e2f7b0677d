"""Opting out: whoever does is not asked again in this workspace, under whatever id their address stands."""

from datetime import datetime

from feedback.contacts.suppressions import SUPPRESSED_AS, suppress_contact
from feedback.tables import Suppressed

# Whether nothing may be asked of the contact `c` of a statement, itself or by its address.
HAS_OPTED_OUT = f"({SUPPRESSED_AS}) IS NOT NULL"


async def unsubscribe(contact: int, now: datetime) -> None:
    """This contact is never written to again, about anything; no mail is under way any more when this returns."""
    await suppress_contact(contact, Suppressed.UNSUBSCRIBED, "survey page", now)
