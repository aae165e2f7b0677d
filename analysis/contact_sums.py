"""Sums over contacts: all that the figures of an instrument follow from."""

from collections.abc import Iterable

from msgspec import Struct

from analysis.experience import Moments, moments_of_counts, moments_together
from analysis.scales import experience_of, is_two_valued
from analysis.worth import Worth
from surveys.instruments import Instrument

# x from which a contact counts as satisfied: the top two of five, the two of least effort, thumbs up. Other scales as
# their official share has it: the top two boxes, and 5 to 7 of CES. A hair less, because thirds are rounded.
_SATISFIED_FROM = {
    instrument: experience_of(instrument, value) - 1e-9
    for instrument, value in ((Instrument.CSAT7, 6), (Instrument.CSAT10, 9), (Instrument.CES, 5))
}
_SATISFIED_FROM_ELSE = 0.5 - 1e-9
# The same for a row with an `instrument`.
SATISFIED_IN_SQL = (
    "(CASE instrument "
    + " ".join(f"WHEN '{instrument}' THEN {x!r}" for instrument, x in _SATISFIED_FROM.items())
    + f" ELSE {_SATISFIED_FROM_ELSE!r} END)::float8"
)


class ContactSums(Struct, frozen=True):
    """Sums over contacts of one instrument: in x, through the official lens, and how many are satisfied on average."""

    x: Moments
    lens: Moments
    n_satisfied: int

    @property
    def n(self) -> int:
        return int(self.x.n)


NOBODY = ContactSums(Moments(0, 0, 0), Moments(0, 0, 0), 0)


def together(sums: Iterable[ContactSums]) -> ContactSums:
    """The sums of several as one."""
    found = list(sums)
    return ContactSums(
        moments_together([part.x for part in found]),
        moments_together([part.lens for part in found]),
        sum(part.n_satisfied for part in found),
    )


def counted_once(counts: Iterable[tuple[Worth, int]]) -> ContactSums:
    """The sums if every answer, all of one instrument, were a contact's only one."""
    pairs = list(counts)
    return ContactSums(
        moments_of_counts(
            [(worth.x, n) for worth, n in pairs],
            is_two_valued=any(is_two_valued(worth.instrument) for worth, _ in pairs),
        ),
        moments_of_counts([(worth.lens, n) for worth, n in pairs]),
        sum(n for worth, n in pairs if is_satisfied(worth)),
    )


def is_satisfied(worth: Worth) -> bool:
    return worth.x >= _SATISFIED_FROM.get(Instrument(worth.instrument), _SATISFIED_FROM_ELSE)
