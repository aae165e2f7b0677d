"""Measures the text analysis: accuracy and macro-F1 against plain TextBlob, language gate, speed.

Run as `python bench/text.py [folder]`. The folder, or KEPT_BENCH_DATA, holds CSV files with the columns text, label
(pos, neg, neu) and source; without one the program says so in a line and ends well. Nothing is trained or fitted here.
Every method has the one threshold below for all sets. Neutral, mixed and no signal all count as "neu", so in a set
without a neutral class they are wrong answers, and the share of them is the coverage lost.
"""

import csv
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from msgspec import Struct
from textblob import TextBlob

from analysis.text.language import language_of
from analysis.text.redaction import redact
from analysis.text.sentiment import NEUTRAL_BELOW, Sentiment, SentimentState, score
from analysis.text.themes import find_themes, shipped_packs

PLAIN_NEUTRAL_BELOW = 0.1
LABELS = ("neg", "neu", "pos")
ENGLISH = ("en",)


class Labelled(Struct, frozen=True):
    text: str
    label: str


def main() -> int:
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("KEPT_BENCH_DATA", "")
    sets = dict(_read_sets(Path(folder))) if folder and Path(folder).is_dir() else {}
    if not sets:
        print("bench text: skipped, no labelled comments (give a folder or set KEPT_BENCH_DATA)")
        return 0
    print(f"thresholds for every set: plain TextBlob {PLAIN_NEUTRAL_BELOW}, Kept {NEUTRAL_BELOW}")
    for name, rows in sets.items():
        _report_set(name, rows)
    texts = list(dict.fromkeys(row.text for rows in sets.values() for row in rows))
    _report_gate(texts)
    _report_speed(texts)
    return 0


def _read_sets(folder: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """One set per source named in the files."""
    by_source: dict[str, list[Labelled]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                by_source.setdefault(row["source"], []).append(Labelled(row["text"], row["label"]))
    yield from sorted(by_source.items())


def _report_set(name: str, rows: list[Labelled]) -> None:
    classes = [label for label in LABELS if any(row.label == label for row in rows)]
    for method, label_of in (("plain", _plain_label), ("kept_a", _kept_label)):
        given = [label_of(row.text) for row in rows]
        right = sum(row.label == label for row, label in zip(rows, given, strict=True))
        figures = {
            "macro_f1": sum(_f1(rows, given, label) for label in classes) / len(classes),
            "accuracy": right / len(rows),
            "coverage": sum(label != "neu" for label in given) / len(rows),
            "negative_recall": _recall(rows, given, "neg"),
            "negative_precision": _precision(rows, given, "neg"),
        }
        shown = "  ".join(f"{figure} {value:.3f}" for figure, value in figures.items())
        print(f"text_{name}_{method}  n {len(rows)}  classes {len(classes)}  {shown}")


def _report_gate(texts: list[str]) -> None:
    turned_away = sum(not language_of(text, None, ENGLISH).is_scored for text in texts)
    print(f"text_english_turned_away  {turned_away / len(texts):.4f}  ({turned_away} of {len(texts)})")


def _report_speed(texts: list[str]) -> None:
    """Times whole passes over the same distinct texts, after a first text has loaded everything."""
    packs = shipped_packs()

    def full(text: str) -> None:
        score(text, "en", ENGLISH)
        find_themes(text, packs)
        redact(text)

    plain = _seconds(lambda text: TextBlob(text).sentiment, texts)
    parts: dict[str, Callable[[str], object]] = {
        "language": lambda text: language_of(text, "en", ENGLISH),
        "analyser": _analyser_alone(),
        "score": lambda text: score(text, "en", ENGLISH),
        "themes": lambda text: find_themes(text, packs),
        "redaction": redact,
        "full": full,
    }
    print(f"text_plain  {len(texts) / plain:,.0f} texts/s")
    for name, work in parts.items():
        seconds = _seconds(work, texts)
        print(f"text_{name}  {len(texts) / seconds:,.0f} texts/s  {seconds / plain:.2f} of the time of plain TextBlob")


def _analyser_alone() -> Callable[[str], object]:
    from analysis.text.analyser import service_analyzer

    return service_analyzer().read


def _seconds(work: Callable[[str], object], texts: list[str]) -> float:
    work(texts[0])
    started = perf_counter()
    for text in texts:
        work(text)
    return perf_counter() - started


def _plain_label(text: str) -> str:
    polarity = TextBlob(text).sentiment.polarity
    return "neu" if abs(polarity) < PLAIN_NEUTRAL_BELOW else "pos" if polarity > 0 else "neg"


def _kept_label(text: str) -> str:
    scored: Sentiment = score(text, "en", ENGLISH)
    return {SentimentState.POSITIVE: "pos", SentimentState.NEGATIVE: "neg"}.get(scored.state, "neu")


def _recall(rows: list[Labelled], given: list[str], label: str) -> float:
    hits = sum(row.label == label == answer for row, answer in zip(rows, given, strict=True))
    return hits / max(1, sum(row.label == label for row in rows))


def _precision(rows: list[Labelled], given: list[str], label: str) -> float:
    hits = sum(row.label == label == answer for row, answer in zip(rows, given, strict=True))
    return hits / max(1, given.count(label))


def _f1(rows: list[Labelled], given: list[str], label: str) -> float:
    recall, precision = _recall(rows, given, label), _precision(rows, given, label)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


if __name__ == "__main__":
    sys.exit(main())
