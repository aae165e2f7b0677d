"""The words of the pain-point list: its statuses, its evidence, and what its two orders have to say."""

from analysis.pains.pain_list import PainList, PainOrder, ordered
from analysis.pains.pain_point import HYPOTHESIS, SUPPRESSED, PainPoint, PainStatus

STATUS_WORDS = {
    PainStatus.NEW: "new",
    PainStatus.CONFIRMED: "confirmed",
    PainStatus.IN_ACTION: "in action",
    PainStatus.SOLVED_AWAITING_PROOF: "solved, awaiting proof",
    PainStatus.SOLVED: "solved",
    PainStatus.DISMISSED: "dismissed",
}
EVIDENCE_WORDS = {
    "solid": "solid evidence",
    "fair": "fair evidence",
    "weak": "weak evidence",
    "indicative": "indicative only",
    SUPPRESSED: "too few to show",
    HYPOTHESIS: "hypothesis",
}
_UNKNOWN, _PROMISE, _GUESSED = "Of unknown size", "Below what was promised", "Hypotheses"


def is_hypothesis(pain: PainPoint) -> bool:
    return pain.evidence_level == HYPOTHESIS


def groups_of(pains: PainList) -> list[tuple[str, list[PainPoint]]]:
    """The rows under their headings: those that have a place in the order, and the others by what they are."""
    groups: dict[str, list[PainPoint]] = {heading: [] for heading in ("", _UNKNOWN, _PROMISE, _GUESSED)}
    for pain in pains.rows:
        place = pain.rank if pains.order is PainOrder.LOSS else pain.depth_rank
        groups["" if place is not None else _heading_of(pain)].append(pain)
    return [(heading, rows) for heading, rows in groups.items() if rows]


def _heading_of(pain: PainPoint) -> str:
    if is_hypothesis(pain):
        return _GUESSED
    return _UNKNOWN if pain.theme else _PROMISE


def orders_in_words(pains: PainList) -> str:
    """Whether the deepest pit is the biggest loss; empty where one of the two is not known."""
    biggest, deepest = (next(iter(ordered(pains.rows, order)), None) for order in PainOrder)
    if biggest is None or deepest is None or biggest.rank is None or deepest.depth_rank is None:
        return ""
    if biggest.pain_id == deepest.pain_id:
        return f"“{biggest.title}” is the biggest loss and the deepest pit."
    return f"The biggest loss is “{biggest.title}”; the deepest pit is “{deepest.title}”."
