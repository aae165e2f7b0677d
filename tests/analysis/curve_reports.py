"""Journey reports to draw, made by hand, and what a picture of one says."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from analysis.curve_chart import Layout, Theme, curve_spec
from analysis.curve_shapes import Picture
from analysis.overlay import Overlay, OverlayPoint
from analysis.report import (
    BlindSpot,
    Evidence,
    Interval,
    JourneyReport,
    PromiseFigure,
    ReportSettings,
    TouchpointFigure,
    Verdict,
)

LIVE = "Live in 30 days, all your data on board, one person at your side."


def promise(level: float | None = 0.5, *, share: float | None = None, claim: str = "Kept on time") -> PromiseFigure:
    return PromiseFigure(
        claim=claim, source="Start page", owner="Sales", valid_from=date(2025, 1, 1), level=level, share=share
    )


def touchpoint(key: str, mean: float | None = None, verdict: Verdict = Verdict.BLIND, **more: Any) -> TouchpointFigure:
    figures: dict[str, Any] = {"name": key.title(), "stage": "s", "phase": "Purchase", "step": "", "period": "during"}
    if mean is not None:
        n = more.pop("n", 40)
        half = more.pop("half", 0.2)
        interval = Interval(max(-1.0, mean - half), min(1.0, mean + half))
        figures |= {"mean": mean, "interval": interval, "n_contacts": n, "n_responses": n, "instrument": "anchor"}
        figures["evidence"] = Evidence.FAIR
    else:
        figures |= {"n_contacts": 0, "n_responses": 0}
    figures |= {"channel": "web", "owner": "Ops", "verdict": verdict} | more
    return TouchpointFigure(key=key, **figures)


def report_of(*touchpoints: TouchpointFigure) -> JourneyReport:
    return JourneyReport(
        journey="crm",
        name="Buying a CRM",
        since=date(2026, 5, 1),
        until=date(2026, 7, 29),
        touchpoints=touchpoints,
        settings=ReportSettings(),
        method_version="1",
        data_hash="0",
    )


IMPLEMENTATION = touchpoint("implementation", -0.3, Verdict.BROKEN, promise=promise(0.75, claim=LIVE), gap=-1.05, n=45)
NEGOTIATION = touchpoint("negotiation", blind_spot=BlindSpot.NO_INVITATIONS, promise=promise())
JOURNEY = report_of(
    touchpoint("website", 0.4, Verdict.KEPT, phase="Orientation", promise=promise(0.25), gap=0.15),
    touchpoint(
        "quote", 0.1, Verdict.UNDETERMINED, phase="Consideration", instrument="nps", n_needed=120, promise=promise()
    ),
    NEGOTIATION,
    IMPLEMENTATION,
    touchpoint("tips", 0.6, Verdict.OVER_DELIVERED, phase="Usage", promise=promise(0.25), gap=0.35),
    touchpoint("case study", 0.7, Verdict.INDICATIVE, phase="Loyalty", n=7, half=0.6, promise=promise(), gap=0.2),
    touchpoint("renewal", blind_spot=BlindSpot.TOO_FEW, phase="Loyalty"),
)


def overlay(name: str, *points: tuple[str, float, int]) -> Overlay:
    """With points of a key, a mean and a number of contacts, each with an interval of .2 to either side."""
    shown = (OverlayPoint(key, mean, Interval(mean - 0.2, mean + 0.2), n) for key, mean, n in points)
    return Overlay(name=name, points=tuple(shown))


def layers_of(
    report: JourneyReport, layout: Layout = Layout.WIDE, overlays: Sequence[Overlay] = ()
) -> dict[str, list[dict[str, Any]]]:
    """The rows of each named layer of the specification."""
    spec = curve_spec(report, layout=layout, theme=Theme.LIGHT, overlays=overlays)
    return {layer["name"]: spec["datasets"][layer["data"]["name"]] for layer in spec["layer"]}


def words_of(picture: Picture) -> str:
    return " ".join(text.words for text in picture.texts)
