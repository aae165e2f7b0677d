"""The landmarks of a report: its pit and its peak, read off the figures it shows, and where it ends."""

from collections.abc import Callable, Sequence

from analysis.experience import Disclosure, disclosure_of
from analysis.peaks import Extremity, landmarks_of
from analysis.report import EndFigure, Landmark, LandmarkFigures, ReportSettings, TouchpointFigure


def mark(touchpoints: Sequence[TouchpointFigure], settings: ReportSettings) -> LandmarkFigures:
    """Only touchpoints with enough contacts to be tested have a say, promised or not."""
    estimates = {
        touchpoint.key: estimate
        for touchpoint in touchpoints
        if disclosure_of(touchpoint.n_contacts, settings) is Disclosure.TESTED and (estimate := touchpoint.estimate)
    }
    found = landmarks_of(estimates, settings.confidence)
    names = {touchpoint.key: touchpoint.name for touchpoint in touchpoints}

    def landmark(key: str | None, probability: Callable[[Extremity], float]) -> Landmark | None:
        if key is None:
            return None
        return Landmark(
            key=key, name=names[key], mean=estimates[key].mean, probability=probability(found.extremities[key])
        )

    return LandmarkFigures(
        pit=landmark(found.pit, lambda extremity: extremity.p_worst),
        peak=landmark(found.peak, lambda extremity: extremity.p_best),
        n_tested=len(estimates),
    )


def end_of(touchpoints: Sequence[TouchpointFigure]) -> EndFigure | None:
    """The last measured touchpoint; None where none is."""
    for touchpoint in reversed(touchpoints):
        if touchpoint.mean is not None:
            return EndFigure(
                key=touchpoint.key, name=touchpoint.name, mean=touchpoint.mean, n_contacts=touchpoint.n_contacts
            )
    return None
