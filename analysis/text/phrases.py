"""Finding known phrases in a run of words: the longest that begins at a word, in a few look-ups."""

from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

Meaning = TypeVar("Meaning")


class Found(NamedTuple, Generic[Meaning]):
    """`more` words follow the first."""

    more: int
    meaning: Meaning


class _Begun(NamedTuple, Generic[Meaning]):
    """What may begin with one word: the word alone, or longer phrases by their second word, the longest first."""

    alone: Found[Meaning] | None
    longer: dict[str, tuple[tuple[tuple[str, ...], Found[Meaning]], ...]]


class Phrases(Generic[Meaning]):
    """Phrases of one word or more, each with what it means."""

    def __init__(self, meanings: Mapping[tuple[str, ...], Meaning]) -> None:
        self.begins: dict[str, _Begun[Meaning]] = {}  # by first word: most words begin nothing
        longest_first = sorted(meanings.items(), key=lambda item: (-len(item[0]), item[0]))
        by_first: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        for words, meaning in longest_first:
            by_first.setdefault(words[0], []).append((words, meaning))
        for first, found in by_first.items():
            self.begins[first] = _begun(found)

    def __len__(self) -> int:
        return sum((one.alone is not None) + sum(map(len, one.longer.values())) for one in self.begins.values())

    def longest(self, words: Sequence[str], place: int) -> Found[Meaning] | None:
        """The longest phrase that begins at `place`."""
        begun = self.begins.get(words[place])
        if begun is None:
            return None
        after = place + 1
        if begun.longer and after < len(words):
            for tail, found in begun.longer.get(words[after], ()):
                if not tail or tuple(words[after + 1 : after + 1 + len(tail)]) == tail:
                    return found
        return begun.alone


def _begun(found: Sequence[tuple[tuple[str, ...], Meaning]]) -> _Begun[Meaning]:
    alone: Found[Meaning] | None = None
    longer: dict[str, list[tuple[tuple[str, ...], Found[Meaning]]]] = {}
    for words, meaning in found:
        if len(words) == 1:
            alone = Found(0, meaning)
        else:
            longer.setdefault(words[1], []).append((words[2:], Found(len(words) - 1, meaning)))
    return _Begun(alone, {second: tuple(tails) for second, tails in longer.items()})
