"""A theme as it looks in light and in dark, and the contrasts that make it readable, for the page that sets it."""

from msgspec import Struct

from surveys.contrast import contrast, on, ratio_words
from surveys.theme import DARK_CARD, LIGHT_CARD, ThemeView


class Figure(Struct, frozen=True):
    """The contrast of two colours."""

    what: str
    one: str
    other: str

    @property
    def ratio(self) -> str:
        return ratio_words(contrast(self.one, self.other))


class Side(Struct, frozen=True, kw_only=True):
    """One of the two colour schemes, with the colours of static/answer.css that stay and those of the theme."""

    name: str
    card: str
    ink: str
    line: str
    accent: str

    @property
    def on_accent(self) -> str:
        return on(self.accent)

    @property
    def figures(self) -> tuple[Figure, ...]:
        return (
            Figure("The colour on the page", self.accent, self.card),
            Figure("Words on the button", self.on_accent, self.accent),
        )


def sides_of(theme: ThemeView) -> tuple[Side, Side]:
    return (
        Side(name="light", card=LIGHT_CARD, ink="#1c2430", line="#79828f", accent=theme.accent),
        Side(name="dark", card=DARK_CARD, ink="#eef1f5", line="#7f8b9b", accent=theme.dark_accent),
    )
