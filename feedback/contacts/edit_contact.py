"""What people set on a contact by hand."""

from datetime import datetime

import msgspec

from core.database import fetch, transaction
from core.errors import Fault, Invalid, NotFound
from feedback.contacts.contact_state import with_persona_by_rule
from feedback.contacts.keep_contacts import load_personas, load_states, write_states
from surveys.journey_file import PersonaKind


async def edit_contact(workspace: int, number: int, kind: str, persona: str, now: datetime) -> None:
    """Set kind and persona, its key; without one the rules over attributes give it from now on.

    Raises NotFound where this workspace has no such contact, Invalid for a kind or persona that there is not.
    """
    personas = await load_personas(workspace)
    keys = {one.key: one.id for one in personas}
    if kind not in list(PersonaKind):
        raise Invalid(Fault("kind", "choose one of the kinds shown"))
    if persona and persona not in keys:
        raise Invalid(Fault("persona", "there is no such persona any more; choose another"))
    async with transaction():
        locked = await fetch(
            "SELECT id FROM contact WHERE workspace = $1 AND id = $2 FOR NO KEY UPDATE", workspace, number
        )
        if not locked:
            raise NotFound("There is no such contact.")
        state = (await load_states([number]))[number]
        edited = msgspec.structs.replace(state, kind=kind, persona=keys.get(persona), is_persona_said=bool(persona))
        await write_states(workspace, {number: with_persona_by_rule(edited, personas)}, now)
