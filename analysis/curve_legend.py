"""The head and the foot of an emotion curve: its finding and what it is compared with, and its key and notes."""

from collections.abc import Sequence

from analysis.chart_sheet import (
    GLYPH,
    KeyEntry,
    Sheet,
    add_key,
    add_upright_interval,
    begun,
    ended,
    hatch_entry,
    sign_entry,
)
from analysis.chart_words import level_words
from analysis.curve_marks import add_evidence
from analysis.curve_overlays import LaidOverlay, overlay_entry, overlay_notes
from analysis.curve_shapes import Area, Ink, Layout, Path, Rule, Shape
from analysis.curve_words import AROUSAL, has_arousal, is_measured, notes_of
from analysis.finding import finding_of, subtitle_of, verdicts_of
from analysis.report import Evidence, JourneyReport, Verdict


def begun_curve(report: JourneyReport, layout: Layout, overlays: Sequence[LaidOverlay], width: float = 0) -> Sheet:
    """A sheet with the finding as its title; with overlays, their key stands at the top, where it is needed first."""
    names = [overlay.name for overlay in overlays]
    sheet = begun(finding_of(report), [subtitle_of(report, names), verdicts_of(report)], layout, width)
    sheet.description = _described(report, names)
    drawn = [overlay for overlay in overlays if overlay.points]
    if drawn:
        sheet.height += 8
        own = KeyEntry(_draw_line, "all contacts of this report")
        add_key(sheet, [own, *(overlay_entry(overlay) for overlay in drawn)])
    return sheet


def ended_curve(sheet: Sheet, report: JourneyReport, overlays: Sequence[LaidOverlay]) -> Sheet:
    """The sheet with the key of the signs that occur, and the notes."""
    notes = [*notes_of(report, is_compared=bool(overlays)), *overlay_notes(overlays, report.settings)]
    return ended(sheet, _entries(sheet, report, overlays), notes)


def _described(report: JourneyReport, names: Sequence[str]) -> str:
    """The title, for a screen reader, and what else there is to be found."""
    sentences = [finding_of(report)]
    if names:
        sentences.append(f"Compared with {', '.join(names)}")
    if has_arousal(report):
        sentences.append(f"With a lane for {AROUSAL[0].lower()}{AROUSAL[1:]}")
    return ". ".join(sentences)


def _entries(sheet: Sheet, report: JourneyReport, overlays: Sequence[LaidOverlay]) -> list[KeyEntry]:
    """Only what the picture shows is explained, and what the head has explained isn't again."""
    points = [touchpoint for touchpoint in report.touchpoints if is_measured(touchpoint)]
    verdicts = {touchpoint.verdict for touchpoint in points}
    settings = report.settings
    entries = (
        [KeyEntry(_draw_line, "mean experience")]
        if sheet.paths and not any(overlay.points for overlay in overlays)
        else []
    )
    if points:
        entries += [
            KeyEntry(_draw_interval, level_words(settings.confidence)),
            KeyEntry(_draw_evidence, "evidence: three bars solid, two fair, one weak"),
        ]
    if any(touchpoint.promise for touchpoint in report.touchpoints):
        entries.append(KeyEntry(_draw_promise, "what was promised"))
    if Verdict.BROKEN in verdicts:
        entries.append(KeyEntry(_draw_gap, "gap of a broken promise"))
    thin = (point.n_contacts < settings.tested_from for overlay in overlays for point in overlay.points.values())
    if Verdict.INDICATIVE in verdicts or any(thin):
        words = f"indicative: fewer than {settings.tested_from} people, not tested"
        entries.append(sign_entry(Shape.CIRCLE, words, Ink.SOFT, is_hollow=True))
    if len(points) < len(report.touchpoints):
        entries.append(hatch_entry("blind spot"))
    return entries


def _draw_line(sheet: Sheet, x: float, y: float) -> None:
    sheet.paths.append(Path(points=((x, y + 4), (x + GLYPH, y - 4))))


def _draw_interval(sheet: Sheet, x: float, y: float) -> None:
    add_upright_interval(sheet, x + GLYPH / 2, y - 8, y + 8, Ink.SOFT)


def _draw_evidence(sheet: Sheet, x: float, y: float) -> None:
    add_evidence(sheet, x + GLYPH / 2 - 5.5, y, Evidence.FAIR)


def _draw_promise(sheet: Sheet, x: float, y: float) -> None:
    sheet.rules.append(Rule(x=x, y=y, x2=x + GLYPH, y2=y, ink=Ink.PROMISE, width=3))


def _draw_gap(sheet: Sheet, x: float, y: float) -> None:
    sheet.areas.append(Area(x=x, y=y - 7, x2=x + GLYPH, y2=y + 7, ink=Ink.BROKEN, opacity=0.2))
