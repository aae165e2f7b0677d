"""The curve of those who answered at every step, beside the curve of all, and who leaves where (METHOD, section 5).

The curve of all is nobody's path: late steps are answered by those who stayed.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from analysis.experience import CONFIDENCE, estimate_of, moments_of, wilson
from analysis.report import Interval

WARNED_FROM = 0.10  # difference of the two curves, in x

Path = Mapping[str, float | None]  # the steps a contact reached, with the mean x where the contact answered


class StepFigure(Struct, frozen=True):
    """One step. `drop_off` is the share of those who reached it and no later one; None at the last step."""

    step: str
    n_reached: int
    drop_off: float | None
    drop_off_interval: Interval | None
    n_answered: int
    mean: float | None  # of all who answered
    mean_of_same: float | None  # of those who answered at every step
    interval_of_same: Interval | None
    is_misleading: bool  # the two differ by more than WARNED_FROM


class SameContacts(Struct, frozen=True):
    """`n_same` answered at every step that anybody answered at; 0 where they are too few to be shown."""

    n_same: int
    steps: tuple[StepFigure, ...]

    @property
    def is_misleading(self) -> bool:
        return any(step.is_misleading for step in self.steps)


def same_contacts(
    paths: Sequence[Path],
    steps: Sequence[str],
    k: int,
    confidence: float = CONFIDENCE,
    two_valued: Collection[str] = (),
) -> SameContacts:
    """From one path per contact. Figures over fewer than `k` contacts are None, as are those that, subtracted from the
    curve of all, would leave fewer than `k`. `two_valued` are the steps measured by thumbs."""
    measured = [step for step in steps if any(path.get(step) is not None for path in paths)]
    same = [path for path in paths if measured and all(path.get(step) is not None for step in measured)]
    shown = same if len(same) >= k else []
    last = [max((index for index, step in enumerate(steps) if step in path), default=-1) for path in paths]
    figures = [
        _figure(
            step,
            index == len(steps) - 1,
            paths,
            shown,
            last.count(index),
            k,
            confidence,
            is_two_valued=step in two_valued,
        )
        for index, step in enumerate(steps)
    ]
    return SameContacts(len(shown), tuple(figures))


def same_contacts_points(found: SameContacts) -> tuple[tuple[str, float, Interval, int], ...]:
    """The curve of the same contacts: step, mean x, its interval and how many contacts, where they may be shown."""
    return tuple(
        (step.step, step.mean_of_same, step.interval_of_same, found.n_same)
        for step in found.steps
        if step.mean_of_same is not None and step.interval_of_same is not None
    )


def _figure(
    step: str,
    is_last: bool,
    paths: Sequence[Path],
    same: Sequence[Path],
    n_left: int,
    k: int,
    confidence: float,
    *,
    is_two_valued: bool,
) -> StepFigure:
    n_reached, answers, own = sum(step in path for path in paths), _answers(step, paths), _answers(step, same)
    has_drop_off = not is_last and n_reached >= max(k, 1)
    mean = moments_of(answers).mean if len(answers) >= k else None
    is_same_shown = len(answers) - len(own) == 0 or len(answers) - len(own) >= k
    moments = moments_of(own, is_two_valued=is_two_valued)
    same_estimate = estimate_of(moments, confidence) if is_same_shown else None
    mean_of_same = same_estimate.mean if same_estimate else None
    return StepFigure(
        step=step,
        n_reached=n_reached,
        drop_off=n_left / n_reached if has_drop_off else None,
        drop_off_interval=wilson(n_left, n_reached, confidence) if has_drop_off else None,
        n_answered=len(answers) if mean is not None else 0,
        mean=mean,
        mean_of_same=mean_of_same,
        interval_of_same=same_estimate.interval if same_estimate else None,
        is_misleading=mean is not None and mean_of_same is not None and abs(mean - mean_of_same) > WARNED_FROM,
    )


def _answers(step: str, paths: Sequence[Path]) -> list[float]:
    return [x for path in paths if (x := path.get(step)) is not None]
