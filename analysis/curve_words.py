"""The words of the emotion curve: at a point, in a blind spot, in a tooltip, in the notes under it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from analysis.chart_words import MINUS, NO_BREAK, level_words, percent, signed, span
from analysis.finding import VERDICT_WORDS, counted, feeling_of
from analysis.overlay import OverlayPoint
from analysis.report import BlindSpot, Evidence, JourneyReport, ReportSettings, TouchpointFigure, Verdict
from surveys.instruments import Instrument

INSTRUMENT_WORDS = {
    Instrument.ANCHOR: "five faces",
    Instrument.NPS: "NPS",
    Instrument.CSAT: "CSAT",
    Instrument.CSAT7: "CSAT (1 to 7)",
    Instrument.CSAT10: "CSAT (1 to 10)",
    Instrument.CES: "CES",
    Instrument.CES1: "CES 1.0",
    Instrument.THUMBS: "thumbs",
    Instrument.EMOTION: "emotion picker",
    Instrument.EXPECTATION: "expectation",
    Instrument.KEPT: "no to fully",
    Instrument.DISCONFIRMATION: "worse to better",
    Instrument.IMPORTANCE: "importance",
    Instrument.COMMENT: "comments",
    Instrument.CHOICE: "one choice",
    Instrument.CHOICES: "several choices",
    Instrument.CONSENT: "consent",
    Instrument.CONTACT: "may we contact you",
    Instrument.STATEMENT: "statement",
}
EVIDENCE_BARS = {Evidence.SOLID: 3, Evidence.FAIR: 2, Evidence.WEAK: 1}
AROUSAL = "Arousal, 0 calm to 1 stirred up"


def is_measured(touchpoint: TouchpointFigure) -> bool:
    """Whether there is a point to draw; whatever is suppressed or blind has none."""
    return touchpoint.mean is not None and touchpoint.verdict is not Verdict.BLIND


def shown_arousal(touchpoint: TouchpointFigure) -> float | None:
    """Hidden wherever the experience is."""
    return touchpoint.arousal if is_measured(touchpoint) else None


def has_arousal(report: JourneyReport) -> bool:
    return any(shown_arousal(touchpoint) is not None for touchpoint in report.touchpoints)


def level_of(touchpoint: TouchpointFigure) -> float | None:
    """The promise as a step on the experience axis; a promised share has none."""
    return touchpoint.promise.level if touchpoint.promise else None


def is_join_dashed(one: TouchpointFigure, other: TouchpointFigure) -> bool:
    """Whether two neighbours were measured by different instruments."""
    return one.instrument != other.instrument


def point_lines(touchpoint: TouchpointFigure) -> list[str]:
    """The verdict, n and, where more answers would settle it, how many more."""
    lines = [VERDICT_WORDS[touchpoint.verdict], f"n {touchpoint.n_contacts:,}"]
    if touchpoint.verdict is Verdict.UNDETERMINED and touchpoint.n_needed:
        lines.append(f"ask {touchpoint.n_needed:,} more")
    return lines


def promised_share(share: float) -> str:
    return f"promised: {share * 100:g}{NO_BREAK}%"


def blind_reason(touchpoint: TouchpointFigure, settings: ReportSettings) -> str:
    """Why nothing is known here."""
    return reason_in_words(touchpoint.blind_spot, settings) if touchpoint.blind_spot else "nothing known"


def reason_in_words(reason: BlindSpot, settings: ReportSettings) -> str:
    reasons = {
        BlindSpot.NO_SURVEY: "no survey yet",
        BlindSpot.NO_INVITATIONS: "nobody was asked",
        BlindSpot.NO_ANSWERS: "asked, no answer",
        BlindSpot.TOO_FEW: f"fewer than {settings.k} answers",
        BlindSpot.STALE: f"last answer over {settings.stale_days} days old",
        BlindSpot.TEXT_ONLY: "comments only",
        BlindSpot.TEAM_BELIEF_ONLY: "team's guess only",
    }
    return reasons[reason]


def tip_of(touchpoint: TouchpointFigure, settings: ReportSettings) -> dict[str, str]:
    """What the tooltip says, by label; an empty string where there is nothing to say."""
    promise, arousal = touchpoint.promise, shown_arousal(touchpoint)
    return {
        "Phase": touchpoint.phase,
        "Step": touchpoint.step,
        "Verdict": _verdict_in_words(touchpoint, settings),
        "Experience": _experience(touchpoint.mean),
        level_words(settings.confidence): span(touchpoint.interval),
        "People (n)": f"{touchpoint.n_contacts:,}" if is_measured(touchpoint) else "",
        "Arousal": "" if arousal is None else f"{arousal:.2f} (0 calm, 1 stirred up)",
        "Evidence": touchpoint.evidence.value if touchpoint.evidence else "",
        "Measured by": instrument_in_words(touchpoint.instrument),
        "Official": _official(touchpoint),
        "Promise": f"“{promise.claim}”" if promise else "none on record",
        "Made in": promise.source if promise else "",
        "Promised": _promised_level(touchpoint),
        "Gap": _gap(touchpoint),
        "Still to ask": counted(touchpoint.n_needed, "more answer") if touchpoint.n_needed else "",
    }


def overlay_words(point: OverlayPoint) -> str:
    """A figure of an overlay as tooltips say it: "−0.12 (−0.40 to +0.16), 14 contacts"."""
    return f"{signed(point.mean)} ({span(point.interval)}), {counted(point.n_contacts, 'contact')}"


def figures_of(touchpoint: TouchpointFigure) -> dict[str, Any]:
    """What stands beside a point in the specification, in the units of the report."""
    interval, promise = touchpoint.interval, touchpoint.promise
    return {
        "key": touchpoint.key,
        "touchpoint": touchpoint.name,
        "mean": touchpoint.mean,
        "lo": interval.lo if interval else None,
        "hi": interval.hi if interval else None,
        "n": touchpoint.n_contacts,
        "promised": promise.level if promise else None,
        "verdict": touchpoint.verdict.value,
        "arousal": shown_arousal(touchpoint),
    }


def notes_of(report: JourneyReport, *, is_compared: bool = False) -> list[str]:
    """The sentences under the picture that keep a reader from reading too much into it; overlays have dashes too."""
    notes = []
    instruments = _joined_instruments(report.touchpoints)
    if instruments:
        dashed = "Dashed main line" if is_compared else "Dashed"
        notes.append(
            f"{dashed}: the two neighbours were measured by different instruments ({', '.join(instruments)}); "
            "part of the step between them may be the instrument's."
        )
    sensitive = [touchpoint.name for touchpoint in report.touchpoints if touchpoint.lens_sensitive]
    if sensitive:
        verdicts = "the verdict depends" if len(sensitive) == 1 else "the verdicts depend"
        notes.append(f"{', '.join(sensitive)}: {verdicts} on how NPS is read, linear or by promoters and detractors.")
    return notes


def _joined_instruments(touchpoints: Sequence[TouchpointFigure]) -> list[str]:
    found: dict[str, None] = {}
    for one, other in pairwise(touchpoints):
        if is_measured(one) and is_measured(other) and is_join_dashed(one, other):
            found |= dict.fromkeys(
                (instrument_in_words(one.instrument) or "unknown", instrument_in_words(other.instrument) or "unknown")
            )
    return list(found)


def _verdict_in_words(touchpoint: TouchpointFigure, settings: ReportSettings) -> str:
    if not is_measured(touchpoint):
        return f"blind: {blind_reason(touchpoint, settings)}"
    return VERDICT_WORDS[touchpoint.verdict]


def instrument_in_words(value: str | None) -> str:
    if value in list(Instrument):
        return INSTRUMENT_WORDS[Instrument(value)]
    return value or ""


def _experience(mean: float | None) -> str:
    return "" if mean is None else f"{signed(mean)} ({feeling_of(mean)})"


def _official(touchpoint: TouchpointFigure) -> str:
    shown = []
    for figure in touchpoint.official:
        value = percent(figure.value) if figure.unit == "share" else f"{figure.value:.1f}".replace("-", MINUS)
        shown.append(f"{figure.name} {value}")
    return ", ".join(shown)


def _promised_level(touchpoint: TouchpointFigure) -> str:
    promise = touchpoint.promise
    if promise is None:
        return ""
    if promise.share is not None:
        return f"{promise.share * 100:g}{NO_BREAK}% of people"
    return _experience(promise.level)


def _gap(touchpoint: TouchpointFigure) -> str:
    if touchpoint.gap is None:
        return ""
    if touchpoint.promise and touchpoint.promise.share is not None:
        return f"{touchpoint.gap * 100:+.0f} points".replace("-", MINUS)
    return signed(touchpoint.gap)
