"""What changes where a comment is read again: pure, for the rescoring that stores it and the dry run that tells it."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct, field

from analysis.text.reading import CommentReading
from analysis.text.sentiment import SentimentState

EXAMPLES = 5  # of each move, the first that were met

Move = tuple[SentimentState, SentimentState]  # from what to what


class Reread(Struct, frozen=True):
    """A comment as it is held, and as it is read now; both as they are stored."""

    answer: int
    before: CommentReading
    after: CommentReading

    @property
    def changes_score(self) -> bool:
        """Whether the comment's sentiment is another, and not only who read it."""
        return _score(self.before) != _score(self.after)

    @property
    def changes_anything(self) -> bool:
        """Whether anything that was read is another; who read it, and with which packs, is not asked."""
        return self.changes_score or _spans(self.before) != _spans(self.after)

    @property
    def is_to_be_stored(self) -> bool:
        return self.before != self.after


class Differences(Struct):
    """What changes of the comments that one version of the analyser had read."""

    n_read: int = 0
    n_changed: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    examples: dict[Move, list[int]] = field(default_factory=dict)  # ids of answers
    gained: Counter[str] = field(default_factory=Counter)  # comments that now have the theme
    lost: Counter[str] = field(default_factory=Counter)

    def add(self, reread: Reread) -> None:
        self.n_read += 1
        self.n_changed += reread.changes_anything
        before, after = reread.before, reread.after
        if before.state != after.state:
            move = before.state, after.state
            self.moves[move] += 1
            examples = self.examples.setdefault(move, [])
            if len(examples) < EXAMPLES:
                examples.append(reread.answer)
        themes, held = _themes(after), _themes(before)
        self.gained.update(themes - held)
        self.lost.update(held - themes)


def add_differences(found: dict[str, Differences], rereads: Iterable[Reread]) -> None:
    """To those `found` so far, by the version of the analyser that had read the comment."""
    for reread in rereads:
        found.setdefault(reread.before.analyser, Differences()).add(reread)


def in_words(found: Mapping[str, Differences]) -> list[str]:
    """The lines that a dry run prints: no word of a comment is among them."""
    lines = []
    for analyser, differences in sorted(found.items()):
        lines.append(f"read by {analyser}: {differences.n_read:,}, of which {differences.n_changed:,} would change")
        for (before, after), n in sorted(differences.moves.items(), key=lambda move: (-move[1], move[0])):
            shown = ", ".join(map(str, differences.examples[before, after]))
            lines.append(f"  {before} -> {after}: {n:,} (such as answer {shown})")
        for verb, themes in (("gained", differences.gained), ("lost", differences.lost)):
            lines += [
                f"  {verb} {theme}: {n:,}" for theme, n in sorted(themes.items(), key=lambda one: (-one[1], one[0]))
            ]
    return lines


def as_stored(reading: CommentReading) -> CommentReading:
    """As the tables can hold it: each theme once a clause, at its first mention, and each emotion once at a place."""
    themes = {(hit.clause, hit.theme): hit for hit in sorted(reading.themes, reverse=True)}
    emotions = {(hit.start, hit.emotion): hit for hit in sorted(reading.emotions, reverse=True)}
    return msgspec.structs.replace(
        reading, themes=tuple(sorted(themes.values())), emotions=tuple(sorted(emotions.values()))
    )


def _score(reading: CommentReading) -> tuple[object, ...]:
    return reading.language, reading.state, reading.polarity, reading.probability


def _spans(reading: CommentReading) -> tuple[object, ...]:
    return reading.clauses, reading.emotions, reading.themes


def _themes(reading: CommentReading) -> set[str]:
    return {hit.theme for hit in reading.themes}
