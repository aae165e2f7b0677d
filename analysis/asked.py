"""What a page or a program asks of a report: its days, what to compare it with, whom to leave out."""

from datetime import date, datetime
from urllib.parse import urlencode

from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Struct

from analysis.load_report import Period, period_of
from analysis.read_answers import Property, property_of
from core.errors import Fault, Invalid


class Asked(Struct, frozen=True):
    """`against` are comparisons as analysis/load_overlays.py names them."""

    period: Period
    against: tuple[str, ...] = ()
    where: Property | None = None

    def of_all(self) -> Period:
        """The days, for what is known of all contacts only. Raises Invalid where a part is asked for."""
        if self.where is not None:
            raise Invalid(
                Fault("where", "only the curve can be shown for a part of all contacts; take `where` out here")
            )
        return self.period

    def query(self) -> str:
        """The same as the query of an address, with an & behind it, so that more can follow."""
        against = [("against", wanted) for wanted in self.against]
        return "".join(f"{part}&" for part in (self.part(), urlencode(against)) if part)

    def part(self) -> str:
        """Whose answers of which days, as a query: what it is compared with is left out."""
        pairs = [("since", str(self.period.since)), ("until", str(self.period.until))]
        if self.where is not None:
            pairs.append(("where", str(self.where)))
        return urlencode(pairs)


async def provide_asked(
    now: NamedDependency[datetime],
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    against: FromQuery[list[str] | None] = None,
    where: FromQuery[str | None] = None,
) -> Asked:
    """Without `until`, up to today; without `since`, the 90 days up to then."""
    return Asked(period_of(since, until, now), tuple(against or ()), property_of(where) if where else None)
