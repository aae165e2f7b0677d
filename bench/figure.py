"""One figure of the benches, as it is printed."""

from msgspec import Struct


class Figure(Struct, frozen=True):
    """`unit` is a word such as "share", "answers/s" or "ratio"."""

    name: str
    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.name}  {self.value:,.4f} {self.unit}"
