"""What may be a pain point: themes that contacts mention at a touchpoint, and touchpoints that break their promise.

The unit is a contact: who writes six times about one thing mentions it once. Sums are exact, so no order of rows
changes a digit.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from math import fsum

from msgspec import Struct

from analysis.experience import Moments, contact_means, hidden_parts, moments_of, moments_of_counts
from analysis.pains.bootstrap import Cell
from analysis.report import TouchpointFigure, Verdict


class Comment(Struct, frozen=True):
    """A comment of a contact whose experience at the touchpoint is `x`: that of all the contact's answers there."""

    id: int
    contact: int
    persona: str  # key; empty for none
    x: float
    polarity: float | None
    day: date
    submitted_at: datetime
    themes: tuple[str, ...]  # those it tells a pain of
    labelled: tuple[str, ...]  # those of them that a person added


class Felt(Struct, frozen=True):
    """`n` contacts of a persona who all felt `x` at a touchpoint, whether they wrote or not."""

    persona: str
    x: float
    n: int
    n_responses: int


class Heard(Struct, frozen=True):
    """How comments sound: of the contacts who wrote them, those whose words say how they felt, and their mean."""

    n_contacts: int
    n_scored: int
    mean: float | None

    @property
    def coverage(self) -> float | None:
        return self.n_scored / self.n_contacts if self.n_contacts else None


UNHEARD = Heard(0, 0, None)


class Mentioned(Struct, frozen=True):
    """A theme at a touchpoint: x over the contacts who mention it, and their comments that do, newest first."""

    theme: str
    with_it: Moments
    comments: tuple[Comment, ...]
    is_heard: bool = True  # whether how they sound may be shown

    @property
    def n(self) -> int:
        """Contacts."""
        return int(self.with_it.n)

    @property
    def first_seen(self) -> date:
        return min(comment.day for comment in self.comments)

    @property
    def last_seen(self) -> date:
        return max(comment.day for comment in self.comments)

    @property
    def is_labelled(self) -> bool:
        """Whether only people found it."""
        return all(self.theme in comment.labelled for comment in self.comments)


def mentioned_at(comments: Iterable[Comment]) -> dict[str, Mentioned]:
    """The themes of one touchpoint's comments, by key."""
    by_theme: defaultdict[str, list[Comment]] = defaultdict(list)
    for comment in sorted(comments, key=lambda comment: -comment.id):
        for theme in comment.themes:
            by_theme[theme].append(comment)
    return {
        theme: Mentioned(theme, moments_of({own.contact: own.x for own in found}.values()), tuple(found))
        for theme, found in sorted(by_theme.items())
    }


def everybody_of(felt: Iterable[Felt]) -> Moments:
    return moments_of_counts((own.x, own.n) for own in felt)


def cells_of(felt: Iterable[Felt], comments: Iterable[Comment], themes: Sequence[str]) -> list[Cell]:
    """All contacts of a touchpoint by what they felt and which of `themes` they mention."""
    wanted = frozenset(themes)
    said: defaultdict[tuple[int, float], set[str]] = defaultdict(set)
    for comment in comments:
        said[comment.contact, comment.x] |= wanted.intersection(comment.themes)
    counts = Counter((x, tuple(sorted(found))) for (_, x), found in said.items() if found)
    silent: Counter[float] = Counter()
    for own in felt:
        silent[own.x] += own.n
    silent.subtract(Counter(x for (x, _), n in counts.items() for _ in range(n)))
    return [Cell(x, found, n) for (x, found), n in counts.items()] + [
        Cell(x, (), n) for x, n in silent.items() if n > 0
    ]


def heard_in(comments: Iterable[Comment]) -> Heard:
    """A contact is one voice: the mean of what their comments are scored."""
    found = list(comments)
    means = contact_means((comment.contact, comment.polarity) for comment in found if comment.polarity is not None)
    mean = fsum(means.values()) / len(means) if means else None
    return Heard(len({comment.contact for comment in found}), len(means), mean)


def gives_others_away(
    persona: str, theme: str | None, felt: Sequence[Felt], comments: Sequence[Comment], k: int
) -> bool:
    """Whether showing a persona's figures beside those of everybody would tell what fewer than k contacts felt.

    Asked of a theme for those who mention it and for those who don't; without one, for all who answered.
    """
    everybody: Counter[str] = Counter()
    for own in felt:
        everybody[own.persona] += own.n
    if theme is None:
        return persona in hidden_parts(everybody, k).parts
    persona_of = {comment.contact: comment.persona for comment in comments if theme in comment.themes}
    with_it = Counter(persona_of.values())
    return any(persona in hidden_parts(part, k).parts for part in (with_it, everybody - with_it))


def gives_words_away(persona: str, comments: Iterable[Comment], k: int) -> bool:
    """Whether showing how a persona's comments sound, beside all of these, would tell how fewer than k contacts sound.

    Fewer are scored than answered, so what may be shown of answers may still be too little of words.
    """
    persona_of = {comment.contact: comment.persona for comment in comments if comment.polarity is not None}
    return persona in hidden_parts(Counter(persona_of.values()), k).parts


def is_candidate(figure: TouchpointFigure) -> bool:
    """Whether the touchpoint itself is a pain: its promise is broken, or undecided with the mean below it."""
    is_low = figure.gap is not None and figure.gap < 0
    return figure.verdict is Verdict.BROKEN or (figure.verdict is Verdict.UNDETERMINED and is_low)


def shortfall_of(figure: TouchpointFigure) -> float | None:
    """How far in x the touchpoint stays below what was promised; None where nothing is, or a share."""
    promise = figure.promise
    is_level = promise is not None and promise.level is not None
    return max(0.0, -figure.gap) if is_level and figure.gap is not None else None


def depth_ranks(depths: Mapping[str, float | None]) -> dict[str, int]:
    """1 for the deepest; those above 0 alone. Equal depths are ordered by id."""
    known = sorted((-depth, pain_id) for pain_id, depth in depths.items() if depth)
    return {pain_id: rank for rank, (_, pain_id) in enumerate(known, start=1)}
