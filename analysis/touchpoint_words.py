"""The figures of one touchpoint as charts and tables take them: a row for each question."""

from collections import Counter

import msgspec

from analysis.chart_words import Table, percent
from analysis.curve_words import INSTRUMENT_WORDS
from analysis.load_choices import ChoiceFigure
from analysis.load_touchpoint import InstrumentFigure, TouchpointReport
from analysis.report import JourneyReport, TouchpointFigure
from analysis.worth import PICK_SEPARATOR
from surveys.instruments import CHOOSING, SCALES, YES, Instrument

QUESTION = "question"  # what a row of the distribution stands for
ASKED = {
    Instrument.ANCHOR: "How it felt",
    Instrument.NPS: "Would recommend us",
    Instrument.CSAT: "How satisfied they were",
    Instrument.CSAT7: "How satisfied they were (1 to 7)",
    Instrument.CSAT10: "How satisfied they were (1 to 10)",
    Instrument.CES: "Was it easy",
    Instrument.CES1: "How much effort it took",
    Instrument.THUMBS: "Thumbs up or down",
    Instrument.EMOTION: "What they felt",
    Instrument.EXPECTATION: "What they expected",
    Instrument.KEPT: "Was the promise kept",
    Instrument.DISCONFIRMATION: "Against the promise",
    Instrument.IMPORTANCE: "How important it is",
}
# These have a happy and an unhappy side; what was expected or is important has a high and a low one.
DIVIDED = tuple(
    instrument for instrument in SCALES if instrument not in (Instrument.EXPECTATION, Instrument.IMPORTANCE)
)


def choice_words(instrument: Instrument, choice: str) -> str:
    """The key of a choice; of what is agreed to or not, yes and no."""
    if instrument in CHOOSING:
        return choice
    return "yes" if int(choice) == YES else "no"


def question_report(found: TouchpointReport) -> JourneyReport:
    """The touchpoint as the distribution chart takes it: in the place of each touchpoint a question asked here."""
    return JourneyReport(
        journey=found.journey,
        name=found.name,
        since=found.since,
        until=found.until,
        touchpoints=tuple(
            _row(found.touchpoint, figure) for figure in found.instruments if figure.instrument in DIVIDED
        ),
        settings=found.settings,
        method_version=found.method_version,
        data_hash=found.data_hash,
    )


def other_answers(found: TouchpointReport) -> Table:
    """What can't be divided by its sides: picked emotions, each pick counted, and what is no experience."""
    headers = ("Question", "Measured by", "Contacts", "Each answer")
    return Table(headers, tuple(_cells(figure) for figure in found.instruments if figure.instrument not in DIVIDED))


def chosen(found: TouchpointReport) -> Table:
    """What can't be told in x: choices, and what was agreed to, each by the contacts who did."""
    headers = ("Question", "Asked by", "Contacts", "Each choice")
    return Table(headers, tuple(_chosen_cells(figure) for figure in found.choices))


def _chosen_cells(figure: ChoiceFigure) -> tuple[str, ...]:
    each = ", ".join(
        f"{figure.words.get(choice, choice_words(figure.instrument, choice))}: {n:,} ({percent(n / figure.n_contacts)})"
        for choice, n in figure.counts
    )
    return (figure.text or figure.question, INSTRUMENT_WORDS[figure.instrument], f"{figure.n_contacts:,}", each)


def _row(touchpoint: TouchpointFigure, figure: InstrumentFigure) -> TouchpointFigure:
    return msgspec.structs.replace(
        touchpoint,
        key=figure.instrument.value,
        name=ASKED[figure.instrument],
        instrument=figure.instrument.value,
        distribution=tuple((int(value), n) for value, n in figure.distribution),
    )


def _cells(figure: InstrumentFigure) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    for value, n in figure.distribution:
        for one in value.split(PICK_SEPARATOR):
            counts[one] += n
    given = list(counts.items()) if figure.instrument is not Instrument.EMOTION else counts.most_common()
    total = sum(n for _, n in figure.distribution)  # of answers: one may pick several emotions
    each = ", ".join(f"{value}: {n:,} ({percent(n / total)})" for value, n in given)
    return (ASKED[figure.instrument], INSTRUMENT_WORDS[figure.instrument], f"{figure.n_contacts:,}", each)
