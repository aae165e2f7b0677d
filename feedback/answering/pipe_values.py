"""What the pipes of a survey's texts may hold before anything is answered: the contact's name and the event's words."""

import re
from collections.abc import Mapping

from surveys.piping import CONTACT_NAME, EVENT, HIDDEN

# Control characters and those that turn the direction of all that follows: a name could forge lines or hide where a
# link leads with them. Joiners stay, which Persian and Hindi words need, and the narrow spaces of French.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069 ]+")


def pipe_values(
    contact_name: str, properties: Mapping[str, object], hidden: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Words by the names that pipes use; of lists and mappings nobody could say which part is meant."""
    events = {f"{EVENT}{name}": one_line(str(value)) for name, value in properties.items() if _is_word(value)}
    fields = {f"{HIDDEN}{name}": one_line(value) for name, value in (hidden or {}).items()}
    return {CONTACT_NAME: one_line(contact_name), **events, **fields}


def one_line(text: str) -> str:
    """A text from elsewhere as it may stand inside a line of ours."""
    return _UNSAFE.sub(" ", text).strip()


def _is_word(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
