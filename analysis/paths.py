"""How contacts came through a journey, one by one."""

from msgspec import Struct

from analysis.same_contacts import Path


class ContactPath(Struct, frozen=True):
    """One contact, by the workspace's own id. `steps` holds the mean x at each step reached, None where not known."""

    contact: str
    steps: Path


class Paths(Struct, frozen=True):
    """`n_contacts` is how many came through at all; the paths are of the newest of them."""

    n_contacts: int
    contacts: tuple[ContactPath, ...]

    @property
    def is_cut(self) -> bool:
        return self.n_contacts > len(self.contacts)
