"""What a page or a program asks of the pain-point list: which rows of it, in which order."""

from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from litestar.params import FromQuery
from msgspec import Struct
from msgspec.structs import asdict

from analysis.pains.pain_list import PainFilter, PainOrder
from analysis.pains.pain_point import PainStatus
from core.errors import Fault, Invalid

Words = TypeVar("Words", bound=StrEnum)


class PainsAsked(Struct, frozen=True):
    """Beside the days, which are asked for as everywhere (analysis/asked.py)."""

    chosen: PainFilter
    order: PainOrder

    def query(self, *, order: PainOrder | None = None) -> str:
        """The same as a query, perhaps in the other order."""
        given = {name: value for name, value in asdict(self.chosen).items() if value is not None}
        return urlencode({**given, "order": order or self.order})


def provide_pains_asked(
    phase: FromQuery[str] = "",
    persona: FromQuery[str] = "",
    owner: FromQuery[str] = "",
    status: FromQuery[str] = "",
    touchpoint: FromQuery[str] = "",
    order: FromQuery[str] = "",
) -> PainsAsked:
    """What is empty, as a form sends it, is not asked for. Raises Invalid for a status or an order that is none."""
    chosen = PainFilter(
        phase=phase or None,
        persona=persona or None,
        owner=owner or None,
        status=_one_of(PainStatus, "status", status) if status else None,
        touchpoint=touchpoint or None,
    )
    return PainsAsked(chosen, _one_of(PainOrder, "order", order) if order else PainOrder.LOSS)


def _one_of(words: type[Words], field: str, given: str) -> Words:
    try:
        return words(given)
    except ValueError:
        raise Invalid(Fault(field, f"choose one of: {', '.join(words)}")) from None
