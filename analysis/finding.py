"""What a journey report found, in words: the title over the emotion curve and the line below it."""

import re
from collections import Counter
from collections.abc import Sequence

from analysis.chart_words import NO_BREAK, day_words, level_words
from analysis.report import BlindSpot, JourneyReport, TouchpointFigure, Verdict

CLAIM_CHARACTERS = 44
ALMOST_SURE = 0.995
SHORTEST_CLAUSE = 12  # characters: less of a claim says too little
TESTED = (Verdict.BROKEN, Verdict.KEPT, Verdict.OVER_DELIVERED, Verdict.UNDETERMINED)
VERDICT_WORDS = {
    Verdict.BROKEN: "broken",
    Verdict.KEPT: "kept",
    Verdict.OVER_DELIVERED: "over-delivered",
    Verdict.UNDETERMINED: "undetermined",
    Verdict.INDICATIVE: "indicative",
    Verdict.BLIND: "blind",
    Verdict.NO_PROMISE: "no promise",
}
# The words of the experience axis, best first, each at its x.
FEELINGS = ((1.0, "delighted"), (0.5, "pleased"), (0.0, "neutral"), (-0.5, "unhappy"), (-1.0, "angry"))


def finding_of(report: JourneyReport) -> str:
    """The one thing to know: the worst broken promise if there is one, else how far the evidence reaches."""
    tested = [touchpoint for touchpoint in report.touchpoints if touchpoint.verdict in TESTED]
    broken = [touchpoint for touchpoint in tested if touchpoint.verdict is Verdict.BROKEN]
    if broken:
        return _broken_finding(broken)
    return _tested_finding(tested) if tested else _untested_finding(report)


def subtitle_of(report: JourneyReport, compared: Sequence[str] = ()) -> str:
    """What the picture rests on and how to read it: answers, days, the names of what it is `compared` with, interval,
    the colour of the promise."""
    days = (report.until - report.since).days + 1
    answers = counted(report.n_responses, "answer")
    period = f"{day_words(report.since)} to {day_words(report.until)} ({counted(days, 'day')})"
    sentences = [f"Experience by touchpoint. {answers}, {period}."]
    if compared:
        sentences.append(f"Compared with {_listed([shortened(name) for name in compared])}.")
    if any(touchpoint.interval for touchpoint in report.touchpoints):
        sentences.append(f"Bars: {level_words(report.settings.confidence)}.")
    if any(touchpoint.promise for touchpoint in report.touchpoints):
        sentences.append("Violet: what was promised.")
    return " ".join(sentences)


def verdicts_of(report: JourneyReport) -> str:
    """All verdicts counted: "Of 12 touchpoints: 2 broken, 3 kept, 1 blind." Empty for an empty journey."""
    counts = Counter(touchpoint.verdict for touchpoint in report.touchpoints)
    parts = [f"{counts[verdict]}{NO_BREAK}{VERDICT_WORDS[verdict]}" for verdict in Verdict if counts[verdict]]
    return f"Of {counted(len(report.touchpoints), 'touchpoint')}: {', '.join(parts)}." if parts else ""


def landmarks_in_words(report: JourneyReport) -> str:
    """Such as "Pit: Setup (probability over 0.99). Peak: Tips (0.98). End: Renewal (pleased)." """
    sentences: list[str] = []
    for kind, landmark in (("pit", report.landmarks.pit), ("peak", report.landmarks.peak)):
        if landmark is None:
            sentences.append(f"No clear {kind}.")
        else:
            unit = f"probability{NO_BREAK}" if landmark is report.landmarks.pit or not report.landmarks.pit else ""
            sentences.append(f"{kind.capitalize()}: {landmark.name} ({unit}{_probability(landmark.probability)}).")
    if report.end is not None:
        sentences.append(f"End: {report.end.name} ({feeling_of(report.end.mean)}).")
    return " ".join(sentences)


def _probability(p: float) -> str:
    """To two digits; what these would make 1 is not sure, as it was drawn."""
    return f"over{NO_BREAK}0.99" if p >= ALMOST_SURE else f"{p:.2f}"


def feeling_of(x: float) -> str:
    """The word of the experience axis nearest to x."""
    return min(FEELINGS, key=lambda feeling: abs(feeling[0] - x))[1]


def shortened(words: str, characters: int = CLAIM_CHARACTERS) -> str:
    """`words` cut to at most so many characters, after a clause if one ends there, else between two words.

    An ellipsis shows that something is missing."""
    words = " ".join(words.split())
    if len(words) <= characters:
        return words
    start, _, cut_word = words[:characters].rpartition(" ")
    start = start or cut_word[: characters - 1]
    clause = re.search(r"[,;:.](?= |$)", start[SHORTEST_CLAUSE:])
    kept = start[: SHORTEST_CLAUSE + clause.start()] if clause else start
    return kept.rstrip(" ,;:.–-") + "…"


def counted(n: int, noun: str) -> str:
    return f"{n:,}{NO_BREAK}{noun}" if n == 1 else f"{n:,}{NO_BREAK}{noun}s"


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _broken_finding(broken: list[TouchpointFigure]) -> str:
    worst = min(broken, key=_comparable_gap)
    return f"{shortened(worst.name, 40)} breaks its promise: {_promised(worst)}{_experienced(worst)}"


def _comparable_gap(touchpoint: TouchpointFigure) -> float:
    """The gap in units of x; a gap between shares counts double, as a share p is 2p - 1 on that scale."""
    gap = touchpoint.gap or 0.0
    return 2 * gap if touchpoint.promise and touchpoint.promise.share is not None else gap


def _promised(touchpoint: TouchpointFigure) -> str:
    claim = touchpoint.promise.claim if touchpoint.promise else ""
    return f"“{shortened(claim).rstrip('.')}” was promised, " if claim.strip() else ""


def _experienced(touchpoint: TouchpointFigure) -> str:
    promise = touchpoint.promise
    if promise and promise.share is not None:
        if touchpoint.gap is None:
            return "fewer got it"
        return f"{promise.share + touchpoint.gap:.0%} got it".replace("%", f"{NO_BREAK}%")
    if touchpoint.mean is None:
        return "people felt less"
    feeling = feeling_of(touchpoint.mean)
    return f"people felt {feeling}" if touchpoint.mean < -0.25 else f"people felt only {feeling}"


def _tested_finding(tested: list[TouchpointFigure]) -> str:
    undetermined = sum(touchpoint.verdict is Verdict.UNDETERMINED for touchpoint in tested)
    better = [touchpoint.name for touchpoint in tested if touchpoint.verdict is Verdict.OVER_DELIVERED]
    if undetermined == len(tested):
        return f"No verdict: {_tested_promises(undetermined)} still undetermined"
    if undetermined:
        return f"No promise is shown to be broken, {undetermined} of {len(tested)} tested are still undetermined"
    if better:
        return f"Every tested promise is kept, and {shortened(better[0], 40)} delivers more than was promised"
    return "Every tested promise is kept"


def _tested_promises(n: int) -> str:
    return "the one tested promise is" if n == 1 else f"all {n} tested promises are"


def _untested_finding(report: JourneyReport) -> str:
    verdicts = {touchpoint.verdict for touchpoint in report.touchpoints}
    if not verdicts:
        return "This journey has no touchpoints yet"
    if verdicts == {Verdict.NO_PROMISE} or verdicts == {Verdict.NO_PROMISE, Verdict.BLIND}:
        return "Experience is measured, but there is no promise to hold it against"
    if verdicts != {Verdict.BLIND}:
        return f"First impressions only: no promise has the {report.settings.tested_from} people a test needs"
    blind_spots = {touchpoint.blind_spot for touchpoint in report.touchpoints}
    if BlindSpot.TOO_FEW in blind_spots:
        return f"Too few answers: no touchpoint has the {report.settings.k} people it takes to show one"
    if BlindSpot.STALE in blind_spots:
        return f"No fresh answers: the last ones are more than {report.settings.stale_days} days old"
    return "No answers in this period"
