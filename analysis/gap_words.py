"""The words of the gaps between the records of a promise, and the rows of their table."""

from msgspec import Struct

from analysis.report import Gap, GapName, JourneyReport, RecordFigure, ShareBasis, TouchpointFigure
from core.templating import percent, signed

GAP_WORDS = {
    GapName.KNOWLEDGE: "Knowledge gap",
    GapName.COMMUNICATION: "Communication gap",
    GapName.SERVICE: "Service gap",
    GapName.INSIDE_OUT: "Inside-out error",
    GapName.DISCONFIRMATION: "As customers say",
}
GAP_MEANINGS = {
    GapName.KNOWLEDGE: "the team's guess of what is expected, minus what is expected",
    GapName.COMMUNICATION: "experience minus promise",
    GapName.SERVICE: "experience minus expectation",
    GapName.INSIDE_OUT: "the team's guess of the experience, minus the experience",
    GapName.DISCONFIRMATION: "compared with what we promised",
}
SHARE_WORDS = {
    ShareBasis.KEPT_REPLIES: "in shares, of those who say it was fully kept",
    ShareBasis.SATISFIED: "in shares, of those who are satisfied",
}


class GapRow(Struct, frozen=True):
    """A row of the table of gaps: the touchpoint's key and name, the gap, what it is, and how it was found."""

    key: str
    name: str
    gap: Gap
    words: str
    meaning: str
    remark: str = ""


def gap_rows(report: JourneyReport) -> list[GapRow]:
    """Every gap that may be shown, touchpoint by touchpoint.

    Without the touchpoints of which only the gap to the promise itself is known: it stands among the figures already.
    """
    return [
        _row(touchpoint, gap)
        for touchpoint in report.touchpoints
        if _is_more_known(touchpoint)
        for gap in touchpoint.gaps
    ]


def q_in_words(q: float | None) -> str:
    """The adjusted p value; a gap of too few contacts is not tested."""
    if q is None:
        return "not tested"
    return f"{q:.3f}" if q >= 0.001 else "under 0.001"


def _is_more_known(touchpoint: TouchpointFigure) -> bool:
    return bool(touchpoint.kept) or any(gap.name is not GapName.COMMUNICATION for gap in touchpoint.gaps)


def _row(touchpoint: TouchpointFigure, gap: Gap) -> GapRow:
    words, meaning = GAP_WORDS[gap.name], GAP_MEANINGS[gap.name]
    return GapRow(touchpoint.key, touchpoint.name, gap, words, meaning, _remark(touchpoint, gap))


def _remark(touchpoint: TouchpointFigure, gap: Gap) -> str:
    match gap.name:
        case GapName.COMMUNICATION:
            basis = touchpoint.promise.share_basis if touchpoint.promise else None
            return SHARE_WORDS[basis] if gap.is_share and basis is not None else _kept(touchpoint.kept)
        case GapName.KNOWLEDGE:
            return _team(touchpoint.team_expectation)
        case GapName.INSIDE_OUT:
            return _team(touchpoint.team_experience)
        case _:
            return "of the same contacts" if gap.is_paired else ""


def _kept(kept: RecordFigure | None) -> str:
    if kept is None:
        return ""
    return f"fully kept, say {percent(kept.mean)} of {kept.n:,} ({percent(kept.lo)} to {percent(kept.hi)})"


def _team(guess: RecordFigure | None) -> str:
    """Guesses have a range and no interval."""
    if guess is None:
        return ""
    if guess.n == 1:
        return f"team {signed(guess.mean)}, 1 guess"
    return f"team {signed(guess.mean)}, {guess.n:,} guesses from {signed(guess.lo)} to {signed(guess.hi)}"
