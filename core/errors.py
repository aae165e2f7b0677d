"""The errors Kept raises, one small tree; pages and the API turn them into problem details in one place.

KeptError
├── Invalid         input that can't be taken: says which field and how to mend it
├── NotFound        no such thing in this workspace
├── Expired         a link or a survey whose time is over
├── Conflict        the thing exists already or has changed meanwhile
├── NotSignedIn     nobody is signed in, or the key is unknown
├── NotAllowed      somebody is, but may not do this
└── SetupFault      the installation can't start; one line for the operator
"""

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One thing wrong with one field; `field` is a path such as `stages[2].touchpoints[0].key`."""

    field: str
    message: str


class KeptError(Exception):
    """Any error with words that may be shown to the person who caused it."""


class Invalid(KeptError):
    """Input that can't be taken; nothing was stored."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


class NotFound(KeptError):
    """No such thing, or none that this workspace may see; the two look the same from outside."""


class Expired(KeptError):
    """The time of a link or a survey is over."""


class Conflict(KeptError):
    """The thing exists already, or has changed meanwhile."""


class NotSignedIn(KeptError):
    """Nobody is signed in, or the key or link is not known."""


class NotAllowed(KeptError):
    """Somebody is signed in, but may not do this."""


class SetupFault(KeptError):
    """The installation can't start; the message is one line with its remedy."""
