"""Measures the text analysis: plain TextBlob, VADER, and Kept's layers (a) and (b); the language gate; the speed.

Run as `python -m bench.text [folder]`. The folder, KEPT_BENCH_DATA, or `../shared/data` holds CSV files with columns
text, label (pos, neg, neu) and source; every source is a set. The fifth of Kept's own comments that training never sees
is a set more, in which mixed counts as neutral for all four methods. Nothing is trained or fitted here.

Every method has one threshold for all sets. Where a set has no neutral class, a neutral answer is a wrong one; the
share of answers that are not neutral stands beside it as the coverage.
"""

import csv
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

from msgspec import Struct
from textblob import TextBlob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis.text.evidence import Leaning
from analysis.text.language import language_of
from analysis.text.reading import Layer, ReadingRules, read_comment
from analysis.text.redaction import redact
from analysis.text.sentiment import SentimentState
from analysis.text.theme_book import DEFAULT_PACKS
from analysis.text.themes import shipped_pack_files
from analysis.text.train_model import macro_f1
from bench.figure import Figure
from tests.analysis.text.language_probes import PROBES, lines
from training.read_comments import is_held_out, read_comments

PLAIN_NEUTRAL_BELOW = 0.1
VADER_NEUTRAL_BELOW = 0.05  # as its authors say
LABELS = ("neg", "neu", "pos")
OWN_SET = "kept_held_out"
ENGLISH = ("en",)
TIMED = 10_000
ROUNDS = 5
_SHARED = Path("../shared/data")


class Labelled(Struct, frozen=True):
    text: str
    label: str
    leaning: Leaning = Leaning.OPEN


Method = Callable[[Labelled], str]


def figures() -> Iterator[Figure]:
    """All of them; without labelled comments only those over Kept's own."""
    sets = {OWN_SET: _own_comments()} | dict(_read_sets(_folder()))
    for name, rows in sets.items():
        yield from _accuracy(name, rows)
    public = list(dict.fromkeys(row.text for name, rows in sets.items() if name != OWN_SET for row in rows))
    texts = public or [row.text for row in sets[OWN_SET]]
    turned_away = sum(not language_of(text, None, ENGLISH).is_scored for text in texts)
    yield Figure("text_english_turned_away", turned_away / len(texts), f"of {len(texts):,} comments")
    yield _unsupported_scored()
    yield _calibration()
    yield _speed(list(dict.fromkeys(row.text for rows in sets.values() for row in rows)))


def _folder() -> Path:
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("KEPT_BENCH_DATA", "")
    return Path(given) if given else _SHARED


def _own_comments() -> list[Labelled]:
    states = {"negative": "neg", "positive": "pos", "neutral": "neu", "mixed": "neu"}
    return [Labelled(one.text, states[one.state], one.leaning) for one in read_comments() if is_held_out(one)]


def _read_sets(folder: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """One set per source named in the files."""
    by_source: dict[str, list[Labelled]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row.get("label") in LABELS:
                    by_source.setdefault(row.get("source") or path.stem, []).append(Labelled(row["text"], row["label"]))
    yield from sorted(by_source.items())


def _accuracy(name: str, rows: Sequence[Labelled]) -> Iterator[Figure]:
    gold = [row.label for row in rows]
    classes = [label for label in LABELS if label in gold]
    about = f"{name}, {len(rows):,} comments, {len(classes)} classes"
    for method, label_of in METHODS.items():
        given = [label_of(row) for row in rows]
        right = sum(label == answer for label, answer in zip(gold, given, strict=True))
        covered = sum(answer != "neu" for answer in given)
        yield Figure(f"text_macro_f1_{method}_{name}", macro_f1(gold, given, classes), about)
        yield Figure(f"text_accuracy_{method}_{name}", right / len(rows), about)
        yield Figure(f"text_coverage_{method}_{name}", covered / len(rows), about)
        if method == "kept_b":
            hits = sum(label == answer == "neg" for label, answer in zip(gold, given, strict=True))
            yield Figure(f"text_negative_recall_{name}", hits / max(1, gold.count("neg")), about)
            yield Figure(f"text_negative_precision_{name}", hits / max(1, given.count("neg")), about)


def _calibration() -> Figure:
    """Expected calibration error over ten bins: how far what is shown as probable is from how often it is right."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one in filter(is_held_out, read_comments()):
        found = read_comment(one.text, locale="en", offered=ENGLISH, leaning=one.leaning, rules=_bare(Layer.LINEAR))
        if found.probability is not None:
            pair = (found.probability, found.state is one.state)
            bins.setdefault(min(9, int(found.probability * 10)), []).append(pair)
    n = sum(map(len, bins.values()))
    error = sum(abs(sum(shown for shown, _ in pairs) - sum(right for _, right in pairs)) for pairs in bins.values()) / n
    return Figure("text_calibration_error", error, f"over {n:,} comments kept out of training")


def _unsupported_scored() -> Figure:
    """Comments in languages that are not supported, each with and without a locale, in surveys of three kinds."""
    rules = ReadingRules(())
    scored = [
        read_comment(text, locale=locale, offered=offered, leaning=Leaning.OPEN, rules=rules).state
        is not SentimentState.NOT_SCORED
        for code, block in PROBES.items()
        for text in lines(block)
        for locale in (None, "en-GB")
        for offered in (ENGLISH, (*ENGLISH, code), ())
    ]
    return Figure("text_unsupported_scored", sum(scored) / len(scored), f"share, of {len(scored):,} readings")


def _speed(texts: Sequence[str]) -> Figure:
    """The median over rounds, each of which times both over the same distinct comments, on one core."""
    timed = list(islice(texts, TIMED))
    rules = ReadingRules(_default_packs())

    def full(text: str) -> None:
        read_comment(text, locale="en", offered=ENGLISH, leaning=Leaning.OPEN, rules=rules)
        redact(text)

    ratios = []
    for turn in islice(cycle((True, False)), ROUNDS):  # who goes first takes turns
        order = (full, _plain_sentiment) if turn else (_plain_sentiment, full)
        seconds = {work: _seconds(work, timed) for work in order}
        ratios.append(seconds[full] / seconds[_plain_sentiment])
    return Figure("text_full_over_plain_time", sorted(ratios)[ROUNDS // 2], f"times, over {len(timed):,} comments")


def _plain_sentiment(text: str) -> None:
    _ = TextBlob(text).sentiment


def _seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    work(texts[0])  # loads what is loaded once
    started = perf_counter()
    for text in texts:
        work(text)
    return perf_counter() - started


def _plain(row: Labelled) -> str:
    return _by_threshold(TextBlob(row.text).sentiment.polarity, PLAIN_NEUTRAL_BELOW)


def _vader(row: Labelled) -> str:
    return _by_threshold(_vader_analyzer().polarity_scores(row.text)["compound"], VADER_NEUTRAL_BELOW)


def _by_threshold(polarity: float, neutral_below: float) -> str:
    return "neu" if abs(polarity) < neutral_below else "pos" if polarity > 0 else "neg"


@lru_cache(maxsize=1)
def _vader_analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def _kept_a(row: Labelled) -> str:
    return _kept(row, Layer.LEXICON)


def _kept_b(row: Labelled) -> str:
    return _kept(row, Layer.LINEAR)


def _kept(row: Labelled, layer: Layer) -> str:
    found = read_comment(row.text, locale="en", offered=ENGLISH, leaning=row.leaning, rules=_bare(layer))
    return {SentimentState.POSITIVE: "pos", SentimentState.NEGATIVE: "neg"}.get(found.state, "neu")


@lru_cache(maxsize=len(Layer))
def _bare(layer: Layer) -> ReadingRules:
    return ReadingRules((), layer=layer)


def _default_packs() -> tuple:
    return tuple(pack for pack in shipped_pack_files() if pack.id in DEFAULT_PACKS)


METHODS: dict[str, Method] = {"plain": _plain, "vader": _vader, "kept_a": _kept_a, "kept_b": _kept_b}


def main() -> None:
    found = {figure.name: figure for figure in figures()}
    _print_table(found)
    for name in (
        "text_english_turned_away",
        "text_unsupported_scored",
        "text_calibration_error",
        "text_full_over_plain_time",
    ):
        print(found[name])


def _print_table(found: dict[str, Figure]) -> None:
    """Sets down, methods across: macro-F1, accuracy, coverage."""
    print(f"macro-F1 / accuracy / coverage; neutral below: plain {PLAIN_NEUTRAL_BELOW}, VADER {VADER_NEUTRAL_BELOW}")
    names = [name.removeprefix("text_macro_f1_plain_") for name in found if name.startswith("text_macro_f1_plain_")]
    print(f"{'set':24}" + "".join(f"{method:>22}" for method in METHODS) + f"{'kept_b neg R / P':>22}")
    for name in names:
        cells = [
            " / ".join(
                f"{found[f'text_{what}_{method}_{name}'].value:.3f}" for what in ("macro_f1", "accuracy", "coverage")
            )
            for method in METHODS
        ]
        negatives = " / ".join(f"{found[f'text_negative_{what}_{name}'].value:.3f}" for what in ("recall", "precision"))
        print(f"{name:24}" + "".join(f"{cell:>22}" for cell in cells) + f"{negatives:>22}")


if __name__ == "__main__":
    main()
