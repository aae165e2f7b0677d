"""Measures theme packs against reasons a person gave: the travel and the restaurants pack, over invented comments.

Run as `python -m bench.themes [file ...]`. Beside the files of `theme_comments`, any CSV or TSV is read that has the
columns text and reason (complaints to airlines, one reason each) or text and reasons (reviews of restaurants, several
with commas between them); a TSV has no quoting. `theme_reasons.yaml` says which themes count as which reason.

The comments were written before their writer had seen a phrase of the packs. Whoever has improved a phrase after
reading what was missed has seen the set, and its figures are those of a seen set from then on.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from analysis.text.themes import PACKS_FOLDER, Pack, find_themes, load_pack
from analysis.text.wordlists import read_word_list
from bench.figure import Figure

_HERE = Path(__file__).parent
OWN_FILES = (_HERE / "theme_comments" / "travel.tsv", _HERE / "theme_comments" / "restaurants.tsv")


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """How the themes of one pack are read as reasons; `column` is the one that holds them in a file."""

    pack: str
    column: str
    one: bool
    otherwise: str
    reasons: tuple[dict[str, tuple[str, ...]], ...]

    def all_reasons(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*(reason for step in self.reasons for reason in step), self.otherwise]))

    def reasons_of(self, themes: frozenset[str]) -> frozenset[str]:
        """The reasons that themes without the pack's name stand for."""
        found = [reason for step in self.reasons for reason, counted in step.items() if not themes.isdisjoint(counted)]
        return frozenset(found[: 1 if self.one else None] or [self.otherwise])


class Labelled(Struct, frozen=True):
    text: str
    reasons: frozenset[str]


class Tally(Struct, frozen=True):
    """How often a reason was meant, was found, and was found where it was meant."""

    reason: str
    meant: int
    found: int
    hits: int

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.found)

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.meant)

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, self.meant + self.found)


def figures(paths: Sequence[Path] = OWN_FILES) -> Iterator[Figure]:
    for path in paths:
        mapping, rows = read_file(path)
        yield from _overall(path.stem, tallies(mapping, rows), len(rows))


def read_file(path: Path) -> tuple[Mapping, list[Labelled]]:
    """Its comments, and the mapping of the pack that its columns belong to; raises ValueError where there is none."""
    is_tsv = path.suffix == ".tsv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        given = csv.DictReader(
            lines, delimiter="\t" if is_tsv else ",", quoting=csv.QUOTE_NONE if is_tsv else csv.QUOTE_MINIMAL
        )
        columns = given.fieldnames or ()
        mapping = next((one for one in _mappings() if one.column in columns), None)
        if mapping is None or "text" not in columns:
            raise ValueError(f"{path}: needs the columns text and reason, or text and reasons; it has {list(columns)}")
        rows = [Labelled(row["text"], _named(row[mapping.column])) for row in given]
    unknown = {reason for row in rows for reason in row.reasons} - set(mapping.all_reasons())
    if unknown:
        raise ValueError(f"{path}: theme_reasons.yaml does not know {sorted(unknown)}")
    return mapping, rows


def tallies(mapping: Mapping, rows: Iterable[Labelled]) -> list[Tally]:
    """One for each reason, in the order of the mapping."""
    meant: Counter[str] = Counter()
    found: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for row in rows:
        given = found_reasons(mapping, row.text)
        meant.update(row.reasons)
        found.update(given)
        hits.update(row.reasons & given)
    return [Tally(one, meant[one], found[one], hits[one]) for one in mapping.all_reasons()]


def found_reasons(mapping: Mapping, text: str) -> frozenset[str]:
    prefix = f"{mapping.pack}."
    hits = find_themes(text, [_pack(mapping.pack)])
    return mapping.reasons_of(frozenset(hit.theme.removeprefix(prefix) for hit in hits))


def _overall(name: str, found: Sequence[Tally], comments: int) -> Iterator[Figure]:
    """The macro-F1 is the mean over the reasons that the file names at all."""
    named = [tally.f1 for tally in found if tally.meant]
    about = f"{comments:,} comments, {len(named)} reasons"
    hits = sum(tally.hits for tally in found)
    yield Figure(f"theme_macro_f1_{name}", sum(named) / max(1, len(named)), about)
    yield Figure(f"theme_micro_f1_{name}", 2 * hits / max(1, sum(tally.meant + tally.found for tally in found)), about)


def _named(cell: str) -> frozenset[str]:
    return frozenset(name.strip() for name in cell.split(","))


@lru_cache(maxsize=1)
def _mappings() -> tuple[Mapping, ...]:
    return read_word_list(_HERE / "theme_reasons.yaml", tuple[Mapping, ...])


@lru_cache(maxsize=2)
def _pack(name: str) -> Pack:
    return load_pack(PACKS_FOLDER / f"{name}.yaml")


def main() -> None:
    for path in (*OWN_FILES, *map(Path, sys.argv[1:])):
        mapping, rows = read_file(path)
        found = tallies(mapping, rows)
        _print_table(path, found)
        for figure in _overall(path.stem, found, len(rows)):
            print(figure)
        print()


def _print_table(path: Path, found: Iterable[Tally]) -> None:
    print(f"{path.name:24}{'n':>6}{'precision':>12}{'recall':>10}{'F1':>10}")
    for tally in found:
        print(f"{tally.reason:24}{tally.meant:>6}{tally.precision:>12.3f}{tally.recall:>10.3f}{tally.f1:>10.3f}")


if __name__ == "__main__":
    main()
