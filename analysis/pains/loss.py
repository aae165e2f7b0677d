"""What a pain point costs: loss per month = reach * share who mention it * drop in x (METHOD, section 10)."""

from collections.abc import Mapping

from msgspec import Struct

from analysis.experience import wilson
from analysis.report import Interval

CONFIDENCE_OF_SHARE = 0.80  # its lower bound ranks the list, so that few mentions can't lead it


class Loss(Struct, frozen=True):
    """`share` of respondents who mention the pain, its interval, the `drop` in x, and the loss in units of x a month.

    What can't be known is None: the share over nobody, the drop where everybody or nobody mentions it, the loss where
    the reach is unknown. It is never imputed.
    """

    share: float | None
    share_interval: Interval | None
    drop: float | None
    loss: float | None
    loss_lo: float | None
    loss_hi: float | None


def loss_per_month(
    reach: float | None, n_respondents: int, n_mentions: int, mean_without: float | None, mean_with: float | None
) -> Loss:
    """`reach` is contacts a month through the touchpoint, from events and never from answers; means are in x.

    The bounds of the loss are Wilson's 80 % bounds of the share in closed form; they leave out the error of the drop.
    The list ranks by bounds that hold it, drawn in bootstrap.py; these are what those are tested against.
    """
    drop = None if mean_without is None or mean_with is None else max(0.0, mean_without - mean_with)
    if n_respondents == 0:
        return Loss(None, None, drop, None, None, None)
    share = n_mentions / n_respondents
    interval = wilson(n_mentions, n_respondents, CONFIDENCE_OF_SHARE)
    if reach is None or drop is None:
        return Loss(share, interval, drop, None, None, None)
    per_share = reach * drop
    return Loss(share, interval, drop, per_share * share, per_share * interval.lo, per_share * interval.hi)


def ranks_by_loss(losses: Mapping[str, Loss]) -> dict[str, int]:
    """The rank of each pain point by the lower bound of its loss, 1 for the largest.

    Equal bounds are ordered by the loss itself, then by key. Those of unknown loss have no rank: a group of its own.
    """
    known = sorted(
        (-loss.loss_lo, -(loss.loss or 0.0), key) for key, loss in losses.items() if loss.loss_lo is not None
    )
    return {key: rank for rank, (_, _, key) in enumerate(known, start=1)}
