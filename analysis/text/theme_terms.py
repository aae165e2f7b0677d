"""Which terms set the comments of one class apart from those of the others (class-based tf-idf, Grootendorst 2022)."""

from collections import Counter
from collections.abc import Mapping
from math import log


def ctfidf(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """From how often each class says each term: its share of the class's terms, times log(1 + A / its count in all).

    A is the mean number of terms a class has. Every class gets every term, 0 where it never says it; a class without
    terms gets zeros.
    """
    in_all: Counter[str] = Counter()
    for terms in counts.values():
        in_all.update({term: n for term, n in terms.items() if n > 0})
    if not in_all:
        return {name: {} for name in counts}
    mean_terms = in_all.total() / len(counts)
    rarity = {term: log(1 + mean_terms / n) for term, n in sorted(in_all.items())}
    return {
        name: {term: terms.get(term, 0) / max(1, sum(terms.values())) * weight for term, weight in rarity.items()}
        for name, terms in counts.items()
    }
